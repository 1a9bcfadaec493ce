//! Times as people read them: in their zone and language, and how far away.

use chrono::{Datelike as _, TimeDelta, Timelike as _, Weekday};
use chrono_tz::Tz;

use super::i18n::{Words, fl};
use super::locale::Lang;
use crate::clock::Moment;
use crate::domain::reporting::measures::Time;

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

/// What the Chinese call the cities after which zones are named; the others are called as the zone is.
const CITIES: &[(&str, &str)] = &[
    ("Africa/Cairo", "开罗"),
    ("Africa/Johannesburg", "约翰内斯堡"),
    ("Africa/Lagos", "拉各斯"),
    ("Africa/Nairobi", "内罗毕"),
    ("America/Argentina/Buenos_Aires", "布宜诺斯艾利斯"),
    ("America/Chicago", "芝加哥"),
    ("America/Denver", "丹佛"),
    ("America/Los_Angeles", "洛杉矶"),
    ("America/Mexico_City", "墨西哥城"),
    ("America/New_York", "纽约"),
    ("America/Sao_Paulo", "圣保罗"),
    ("America/Toronto", "多伦多"),
    ("America/Vancouver", "温哥华"),
    ("Asia/Bangkok", "曼谷"),
    ("Asia/Dubai", "迪拜"),
    ("Asia/Ho_Chi_Minh", "胡志明市"),
    ("Asia/Hong_Kong", "香港"),
    ("Asia/Jakarta", "雅加达"),
    ("Asia/Kolkata", "加尔各答"),
    ("Asia/Kuala_Lumpur", "吉隆坡"),
    ("Asia/Macau", "澳门"),
    ("Asia/Manila", "马尼拉"),
    ("Asia/Seoul", "首尔"),
    ("Asia/Singapore", "新加坡"),
    ("Asia/Taipei", "台北"),
    ("Asia/Tokyo", "东京"),
    ("Asia/Urumqi", "乌鲁木齐"),
    ("Australia/Adelaide", "阿德莱德"),
    ("Australia/Brisbane", "布里斯班"),
    ("Australia/Melbourne", "墨尔本"),
    ("Australia/Perth", "珀斯"),
    ("Australia/Sydney", "悉尼"),
    ("Europe/Amsterdam", "阿姆斯特丹"),
    ("Europe/Berlin", "柏林"),
    ("Europe/Dublin", "都柏林"),
    ("Europe/Istanbul", "伊斯坦布尔"),
    ("Europe/London", "伦敦"),
    ("Europe/Madrid", "马德里"),
    ("Europe/Moscow", "莫斯科"),
    ("Europe/Paris", "巴黎"),
    ("Europe/Rome", "罗马"),
    ("Europe/Zurich", "苏黎世"),
    ("Pacific/Auckland", "奥克兰"),
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

/// Day and time for those who work here: “Tue 24 Nov 18:05”, “11月24日周二 18:05”; with the year when it is not this one.
pub(crate) fn short(lang: Lang, zone: Tz, now: Moment, at: Moment) -> String {
    let local = at.with_timezone(&zone);
    let year = Some(local.year()).filter(|year| *year != now.with_timezone(&zone).year());
    let (week, clock) = (weekday(lang, local.weekday()), clock(zone, at));
    let month = usize::try_from(local.month0()).ok().and_then(|n| MONTHS.get(n));
    let three = |name: &'static str| name.get(..3).unwrap_or(name);
    match lang {
        Lang::En => format!(
            "{} {} {}{} {clock}",
            three(week),
            local.day(),
            month.map_or("", |month| three(month)),
            year.map_or(String::new(), |year| format!(" {year}"))
        ),
        Lang::Zh => format!(
            "{}{}月{}日{week} {clock}",
            year.map_or(String::new(), |year| format!("{year}年")),
            local.month(),
            local.day()
        ),
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
    let known = CITIES.iter().find(|(name, _)| *name == zone.name());
    let city = match (lang, known) {
        (Lang::Zh, Some((_, chinese))) => (*chinese).to_owned(),
        _ => city,
    };
    fl!(words, "zone-of-city", city = city)
}

/// How long something took or waits. What is counted while the desk is open has no days: nobody knows how long one is.
pub(crate) fn counted(words: Words, time: Time, seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as i64;
    if time == Time::Business && minutes >= 1_440 {
        let hours = (minutes + 30) / 60;
        return fl!(words, "span-h", h = hours);
    }
    span(words, TimeDelta::minutes(minutes))
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

/// What a day of the week is called.
pub(crate) const fn weekday(lang: Lang, day: Weekday) -> &'static str {
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
    fn another_year_is_named() {
        let (zone, now) = (Tz::Asia__Shanghai, at("2026-11-26T20:00:00Z"));
        let (soon, next) = (at("2026-11-27T19:53:00Z"), at("2027-11-26T19:53:00Z"));
        assert_eq!(short(Lang::En, zone, now, soon), "Sat 28 Nov 03:53");
        assert_eq!(short(Lang::En, zone, now, next), "Sat 27 Nov 2027 03:53");
        assert_eq!(short(Lang::Zh, zone, now, soon), "11月28日周六 03:53");
        assert_eq!(short(Lang::Zh, zone, now, next), "2027年11月27日周六 03:53");
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
        assert_eq!(zone_name(zh, Lang::Zh, Tz::Australia__Sydney), "悉尼时间");
        assert!(
            CITIES.iter().all(|(name, _)| name.parse::<Tz>().is_ok()),
            "every city is a zone"
        );
    }
}
