//! Macros without scripts: written, tried on a complaint, changed, retired.

use hark::domain::staff::Role;
use serde_json::json;

use super::fill;
use crate::fixtures::Case;
use crate::on_both;
use crate::pages::Reader;

const LIST: &str = "/admin/macros";
const NEW: &str = "/admin/macros/macro";

on_both! {
    async fn a_macro_is_written_tried_changed_and_retired(desk) {
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        lead.get(LIST).await.expect(200).says("There is no macro yet");
        let page = lead.get(NEW).await;
        let wrong = fill(&mut lead, &page, NEW, &[("macro-slug", "Not a slug"), ("macro-title", "Ask"), ("macro-actions-0-do", "set_severity"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["macro-actions-0-severity"]);
        let wrong = fill(&mut lead, &wrong, NEW, &[("macro-actions-0-severity", "high"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["macro-slug"]);
        let written = fill(&mut lead, &wrong, NEW, &[("macro-slug", "ask_again"), ("do", "save")]).await;
        let own = "/admin/macros/macro/ask_again";
        let page = lead.follow(&written).await;
        page.says("It is there now");
        let more = fill(&mut lead, &page, own, &[("do", "more:actions")]).await;
        let changed = fill(&mut lead, &more, own, &[("macro-actions-1-do", "assign"), ("macro-actions-1-owner", "-"), ("do", "save")]).await;
        lead.follow(&changed).await.says("The change is kept");
        let actions = desk.client(Role::Lead).get("/api/v1/macros/ask_again").await.expect(200);
        assert_eq!(actions.json["actions"], json!([{ "do": "set_severity", "severity": "high" }, { "do": "assign", "owner": null }]));
        lead.get(LIST).await.says("Set the severity: high").says("Give it to: nobody");
        // A category that is known, and one of the desk's own.
        let page = lead.get(NEW).await;
        let fields = [("macro-slug", "sort_it"), ("macro-title", "Sort it"), ("macro-actions-0-do", "set_category"), ("macro-actions-0-category", "cable_cut"), ("do", "save")];
        let sorted = fill(&mut lead, &page, NEW, &fields).await;
        lead.follow(&sorted).await.says("It is there now");
        let actions = desk.client(Role::Lead).get("/api/v1/macros/sort_it").await.expect(200);
        assert_eq!(actions.json["actions"], json!([{ "do": "set_category", "category": "cable_cut" }]));
        let page = lead.get("/admin/macros/macro/sort_it").await;
        assert!(page.html.contains("name=\"macro-actions-0-category\" value=\"cable_cut\""), "{}", page.html);
        let case = Case::logged(&desk).await;
        let before = case.get().await.json;
        let reference = before["reference"].as_str().unwrap().to_owned();
        let tried = lead.get(&format!("{own}?try-reference={reference}")).await;
        tried.expect(200).says("What it would do with the complaint").says("changes something");
        assert_eq!(case.get().await.json, before, "nothing is changed");
        let nowhere = lead.get(&format!("{own}?try-reference=nothing")).await;
        assert_eq!(nowhere.expect(422).wrong_fields(), ["try-reference"]);
        let page = lead.get(own).await;
        let gone = fill(&mut lead, &page, own, &[("do", "remove")]).await;
        lead.follow(&gone).await.says("It is retired");
        lead.get(own).await.expect(404);
    }
}
