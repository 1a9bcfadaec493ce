//! Streams: in order, resumed without a gap, ended when they are to end.

use std::time::Duration;

use hark::app::App;
use hark::app::live::Pace;
use hark::clock::Clock;
use hark::db::Db;
use hark::domain::complaints::vocabulary::State;
use hark::domain::events::{self, EventView};
use hark::domain::policy::Policy;
use hark::domain::staff::{ActorKind, Role};
use hark::ids::ComplaintId;
use reqwest::Method;
use serde_json::{Value, json};

use super::EVENTS;
use crate::fixtures::{Case, field, reason};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::stream::{Message, Stream};
use crate::support::{Desk, keys, lenient, person, start_of_time};

/// Desks where the heart of a stream beats fast.
fn brisk() -> Vec<Desk> {
    let pace = Pace {
        beat: Duration::from_millis(50),
        most: 2,
    };
    Desk::both_with(&Policy::default(), |app, _| app.with_pace(pace))
}

on_both! {
    async fn a_stream_tells_what_happens_and_goes_on_from_where_it_was_cut_off(desk) {
        let agent = desk.agent();
        let (mut stream, place) = Stream::begun(&agent, EVENTS).await;
        let case = Case::worked(&desk).await;
        let first = stream.event().await;
        assert_eq!((first["type"].as_str(), first["complaint_id"].as_str()), (Some("complaint.received"), Some(case.id.as_str())));
        assert_eq!(stream.types(1).await, ["complaint.steps_recorded"]);
        drop(stream);
        case.post("notes", &json!({ "body": "one" })).await.expect(200);
        case.promise(0, 60).await;
        let resumed = agent.with("last-event-id", first["id"].as_str().unwrap());
        // The header counts more than the address, which stays the same when a browser comes back.
        let (mut stream, at) = Stream::begun(&resumed, &format!("{EVENTS}?after={place}")).await;
        assert_eq!(at, first["id"].as_str().unwrap());
        assert_eq!(stream.types(3).await, ["complaint.steps_recorded", "complaint.note_written", "call_back.promised"]);
        case.post("notes", &json!({ "body": "two" })).await.expect(200);
        assert_eq!(stream.types(1).await, ["complaint.note_written"]);
        let (mut only, _) = Stream::begun(&agent, &format!("{EVENTS}?after={place}&types=call_back")).await;
        assert_eq!(only.types(1).await, ["call_back.promised"]);
    }
}

on_both! {
    async fn who_was_away_too_long_is_told_to_read_afresh(desk) {
        let case = Case::logged(&desk).await;
        for text in ["3.999999", "what?"] {
            let lost = case.agent.with("last-event-id", text);
            let mut stream = Stream::open(&lost, EVENTS).await;
            let Some(Message::Event { name, id, .. }) = stream.next().await else { panic!("nothing came") };
            assert_eq!(name, "reset");
            case.post("notes", &json!({ "body": "one" })).await.expect(200);
            let event = stream.event().await;
            assert!(event["type"] == "complaint.note_written" && event["id"] != id.as_str());
        }
    }
}

on_both! {
    async fn a_stream_at_one_process_tells_what_is_written_in_another(desk) {
        let db = Db::open(desk.app.db.target(), 4).unwrap();
        let other = App::new(db, Clock::fixed(start_of_time()), Policy::default(), keys()).unwrap();
        let door = desk.door_of(other, lenient());
        let (mut there, _) = Stream::begun(&door.client(Role::Agent), EVENTS).await;
        let (mut here, _) = Stream::begun(&desk.agent(), EVENTS).await;
        let case = Case::logged(&desk).await;
        let elsewhere = desk.agent().at(&door.url);
        elsewhere.post(&format!("{}/notes", case.path()), &json!({ "body": "one" })).await.expect(200);
        let both = ["complaint.received", "complaint.note_written"];
        assert_eq!((there.types(2).await, here.types(2).await), (both.map(str::to_owned).to_vec(), both.map(str::to_owned).to_vec()));
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_session_does_and_is_kept_open_until_then() {
    for desk in brisk() {
        let mut sun_li = person::signed_in(&desk, "sun.li", "agent").await;
        let (mut stream, _) = Stream::begun(&sun_li.client(), EVENTS).await;
        for _ in 0..3 {
            assert_eq!(stream.next().await, Some(Message::Comment(String::new())));
        }
        sun_li.delete("/api/v1/session").await.expect(200);
        assert_eq!(stream.end().await.0, "signed out");
        // A stream that is open by itself is no use of the session.
        let mut idle = person::signed_in(&desk, "qian.duo", "agent").await;
        let (mut stream, _) = Stream::begun(&idle.client(), EVENTS).await;
        desk.pass(desk.app.policy.sign_in.session_idle + chrono::TimeDelta::seconds(1));
        assert_eq!(stream.end().await.0, "signed out");
        idle.get("/api/v1/me").await.expect_problem(401, "auth.required");
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_token_is_revoked() {
    for desk in brisk() {
        let admin = desk.client(Role::Admin);
        let made = admin
            .post("/api/v1/service-tokens", &json!({ "name": "screen", "role": "agent" }))
            .await
            .expect(201);
        let program = desk.with_token(made.str("/secret"));
        let (mut stream, _) = Stream::begun(&program, EVENTS).await;
        let path = format!("/api/v1/service-tokens/{}", made.id());
        admin.send(Method::DELETE, &path, None).await;
        assert_eq!(stream.end().await.0, "signed out");
    }
}

/// How many streams are open, as the figures tell it.
async fn open(desk: &Desk) -> u32 {
    let figures = desk.anonymous().get("/metrics").await.expect(200).text;
    let line = figures
        .lines()
        .find_map(|line| line.strip_prefix("hark_event_streams_open "));
    line.unwrap().parse().unwrap()
}

#[tokio::test]
async fn nobody_has_more_streams_than_they_may_and_one_that_ends_makes_room() {
    for desk in brisk() {
        let agent = desk.agent();
        let (first, _) = Stream::begun(&agent, EVENTS).await;
        let (_second, _) = Stream::begun(&agent, EVENTS).await;
        let refused = agent.open(EVENTS).await;
        assert_eq!(refused.status(), 429);
        let problem: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
        assert_eq!(problem["code"], "events.too_many_streams");
        let (_other, _) = Stream::begun(&desk.client(Role::Lead), EVENTS).await;
        assert_eq!(open(&desk).await, 3);
        drop(first);
        // The server hears of it when it next writes.
        let mut tries = 0;
        while open(&desk).await != 2 {
            tries += 1;
            assert!(tries < 2_000, "it is never told that one has ended");
        }
        assert_eq!(agent.open(EVENTS).await.status(), 200, "there is room");
    }
}

on_both! {
    async fn streams_end_when_the_service_stops(desk) {
        let (mut stream, _) = Stream::begun(&desk.agent(), EVENTS).await;
        desk.app.live.close();
        assert_eq!(stream.end().await.0, "the service is stopping; resume with Last-Event-ID");
        assert_eq!(desk.agent().open(EVENTS).await.status(), 503);
    }
}

/// Many large events at once, in a transaction each of a hundred.
async fn flood(desk: &Desk, many: usize) {
    let event = |n: usize| EventView {
        id: String::new(),
        kind: "complaint.edited".to_owned(),
        at: start_of_time(),
        complaint_id: ComplaintId::new(start_of_time()),
        call_back_id: None,
        clock_id: None,
        team: None,
        team_before: None,
        owner: None,
        owner_before: None,
        version: Some(i32::try_from(n).unwrap()),
        changed: vec!["x".repeat(4_000)],
        by_kind: ActorKind::System,
        by: "hark".to_owned(),
        doing: None,
    };
    for first in (0..many).step_by(100) {
        let rows: Vec<EventView> = (first..first + 100).map(event).collect();
        desk.app
            .db
            .write(move |conn| events::append(conn, &rows))
            .await
            .unwrap();
    }
}

on_both! {
    async fn who_does_not_keep_up_is_cut_off_and_misses_nothing(desk) {
        const MANY: usize = 8_000;
        let agent = desk.agent();
        let (mut slow, place) = Stream::begun(&agent, EVENTS).await;
        // Somebody who does keep up shows that all of it has gone through the channel.
        let (mut quick, _) = Stream::begun(&desk.client(Role::Lead), EVENTS).await;
        let reading = tokio::spawn(async move {
            for _ in 0..MANY {
                quick.event().await;
            }
        });
        flood(&desk, MANY).await;
        // Even they may have been too slow; then the reader has gone on all the same.
        let _cut_off = reading.await;
        let (why, mut seen) = slow.end().await;
        assert_eq!(why, "too far behind; resume with Last-Event-ID");
        assert!(seen.len() < MANY, "all {MANY} were buffered");
        let mut at = seen.last().map_or(place, |event| event["id"].as_str().unwrap().to_owned());
        while seen.len() < MANY {
            let resumed = agent.with("last-event-id", &at);
            let (mut stream, _) = Stream::begun(&resumed, EVENTS).await;
            while seen.len() < MANY {
                match stream.next().await {
                    Some(Message::Event { id, data, .. }) => {
                        at = id;
                        seen.push(data);
                    }
                    Some(Message::Comment(_)) => {}
                    None => break,
                }
            }
        }
        let versions: Vec<i64> = seen.iter().map(|event| event["version"].as_i64().unwrap()).collect();
        assert_eq!(versions, (0..i64::try_from(MANY).unwrap()).collect::<Vec<_>>());
    }
}

on_both! {
    async fn a_group_of_arrivals_is_told_once_each(desk) {
        let agent = desk.agent();
        let (mut stream, _) = Stream::begun(&agent, &format!("{EVENTS}?types=complaint.received")).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..40 {
            let agent = agent.clone();
            let body = crate::fixtures::merged(by_phone(), json!({ "customer": { "phone": format!("139 0013 9{n:03}") } }));
            tasks.spawn(async move { crate::fixtures::log(&agent, &body).await.id().to_owned() });
        }
        let mut logged = tasks.join_all().await;
        let mut told = Vec::new();
        for _ in 0..40 {
            told.push(stream.event().await);
        }
        let mut told: Vec<String> = field(&told, "complaint_id").into_iter().map(str::to_owned).collect();
        logged.sort();
        told.sort();
        assert_eq!(told, logged);
        let open = agent.get("/api/v1/complaints?state=received&limit=1").await.expect(200);
        assert_eq!(open.str("/items/0/state"), State::Received.as_str());
        let case = Case::logged(&desk).await;
        case.post("withdraw", &reason("no more")).await.expect(200);
        assert_eq!(stream.event().await["complaint_id"], case.id.as_str());
    }
}
