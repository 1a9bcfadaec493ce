//! Every change tells of itself, and of nothing more than that.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::EVENTS;
use crate::fixtures::{COMPLAINTS, Case, field, reached, reason};
use crate::journeys::{by_phone, upheld};
use crate::on_both;
use crate::privacy::marked::Marked;
use crate::staff::{admin, hire, id_of, team};
use crate::support::{Client, Desk, person};

/// Waits until everything that was written is told: a transaction that is under way in another database of the same
/// PostgreSQL server holds events back.
pub async fn settled(desk: &Desk) {
    let newest = desk.count("SELECT id AS n FROM events ORDER BY xact DESC, id DESC LIMIT 1");
    let wanted = format!(".{newest}");
    for _ in 0..20_000 {
        if desk
            .agent()
            .get(EVENTS)
            .await
            .expect(200)
            .str("/last")
            .ends_with(&wanted)
        {
            return;
        }
    }
    panic!("{newest} is not told");
}

/// Everything that is kept, with the place where it ends.
pub async fn kept(desk: &Desk, client: &Client, query: &str) -> (Vec<Value>, String) {
    settled(desk).await;
    let (mut events, mut place) = (Vec::new(), "0.0".to_owned());
    loop {
        let page = client
            .get(&format!("{EVENTS}?after={place}&limit=200&{query}"))
            .await
            .expect(200);
        assert_eq!(page.at("/lost"), false);
        place = page.str("/last").to_owned();
        if page.items().is_empty() {
            return (events, place);
        }
        events.extend(page.items().iter().cloned());
    }
}

on_both! {
    async fn every_change_is_told_in_its_order_with_names_and_without_texts(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(0, 60).await;
        case.attempt(&promise, &reached(true)).await;
        case.post("close", &upheld()).await.expect(200);
        case.post("reopen", &reason("It broke again, says Ms Li")).await.expect(200);
        case.post("assign", &json!({ "owner": "mary", "note": "she knows the street" })).await.expect(200);
        case.edit(&json!({ "subject": "A door", "statement": "It hangs.", "severity": "critical" })).await.expect(200);
        let (events, _) = kept(&desk, &case.agent, "").await;
        let types = ["complaint.received", "complaint.steps_recorded", "call_back.promised", "call_back.attempted",
            "complaint.closed", "complaint.reopened", "complaint.assigned", "complaint.edited"];
        assert_eq!(field(&events, "type"), types);
        assert!(events.iter().all(|event| event["complaint_id"] == case.id.as_str() && event["by"] == "test agent"));
        let versions: Vec<i64> = events.iter().map(|event| event["version"].as_i64().unwrap()).collect();
        assert_eq!(versions, (1..=8).collect::<Vec<_>>());
        assert_eq!((events[2]["call_back_id"].as_str(), events[3]["call_back_id"].as_str()), (Some(promise.as_str()), Some(promise.as_str())));
        let changed = |n: usize| events[n]["changed"].clone();
        assert_eq!(changed(1), json!(["accept_feelings", "apologise", "explain_actions", "listen", "seek_solutions", "state", "step", "understand_needs"]));
        assert!(changed(4).as_array().unwrap().contains(&json!("state")), "{}", changed(4));
        assert_eq!((changed(6), &events[6]["owner"]), (json!(["owner"]), &json!("mary")));
        assert_eq!(changed(7), json!(["severity", "statement", "subject"]));
        let told = serde_json::to_string(&events).unwrap();
        for text in ["Li", "door", "hangs", "street", "138 0013", "13800138000"] {
            assert!(!told.contains(text), "{text} is told: {told}");
        }
    }
}

on_both! {
    async fn each_entry_of_a_timeline_has_its_event_whatever_way_it_came(desk) {
        let mut walk = Marked::new(&desk, "zqtold", "1390013077");
        walk.walk().await;
        crate::clocks::install(&desk, "standard_service").await;
        Case::logged(&desk).await;
        // What the clocks tell, a promise that was broken, and work that was handed over.
        let case = Case::worked(&desk).await;
        let leaver = person::add(&desk, "zhao.lei", "agent").await;
        case.post("assign", &json!({ "owner": "zhao.lei" })).await.expect(200);
        case.promise(10, 20).await;
        desk.pass(TimeDelta::days(2));
        desk.run_each_job().await;
        let seen = admin(&desk).get(&format!("/api/v1/staff/{leaver}")).await.expect(200);
        let leave = admin(&desk).if_match(seen.etag());
        leave.post(&format!("/api/v1/staff/{leaver}/deactivate"), &json!({ "successor": "mary", "reason": "moved" })).await.expect(200);
        let told = desk.count("SELECT count(*) AS n FROM events WHERE body LIKE '%\"type\":\"c%'");
        assert!(desk.rows("timeline_entries") > 40);
        assert_eq!(told, desk.rows("timeline_entries"));
        for kind in ["call_back.broken", "call_back.call_back", "clock.breached", "complaint.handed_over", "complaint.legal_hold_placed"] {
            let n = desk.count(&format!("SELECT count(*) AS n FROM events WHERE body LIKE '%{kind}%'"));
            assert_eq!(n > 0, kind != "call_back.call_back", "{kind}");
        }
        walk.erase().await;
        let gone = desk.count("SELECT count(*) AS n FROM events WHERE body LIKE '%complaint.content_removed%'");
        assert_eq!(gone, i64::try_from(walk.complaints.len()).unwrap());
    }
}

on_both! {
    async fn what_a_stranger_files_and_what_clocks_tell_is_told_without_a_name(desk) {
        crate::clocks::install(&desk, "standard_service").await;
        let (case, _) = Case::filed(&desk).await;
        desk.pass(TimeDelta::days(2));
        desk.run_each_job().await;
        let (events, _) = kept(&desk, &case.agent, "").await;
        assert_eq!((events[0]["by_kind"].as_str(), events[0]["by"].as_str()), (Some("customer"), Some("customer")));
        let clock = events.iter().find(|event| event["type"] == "clock.breached").unwrap();
        assert_eq!((clock["by"].as_str(), clock["complaint_id"].as_str()), (Some("hark"), Some(case.id.as_str())));
        assert!(clock["clock_id"].is_string() && clock["version"] == 1, "{clock}");
    }
}

on_both! {
    async fn one_asks_for_what_concerns_one(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        let sun_li = person::signed_in(&desk, "sun.li", "agent").await.client();
        hire(&desk, "qian.duo", "agent").await;
        let (first, second) = (Case::logged(&desk).await, Case::logged(&desk).await);
        let lead = desk.client(Role::Lead);
        let give = async |id: &str, to: Value| lead.post(&format!("{COMPLAINTS}/{id}/assign"), &to).await.expect(200);
        give(&first.id, json!({ "owner": "sun.li" })).await;
        give(&first.id, json!({ "owner": "qian.duo" })).await;
        give(&first.id, json!({ "owner": null })).await;
        admin(&desk).put(&format!("/api/v1/teams/{broadband}/members/{}", id_of(&desk, "sun.li").await), &json!({})).await.expect(200);
        admin(&desk).post(&format!("{COMPLAINTS}/{}/assign", second.id), &json!({ "team": broadband })).await.expect(200);
        admin(&desk).post(&format!("{COMPLAINTS}/{}/assign", second.id), &json!({ "team": null })).await.expect(200);
        second.promise(10, 20).await;
        let count = async |query: String| kept(&desk, &sun_li, &query).await.0.len();
        assert_eq!(count(String::new()).await, 8);
        assert_eq!(count(format!("complaint={}", first.id)).await, 4);
        assert_eq!(count("mine=true".to_owned()).await, 2, "what came to her, and what went from her");
        assert_eq!(count(format!("team={broadband}")).await, 2, "what came to the team, and what went from it");
        assert_eq!(count("types=complaint.assigned".to_owned()).await, 5);
        assert_eq!(count("types=call_back,complaint.received".to_owned()).await, 3);
        assert_eq!(count("types=complaint.ass".to_owned()).await, 0);
        assert_eq!(count(format!("types=complaint&complaint={}&team={broadband}", first.id)).await, 0);
    }
}

on_both! {
    async fn pages_go_on_where_they_ended_and_say_when_something_is_lost(desk) {
        let agent = desk.agent();
        let begin = agent.get(EVENTS).await.expect(200);
        assert_eq!((begin.items().len(), begin.at("/lost")), (0, &json!(false)));
        let place = begin.str("/last").to_owned();
        for _ in 0..5 {
            crate::fixtures::log(&agent, &by_phone()).await;
        }
        settled(&desk).await;
        let mut seen = Vec::new();
        let mut at = place.clone();
        for expected in [2, 2, 1, 0] {
            let page = agent.get(&format!("{EVENTS}?after={at}&limit=2")).await.expect(200);
            assert_eq!(page.items().len(), expected);
            seen.extend(page.each("id"));
            at = page.str("/last").to_owned();
        }
        assert_eq!((seen.len(), seen.last().unwrap()), (5, &at));
        // Three days later the old ones are gone; the newest stays, so that one who knows it has lost nothing.
        desk.pass(TimeDelta::days(4));
        let again = agent.get(&format!("{EVENTS}?after={at}")).await.expect(200);
        assert_eq!(again.at("/lost"), false);
        desk.run_each_job().await;
        assert_eq!(desk.rows("events"), 1);
        assert_eq!(agent.get(&format!("{EVENTS}?after={at}")).await.expect(200).at("/lost"), false);
        let lost = agent.get(&format!("{EVENTS}?after={}", seen[0])).await.expect(200);
        assert_eq!((lost.at("/lost"), lost.str("/last"), lost.items().len()), (&json!(true), at.as_str(), 0));
        assert_eq!(agent.get(&format!("{EVENTS}?after={place}")).await.expect(200).at("/lost"), true);
        assert_eq!(agent.get(&format!("{EVENTS}?after=999999999.7")).await.expect(200).at("/lost"), true);
    }
}

on_both! {
    async fn a_place_or_a_list_of_types_that_cannot_be_is_refused(desk) {
        let agent = desk.agent();
        for wrong in ["1", "a.b", "-1.2", "1.2.3", "%00"] {
            agent.get(&format!("{EVENTS}?after={wrong}")).await.expect_invalid(&["?after"]);
        }
        let many = vec!["complaint"; 21].join(",");
        agent.get(&format!("{EVENTS}?types={many}")).await.expect_invalid(&["?types"]);
        agent.get(&format!("{EVENTS}?limit=201")).await.expect_invalid(&["?limit"]);
        desk.client(Role::Sales).get(EVENTS).await.expect_problem(403, "auth.forbidden");
        let refused = desk.client(Role::Sales).open(EVENTS).await;
        assert_eq!(refused.status(), 403);
    }
}
