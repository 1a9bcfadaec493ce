use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::*;
use crate::clock::Moment;
use crate::domain::sla::calendar::{Calendar, Window};
use crate::domain::sla::deadline;
use crate::domain::sla::policies::model::{Family, MetricKind};

/// Monday to Friday, nine to five, in a zone.
fn office(zone: Tz) -> Calendar {
    let day = vec![Window::new(9 * 60, 17 * 60).unwrap()];
    let week = std::array::from_fn(|n| if n < 5 { day.clone() } else { Vec::new() });
    Calendar::new(zone, week, BTreeMap::new()).unwrap()
}

/// When a complaint that is received on Wednesday, 4 March 2026, at 15:00 is due, by pack and clock; in the time of
/// the place. Office hours, no holidays: these are for calendars.
const DUE: &[(&str, Tz, &str, &str)] = &[
    ("uk_disp", Tz::Europe__London, "acknowledge", "2026-03-11T17:00"),
    ("uk_disp", Tz::Europe__London, "summary_resolution", "2026-03-09T17:00"),
    // Eight weeks after 4 March is 29 April; due when that day ends. Summer time has begun meanwhile.
    ("uk_disp", Tz::Europe__London, "final_response", "2026-04-30T00:00"),
    (
        "uk_disp_payments",
        Tz::Europe__London,
        "final_response",
        "2026-03-25T17:00",
    ),
    (
        "uk_disp_payments",
        Tz::Europe__London,
        "final_response_exceptional",
        "2026-04-22T17:00",
    ),
    ("ie_cpc", Tz::Europe__Dublin, "acknowledge", "2026-03-11T17:00"),
    ("ie_cpc", Tz::Europe__Dublin, "progress_update", "2026-04-01T17:00"),
    ("ie_cpc", Tz::Europe__Dublin, "final_response", "2026-04-29T17:00"),
    ("au_rg271", Tz::Australia__Sydney, "acknowledge", "2026-03-05T15:00"),
    ("au_rg271", Tz::Australia__Sydney, "idr_response", "2026-04-04T00:00"),
    ("us_cfpb", Tz::America__New_York, "response", "2026-03-20T00:00"),
    ("us_cfpb", Tz::America__New_York, "final_response", "2026-05-04T00:00"),
    (
        "standard_service",
        Tz::Asia__Shanghai,
        "acknowledge",
        "2026-03-04T16:00",
    ),
    (
        "standard_service",
        Tz::Asia__Shanghai,
        "first_response",
        "2026-03-05T15:00",
    ),
    (
        "standard_service",
        Tz::Asia__Shanghai,
        "next_response",
        "2026-03-05T15:00",
    ),
    (
        "standard_service",
        Tz::Asia__Shanghai,
        "keep_informed",
        "2026-03-11T17:00",
    ),
    ("standard_service", Tz::Asia__Shanghai, "resolve", "2026-03-18T17:00"),
];

fn local(zone: Tz, text: &str) -> Moment {
    let wall = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap();
    Moment(wall.and_local_timezone(zone).unwrap().to_utc())
}

#[test]
fn every_clock_of_every_pack_is_due_on_the_day_that_its_source_says() {
    let mut left: Vec<(String, String)> = Vec::new();
    for pack in all().unwrap() {
        for metric in pack
            .policy
            .metrics
            .iter()
            .filter(|metric| metric.kind != MetricKind::CallBack)
        {
            left.push((pack.slug.clone(), metric.slug.clone()));
        }
    }
    for (slug, zone, metric, expected) in DUE {
        let found = find(slug).unwrap().policy.metric(metric).unwrap();
        let start = local(*zone, "2026-03-04T15:00");
        let due = deadline::due(&office(*zone), found.target.as_ref().unwrap(), start, &[]).unwrap();
        assert_eq!(due, Some(local(*zone, expected)), "{slug} {metric}");
        left.retain(|(pack, clock)| (pack.as_str(), clock.as_str()) != (*slug, *metric));
    }
    assert!(left.is_empty(), "not in the table: {left:?}");
}

#[test]
fn every_pack_can_be_installed_as_it_is() {
    for pack in all().unwrap() {
        assert_eq!(checked(&pack.policy, "").unwrap(), pack.policy, "{}", pack.slug);
        assert!(
            pack.policy.source.is_some() && pack.policy.effective_from.is_some(),
            "{}",
            pack.slug
        );
        let regulatory = pack
            .policy
            .metrics
            .iter()
            .all(|metric| metric.regulatory && !metric.pausable);
        assert_eq!(regulatory, pack.policy.family == Family::Regulatory, "{}", pack.slug);
    }
}
