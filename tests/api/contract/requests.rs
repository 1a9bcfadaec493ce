//! Requests that cannot be read, and what every answer carries.

use reqwest::Method;
use serde_json::json;

use crate::fixtures::{COMPLAINTS, PUBLIC, by_web, log};
use crate::journeys::by_phone;
use crate::on_both;

on_both! {
    async fn another_method_is_refused_with_those_there_are(desk) {
        for (method, path, allowed) in [
            (Method::DELETE, COMPLAINTS, "GET, POST"),
            (Method::PUT, "/api/v1/complaints/counts", "GET"),
            (Method::POST, "/livez", "GET"),
            (Method::GET, PUBLIC, "POST"),
            (Method::POST, "/api/v1/customers/by-external-id/crm/1", "PUT"),
        ] {
            let refused = desk.agent().send(method, path, None).await.expect_problem(405, "request.method_not_allowed");
            assert_eq!(refused.header("allow"), Some(allowed), "{path}");
        }
    }
}

on_both! {
    async fn only_json_is_read(desk) {
        let agent = desk.agent();
        let text = by_phone().to_string();
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
            let refused = agent.send_raw(Method::POST, COMPLAINTS, content_type, text.clone()).await;
            refused.expect_problem(415, "request.unsupported_media_type");
        }
        for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
            agent.send_raw(Method::POST, COMPLAINTS, content_type, text.clone()).await.expect(201);
        }
        for broken in ["", "{", "{\"channel\":", &text[1..], &format!("{text}{text}"), "\u{feff}{}"] {
            let refused = agent.send_raw(Method::POST, COMPLAINTS, "application/json", broken.to_owned()).await;
            refused.expect_problem(400, "request.malformed");
        }
        let not_utf8 = b"{\"channel\":\"\xff\"}".to_vec();
        let refused = agent.send_raw(Method::POST, COMPLAINTS, "application/json", not_utf8).await;
        refused.expect_problem(400, "request.malformed");
        for not_an_object in ["[]", "7", "null", "\"text\""] {
            let refused = agent.send_raw(Method::POST, COMPLAINTS, "application/json", not_an_object).await;
            refused.expect_invalid(&[""]);
        }
        assert_eq!(desk.rows("complaints"), 2);
    }
}

on_both! {
    async fn a_body_that_is_too_large_is_refused(desk) {
        let mut text = by_web().to_string();
        text.push_str(&" ".repeat(262_144 - text.len()));
        let filed = desk.anonymous().send_raw(Method::POST, PUBLIC, "application/json", text.clone()).await;
        filed.expect(201);
        text.push(' ');
        let refused = desk.anonymous().send_raw(Method::POST, PUBLIC, "application/json", text).await;
        refused.expect_problem(413, "request.too_large");
        assert_eq!(desk.rows("complaints"), 1);
    }
}

on_both! {
    async fn a_request_keeps_its_id_and_gets_one_if_it_has_none(desk) {
        let agent = desk.agent();
        for (method, path, status) in [(Method::GET, COMPLAINTS, 200), (Method::DELETE, COMPLAINTS, 405), (Method::GET, "/x", 404)] {
            let reply = agent.with("x-request-id", "call-42.a_b").send(method, path, None).await.expect(status);
            assert_eq!(reply.header("x-request-id"), Some("call-42.a_b"));
        }
        let (first, second) = (agent.get(COMPLAINTS).await, agent.get(COMPLAINTS).await);
        assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
        for unfit in ["", "two words", "semi;colon", &"x".repeat(65)] {
            let reply = agent.with("x-request-id", unfit).get(COMPLAINTS).await.expect(200);
            let given = reply.header("x-request-id").unwrap();
            assert!(given != unfit && given.len() == 36, "{given}");
        }
    }
}

on_both! {
    async fn answers_with_personal_data_are_neither_kept_nor_guessed_at(desk) {
        log(&desk.agent(), &by_phone()).await;
        for reply in [desk.agent().get(COMPLAINTS).await, desk.anonymous().get(&format!("{PUBLIC}/x")).await] {
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        }
    }
}

on_both! {
    async fn a_moment_is_written_to_the_microsecond_and_lies_in_the_calendar(desk) {
        let agent = desk.agent();
        let id = log(&agent, &by_phone()).await.id().to_owned();
        let path = format!("{COMPLAINTS}/{id}/call-backs");
        let fine = json!({ "window_start": "2026-11-23T09:00:00.123456789+08:00", "window_end": "2026-11-23T03:00:00Z" });
        let made = agent.post(&path, &fine).await.expect(201);
        assert_eq!((made.str("/window_start"), made.str("/window_end")), ("2026-11-23T01:00:00.123456Z", "2026-11-23T03:00:00Z"));
        assert_eq!(agent.get(&path).await.expect(200).items()[0], made.json);
        for wrong in ["2026-11-23", "2026-11-23T09:00:00", "2026-02-30T09:00:00Z", "-9999-01-01T00:00:00Z", "%2B200000-01-01T00:00:00Z"] {
            for list in [format!("{COMPLAINTS}?received_from={wrong}"), format!("{COMPLAINTS}?received_before={wrong}")] {
                agent.get(&list).await.expect_problem(422, "request.invalid");
            }
            agent.get(&format!("/api/v1/call-backs?due_before={wrong}")).await.expect_invalid(&["?due_before"]);
        }
    }
}

on_both! {
    async fn a_refusal_says_what_is_wanted_in_words_of_the_contract(desk) {
        let agent = desk.agent();
        let refused = agent.get(&format!("{COMPLAINTS}?received_from=2026-11-01")).await.expect_invalid(&["?received_from"]);
        assert_eq!(refused.str("/errors/0/detail"), "a moment such as 2026-11-24T09:00:00Z");
        let refused = agent.post(COMPLAINTS, &json!(null)).await.expect_problem(422, "request.invalid");
        assert_eq!(refused.str("/errors/0/detail"), "invalid type: null, expected an object");
        let number = crate::fixtures::merged(crate::journeys::by_phone(), json!({ "received_at": 5 }));
        let refused = agent.post(COMPLAINTS, &number).await.expect_invalid(&["/received_at"]);
        assert_eq!(refused.str("/errors/0/detail"), "invalid type: integer, expected a moment such as 2026-11-24T09:00:00Z");
    }
}
