//! Rules on events and time without scripts: in words, by a form, tried, published, and what they did.

use hark::domain::staff::Role;
use serde_json::json;

use super::{admin, fill, send};
use crate::fixtures::Case;
use crate::on_both;
use crate::pages::Reader;

const LIST: &str = "/admin/rules";
const NEW: &str = "/admin/rules/rule";

/// A rule that notes something on every complaint that comes in.
const NOTES: [(&str, &str); 6] = [
    ("rule-slug", "note_it"),
    ("rule-name", "Look at what comes in"),
    ("rule-on-event", "received"),
    ("rule-conditions-complaint-kinds", "complaint"),
    ("rule-then-0-do", "add_note"),
    ("rule-then-0-body", "Look at this today."),
];

on_both! {
    async fn a_rule_is_written_by_a_form_tried_published_and_told_in_the_log(desk) {
        let mut admin = admin(&desk).await;
        admin.get(LIST).await.expect(200).says("No rule is written yet");
        let page = admin.get(NEW).await;
        // What belongs to another event or action is not asked for.
        let wrong = fill(&mut admin, &page, NEW, &[("rule-on-event", "time_passed"), ("rule-on-metrics", "first_response"), ("rule-then-0-do", "wait"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["rule-slug", "rule-on-time-minutes", "rule-on-time-since", "rule-then-0-ball_with", "rule-then-0-reason"]);
        Case::logged(&desk).await;
        let tried = fill(&mut admin, &page, NEW, &[&NOTES[..], &[("do", "try")]].concat()).await;
        tried.expect(200).says("with the last 1 complaints").says("note_it11").says("a complaint came in · Kind: Complaint");
        let none = fill(&mut admin, &page, NEW, &[&NOTES[..], &[("rule-conditions-tags", "vip"), ("do", "try")]].concat()).await;
        none.expect(200).says("No rule would have done anything");
        let client = desk.client(Role::Admin);
        assert_eq!(client.get("/api/v1/rules").await.expect(200).json["version"], 0, "trying keeps nothing");
        let kept = fill(&mut admin, &tried, NEW, &[&NOTES[..], &[("do", "save")]].concat()).await;
        let page = admin.follow(&kept).await;
        page.says("The new version is kept").says("not in force").says("Look at what comes in");
        page.says("Whena complaint came in").says("IfKind: Complaint").says("Write a note among ourselves: “Look at this today.”");
        let on = send(&mut admin, &page, "/admin/rules/activate", &[]).await;
        admin.follow(&on).await.says("Statein force");
        let case = Case::logged(&desk).await;
        desk.run_jobs().await;
        let reference = case.get().await.str("/reference").to_owned();
        let log = admin.get("/admin/rules/log").await;
        log.expect(200).says(&reference).says("Look at what comes in, version 1").is_silent_about("note_it, version").says("Write a note among ourselves: done");
        admin.get("/admin/rules/log?log-rule=another").await.says("No rule has done anything yet");
        admin.get("/admin/rules/log?log-rule=note_it&log-outcome=done").await.says(&reference);
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        lead.get(LIST).await.expect(200).says("Look at what comes in").is_silent_about("Write a rule");
        lead.get(NEW).await.expect(403);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        agent.get(LIST).await.expect(403);
        let page = admin.get(LIST).await;
        let off = send(&mut admin, &page, "/admin/rules/deactivate", &[]).await;
        admin.follow(&off).await.says("Statenot in force");
    }
}

on_both! {
    async fn buttons_add_and_take_away_actions_and_keep_nothing(desk) {
        let mut admin = admin(&desk).await;
        let page = admin.get(NEW).await;
        let more = fill(&mut admin, &page, NEW, &[&NOTES[..], &[("do", "more:then")]].concat()).await;
        assert_eq!(more.expect(200).value("rule-then-0-body"), "Look at this today.");
        let more = fill(&mut admin, &more, NEW, &[("rule-then-1-do", "tag"), ("rule-then-1-tags", "urgent, vip"), ("do", "up-1:then")]).await;
        assert_eq!((more.value("rule-then-0-tags"), more.value("rule-then-1-body")), ("urgent, vip".to_owned(), "Look at this today.".to_owned()));
        let fewer = fill(&mut admin, &more, NEW, &[("do", "drop-1:then")]).await;
        assert!(!fewer.html.contains("rule-then-1-do"));
        let kept = fill(&mut admin, &fewer, NEW, &[("do", "save")]).await;
        admin.follow(&kept).await.says("Put tags on it: urgent vip");
        let client = desk.client(Role::Admin);
        let now = client.get("/api/v1/rules").await.expect(200);
        assert_eq!((&now.json["version"], &now.json["rules"][0]["then"]), (&json!(1), &json!([{ "do": "tag", "tags": ["urgent", "vip"] }])));
    }
}

on_both! {
    async fn who_changes_what_somebody_else_has_changed_is_told_and_keeps_what_was_typed(desk) {
        let mut admin = admin(&desk).await;
        let page = admin.get(NEW).await;
        fill(&mut admin, &page, NEW, &[&NOTES[..], &[("do", "save")]].concat()).await.expect(303);
        let own = "/admin/rules/rule/note_it";
        let stale = admin.get(own).await;
        assert_eq!(stale.value("rule-then-0-body"), "Look at this today.");
        let changed = fill(&mut admin, &stale, own, &[("rule-name", "Changed first"), ("do", "save")]).await;
        admin.follow(&changed).await.says("Changed first");
        let mut other = Reader::signed_in(&desk, "second.admin", "admin").await;
        let mut fields = stale.fields(own);
        let token = other.get(own).await.fields(own).into_iter().find(|(name, _)| name == "csrf_token").unwrap();
        fields.retain(|(name, _)| name != "csrf_token" && name != "rule-name" && name != "form_key");
        let mut late: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        late.extend([("csrf_token", token.1.as_str()), ("rule-name", "Changed late"), ("do", "save")]);
        let refused = other.post(own, &late).await;
        refused.expect(412).says("Something has changed");
        assert_eq!(refused.value("rule-name"), "Changed late");
        // The version before is still there to be seen and brought into force again.
        let old = admin.get("/admin/rules?version=1").await;
        old.expect(200).says("Look at what comes in").is_silent_about("Changed first");
        let on = send(&mut admin, &old, "/admin/rules/activate", &[]).await;
        admin.follow(&on).await.says("version 1 is in force");
        admin.get("/admin/rules?version=7").await.expect(404);
        admin.get("/admin/rules/rule/nothing").await.expect(404);
    }
}

on_both! {
    async fn the_whole_list_is_tried_and_kept_as_a_document(desk) {
        let mut admin = admin(&desk).await;
        let page = admin.get(LIST).await;
        let broken = send(&mut admin, &page, LIST, &[("rules-document", "[{\"slug\": \"x\"}]")]).await;
        broken.expect(422).says("/rules/0/on");
        assert_eq!(broken.wrong_fields(), ["rules-document"]);
        let rules = json!([{ "slug": "late", "on": { "event": "time_passed", "time": { "minutes": 240, "since": "waiting_for_customer" } }, "then": [{ "do": "assign_to_lead" }] }]).to_string();
        let hidden = broken.hidden(LIST);
        let fields = [("rules-document", rules.as_str())];
        let tried = admin.post("/admin/rules/try", &crate::pages::with_hidden(&hidden, &fields)).await;
        tried.expect(200).says("with the last 0 complaints");
        let kept = send(&mut admin, &tried, LIST, &fields).await;
        admin.follow(&kept).await.says("4 h have passed since we wait for the customer").says("Give it to the lead of its team");
        let mut chinese = admin.clone().with("accept-language", "zh");
        chinese.get(LIST).await.says("自动规则").says("交给团队组长");
    }
}
