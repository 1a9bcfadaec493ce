//! The rank of a complaint, by hand.

use super::*;
use crate::domain::complaints::vocabulary::{BallWith, CallBackPurpose, Channel, Kind};
use crate::domain::typing::CustomerType;
use crate::ids::{CallBackId, ComplaintId, CustomerId};

fn at(hour: i64) -> Moment {
    "2026-11-23T00:00:00Z".parse::<Moment>().unwrap() + TimeDelta::hours(hour)
}

fn complaint(severity: Level, received: i64, due: Option<i64>) -> Complaint {
    Complaint {
        id: ComplaintId::new(at(received)),
        seq: 1,
        reference: "K7QM-3R9X".to_owned(),
        kind: Kind::Complaint,
        channel: Channel::Phone,
        state: State::InHandling,
        ball_with: BallWith::Us,
        customer_id: CustomerId::new(at(0)),
        on_behalf_of: None,
        subject: "x".to_owned(),
        category: "other".to_owned(),
        language: "en".to_owned(),
        customer_type: CustomerType::NotClear,
        severity,
        owner: None,
        team_id: None,
        round: 1,
        ever_waited: false,
        step: None,
        call_back_due_at: None,
        next_due_at: due.map(at),
        received_at: at(received),
        first_expressed_at: at(received),
        logged_at: at(received),
        updated_at: at(received),
        closed_at: None,
        decision: None,
        on_the_spot: false,
        reopened_count: 0,
        duplicate_of: None,
        tracking_hash: None,
        version: 1,
    }
}

fn promise(from: i64, until: i64) -> CallBack {
    CallBack {
        id: CallBackId::new(at(0)),
        complaint_id: ComplaintId::new(at(0)),
        purpose: CallBackPurpose::GiveAnswer,
        state: CallBackState::Open,
        window_start: at(from),
        window_end: at(until),
        time_zone: "UTC".to_owned(),
        number: "+8613800138000".to_owned(),
        owner: "li.na".to_owned(),
        note: None,
        round: 1,
        promised_by: "li.na".to_owned(),
        promised_at: at(0),
        rescheduled_from: None,
        changed_by: None,
        change_reason: None,
        first_attempt_at: None,
        attempts: 0,
        outcome: None,
        settled_at: None,
        version: 1,
        last_attempt_at: None,
    }
}

#[test]
fn without_a_deadline_severity_and_age_make_one() {
    let order = [
        (Level::Critical, 10, 14),
        (Level::High, 10, 34),
        (Level::Medium, 10, 82),
        (Level::Low, 10, 178),
        (Level::Low, -200, -32),
    ];
    for (severity, received, urgent) in order {
        let ranked = rank(&complaint(severity, received, None), &[], None);
        assert_eq!(
            (ranked.urgent_at, ranked.basis, ranked.free_from),
            (at(urgent), Basis::Age, None)
        );
    }
}

#[test]
fn a_rule_may_shorten_the_time_but_not_lengthen_it() {
    let low = complaint(Level::Low, 10, None);
    assert_eq!(rank(&low, &[], Some(120)).urgent_at, at(12));
    assert_eq!(
        rank(&complaint(Level::Critical, 10, None), &[], Some(600)).urgent_at,
        at(14)
    );
    assert_eq!(
        rank(&complaint(Level::Low, 0, Some(50)), &[], Some(120)).urgent_at,
        at(50)
    );
}

#[test]
fn a_deadline_counts_before_age_and_severity() {
    let ranked = rank(&complaint(Level::Critical, 0, Some(50)), &[], None);
    assert_eq!((ranked.urgent_at, ranked.basis), (at(50), Basis::Clock));
}

#[test]
fn a_promise_is_its_makers_for_half_its_window() {
    let ranked = rank(&complaint(Level::Low, 0, Some(12)), &[promise(10, 12)], None);
    assert_eq!((ranked.urgent_at, ranked.basis), (at(12), Basis::CallBack));
    assert_eq!(
        (ranked.promised_from, ranked.free_from),
        (Some(at(10) - BEFORE_WINDOW), Some(at(11)))
    );
    assert_eq!(ranked.held_by.as_deref(), Some("li.na"));
    // A deadline before the call does not wait for whoever is to make it.
    let ranked = rank(&complaint(Level::Low, 0, Some(6)), &[promise(10, 12)], None);
    assert_eq!(
        (ranked.urgent_at, ranked.basis, ranked.free_from),
        (at(6), Basis::Clock, Some(at(2)))
    );
}

#[test]
fn of_several_promises_the_first_to_end_counts_and_settled_ones_do_not() {
    let mut settled = promise(1, 2);
    settled.state = CallBackState::Kept;
    let ranked = rank(
        &complaint(Level::Low, 0, Some(12)),
        &[promise(20, 21), settled, promise(10, 12)],
        None,
    );
    assert_eq!(ranked.promised_from, Some(at(10) - BEFORE_WINDOW));
}

#[test]
fn what_waits_for_somebody_else_is_kept_back_until_it_is_nearly_due() {
    let mut waiting = complaint(Level::Medium, 0, Some(40));
    waiting.state = State::Waiting;
    assert_eq!(rank(&waiting, &[], None).free_from, Some(at(36)));
    waiting.next_due_at = None;
    assert_eq!(rank(&waiting, &[], None).urgent_at, at(72 + 168));
    assert_eq!(rank(&waiting, &[], None).free_from, Some(at(72 + 168 - 4)));
}
