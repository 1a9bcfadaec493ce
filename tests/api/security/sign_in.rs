//! Attacks on signing in.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::json;

use crate::on_both;
use crate::support::person::{self, Browser, PASSWORD, SESSION};
use crate::support::{Client, Desk};

const ME: &str = "/api/v1/me";
const SESSIONS: &str = "/api/v1/me/sessions";

fn checks(desk: &Desk) -> u64 {
    desk.app.metrics.password_checks.get()
}

on_both! {
    async fn a_session_that_was_there_before_is_not_the_one_after_signing_in(desk) {
        let mut attacker = person::signed_in(&desk, "chen", "agent").await;
        person::with_password(&desk, "wang.fang", "agent").await;
        let planted = attacker.session().to_owned();
        for value in [planted.clone(), "a-secret-of-the-attackers-choice".to_owned()] {
            let mut victim = Browser::new(&desk);
            victim.cookies.insert("hark_session".to_owned(), value.clone());
            victim.sign_in("wang.fang", PASSWORD).await.expect(201);
            assert_ne!(victim.session(), value);
            assert_eq!(victim.get(SESSION).await.expect(200).str("/handle"), "wang.fang");
        }
        attacker.get(SESSION).await.expect_problem(401, "auth.required");
    }
}

on_both! {
    async fn a_change_with_a_cookie_needs_the_token_of_its_own_session(desk) {
        let browser = person::signed_in(&desk, "wang.fang", "admin").await;
        let other = person::signed_in(&desk, "chen", "admin").await;
        let before = desk.rows("service_tokens");
        let form = json!({ "name": "planted", "role": "admin" });
        let mut without = browser.clone();
        for token in [None, Some(""), Some("x"), other.csrf.as_deref(), Some(browser.session())] {
            without.csrf = token.map(str::to_owned);
            let refused = without.post("/api/v1/service-tokens", &form).await;
            refused.expect_problem(403, "auth.cross_site");
            without.delete(SESSION).await.expect_problem(403, "auth.cross_site");
            without.get(ME).await.expect(200);
        }
        assert_eq!(desk.rows("service_tokens"), before);
        browser.client().post("/api/v1/service-tokens", &form).await.expect(201);
    }
}

on_both! {
    async fn a_change_from_another_site_is_refused_even_with_the_token(desk) {
        let browser = person::signed_in(&desk, "wang.fang", "agent").await;
        let sign_out = |client: Client| async move { client.send(Method::DELETE, SESSION, None).await };
        for origin in ["https://evil.example", "http://127.0.0.1:1", "null", "", "127.0.0.1"] {
            let refused = sign_out(browser.client().with("origin", origin)).await;
            refused.expect_problem(403, "auth.cross_site");
        }
        for site in ["cross-site", "same-site", "x"] {
            let refused = sign_out(browser.client().with("sec-fetch-site", site)).await;
            refused.expect_problem(403, "auth.cross_site");
        }
        let form = json!({ "handle": "wang.fang", "password": PASSWORD });
        let planted = desk.anonymous().with("origin", "https://evil.example").post(SESSION, &form).await;
        planted.expect_problem(403, "auth.cross_site");
        let own = browser.client().with("origin", &desk.url).with("sec-fetch-site", "same-origin");
        sign_out(own).await.expect(200);
    }
}

on_both! {
    async fn the_cookie_of_a_session_that_ended_opens_nothing(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        let replayed = browser.clone();
        browser.delete(SESSION).await.expect(200);
        assert!(!browser.cookies.contains_key("hark_session"), "the cookie goes");
        for path in [ME, SESSION, SESSIONS] {
            replayed.client().get(path).await.expect_problem(401, "auth.required");
        }
        browser.get(ME).await.expect_problem(401, "auth.required");
    }
}

on_both! {
    async fn a_bearer_token_counts_more_than_a_cookie(desk) {
        let browser = person::signed_in(&desk, "wang.fang", "admin").await;
        let both = browser.client().with("authorization", "Bearer hark_unknown");
        both.get(ME).await.expect_problem(401, "auth.required");
        let agent = desk.agent().with("cookie", &format!("hark_session={}", browser.session()));
        assert_eq!(agent.get(ME).await.expect(200).str("/role"), "agent");
        agent.get(SESSION).await.expect_problem(403, "auth.people_only");
    }
}

on_both! {
    async fn whoever_fails_to_sign_in_learns_nothing_and_takes_the_same_work(desk) {
        let staff = person::with_password(&desk, "wang.fang", "agent").await;
        person::add(&desk, "no.password", "agent").await;
        person::with_password(&desk, "gone", "agent").await;
        let gone = desk.client(Role::Admin).get("/api/v1/staff?handle=gone").await.str("/items/0/id").to_owned();
        let leave = json!({ "successor": "wang.fang", "reason": "left" });
        desk.client(Role::Admin).post(&format!("/api/v1/staff/{gone}/deactivate"), &leave).await.expect(200);
        let mut seen = Vec::new();
        let long = "x".repeat(500);
        for (handle, password) in [
            ("wang.fang", "another password entirely"),
            ("nobody.at.all", PASSWORD),
            ("no.password", PASSWORD),
            ("gone", PASSWORD),
            ("wang\0fang", PASSWORD),
            (long.as_str(), PASSWORD),
        ] {
            let before = checks(&desk);
            let refused = Browser::new(&desk).sign_in(handle, password).await;
            let refused = refused.expect_problem(401, "auth.sign_in_refused");
            assert_eq!(checks(&desk) - before, 1, "{handle}: one comparison each");
            assert!(refused.headers.get("set-cookie").is_none());
            let mut document = refused.json.clone();
            document.as_object_mut().unwrap().remove("request_id");
            seen.push(document);
            desk.pass(TimeDelta::hours(1));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
        assert!(!staff.is_empty());
    }
}

on_both! {
    async fn guessing_is_slowed_down_and_the_one_who_is_known_is_not_held_up(desk) {
        let mut victim = person::signed_in(&desk, "wang.fang", "agent").await;
        let mut waits = Vec::new();
        for _ in 0..14 {
            let reply = Browser::new(&desk).sign_in("wang.fang", "a guess among many").await;
            match reply.status {
                401 => waits.push(0),
                429 => {
                    let wait = reply.header("retry-after").unwrap().parse().unwrap();
                    reply.expect_problem(429, "auth.too_many_tries");
                    waits.push(wait);
                    desk.pass(TimeDelta::seconds(wait));
                }
                other => panic!("{other}"),
            }
        }
        let longer: Vec<i64> = waits.iter().copied().filter(|wait| *wait > 0).collect();
        assert_eq!(longer, [1, 2, 4, 8, 16, 32], "{waits:?}");
        let before = checks(&desk);
        Browser::new(&desk).sign_in("wang.fang", "a guess among many").await;
        let early = Browser::new(&desk).sign_in("wang.fang", PASSWORD).await;
        early.expect_problem(429, "auth.too_many_tries");
        assert_eq!(checks(&desk) - before, 1, "a try that comes too early is not looked at");
        // The victim's own browser showed a password here before.
        victim.sign_in("wang.fang", PASSWORD).await.expect(201);
        // And nobody is kept out for ever: after the wait there is a turn for everybody.
        desk.pass(TimeDelta::minutes(15));
        Browser::new(&desk).sign_in("wang.fang", PASSWORD).await.expect(201);
    }
}

on_both! {
    async fn many_guesses_at_once_get_no_further_than_one_after_the_other(desk) {
        person::with_password(&desk, "wang.fang", "agent").await;
        let before = checks(&desk);
        let guesses = (0..20).map(|_| {
            let mut browser = Browser::new(&desk);
            async move { browser.sign_in("wang.fang", "a guess among many").await.status }
        });
        let answers = futures_util::future::join_all(guesses).await;
        assert!(answers.iter().all(|status| [401, 429].contains(status)), "{answers:?}");
        assert_eq!(checks(&desk) - before, 3, "{answers:?}");
    }
}

on_both! {
    async fn a_stolen_note_of_a_known_browser_is_counted_by_itself(desk) {
        let mut thief = person::signed_in(&desk, "wang.fang", "agent").await;
        thief.cookies.remove("hark_session");
        for _ in 0..5 {
            thief.sign_in("wang.fang", "a guess among many").await.expect_problem(401, "auth.sign_in_refused");
        }
        let refused = thief.sign_in("wang.fang", "a guess among many").await;
        refused.expect_problem(429, "auth.too_many_tries");
        // It is worth nothing for another account.
        person::with_password(&desk, "chen", "agent").await;
        for _ in 0..3 {
            thief.sign_in("chen", "a guess among many").await.expect_problem(401, "auth.sign_in_refused");
        }
        thief.sign_in("chen", PASSWORD).await.expect_problem(429, "auth.too_many_tries");
    }
}

on_both! {
    async fn failures_of_long_ago_are_forgotten_and_swept(desk) {
        for _ in 0..3 {
            Browser::new(&desk).sign_in("nobody.at.all", "a guess among many").await.expect(401);
        }
        // The audit's own counters are written beside the answer.
        let counters = async |many: i64| {
            for _ in 0..100 {
                if desk.rows("sign_in_failures") == many {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            assert_eq!(desk.rows("sign_in_failures"), many);
        };
        // The account, the address, and both together; strangers from the address today, and all of them.
        counters(5).await;
        Browser::new(&desk).sign_in("nobody.at.all", "a guess among many").await.expect(429);
        desk.pass(TimeDelta::hours(25));
        Browser::new(&desk).sign_in("somebody.else", "a guess among many").await.expect(401);
        counters(9).await;
        desk.run_jobs().await;
        assert_eq!(desk.rows("sign_in_failures"), 5, "those of the last try");
    }
}

on_both! {
    async fn a_code_of_the_app_works_once(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        let (app, _) = browser.enrol(&desk).await;
        // The code that confirmed the set-up is spent.
        let spent = app.code(&desk);
        let refused = browser.sign_in_with_code("wang.fang", PASSWORD, &spent).await;
        refused.expect_problem(401, "auth.sign_in_refused");
        desk.pass(TimeDelta::seconds(30));
        let code = app.code(&desk);
        browser.sign_in_with_code("wang.fang", PASSWORD, &code).await.expect(201);
        for again in [&code, &spent] {
            let refused = browser.sign_in_with_code("wang.fang", PASSWORD, again).await;
            refused.expect_problem(401, "auth.sign_in_refused");
        }
        desk.pass(TimeDelta::seconds(30));
        let mut next = browser.clone();
        next.sign_in_with_code("wang.fang", PASSWORD, &app.code(&desk)).await.expect(201);
    }
}

on_both! {
    async fn a_recovery_code_works_once_and_is_kept_as_a_hash(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        let (_, codes) = browser.enrol(&desk).await;
        assert_eq!(codes.len(), 10);
        let typed = codes[0].to_uppercase().replace('-', " ");
        browser.sign_in_with_code("wang.fang", PASSWORD, &typed).await.expect(201);
        let again = browser.sign_in_with_code("wang.fang", PASSWORD, &codes[0]).await;
        again.expect_problem(401, "auth.sign_in_refused");
        let left = browser.get("/api/v1/me/second-factor").await.expect(200);
        assert_eq!(left.at("/recovery_codes_left"), 9);
    }
}

on_both! {
    async fn codes_are_not_to_be_guessed_by_who_has_the_password(desk) {
        let mut browser = person::signed_in(&desk, "wang.fang", "agent").await;
        browser.enrol(&desk).await;
        let mut refused = 0;
        for n in 0..20 {
            let code = format!("{n:06}");
            let reply = Browser::new(&desk).sign_in_with_code("wang.fang", PASSWORD, &code).await;
            assert!([401, 429].contains(&reply.status), "{}", reply.text);
            refused += usize::from(reply.status == 401);
        }
        assert_eq!(refused, 3, "then one has to wait");
        let without = Browser::new(&desk).sign_in("wang.fang", PASSWORD).await;
        without.expect_problem(429, "auth.too_many_tries");
    }
}

on_both! {
    async fn nobody_makes_a_link_for_somebody_who_may_do_more(desk) {
        let admin = desk.client(Role::Admin);
        let role = json!({ "name": "Personnel", "permissions": ["manage-staff", "read-staff"] });
        admin.put("/api/v1/roles/personnel", &role).await.expect(201);
        let boss = person::with_password(&desk, "chen", "admin").await;
        let mut clerk = person::signed_in(&desk, "wang.fang", "personnel").await;
        for (method, path) in [
            (Method::POST, format!("/api/v1/staff/{boss}/invitation")),
            (Method::DELETE, format!("/api/v1/staff/{boss}/sessions")),
            (Method::DELETE, format!("/api/v1/staff/{boss}/second-factor")),
        ] {
            clerk.send(method, &path, None).await.expect_problem(403, "auth.escalation");
        }
    }
}

on_both! {
    async fn of_the_last_administrators_one_stays_whatever_the_provider_says_of_both_at_once(desk) {
        use hark::domain::policy::{Policy, SignIn};
        use hark::domain::staff::sign_in::open_id::{self, Claims};
        use hark::domain::staff::Act;
        let rules = SignIn { open_id_roles: "desk=agent".parse().unwrap(), ..SignIn::default() };
        let policy = std::sync::Arc::new(Policy { sign_in: rules, ..Policy::default() });
        for round in 0..6 {
            let mut tasks = tokio::task::JoinSet::new();
            let pair = [format!("chief-{round}"), format!("deputy-{round}")];
            for handle in &pair {
                person::add(&desk, handle, "admin").await;
            }
            desk.execute(&format!("UPDATE staff_members SET role = 'agent' WHERE role = 'admin' AND handle NOT IN ('{}', '{}')", pair[0], pair[1]));
            for handle in pair {
                let (db, act) = (desk.app.db.clone(), Act::of_system(desk.now(), policy.clone()));
                let claims = Claims {
                    issuer: "https://provider.example".to_owned(),
                    subject: handle.clone(),
                    email: Some(format!("{handle}@desk.example")),
                    email_verified: true,
                    roles: vec!["desk".to_owned()],
                    ..Claims::default()
                };
                tasks.spawn(async move { db.write(move |conn| open_id::admit(conn, &act, &claims)).await });
            }
            let ended = tasks.join_all().await;
            let refused: Vec<&str> = ended.iter().filter_map(|one| one.as_ref().err()).map(|error| error.code().as_str()).collect();
            assert_eq!(refused, ["staff.last_admin"], "round {round}");
            assert_eq!(desk.rows("staff_members WHERE role = 'admin' AND deactivated_at IS NULL"), 1);
        }
    }
}
