//! Opening hours in words, where their notation is one of the usual ones.

use chrono::Weekday;

use crate::web::i18n::{Words, fl};
use crate::web::locale::Lang;
use crate::web::time;

/// “Monday to Friday 09:00–18:00; public holidays closed” for `Mo-Fr 09:00-18:00; PH off`; the notation itself where it
/// says more than days and times.
pub(super) fn said(words: Words, lang: Lang, notation: &str) -> String {
    let rules = notation.split(';').map(str::trim).filter(|rule| !rule.is_empty());
    let said: Option<Vec<String>> = rules.map(|rule| rule_said(words, lang, rule)).collect();
    let between = match lang {
        Lang::En => "; ",
        Lang::Zh => "；",
    };
    match said {
        Some(said) if !said.is_empty() => said.join(between),
        _ => notation.to_owned(),
    }
}

fn rule_said(words: Words, lang: Lang, rule: &str) -> Option<String> {
    if rule == "24/7" {
        return Some(fl!(words, "admin-always-open"));
    }
    let (on, open) = match rule.split_once(' ') {
        Some((on, open)) => (days(words, lang, on)?, open.trim()),
        None => (fl!(words, "admin-every-day"), rule),
    };
    Some(match open {
        "off" | "closed" => fl!(words, "admin-closed-on", days = on),
        times => fl!(words, "admin-open-on", days = on, times = clocks(words, times)?),
    })
}

/// `Mo-Fr,PH`.
fn days(words: Words, lang: Lang, text: &str) -> Option<String> {
    let part = |part: &str| match part.split_once('-') {
        Some((from, until)) => Some(fl!(
            words,
            "admin-days-from-to",
            from = day(lang, from)?,
            until = day(lang, until)?
        )),
        None if part == "PH" => Some(fl!(words, "admin-public-holidays")),
        None => day(lang, part).map(str::to_owned),
    };
    let said: Option<Vec<String>> = text.split(',').map(part).collect();
    Some(said?.join(&fl!(words, "admin-comma")))
}

fn day(lang: Lang, text: &str) -> Option<&'static str> {
    let days = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
    let place = days.iter().position(|day| *day == text)?;
    let day = Weekday::try_from(u8::try_from(place).ok()?).ok()?;
    Some(time::weekday(lang, day))
}

/// `09:00-12:00,13:00-18:00`.
fn clocks(words: Words, text: &str) -> Option<String> {
    let fits = |clock: &str| clock.len() == 5 && clock.bytes().all(|b| b.is_ascii_digit() || b == b':');
    let spans: Option<Vec<String>> = text
        .split(',')
        .map(|span| {
            let (from, until) = span.trim().split_once('-')?;
            (fits(from) && fits(until)).then(|| format!("{from}–{until}"))
        })
        .collect();
    Some(spans?.join(&fl!(words, "admin-comma")))
}

#[cfg(test)]
mod tests {
    use super::said;
    use crate::web::i18n::words;
    use crate::web::locale::Lang;

    #[test]
    fn hours_are_said_in_words_where_they_are_only_days_and_times() {
        let en = |notation: &str| said(words(Lang::En), Lang::En, notation);
        let zh = |notation: &str| said(words(Lang::Zh), Lang::Zh, notation);
        assert_eq!(
            en("Mo-Fr 09:00-18:00; PH off"),
            "Monday to Friday 09:00–18:00; public holidays closed"
        );
        assert_eq!(zh("Mo-Fr 09:00-18:00; PH off"), "周一至周五 09:00–18:00；节假日休息");
        assert_eq!(
            zh("Mo-Th,Sa 09:00-12:00,13:00-18:00"),
            "周一至周四、周六 09:00–12:00、13:00–18:00"
        );
        assert_eq!(en("08:00-20:00"), "every day 08:00–20:00");
        for more in ["Mo-Fr 09:00-18:00 week 1-20", "Dec 24 off", "sunrise-sunset", ""] {
            assert_eq!(en(more), more);
        }
    }
}
