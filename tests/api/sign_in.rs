//! People sign in: links, passwords, sessions, the second factor.

use chrono::TimeDelta;
use hark::domain::policy::{Policy, SignIn};
use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::json;

use crate::on_both;
use crate::support::Desk;
use crate::support::person::{self, Browser, PASSWORD, SESSION};

const ME: &str = "/api/v1/me";
const SESSIONS: &str = "/api/v1/me/sessions";
const FACTOR: &str = "/api/v1/me/second-factor";
const OTHER: &str = "seven quiet harbours sing";

on_both! {
    async fn a_person_is_invited_chooses_a_password_signs_in_and_out(desk) {
        let staff = person::add(&desk, "wang.fang", "agent").await;
        let link = person::invite(&desk, &staff).await;
        assert_eq!(desk.outbox(), ["invite_staff"]);
        let invited = desk.anonymous().get(&link).await.expect(200);
        assert_eq!((invited.str("/handle"), invited.str("/purpose")), ("wang.fang", "invitation"));
        desk.anonymous().post(&link, &json!({ "password": PASSWORD })).await.expect(200);
        let mut browser = Browser::new(&desk);
        let signed = browser.sign_in(" Wang.Fang ", PASSWORD).await.expect(201);
        assert_eq!((signed.str("/staff_id"), signed.str("/role")), (staff.as_str(), "agent"));
        assert_eq!(signed.at("/permissions"), &json!(Role::Agent.permissions()));
        let again = browser.get(SESSION).await.expect(200);
        assert_eq!(again.json, signed.json, "the token for changes is told again");
        assert_eq!(browser.get(ME).await.expect(200).str("/name"), "wang.fang");
        browser.delete(SESSION).await.expect(200);
        assert_eq!(desk.rows("sessions"), 0);
    }
}

on_both! {
    async fn a_link_works_once_for_three_days_and_until_there_is_a_newer_one(desk) {
        let staff = person::add(&desk, "wang.fang", "agent").await;
        let first = person::invite(&desk, &staff).await;
        let second = person::invite(&desk, &staff).await;
        let anybody = desk.anonymous();
        let form = json!({ "password": PASSWORD });
        let unknown = anybody.post("/api/v1/public/invitations/hark_link_x", &form).await.expect(404);
        let replaced = anybody.post(&first, &form).await.expect(404);
        assert_eq!(replaced.str("/detail"), unknown.str("/detail"));
        desk.pass(TimeDelta::hours(72) - TimeDelta::seconds(1));
        anybody.post(&second, &json!({ "password": "short" })).await.expect_invalid(&["/password"]);
        anybody.post(&second, &form).await.expect(200);
        let used = anybody.post(&second, &form).await.expect(404);
        assert_eq!(used.str("/detail"), unknown.str("/detail"));
        let reset = person::invite(&desk, &staff).await;
        assert_eq!(anybody.get(&reset).await.expect(200).str("/purpose"), "reset");
        desk.pass(TimeDelta::hours(72));
        anybody.get(&reset).await.expect_problem(404, "resource.not_found");
        desk.run_jobs().await;
        assert_eq!(desk.rows("staff_invitations"), 0);
    }
}

on_both! {
    async fn a_password_that_others_would_guess_is_refused(desk) {
        let staff = person::add(&desk, "wang.fang", "agent").await;
        let link = person::invite(&desk, &staff).await;
        for weak in ["", "short", "wang.fang1", "woaini1314520", "8888888888", "WangFang2026", &"xY7 ".repeat(40)] {
            let refused = desk.anonymous().post(&link, &json!({ "password": weak })).await;
            refused.expect_invalid(&["/password"]);
        }
        assert_eq!(desk.rows("staff_credentials"), 0);
    }
}

on_both! {
    async fn a_session_ends_when_nobody_uses_it_and_at_the_end_of_the_day(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        for _ in 0..14 {
            desk.pass(TimeDelta::minutes(50));
            browser.get(ME).await.expect(200);
            // Its use is noted by and by; nobody waits for that.
            for _ in 0..100 {
                let listed = browser.get(SESSIONS).await.expect(200);
                let seen: hark::clock::Moment = listed.str("/0/last_seen_at").parse().unwrap();
                if seen == desk.now() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
        desk.pass(TimeDelta::minutes(20));
        browser.get(ME).await.expect_problem(401, "auth.required");
        browser.sign_in("wang.fang", PASSWORD).await.expect(201);
        desk.pass(TimeDelta::minutes(59));
        browser.get(ME).await.expect(200);
        let mut idle = Browser::new(&desk);
        idle.sign_in("wang.fang", PASSWORD).await.expect(201);
        desk.pass(TimeDelta::minutes(60));
        idle.get(ME).await.expect_problem(401, "auth.required");
        desk.pass(TimeDelta::hours(12));
        desk.run_jobs().await;
        assert_eq!(desk.rows("sessions"), 0, "swept");
    }
}

on_both! {
    async fn sessions_are_listed_and_ended_by_their_owner_and_by_administrators(desk) {
        let mut desktop = person::signed_in(&desk, "wang.fang", "agent").await;
        let mut telephone = Browser::new(&desk);
        telephone.sign_in("wang.fang", PASSWORD).await.expect(201);
        let mut stranger = person::signed_in(&desk, "chen", "agent").await;
        let listed = desktop.get(SESSIONS).await.expect(200);
        let current: Vec<bool> = listed.items().iter().map(|s| s["current"].as_bool().unwrap()).collect();
        assert_eq!((current, listed.str("/0/address")), (vec![false, true], "127.0.0.1"));
        let lost = format!("{SESSIONS}/{}", listed.str("/0/id"));
        stranger.delete(&lost).await.expect_problem(404, "resource.not_found");
        telephone.get(ME).await.expect(200);
        desktop.delete(&lost).await.expect(200);
        telephone.get(ME).await.expect_problem(401, "auth.required");
        let staff = desktop.get(SESSION).await.expect(200).str("/staff_id").to_owned();
        let path = format!("/api/v1/staff/{staff}/sessions");
        let admin = desk.client(Role::Admin);
        assert_eq!(admin.get(&path).await.expect(200).items().len(), 1);
        let ended = admin.send(Method::DELETE, &path, None).await.expect(200);
        assert_eq!(ended.json, json!({ "ended": 1 }));
        desktop.get(ME).await.expect_problem(401, "auth.required");
        stranger.get(ME).await.expect(200);
    }
}

on_both! {
    async fn another_password_ends_every_other_session_and_renews_this_one(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        let mut elsewhere = Browser::new(&desk);
        elsewhere.sign_in("wang.fang", PASSWORD).await.expect(201);
        let before = browser.clone();
        let path = "/api/v1/me/password";
        let wrong = browser.put(path, &json!({ "current": "not this one", "new": OTHER })).await;
        wrong.expect_problem(422, "auth.password_wrong");
        browser.put(path, &json!({ "current": PASSWORD, "new": "wangfang123" })).await.expect_invalid(&["/new"]);
        elsewhere.get(ME).await.expect(200);
        browser.put(path, &json!({ "current": PASSWORD, "new": OTHER })).await.expect(200);
        browser.get(ME).await.expect(200);
        browser.delete(&format!("{SESSIONS}/x")).await.expect(404);
        for old in [&before, &elsewhere] {
            old.client().get(ME).await.expect_problem(401, "auth.required");
        }
        let mut fresh = Browser::new(&desk);
        fresh.sign_in("wang.fang", PASSWORD).await.expect_problem(401, "auth.sign_in_refused");
        fresh.sign_in("wang.fang", OTHER).await.expect(201);
    }
}

on_both! {
    async fn who_is_signed_in_cannot_try_passwords_for_ever(desk) {
        let mut thief = person::signed_in(&desk, "wang.fang", "agent").await;
        let form = json!({ "current": "a guess among many", "new": OTHER });
        for _ in 0..5 {
            thief.put("/api/v1/me/password", &form).await.expect_problem(422, "auth.password_wrong");
        }
        thief.put("/api/v1/me/password", &form).await.expect_problem(429, "auth.too_many_tries");
        thief.post(FACTOR, &json!({ "password": PASSWORD })).await.expect_problem(429, "auth.too_many_tries");
    }
}

on_both! {
    async fn with_a_second_factor_signing_in_needs_a_code(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        let mut elsewhere = Browser::new(&desk);
        elsewhere.sign_in("wang.fang", PASSWORD).await.expect(201);
        browser.post(&format!("{FACTOR}/confirm"), &json!({ "code": "123456" })).await
            .expect_problem(409, "auth.second_factor_missing");
        browser.post(FACTOR, &json!({ "password": "wrong" })).await.expect_problem(422, "auth.password_wrong");
        let begun = browser.post(FACTOR, &json!({ "password": PASSWORD })).await.expect(200);
        assert!(begun.str("/otpauth_url").starts_with("otpauth://totp/Hark:wang.fang?"), "{}", begun.text);
        browser.post(&format!("{FACTOR}/confirm"), &json!({ "code": "000000" })).await
            .expect_problem(422, "auth.code_wrong");
        // Until it is confirmed it counts for nothing, and may be begun again.
        Browser::new(&desk).sign_in("wang.fang", PASSWORD).await.expect(201);
        let (app, codes) = browser.enrol(&desk).await;
        elsewhere.get(ME).await.expect_problem(401, "auth.required");
        browser.get(ME).await.expect(200);
        browser.post(FACTOR, &json!({ "password": PASSWORD })).await.expect_problem(409, "auth.second_factor_enabled");
        let missing = elsewhere.sign_in("wang.fang", PASSWORD).await;
        missing.expect_problem(401, "auth.code_required");
        desk.pass(TimeDelta::seconds(30));
        elsewhere.sign_in_with_code("wang.fang", PASSWORD, &app.code(&desk)).await.expect(201);
        let form = json!({ "password": PASSWORD, "code": "zzzzz-zzzzz" });
        elsewhere.post(&format!("{FACTOR}/remove"), &form).await.expect_problem(422, "auth.code_wrong");
        let form = json!({ "password": PASSWORD, "code": codes[3] });
        let view = elsewhere.post(&format!("{FACTOR}/remove"), &form).await.expect(200);
        assert_eq!(view.json, json!({ "enabled": false, "since": null, "recovery_codes_left": 0 }));
        Browser::new(&desk).sign_in("wang.fang", PASSWORD).await.expect(201);
    }
}

on_both! {
    async fn the_secret_of_the_app_is_sealed_and_an_administrator_can_take_it_away(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        let staff = browser.get(SESSION).await.str("/staff_id").to_owned();
        browser.enrol(&desk).await;
        let plain = "SELECT count(*) AS n FROM staff_credentials WHERE length(totp_sealed) > 40";
        assert_eq!(desk.count(plain), 1, "nonce and tag are around it");
        let path = format!("/api/v1/staff/{staff}/second-factor");
        desk.agent().send(Method::DELETE, &path, None).await.expect_problem(403, "auth.forbidden");
        desk.client(Role::Admin).send(Method::DELETE, &path, None).await.expect(200);
        browser.get(ME).await.expect_problem(401, "auth.required");
        browser.sign_in("wang.fang", PASSWORD).await.expect(201);
    }
}

#[tokio::test]
async fn a_role_that_needs_a_second_factor_can_only_set_one_up_until_it_has_one() {
    let policy = Policy {
        sign_in: SignIn {
            second_factor_roles: vec!["lead".to_owned()],
            ..SignIn::default()
        },
        ..Policy::default()
    };
    for desk in Desk::both_with(&policy, |app, _| app) {
        let mut agent = person::signed_in(&desk, "chen", "agent").await;
        agent.get("/api/v1/complaints").await.expect(200);
        let mut lead = person::signed_in(&desk, "wang.fang", "lead").await;
        let session = lead.get(SESSION).await.expect(200);
        assert_eq!(session.at("/second_factor_required"), true);
        let refused = lead.get("/api/v1/complaints").await;
        refused.expect_problem(403, "auth.second_factor_required");
        assert_eq!(lead.get(ME).await.expect(200).at("/permissions"), &json!([]));
        lead.enrol(&desk).await;
        lead.get("/api/v1/complaints").await.expect(200);
    }
}

on_both! {
    async fn who_is_given_another_role_or_leaves_notices_at_once(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        browser.get("/api/v1/complaints").await.expect(200);
        let staff = browser.get(SESSION).await.str("/staff_id").to_owned();
        let admin = desk.client(Role::Admin);
        let path = format!("/api/v1/staff/{staff}");
        let etag = admin.get(&path).await.etag().to_owned();
        admin.if_match(&etag).patch(&path, &json!({ "role": "operations" })).await.expect(200);
        browser.get("/api/v1/complaints").await.expect_problem(403, "auth.forbidden");
        person::add(&desk, "chen", "agent").await;
        let form = json!({ "successor": "chen", "reason": "moved" });
        admin.post(&format!("{path}/deactivate"), &form).await.expect(200);
        browser.get(ME).await.expect_problem(401, "auth.required");
        browser.sign_in("wang.fang", PASSWORD).await.expect_problem(401, "auth.sign_in_refused");
    }
}

on_both! {
    async fn what_people_do_about_signing_in_stands_in_the_audit(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        browser.enrol(&desk).await;
        browser.delete(SESSION).await.expect(200);
        let told = desk.client(Role::Auditor).get("/api/v1/audit/events?limit=50").await.expect(200);
        let actions = told.each("action");
        for action in [
            "person.invited", "person.password_set", "session.opened", "person.second_factor_enabled", "session.ended",
        ] {
            assert!(actions.iter().any(|have| have == action), "{action} in {actions:?}");
        }
        let opened = told.items().iter().find(|event| event["action"] == "session.opened").unwrap();
        assert_eq!(opened["actor"], "wang.fang");
    }
}
