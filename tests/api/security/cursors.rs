//! A cursor is a place in a list, and nothing more: whatever it is made into, it shows nobody's rows to others.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{at, ids_of};
use crate::contract::operations::{Operation, operations};
use crate::fixtures::{Case, log};
use crate::on_both;
use crate::support::Desk;

fn lists() -> Vec<Operation> {
    let pages = |operation: &Operation| {
        let parameters = operation.value["parameters"].as_array().into_iter().flatten();
        let exports = operation.path.ends_with(".csv");
        operation.method == "GET" && !exports && parameters.into_iter().any(|parameter| parameter["name"] == "cursor")
    };
    operations().into_iter().filter(pages).collect()
}

/// A cursor that holds this.
fn made(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// What no list gives as a cursor.
fn forged() -> Vec<String> {
    let huge = json!(u64::MAX);
    let numbers = [
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(i64::MAX),
        huge,
        json!(1e300),
        json!(-0.5),
    ];
    let ids = [
        json!("00000000-0000-0000-0000-000000000000"),
        json!("ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ];
    let times = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "' OR 1=1 --"];
    let pairs = times
        .iter()
        .flat_map(|time| ids.iter().map(move |id| json!([time, id])));
    let objects = ["newest", "oldest", "call_back_due", "due"]
        .map(|order| json!({ "order": order, "seq": -1, "at": null, "due": null }));
    let others = [
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!([[[[]]]]),
        json!(true),
    ];
    let values = numbers
        .into_iter()
        .chain(pairs)
        .chain(objects)
        .chain(others)
        .chain(ids.clone());
    values.map(|value| made(&value)).collect()
}

/// A desk where every list has two pages of one.
async fn filled(desk: &Desk) -> Case<'_> {
    crate::rules::enforce(
        desk,
        &[crate::rules::note("seen", json!({ "event": "received" }), json!({}))],
    )
    .await;
    let (first, _) = Case::filed(desk).await;
    first.work().await;
    let second = Case::worked(desk).await;
    for case in [&first, &second] {
        case.promise(0, 60).await;
        for text in ["one", "two"] {
            case.post("notes", &json!({ "body": text })).await.expect(200);
            case.post("messages", &json!({ "body": text })).await.expect(200);
        }
    }
    let other =
        json!({ "channel": "phone", "customer": { "phone": "139 0013 9000" }, "subject": "x", "statement": "y" });
    for _ in 0..2 {
        log(&desk.agent(), &other).await;
        desk.pass(TimeDelta::hours(1));
        desk.run_each_job().await;
    }
    for _ in 0..2 {
        let body = json!({ "ids": [first.id, second.id], "actions": [{ "do": "watch" }] });
        desk.agent().post("/api/v1/bulk-actions", &body).await.expect(202);
    }
    for slug in ["one", "two"] {
        crate::clocks::make(desk, slug, &crate::clocks::resolve_within(600)).await;
    }
    for _ in 0..2 {
        crate::leads::made(desk, json!({})).await;
        crate::leads::drawn(desk).await;
    }
    for team in ["One", "Two"] {
        crate::staff::team(desk, team, &[]).await;
    }
    first
}

fn keys(items: &[Value]) -> BTreeSet<String> {
    let key = |item: &Value| item.get("id").or(item.get("number")).unwrap_or(item).to_string();
    items.iter().map(key).collect()
}

on_both! {
    async fn whatever_a_cursor_is_made_into_it_shows_rows_of_its_list_or_is_refused(desk) {
        let case = filled(&desk).await;
        let (ids, admin) = (ids_of(&case).await, desk.client(Role::Admin));
        let (mut cursors, mut of_one_page) = (forged(), Vec::new());
        for operation in lists() {
            let path = at(&operation, &ids);
            let page = admin.get(&format!("{path}?limit=1")).await.expect(200);
            match page.json["next_cursor"].as_str() {
                Some(cursor) => cursors.extend([cursor.to_owned(), cursor[1..].to_owned(), format!("{cursor}AA")]),
                None => of_one_page.push(operation.path.clone()),
            }
        }
        assert_eq!(of_one_page, [""; 0], "fill these lists");
        for operation in lists() {
            let path = at(&operation, &ids);
            for cursor in &cursors {
                let page = admin.get(&format!("{path}?limit=200&cursor={cursor}")).await;
                let name = format!("{} with {cursor}", operation.name());
                assert!(matches!(page.status, 200 | 422), "{name}: {}", page.text);
                if page.status == 200 {
                    // After the page: reading leaves rows in the list of the audit itself.
                    let whole = admin.get(&format!("{path}?limit=200")).await.expect(200);
                    assert!(keys(page.items()).is_subset(&keys(whole.items())), "{name}: {}", page.text);
                } else {
                    assert_eq!(page.pointers(), ["?cursor"], "{name}: {}", page.text);
                }
            }
        }
    }
}

on_both! {
    async fn what_is_no_cursor_at_all_is_refused(desk) {
        let case = filled(&desk).await;
        let (ids, admin) = (ids_of(&case).await, desk.client(Role::Admin));
        for operation in lists() {
            let path = at(&operation, &ids);
            let long = "A".repeat(4_000);
            for cursor in ["x", "%00", "%FF", "'", "AAAA", "bnVsbA%3D%3D", "../..", "eyJ", long.as_str()] {
                admin.get(&format!("{path}?cursor={cursor}")).await.expect_invalid(&["?cursor"]);
            }
        }
    }
}

on_both! {
    async fn a_cursor_of_one_complaint_shows_nothing_of_it_at_another(desk) {
        let first = filled(&desk).await;
        let second = Case::logged(&desk).await;
        for part in ["timeline", "messages"] {
            let page = first.agent.get(&format!("{}/{part}?limit=1", first.path())).await.expect(200);
            let cursor = page.str("/next_cursor");
            let theirs = second.list(part).await;
            let other = first.agent.get(&format!("{}/{part}?cursor={cursor}", second.path())).await.expect(200);
            assert!(keys(other.items()).is_subset(&keys(theirs.items())), "{part}: {}", other.text);
        }
    }
}
