//! Holidays: what is taken from a file, and what they make of their days.

use super::*;
use proptest::prelude::*;

fn file(events: &[&str]) -> String {
    let events: String = events
        .iter()
        .map(|event| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", event.replace('\n', "\r\n")))
        .collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{events}END:VCALENDAR\r\n")
}

/// The import as it is done in November 2026.
fn import(text: &str) -> Result<Vec<Holiday>, ImportError> {
    super::import(text, "2026-11-26".parse().unwrap())
}

fn dates(text: &str) -> Vec<String> {
    let found = import(text).unwrap();
    found.iter().map(|holiday| holiday.date.to_string()).collect()
}

fn day(date: &str, label: &str) -> Holiday {
    Holiday::closed(date.parse().unwrap(), label)
}

#[test]
fn whole_days_are_taken_over_several_days_folded_and_escaped() {
    let found = import(&file(&[
        "UID:1\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261004\nSUMMARY:国\n 庆节",
        "DTSTART;VALUE=DATE:20260101\nSUMMARY:New Year\\, the first\\; of all",
        "DTSTART:20260501\nDURATION:P2D\nSUMMARY;LANGUAGE=en:Labour Day",
        "DTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20260601\nSUMMARY:One day\nSTATUS:CONFIRMED",
        "DTSTART;VALUE=DATE:20260701\nSUMMARY:Not this year\nSTATUS:CANCELLED",
    ]))
    .unwrap();
    assert_eq!(
        found,
        [
            day("2026-01-01", "New Year, the first; of all"),
            day("2026-05-01", "Labour Day"),
            day("2026-05-02", "Labour Day"),
            day("2026-06-01", "One day"),
            day("2026-10-01", "国庆节"),
            day("2026-10-02", "国庆节"),
            day("2026-10-03", "国庆节"),
        ]
    );
}

#[test]
fn make_up_days_are_known_by_their_mark() {
    let found = import(&file(&[
        "DTSTART;VALUE=DATE:20260920\nSUMMARY:国庆节 补班",
        "DTSTART;VALUE=DATE:20261010\nSUMMARY:Make-up day\nCATEGORIES:Office,WORK\nX-WORKS-LIKE:FR",
        "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节（不上班）",
    ]))
    .unwrap();
    let likes: Vec<_> = found.iter().map(|holiday| holiday.works_like).collect();
    assert_eq!(likes, [Some(WeekdayName::Monday), None, Some(WeekdayName::Friday)]);
    let notation: notation::Notation = "Mo-Th 09:00-18:00; Fr 09:00-16:00".parse().unwrap();
    let calendar = notation.calendar(chrono_tz::Asia::Shanghai, &found).unwrap();
    let hours = |date: &str| notation::hours(calendar.windows_on(date.parse().unwrap()));
    assert_eq!(hours("2026-09-20"), "09:00-18:00");
    assert_eq!(hours("2026-10-10"), "09:00-16:00");
    assert_eq!(hours("2026-10-01"), "off");
}

#[test]
fn what_does_not_fit_is_named_with_its_event() {
    let good = "DTSTART;VALUE=DATE:20260101\nSUMMARY:New Year";
    for (event, part) in [
        ("SUMMARY:No date", "DTSTART"),
        ("DTSTART:20260101T090000Z\nSUMMARY:Meeting", "whole days"),
        ("DTSTART;VALUE=DATE:20260230\nSUMMARY:Never", "no date"),
        (
            "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20251231\nSUMMARY:Back",
            "before it begins",
        ),
        (
            "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101\nSUMMARY:Long",
            "62 days",
        ),
        ("DTSTART;VALUE=DATE:20260101\nDURATION:PT3H\nSUMMARY:Short", "DURATION"),
        (
            "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=HOURLY\nSUMMARY:Every hour",
            "within a day",
        ),
        (
            "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYHOUR=9\nSUMMARY:At nine",
            "within a day",
        ),
        (
            "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY\nSUMMARY:Always",
            "more than 1000 days",
        ),
        (
            "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=13\nSUMMARY:Never",
            "RRULE",
        ),
        (
            "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;UNTIL=20200101\nSUMMARY:Over",
            "contradicts",
        ),
        (
            "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY\nRRULE:FREQ=DAILY\nSUMMARY:Two",
            "more than one",
        ),
        (
            "DTSTART;VALUE=DATE:20260101\nRDATE:20260101T090000Z\nSUMMARY:Times",
            "RDATE",
        ),
        (
            "DTSTART;VALUE=DATE:20260101\nRECURRENCE-ID;VALUE=DATE:20260101\nSUMMARY:Moved",
            "RECURRENCE-ID",
        ),
        ("DTSTART;VALUE=DATE:20260101", "SUMMARY"),
        ("DTSTART;VALUE=DATE:19260101\nSUMMARY:Long ago", "1970"),
        ("DTSTART;VALUE=DATE:20260101\nSUMMARY:补班", "both closed and worked"),
        (
            "DTSTART;VALUE=DATE:20260110\nSUMMARY:补班\nX-WORKS-LIKE:Monday",
            "X-WORKS-LIKE",
        ),
    ] {
        let error = import(&file(&[good, event])).unwrap_err();
        assert_eq!(error.event, Some(2), "{event}: {error}");
        assert!(error.detail.contains(part), "{event}: {error}");
    }
    for (text, part) in [
        (String::new(), "no calendar"),
        ("BEGIN:VEVENT\r\nEND:VEVENT\r\n".to_owned(), "no calendar"),
        ("<html>".to_owned(), "no calendar"),
        (file(&[]), "no event"),
        (file(&[good]).replace("END:VCALENDAR\r\n", ""), "cannot be read"),
        ("x".repeat(LARGEST + 1), "bytes"),
        (format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:A\r\n".repeat(10_000)), "nested"),
    ] {
        let error = import(&text).unwrap_err();
        assert_eq!(error.event, None);
        assert!(error.detail.contains(part), "{error}");
    }
}

#[test]
fn what_repeats_is_closed_from_last_year_to_five_years_ahead() {
    // Thanksgiving; a holiday since 1912; the first Monday of three Augusts, without one of them.
    let found = dates(&file(&[
        "DTSTART;VALUE=DATE:20101125\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:Thanksgiving",
    ]));
    let thanksgivings = [
        "2025-11-27",
        "2026-11-26",
        "2027-11-25",
        "2028-11-23",
        "2029-11-22",
        "2030-11-28",
        "2031-11-27",
    ];
    assert_eq!(found, thanksgivings);
    let found = dates(&file(&[
        "DTSTART;VALUE=DATE:19120101\nDURATION:P2D\nRRULE:FREQ=YEARLY\nSUMMARY:元旦",
    ]));
    assert_eq!(
        (found.len(), found[0].as_str(), found[13].as_str()),
        (14, "2025-01-01", "2031-01-02")
    );
    let found = dates(&file(&[
        "DTSTART;VALUE=DATE:20260803\nRRULE:FREQ=YEARLY;BYMONTH=8;BYDAY=1MO;UNTIL=20280807\n\
         EXDATE;VALUE=DATE:20270802\nRDATE;VALUE=DATE:20290101,20400101\nSUMMARY:August holiday",
    ]));
    assert_eq!(
        found,
        ["2026-08-03", "2028-08-07", "2029-01-01"],
        "the last day counts; 2040 is too far"
    );
    let found = dates(&file(&[
        "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY\nSUMMARY:Leap day",
    ]));
    assert_eq!(found, ["2028-02-29"]);
    assert!(
        dates(&file(&[
            "DTSTART;VALUE=DATE:20100101\nRRULE:FREQ=YEARLY;COUNT=3\nSUMMARY:Past"
        ]))
        .is_empty()
    );
}

#[test]
fn two_names_of_one_day_are_both_kept() {
    let found = import(&file(&[
        "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节",
        "DTSTART;VALUE=DATE:20261001\nSUMMARY:中秋节",
        "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节",
    ]))
    .unwrap();
    assert_eq!(found, [day("2026-10-01", "国庆节 / 中秋节")]);
}

#[test]
fn a_make_up_day_like_a_closed_weekday_takes_the_first_that_is_open() {
    let holiday = Holiday {
        works_like: Some(WeekdayName::Monday),
        ..day("2026-10-10", "调休")
    };
    let notation: notation::Notation = "Tu-Sa 10:00-19:00".parse().unwrap();
    let calendar = notation.calendar(chrono_tz::Asia::Shanghai, &[holiday]).unwrap();
    assert_eq!(
        notation::hours(calendar.windows_on("2026-10-10".parse().unwrap())),
        "10:00-19:00"
    );
}

#[test]
fn an_entry_is_checked() {
    let entry = |hours: Option<&str>, works_like, label: &str, date: &str| Holiday {
        hours: hours.map(str::to_owned),
        works_like,
        ..day(date, label)
    };
    let fields = |holiday: &Holiday| holiday.misfits().iter().map(|(field, _)| *field).collect::<Vec<_>>();
    assert_eq!(
        fields(&entry(Some("09:00-12:00,13:00-14:00"), None, "a", "2026-12-24")),
        [""; 0]
    );
    assert_eq!(
        fields(&entry(Some("off"), None, " ", "1969-12-24")),
        ["date", "label", "hours"]
    );
    assert_eq!(
        fields(&entry(Some("09:00-12:00; Tu off"), None, "a", "2026-12-24")),
        ["hours"]
    );
    assert_eq!(
        fields(&entry(
            Some("09:00-12:00"),
            Some(WeekdayName::Monday),
            "a",
            "2026-12-24"
        )),
        ["hours"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_file_is_read_or_refused(
        lines in prop::collection::vec(prop_oneof![
            Just("BEGIN:VCALENDAR"), Just("END:VCALENDAR"), Just("BEGIN:VEVENT"), Just("END:VEVENT"), Just("BEGIN:"),
            Just("DTSTART;VALUE=DATE:20260101"), Just("DTSTART;VALUE=DATE:"), Just("SUMMARY:国庆"), Just(" folded"), Just(""),
            Just("DTEND;VALUE=\"DATE:20269999"), Just(":"), Just("DURATION:P99999999999D"), Just("DURATION:P"), Just("\u{feff}"),
            Just("CATEGORIES:,,"), Just("RRULE:FREQ=YEARLY"), Just("RRULE:FREQ=WEEKLY;BYDAY=5XX,-99MO;INTERVAL=0;UNTIL=é"), Just("RRULE:"), Just("EXDATE:"), Just("RDATE:20260101,"), Just("SUMMARY;X=\":\\"), Just("END:"), Just("\u{0}"),
        ], 0..14),
        end in prop_oneof![Just("\r\n"), Just("\n"), Just("\r")],
    ) {
        let _ = import(&lines.join(end));
    }
}
