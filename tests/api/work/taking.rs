//! Taking the next piece of work: which one it is, and why.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::json;

use super::{TAKE, give, logged, take};
use crate::clocks::{enforce, resolve_within};
use crate::fixtures::{CALL_BACKS, COMPLAINTS, Case, merged};
use crate::on_both;
use crate::staff::{hire, program, team};
use crate::support::{Client, Desk, person};

/// A program that works in a team.
async fn of_team(desk: &Desk, name: &str, team: &str) -> Client {
    program(desk, json!({ "name": name, "role": "agent", "teams": [team] })).await
}

on_both! {
    async fn what_is_due_first_is_taken_first_and_the_answer_says_why(desk) {
        let low = logged(&desk, json!({ "severity": "low" })).await;
        let critical = logged(&desk, json!({ "severity": "critical" })).await;
        let policy = merged(resolve_within(60), json!({ "conditions": { "categories": ["repair"] } }));
        enforce(&desk, "repairs", &policy).await;
        desk.pass(TimeDelta::minutes(1));
        let clocked = logged(&desk, json!({ "category": "repair", "severity": "low" })).await;
        let agent = desk.agent();
        let first = take(&agent).await.expect(200);
        assert_eq!((first.id(), first.str("/why/reason")), (clocked.as_str(), "clock"));
        assert_eq!((first.at("/why/seconds_left"), first.str("/why/due_at")), (&json!(3_600), desk.in_minutes(60).as_str()));
        assert_eq!((first.at("/behind"), first.str("/complaint/owner")), (&json!(2), "test agent"));
        assert_eq!(first.str("/customer/name"), first.str("/customer/name"));
        assert_eq!(first.etag(), format!("\"{}\"", first.at("/complaint/version")));
        let second = take(&agent).await.expect(200);
        assert_eq!((second.id(), second.str("/why/reason")), (critical.as_str(), "age"));
        assert_eq!(second.str("/why/due_at"), desk.in_minutes(4 * 60 - 1));
        let third = take(&agent).await.expect(200);
        assert_eq!((third.id(), third.at("/behind")), (low.as_str(), &json!(0)));
        let nothing = take(&agent).await.expect(204);
        assert_eq!(nothing.text, "");
        let case = Case { desk: &desk, agent: desk.agent(), id: clocked };
        let told = case.last_entry().await;
        assert_eq!((told["action"].as_str(), told["after"]["owner"].as_str()), (Some("taken"), Some("test agent")));
        assert_eq!(told["after"]["why"]["reason"], "clock");
    }
}

on_both! {
    async fn a_promised_call_that_is_due_comes_before_everything_else(desk) {
        let promised = Case::of(&desk, &crate::journeys::by_phone()).await;
        promised.work().await;
        let promise = promised.promise(20, 80).await;
        let late = logged(&desk, json!({ "severity": "critical" })).await;
        let other = of_team(&desk, "another", &team(&desk, "Elsewhere", &[]).await).await;
        // It is kept for the one who promised, until it is due.
        let own = desk.agent();
        desk.pass(TimeDelta::minutes(6));
        let mine = take(&own).await.expect(200);
        assert_eq!((mine.id(), mine.str("/why/reason")), (promised.id.as_str(), "call_back_due"));
        assert_eq!((mine.str("/promise/id"), mine.str("/why/due_at")), (promise.as_str(), desk.in_minutes(74).as_str()));
        assert_eq!(take(&other).await.expect(200).id(), late, "another team's people, when nothing waits there");
    }
}

on_both! {
    async fn the_one_who_promised_has_half_the_window_then_anybody_keeps_the_promise(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(20, 80).await;
        let other = program(&desk, json!({ "name": "another", "role": "agent" })).await;
        take(&other).await.expect(204);
        desk.pass(TimeDelta::minutes(49));
        take(&other).await.expect(204);
        desk.pass(TimeDelta::minutes(1));
        let taken = take(&other).await.expect(200);
        assert_eq!((taken.id(), taken.str("/why/reason")), (case.id.as_str(), "call_back_due"));
        let kept = case.agent.get(&format!("{CALL_BACKS}/{promise}")).await.expect(200);
        assert_eq!(kept.str("/owner"), "another", "the call goes with the complaint");
        assert_eq!(case.last_entry().await["after"]["call_backs"], json!([promise]));
        take(&case.agent).await.expect(204);
    }
}

on_both! {
    async fn people_get_the_work_of_their_teams_and_then_what_no_team_holds(desk) {
        let (theirs, ours, free) = (logged(&desk, json!({})).await, logged(&desk, json!({})).await, logged(&desk, json!({ "severity": "critical" })).await);
        let (one, two) = (team(&desk, "One", &[]).await, team(&desk, "Two", &[]).await);
        give(&desk, &theirs, &one).await;
        give(&desk, &ours, &two).await;
        hire(&desk, "zhao.lei", "agent").await;
        let two_people = person::signed_in(&desk, "sun.li", "agent").await;
        let id = crate::staff::id_of(&desk, "sun.li").await;
        let path = format!("/api/v1/teams/{two}/members/{id}");
        desk.client(Role::Admin).put(&path, &json!({})).await.expect(200);
        let sun_li = two_people.client();
        assert_eq!(take(&sun_li).await.expect(200).id(), ours);
        assert_eq!(take(&sun_li).await.expect(200).id(), free);
        take(&sun_li).await.expect(204);
        assert_eq!(take(&of_team(&desk, "robot", &one).await).await.expect(200).str("/complaint/owner"), "robot");
        take(&desk.agent()).await.expect(204);
    }
}

on_both! {
    async fn what_somebody_has_is_not_handed_out_again(desk) {
        let held = logged(&desk, json!({ "owner": "mary", "severity": "critical" })).await;
        let free = logged(&desk, json!({ "severity": "low" })).await;
        assert_eq!(take(&desk.agent()).await.expect(200).id(), free);
        take(&desk.agent()).await.expect(204);
        let path = format!("{COMPLAINTS}/{held}/assign");
        desk.agent().post(&path, &json!({ "owner": null })).await.expect(200);
        assert_eq!(take(&desk.agent()).await.expect(200).id(), held);
    }
}

on_both! {
    async fn what_waits_for_somebody_else_comes_up_when_it_is_nearly_due(desk) {
        enforce(&desk, "ours", &crate::clocks::policy(&[crate::clocks::metric("keep_informed", "keep_informed", 480)])).await;
        desk.pass(TimeDelta::seconds(1));
        let case = Case::logged(&desk).await;
        case.post("wait", &json!({ "ball_with": "third_party", "reason": "the carrier" })).await.expect(200);
        take(&desk.agent()).await.expect(204);
        let due: hark::clock::Moment = case.get().await.str("/next_due_at").parse().unwrap();
        desk.pass(due - desk.now() - TimeDelta::hours(4) - TimeDelta::minutes(1));
        take(&desk.agent()).await.expect(204);
        desk.pass(TimeDelta::minutes(1));
        assert_eq!(take(&desk.agent()).await.expect(200).id(), case.id);
    }
}

on_both! {
    /// However many more urgent ones come in: three a day, each due within hours, and one is taken in eight hours.
    async fn nothing_is_starved(desk) {
        let forgotten = logged(&desk, json!({ "severity": "low" })).await;
        let mut days = 0;
        loop {
            for _ in 0..3 {
                logged(&desk, json!({ "severity": "critical" })).await;
                desk.pass(TimeDelta::hours(8));
                logged(&desk, json!({ "severity": "critical" })).await;
                if take(&desk.agent()).await.expect(200).id() == forgotten {
                    assert!((7..=20).contains(&days), "after {days} days");
                    return;
                }
            }
            days += 1;
            assert!(days < 30, "a complaint without a deadline never comes up");
        }
    }
}

on_both! {
    async fn a_repeated_request_gives_the_same_piece(desk) {
        for _ in 0..3 {
            logged(&desk, json!({})).await;
        }
        let keyed = desk.agent().with("idempotency-key", "next");
        let first = take(&keyed).await.expect(200);
        assert_eq!(take(&keyed).await.expect(200).text, first.text);
        assert_ne!(take(&desk.agent()).await.expect(200).id(), first.id());
        assert_eq!(desk.count("SELECT count(*) AS n FROM work_queue WHERE owner IS NULL"), 1);
        take(&desk.agent()).await.expect(200);
        let keyed = desk.agent().with("idempotency-key", "again");
        take(&keyed).await.expect(204);
        logged(&desk, json!({})).await;
        take(&keyed).await.expect(204);
    }
}

on_both! {
    async fn who_does_not_handle_complaints_takes_none(desk) {
        logged(&desk, json!({})).await;
        for role in [Role::Operations, Role::Sales, Role::Auditor] {
            take(&desk.client(role)).await.expect_problem(403, "auth.forbidden");
        }
        desk.anonymous().send(reqwest::Method::POST, TAKE, None).await.expect(401);
    }
}

on_both! {
    /// As an older process leaves them, which knows of no queue; until the job comes by.
    async fn a_row_that_is_wrong_stands_in_nobodys_way(desk) {
        let (owned, closed, free) = (logged(&desk, json!({ "severity": "critical" })).await, logged(&desk, json!({ "severity": "critical" })).await, logged(&desk, json!({ "severity": "low" })).await);
        desk.agent().post(&format!("{COMPLAINTS}/{owned}/assign"), &json!({ "owner": "mary" })).await.expect(200);
        desk.execute("UPDATE work_queue SET owner = NULL");
        let row = "complaint_id, team_id, line, owner, urgent_at, basis, promised_from, held_by, reserved, free_from, needs, within_minutes, entered_at";
        desk.execute(&format!("CREATE TABLE kept AS SELECT {row} FROM work_queue"));
        desk.agent().post(&format!("{COMPLAINTS}/{closed}/withdraw"), &json!({ "reason": "no more" })).await.expect(200);
        desk.execute("DELETE FROM work_queue");
        desk.execute(&format!("INSERT INTO work_queue ({row}) SELECT {row} FROM kept"));
        desk.execute("DROP TABLE kept");
        assert_eq!(take(&desk.agent()).await.expect(200).id(), free);
        take(&desk.agent()).await.expect(204);
        desk.app.db.read(crate::work::assert_queued).await.unwrap();
    }
}
