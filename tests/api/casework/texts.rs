//! Canned texts and macros.

use hark::domain::staff::Role;
use serde_json::json;

use super::{macro_of, text_of, wording};
use crate::fixtures::{Case, merged};
use crate::journeys::by_phone;
use crate::on_both;

on_both! {
    async fn a_text_speaks_the_language_of_the_complaint_to_a_customer_of_its_type(desk) {
        let english = merged(by_phone(), json!({ "language": "en-GB", "customer_type": "angry" }));
        let case = Case::of(&desk, &english).await;
        let angry = json!({ "language": "en", "customer_type": "angry", "body": "{complaint.reference}: we act at once." });
        text_of(&desk, "hello", &json!([wording("zh", "您好"), wording("en", "Hello {customer.name}"), angry])).await;
        let path = format!("{}/canned-texts/hello", case.path());
        let seen = case.agent.get(&path).await.expect(200);
        let reference = case.get().await.str("/reference").to_owned();
        assert_eq!(seen.str("/body"), format!("{reference}: we act at once."));
        case.put("customer-type", &json!({ "customer_type": "friendly" })).await.expect(200);
        let seen = case.agent.get(&path).await.expect(200);
        assert!(seen.str("/body").starts_with("Hello ") && seen.str("/body").len() > 7, "{}", seen.text);
        case.edit(&json!({ "language": "fr" })).await.expect(200);
        case.agent.get(&path).await.expect_problem(409, "text.no_wording");
    }
}

on_both! {
    async fn a_variable_without_a_value_is_said_and_nothing_is_sent(desk) {
        let case = Case::logged(&desk).await;
        text_of(&desk, "soon", &json!([wording("zh", "我们将在 {call_back.window} 致电 {{您}}。"), wording("en", "We call {call_back.window} {{you}}.")])).await;
        macro_of(&desk, "tell", &json!([{ "do": "tag", "tags": ["told"] }, { "do": "send_message", "text": "soon" }])).await;
        let before = case.everything().await;
        case.post("macros/tell", &json!({})).await.expect_problem(409, "text.no_value");
        assert_eq!(case.everything().await, before, "all or nothing: the tag is not there either");
        case.promise(60, 120).await;
        let done = case.post("macros/tell", &json!({})).await.expect(200);
        assert_eq!(done.at("/applied"), &json!([{ "changed": true }, { "changed": true }]));
        let message = case.list("messages").await;
        let body = message.items().last().unwrap()["body"].as_str().unwrap().to_owned();
        assert!(body.contains("2026-11-23 10:00–11:00 (Asia/Shanghai)") && body.contains('{'), "{body}");
    }
}

on_both! {
    async fn a_text_that_could_not_be_filled_in_is_refused_when_it_is_written(desk) {
        let lead = desk.client(Role::Lead);
        let path = "/api/v1/canned-texts/hello";
        let form = |wordings: serde_json::Value| json!({ "title": "Hello", "wordings": wordings });
        let bad = form(json!([wording("en", "{customer.phone}"), wording("not a tag", "x"), wording("en", "y")]));
        lead.put(path, &bad).await.expect_invalid(&["/wordings/0/body", "/wordings/1/language", "/wordings/2/language"]);
        let made = lead.put(path, &form(json!([wording("en", "x")]))).await.expect(201);
        lead.if_match("\"7\"").put(path, &form(json!([wording("en", "y")]))).await.expect_problem(412, "request.precondition_failed");
        lead.if_match(made.etag()).put(path, &form(json!([wording("en", "y")]))).await.expect(200);
        desk.agent().put(path, &form(json!([wording("en", "z")]))).await.expect_problem(403, "auth.forbidden");
        macro_of(&desk, "greet", &json!([{ "do": "send_message", "text": "hello" }])).await;
        lead.send(reqwest::Method::DELETE, path, None).await.expect_problem(409, "text.in_use");
        let unknown = json!({ "title": "Greet", "actions": [{ "do": "send_message", "text": "nothing" }] });
        lead.put("/api/v1/macros/greet", &unknown).await.expect_invalid(&["/actions/0/text"]);
    }
}

on_both! {
    async fn a_preview_says_what_a_macro_would_do_and_does_nothing(desk) {
        let case = Case::logged(&desk).await;
        let actions = json!([
            { "do": "set_severity", "severity": "critical" }, { "do": "untag", "tags": ["router"] },
            { "do": "resume" }, { "do": "add_note", "body": "x" },
        ]);
        macro_of(&desk, "all", &actions).await;
        let (before, footprint) = (case.everything().await, desk.footprint());
        let seen = case.agent.get(&format!("{}/macros/all", case.path())).await.expect(200);
        let outcomes: Vec<&str> = seen.at("/steps").as_array().unwrap().iter().map(|step| step["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["changes", "unchanged", "refused", "not_reached"]);
        assert_eq!(seen.str("/steps/2/code"), "complaint.not_waiting");
        assert_eq!((case.everything().await, desk.footprint()), (before, footprint));
        case.post("macros/all", &json!({})).await.expect_problem(409, "complaint.not_waiting");
    }
}

on_both! {
    async fn each_action_of_a_macro_needs_its_own_permission(desk) {
        let case = Case::logged(&desk).await;
        macro_of(&desk, "give", &json!([{ "do": "add_note", "body": "x" }, { "do": "assign", "owner": "mary" }])).await;
        let scopes = json!(["read-complaints", "handle-complaints"]);
        let admin = desk.client(Role::Admin);
        let body = json!({ "name": "no giving", "role": "agent", "scopes": scopes });
        let made = admin.post("/api/v1/service-tokens", &body).await.expect(201);
        let narrow = desk.with_token(made.str("/secret"));
        let path = format!("{}/macros/give", case.path());
        let before = case.everything().await;
        narrow.post(&path, &json!({})).await.expect_problem(403, "auth.forbidden");
        assert_eq!(case.everything().await, before);
        let done = case.agent.post(&path, &json!({})).await.expect(200);
        assert_eq!(done.str("/complaint/owner"), "mary");
    }
}
