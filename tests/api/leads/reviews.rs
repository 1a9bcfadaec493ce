//! Drawing calls, reviewing them, and who sees what.

use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{FORM, PICKS, REVIEWS, call_in, drawn, pick, review, reviewed, scores};
use crate::fixtures::{Case, merged, missed, reached};
use crate::on_both;
use crate::staff::{admin, id_of, team};
use crate::support::{Client, Desk, person};

/// Somebody who is signed in and in this team.
async fn member(desk: &Desk, handle: &str, role: &str, team: &str) -> Client {
    let client = person::signed_in(desk, handle, role).await.client();
    let path = format!("/api/v1/teams/{team}/members/{}", id_of(desk, handle).await);
    admin(desk).put(&path, &json!({})).await.expect(200);
    client
}

async fn calls_of(client: &Client, query: &str) -> Vec<Value> {
    client
        .get(&format!("{REVIEWS}?{query}&limit=200"))
        .await
        .expect(200)
        .items()
        .to_vec()
}

on_both! {
    async fn the_same_seed_draws_the_same_calls_and_nobodys_own(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        let sun_li = member(&desk, "sun.li", "agent", &broadband).await;
        let lead = member(&desk, "zhao.min", "lead", &broadband).await;
        for n in 0..6 {
            call_in(&sun_li, n).await;
            call_in(&lead, 100 + n).await;
        }
        // On the web nobody speaks.
        Case::filed(&desk).await;
        let form = json!({ "team": broadband, "from": "2026-11-20", "to": "2026-11-23", "per_agent": 3, "seed": "week 48" });
        let first = lead.post(PICKS, &form).await.expect(201);
        assert_eq!((first.at("/candidates"), first.at("/drawn"), first.str("/seed")), (&json!(6), &json!(3), "week 48"));
        let complaints = async |pick: &str| -> Vec<Value> {
            calls_of(&lead, &format!("pick={pick}")).await.into_iter().map(|call| call["complaint"].clone()).collect()
        };
        let again = lead.post(PICKS, &form).await.expect(201);
        assert_eq!(complaints(first.id()).await, complaints(again.id()).await);
        let drawn = calls_of(&lead, &format!("pick={}", first.id())).await;
        assert!(drawn.iter().all(|call| call["agent"] == "sun.li" && call["kind"] == "intake" && call["team"] == broadband.as_str()));
        let mut sets = std::collections::BTreeSet::new();
        for seed in ["a", "b", "c", "d", "e"] {
            let other = lead.post(PICKS, &merged(form.clone(), json!({ "seed": seed }))).await.expect(201);
            sets.insert(json!(complaints(other.id()).await).to_string());
        }
        assert!(sets.len() > 1, "another seed draws others");
        let unseeded = lead.post(PICKS, &json!({ "team": broadband, "from": "2026-11-23", "to": "2026-11-23", "per_agent": 1 })).await.expect(201);
        assert_eq!(unseeded.str("/seed").len(), 32);
        let own = json!({ "agent": "zhao.min", "from": "2026-11-23", "to": "2026-11-23", "per_agent": 1 });
        lead.post(PICKS, &own).await.expect_problem(409, "call_review.own");
        let mine = lead.get(&format!("{PICKS}/{}", first.id())).await.expect(200);
        assert_eq!((mine.at("/reviewed"), mine.str("/drawn_by")), (&json!(0), "zhao.min"));
    }
}

on_both! {
    async fn a_promised_call_is_drawn_when_it_reached_the_customer(desk) {
        let caller = person::signed_in(&desk, "sun.li", "agent").await.client();
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        let path = format!("/api/v1/call-backs/{promise}/attempts");
        caller.post(&path, &missed("no_answer")).await.expect(200);
        caller.post(&path, &merged(reached(true), json!({ "recording_ref": "rec-17" }))).await.expect(200);
        call_in(&caller, 1).await;
        let both = pick(&desk, json!({ "agent": "sun.li" })).await;
        let recorded = pick(&desk, json!({ "agent": "sun.li", "recorded_only": true })).await;
        assert_eq!((both.at("/candidates"), recorded.at("/candidates")), (&json!(2), &json!(1)));
        let calls = calls_of(&admin(&desk), &format!("pick={}", recorded.id())).await;
        assert_eq!((&calls[0]["kind"], &calls[0]["complaint"]), (&json!("call_back"), &json!(case.id)));
        assert!(calls[0]["attempt"].is_string());
        let yesterday = pick(&desk, json!({ "agent": "sun.li", "from": "2026-11-22", "to": "2026-11-22" })).await;
        assert_eq!(yesterday.at("/drawn"), &json!(0));
    }
}

on_both! {
    async fn everything_that_is_wrong_with_a_pick_is_told_at_once(desk) {
        let lead = desk.client(Role::Lead);
        let wrong = json!({ "from": "2026-11-24", "to": "2026-11-20", "per_agent": 0, "seed": "" });
        lead.post(PICKS, &wrong).await.expect_invalid(&["/from", "/per_agent", "/seed", "/agent"]);
        let days = json!({ "agent": "mary", "from": "2026-01-01", "to": "2026-11-24", "per_agent": 51 });
        lead.post(PICKS, &days).await.expect_invalid(&["/from", "/to", "/per_agent"]);
        let nobody = json!({ "agent": "nobody", "from": "2026-11-20", "to": "2026-11-23", "per_agent": 1 });
        lead.post(PICKS, &nobody).await.expect_invalid(&["/agent"]);
    }
}

on_both! {
    async fn a_call_is_reviewed_by_the_form_answered_and_commented_on(desk) {
        let call = drawn(&desk).await;
        let (admin, path) = (admin(&desk), format!("{REVIEWS}/{}", call.id));
        let mut mixed = scores(4);
        mixed[0]["score"] = json!(1);
        mixed[7]["score"] = json!(null);
        let body = json!({ "scores": mixed, "comment": "argued once", "form_version": 1 });
        let written = admin.put(&path, &body).await.expect(200);
        // Weights 2, 2, 1, 1, 2, 1, 2 without the last: (2 × 1 + 9 × 4) / 11.
        assert_eq!((written.at("/score"), written.str("/reviewer"), written.at("/form_version")), (&json!(3.45), "test admin", &json!(1)));
        call.caller.put(&path, &review(5)).await.expect_problem(403, "auth.forbidden");
        let answered = call.caller.put(&format!("{path}/answer"), &json!({ "body": "The line was bad." })).await.expect(200);
        assert_eq!((answered.str("/answer"), answered.str("/comment")), ("The line was bad.", "argued once"));
        admin.put(&format!("{path}/answer"), &json!({ "body": "x" })).await.expect_problem(403, "call_review.not_yours");
        admin.post(&format!("{path}/comments"), &json!({ "body": "Well done." })).await.expect(200);
        let seen = call.caller.get(&path).await.expect(200);
        assert_eq!((seen.str("/comments/0/body"), seen.str("/comments/0/author")), ("Well done.", "test admin"));
        let stale = admin.if_match("\"1\"").put(&path, &review(5)).await;
        stale.expect_problem(412, "request.precondition_failed");
        let anew = admin.if_match(seen.etag()).put(&path, &review(5)).await.expect(200);
        assert_eq!((anew.at("/score"), anew.str("/answer")), (&json!(5.0), "The line was bad."));
        let pick = admin.get(&format!("{PICKS}/{}", call.pick)).await.expect(200);
        assert_eq!(pick.at("/reviewed"), &json!(1));
    }
}

on_both! {
    async fn a_review_holds_every_criterion_once(desk) {
        let call = drawn(&desk).await;
        let (admin, path) = (admin(&desk), format!("{REVIEWS}/{}", call.id));
        let wrong = json!({ "scores": [
            { "criterion": "listened", "score": 6 }, { "criterion": "listened", "score": 2 }, { "criterion": "singing", "score": 2 },
        ], "form_version": 9 });
        admin.put(&path, &wrong).await.expect_invalid(&["/form_version", "/scores/0/score", "/scores/1/criterion", "/scores/2/criterion", "/scores"]);
        let mut nothing = scores(1);
        nothing.as_array_mut().unwrap().iter_mut().for_each(|one| one["score"] = json!(null));
        admin.put(&path, &json!({ "scores": nothing })).await.expect_invalid(&["/scores"]);
    }
}

on_both! {
    async fn a_new_form_holds_from_then_on_and_old_reviews_stay_by_theirs(desk) {
        let (call, admin) = (drawn(&desk).await, admin(&desk));
        reviewed(&desk, &call.id, 4).await;
        let form = admin.get(FORM).await.expect(200);
        assert_eq!((form.at("/version"), form.json["criteria"].as_array().unwrap().len()), (&json!(1), 8));
        let criterion = |slug: &str, weight: i32| json!({ "slug": slug, "en": "x", "zh": "甲", "weight": weight });
        let wrong = json!({ "criteria": [criterion("A b", 0), criterion("two", 1), criterion("two", 1)] });
        admin.put(FORM, &wrong).await.expect_invalid(&["/criteria/0/slug", "/criteria/0/weight", "/criteria/2/slug"]);
        admin.put(FORM, &json!({ "criteria": [] })).await.expect_invalid(&["/criteria"]);
        let next = json!({ "criteria": [criterion("smile", 3)] });
        let written = admin.if_match("\"1\"").put(FORM, &next).await.expect(200);
        assert_eq!((written.at("/version"), written.str("/written_by")), (&json!(2), "test admin"));
        admin.if_match("\"1\"").put(FORM, &next).await.expect_problem(412, "request.precondition_failed");
        let path = format!("{REVIEWS}/{}", call.id);
        assert_eq!(admin.get(&path).await.expect(200).at("/form_version"), &json!(1));
        assert_eq!(admin.get(&format!("{FORM}/versions/1")).await.expect(200).at("/criteria/0/slug"), &json!("listened"));
        admin.get(&format!("{FORM}/versions/3")).await.expect_problem(404, "resource.not_found");
        admin.put(&path, &review(4)).await.expect(422);
        assert_eq!(reviewed(&desk, &call.id, 2).await.at("/form_version"), &json!(2));
    }
}

on_both! {
    async fn leads_see_everything_colleagues_what_was_said_and_others_nothing(desk) {
        let (broadband, mobile) = (team(&desk, "Broadband", &[]).await, team(&desk, "Mobile", &[]).await);
        let sun_li = member(&desk, "sun.li", "agent", &broadband).await;
        let colleague = member(&desk, "qian.yu", "agent", &broadband).await;
        let lead = member(&desk, "zhao.min", "lead", &broadband).await;
        let stranger = member(&desk, "he.jun", "agent", &mobile).await;
        let other_lead = member(&desk, "wu.di", "lead", &mobile).await;
        call_in(&sun_li, 1).await;
        let form = json!({ "agent": "sun.li", "from": "2026-11-23", "to": "2026-11-23", "per_agent": 1 });
        other_lead.post(PICKS, &form).await.expect_problem(403, "auth.other_team");
        let pick = lead.post(PICKS, &form).await.expect(201).id().to_owned();
        let id = calls_of(&lead, &format!("pick={pick}")).await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("{REVIEWS}/{id}");
        // Before it is reviewed the one who called sees nothing of it.
        assert_eq!(calls_of(&sun_li, "mine=true").await.len(), 0);
        sun_li.get(&path).await.expect_problem(404, "resource.not_found");
        sun_li.put(&format!("{path}/answer"), &json!({ "body": "x" })).await.expect_problem(409, "call_review.missing");
        lead.put(&path, &review(2)).await.expect(200);
        assert_eq!(calls_of(&sun_li, "mine=true").await[0]["score"], json!(2.0));
        sun_li.put(&format!("{path}/answer"), &json!({ "body": "A hard one." })).await.expect(200);
        let seen = colleague.post(&format!("{path}/comments"), &json!({ "body": "I would have asked." })).await.expect(200);
        for hidden in ["/scores", "/score", "/comment", "/answer", "/answered_at"] {
            assert_eq!(seen.at(hidden), &Value::Null, "{hidden}");
        }
        assert_eq!(seen.str("/comments/0/body"), "I would have asked.");
        colleague.put(&format!("{path}/answer"), &json!({ "body": "x" })).await.expect_problem(403, "call_review.not_yours");
        for client in [&stranger, &other_lead] {
            client.get(&path).await.expect_problem(404, "resource.not_found");
            client.post(&format!("{path}/comments"), &json!({ "body": "x" })).await.expect_problem(404, "resource.not_found");
            assert_eq!(calls_of(client, "").await.len(), 0);
        }
        other_lead.get(&format!("{PICKS}/{pick}")).await.expect_problem(404, "resource.not_found");
        assert_eq!(other_lead.get(PICKS).await.expect(200).items().len(), 0);
        assert_eq!(calls_of(&admin(&desk), "").await.len(), 1, "who works across teams sees all of them");
    }
}

on_both! {
    async fn nothing_is_said_any_more_about_a_call_of_somebody_who_was_erased(desk) {
        let call = drawn(&desk).await;
        reviewed(&desk, &call.id, 4).await;
        let case = Case { desk: &desk, agent: desk.agent(), id: call.complaint.clone() };
        case.post("withdraw", &json!({ "reason": "settled" })).await.expect(200);
        let customer = case.get().await.str("/customer_id").to_owned();
        let erase = format!("/api/v1/customers/{customer}/erase");
        desk.client(Role::Auditor).post(&erase, &json!({ "reason": "by letter" })).await.expect(200);
        let path = format!("{REVIEWS}/{}", call.id);
        let left = admin(&desk).get(&path).await.expect(200);
        assert_eq!((left.at("/comment"), left.at("/score")), (&Value::Null, &json!(4.0)), "the score stays");
        admin(&desk).put(&path, &review(5)).await.expect_problem(409, "complaint.anonymised");
        let comments = format!("{path}/comments");
        admin(&desk).post(&comments, &json!({ "body": "x" })).await.expect_problem(409, "complaint.anonymised");
        let again = pick(&desk, json!({ "agent": call.handle })).await;
        assert_eq!(again.at("/candidates"), &json!(0), "nor is it drawn");
    }
}
