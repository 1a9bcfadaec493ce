//! When a calendar is open, by hand: past midnight, holidays, and the clocks' changes.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::calendar::{Calendar, Exception, NeverOpens, Open, Window};
use super::{local, notation};
use crate::clock::Moment;

pub(super) fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn calendar(zone: Tz, text: &str) -> Calendar {
    notation::parse(text, zone).unwrap()
}

/// Hours and minutes of UTC, with the day of the month: `28 01:30`.
fn hours(calendar: &Calendar, from: &str, until: &str) -> Vec<String> {
    let say = |at: Moment| at.format("%d %H:%M").to_string();
    calendar
        .open(at(from), at(until))
        .map(|open| format!("{} - {}", say(open.from), say(open.until)))
        .collect()
}

#[test]
fn a_window_past_midnight_belongs_to_the_day_it_begins_on() {
    let night = calendar(chrono_tz::UTC, "Mo-Su 22:00-02:00; 2026 Dec 25 off");
    // The holiday takes its own night away, and leaves the night before it whole.
    assert_eq!(
        hours(&night, "2026-12-24T12:00:00Z", "2026-12-27T12:00:00Z"),
        ["24 22:00 - 25 02:00", "26 22:00 - 27 02:00"]
    );
    assert!(night.is_business_day(day("2026-12-24")));
    assert!(!night.is_business_day(day("2026-12-25")));
    assert_eq!(night.closing(day("2026-12-24")), Some(at("2026-12-25T02:00:00Z")));
}

#[test]
fn what_touches_at_midnight_is_one() {
    let calendar = calendar(chrono_tz::UTC, "Fr 20:00-24:00; Sa 00:00-03:00");
    assert_eq!(
        hours(&calendar, "2026-12-04T00:00:00Z", "2026-12-06T00:00:00Z"),
        ["04 20:00 - 05 03:00"]
    );
}

#[test]
fn an_hour_that_never_comes_is_not_open() {
    // Dublin, 29 March 2026: 01:00 GMT is 02:00 IST.
    let calendar = calendar(chrono_tz::Europe::Dublin, "Mo-Su 00:30-03:00");
    assert_eq!(
        hours(&calendar, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"),
        ["29 00:30 - 29 02:00"]
    );
    let lost = self::calendar(chrono_tz::Europe::Dublin, "Su 01:00-02:00");
    assert!(!lost.is_business_day(day("2026-03-29")));
    assert!(lost.is_business_day(day("2026-03-22")));
    assert_eq!(
        lost.next_opening(at("2026-03-28T00:00:00Z")),
        Ok(at("2026-04-05T00:00:00Z"))
    );
}

#[test]
fn an_hour_that_comes_twice_is_open_twice() {
    // Dublin, 25 October 2026: 02:00 IST is 01:00 GMT.
    let all = calendar(chrono_tz::Europe::Dublin, "Mo-Su 00:30-03:00");
    assert_eq!(
        hours(&all, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
        ["24 23:30 - 25 03:00"]
    );
    // An edge inside the repeated hour: open until 01:30 both times.
    let edge = calendar(chrono_tz::Europe::Dublin, "Mo-Su 00:30-01:30");
    assert_eq!(
        hours(&edge, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
        ["24 23:30 - 25 00:30", "25 01:00 - 25 01:30"]
    );
    assert_eq!(edge.closing(day("2026-10-25")), Some(at("2026-10-25T01:30:00Z")));
}

#[test]
fn half_an_hour_is_enough_of_a_change() {
    // Lord Howe, 5 April 2026: 02:00 (+11) is 01:30 (+10:30); 4 October: 02:00 is 02:30.
    let calendar = calendar(chrono_tz::Australia::Lord_Howe, "Mo-Su 00:00-04:00");
    assert_eq!(
        calendar.elapsed(at("2026-04-04T12:00:00Z"), at("2026-04-04T22:00:00Z")),
        TimeDelta::minutes(270)
    );
    assert_eq!(
        calendar.elapsed(at("2026-10-03T12:00:00Z"), at("2026-10-03T22:00:00Z")),
        TimeDelta::minutes(210)
    );
}

#[test]
fn a_date_that_a_country_left_out_is_no_business_day() {
    let calendar = calendar(chrono_tz::Pacific::Apia, "Mo-Su 09:00-17:00");
    assert!(calendar.is_business_day(day("2011-12-29")));
    assert!(!calendar.is_business_day(day("2011-12-30")));
    assert_eq!(
        local::beginning(chrono_tz::Pacific::Apia, day("2011-12-30")),
        at("2011-12-30T10:00:00Z")
    );
    assert_eq!(
        hours(&calendar, "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z"),
        ["29 19:00 - 30 03:00", "30 19:00 - 31 03:00"]
    );
}

#[test]
fn a_leap_day_is_a_day() {
    let calendar = calendar(chrono_tz::Asia::Shanghai, "Mo-Fr 09:00-18:00; 2024 Feb 29 09:00-12:00");
    assert_eq!(
        calendar.elapsed(at("2024-02-28T16:00:00Z"), at("2024-02-29T16:00:00Z")),
        TimeDelta::hours(3)
    );
}

#[test]
fn a_calendar_that_never_opens_is_refused() {
    let week = || std::array::from_fn(|_| Vec::new());
    assert_eq!(Calendar::new(chrono_tz::UTC, week(), BTreeMap::new()), Err(NeverOpens));
    let one = Exception::open(vec![Window::WHOLE_DAY], None);
    let once = BTreeMap::from([(day("2026-01-01"), one)]);
    assert_eq!(Calendar::new(chrono_tz::UTC, week(), once), Err(NeverOpens));
}

#[test]
fn a_search_ends_even_when_everything_is_closed_for_decades() {
    let first = day("2026-01-01");
    let closed = first.iter_days().take(30 * 366);
    let exceptions = closed.map(|date| (date, Exception::closed(None))).collect();
    let week = std::array::from_fn(|_| vec![Window::WHOLE_DAY]);
    let calendar = Calendar::new(chrono_tz::UTC, week, exceptions).unwrap();
    let from = at("2026-06-01T00:00:00Z");
    assert_eq!(calendar.next_opening(from), Err(NeverOpens));
    assert_eq!(calendar.after(from, TimeDelta::minutes(1)), Err(NeverOpens));
}

#[test]
fn around_the_clock_is_always() {
    let calendar = Calendar::around_the_clock(chrono_tz::America::New_York);
    let (from, until) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    assert_eq!(calendar.open(from, until).collect::<Vec<_>>(), [Open { from, until }]);
    assert_eq!(calendar.elapsed(from, until), until - from);
    assert_eq!(calendar.elapsed(until, from), TimeDelta::zero());
}

#[test]
fn windows_are_put_in_order_and_joined() {
    let windows = |list: &[(u16, u16)]| list.iter().map(|w| Window::new(w.0, w.1).unwrap()).collect::<Vec<_>>();
    let exception = Exception::open(
        windows(&[(780, 1080), (540, 600), (600, 720), (700, 730)]),
        Some(" a \"b\"\n "),
    );
    assert_eq!(exception.windows(), windows(&[(540, 730), (780, 1080)]));
    assert_eq!(exception.label(), Some("a b"));
    for (from, until) in [(1440, 1500), (600, 600), (600, 500), (0, 2881)] {
        assert_eq!(Window::new(from, until), None);
    }
}
