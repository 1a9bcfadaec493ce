//! `/api/v1/customers`.

use serde_json::{Value, json};

use crate::fixtures::{CUSTOMERS, field, merged, walk};
use crate::on_both;
use crate::support::{Client, Desk, Reply};

/// A customer record, as a sales module writes it.
fn li_na() -> Value {
    json!({
        "name": "李娜", "kind": "person", "preferred_language": "zh-CN", "time_zone": "Asia/Shanghai", "tier": "key_account",
        "preferred_medium": "phone", "phones": ["138 0013 8000", "0531-88888888 转 801"], "emails": ["Li.Na@Example.com"],
        "external_ids": [{ "system": "crm", "id": "C-1" }],
    })
}

/// A program of the sales modules.
fn sales(desk: &Desk) -> Client {
    desk.client(hark::domain::staff::Role::Sales)
}

fn path(customer: &Reply) -> String {
    format!("{CUSTOMERS}/{}", customer.id())
}

async fn change(client: &Client, customer: &Reply, body: &Value) -> Reply {
    client.if_match(customer.etag()).patch(&path(customer), body).await
}

on_both! {
    async fn a_customer_is_created_and_read_back(desk) {
        let client = sales(&desk);
        let made = client.post(CUSTOMERS, &li_na()).await.expect(201);
        assert_eq!(made.header("location"), Some(path(&made).as_str()));
        let read = client.get(&path(&made)).await.expect(200);
        assert_eq!((&read.text, read.etag()), (&made.text, made.etag()));
        for same in ["name", "kind", "preferred_language", "time_zone", "tier", "preferred_medium", "external_ids"] {
            assert_eq!(read.json[same], li_na()[same], "{same}");
        }
        let points: Vec<(&str, bool)> = read.at("/contact_points").as_array().unwrap().iter()
            .map(|p| (p["value"].as_str().unwrap(), p["is_primary"] == true)).collect();
        assert_eq!(points, [("li.na@example.com", true), ("+8613800138000", true), ("+8653188888888;ext=801", false)]);
        let little = client.post(CUSTOMERS, &json!({ "name": "Acme", "kind": "organisation" })).await.expect(201);
        assert_eq!((little.str("/tier"), little.str("/time_zone")), ("individual", "Asia/Shanghai"));
    }
}

on_both! {
    async fn a_record_that_does_not_fit_is_refused_by_its_pointers(desk) {
        let client = sales(&desk);
        let wrong = json!({
            "name": " ", "preferred_language": "?", "time_zone": "Mars/Olympus", "preferred_medium": "x".repeat(41),
            "phones": ["13800138000", "abc"], "emails": ["li.na"], "external_ids": [{ "system": "C R M", "id": "" }],
        });
        client.post(CUSTOMERS, &wrong).await.expect_invalid(&[
            "/name", "/preferred_language", "/time_zone", "/preferred_medium", "/phones/1", "/emails/0",
            "/external_ids/0/system", "/external_ids/0/id",
        ]);
        client.post(CUSTOMERS, &json!({})).await.expect_invalid(&["/name"]);
        client.post(CUSTOMERS, &json!({ "name": "x", "phones": vec!["110"; 21] })).await.expect_invalid(&["/phones"]);
        let twice = json!({ "name": "x", "external_ids": [{ "system": "crm", "id": "1" }, { "system": "crm", "id": "2" }] });
        client.post(CUSTOMERS, &twice).await.expect_invalid(&["/external_ids/1/system"]);
        assert_eq!(desk.rows("customers"), 0);
    }
}

on_both! {
    async fn a_change_names_the_version_it_is_based_on(desk) {
        let client = sales(&desk);
        let made = client.post(CUSTOMERS, &li_na()).await.expect(201);
        let body = json!({ "tier": "medium", "phones": ["139 0013 9000"] });
        client.patch(&path(&made), &body).await.expect_problem(428, "request.precondition_required");
        let changed = change(&client, &made, &body).await.expect(200);
        assert_eq!((changed.str("/tier"), changed.str("/name")), ("medium", "李娜"));
        assert_eq!(field(changed.at("/contact_points").as_array().unwrap(), "value"), ["li.na@example.com", "+8613900139000"]);
        change(&client, &made, &body).await.expect_problem(412, "request.precondition_failed");
        let read = client.get(&path(&made)).await.expect(200);
        assert_eq!((&read.text, read.etag()), (&changed.text, changed.etag()));
    }
}

on_both! {
    async fn what_a_customer_is_worth_and_how_to_speak_with_it_is_on_record_until_it_is_taken_away(desk) {
        let client = sales(&desk);
        let profile = json!({ "segment": "most_profitable", "grade": "b", "style": "thinker", "stance": "opponent" });
        let made = client.post(CUSTOMERS, &merged(li_na(), profile.clone())).await.expect(201);
        for (name, value) in profile.as_object().unwrap() {
            assert_eq!(&made.json[name], value, "{name}");
        }
        let renamed = change(&client, &made, &json!({ "name": "Li" })).await.expect(200);
        assert_eq!((renamed.str("/style"), renamed.str("/segment")), ("thinker", "most_profitable"), "left out: as it was");
        let none = json!({ "segment": null, "grade": null, "style": null, "stance": null });
        let bare = change(&client, &renamed, &none).await.expect(200);
        assert!(none.as_object().unwrap().keys().all(|name| bare.json[name].is_null()), "{}", bare.text);
        for (name, value) in [("segment", "rich"), ("grade", "e"), ("style", "choleric"), ("stance", "enemy")] {
            let refused = change(&client, &bare, &json!({ name: value })).await;
            refused.expect_invalid(&[&format!("/{name}")]);
        }
        let little = client.post(CUSTOMERS, &json!({ "name": "Acme" })).await.expect(201);
        assert_eq!((little.at("/grade"), little.at("/stance")), (&Value::Null, &Value::Null));
    }
}

on_both! {
    async fn a_contact_point_belongs_to_one_customer(desk) {
        let client = sales(&desk);
        client.post(CUSTOMERS, &li_na()).await.expect(201);
        let before = desk.footprint();
        for taken in [
            json!({ "phones": ["+86 13800138000"] }), json!({ "emails": ["LI.NA@example.com"] }),
            json!({ "external_ids": [{ "system": "crm", "id": "C-1" }] }),
        ] {
            let other = merged(json!({ "name": "Wang" }), taken);
            client.post(CUSTOMERS, &other).await.expect_problem(409, "customer.contact_taken");
        }
        let second = merged(json!({ "name": "Wang" }), json!({ "phones": ["110", "13800138000"] }));
        let pointed = client.post(CUSTOMERS, &second).await.expect_problem(409, "customer.contact_taken");
        assert_eq!(pointed.pointers(), ["/phones/1"]);
        let ids = json!([{ "system": "shop", "id": "1" }, { "system": "crm", "id": "C-1" }]);
        let pointed = client.post(CUSTOMERS, &json!({ "name": "Wang", "external_ids": ids })).await;
        let pointed = pointed.expect_problem(409, "customer.contact_taken");
        assert_eq!((pointed.pointers(), pointed.str("/detail")), (vec!["/external_ids/1/id"], "another customer has this external id"));
        assert_eq!(desk.footprint(), before);
        let other = client.post(CUSTOMERS, &json!({ "name": "Wang", "phones": ["110"] })).await.expect(201);
        let refused = change(&client, &other, &json!({ "name": "Zhang", "phones": ["139 0013 9000", "13800138000"] })).await;
        let refused = refused.expect_problem(409, "customer.contact_taken");
        assert_eq!(refused.pointers(), ["/phones/1"]);
        assert_eq!(client.get(&path(&other)).await.expect(200).text, other.text, "nothing of it was done");
    }
}

on_both! {
    async fn another_system_writes_its_customer_by_its_own_id(desk) {
        let client = sales(&desk);
        let own = format!("{CUSTOMERS}/by-external-id/crm/C%2F1%20%E6%9D%8E");
        let form = json!({ "name": "李娜", "phones": ["138 0013 8000"] });
        let made = client.put(&own, &form).await.expect(201);
        assert_eq!(made.at("/external_ids"), &json!([{ "system": "crm", "id": "C/1 李" }]));
        let again = client.put(&own, &form).await.expect(200);
        assert_eq!((again.id(), again.at("/contact_points")), (made.id(), made.at("/contact_points")));
        assert_eq!((again.at("/external_ids"), desk.rows("customers")), (made.at("/external_ids"), 1));
        let others = merged(form.clone(), json!({ "external_ids": [{ "system": "shop", "id": "7" }] }));
        let more = client.put(&own, &others).await.expect(200);
        let ids = json!([{ "system": "crm", "id": "C/1 李" }, { "system": "shop", "id": "7" }]);
        assert_eq!(more.at("/external_ids"), &ids, "the id in the address stays");
        assert_eq!(client.put(&own, &others).await.expect(200).id(), made.id());
        client.if_match("\"1\"").put(&own, &form).await.expect_problem(412, "request.precondition_failed");
        let new = format!("{CUSTOMERS}/by-external-id/crm/C-2");
        client.if_match("\"1\"").put(&new, &form).await.expect_problem(412, "request.precondition_failed");
        client.put(&new, &json!({})).await.expect_invalid(&["/name"]);
        client.put(&new, &form).await.expect_problem(409, "customer.contact_taken");
        assert_eq!(desk.rows("customers"), 1);
    }
}

on_both! {
    async fn a_customer_is_found_by_a_contact_in_any_spelling(desk) {
        let client = sales(&desk);
        let made = client.post(CUSTOMERS, &li_na()).await.expect(201);
        client.post(CUSTOMERS, &json!({ "name": "Wang", "phones": ["139 0013 9000"] })).await.expect(201);
        for spelt in [
            "13800138000", "138%200013%208000", "%2B86-138-0013-8000", "0086+13800138000", "(0531)+8888+8888+ext+801",
            "li.na@example.com", "%20LI.NA@EXAMPLE.COM", "C-1",
        ] {
            let found = client.get(&format!("{CUSTOMERS}?contact={spelt}")).await.expect(200);
            assert_eq!(found.each("id"), [made.id()], "{spelt}");
        }
        for nobody in ["13800138001", "nobody@example.com", "", "%00"] {
            let found = client.get(&format!("{CUSTOMERS}?contact={nobody}")).await.expect(200);
            assert_eq!(found.items().len(), 0, "{nobody}");
        }
    }
}

on_both! {
    async fn customers_come_page_by_page_the_newest_first(desk) {
        let client = sales(&desk);
        for n in 0..5 {
            client.post(CUSTOMERS, &json!({ "name": n.to_string() })).await.expect(201);
        }
        let arrive = async || { client.post(CUSTOMERS, &json!({ "name": "new" })).await.expect(201); };
        let pages = walk(&client, CUSTOMERS, 2, arrive).await;
        assert_eq!(field(&pages, "name"), ["4", "3", "2", "1", "0"]);
    }
}

on_both! {
    async fn what_no_text_can_hold_is_refused_and_not_a_failure(desk) {
        let client = sales(&desk);
        for id in ["%00", "a%00b", "a%07b", &"x".repeat(101)] {
            let path = format!("{CUSTOMERS}/by-external-id/crm/{id}");
            let refused = client.put(&path, &json!({ "name": "x" })).await.expect_problem(422, "request.invalid");
            assert!(refused.pointers().is_empty(), "it stands in the address, not in the body");
        }
        let wrong_slug = format!("{CUSTOMERS}/by-external-id/C%20RM/1");
        let refused = client.put(&wrong_slug, &json!({ "name": "x" })).await.expect_problem(422, "request.invalid");
        assert!(refused.pointers().is_empty() && refused.str("/detail").contains("system in the address"), "{}", refused.text);
    }
}

on_both! {
    async fn an_id_in_the_body_that_is_not_the_one_in_the_address_is_pointed_at(desk) {
        let client = sales(&desk);
        let own = format!("{CUSTOMERS}/by-external-id/crm/1");
        let ids = |id: &str| json!({ "name": "x", "external_ids": [{ "system": "crm", "id": id }, { "system": "shop", "id": "7" }] });
        client.put(&own, &ids("2")).await.expect_invalid(&["/external_ids/0/system"]);
        let made = client.put(&own, &ids(" 1 ")).await.expect(201);
        assert_eq!(made.at("/external_ids/0/id"), "1");
        client.put(&own, &ids("2")).await.expect_invalid(&["/external_ids/0/system"]);
    }
}

on_both! {
    async fn a_change_that_changes_nothing_leaves_version_and_audit_as_they_are(desk) {
        let client = sales(&desk);
        let own = format!("{CUSTOMERS}/by-external-id/crm/2");
        let made = client.put(&own, &json!({ "name": "B" })).await.expect(201);
        let said = desk.rows("audit_events");
        let again = client.put(&own, &json!({ "name": "B" })).await.expect(200);
        assert_eq!((again.etag(), again.at("/updated_at")), (made.etag(), made.at("/updated_at")));
        let nothing = change(&client, &made, &json!({})).await.expect(200);
        assert_eq!((nothing.etag(), &nothing.json), (made.etag(), &again.json));
        let rich = change(&client, &made, &li_na()).await.expect(200);
        assert_eq!((rich.at("/version"), desk.rows("audit_events")), (&json!(2), said + 1));
        let same = change(&client, &rich, &li_na()).await.expect(200);
        assert_eq!((same.etag(), &same.json), (rich.etag(), &rich.json));
        assert_eq!(desk.rows("audit_events"), said + 1);
        let fewer = change(&client, &rich, &json!({ "phones": [] })).await.expect(200);
        assert_eq!((fewer.at("/version"), desk.rows("audit_events")), (&json!(3), said + 2));
        change(&client, &made, &json!({})).await.expect_problem(412, "request.precondition_failed");
    }
}
