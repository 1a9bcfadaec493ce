use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::db::types::Json;
use crate::domain::complaints::model::TimelineEntry;
use crate::ids::{CustomerId, EntryId};

fn at(minutes: i64) -> Moment {
    "2026-11-23T06:00:00Z".parse::<Moment>().unwrap() + TimeDelta::minutes(minutes)
}

fn complaint(channel: Channel) -> Complaint {
    Complaint {
        id: ComplaintId(uuid::Uuid::nil()),
        seq: 1,
        reference: "K7QM-3R9X".to_owned(),
        kind: Kind::Complaint,
        channel,
        state: State::Received,
        ball_with: BallWith::Us,
        customer_id: CustomerId(uuid::Uuid::nil()),
        on_behalf_of: None,
        subject: "the router".to_owned(),
        category: "service_delay".to_owned(),
        language: "en".to_owned(),
        customer_type: CustomerType::Friendly,
        severity: Level::High,
        owner: None,
        team_id: None,
        round: 1,
        ever_waited: false,
        step: Some(HandlingStep::Listen),
        call_back_due_at: None,
        next_due_at: None,
        received_at: at(-5),
        first_expressed_at: at(-5),
        logged_at: at(0),
        updated_at: at(0),
        closed_at: None,
        decision: None,
        on_the_spot: false,
        reopened_count: 0,
        duplicate_of: None,
        tracking_hash: None,
        version: 1,
    }
}

/// Entries, each so many minutes after the logging.
fn entries(told: &[(i64, &str, Value, Value)]) -> Vec<TimelineEntry> {
    told.iter()
        .map(|(minutes, action, before, after)| TimelineEntry {
            complaint_id: ComplaintId(uuid::Uuid::nil()),
            id: EntryId::new(at(*minutes)),
            action: (*action).to_owned(),
            actor_kind: ActorKind::Staff,
            actor: "li.na".to_owned(),
            before: (!before.is_null()).then(|| Json(before.clone())),
            after: (!after.is_null()).then(|| Json(after.clone())),
            request_id: None,
            happened_at: at(*minutes),
        })
        .collect()
}

fn story() -> Vec<TimelineEntry> {
    let call = uuid::Uuid::from_u128(7);
    entries(&[
        (
            0,
            "received",
            json!(null),
            json!({ "kind": "complaint", "severity": "low", "owner": null, "team": null }),
        ),
        (
            3,
            "edited",
            json!({ "severity": "low", "subject": "x" }),
            json!({ "severity": "high", "subject": "y" }),
        ),
        (
            5,
            "assigned",
            json!({ "owner": null }),
            json!({ "owner": "li.na", "note": "yours" }),
        ),
        (
            6,
            "type_set",
            json!({ "customer_type": "angry" }),
            json!({ "customer_type": "friendly", "note": "calm now" }),
        ),
        (
            9,
            "steps_recorded",
            json!(null),
            json!({ "listen": { "own_words": "it broke" } }),
        ),
        (
            10,
            "waiting",
            json!(null),
            json!({ "ball_with": "third_party", "reason": "the maker" }),
        ),
        (12, "message_received", json!(null), json!({ "message_id": call })),
        (
            20,
            "resumed",
            json!({ "ball_with": "third_party" }),
            json!({ "note": null }),
        ),
        (21, "message_sent", json!(null), json!({ "message_id": call })),
        (
            30,
            "waiting",
            json!(null),
            json!({ "ball_with": "customer", "reason": "a photo" }),
        ),
        (40, "message_received", json!(null), json!({ "message_id": call })),
        (
            50,
            "call_back_promised",
            json!(null),
            json!({ "call_back_id": call, "purpose": "confirm_resolution", "owner": "li.na", "window_start": at(60),
                "window_end": at(90) }),
        ),
        (
            55,
            "waiting",
            json!(null),
            json!({ "ball_with": "customer", "reason": "the call" }),
        ),
        (
            61,
            "call_back_attempted",
            json!(null),
            json!({ "call_back_id": call, "result": "reached", "satisfied": true, "state": "kept", "outcome": "satisfied" }),
        ),
        (
            70,
            "closed",
            json!(null),
            json!({ "decision": "upheld", "reason": "our fault", "ground": "satisfied", "on_the_spot": false,
                "cause_category": "expertise" }),
        ),
    ])
}

#[test]
fn a_history_is_read_with_where_each_happening_leaves_the_complaint() {
    let history = read(&complaint(Channel::Email), &story());
    let What::Received(first) = &history[0].what else {
        panic!("{:?}", history[0]);
    };
    assert_eq!((first.severity, first.customer_type), (Level::Low, CustomerType::Angry));
    let states: Vec<State> = history.iter().map(|h| h.state).collect();
    use State::{Closed, InHandling as Handling, Received as New, Waiting};
    let expected = [
        New, New, New, New, Handling, Waiting, Waiting, Handling, Handling, Waiting, Handling, Handling, Waiting,
        Handling, Closed,
    ];
    assert_eq!(states, expected);
    assert_eq!(held_by(&history), (Some("li.na"), None));
    let ends: Vec<Option<Moment>> = waits(&history).iter().map(|wait| wait.until).collect();
    assert_eq!(ends, [Some(at(20)), Some(at(40)), Some(at(61))]);
    assert_eq!(waits(&history)[0].cause, Some(BallWith::ThirdParty));
}

#[test]
fn milestones_are_the_first_contact_the_answers_and_the_last_closing() {
    let history = read(&complaint(Channel::Email), &story());
    assert_eq!(acknowledged_at(&history), Some(at(21)));
    assert_eq!(first_response_at(&history), Some(at(21)));
    assert_eq!(resolved_at(&history), Some(at(70)));
    assert_eq!(
        asks(&history),
        [(at(40), Some(at(61)))],
        "what came before our first answer is answered by it"
    );
    assert_eq!(contacts_out(&history), [at(21), at(61)]);
    assert_eq!(contacts_in(&history), [at(-5), at(12), at(40)]);
    let by_phone = read(&complaint(Channel::Phone), &story()[..1]);
    assert_eq!(
        (acknowledged_at(&by_phone), first_response_at(&by_phone)),
        (Some(at(-5)), Some(at(-5)))
    );
    assert_eq!(resolved_at(&by_phone), None);
}

#[test]
fn a_history_reads_the_same_when_the_texts_are_gone() {
    let mut wiped = story();
    for entry in &mut wiped {
        for values in [&mut entry.before, &mut entry.after] {
            // Those of promises and messages are left alone; they hold codes only.
            if !entry.action.starts_with("call_back") && entry.action != "received" {
                *values = values.take().and_then(|values| codes::of(&values.0)).map(Json);
            }
        }
    }
    let text = serde_json::to_string(
        &wiped
            .iter()
            .map(|e| (&e.before, &e.after))
            .map(|(b, a)| (b.as_ref().map(|b| &b.0), a.as_ref().map(|a| &a.0)))
            .collect::<Vec<_>>(),
    )
    .unwrap();
    for told in ["it broke", "our fault", "the maker", "calm now", "yours", "\"x\""] {
        assert!(!text.contains(told), "{told} in {text}");
    }
    let complaint = complaint(Channel::Email);
    assert_eq!(read(&complaint, &wiped), read(&complaint, &story()));
}
