//! Two people save the same thing: the second is shown both versions, and loses nothing.

use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::audit::trail::events;
use crate::fixtures::Case;
use crate::on_both;
use crate::staff::{admin, team};
use crate::support::person;

fn feeling(text: &str) -> Value {
    json!({ "record": { "feeling": text } })
}

on_both! {
    async fn the_second_who_saves_a_step_is_shown_what_the_first_wrote_and_what_they_sent(desk) {
        let case = Case::worked(&desk).await;
        let read = case.get().await.etag().to_owned();
        let sun_li = person::signed_in(&desk, "sun.li", "agent").await.client();
        let zhao_lei = person::signed_in(&desk, "zhao.lei", "agent").await.client();
        let path = format!("{}/steps/accept_feelings", case.path());
        let draft = format!("{}/drafts/step", case.path());
        zhao_lei.put(&draft, &json!({ "typed": "sad, and she cried", "based_on": 2 })).await.expect(200);
        sun_li.if_match(&read).put(&path, &feeling("furious")).await.expect(200);
        let late = zhao_lei.with("x-request-id", "second-one").if_match(&read);
        let refused = late.put(&path, &feeling("sad, and she cried")).await.expect_problem(412, "request.precondition_failed");
        assert_eq!((refused.at("/conflict/version_read"), refused.at("/conflict/version_now")), (&json!(2), &json!(3)));
        let change = json!([{ "action": "steps_amended", "actor": "sun.li", "at": desk.now().to_string() }]);
        assert_eq!(refused.at("/conflict/changes"), &change);
        let current = refused.at("/conflict/current/accept_feelings");
        assert_eq!((&current["record"]["feeling"], &current["agent"]), (&json!("furious"), &json!("test agent")));
        assert_eq!(current["amended_at"], desk.now().to_string());
        assert_eq!(refused.at("/conflict/sent"), &json!({ "accept_feelings": { "feeling": "sad, and she cried" } }));
        let told = events(&desk, "request_id=second-one").await;
        assert_eq!((told.len(), told[0]["action"].as_str()), (1, Some("complaint.conflict_shown")), "what is shown is on record");
        assert_eq!(zhao_lei.get(&draft).await.expect(200).str("/typed"), "sad, and she cried");
        // Once they have looked at it, they save it on the version there is.
        let now = case.get().await.etag().to_owned();
        zhao_lei.if_match(&now).put(&path, &feeling("furious, then sad")).await.expect(200);
        zhao_lei.get(&draft).await.expect(404);
    }
}

on_both! {
    async fn the_second_who_corrects_the_intake_is_shown_where_the_two_differ(desk) {
        let case = Case::logged(&desk).await;
        let read = case.get().await.etag().to_owned();
        case.edit(&json!({ "subject": "The door is broken", "severity": "high" })).await.expect(200);
        let edit = json!({ "subject": "The door is scratched", "severity": "high", "product": "W-700" });
        let refused = case.agent.if_match(&read).patch(&case.path(), &edit).await.expect_problem(412, "request.precondition_failed");
        assert_eq!(refused.at("/conflict/current/subject"), "The door is broken");
        assert_eq!(refused.at("/conflict/sent/subject"), "The door is scratched");
        assert_eq!(refused.at("/conflict/sent/product"), "W-700");
        assert!(refused.at("/conflict/sent").get("severity").is_none(), "they agree on it: {}", refused.text);
        assert_eq!(case.get().await.str("/subject"), "The door is broken");
    }
}

on_both! {
    async fn every_conflict_on_a_complaint_says_what_was_done_meanwhile_and_by_whom(desk) {
        let case = Case::worked(&desk).await;
        let read = case.get().await.etag().to_owned();
        let sun_li = person::signed_in(&desk, "sun.li", "agent").await.client();
        sun_li.post(&format!("{}/notes", case.path()), &json!({ "body": "Ms Li called again" })).await.expect(200);
        case.promise(10, 20).await;
        let bodies = [
            ("notes", json!({ "body": "x" })),
            ("messages", json!({ "body": "x" })),
            ("assign", json!({ "owner": "mary" })),
            ("wait", json!({ "ball_with": "customer", "reason": "a photo" })),
            ("withdraw", json!({ "reason": "no more" })),
            ("close", crate::journeys::upheld()),
        ];
        for (action, body) in bodies {
            let refused = case.agent.if_match(&read).post(&format!("{}/{action}", case.path()), &body).await;
            let refused = refused.expect_problem(412, "request.precondition_failed");
            let changes = refused.at("/conflict/changes").as_array().unwrap();
            let told: Vec<_> = changes.iter().map(|one| (one["action"].as_str().unwrap(), one["actor"].as_str().unwrap())).collect();
            assert_eq!(told, [("note_written", "sun.li"), ("call_back_promised", "test agent")], "{action}");
            assert!(!refused.text.contains("Ms Li"), "{}", refused.text);
        }
    }
}

on_both! {
    async fn a_conflict_shows_nothing_to_those_who_may_not_change_the_complaint(desk) {
        let (case, link) = Case::filed(&desk).await;
        case.work().await;
        let read = case.get().await.etag().to_owned();
        let sun_li = person::signed_in(&desk, "sun.li", "agent").await.client();
        case.put("steps/accept_feelings", &feeling("furious")).await.expect(200);
        let broadband = team(&desk, "Broadband", &[]).await;
        admin(&desk).post(&format!("{}/assign", case.path()), &json!({ "team": broadband })).await.expect(200);
        let path = format!("{}/steps/accept_feelings", case.path());
        let refused = sun_li.if_match(&read).put(&path, &feeling("sad")).await;
        assert!(!refused.expect_problem(403, "auth.other_team").text.contains("furious"));
        desk.client(Role::Operations).if_match(&read).put(&path, &feeling("sad")).await.expect(403);
        // Customers are not told who works here, nor on what.
        let stale = desk.anonymous().if_match(&read).post(&format!("{link}/messages"), &json!({ "body": "hello" })).await;
        let stale = stale.expect_problem(412, "request.precondition_failed");
        assert!(stale.json.get("conflict").is_none(), "{}", stale.text);
    }
}
