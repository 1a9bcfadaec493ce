//! The queue as a list, and what somebody holds.

use chrono::TimeDelta;
use serde_json::json;

use super::{MINE, QUEUE, give, logged, take};
use crate::fixtures::{Case, field, walk};
use crate::on_both;
use crate::staff::team;
use crate::support::person;

on_both! {
    async fn the_queue_lists_everything_that_is_open_the_most_urgent_first(desk) {
        let mut wanted = Vec::new();
        for severity in ["critical", "high", "medium", "low"] {
            wanted.push(logged(&desk, json!({ "severity": severity })).await);
        }
        Case::closed(&desk).await;
        let agent = desk.agent();
        let all = walk(&agent, QUEUE, 3, async || ()).await;
        assert_eq!(field(&all, "id"), wanted);
        assert_eq!(all[0]["why"], json!({ "reason": "age", "due_at": desk.in_minutes(240), "seconds_left": 14_400 }));
        assert_eq!(all[0]["customer"]["tier"], "individual");
        for name in ["reference", "subject", "severity", "state", "received_at", "team_name", "owner", "needs"] {
            assert!(all[0].get(name).is_some(), "{name}");
        }
        desk.pass(TimeDelta::hours(5));
        let late = agent.get(QUEUE).await.expect(200);
        assert_eq!(late.at("/items/0/why/seconds_left"), &json!(-3_600));
    }
}

on_both! {
    async fn the_queue_is_filtered_by_team_owner_and_nobody(desk) {
        let (one, two, three) = (logged(&desk, json!({})).await, logged(&desk, json!({ "owner": "mary" })).await, logged(&desk, json!({})).await);
        let broadband = team(&desk, "Broadband", &[]).await;
        give(&desk, &one, &broadband).await;
        let agent = desk.agent();
        let list = async |query: &str| agent.get(&format!("{QUEUE}?{query}")).await.expect(200).each("id");
        assert_eq!(list(&format!("team={broadband}")).await, [one.as_str()]);
        assert_eq!(list("owner=mary").await, [two.as_str()]);
        assert_eq!(list("unowned=true").await, [one.as_str(), three.as_str()]);
        assert_eq!(list("mine=true").await, [""; 0]);
        let taken = take(&agent).await.expect(200).id().to_owned();
        assert_eq!(list("mine=true").await, [taken.as_str()]);
        assert_eq!(taken, three);
        assert_eq!(list("mine=true&owner=mary").await, [""; 0]);
        let named = agent.get(&format!("{QUEUE}?team={broadband}")).await.expect(200);
        assert_eq!(named.str("/items/0/team_name"), "Broadband");
    }
}

on_both! {
    async fn whoever_asks_sees_the_calls_of_today_and_what_they_have(desk) {
        let browser = person::signed_in(&desk, "sun.li", "agent").await;
        let sun_li = browser.client();
        let mut calls = Vec::new();
        // 09:00 at the desk: within the day, tomorrow, and one that is late.
        for (from, until) in [(300, 360), (60, 120), (16 * 60, 17 * 60), (5, 10)] {
            let case = Case::worked(&desk).await;
            let window = crate::fixtures::merged(case.window(from, until), json!({ "owner": "sun.li" }));
            calls.push(case.post("call-backs", &window).await.expect(201).id().to_owned());
        }
        let own = logged(&desk, json!({ "owner": "sun.li", "severity": "low" })).await;
        let urgent = logged(&desk, json!({ "owner": "sun.li", "severity": "critical" })).await;
        logged(&desk, json!({ "owner": "mary" })).await;
        desk.pass(TimeDelta::minutes(20));
        let mine = sun_li.get(MINE).await.expect(200);
        let today = mine.at("/calls").as_array().unwrap();
        assert_eq!(field(today, "id"), [calls[3].as_str(), &calls[1], &calls[0]]);
        assert_eq!(today[0]["seconds_left"], -600);
        assert!(today[0]["number"].as_str().unwrap().starts_with("+86"));
        assert_eq!(today[1]["local_start"], "2026-11-23T10:00:00+08:00");
        assert_eq!((mine.at("/complaints_total"), mine.at("/complaints/0/id")), (&json!(2), &json!(urgent)));
        assert_eq!(mine.at("/complaints/1/id"), &json!(own));
    }
}

on_both! {
    async fn leads_see_how_much_each_has_and_how_long_it_waits(desk) {
        let broadband = team(&desk, "Broadband", &["mary", "li.na"]).await;
        for owner in [json!("mary"), json!("mary"), json!(null)] {
            let id = logged(&desk, json!({ "severity": "critical" })).await;
            give(&desk, &id, &broadband).await;
            let path = format!("{}/{id}/assign", crate::fixtures::COMPLAINTS);
            crate::staff::admin(&desk).post(&path, &json!({ "owner": owner })).await.expect(200);
        }
        logged(&desk, json!({ "severity": "low" })).await;
        desk.pass(TimeDelta::hours(5));
        let lead = desk.client(hark::domain::staff::Role::Lead);
        let load = lead.get("/api/v1/work/load").await.expect(200);
        let person = |n: usize| {
            let person = load.at(&format!("/people/{n}"));
            (person["owner"].as_str().unwrap().to_owned(), person["open"].as_i64().unwrap(), person["overdue"].as_i64().unwrap())
        };
        assert_eq!((person(0), person(1)), (("mary".to_owned(), 2, 2), ("li.na".to_owned(), 0, 0)));
        let ours = load.at("/teams/0");
        assert_eq!((&ours["open"], &ours["waiting"], &ours["overdue"]), (&json!(3), &json!(1), &json!(3)));
        assert_eq!(ours["longest_wait_seconds"], 5 * 3_600);
        let longer: Vec<i64> = ours["waiting_longer"].as_array().unwrap().iter().map(|one| one["n"].as_i64().unwrap()).collect();
        assert_eq!(longer, [1, 1, 0, 0]);
        let nobodys = load.at("/teams/1");
        assert_eq!((&nobodys["team"], &nobodys["open"], &nobodys["overdue"]), (&json!(null), &json!(1), &json!(0)));
        let one = lead.get(&format!("/api/v1/work/load?team={broadband}")).await.expect(200);
        assert_eq!(one.at("/teams").as_array().unwrap().len(), 1);
        desk.agent().get("/api/v1/work/load").await.expect_problem(403, "auth.forbidden");
    }
}
