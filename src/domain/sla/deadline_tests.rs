//! What is promised of every deadline, and the rules that the units serve, by hand.

use chrono::TimeDelta;
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::select;

use super::calendar::{Calendar, NeverOpens};
use super::calendar_tests::at;
use super::deadline::{Deadline, Pause, Target, Unit, at_fraction, at_left, deadline, due, used};
use super::{local, notation};
use crate::clock::Moment;

fn target(amount: u32, unit: Unit, from_next_day: bool) -> Target {
    Target {
        amount,
        unit,
        from_next_day,
    }
}

fn office(zone: Tz) -> Calendar {
    notation::parse("Mo-Fr 09:00-17:00; 2026 Dec 25 off; 2026 Dec 28 off", zone).unwrap()
}

fn due_at(calendar: &Calendar, target: Target, start: &str) -> String {
    due(calendar, &target, at(start), &[]).unwrap().unwrap().to_string()
}

#[test]
fn the_third_business_day_following_receipt() {
    // UK DISP 1.5: close of business on the third business day following the day of receipt.
    let london = office(chrono_tz::Europe::London);
    let three = target(3, Unit::BusinessDays, true);
    assert_eq!(due_at(&london, three, "2026-12-01T10:00:00Z"), "2026-12-04T17:00:00Z");
    // The time of day does not matter, nor whether the desk was open.
    assert_eq!(due_at(&london, three, "2026-12-01T00:00:00Z"), "2026-12-04T17:00:00Z");
    assert_eq!(due_at(&london, three, "2026-12-01T23:59:00Z"), "2026-12-04T17:00:00Z");
    // Christmas and Boxing Day (moved to Monday) are not business days.
    assert_eq!(due_at(&london, three, "2026-12-23T10:00:00Z"), "2026-12-30T17:00:00Z");
    assert_eq!(due_at(&london, three, "2026-12-25T10:00:00Z"), "2026-12-31T17:00:00Z");
}

#[test]
fn business_days_that_include_the_day_of_receipt() {
    let london = office(chrono_tz::Europe::London);
    let one = target(1, Unit::BusinessDays, false);
    assert_eq!(due_at(&london, one, "2026-12-01T16:59:00Z"), "2026-12-01T17:00:00Z");
    assert_eq!(due_at(&london, one, "2026-12-01T17:00:00Z"), "2026-12-02T17:00:00Z");
    assert_eq!(due_at(&london, one, "2026-12-05T10:00:00Z"), "2026-12-07T17:00:00Z");
    // After midnight, before yesterday's last window has ended.
    let night = notation::parse("Mo-Fr 18:00-02:00", chrono_tz::UTC).unwrap();
    assert_eq!(due_at(&night, one, "2026-12-02T01:00:00Z"), "2026-12-02T02:00:00Z");
    assert_eq!(due_at(&night, one, "2026-12-02T02:00:00Z"), "2026-12-03T02:00:00Z");
}

#[test]
fn eight_weeks_from_receipt() {
    // DISP 1.6.2: by the end of eight weeks after receipt; over the change of the clocks on 29 March.
    let london = office(chrono_tz::Europe::London);
    let weeks = |next| target(8, Unit::CalendarWeeks, next);
    assert_eq!(
        due_at(&london, weeks(true), "2026-03-03T10:15:00Z"),
        "2026-04-28T23:00:00Z"
    );
    assert_eq!(
        due_at(&london, weeks(false), "2026-03-03T10:15:00Z"),
        "2026-04-28T09:15:00Z"
    );
}

#[test]
fn calendar_days_over_the_ends_of_months_and_leap_days() {
    let utc = office(chrono_tz::UTC);
    let days = |n, next| target(n, Unit::CalendarDays, next);
    assert_eq!(
        due_at(&utc, days(30, false), "2026-01-31T08:00:00Z"),
        "2026-03-02T08:00:00Z"
    );
    assert_eq!(
        due_at(&utc, days(1, false), "2024-02-28T08:00:00Z"),
        "2024-02-29T08:00:00Z"
    );
    assert_eq!(
        due_at(&utc, days(365, true), "2024-02-29T08:00:00Z"),
        "2025-03-01T00:00:00Z"
    );
}

#[test]
fn a_calendar_deadline_in_a_gap_waits_for_its_end_and_in_a_fold_takes_the_first() {
    let new_york = office(chrono_tz::America::New_York);
    let day = target(1, Unit::CalendarDays, false);
    // 8 March 2026, 02:00 EST is 03:00 EDT (07:00 UTC).
    assert_eq!(due_at(&new_york, day, "2026-03-07T07:30:00Z"), "2026-03-08T07:00:00Z");
    // 1 November, 01:30 comes at 05:30 and at 06:30 UTC.
    assert_eq!(due_at(&new_york, day, "2026-10-31T05:30:00Z"), "2026-11-01T05:30:00Z");
    // What is received in the repeated hour counts as received at its end, 02:00.
    assert_eq!(due_at(&new_york, day, "2026-11-01T05:50:00Z"), "2026-11-02T06:50:00Z");
    assert_eq!(due_at(&new_york, day, "2026-11-01T06:10:00Z"), "2026-11-02T07:00:00Z");
}

#[test]
fn a_receipt_outside_opening_hours_counts_from_the_next_opening() {
    let london = office(chrono_tz::Europe::London);
    let hour = target(60, Unit::BusinessMinutes, false);
    for start in ["2026-12-24T17:00:00Z", "2026-12-25T12:00:00Z", "2026-12-29T09:00:00Z"] {
        assert_eq!(due_at(&london, hour, start), "2026-12-29T10:00:00Z");
    }
    // Used up exactly at closing time: due at closing, not at the next opening.
    assert_eq!(due_at(&london, hour, "2026-12-29T16:00:00Z"), "2026-12-29T17:00:00Z");
    let next = target(60, Unit::BusinessMinutes, true);
    assert_eq!(due_at(&london, next, "2026-12-29T10:00:00Z"), "2026-12-30T10:00:00Z");
}

#[test]
fn while_a_pause_is_open_nothing_is_due_and_what_is_left_stands_still() {
    let london = office(chrono_tz::Europe::London);
    let day = target(480, Unit::BusinessMinutes, false);
    let start = at("2026-12-01T09:00:00Z");
    let open = Pause {
        from: at("2026-12-01T12:00:00Z"),
        until: None,
        cause: "waiting".to_owned(),
    };
    let found = deadline(&london, &day, start, std::slice::from_ref(&open)).unwrap();
    assert_eq!((found.due, found.left_seconds), (None, Some(5 * 3600)));
    let working = found.working;
    assert_eq!(working.windows.len(), 1);
    assert_eq!(working.windows[0].until, open.from);
    assert_eq!((working.pauses[0].until, working.pauses[0].seconds), (None, 0));
    // A pause that begins when it is due already changes nothing.
    let late = Pause {
        from: at("2026-12-01T17:00:00Z"),
        ..open.clone()
    };
    assert_eq!(
        due(&london, &day, start, &[late]).unwrap(),
        Some(at("2026-12-01T17:00:00Z"))
    );
    let spent = used(
        &london,
        &day,
        start,
        std::slice::from_ref(&open),
        at("2027-01-01T00:00:00Z"),
    )
    .unwrap();
    assert_eq!((spent.used, spent.left()), (TimeDelta::hours(3), TimeDelta::hours(5)));
    assert_eq!(
        at_fraction(&london, &day, start, std::slice::from_ref(&open), 80).unwrap(),
        None
    );
    assert_eq!(
        at_fraction(&london, &day, start, &[open], 25).unwrap(),
        Some(at("2026-12-01T11:00:00Z"))
    );
}

#[test]
fn overlapping_pauses_count_once_and_say_how_much_they_took() {
    let london = office(chrono_tz::Europe::London);
    let pause = |from: &str, until: &str| Pause {
        from: at(from),
        until: Some(at(until)),
        cause: "waiting".to_owned(),
    };
    let pauses = [
        pause("2026-12-01T14:00:00Z", "2026-12-02T10:00:00Z"),
        pause("2026-12-01T12:00:00Z", "2026-12-01T15:00:00Z"),
        // Turned round, outside opening hours, before receipt: nothing.
        pause("2026-12-02T12:00:00Z", "2026-12-02T11:00:00Z"),
        pause("2026-11-01T12:00:00Z", "2026-12-01T09:00:00Z"),
    ];
    let day = target(480, Unit::BusinessMinutes, false);
    let found = deadline(&london, &day, at("2026-12-01T09:00:00Z"), &pauses).unwrap();
    assert_eq!(found.due, Some(at("2026-12-02T15:00:00Z")));
    let took: Vec<i64> = found.working.pauses.iter().map(|pause| pause.seconds).collect();
    assert_eq!(took, [3 * 3600, 3 * 3600]);
}

#[test]
fn warnings_by_what_is_left() {
    let london = office(chrono_tz::Europe::London);
    let day = target(480, Unit::BusinessMinutes, false);
    let start = at("2026-12-01T13:00:00Z");
    let left = |hours| {
        at_left(&london, &day, start, &[], TimeDelta::hours(hours))
            .unwrap()
            .unwrap()
    };
    assert_eq!(left(1), at("2026-12-02T12:00:00Z"));
    assert_eq!(left(4), at("2026-12-01T17:00:00Z"));
    assert_eq!(left(100), start);
}

#[test]
fn what_is_too_far_away_is_never_due() {
    let utc = office(chrono_tz::UTC);
    let start = at("2026-12-01T09:00:00Z");
    for unit in Unit::ALL {
        for next in [false, true] {
            let long = target(u32::MAX, *unit, next);
            assert_eq!(due(&utc, &long, start, &[]), Err(NeverOpens), "{unit}");
        }
    }
}

#[test]
fn a_long_working_is_cut_and_says_so() {
    let utc = office(chrono_tz::UTC);
    let year = target(200, Unit::BusinessDays, false);
    let working = deadline(&utc, &year, at("2026-01-05T09:00:00Z"), &[]).unwrap().working;
    assert_eq!((working.windows.len(), working.windows_left_out), (50, 150));
    assert_eq!(working.closed.len() + working.closed_left_out, 78);
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let zone = select(vec![
        chrono_tz::Europe::Dublin,
        chrono_tz::America::New_York,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::Asia::Shanghai,
    ]);
    let text = select(vec![
        "Mo-Fr 09:00-17:00",
        "Mo-Fr 09:00-12:00,13:30-18:00; Sa 10:00-14:00; 2026 Oct 24-26 off; 2026 Mar 28 00:30-01:30,22:00-03:00",
        "Mo-Su 22:00-02:30; 2026 Mar 29 off",
        "Sa 01:00-02:00; Su 01:15-40:00",
        "24/7",
    ]);
    (zone, text).prop_map(|(zone, text)| notation::parse(text, zone).unwrap())
}

fn targets() -> impl Strategy<Value = Target> {
    (select(Unit::ALL), 0u32..6, any::<bool>()).prop_map(|(unit, amount, next)| {
        let factor = if unit == Unit::BusinessMinutes { 173 } else { 1 };
        target(amount * factor, unit, next)
    })
}

fn moments() -> impl Strategy<Value = Moment> {
    let near = select(vec![
        "2026-03-28T12:00:00Z",
        "2026-10-25T00:00:00Z",
        "2026-04-04T12:00:00Z",
        "2026-10-03T12:00:00Z",
        "2026-03-08T06:00:00Z",
        "2026-11-01T06:00:00Z",
    ]);
    (near, -200_000i64..200_000).prop_map(|(near, seconds)| at(near) + TimeDelta::seconds(seconds))
}

fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-50_000i64..400_000, 0i64..200_000), 0..4)
}

fn paused(start: Moment, pauses: &[(i64, i64)]) -> Vec<Pause> {
    let pause = |(from, long): &(i64, i64)| Pause {
        from: start + TimeDelta::seconds(*from),
        until: Some(start + TimeDelta::seconds(from + long)),
        cause: String::new(),
    };
    pauses.iter().map(pause).collect()
}

/// Whether the clock on the wall has just skipped something.
fn ends_a_gap(zone: Tz, at: Moment) -> bool {
    local::wall(zone, at) - local::wall(zone, at - TimeDelta::seconds(1)) > TimeDelta::seconds(1)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn more_time_is_never_due_earlier(
        calendar in calendars(), target in targets(), start in moments(), pauses in pauses(), more in 0u32..4,
    ) {
        let pauses = paused(start, &pauses);
        let longer = Target { amount: target.amount + more, ..target };
        let one = due(&calendar, &target, start, &pauses).unwrap();
        let other = due(&calendar, &longer, start, &pauses).unwrap();
        prop_assert!(one <= other, "{one:?} {other:?}");
    }

    #[test]
    fn what_comes_later_is_never_due_earlier(
        calendar in calendars(), target in targets(), start in moments(), pauses in pauses(), later in 0i64..200_000,
    ) {
        let late = start + TimeDelta::seconds(later);
        let mut pauses = paused(start, &pauses);
        if target.unit == Unit::BusinessDays {
            // A pause that has begun before counting does shortens what is left of the first day, which is a
            // whole day whenever it began.
            let begin = deadline(&calendar, &target, late, &[]).unwrap().working.counted_from;
            pauses.retain(|pause| pause.from >= begin);
        }
        let one = due(&calendar, &target, start, &pauses).unwrap();
        let other = due(&calendar, &target, late, &pauses).unwrap();
        prop_assert!(one <= other, "{one:?} {other:?}");
    }

    #[test]
    fn a_pause_moves_the_deadline_by_exactly_what_it_took(
        calendar in calendars(), target in targets(), start in moments(), pauses in pauses(),
        pause in (0i64..300_000, 0i64..200_000),
    ) {
        let without = deadline(&calendar, &target, start, &paused(start, &pauses)).unwrap();
        let all: Vec<(i64, i64)> = pauses.iter().copied().chain([pause]).collect();
        let with = deadline(&calendar, &target, start, &paused(start, &all)).unwrap();
        let took = |deadline: &Deadline| -> i64 {
            deadline.working.pauses.iter().map(|pause| pause.seconds).sum()
        };
        let (before, after) = (without.due.unwrap(), with.due.unwrap());
        prop_assert!(after >= before);
        let zone = calendar.zone();
        if target.unit.is_business() {
            prop_assert_eq!(calendar.elapsed(before, after).num_seconds(), took(&with) - took(&without));
        } else if !ends_a_gap(zone, before) && !ends_a_gap(zone, after) && target.amount > 0 {
            let moved = local::rising_wall(zone, after) - local::rising_wall(zone, before);
            prop_assert_eq!(moved.num_seconds(), took(&with) - took(&without));
        }
    }

    #[test]
    fn time_used_grows_to_all_of_it_at_the_deadline(
        calendar in calendars(), target in targets(), start in moments(), pauses in pauses(), percent in 0u32..100,
    ) {
        let pauses = paused(start, &pauses);
        let due = due(&calendar, &target, start, &pauses).unwrap().unwrap();
        let all = used(&calendar, &target, start, &pauses, due).unwrap();
        let warn = at_fraction(&calendar, &target, start, &pauses, percent).unwrap().unwrap();
        prop_assert!(warn <= due);
        let then = used(&calendar, &target, start, &pauses, warn).unwrap();
        prop_assert!(then.used <= all.used);
        let exact = |at| target.unit.is_business() || !ends_a_gap(calendar.zone(), at);
        if exact(due) {
            prop_assert_eq!(all.used, all.total);
        }
        if exact(warn) && exact(due) {
            prop_assert_eq!(then.used.num_seconds(), all.total.num_seconds() * i64::from(percent) / 100);
            let same = at_left(&calendar, &target, start, &pauses, then.left()).unwrap();
            prop_assert_eq!(same, Some(warn));
        }
    }

    #[test]
    fn the_zone_of_who_looks_changes_nothing(
        calendar in calendars(), target in targets(), start in moments(), minutes in -14 * 60i32..=14 * 60,
    ) {
        let elsewhere = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
        let written = start.with_timezone(&elsewhere).to_rfc3339();
        let there = deadline(&calendar, &target, at(&written), &[]).unwrap();
        prop_assert_eq!(there, deadline(&calendar, &target, start, &[]).unwrap());
    }
}
