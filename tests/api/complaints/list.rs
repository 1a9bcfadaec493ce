//! `GET /complaints` and its counts: filters, orders, pages.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::fixtures::{COMPLAINTS, Case, field, log, merged, reason, walk};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Desk;

async fn found(desk: &Desk, query: &str) -> Vec<String> {
    desk.agent()
        .get(&format!("{COMPLAINTS}?{query}"))
        .await
        .expect(200)
        .each("id")
}

on_both! {
    async fn each_filter_leaves_only_what_fits(desk) {
        let mary = Case::logged(&desk).await;
        let customer = mary.get().await.str("/customer_id").to_owned();
        mary.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        desk.pass(TimeDelta::minutes(10));
        let at = desk.now().to_string();
        let odd = Case::of(&desk, &merged(by_phone(), json!({
            "kind": "question", "channel": "letter", "category": "billing", "customer_type": "hesitant",
            "external_ref": "HOTLINE-7", "customer": { "phone": "139 0013 9000" },
        }))).await;
        odd.post("withdraw", &reason("settled")).await.expect(200);
        let waiting = Case::logged(&desk).await;
        waiting.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        let late = Case::worked(&desk).await;
        late.promise(0, 30).await;
        desk.pass(TimeDelta::minutes(31));
        let (mary, odd, waiting, late) = (mary.id.as_str(), odd.id.as_str(), waiting.id.as_str(), late.id.as_str());
        let everything = [late, waiting, odd, mary];
        for (query, expected) in [
            ("", &everything[..]),
            ("state=received", &[mary]),
            ("state=closed", &[odd]),
            ("state=waiting", &[waiting]),
            ("state=in_handling", &[late]),
            ("open=true", &[late, waiting, mary]),
            ("open=false", &[odd]),
            ("kind=question", &[odd]),
            ("kind=feedback", &[]),
            ("channel=letter", &[odd]),
            ("category=billing", &[odd]),
            ("customer_type=hesitant", &[odd]),
            ("customer_type=angry", &[late, waiting, mary]),
            (&format!("customer_id={customer}"), &[late, waiting, mary]),
            ("owner=mary", &[mary]),
            ("owner=nobody", &[]),
            ("external_ref=HOTLINE-7", &[odd]),
            (&format!("received_from={at}"), &[late, waiting, odd]),
            (&format!("received_before={at}"), &[mary]),
            (&format!("received_from={at}&received_before={at}"), &[]),
            ("overdue=true", &[late]),
            ("overdue=false", &everything),
            ("order=oldest", &[mary, odd, waiting, late]),
            ("order=call_back_due", &[late]),
            ("state=received&owner=mary&channel=phone", &[mary]),
            ("state=received&owner=mary&channel=letter", &[]),
        ] {
            assert_eq!(found(&desk, query).await, expected, "{query}");
        }
    }
}

on_both! {
    async fn the_call_back_that_is_due_first_comes_first(desk) {
        let mut due = Vec::new();
        for minutes in [90, 30, 60, 30] {
            let case = Case::logged(&desk).await;
            case.promise(0, minutes).await;
            due.push((minutes, case.id));
        }
        Case::logged(&desk).await;
        due.sort();
        let expected: Vec<&str> = due.iter().map(|(_, id)| id.as_str()).collect();
        assert_eq!(found(&desk, "order=call_back_due").await, expected);
        let pages = walk(&desk.agent(), &format!("{COMPLAINTS}?order=call_back_due"), 1, async || {}).await;
        assert_eq!(field(&pages, "id"), expected);
    }
}

on_both! {
    async fn pages_stay_put_while_new_complaints_arrive(desk) {
        let mut ids = Vec::new();
        for _ in 0..7 {
            ids.push(log(&desk.agent(), &by_phone()).await.id().to_owned());
        }
        let arrive = async || { log(&desk.agent(), &by_phone()).await; };
        let newest = walk(&desk.agent(), COMPLAINTS, 2, arrive).await;
        assert_eq!(field(&newest, "id"), ids.iter().rev().collect::<Vec<_>>(), "those that were there, once each");
        // The walk from the other end is still under way when these arrive, and meets them last.
        let more = std::cell::Cell::new(0);
        let arrive_thrice = async || {
            if more.replace(more.get() + 1) < 3 {
                log(&desk.agent(), &by_phone()).await;
            }
        };
        let oldest = walk(&desk.agent(), &format!("{COMPLAINTS}?order=oldest"), 4, arrive_thrice).await;
        assert_eq!(field(&oldest, "id")[..7], ids);
        let mut once = field(&oldest, "id");
        once.sort_unstable();
        once.dedup();
        assert_eq!((once.len(), i64::try_from(oldest.len()).unwrap()), (oldest.len(), desk.rows("complaints")));
    }
}

on_both! {
    async fn a_query_that_cannot_be_read_is_refused_by_parameter(desk) {
        let agent = desk.agent();
        for (query, pointer) in [
            ("limit=0", "?limit"), ("limit=201", "?limit"), ("limit=many", "?limit"), ("cursor=*", "?cursor"),
            ("cursor=eyJ4IjoxfQ", "?cursor"), ("state=lost", "?state"), ("open=perhaps", "?open"),
            ("received_from=yesterday", "?received_from"), ("customer_id=7", "?customer_id"), ("order=price", "?order"),
            ("colour=red", "?colour"), ("state=closed&state=received", "?state"),
        ] {
            agent.get(&format!("{COMPLAINTS}?{query}")).await.expect_invalid(&[pointer]);
        }
        for list in ["/api/v1/customers", "/api/v1/call-backs"] {
            agent.get(&format!("{list}?limit=0")).await.expect_invalid(&["?limit"]);
            agent.get(&format!("{list}?cursor=x")).await.expect_invalid(&["?cursor"]);
            agent.get(&format!("{list}?colour=red")).await.expect_invalid(&["?colour"]);
        }
    }
}

/// How many stand where, as (received, in handling, waiting, closed, call-backs open, overdue).
async fn counts(desk: &Desk) -> [i64; 6] {
    let counts = desk.agent().get(&format!("{COMPLAINTS}/counts")).await.expect(200);
    let state = |name: &str| counts.json["by_state"][name].as_i64().unwrap();
    let promises = |name: &str| counts.json[name].as_i64().unwrap();
    [
        state("received"),
        state("in_handling"),
        state("waiting"),
        state("closed"),
        promises("call_backs_open"),
        promises("call_backs_overdue"),
    ]
}

on_both! {
    async fn the_counts_are_exact_through_a_cases_life(desk) {
        assert_eq!(counts(&desk).await, [0; 6]);
        let case = Case::logged(&desk).await;
        Case::logged(&desk).await;
        assert_eq!(counts(&desk).await, [2, 0, 0, 0, 0, 0]);
        case.work().await;
        assert_eq!(counts(&desk).await, [1, 1, 0, 0, 0, 0]);
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        assert_eq!(counts(&desk).await, [1, 0, 1, 0, 0, 0]);
        case.post("resume", &json!({})).await.expect(200);
        let promise = case.promise(0, 60).await;
        assert_eq!(counts(&desk).await, [1, 1, 0, 0, 1, 0]);
        desk.pass(TimeDelta::minutes(61));
        assert_eq!(counts(&desk).await, [1, 1, 0, 0, 1, 1]);
        case.call_back(&promise, "cancel", &reason("no need")).await.expect(200);
        case.post("close", &crate::journeys::upheld()).await.expect(200);
        assert_eq!(counts(&desk).await, [1, 0, 0, 1, 0, 0]);
        case.post("reopen", &reason("it broke again")).await.expect(200);
        assert_eq!(counts(&desk).await, [1, 1, 0, 0, 0, 0]);
        case.refuses("reopen", &reason("twice"), 409, "complaint.open").await;
        case.post("withdraw", &reason("settled")).await.expect(200);
        assert_eq!(counts(&desk).await, [1, 0, 0, 1, 0, 0]);
    }
}

on_both! {
    async fn a_list_shows_each_complaint_as_it_stands(desk) {
        let case = Case::worked(&desk).await;
        let whole = case.get().await.json;
        let listed = desk.agent().get(COMPLAINTS).await.expect(200).items()[0].clone();
        let shown: serde_json::Map<String, Value> = whole.as_object().unwrap().iter()
            .filter(|(key, _)| !["statement", "steps", "type_changes", "type_proposal", "closures"].contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone())).collect();
        assert_eq!(listed, Value::Object(shown));
    }
}

on_both! {
    async fn a_cursor_of_another_order_is_refused(desk) {
        for _ in 0..2 {
            Case::logged(&desk).await;
        }
        let first = desk.agent().get(&format!("{COMPLAINTS}?limit=1")).await.expect(200);
        let cursor = first.str("/next_cursor").to_owned();
        desk.agent().get(&format!("{COMPLAINTS}?limit=1&cursor={cursor}")).await.expect(200);
        let other = desk.agent().get(&format!("{COMPLAINTS}?limit=1&order=oldest&cursor={cursor}")).await;
        other.expect_invalid(&["?cursor"]);
    }
}
