//! Canned texts without scripts: written, filled in for a complaint, changed, retired.

use hark::domain::staff::Role;
use serde_json::json;

use super::{admin, fill};
use crate::fixtures::Case;
use crate::on_both;
use crate::pages::Reader;

const LIST: &str = "/admin/texts";
const NEW: &str = "/admin/texts/text";

on_both! {
    async fn a_text_is_written_seen_filled_in_changed_and_retired(desk) {
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        lead.get(LIST).await.expect(200).says("There is no text yet").says("{customer.name}");
        let page = lead.get(NEW).await;
        let wrong = fill(&mut lead, &page, NEW, &[("text-title", "We call you"), ("text-wordings-0-language", "zh-CN"), ("text-wordings-0-body", "您好 {customer.phone}"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["text-slug"]);
        let wrong = fill(&mut lead, &wrong, NEW, &[("text-slug", "we_call"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["text-wordings-0-body"]);
        let written = fill(&mut lead, &wrong, NEW, &[("text-wordings-0-body", "{customer.name}，您好！编号 {complaint.reference}"), ("do", "save")]).await;
        let own = "/admin/texts/text/we_call";
        let page = lead.follow(&written).await;
        page.says("It is there now").says("We call you");
        // A new one does not take its place.
        let again = lead.get(NEW).await;
        let again = fill(&mut lead, &again, NEW, &[("text-title", "Other"), ("text-slug", "we_call"), ("text-wordings-0-body", "x"), ("do", "save")]).await;
        assert_eq!(again.expect(422).wrong_fields(), ["text-slug"]);
        let case = Case::logged(&desk).await;
        let reference = case.get().await.str("/reference").to_owned();
        let tried = lead.get(&format!("{own}?try-reference={reference}")).await;
        tried.expect(200).says("As it would be sent: Chinese, for everybody").says(&format!("编号 {reference}"));
        let nowhere = lead.get(&format!("{own}?try-reference=AAAA-AAAA")).await;
        assert_eq!(nowhere.expect(422).wrong_fields(), ["try-reference"]);
        let audit = desk.client(Role::Auditor).get("/api/v1/audit/events?action=complaint.text_previewed").await.expect(200);
        assert_eq!(audit.json["items"].as_array().unwrap().len(), 1, "whose record was shown is told");
        let more = fill(&mut lead, &page, own, &[("do", "more:wordings")]).await;
        let changed = fill(&mut lead, &more, own, &[("text-wordings-1-language", "en"), ("text-wordings-1-customer_type", "angry"), ("text-wordings-1-body", "We are sorry."), ("do", "save")]).await;
        lead.follow(&changed).await.says("The change is kept");
        lead.get(LIST).await.says("English, Angry").says("We are sorry.");
        let late = fill(&mut lead, &page, own, &[("text-title", "Too late"), ("do", "save")]).await;
        late.expect(412);
        // What a macro sends stays.
        let sends = json!({ "title": "Call", "actions": [{ "do": "send_message", "text": "we_call" }] });
        desk.client(Role::Lead).put("/api/v1/macros/call", &sends).await.expect(201);
        let page = lead.get(own).await;
        let used = fill(&mut lead, &page, own, &[("do", "remove")]).await;
        used.expect(409);
        desk.client(Role::Lead).send(reqwest::Method::DELETE, "/api/v1/macros/call", None).await.expect(200);
        let page = lead.get(own).await;
        let gone = fill(&mut lead, &page, own, &[("do", "remove")]).await;
        lead.follow(&gone).await.says("It is retired").says("There is no text yet");
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        agent.get(LIST).await.expect(200).is_silent_about("Write a text");
        agent.get(NEW).await.expect(403);
        admin(&desk).await.get(own).await.expect(404);
    }
}
