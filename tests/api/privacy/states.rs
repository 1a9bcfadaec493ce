//! Restricting, anonymising and erasing: which way is open when, and what a restriction means.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::json;

use super::{dump, officer, on_customer};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, PUBLIC, by_web, log, merged, reason};
use crate::journeys::by_phone;
use crate::on_both;

on_both! {
    async fn nothing_is_removed_while_a_promise_a_complaint_or_a_hold_stands_in_the_way(desk) {
        let officer = officer(&desk);
        let case = Case::worked(&desk).await;
        let customer = case.get().await.str("/customer_id").to_owned();
        let promise = case.promise(10, 20).await;
        for action in ["anonymise", "erase"] {
            let refused = on_customer(&officer, &customer, action, &reason("x")).await;
            refused.expect_problem(409, "privacy.open_promise");
        }
        case.call_back(&promise, "cancel", &reason("no need")).await.expect(200);
        for action in ["anonymise", "erase"] {
            let refused = on_customer(&officer, &customer, action, &reason("x")).await;
            refused.expect_problem(409, "privacy.open_complaint");
        }
        case.post("close", &crate::journeys::upheld()).await.expect(200);
        for holder in [format!("{CUSTOMERS}/{customer}"), case.path()] {
            let path = format!("{holder}/legal-hold");
            let held = officer.put(&path, &reason("a court case")).await.expect(200);
            assert_eq!(held.str("/hold/customer_id"), customer);
            for action in ["anonymise", "erase"] {
                let refused = on_customer(&officer, &customer, action, &reason("x")).await;
                refused.expect_problem(409, "privacy.legal_hold");
            }
            let tried = json!({ "reason": "x", "dry_run": true });
            let tried = on_customer(&officer, &customer, "erase", &tried).await.expect(200);
            assert_eq!(tried.at("/blocked_by"), &json!(["privacy.legal_hold"]));
            officer.send(Method::DELETE, &path, None).await.expect(200);
            officer.send(Method::DELETE, &path, None).await.expect_problem(404, "resource.not_found");
        }
        let until = json!({ "reason": "a week", "until": desk.in_minutes(7 * 24 * 60) });
        officer.put(&format!("{CUSTOMERS}/{customer}/legal-hold"), &until).await.expect(200);
        on_customer(&officer, &customer, "erase", &reason("x")).await.expect_problem(409, "privacy.legal_hold");
        desk.pass(TimeDelta::days(8));
        on_customer(&officer, &customer, "anonymise", &reason("x")).await.expect(200);
        on_customer(&officer, &customer, "anonymise", &reason("x")).await.expect_problem(409, "privacy.wrong_state");
        on_customer(&officer, &customer, "restrict", &reason("x")).await.expect_problem(409, "privacy.wrong_state");
        on_customer(&officer, &customer, "erase", &reason("x")).await.expect(200);
        on_customer(&officer, &customer, "erase", &reason("x")).await.expect_problem(409, "privacy.wrong_state");
        let privacy = officer.get(&format!("{CUSTOMERS}/{customer}/privacy")).await.expect(200);
        let actions: Vec<&str> = privacy.at("/events").as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
        let held = ["hold_placed", "hold_lifted"];
        assert_eq!(actions, [held[0], held[1], held[0], held[1], held[0], "anonymised", "erased"]);
        let (state, holds) = (privacy.str("/state"), privacy.at("/holds").as_array().unwrap().len());
        assert_eq!((state, holds), ("erased", 3));
        assert!(privacy.at("/events").to_string().contains("\"reason\":null"), "reasons may name the person");
    }
}

on_both! {
    async fn a_restricted_record_is_kept_read_by_few_and_never_changed(desk) {
        let (agent, officer) = (desk.agent(), officer(&desk));
        let case = Case::of(&desk, &merged(by_phone(), json!({ "customer": { "email": "li@example.com" } }))).await;
        let customer = case.get().await.str("/customer_id").to_owned();
        let path = format!("{CUSTOMERS}/{customer}");
        assert_eq!(desk.outbox(), ["acknowledge"]);
        on_customer(&officer, &customer, "restrict", &reason("contests the address")).await.expect(200);
        let waiting = dump::everything(&desk).into_iter().filter(|(place, v)| place == "outbox.last_error" && v.contains("restricted"));
        assert_eq!(waiting.count(), 1, "what still waited is not sent");
        for client in [agent.clone(), desk.client(Role::Sales), desk.client(Role::Lead)] {
            let seen = client.get(&path).await.expect(200);
            assert_eq!(seen.json, json!({ "id": customer, "version": 2, "restricted": true }));
            let changed = client.if_match(seen.etag()).patch(&path, &json!({ "name": "Li" })).await;
            changed.expect_problem(409, "customer.restricted");
        }
        let found = agent.get(&format!("{CUSTOMERS}?contact=13800138000")).await.expect(200);
        assert_eq!(found.at("/items/0/restricted"), &json!(true));
        let whole = officer.get(&path).await.expect(200);
        assert_eq!((whole.str("/name"), whole.str("/privacy")), ("李娜", "restricted"));
        // A complaint in progress is finished; nothing of it is sent.
        case.work().await;
        let kept = case.post("messages", &json!({ "body": "We are on it." })).await.expect(200);
        assert_eq!(kept.str("/not_sent"), "restricted");
        assert_eq!(case.last_entry().await["action"], "message_not_sent");
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &crate::journeys::upheld()).await.expect(200);
        // A new complaint is taken in, and neither told nor put on record.
        let again = merged(by_phone(), json!({ "customer": { "email": "other@example.com" } }));
        let receipt = log(&agent, &again).await;
        assert_eq!((receipt.str("/customer/id"), receipt.str("/customer/name")), (customer.as_str(), ""));
        let filed = desk.anonymous().post(PUBLIC, &merged(by_web(), json!({ "name": "Li" }))).await.expect(201);
        desk.anonymous().get(filed.str("/tracking_url")).await.expect(200);
        assert_eq!(desk.outbox(), ["acknowledge"], "one from before");
        assert_eq!(officer.get(&path).await.expect(200).at("/contact_points").as_array().unwrap().len(), 2);
        on_customer(&officer, &customer, "lift-restriction", &reason("put right")).await.expect(200);
        assert_eq!(agent.get(&path).await.expect(200).str("/name"), "李娜");
        on_customer(&officer, &customer, "lift-restriction", &reason("again")).await.expect_problem(409, "privacy.wrong_state");
    }
}

on_both! {
    async fn the_link_of_an_erased_complaint_is_dead(desk) {
        let (case, link) = Case::filed(&desk).await;
        case.post("withdraw", &reason("solved")).await.expect(200);
        let customer = case.get().await.str("/customer_id").to_owned();
        desk.anonymous().get(&link).await.expect(200);
        on_customer(&officer(&desk), &customer, "anonymise", &reason("by letter")).await.expect(200);
        desk.anonymous().get(&link).await.expect_problem(404, "resource.not_found");
        let found = desk.agent().get(&format!("{COMPLAINTS}?q=washing")).await.expect(200);
        assert_eq!(found.items().len(), 0);
    }
}
