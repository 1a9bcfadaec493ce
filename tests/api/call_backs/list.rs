//! `GET /call-backs`: what has to be called next.

use chrono::TimeDelta;
use serde_json::json;

use crate::fixtures::{CALL_BACKS, Case, field, merged, reason, walk};
use crate::on_both;
use crate::support::Desk;

async fn found(desk: &Desk, query: &str) -> Vec<String> {
    desk.agent()
        .get(&format!("{CALL_BACKS}?{query}"))
        .await
        .expect(200)
        .each("id")
}

/// Promises of as many complaints, due in so many minutes.
async fn due_in(desk: &Desk, minutes: &[i64]) -> Vec<String> {
    let mut ids = Vec::new();
    for minutes in minutes {
        ids.push(Case::logged(desk).await.promise(0, *minutes).await);
    }
    ids
}

on_both! {
    async fn open_promises_come_by_the_end_of_their_window(desk) {
        let ids = due_in(&desk, &[90, 30, 60]).await;
        let [first, second, third] = [0, 1, 2].map(|n| ids[n].as_str());
        let by_end = [second, third, first];
        assert_eq!(found(&desk, "state=open").await, by_end);
        assert_eq!(found(&desk, &format!("state=open&due_before={}", desk.in_minutes(60))).await, [second]);
        assert_eq!(found(&desk, &format!("state=open&due_before={}", desk.in_minutes(61))).await, by_end[..2]);
        let newest = [third, second, first];
        assert_eq!(found(&desk, "").await, newest, "all of them: the newest first");
        for (list, expected) in [("state=open", by_end), ("", newest)] {
            let pages = walk(&desk.agent(), &format!("{CALL_BACKS}?{list}"), 1, async || {}).await;
            assert_eq!(field(&pages, "id"), expected, "{list}");
        }
    }
}

on_both! {
    async fn filters_hold_together(desk) {
        let case = Case::logged(&desk).await;
        let marys = merged(case.window(10, 20), json!({ "owner": "mary" }));
        let marys = case.post("call-backs", &marys).await.expect(201).id().to_owned();
        let other = Case::logged(&desk).await;
        let cancelled = other.promise(10, 20).await;
        other.call_back(&cancelled, "cancel", &reason("no need")).await.expect(200);
        let open = other.promise(10, 20).await;
        let (marys, cancelled, open) = (marys.as_str(), cancelled.as_str(), open.as_str());
        for (query, expected) in [
            ("owner=mary", &[marys][..]),
            ("state=open&owner=mary", &[marys]),
            ("state=cancelled_by_customer", &[cancelled]),
            ("state=cancelled_by_customer&owner=mary", &[]),
            ("state=open", &[marys, open]),
            ("state=kept", &[]),
        ] {
            assert_eq!(found(&desk, query).await, expected, "{query}");
        }
        desk.agent().get(&format!("{CALL_BACKS}?state=forgotten")).await.expect_invalid(&["?state"]);
        desk.agent().get(&format!("{CALL_BACKS}?due_before=soon")).await.expect_invalid(&["?due_before"]);
    }
}

on_both! {
    async fn a_promise_past_its_window_is_shown_as_overdue(desk) {
        let ids = due_in(&desk, &[30, 60]).await;
        desk.pass(TimeDelta::minutes(31));
        let listed = desk.agent().get(&format!("{CALL_BACKS}?state=open")).await.expect(200);
        let overdue: Vec<_> = listed.items().iter().map(|item| (item["id"].as_str().unwrap(), item["overdue"] == true)).collect();
        assert_eq!(overdue, [(ids[0].as_str(), true), (ids[1].as_str(), false)]);
        let now = found(&desk, &format!("state=open&due_before={}", desk.now())).await;
        assert_eq!(now, ids[..1], "what should have been called by now");
    }
}
