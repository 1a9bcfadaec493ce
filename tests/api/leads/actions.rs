//! Corrective actions: from the asking to whether they helped.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::json;

use super::{ACTIONS, act, action_form, made};
use crate::fixtures::{Case, merged};
use crate::on_both;
use crate::staff::{hire, id_of};
use crate::support::person;

on_both! {
    async fn an_action_is_asked_for_done_and_looked_at(desk) {
        let lead = desk.client(Role::Lead);
        let made = made(&desk, json!({ "category": "repair", "description": "On every shift." })).await;
        let id = made.id().to_owned();
        let expect = [("/state", json!("open")), ("/overdue", json!(false)), ("/cause", json!("attitude")), ("/owner", json!("mary")),
            ("/due_on", json!("2026-12-01")), ("/window_days", json!(90)), ("/complaints", json!(0)), ("/version", json!(1))];
        for (pointer, value) in expect {
            assert_eq!(made.at(pointer), &value, "{pointer}");
        }
        act(&lead, &id, "verify", &json!({ "helped": "yes", "note": "x" })).await.expect_problem(409, "corrective_action.not_done");
        act(&lead, &id, "reopen", &json!({})).await.expect_problem(409, "corrective_action.not_ended");
        let late = json!({ "end": "done", "effective_on": "2026-11-24" });
        act(&lead, &id, "close", &late).await.expect_invalid(&["/effective_on"]);
        let done = act(&lead, &id, "close", &json!({ "end": "done", "effective_on": "2026-11-20", "note": "since Friday" })).await.expect(200);
        assert_eq!((done.str("/state"), done.str("/effective_on"), done.str("/closed_by")), ("done", "2026-11-20", "test lead"));
        act(&lead, &id, "close", &json!({ "end": "done" })).await.expect_problem(409, "corrective_action.ended");
        let etag = done.etag().to_owned();
        lead.if_match(&etag).patch(&format!("{ACTIONS}/{id}"), &json!({ "title": "x" })).await.expect_problem(409, "corrective_action.ended");
        let seen = act(&lead, &id, "verify", &json!({ "helped": "no", "note": "as many as before" })).await.expect(200);
        assert_eq!((seen.str("/state"), seen.str("/helped"), seen.str("/verified_by")), ("verified", "no", "test lead"));
        let again = act(&lead, &id, "reopen", &json!({})).await.expect(200);
        assert_eq!((again.str("/state"), again.at("/effective_on"), again.at("/helped"), again.at("/closing_note")),
            ("open", &json!(null), &json!(null), &json!(null)));
        act(&lead, &id, "close", &json!({ "end": "dropped" })).await.expect_invalid(&["/note"]);
        let dropped = act(&lead, &id, "close", &json!({ "end": "dropped", "note": "too dear" })).await.expect(200);
        assert_eq!((dropped.str("/state"), dropped.at("/effective_on")), ("dropped", &json!(null)));
    }
}

on_both! {
    async fn everything_that_is_wrong_with_an_action_is_told_at_once(desk) {
        let lead = desk.client(Role::Lead);
        let wrong = json!({ "cause": "speech", "category": "A b", "title": " ", "owner": "nobody", "due_on": "2026-12-01", "window_days": 3 });
        lead.post(ACTIONS, &wrong).await.expect_invalid(&["/category", "/title", "/window_days", "/owner"]);
        lead.post(ACTIONS, &merged(action_form(), json!({ "cause": "weather" }))).await.expect_invalid(&["/cause"]);
    }
}

on_both! {
    async fn an_action_that_nobody_ends_becomes_overdue_and_is_seen(desk) {
        let lead = desk.client(Role::Lead);
        let early = made(&desk, json!({ "due_on": "2026-11-24" })).await.id().to_owned();
        made(&desk, json!({ "due_on": "2026-12-24", "owner": "li.na" })).await;
        let overdue = || async { lead.get(&format!("{ACTIONS}?overdue=true")).await.expect(200).each("id") };
        assert_eq!(overdue().await, [""; 0]);
        desk.pass(TimeDelta::days(1));
        assert_eq!(overdue().await, [""; 0], "the day itself is in time");
        desk.pass(TimeDelta::days(1));
        assert_eq!(overdue().await, std::slice::from_ref(&early));
        assert_eq!(lead.get(&format!("{ACTIONS}/{early}")).await.expect(200).at("/overdue"), &json!(true));
        let figures = desk.anonymous().get("/metrics").await.expect(200).text;
        for line in ["{state=\"open\"} 1", "{state=\"overdue\"} 1", "{state=\"done\"} 0"] {
            assert!(figures.contains(&format!("hark_desk_corrective_actions{line}\n")), "{line} in {figures}");
        }
        let of = |query: &'static str| { let lead = lead.clone(); async move { lead.get(&format!("{ACTIONS}?{query}")).await.expect(200).items().len() } };
        assert_eq!((of("owner=li.na").await, of("owner=mary").await, of("cause=attitude").await, of("cause=tools").await, of("state=done").await), (1, 1, 2, 0, 0));
    }
}

on_both! {
    async fn its_owner_ends_an_action_and_somebody_else_says_whether_it_helped(desk) {
        let sun_li = person::signed_in(&desk, "sun.li", "lead").await.client();
        let agent = person::signed_in(&desk, "zhao.min", "agent").await.client();
        let id = made(&desk, json!({ "owner": "zhao.min" })).await.id().to_owned();
        let mine = agent.get(&format!("{ACTIONS}?mine=true")).await.expect(200);
        assert_eq!(mine.each("id"), [id.as_str()]);
        desk.agent().post(&format!("{ACTIONS}/{id}/close"), &json!({ "end": "done" })).await.expect_problem(403, "auth.forbidden");
        agent.post(ACTIONS, &action_form()).await.expect_problem(403, "auth.forbidden");
        act(&agent, &id, "close", &json!({ "end": "done" })).await.expect(200);
        act(&sun_li, &id, "verify", &json!({ "helped": "unclear", "note": "too early" })).await.expect(200);
        let own = made(&desk, json!({ "owner": "sun.li" })).await.id().to_owned();
        act(&sun_li, &own, "close", &json!({ "end": "done" })).await.expect(200);
        act(&sun_li, &own, "verify", &json!({ "helped": "yes", "note": "I am sure" })).await.expect_problem(409, "corrective_action.own");
    }
}

on_both! {
    async fn complaints_are_linked_once_and_taken_away(desk) {
        let lead = desk.client(Role::Lead);
        let id = made(&desk, json!({})).await.id().to_owned();
        let (one, two) = (Case::logged(&desk).await, Case::logged(&desk).await);
        let path = |case: &Case<'_>| format!("{ACTIONS}/{id}/complaints/{}", case.id);
        let first = lead.send(Method::PUT, &path(&one), None).await.expect(200);
        let twice = lead.send(Method::PUT, &path(&one), None).await.expect(200);
        assert_eq!((first.at("/complaints"), first.at("/version"), twice.at("/version")), (&json!(1), &json!(2), &json!(2)));
        lead.send(Method::PUT, &path(&two), None).await.expect(200);
        let listed = lead.get(&format!("{ACTIONS}/{id}/complaints")).await.expect(200);
        assert_eq!(listed.each("id"), [one.id.as_str(), two.id.as_str()]);
        let about = lead.get(&format!("{ACTIONS}?complaint={}", two.id)).await.expect(200);
        assert_eq!(about.each("id"), [id.as_str()]);
        lead.send(Method::DELETE, &path(&one), None).await.expect(200);
        let left = lead.send(Method::DELETE, &path(&one), None).await.expect(200);
        assert_eq!(left.at("/complaints"), &json!(1));
        let nobodys = format!("{ACTIONS}/{id}/complaints/{id}");
        lead.send(Method::PUT, &nobodys, None).await.expect_problem(404, "resource.not_found");
        lead.if_match("\"1\"").send(Method::PUT, &path(&one), None).await.expect_problem(412, "request.precondition_failed");
        desk.client(Role::Operations).get(&format!("{ACTIONS}/{id}/complaints")).await.expect_problem(403, "auth.forbidden");
    }
}

on_both! {
    async fn what_is_open_with_somebody_who_leaves_goes_to_their_successor(desk) {
        hire(&desk, "sun.li", "agent").await;
        let open = made(&desk, json!({ "owner": "sun.li" })).await.id().to_owned();
        let done = made(&desk, json!({ "owner": "sun.li" })).await.id().to_owned();
        let lead = desk.client(Role::Lead);
        act(&lead, &done, "close", &json!({ "end": "done" })).await.expect(200);
        let path = format!("/api/v1/staff/{}/deactivate", id_of(&desk, "sun.li").await);
        desk.client(Role::Admin).post(&path, &json!({ "successor": "mary", "reason": "moved" })).await.expect(200);
        let owner = async |id: &str| lead.get(&format!("{ACTIONS}/{id}")).await.expect(200).str("/owner").to_owned();
        assert_eq!((owner(&open).await.as_str(), owner(&done).await.as_str()), ("mary", "sun.li"));
        lead.post(ACTIONS, &merged(action_form(), json!({ "owner": "sun.li" }))).await.expect_invalid(&["/owner"]);
        act(&lead, &done, "reopen", &json!({})).await.expect_invalid(&["/owner"]);
    }
}
