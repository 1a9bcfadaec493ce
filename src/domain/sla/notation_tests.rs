//! The notation: what it says, what is refused and where, and that what is printed is read again.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::calendar::{Calendar, Exception, Window};
use super::calendar_tests::day;
use super::holidays::Holiday;
use super::notation::{self, Notation};

fn hours(text: &str, date: &str) -> String {
    let calendar = notation::parse(text, chrono_tz::UTC).unwrap();
    notation::hours(calendar.windows_on(day(date)))
}

#[test]
fn the_documented_forms_are_read() {
    let week = "Mo-Fr 09:00-12:00,13:30-18:00; Sa 10:00-14:00";
    assert_eq!(hours(week, "2026-10-09"), "09:00-12:00,13:30-18:00");
    assert_eq!(hours(week, "2026-10-10"), "10:00-14:00");
    assert_eq!(hours(week, "2026-10-11"), "off");
    assert_eq!(hours("Mo-Fr 22:00-02:00", "2026-10-09"), "22:00-02:00");
    assert_eq!(hours("Sa 20:00-44:00", "2026-10-10"), "20:00-44:00");
    assert_eq!(hours("24/7", "2026-10-10"), "00:00-24:00");
    assert_eq!(hours("Mo-Su,PH 08:00-20:00", "2026-10-10"), "08:00-20:00");
    assert_eq!(hours("Fr-Mo 08:00-20:00", "2026-10-11"), "08:00-20:00");
    assert_eq!(hours("Fr-Mo 08:00-20:00", "2026-10-13"), "off");
    assert_eq!(
        hours("Mo-Fr 09:00-12:00, We 14:00-17:00", "2026-10-07"),
        "09:00-12:00,14:00-17:00"
    );
    assert_eq!(hours("Mo-Fr 09:00-12:00; We 14:00-17:00", "2026-10-07"), "14:00-17:00");
    assert_eq!(hours("Mo-Fr 09:00-12:00; We off", "2026-10-07"), "off");
    let china = "Mo-Fr 09:00-18:00; PH off; 2026 Oct 01-07 off \"国庆节; 放假\"; 2026 Oct 10 09:00-18:00 \"调休\"";
    assert_eq!(hours(china, "2026-10-07"), "off");
    assert_eq!(hours(china, "2026-10-08"), "09:00-18:00");
    assert_eq!(hours(china, "2026-10-10"), "09:00-18:00");
    let calendar = notation::parse(china, chrono_tz::UTC).unwrap();
    assert_eq!(calendar.exceptions()[&day("2026-10-01")].label(), Some("国庆节; 放假"));
    let turn = "Mo-Su 09:00-18:00; 2026 Dec 31-2027 Jan 03 off; 2026 Oct 01-07 Sa,Su 10:00-12:00";
    assert_eq!(hours(turn, "2027-01-03"), "off");
    assert_eq!(hours(turn, "2026-10-03"), "10:00-12:00");
    assert_eq!(hours(turn, "2026-10-02"), "09:00-18:00");
}

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    for (text, at, part) in [
        ("", 1, "a rule is missing"),
        ("Mo-Fr 09:00-18:00;", 19, "a rule is missing"),
        ("Mo-Fr 09:00-18:00; Sa 9-12", 23, "cannot be read"),
        ("工作日", 1, "cannot be read"),
        ("Mo-Fr 09:00-18:00; 2026 Feb 30 off", 20, "2026 has no 30 Feb"),
        ("Mo-Fr 09:00-18:00; 2026 Feb 29 off", 20, "2026 has no 29 Feb"),
        ("Mo-Fr 09:00-18:00; Dec 25 off", 20, "needs its year"),
        ("Mo-Fr 09:00-18:00; 2026 Oct off", 20, "months"),
        ("Mo-Fr 09:00-18:00; Oct-Dec off", 20, "whole months"),
        ("Mo-Fr 09:00-18:00; easter off", 20, "Easter"),
        ("Mo-Fr 09:00-18:00; 2026 Oct 07-01 off", 20, "ends before"),
        (
            "Mo-Fr 09:00-18:00; 2026 Oct 07-2030 Oct 01 off",
            20,
            "longer than a year",
        ),
        ("Mo-Fr 09:00-18:00; SH off", 20, "only PH"),
        ("Mo-Fr 09:00-18:00; PH Mo 10:00-12:00", 20, "certain weekdays"),
        ("Mo-Fr 09:00-18:00; PH off; Sa 10:00-14:00", 28, "too late"),
        ("Mo-Fr 09:00-18:00; 2026 Oct 01 off; PH off", 37, "too late"),
        ("Mo-Fr 09:00-18:00; Mo-Fr 12:00-13:00 off", 20, "part of the day"),
        ("Mo-Fr 09:00-18:00 \"office\"", 1, "only dates"),
        ("Mo-Fr 09:00-18:00 unknown", 1, "unknown"),
        ("Mo-Fr 09:00-18:00 || Sa 10:00-12:00", 1, "||"),
        ("Mo-Fr 09:00+", 7, "no end"),
        ("Mo-Fr 09:00", 7, "no end"),
        ("Mo-Fr 09:00-18:00,19:00", 19, "no end"),
        ("Mo-Fr 09:00-09:00", 7, "24 hours"),
        ("Mo-Fr 09:00-18:00+", 1, "open ends"),
        ("Mo-Fr sunrise-18:00", 1, "sunrise"),
        ("Mo[1] 09:00-18:00", 1, "first, second"),
        ("week 01-10 Mo 09:00-18:00", 1, "weeks"),
        ("2026 Mo 09:00-18:00", 1, "years"),
        ("off", 1, "no weekday"),
        ("2026 Oct 01 09:00-18:00", 1, "no weekday"),
    ] {
        let found = notation::parse(text, chrono_tz::UTC).unwrap_err();
        assert!(found.detail.contains(part), "{text}: {found}");
        assert_eq!(found.at, at, "{text}: {found}");
    }
    let long = format!("Mo-Fr 09:00-18:00{}", "; 2026 Oct 01 off".repeat(2000));
    assert!(
        notation::parse(&long, chrono_tz::UTC)
            .unwrap_err()
            .detail
            .contains("20000")
    );
}

#[test]
fn public_holidays_are_closed_unless_the_notation_says_otherwise() {
    let holiday = Holiday::closed(day("2026-12-25"), "Christmas");
    let at = |text: &str| {
        let notation: Notation = text.parse().unwrap();
        let calendar = notation
            .calendar(chrono_tz::UTC, std::slice::from_ref(&holiday))
            .unwrap();
        let label = calendar.exceptions()[&day("2026-12-25")].label().map(str::to_owned);
        (notation::hours(calendar.windows_on(day("2026-12-25"))), label)
    };
    let christmas = || Some("Christmas".to_owned());
    assert_eq!(at("Mo-Su 09:00-18:00"), ("off".to_owned(), christmas()));
    assert_eq!(at("Mo-Su 09:00-18:00; PH off"), ("off".to_owned(), christmas()));
    assert_eq!(
        at("Mo-Su 09:00-18:00; PH 10:00-14:00"),
        ("10:00-14:00".to_owned(), christmas())
    );
    assert_eq!(at("24/7"), ("00:00-24:00".to_owned(), christmas()));
    assert_eq!(at("24/7; PH off"), ("off".to_owned(), christmas()));
    // A date that is named is as it is named.
    assert_eq!(
        at("Mo-Su 09:00-18:00; 2026 Dec 25 08:00-09:00"),
        ("08:00-09:00".to_owned(), None)
    );
}

#[test]
fn it_is_printed_as_people_write_it() {
    for text in [
        "24/7",
        "08:00-20:00",
        "24/7; PH off",
        "Mo-Fr 09:00-12:00,13:30-18:00; Sa 10:00-14:00; PH off",
        "Mo-Su 22:00-02:00; PH 10:00-14:00",
        "Mo 09:00-18:00; We-Th 09:00-33:00; 2026 Oct 01-07 off \"国庆节\"; 2026 Dec 30-2026 Dec 31 off",
    ] {
        let notation: Notation = text.parse().unwrap();
        let printed = notation.to_string();
        assert_eq!(
            printed,
            text.replace("30-2026 Dec 31", "30-31")
                .replace("24/7; PH off", "Mo-Su 00:00-24:00; PH off")
        );
    }
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    let window = (0u16..1440, 1u16..2000).prop_map(|(from, long)| Window::new(from, (from + long).min(2880)).unwrap());
    prop::collection::vec(window, 0..4)
}

fn exceptions() -> impl Strategy<Value = BTreeMap<NaiveDate, Exception>> {
    let label = prop_oneof![
        Just(None),
        "[a-zA-Z ;,:\"0-9国庆节|-]{0,12}".prop_map(Some),
        Just(Some("\u{1}\n\"; 2026 Oct 01 off \"".to_owned())),
    ];
    let date = (2020i32..2032, 1u32..=366)
        .prop_filter_map("a day of the year", |(year, day)| NaiveDate::from_yo_opt(year, day));
    let some = (date, windows(), label, 1usize..5);
    prop::collection::vec(some, 0..8).prop_map(|list| {
        list.into_iter()
            .flat_map(|(date, windows, label, days)| {
                let exception = Exception::open(windows, label.as_deref());
                date.iter_days().take(days).map(move |date| (date, exception.clone()))
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn what_is_printed_is_read_as_the_same_calendar(
        week in prop::collection::vec(windows(), 7), exceptions in exceptions(),
    ) {
        let week = std::array::from_fn(|n| week[n].clone());
        let Ok(calendar) = Calendar::new(chrono_tz::Asia::Shanghai, week, exceptions) else { return Ok(()) };
        let text = notation::print(&calendar);
        let again = notation::parse(&text, chrono_tz::Asia::Shanghai);
        prop_assert_eq!(again, Ok(calendar), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[MoFrSuPH0-9:,; \"+/|a-z26-]{0,40}") {
        if let Ok(notation) = text.parse::<Notation>() {
            let printed = notation.to_string();
            prop_assert_eq!(printed.parse(), Ok(notation), "{}", printed);
        }
    }
}
