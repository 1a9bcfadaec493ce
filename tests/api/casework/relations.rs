//! Relations between complaints, and merging.

use serde_json::json;

use crate::fixtures::{COMPLAINTS, Case, PUBLIC, by_web, merged, reason};
use crate::journeys::upheld;
use crate::on_both;
use crate::support::Desk;
use crate::work::logged;

async fn relate(case: &Case<'_>, other: &str, kind: &str) -> crate::support::Reply {
    case.put(
        &format!("relations/{other}"),
        &json!({ "kind": kind, "reason": "one leak" }),
    )
    .await
}

/// Two complaints that one customer has filed, with the private link of each.
async fn two(desk: &Desk) -> ((Case<'_>, String), (Case<'_>, String)) {
    (Case::filed(desk).await, Case::filed(desk).await)
}

on_both! {
    async fn a_whole_is_closed_after_its_parts(desk) {
        let (whole, part) = (Case::worked(&desk).await, Case::logged(&desk).await);
        relate(&part, &whole.id, "child").await.expect(200);
        let links = whole.list("links").await;
        assert_eq!((links.str("/children/0/id"), links.str("/children/0/reason")), (part.id.as_str(), "one leak"));
        assert_eq!(part.list("links").await.str("/parent/id"), whole.id);
        whole.skip("call_back", "customer_declined").await.expect(200);
        whole.refuses("close", &upheld(), 409, "closing.open_children").await;
        part.post("withdraw", &reason("found it")).await.expect(200);
        whole.post("close", &upheld()).await.expect(200);
        let open = Case::logged(&desk).await;
        relate(&open, &whole.id, "child").await.expect_problem(409, "complaint.closed");
    }
}

on_both! {
    async fn parts_go_in_no_circle_and_are_of_one_whole(desk) {
        let (a, b, c) = (Case::logged(&desk).await, Case::logged(&desk).await, Case::logged(&desk).await);
        relate(&a, &b.id, "child").await.expect(200);
        relate(&b, &c.id, "child").await.expect(200);
        relate(&c, &a.id, "child").await.expect_problem(409, "complaint.circular_link");
        relate(&a, &c.id, "parent").await.expect_problem(409, "complaint.circular_link");
        relate(&a, &a.id, "related").await.expect_problem(409, "complaint.circular_link");
        relate(&a, &c.id, "child").await.expect_invalid(&["/kind"]);
        let path = format!("{}/relations/{}", a.path(), b.id);
        a.agent.send(reqwest::Method::DELETE, &path, None).await.expect(200);
        a.agent.send(reqwest::Method::DELETE, &path, None).await.expect_problem(404, "resource.not_found");
        relate(&c, &a.id, "child").await.expect(200);
        relate(&a, &b.id, "related").await.expect(200);
        assert_eq!(b.list("links").await.str("/related/0/id"), a.id);
    }
}

on_both! {
    async fn a_merged_complaint_ends_as_a_duplicate_and_its_link_leads_to_the_other(desk) {
        let ((survivor, own_link), (case, link)) = two(&desk).await;
        let merge = json!({ "into": survivor.id, "reason": "the same door" });
        let promise = case.promise(10, 60).await;
        case.refuses("merge", &merge, 409, "closing.open_promise").await;
        case.call_back(&promise, "cancel", &reason("no need")).await.expect(200);
        let merged = case.post("merge", &merge).await.expect(200);
        assert_eq!((merged.str("/state"), merged.str("/decision"), merged.str("/duplicate_of")), ("closed", "duplicate", survivor.id.as_str()));
        let anybody = desk.anonymous();
        let (seen, own) = (anybody.get(&link).await.expect(200), anybody.get(&own_link).await.expect(200));
        assert_eq!(seen.text, own.text);
        anybody.post(&format!("{link}/messages"), &json!({ "body": "Is it the same?" })).await.expect(200);
        assert_eq!(survivor.list("messages").await.items().last().unwrap()["body"], "Is it the same?");
        assert!(case.list("messages").await.items().is_empty());
        let clocks = case.list("clocks").await;
        assert!(!clocks.text.contains("\"running\""), "{}", clocks.text);
        case.refuses("reopen", &reason("no"), 409, "merge.stands").await;
        assert_eq!(survivor.list("links").await.str("/duplicates/0/id"), case.id);
        assert!(survivor.actions().await.contains(&"merged_in".to_owned()));
    }
}

on_both! {
    async fn undoing_a_merge_gives_back_the_steps_the_link_and_what_it_repeated(desk) {
        let ((survivor, _), (case, link)) = two(&desk).await;
        case.work().await;
        let before = case.get().await;
        case.post("merge", &json!({ "into": survivor.id, "reason": "the same door" })).await.expect(200);
        let undone = case.post("unmerge", &reason("two doors")).await.expect(200);
        assert_eq!((undone.str("/state"), undone.at("/duplicate_of")), ("in_handling", before.at("/duplicate_of")));
        assert_eq!(undone.at("/step"), before.at("/step"), "the steps that were done stand");
        let seen = desk.anonymous().get(&link).await.expect(200);
        assert_eq!(seen.str("/reference"), before.str("/reference"));
        case.post("unmerge", &reason("again")).await.expect_problem(409, "merge.none");
        let merges = case.list("links").await;
        assert_eq!(merges.str("/merges/0/undone_reason"), "two doors");
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &upheld()).await.expect(200);
    }
}

on_both! {
    async fn complaints_of_other_customers_and_closed_ones_take_nothing_in(desk) {
        let (case, _) = Case::filed(&desk).await;
        let stranger = logged(&desk, json!({})).await;
        let into = |id: &str| json!({ "into": id, "reason": "the same" });
        case.refuses("merge", &into(&stranger), 409, "merge.other_customer").await;
        case.refuses("merge", &into(&case.id), 409, "complaint.circular_link").await;
        case.post("merge", &into("00000000-0000-7000-8000-000000000000")).await.expect_invalid(&["/into"]);
        let (second, _) = Case::filed(&desk).await;
        second.post("withdraw", &reason("found it")).await.expect(200);
        case.refuses("merge", &into(&second.id), 409, "complaint.closed").await;
    }
}

on_both! {
    async fn two_that_are_merged_into_each_other_at_once_are_not_both_closed(desk) {
        for _ in 0..8 {
            let ((first, _), (second, _)) = two(&desk).await;
            let (one, other) = (json!({ "into": second.id, "reason": "x" }), json!({ "into": first.id, "reason": "x" }));
            let (a, b) = tokio::join!(first.post("merge", &one), second.post("merge", &other));
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{} {}", a.text, b.text);
            let states = [first.get().await.str("/state").to_owned(), second.get().await.str("/state").to_owned()];
            assert_eq!(states.iter().filter(|state| *state == "closed").count(), 1);
        }
    }
}

on_both! {
    async fn two_merges_of_one_complaint_at_once_are_one(desk) {
        let ((first, _), (second, _)) = two(&desk).await;
        let (case, _) = Case::filed(&desk).await;
        let (one, other) = (json!({ "into": first.id, "reason": "x" }), json!({ "into": second.id, "reason": "x" }));
        let (a, b) = tokio::join!(case.post("merge", &one), case.post("merge", &other));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", a.text, b.text);
        assert_eq!(desk.rows("complaint_merges"), 1);
        let filed = desk.anonymous().post(PUBLIC, &merged(by_web(), json!({ "subject": "another" }))).await.expect(201);
        let list = format!("{COMPLAINTS}?reference={}", filed.str("/reference"));
        assert_eq!(desk.agent().get(&list).await.expect(200).at("/items/0/duplicate_of"), &json!(null));
    }
}
