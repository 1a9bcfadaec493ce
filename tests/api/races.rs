//! Many at once: one customer, one complaint, one open promise, one closing; and nobody's work is
//! overwritten unseen. Against one process, and on PostgreSQL against two on the same database.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::time::Duration;

use diesel::prelude::*;
use hark::api::server::{self, Options};
use hark::app::App;
use hark::db::{Db, schema};
use hark::domain::policy::Policy;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::journeys::{by_phone, promised, six_steps, upheld, worked};
use crate::on_both;
use crate::support::{Client, Desk, Reply};

/// Another process, as far as the database can see: an application of its own, on the same database.
pub fn beside(desk: &Desk) -> String {
    let db = Db::open(desk.app.db.target(), 4).unwrap();
    let app = App::new(db, desk.app.clock.clone(), Policy::default(), crate::support::keys()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let options = Options {
        threads: 1,
        shutdown: Duration::from_secs(1),
        edge: crate::support::lenient(),
        body_limit: 262_144,
        signals: false,
    };
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move { server::server(app, listener, &options).unwrap().await })
    });
    url
}

/// Clients of each process: one of the desk, and another of a second process on the same database.
async fn agents(desk: &Desk) -> Vec<Client> {
    let admin = desk.client(hark::domain::staff::Role::Admin);
    let token = json!({ "name": "second", "role": "agent" });
    let made = admin.post("/api/v1/service-tokens", &token).await.expect(201);
    let secret = made.str("/secret");
    vec![
        Client::new(&desk.url, Some(secret)),
        Client::new(&beside(desk), Some(secret)),
    ]
}

/// Sends everything at once, in turn to each of the clients.
async fn all_at_once<F, R>(clients: &[Client], many: usize, send: F) -> Vec<Reply>
where
    F: Fn(Client, usize) -> R,
    R: Future<Output = Reply> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for n in 0..many {
        tasks.spawn(send(clients[n % clients.len()].clone(), n));
    }
    let mut replies = Vec::new();
    while let Some(reply) = tasks.join_next().await {
        replies.push(reply.unwrap());
    }
    replies
}

/// How often each status, with its code, was answered.
fn tally(replies: &[Reply]) -> BTreeMap<(u16, &str), usize> {
    let mut tally = BTreeMap::new();
    for reply in replies {
        *tally.entry((reply.status, reply.code())).or_default() += 1;
    }
    tally
}

async fn assert_sound(desk: &Desk) {
    desk.app
        .db
        .read(|conn| crate::properties::assert_sound(conn, None))
        .await
        .unwrap();
}

async fn number_of_complaints(desk: &Desk) -> i64 {
    let count = |conn: &mut hark::db::conn::Conn| Ok(schema::complaints::table.count().get_result(conn)?);
    desk.app.db.read(count).await.unwrap()
}

on_both! {
    async fn two_hundred_first_complaints_from_one_number_make_one_customer(desk) {
        let clients = agents(&desk).await;
        let replies = all_at_once(&clients, 200, |client, n| async move {
            let mut form = by_phone();
            // However the number is written; a different e-mail address each time.
            let phone = ["138 0013 8000", "+86 138-0013-8000", "13800138000", "0086 13800138000"][n % 4];
            form["customer"] = json!({ "name": "李娜", "phone": phone, "email": format!("li.na.{n}@example.com") });
            client.post("/api/v1/complaints", &form).await
        })
        .await;
        assert_eq!(tally(&replies), BTreeMap::from([((201, ""), 200)]));
        let customers: BTreeSet<&str> = replies.iter().map(|reply| reply.str("/customer/id")).collect();
        let ids: BTreeSet<&str> = replies.iter().map(Reply::id).collect();
        let references: BTreeSet<&str> = replies.iter().map(|reply| reply.str("/reference")).collect();
        assert_eq!((customers.len(), ids.len(), references.len()), (1, 200, 200));
        let new = replies.iter().filter(|reply| reply.json["customer"]["recognised"] == false).count();
        assert_eq!(new, 1, "only the first was new");
        let (customers, points) = desk.app.db.read(|conn| {
            let customers: i64 = schema::customers::table.count().get_result(conn)?;
            let points: i64 = schema::contact_points::table.count().get_result(conn)?;
            Ok((customers, points))
        }).await.unwrap();
        assert_eq!((customers, points), (1, 201), "one customer, one number, every address");
        assert_eq!(number_of_complaints(&desk).await, 200);
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn fifty_requests_with_one_key_make_one_complaint(desk) {
        let clients = agents(&desk).await;
        let send = |client: Client, _| async move {
            client.with("idempotency-key", "once").post("/api/v1/complaints", &by_phone()).await
        };
        let replies = all_at_once(&clients, 50, send).await;
        let mut ids = BTreeSet::new();
        for reply in &replies {
            match reply.status {
                201 => {
                    ids.insert(reply.id());
                }
                _ => {
                    assert_eq!((reply.status, reply.code()), (409, "idempotency.in_flight"), "{}", reply.text);
                    reply.header("retry-after").unwrap().parse::<u32>().unwrap();
                }
            }
        }
        assert_eq!(ids.len(), 1);
        for client in &clients {
            let again = send(client.clone(), 0).await.expect(201);
            assert!(ids.contains(again.id()), "the stored answer");
        }
        let other = clients[0].with("idempotency-key", "once").post("/api/v1/complaints", &json!({ "channel": "phone" })).await;
        assert!(other.status == 422, "{}", other.text);
        assert_eq!(number_of_complaints(&desk).await, 1);
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn twenty_notes_with_one_key_are_one_note(desk) {
        let clients = agents(&desk).await;
        let id = clients[0].post("/api/v1/complaints", &by_phone()).await.expect(201).id().to_owned();
        let path = format!("/api/v1/complaints/{id}/notes");
        let send = |client: Client, _| {
            let path = path.clone();
            async move { client.with("idempotency-key", "note").post(&path, &json!({ "body": "打过电话" })).await }
        };
        let replies = all_at_once(&clients, 20, send).await;
        let mut ids = BTreeSet::new();
        for reply in &replies {
            match reply.status {
                200 => {
                    ids.insert(reply.id());
                }
                _ => assert_eq!((reply.status, reply.code()), (409, "idempotency.in_flight"), "{}", reply.text),
            }
        }
        assert_eq!(ids.len(), 1);
        let notes = clients[0].get(&format!("/api/v1/complaints/{id}/messages")).await.expect(200);
        assert_eq!(notes.json["items"].as_array().unwrap().len(), 1);
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn parallel_promises_for_one_purpose_leave_one_open(desk) {
        let clients = agents(&desk).await;
        let id = worked(&desk, &clients[0]).await;
        let path = format!("/api/v1/complaints/{id}/call-backs");
        let window = json!({ "window_start": desk.in_minutes(120), "window_end": desk.in_minutes(180) });
        let replies = all_at_once(&clients, 30, |client, _| {
            let (path, window) = (path.clone(), window.clone());
            async move { client.post(&path, &window).await }
        })
        .await;
        let expected = BTreeMap::from([((201, ""), 1), ((409, "call_back.already_promised"), 29)]);
        assert_eq!(tally(&replies), expected);
        let open = clients[0].get("/api/v1/call-backs?state=open").await.expect(200);
        assert_eq!(open.json["items"].as_array().unwrap().len(), 1);
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn parallel_attempts_and_parallel_closings_take_effect_once(desk) {
        let clients = agents(&desk).await;
        let id = worked(&desk, &clients[0]).await;
        let promise = promised(&desk, &clients[0], &id).await;
        desk.pass(chrono::TimeDelta::minutes(130));
        let attempts = all_at_once(&clients, 20, |client, _| {
            let path = format!("/api/v1/call-backs/{promise}/attempts");
            async move { client.post(&path, &json!({ "result": "reached", "satisfied": true })).await }
        })
        .await;
        assert_eq!(tally(&attempts), BTreeMap::from([((200, ""), 1), ((409, "call_back.settled"), 19)]));
        let closings = all_at_once(&clients, 20, |client, _| {
            let path = format!("/api/v1/complaints/{id}/close");
            async move { client.post(&path, &upheld()).await }
        })
        .await;
        assert_eq!(tally(&closings), BTreeMap::from([((200, ""), 1), ((409, "complaint.closed"), 19)]));
        let seen = clients[0].get(&format!("/api/v1/complaints/{id}")).await.expect(200);
        assert_eq!(seen.json["closures"].as_array().unwrap().len(), 1);
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn of_two_agents_who_save_the_same_step_one_is_told(desk) {
        let clients = agents(&desk).await;
        for round in 0..8 {
            let made = clients[0].post("/api/v1/complaints", &by_phone()).await.expect(201);
            let path = format!("/api/v1/complaints/{}/steps/listen", made.id());
            let etag = made.etag().to_owned();
            let replies = all_at_once(&clients, 2, |client, n| {
                let (path, etag) = (path.clone(), etag.clone());
                let record = json!({ "record": { "own_words": format!("agent {n}, round {round}") } });
                async move { client.if_match(&etag).put(&path, &record).await }
            })
            .await;
            let expected = BTreeMap::from([((200, ""), 1), ((412, "request.precondition_failed"), 1)]);
            assert_eq!(tally(&replies), expected, "round {round}");
            // What the one wrote who was told 200, not a mixture.
            let kept = replies.iter().find(|reply| reply.status == 200).unwrap();
            let seen = clients[1].get(&format!("/api/v1/complaints/{}", made.id())).await.expect(200);
            assert_eq!(seen.json["steps"], kept.json["steps"]);
        }
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn saving_the_same_steps_without_a_version_amends_them(desk) {
        let clients = agents(&desk).await;
        for _ in 0..4 {
            let id = clients[0].post("/api/v1/complaints", &by_phone()).await.expect(201).id().to_owned();
            let steps = six_steps(&desk.in_minutes(600));
            let replies = all_at_once(&clients, 4, |client, _| {
                let (path, steps) = (format!("/api/v1/complaints/{id}/steps"), steps.clone());
                async move { client.put(&path, &steps).await }
            })
            .await;
            assert_eq!(tally(&replies), BTreeMap::from([((200, ""), 4)]));
            let seen = clients[0].get(&format!("/api/v1/complaints/{id}")).await.expect(200);
            assert_eq!((seen.json["version"].clone(), seen.json["steps"].as_array().unwrap().len()), (json!(5), 6));
        }
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn notes_written_at_once_are_all_kept(desk) {
        let clients = agents(&desk).await;
        let id = clients[0].post("/api/v1/complaints", &by_phone()).await.expect(201).id().to_owned();
        let replies = all_at_once(&clients, 24, |client, n| {
            let path = format!("/api/v1/complaints/{id}/notes");
            async move {
                loop {
                    let reply = client.post(&path, &json!({ "body": format!("note {n}") })).await;
                    // So many at once on one complaint may wear out the tries: it says so, and nothing is changed.
                    if reply.status != 503 {
                        return reply;
                    }
                    assert_eq!((reply.code(), reply.header("retry-after")), ("service.overloaded", Some("1")));
                }
            }
        })
        .await;
        assert_eq!(tally(&replies), BTreeMap::from([((200, ""), 24)]));
        let notes = clients[0].get(&format!("/api/v1/complaints/{id}/messages?limit=200")).await.expect(200);
        let bodies: BTreeSet<&str> = notes.json["items"].as_array().unwrap().iter().filter_map(|n| n["body"].as_str()).collect();
        let all = notes.json["items"].as_array().unwrap().len();
        assert_eq!((bodies.len(), all), (24, 24));
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn eight_notes_at_once_on_one_complaint_are_all_taken_at_once(desk) {
        let clients = agents(&desk).await;
        let id = clients[0].post("/api/v1/complaints", &by_phone()).await.expect(201).id().to_owned();
        for round in 0..3 {
            let replies = all_at_once(&clients, 8, |client, n| {
                let path = format!("/api/v1/complaints/{id}/notes");
                async move { client.post(&path, &json!({ "body": format!("note {round} {n}") })).await }
            })
            .await;
            assert_eq!(tally(&replies), BTreeMap::from([((200, ""), 8)]));
        }
        assert_sound(&desk).await;
    }
}

on_both! {
    async fn a_customer_put_by_another_system_many_times_at_once_is_made_once(desk) {
        let clients = agents(&desk).await;
        for n in 0..8 {
            let path = format!("/api/v1/customers/by-external-id/crm/{n}");
            let form = match n % 2 {
                0 => json!({ "name": "李娜" }),
                _ => json!({ "name": "李娜", "phones": [format!("138 0013 80{n:02}")], "emails": [format!("li.{n}@example.com")] }),
            };
            let replies = all_at_once(&clients, 6, |client, _| {
                let (path, form) = (path.clone(), form.clone());
                async move { client.put(&path, &form).await }
            })
            .await;
            assert_eq!(tally(&replies), BTreeMap::from([((200, ""), 5), ((201, ""), 1)]), "{n}");
            let ids: BTreeSet<&str> = replies.iter().map(Reply::id).collect();
            assert_eq!(ids.len(), 1);
        }
        assert_eq!(desk.rows("customers"), 8);
    }
}

on_both! {
    async fn work_on_many_complaints_at_once_keeps_the_tallies_exact(desk) {
        let clients = agents(&desk).await;
        let replies = all_at_once(&clients, 60, |client, n| {
            let steps = six_steps(&desk.in_minutes(600));
            async move {
                let made = client.post("/api/v1/complaints", &by_phone()).await.expect(201);
                let path = format!("/api/v1/complaints/{}", made.id());
                let next: (&str, Value) = match n % 4 {
                    0 => return made,
                    1 => ("wait", json!({ "ball_with": "customer", "reason": "?" })),
                    2 => ("withdraw", json!({ "reason": "no more" })),
                    _ => return client.put(&format!("{path}/steps"), &steps).await.expect(200),
                };
                client.post(&format!("{path}/{}", next.0), &next.1).await.expect(200)
            }
        })
        .await;
        assert_eq!(replies.len(), 60);
        let counts = desk.agent().get("/api/v1/complaints/counts").await.expect(200);
        assert_eq!(counts.json["by_state"], json!({ "received": 15, "in_handling": 15, "waiting": 15, "closed": 15 }));
        assert_sound(&desk).await;
    }
}
