//! Whether an action helped: counted by the day of the receipt, before and since.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{ACTIONS, act, made};
use crate::fixtures::{Case, merged, reason};
use crate::journeys::{by_phone, upheld};
use crate::on_both;
use crate::reports::{build_anew, fold_all};
use crate::support::Desk;

/// A complaint of this category that was closed with this cause.
async fn closed<'a>(desk: &'a Desk, category: &str, cause: &str) -> Case<'a> {
    let customer =
        json!({ "category": category, "customer": { "phone": format!("139 0013 {:04}", desk.rows("complaints")) } });
    let case = Case::of(desk, &merged(by_phone(), customer)).await;
    case.work().await;
    case.skip("call_back", "customer_declined").await.expect(200);
    case.post("close", &merged(upheld(), json!({ "cause_category": cause })))
        .await
        .expect(200);
    case
}

async fn effect(desk: &Desk, id: &str, language: &str) -> crate::support::Reply {
    let path = format!("{ACTIONS}/{id}/effect?language={language}");
    desk.client(Role::Operations).get(&path).await.expect(200)
}

fn counted(period: &Value) -> [i64; 4] {
    ["taken_in", "open", "closed", "with_cause"].map(|name| period[name].as_i64().unwrap())
}

on_both! {
    async fn the_same_cause_is_counted_before_and_since(desk) {
        let id = made(&desk, json!({ "cause": "materials", "window_days": 7 })).await.id().to_owned();
        let narrow = made(&desk, json!({ "cause": "materials", "category": "repair" })).await.id().to_owned();
        assert_eq!(effect(&desk, &id, "en").await.str("/words"), "It has not been done yet.");
        // Monday: eight of that cause, of which one is in another category, and one of another cause.
        for _ in 0..7 {
            closed(&desk, "repair", "materials").await;
        }
        closed(&desk, "billing", "materials").await;
        closed(&desk, "repair", "tools").await;
        // This one came in before, and is closed after.
        let late = Case::worked(&desk).await;
        desk.pass(TimeDelta::days(1));
        let done = json!({ "end": "done", "effective_on": "2026-11-24" });
        for id in [&id, &narrow] {
            act(&desk.client(Role::Lead), id, "close", &done).await.expect(200);
        }
        let now = effect(&desk, &id, "en").await;
        assert_eq!((now.str("/verdict"), now.at("/days"), now.at("/before")), ("not_yet", &json!(0), &Value::Null));
        assert_eq!(now.str("/words"), "It took effect on 2026-11-24; no whole day has passed since.");
        // Tuesday: one of that cause, seven of another, one that is open.
        late.skip("call_back", "customer_declined").await.expect(200);
        late.post("close", &merged(upheld(), json!({ "cause_category": "materials" }))).await.expect(200);
        for _ in 0..8 {
            closed(&desk, "repair", "tools").await;
        }
        Case::logged(&desk).await;
        desk.pass(TimeDelta::days(1));
        for round in 0..3 {
            let found = effect(&desk, &id, "en").await;
            assert_eq!((counted(found.at("/before")), counted(found.at("/after"))), ([10, 0, 10, 9], [9, 1, 8, 0]), "{round}");
            assert_eq!((found.str("/verdict"), found.at("/days"), found.str("/before/from"), found.str("/after/to")), ("fewer", &json!(1), "2026-11-23", "2026-11-24"));
            assert_eq!((found.at("/ratio"), found.at("/lower")), (&json!(0.0), &json!(0.0)));
            // Of nine none: 10/8 × p/(1−p) with (1−p)^9 = 0.025.
            let p = 1.0 - 0.025_f64.powf(1.0 / 9.0);
            let exact = 10.0 / 8.0 * p / (1.0 - p);
            assert!((found.at("/upper").as_f64().unwrap() - exact).abs() < 1e-9, "{}", found.at("/upper"));
            assert_eq!(found.str("/words"), "9 of 10 in the day before, 0 of 8 in the day since. That is 0.00 times as many (95 % \
                interval 0.00 to 0.63): fewer than before. Not counted: 1 that is still open.");
            // As it waits, as it is folded, and as it is built anew.
            if round == 0 { fold_all(&desk, 100); } else { build_anew(&desk); }
        }
        let found = effect(&desk, &narrow, "zh-CN").await;
        assert_eq!((counted(found.at("/before"))[3], found.str("/verdict")), (7, "fewer"));
        assert!(found.str("/words").starts_with("之前 1 天："), "{}", found.text);
    }
}

on_both! {
    async fn of_few_nothing_is_told_and_what_is_opened_again_has_no_cause(desk) {
        let id = made(&desk, json!({ "cause": "materials" })).await.id().to_owned();
        let mut cases = Vec::new();
        for _ in 0..3 {
            cases.push(closed(&desk, "repair", "materials").await);
        }
        desk.pass(TimeDelta::days(1));
        act(&desk.client(Role::Lead), &id, "close", &json!({ "end": "done" })).await.expect(200);
        closed(&desk, "repair", "materials").await;
        desk.pass(TimeDelta::days(1));
        let found = effect(&desk, &id, "en").await;
        assert_eq!((found.str("/verdict"), found.str("/words")), ("too_few", "3 of 3 in the day before, 1 of 1 in the day since. Cannot tell yet: too few."));
        cases[0].post("reopen", &reason("again")).await.expect(200);
        let found = effect(&desk, &id, "en").await;
        assert_eq!(counted(found.at("/before")), [3, 1, 2, 2]);
    }
}
