//! Times as people read them: in their zone and language, and how far away.

use chrono::{Datelike as _, TimeDelta, Timelike as _, Weekday};
use chrono_tz::Tz;

use super::i18n::{Words, fl};
use super::locale::Lang;
use crate::clock::Moment;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The zone of this name; UTC where nobody knows the name.
pub(crate) fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// A moment in a zone, as a machine reads it: for the attribute `datetime`.
pub(crate) fn machine(at: Moment) -> String {
    at.to_string()
}

/// The day: “Tuesday 24 November 2026”, “2026年11月24日（周二）”.
pub(crate) fn day(lang: Lang, zone: Tz, at: Moment) -> String {
    let local = at.with_timezone(&zone);
    let month = usize::try_from(local.month0()).ok().and_then(|n| MONTHS.get(n));
    match lang {
        Lang::En => format!(
            "{} {} {} {}",
            weekday(lang, local.weekday()),
            local.day(),
            month.unwrap_or(&""),
            local.year()
        ),
        Lang::Zh => format!(
            "{}年{}月{}日（{}）",
            local.year(),
            local.month(),
            local.day(),
            weekday(lang, local.weekday())
        ),
    }
}

/// The time of day: “18:05” in both languages.
pub(crate) fn clock(zone: Tz, at: Moment) -> String {
    let local = at.with_timezone(&zone);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// Day and time.
pub(crate) fn moment(lang: Lang, zone: Tz, at: Moment) -> String {
    let (day, clock) = (day(lang, zone, at), clock(zone, at));
    match lang {
        Lang::En => format!("{day}, {clock}"),
        Lang::Zh => format!("{day}{clock}"),
    }
}

/// Day and time for those who work here: “Tue 24 Nov 18:05”, “11月24日周二 18:05”.
pub(crate) fn short(lang: Lang, zone: Tz, at: Moment) -> String {
    let local = at.with_timezone(&zone);
    let (week, clock) = (weekday(lang, local.weekday()), clock(zone, at));
    let month = usize::try_from(local.month0()).ok().and_then(|n| MONTHS.get(n));
    let three = |name: &'static str| name.get(..3).unwrap_or(name);
    match lang {
        Lang::En => format!(
            "{} {} {} {clock}",
            three(week),
            local.day(),
            month.map_or("", |month| three(month))
        ),
        Lang::Zh => format!("{}月{}日{week} {clock}", local.month(), local.day()),
    }
}

/// A window: the day once, if it is the same.
pub(crate) fn window(lang: Lang, zone: Tz, from: Moment, until: Moment) -> String {
    let same = from.with_timezone(&zone).date_naive() == until.with_timezone(&zone).date_naive();
    let end = match same {
        true => clock(zone, until),
        false => moment(lang, zone, until),
    };
    match lang {
        Lang::En => format!("{} to {end}", moment(lang, zone, from)),
        Lang::Zh => format!("{}至{end}", moment(lang, zone, from)),
    }
}

/// What people call the time of a zone: “Beijing time”, “time in Dublin”.
pub(crate) fn zone_name(words: Words, lang: Lang, zone: Tz) -> String {
    if zone == Tz::UTC {
        return "UTC".to_owned();
    }
    if matches!(
        zone,
        Tz::Asia__Shanghai | Tz::PRC | Tz::Asia__Chongqing | Tz::Asia__Harbin
    ) {
        return fl!(words, "zone-beijing");
    }
    let city = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    let city = match (lang, zone) {
        (Lang::Zh, Tz::Asia__Hong_Kong) => "香港".to_owned(),
        (Lang::Zh, Tz::Asia__Taipei) => "台北".to_owned(),
        (Lang::Zh, Tz::Asia__Singapore) => "新加坡".to_owned(),
        (Lang::Zh, Tz::Asia__Tokyo) => "东京".to_owned(),
        (Lang::Zh, Tz::Europe__London) => "伦敦".to_owned(),
        (Lang::Zh, Tz::Europe__Dublin) => "都柏林".to_owned(),
        (Lang::Zh, Tz::America__New_York) => "纽约".to_owned(),
        _ => city,
    };
    fl!(words, "zone-of-city", city = city)
}

/// How long it is, in its two largest units: “2 h 15 min”, “2小时15分”.
pub(crate) fn span(words: Words, span: TimeDelta) -> String {
    let minutes = span.num_minutes().abs();
    let (days, hours, minutes) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, m) => fl!(words, "span-m", m = m),
        (0, h, 0) => fl!(words, "span-h", h = h),
        (0, h, m) => fl!(words, "span-h-m", h = h, m = m),
        (d, 0, _) => fl!(words, "span-d", d = d),
        (d, h, _) => fl!(words, "span-d-h", d = d, h = h),
    }
}

/// How far away: “in 2 h 15 min”, “5 min ago”, “now”.
pub(crate) fn relative(words: Words, now: Moment, at: Moment) -> String {
    let away = at - now;
    if away.num_minutes() == 0 {
        fl!(words, "time-now")
    } else if away > TimeDelta::zero() {
        fl!(words, "time-ahead", span = span(words, away))
    } else {
        fl!(words, "time-ago", span = span(words, away))
    }
}

/// What is left until then, or how late it is: “2 h 15 min left”, “5 min late”.
pub(crate) fn left(words: Words, now: Moment, due: Moment) -> String {
    if due >= now {
        fl!(words, "time-left", span = span(words, due - now))
    } else {
        fl!(words, "time-late", span = span(words, now - due))
    }
}

const fn weekday(lang: Lang, day: Weekday) -> &'static str {
    match (lang, day) {
        (Lang::En, Weekday::Mon) => "Monday",
        (Lang::En, Weekday::Tue) => "Tuesday",
        (Lang::En, Weekday::Wed) => "Wednesday",
        (Lang::En, Weekday::Thu) => "Thursday",
        (Lang::En, Weekday::Fri) => "Friday",
        (Lang::En, Weekday::Sat) => "Saturday",
        (Lang::En, Weekday::Sun) => "Sunday",
        (Lang::Zh, Weekday::Mon) => "周一",
        (Lang::Zh, Weekday::Tue) => "周二",
        (Lang::Zh, Weekday::Wed) => "周三",
        (Lang::Zh, Weekday::Thu) => "周四",
        (Lang::Zh, Weekday::Fri) => "周五",
        (Lang::Zh, Weekday::Sat) => "周六",
        (Lang::Zh, Weekday::Sun) => "周日",
    }
}

#[cfg(test)]
mod tests {
    use super::super::i18n::words;
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_names_its_day_once() {
        let zone = Tz::Asia__Shanghai;
        let (from, until) = (at("2026-11-24T10:00:00Z"), at("2026-11-24T12:30:00Z"));
        assert_eq!(
            window(Lang::En, zone, from, until),
            "Tuesday 24 November 2026, 18:00 to 20:30"
        );
        assert_eq!(
            window(Lang::Zh, zone, from, until),
            "2026年11月24日（周二）18:00至20:30"
        );
        assert_eq!(
            window(Lang::Zh, zone, from, at("2026-11-24T16:30:00Z")),
            "2026年11月24日（周二）18:00至2026年11月25日（周三）00:30"
        );
    }

    #[test]
    fn what_is_left_is_said_in_two_units() {
        let (en, zh) = (words(Lang::En), words(Lang::Zh));
        let (now, due) = (at("2026-11-24T10:00:00Z"), at("2026-11-24T12:15:00Z"));
        assert_eq!(left(en, now, due), "2 h 15 min left");
        assert_eq!(left(zh, now, due), "还剩 2 小时 15 分");
        assert_eq!(left(en, due, now), "2 h 15 min late");
        assert_eq!(relative(zh, now, now + TimeDelta::days(3)), "3 天后");
        assert_eq!(relative(en, now, now), "now");
        assert_eq!(zone_name(zh, Lang::Zh, Tz::Asia__Shanghai), "北京时间");
        assert_eq!(zone_name(en, Lang::En, Tz::Europe__Dublin), "time in Dublin");
    }
}
