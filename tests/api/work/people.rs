//! Skills, capacity and absences.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{give, logged, take};
use crate::fixtures::{CALL_BACKS, COMPLAINTS, Case, merged};
use crate::on_both;
use crate::staff::{STAFF, admin, hire, id_of, team};
use crate::support::{Client, Desk, Reply, person};

/// Somebody who is signed in and works in these teams: their id and client.
async fn worker(desk: &Desk, handle: &str, teams: &[&str]) -> (String, Client) {
    let client = person::signed_in(desk, handle, "agent").await.client();
    let id = id_of(desk, handle).await;
    for team in teams {
        admin(desk)
            .put(&format!("/api/v1/teams/{team}/members/{id}"), &json!({}))
            .await
            .expect(200);
    }
    (id, client)
}

async fn profile(desk: &Desk, id: &str, body: &Value) -> Reply {
    admin(desk)
        .put(&format!("{STAFF}/{id}/work-profile"), body)
        .await
        .expect(200)
}

on_both! {
    async fn nobody_takes_more_than_their_capacity_but_a_promised_call_that_is_due(desk) {
        let (id, sun_li) = worker(&desk, "sun.li", &[]).await;
        let seen = profile(&desk, &id, &json!({ "capacity": 2 })).await;
        assert_eq!((seen.at("/capacity"), seen.str("/handle")), (&json!(2), "sun.li"));
        for _ in 0..3 {
            logged(&desk, json!({})).await;
        }
        let first = take(&sun_li).await.expect(200).id().to_owned();
        take(&sun_li).await.expect(200);
        take(&sun_li).await.expect_problem(409, "work.at_capacity");
        let case = Case::worked(&desk).await;
        let window = merged(case.window(10, 60), json!({ "owner": "sun.li" }));
        case.post("call-backs", &window).await.expect(201);
        let due = take(&sun_li).await.expect(200);
        assert_eq!((due.id(), due.str("/why/reason")), (case.id.as_str(), "call_back_due"));
        take(&sun_li).await.expect_problem(409, "work.at_capacity");
        for id in [first, case.id.clone()] {
            sun_li.post(&format!("{COMPLAINTS}/{id}/withdraw"), &json!({ "reason": "no more" })).await.expect(200);
        }
        take(&sun_li).await.expect(200);
    }
}

on_both! {
    async fn one_who_asks_many_times_at_once_is_not_given_more_than_there_is_room_for(desk) {
        let (id, sun_li) = worker(&desk, "sun.li", &[]).await;
        profile(&desk, &id, &json!({ "capacity": 3 })).await;
        for _ in 0..12 {
            logged(&desk, json!({})).await;
        }
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..12 {
            let client = sun_li.clone();
            tasks.spawn(async move { take(&client).await });
        }
        let replies = tasks.join_all().await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 3);
        assert!(replies.iter().all(|reply| reply.status == 200 || reply.code() == "work.at_capacity"));
        assert_eq!(desk.count("SELECT count(*) AS n FROM work_queue WHERE owner = 'sun.li'"), 3);
    }
}

on_both! {
    async fn the_capacity_of_a_team_counts_for_those_of_whom_nothing_is_said(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        let path = format!("/api/v1/teams/{broadband}");
        let etag = admin(&desk).get(&path).await.expect(200).etag().to_owned();
        let form = json!({ "name": "Broadband", "capacity": 1, "calendar": "standard" });
        let changed = admin(&desk).if_match(&etag).patch(&path, &form).await.expect(200);
        assert_eq!((changed.at("/capacity"), changed.str("/calendar")), (&json!(1), "standard"));
        let kept = admin(&desk).if_match(changed.etag()).patch(&path, &json!({ "name": "Fibre" })).await.expect(200);
        assert_eq!((kept.at("/capacity"), kept.str("/calendar")), (&json!(1), "standard"));
        let wrong = json!({ "name": "Fibre", "capacity": -1, "calendar": "nowhere" });
        admin(&desk).if_match(kept.etag()).patch(&path, &wrong).await.expect_invalid(&["/calendar", "/capacity"]);
        let (id, sun_li) = worker(&desk, "sun.li", &[&broadband]).await;
        for _ in 0..3 {
            give(&desk, &logged(&desk, json!({})).await, &broadband).await;
        }
        take(&sun_li).await.expect(200);
        take(&sun_li).await.expect_problem(409, "work.at_capacity");
        profile(&desk, &id, &json!({ "capacity": 2 })).await;
        take(&sun_li).await.expect(200);
        take(&sun_li).await.expect_problem(409, "work.at_capacity");
    }
}

on_both! {
    async fn work_goes_past_those_who_lack_a_skill(desk) {
        let (id, sun_li) = worker(&desk, "sun.li", &[]).await;
        let (hard, easy) = (logged(&desk, json!({ "severity": "critical" })).await, logged(&desk, json!({ "severity": "low" })).await);
        desk.execute("UPDATE work_queue SET needs = 'language:ja\nproduct:router' WHERE urgent_at = (SELECT min(urgent_at) FROM work_queue)");
        let listed = admin(&desk).get(crate::work::QUEUE).await.expect(200);
        assert_eq!(listed.at("/items/0/needs"), &json!(["language:ja", "product:router"]));
        assert_eq!(take(&sun_li).await.expect(200).id(), easy);
        take(&sun_li).await.expect(204);
        profile(&desk, &id, &json!({ "languages": ["ja-JP"] })).await;
        take(&sun_li).await.expect(204);
        profile(&desk, &id, &json!({ "languages": ["ja-JP", "en"], "products": ["Router", "phone"] })).await;
        assert_eq!(take(&sun_li).await.expect(200).id(), hard);
    }
}

on_both! {
    async fn who_is_away_gets_nothing_and_their_calls_are_the_deputys_or_anybodys(desk) {
        let (zhao, zhao_lei) = worker(&desk, "zhao.lei", &[]).await;
        let (_, sun_li) = worker(&desk, "sun.li", &[]).await;
        let (_, wang_wei) = worker(&desk, "wang.wei", &[]).await;
        let case = Case::worked(&desk).await;
        let window = merged(case.window(60, 120), json!({ "owner": "zhao.lei" }));
        let promise = case.post("call-backs", &window).await.expect(201).id().to_owned();
        desk.pass(TimeDelta::minutes(50));
        take(&wang_wei).await.expect(204);
        let away = json!({ "starts_at": desk.in_minutes(0), "ends_at": desk.in_minutes(600), "kind": "illness", "deputy": "sun.li" });
        let noted = zhao_lei.post(&format!("{STAFF}/{zhao}/absences"), &away).await.expect(201);
        assert_eq!((noted.str("/deputy"), noted.str("/created_by")), ("sun.li", "zhao.lei"));
        take(&zhao_lei).await.expect_problem(409, "work.away");
        take(&wang_wei).await.expect(204);
        let standing_in = sun_li.get(crate::work::MINE).await.expect(200);
        assert_eq!((standing_in.str("/calls/0/id"), standing_in.str("/calls/0/owner")), (promise.as_str(), "zhao.lei"));
        assert_eq!(take(&sun_li).await.expect(200).id(), case.id);
        let seen = admin(&desk).get(&format!("{CALL_BACKS}/{promise}")).await.expect(200);
        assert_eq!(seen.str("/owner"), "sun.li");
        let path = format!("{STAFF}/{zhao}/absences/{}", noted.id());
        zhao_lei.send(reqwest::Method::DELETE, &path, None).await.expect(204);
        take(&zhao_lei).await.expect(204);
        zhao_lei.send(reqwest::Method::DELETE, &path, None).await.expect(404);
    }
}

on_both! {
    async fn without_a_deputy_the_calls_of_one_who_is_away_are_anybodys(desk) {
        let (zhao, _) = worker(&desk, "zhao.lei", &[]).await;
        let (_, wang_wei) = worker(&desk, "wang.wei", &[]).await;
        let case = Case::worked(&desk).await;
        case.post("call-backs", &merged(case.window(10, 120), json!({ "owner": "zhao.lei" }))).await.expect(201);
        take(&wang_wei).await.expect(204);
        let away = json!({ "starts_at": desk.in_minutes(-60), "ends_at": desk.in_minutes(600), "kind": "illness" });
        admin(&desk).post(&format!("{STAFF}/{zhao}/absences"), &away).await.expect(201);
        assert_eq!(take(&wang_wei).await.expect(200).id(), case.id);
    }
}

on_both! {
    async fn people_note_their_own_absences_and_leads_those_of_their_teams(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        let (sun, sun_li) = worker(&desk, "sun.li", &[&broadband]).await;
        let elsewhere = hire(&desk, "zhao.lei", "agent").await;
        let other_team = team(&desk, "Elsewhere", &["zhao.lei"]).await;
        assert!(!other_team.is_empty());
        let lead = person::signed_in(&desk, "qian.duo", "lead").await;
        let id = id_of(&desk, "qian.duo").await;
        admin(&desk).put(&format!("/api/v1/teams/{broadband}/members/{id}"), &json!({ "leads": true })).await.expect(200);
        let lead = lead.client();
        let away = json!({ "starts_at": desk.in_minutes(60), "ends_at": desk.in_minutes(600), "kind": "holiday" });
        let path = |id: &str| format!("{STAFF}/{id}/absences");
        sun_li.post(&path(&sun), &away).await.expect(201);
        sun_li.post(&path(&elsewhere), &away).await.expect_problem(403, "auth.forbidden");
        lead.post(&path(&sun), &away).await.expect(201);
        lead.post(&path(&elsewhere), &away).await.expect_problem(403, "auth.other_team");
        lead.put(&format!("{STAFF}/{sun}/work-profile"), &json!({ "capacity": 5 })).await.expect(200);
        lead.put(&format!("{STAFF}/{elsewhere}/work-profile"), &json!({ "capacity": 5 })).await.expect_problem(403, "auth.other_team");
        sun_li.put(&format!("{STAFF}/{sun}/work-profile"), &json!({ "capacity": 5 })).await.expect_problem(403, "auth.forbidden");
        let listed = desk.client(Role::Auditor).get(&path(&sun)).await.expect(200);
        assert_eq!(listed.items().len(), 2);
        let audited = desk.client(Role::Auditor).get("/api/v1/audit/events?action=person.absence_noted").await.expect(200);
        assert!(audited.items().len() == 2 && !audited.text.contains("holiday"), "{}", audited.text);
    }
}

on_both! {
    async fn profiles_and_absences_that_cannot_be_are_refused_with_every_finding(desk) {
        let (id, _) = worker(&desk, "sun.li", &[]).await;
        let profile = json!({ "languages": ["x"], "products": [""], "capacity": 1001, "calendar": "standard" });
        let path = format!("{STAFF}/{id}/work-profile");
        admin(&desk).put(&path, &profile).await.expect_invalid(&["/capacity", "/languages/0", "/products/0"]);
        admin(&desk).put(&path, &json!({ "calendar": "nowhere" })).await.expect_invalid(&["/calendar"]);
        let unsaid = admin(&desk).get(&path).await.expect(200);
        assert_eq!((unsaid.at("/capacity"), unsaid.at("/updated_at"), unsaid.etag()), (&Value::Null, &Value::Null, "\"1\""));
        let absences = format!("{STAFF}/{id}/absences");
        for (away, wrong) in [
            (json!({ "starts_at": desk.in_minutes(60), "ends_at": desk.in_minutes(60), "kind": "other" }), ["/ends_at"]),
            (json!({ "starts_at": desk.in_minutes(-60), "ends_at": desk.in_minutes(-1), "kind": "other" }), ["/ends_at"]),
            (json!({ "starts_at": desk.in_minutes(60), "ends_at": desk.in_minutes(2_000_000), "kind": "other" }), ["/ends_at"]),
            (json!({ "starts_at": desk.in_minutes(60), "ends_at": desk.in_minutes(90), "kind": "other", "deputy": "sun.li" }), ["/deputy"]),
            (json!({ "starts_at": desk.in_minutes(60), "ends_at": desk.in_minutes(90), "kind": "other", "deputy": "nobody" }), ["/deputy"]),
        ] {
            admin(&desk).post(&absences, &away).await.expect_invalid(&wrong);
        }
        assert_eq!(desk.rows("absences"), 0);
    }
}
