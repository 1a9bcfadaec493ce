//! The hand-over brief: what the successor reads first.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::json;

use super::{STAFF, admin, id_of};
use crate::fixtures::{CUSTOMERS, Case, merged};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::{Client, Desk};

/// A complaint of `mary`'s from somebody with this number.
async fn marys<'d>(desk: &'d Desk, name: &str, phone: &str) -> Case<'d> {
    let customer = json!({ "customer": { "name": name, "phone": phone, "email": null, "external_id": null } });
    let body = merged(
        by_phone(),
        merged(customer, json!({ "owner": "mary", "subject": format!("about {name}") })),
    );
    Case::of(desk, &body).await
}

on_both! {
    async fn a_brief_lists_promises_by_urgency_then_complaints_then_key_customers(desk) {
        let old = marys(&desk, "Wang", "139 0013 9001").await;
        let customer = old.get().await.str("/customer_id").to_owned();
        let path = format!("{CUSTOMERS}/{customer}");
        let etag = desk.agent().get(&path).await.etag().to_owned();
        desk.agent().if_match(&etag).patch(&path, &json!({ "tier": "key_account", "name": "Wang Ltd", "style": "sensor", "stance": "supporter" })).await.expect(200);
        old.put("customer-type", &json!({ "customer_type": "friendly", "note": "calmed down" })).await.expect(200);
        desk.pass(TimeDelta::days(3));
        let young = marys(&desk, "Zhao", "139 0013 9002").await;
        young.work().await;
        let promise = async |case: &Case<'_>, from: i64, zone: &str| {
            let form = merged(case.window(from, from + 60), json!({ "owner": "mary", "time_zone": zone }));
            case.post("call-backs", &form).await.expect(201).id().to_owned()
        };
        let later = promise(&young, 600, "Asia/Urumqi").await;
        let sooner = promise(&old, 60, "Asia/Shanghai").await;
        let mary = format!("{STAFF}/{}", id_of(&desk, "mary").await);
        let preview = desk.agent().get(&format!("{mary}/hand-over")).await.expect(200);
        assert_eq!((preview.str("/from"), preview.at("/to"), preview.at("/made_at")), ("mary", &json!(null), &json!(null)));
        let promises: Vec<&str> = preview.json["promises"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
        assert_eq!(promises, [sooner.as_str(), later.as_str()]);
        assert_eq!(preview.str("/promises/0/number"), "+8613900139001");
        assert_eq!(preview.str("/promises/0/reference"), old.get().await.str("/reference"));
        assert_eq!((preview.str("/promises/0/local_start"), preview.str("/promises/0/time_zone")), ("2026-11-26T10:00:00+08:00", "Asia/Shanghai"));
        assert_eq!(preview.str("/promises/0/purpose"), "confirm_resolution");
        let complaints = preview.json["complaints"].as_array().unwrap();
        assert_eq!(complaints.len(), 2);
        assert_eq!((complaints[0]["id"].as_str().unwrap(), complaints[0]["age_days"].as_i64()), (old.id.as_str(), Some(3)));
        assert_eq!((complaints[0]["step"].as_str(), complaints[1]["step"].as_str()), (Some("listen"), Some("call_back")));
        assert_eq!(complaints[0]["next_promise_at"], preview.json["promises"][0]["window_end"]);
        let key = preview.json["key_customers"].as_array().unwrap();
        assert_eq!((key.len(), &key[0]["name"]), (1, &json!("Wang Ltd")));
        assert_eq!((&key[0]["style"], &key[0]["stance"]), (&json!("sensor"), &json!("supporter")));
        assert_eq!(key[0]["complaints"][0]["customer_type"], "friendly");
        assert_eq!(key[0]["complaints"][0]["type_changes"].as_array().unwrap().last().unwrap()["note"], "calmed down");
        // It is kept as it was when they left, while the work goes on.
        let form = json!({ "successor": "li.na", "reason": "moved" });
        admin(&desk).post(&format!("{mary}/deactivate"), &form).await.expect(200);
        let left_at = desk.now().to_string();
        desk.pass(TimeDelta::days(1));
        old.post("withdraw", &json!({ "reason": "found it" })).await.expect(200);
        let kept = desk.agent().get(&format!("{mary}/hand-over")).await.expect(200);
        assert_eq!((kept.str("/to"), kept.str("/reason"), kept.str("/made_at")), ("li.na", "moved", left_at.as_str()));
        assert_eq!(kept.str("/made_by"), "test admin");
        assert_eq!(kept.at("/promises"), preview.at("/promises"));
        assert_eq!(kept.at("/complaints"), preview.at("/complaints"));
        let successor = desk.agent().get(&format!("{STAFF}/{}/hand-over", id_of(&desk, "li.na").await)).await.expect(200);
        assert_eq!((successor.at("/complaints_total"), successor.at("/promises_total")), (&json!(1), &json!(1)));
    }
}

on_both! {
    async fn a_brief_shows_a_restricted_customer_to_those_who_manage_privacy(desk) {
        let case = marys(&desk, "Wang", "139 0013 9001").await;
        let path = format!("{CUSTOMERS}/{}", case.get().await.str("/customer_id"));
        let etag = desk.agent().get(&path).await.etag().to_owned();
        let key = json!({ "tier": "key_account", "style": "sensor", "stance": "supporter" });
        desk.agent().if_match(&etag).patch(&path, &key).await.expect(200);
        let officer = desk.client(Role::Admin);
        let etag = officer.get(&path).await.etag().to_owned();
        officer.if_match(&etag).post(&format!("{path}/restrict"), &json!({ "reason": "contested" })).await.expect(200);
        let brief = format!("{STAFF}/{}/hand-over", id_of(&desk, "mary").await);
        let shown = async |client: &Client| {
            let seen = client.get(&brief).await.expect(200);
            let key = seen.at("/key_customers/0");
            assert_eq!(key["complaints"][0]["id"], case.id.as_str());
            (key["name"].clone(), key["style"].clone(), key["stance"].clone())
        };
        assert_eq!(shown(&desk.agent()).await, (json!(""), json!(null), json!(null)));
        assert_eq!(shown(&officer).await, (json!("Wang"), json!("sensor"), json!("supporter")));
    }
}

on_both! {
    async fn what_is_kept_of_a_brief_holds_nothing_of_customers(desk) {
        let case = marys(&desk, "Wang Secret", "139 0013 9001").await;
        case.promise(10, 20).await;
        let mary = format!("{STAFF}/{}", id_of(&desk, "mary").await);
        admin(&desk).post(&format!("{mary}/deactivate"), &json!({ "successor": "li.na", "reason": "moved" })).await.expect(200);
        for secret in ["Secret", "13900139001"] {
            let found = desk.rows(&format!("hand_overs WHERE CAST(brief AS text) LIKE '%{secret}%'"));
            assert_eq!((found, desk.rows("hand_overs")), (0, 1));
        }
    }
}

on_both! {
    async fn a_brief_is_read_by_those_who_read_complaints(desk) {
        let path = format!("{STAFF}/{}/hand-over", id_of(&desk, "mary").await);
        desk.client(Role::Auditor).get(&path).await.expect(200);
        for role in [Role::Sales, Role::Operations] {
            desk.client(role).get(&path).await.expect_problem(403, "auth.forbidden");
        }
        let nobody = format!("{STAFF}/00000000-0000-7000-8000-000000000000/hand-over");
        desk.agent().get(&nobody).await.expect_problem(404, "resource.not_found");
    }
}
