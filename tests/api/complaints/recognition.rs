//! `POST /complaints`: who it is.

use serde_json::{Value, json};

use crate::fixtures::{CUSTOMERS, PUBLIC, by_web, log, merged};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::{Client, Reply};

/// Logs a complaint of this customer; gives what the receipt says of them.
async fn who(client: &Client, customer: Value) -> Value {
    let mut form = by_phone();
    form["customer"] = customer;
    log(client, &form).await.at("/customer").clone()
}

async fn record(client: &Client, id: &Value) -> Reply {
    client
        .get(&format!("{CUSTOMERS}/{}", id.as_str().unwrap()))
        .await
        .expect(200)
}

/// The values of a customer's contact points.
fn contacts(record: &Reply) -> Vec<&str> {
    let points = record.at("/contact_points").as_array().unwrap();
    points.iter().map(|point| point["value"].as_str().unwrap()).collect()
}

on_both! {
    async fn a_customer_is_recognised_by_phone_in_any_spelling(desk) {
        let agent = desk.agent();
        let new = who(&agent, json!({ "name": "李娜", "phone": "138 0013 8000" })).await;
        assert_eq!((&new["recognised"], &new["matched_by"]), (&json!(false), &json!(null)));
        for spelt in ["13800138000", "+86 138-0013-8000", "0086 138 0013 8000", "１３８００１３８０００", "(138) 0013-8000"] {
            let known = who(&agent, json!({ "phone": spelt })).await;
            assert_eq!((&known["id"], &known["matched_by"]), (&new["id"], &json!("phone")), "{spelt}");
            assert_eq!((&known["recognised"], &known["name"]), (&json!(true), &json!("李娜")));
        }
        let kept = record(&agent, &new["id"]).await;
        assert_eq!(contacts(&kept), ["+8613800138000"]);
        assert_eq!(kept.str("/contact_points/0/entered_as"), "138 0013 8000");
        assert_ne!(who(&agent, json!({ "phone": "+1 415 555 2671" })).await["id"], new["id"]);
    }
}

on_both! {
    async fn a_customer_is_recognised_by_mail_external_id_or_choice(desk) {
        let agent = desk.agent();
        let new = who(&agent, json!({ "email": "li.na@example.com", "external_id": { "system": "crm", "id": "C-1" } })).await;
        for (told, matched_by) in [
            (json!({ "email": " Li.Na@EXAMPLE.com " }), "email"),
            (json!({ "external_id": { "system": "crm", "id": "C-1" } }), "external:crm"),
            (json!({ "customer_id": new["id"] }), "id"),
        ] {
            let known = who(&agent, told).await;
            assert_eq!((&known["id"], &known["matched_by"]), (&new["id"], &json!(matched_by)));
        }
        let other_system = who(&agent, json!({ "external_id": { "system": "shop", "id": "C-1" } })).await;
        assert_ne!(other_system["id"], new["id"], "another system's C-1 is somebody else");
        assert_eq!(who(&agent, json!({ "name": "李娜" })).await["matched_by"], json!(null), "a name is not enough");
    }
}

on_both! {
    async fn the_surest_sign_decides_and_the_others_are_named(desk) {
        let agent = desk.agent();
        let by_number = who(&agent, json!({ "phone": "13800138000" })).await;
        let by_mail = who(&agent, json!({ "email": "li.na@example.com" })).await;
        let by_id = who(&agent, json!({ "external_id": { "system": "crm", "id": "C-1" } })).await;
        let everything = json!({
            "phone": "13800138000", "email": "li.na@example.com", "external_id": { "system": "crm", "id": "C-1" },
        });
        let all = who(&agent, everything.clone()).await;
        assert_eq!((&all["id"], &all["matched_by"]), (&by_id["id"], &json!("external:crm")));
        assert_eq!(all["also_known_as"], json!([by_number["id"], by_mail["id"]]), "in the order they became customers");
        let two = who(&agent, json!({ "phone": "13800138000", "email": "li.na@example.com" })).await;
        assert_eq!((&two["id"], &two["also_known_as"]), (&by_number["id"], &json!([by_mail["id"]])));
        let chosen = who(&agent, merged(everything, json!({ "customer_id": by_mail["id"] }))).await;
        assert_eq!((&chosen["id"], &chosen["matched_by"]), (&by_mail["id"], &json!("id")));
        assert_eq!(chosen["also_known_as"], json!([by_number["id"], by_id["id"]]));
    }
}

on_both! {
    async fn what_an_agent_is_told_completes_the_record_and_what_a_stranger_types_does_not(desk) {
        let agent = desk.agent();
        let known = who(&agent, json!({ "name": "李娜", "phone": "13800138000" })).await;
        let stranger = merged(by_web(), json!({ "name": "Mallory", "email": "mallory@example.com" }));
        desk.anonymous().post(PUBLIC, &stranger).await.expect(201);
        let kept = record(&agent, &known["id"]).await;
        assert_eq!((contacts(&kept), kept.str("/name")), (vec!["+8613800138000"], "李娜"));
        assert_ne!(who(&agent, json!({ "email": "mallory@example.com" })).await["id"], known["id"]);

        who(&agent, json!({ "phone": "13800138000", "email": "li.na@example.com" })).await;
        let kept = record(&agent, &known["id"]).await;
        assert_eq!(contacts(&kept), ["+8613800138000", "li.na@example.com"]);
        assert_eq!(who(&agent, json!({ "email": "li.na@example.com" })).await["id"], known["id"]);
    }
}

on_both! {
    async fn a_stranger_who_is_new_becomes_a_customer_of_their_own(desk) {
        let form = merged(by_web(), json!({ "language": "en-GB", "time_zone": "Europe/London", "phone": "+44 20 7946 0958" }));
        desk.anonymous().post(PUBLIC, &form).await.expect(201);
        let found = desk.agent().get(&format!("{CUSTOMERS}?contact=LI.NA@example.com")).await.expect(200);
        let customer = &found.items()[0];
        assert_eq!((&customer["name"], &customer["preferred_language"]), (&json!("Li Na"), &json!("en-GB")));
        assert_eq!(customer["time_zone"], "Europe/London");
        assert_eq!(customer["contact_points"].as_array().unwrap().len(), 2);
    }
}
