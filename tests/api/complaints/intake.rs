//! `POST /complaints`: what is taken in, and what is refused.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::fixtures::{COMPLAINTS, Case, log, merged};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Client;

/// Everything that can be said about a complaint.
fn in_full(received_at: &str, first_expressed_at: &str) -> Value {
    merged(
        by_phone(),
        json!({
            "kind": "complaint", "channel": "letter", "on_behalf_of": "her mother", "order_ref": "A-77",
            "incident_at": first_expressed_at, "severity": "high", "safety": true, "complexity": "low",
            "impact": "critical", "immediate_action": true, "category": "service_delay", "language": "zh-Hans-CN",
            "preferred_medium": "phone", "preferred_time": "工作日 18 点以后", "received_at": received_at,
            "first_expressed_at": first_expressed_at, "owner": "li.na", "external_ref": "12345-2026-7",
        }),
    )
}

on_both! {
    async fn everything_that_was_said_is_kept(desk) {
        let (received_at, first) = (desk.in_minutes(-3 * 1440), desk.in_minutes(-9 * 1440));
        let said = in_full(&received_at, &first);
        let case = Case::of(&desk, &said).await;
        let kept = case.get().await;
        for field in [
            "kind", "channel", "on_behalf_of", "subject", "category", "language", "customer_type", "severity", "owner",
            "received_at", "first_expressed_at",
        ] {
            assert_eq!(kept.json[field], said[field], "{field}");
        }
        for field in [
            "statement", "facts", "opinions", "product", "order_ref", "incident_at", "desired_remedy", "safety",
            "complexity", "impact", "immediate_action", "preferred_medium", "preferred_time", "external_ref",
        ] {
            assert_eq!(kept.json["statement"][field], said[field], "{field}");
        }
        assert_eq!(kept.at("/statement/given_contact"), &json!({ "name": "李娜", "phone": "138 0013 8000" }));
        assert_eq!(kept.str("/logged_at"), desk.now().to_string(), "received before it was logged");
        assert_eq!(kept.str("/type_changes/0/customer_type"), "angry");
        assert_eq!(case.list("timeline").await.each("action"), ["received"]);
    }
}

on_both! {
    async fn what_was_not_said_gets_the_desks_defaults(desk) {
        let little = json!({ "channel": "phone", "customer": { "name": "李娜" }, "subject": "掉线", "statement": "又掉线了" });
        let receipt = log(&desk.agent(), &little).await;
        assert_eq!((receipt.str("/state"), receipt.str("/step")), ("received", "listen"));
        assert_eq!(receipt.header("location"), Some(format!("{COMPLAINTS}/{}", receipt.id()).as_str()));
        let kept = desk.agent().get(receipt.header("location").unwrap()).await.expect(200);
        assert_eq!(kept.etag(), receipt.etag());
        let now = desk.now().to_string();
        for (pointer, value) in [
            ("/kind", json!("complaint")), ("/category", json!("other")), ("/language", json!("zh-CN")),
            ("/customer_type", json!("not_clear")), ("/severity", json!("medium")), ("/statement/impact", json!("medium")),
            ("/statement/complexity", json!("medium")), ("/statement/safety", json!(false)), ("/owner", json!(null)),
            ("/received_at", json!(now)), ("/first_expressed_at", json!(now)), ("/type_changes", json!([])),
            ("/ball_with", json!("us")), ("/round", json!(1)), ("/reopened_count", json!(0)), ("/version", json!(1)),
        ] {
            assert_eq!(kept.at(pointer), &value, "{pointer}");
        }
        assert!(receipt.json.get("tracking_token").is_none(), "a private link is made when the customer files, or on request");
    }
}

on_both! {
    async fn everything_that_does_not_fit_is_told_at_once_and_nothing_is_changed(desk) {
        log(&desk.agent(), &by_phone()).await;
        let counts = desk.agent().get(&format!("{COMPLAINTS}/counts")).await.expect(200).text;
        let before = desk.footprint();
        let wrong = merged(by_phone(), json!({
            "customer": { "phone": "abc", "email": "li.na", "time_zone": "Mars/Olympus", "external_id": { "system": "C R M", "id": " " } },
            "subject": " ", "statement": "x".repeat(50_001), "facts": ["fine", ""], "opinions": vec!["x"; 51],
            "product": "x".repeat(201), "order_ref": "x".repeat(101), "desired_remedy": "x".repeat(2_001),
            "category": "Not A Slug", "language": "chinese!", "preferred_time": "x\u{0}", "on_behalf_of": "x".repeat(201),
            "received_at": desk.in_minutes(10), "incident_at": desk.in_minutes(10), "owner": "x".repeat(101),
            "external_ref": "x".repeat(101), "first_expressed_at": "1969-12-31T23:59:59Z",
        }));
        desk.agent().post(COMPLAINTS, &wrong).await.expect_invalid(&[
            "/customer/phone", "/customer/email", "/customer/time_zone", "/customer/external_id/system",
            "/customer/external_id/id", "/subject", "/statement", "/facts/1", "/opinions", "/product", "/order_ref",
            "/desired_remedy", "/category", "/language", "/preferred_time", "/on_behalf_of", "/received_at", "/incident_at",
            "/owner", "/external_ref", "/first_expressed_at",
        ]);
        assert_eq!(desk.footprint(), before);
        assert_eq!(desk.agent().get(&format!("{COMPLAINTS}/counts")).await.text, counts);
    }
}

on_both! {
    async fn one_wrong_value_is_named_by_its_pointer(desk) {
        let agent = desk.agent();
        for (wrong, pointer) in [
            (json!({ "customer": { "name": null, "phone": null } }), "/customer"),
            (json!({ "channel": "smoke" }), "/channel"),
            (json!({ "severity": 3 }), "/severity"),
            (json!({ "facts": [1] }), "/facts/0"),
            (json!({ "received_at": "yesterday" }), "/received_at"),
            (json!({ "customer": { "phone": "+86 1" } }), "/customer/phone"),
            (json!({ "customer": { "nickname": "Na" } }), "/customer/nickname"),
            (json!({ "on_the_spot": true }), "/on_the_spot"),
            (json!({ "first_expressed_at": desk.in_minutes(3), "received_at": desk.in_minutes(2) }), "/first_expressed_at"),
            (json!({ "customer": { "customer_id": "00000000-0000-7000-8000-000000000000" } }), "/customer/customer_id"),
        ] {
            agent.post(COMPLAINTS, &merged(by_phone(), wrong)).await.expect_invalid(&[pointer]);
        }
        for missing in ["channel", "customer", "subject", "statement"] {
            let mut form = by_phone();
            form.as_object_mut().unwrap().remove(missing);
            let refused = agent.post(COMPLAINTS, &form).await.expect_invalid(&[&format!("/{missing}")]);
            assert_eq!(refused.str("/errors/0/code"), "required");
        }
        assert_eq!(desk.rows("complaints") + desk.rows("customers"), 0);
    }
}

on_both! {
    async fn a_complaint_may_be_logged_long_after_it_was_received(desk) {
        let late = merged(by_phone(), json!({ "received_at": desk.in_minutes(-600) }));
        let case = Case::of(&desk, &late).await;
        let kept = case.get().await;
        assert_eq!((kept.at("/received_at"), kept.at("/first_expressed_at")), (&late["received_at"], &late["received_at"]));
        let slow_clock = merged(by_phone(), json!({ "received_at": desk.in_minutes(4) }));
        let case = Case::of(&desk, &slow_clock).await;
        assert_eq!(case.get().await.str("/received_at"), desk.now().to_string(), "clocks may differ by five minutes");
    }
}

on_both! {
    async fn a_reference_is_found_however_it_is_spelt(desk) {
        let receipt = log(&desk.agent(), &by_phone()).await;
        log(&desk.agent(), &by_phone()).await;
        let reference = receipt.str("/reference");
        assert!(reference.len() == 9 && !reference.contains(['0', 'O', '1', 'I', 'L']), "{reference}");
        let (first, last) = reference.split_once('-').unwrap();
        for spelt in [
            reference.to_owned(), reference.to_lowercase(), format!("{first}{last}"), format!("%20{first}%20{last}%20"),
            format!("{}+-+{}", first.to_lowercase(), last.to_lowercase()),
        ] {
            let found = desk.agent().get(&format!("{COMPLAINTS}?reference={spelt}")).await.expect(200);
            assert_eq!(found.each("id"), [receipt.id()], "{spelt}");
        }
        let wrong = format!("{}{}", if reference.starts_with('2') { '3' } else { '2' }, &reference[1..]);
        for nothing in [wrong.as_str(), "K7QM", "%E6%8A%95%E8%AF%89"] {
            let found = desk.agent().get(&format!("{COMPLAINTS}?reference={nothing}")).await.expect(200);
            assert_eq!(found.items().len(), 0, "{nothing}");
        }
    }
}

on_both! {
    async fn earlier_complaints_of_the_customer_are_shown_with_why_one_may_be_the_same(desk) {
        let agent = desk.agent();
        let about = |subject: &str, statement: &str, product: Value, order: Value| merged(by_phone(), json!({
            "subject": subject, "statement": statement, "product": product, "order_ref": order,
        }));
        let old = log(&agent, &about("old", "something else", json!(null), json!("A-1"))).await;
        desk.pass(TimeDelta::days(31));
        let order = log(&agent, &about("发票", "抬头写错", json!(null), json!("a-1"))).await;
        let alike = log(&agent, &about("Router drops", "it drops out every evening at eight", json!(null), json!(null))).await;
        let product = log(&agent, &about("价格", "账单看不懂", json!("W-700"), json!(null))).await;
        let done = Case::of(&desk, &about("退货", "没有人取件", json!("w-700"), json!(null))).await;
        done.post("withdraw", &json!({ "reason": "picked up" })).await.expect(200);
        let other_person = json!({ "customer": { "phone": "139 0013 9000" } });
        log(&agent, &merged(about("x", "y", json!("W-700"), json!("A-1")), other_person)).await;

        let new = log(&agent, &about("Router drops", "every evening at eight it drops out", json!("w-700"), json!("A-1"))).await;
        let shown: Vec<(&str, Option<&str>)> = new.at("/earlier").as_array().unwrap().iter()
            .map(|e| (e["id"].as_str().unwrap(), e.get("may_be_duplicate").map(|why| why.as_str().unwrap()))).collect();
        assert_eq!(shown, [
            (done.id.as_str(), None),
            (product.id(), Some("same_product")),
            (alike.id(), Some("alike")),
            (order.id(), Some("same_order")),
            (old.id(), None),
        ]);
    }
}

on_both! {
    async fn a_receipt_shows_no_more_of_a_known_customer_than_its_reader_may_see(desk) {
        let agent = desk.agent();
        let old = log(&agent, &merged(by_phone(), json!({ "subject": "the old matter" }))).await;
        let admin = desk.client(Role::Admin);
        let token = async |scopes: &[&str]| {
            let form = json!({ "name": scopes.join(" "), "role": "agent", "scopes": scopes });
            desk.with_token(admin.post("/api/v1/service-tokens", &form).await.expect(201).str("/secret"))
        };
        let receipt = async |client: &Client| {
            let seen = log(client, &by_phone()).await;
            assert_eq!((seen.str("/customer/id"), seen.at("/customer/recognised")), (old.str("/customer/id"), &json!(true)));
            let earlier = seen.at("/earlier").as_array().unwrap();
            (seen.str("/customer/name").to_owned(), earlier.iter().any(|one| one["subject"] == "the old matter"))
        };
        let (known, unknown) = ("李娜".to_owned(), String::new());
        let (bare, reads, sells) = (
            token(&["log-complaints"]).await,
            token(&["log-complaints", "read-complaints"]).await,
            token(&["log-complaints", "read-customers"]).await,
        );
        assert_eq!(receipt(&bare).await, (unknown.clone(), false));
        assert_eq!(receipt(&reads).await, (unknown.clone(), true));
        assert_eq!(receipt(&sells).await, (known.clone(), false));
        let new = merged(by_phone(), json!({ "customer": { "name": "Wang", "phone": "139 0013 9000", "email": null, "external_id": null } }));
        assert_eq!(log(&bare, &new).await.str("/customer/name"), "Wang", "what it said itself");
        let refused = json!({ "purpose": "share_with_sales", "given": false, "source": "phone" });
        let consents = format!("/api/v1/customers/{}/consents", old.str("/customer/id"));
        agent.post(&consents, &refused).await.expect(201);
        assert_eq!(receipt(&sells).await, (unknown, false), "not shared with those who read no complaints");
        assert_eq!(receipt(&agent).await.0, known);
    }
}
