//! Rules of routing without scripts: the list for experts, and one rule by its form.

use hark::domain::staff::Role;
use serde_json::json;

use super::{admin, fill, send};
use crate::fixtures::Case;
use crate::on_both;
use crate::pages::{Reader, with_hidden};

on_both! {
    async fn rules_of_routing_are_tried_kept_and_brought_into_force(desk) {
        let mut admin = admin(&desk).await;
        let team = desk.client(Role::Admin).post("/api/v1/teams", &json!({ "name": "Billing" })).await.expect(201).id().to_owned();
        Case::logged(&desk).await;
        let page = admin.get("/admin/routing").await;
        page.expect(200).says("No rules are written").says("Write a rule");
        let rules = json!([{ "slug": "all", "team": team }]).to_string();
        let hidden = page.hidden("/admin/routing");
        let fields = [("rules-document", rules.as_str())];
        let tried = admin.post("/admin/routing/try", &with_hidden(&hidden, &fields)).await;
        tried.expect(200).says("with 1 complaints").says("Billing");
        let wrong = send(&mut admin, &tried, "/admin/routing", &[("rules-document", "[{}]")]).await;
        wrong.expect(422);
        assert_eq!(wrong.wrong_fields(), ["rules-document"]);
        let kept = send(&mut admin, &wrong, "/admin/routing", &fields).await;
        let page = admin.follow(&kept).await;
        page.says("not in force");
        let on = send(&mut admin, &page, "/admin/routing/activate", &[]).await;
        let page = admin.follow(&on).await;
        page.says("Version1 Statein force");
        let off = send(&mut admin, &page, "/admin/routing/deactivate", &[]).await;
        admin.follow(&off).await.says("not in force");
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        let page = lead.get("/admin/routing").await;
        page.expect(200).says("Try on the last complaints").is_silent_about("Save");
    }
}

on_both! {
    async fn a_rule_of_routing_is_written_by_its_form(desk) {
        let mut admin = admin(&desk).await;
        let team = desk.client(Role::Admin).post("/api/v1/teams", &json!({ "name": "Billing" })).await.expect(201).id().to_owned();
        let path = "/admin/routing/rule";
        let page = admin.get(path).await;
        page.expect(200).says("Write a rule");
        let wrong = fill(&mut admin, &page, path, &[("rule-name", "Bills"), ("rule-within_minutes", "soon"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["rule-slug", "rule-team", "rule-within_minutes"]);
        assert_eq!((wrong.value("rule-name"), wrong.value("rule-within_minutes")), ("Bills".to_owned(), "soon".to_owned()));
        let fields = [("rule-slug", "bills"), ("rule-team", team.as_str()), ("rule-conditions-categories", "billing"), ("rule-conditions-categories", "my_own, another"), ("rule-conditions-severities", "high"), ("rule-skills-own_language", "1"), ("rule-within_minutes", "90")];
        let kept = fill(&mut admin, &wrong, path, &[&fields[..], &[("do", "save")]].concat()).await;
        let page = admin.follow(&kept).await;
        page.says("Bills").says("bills and prices, my own or another").says("Severity: high").says("Billing – whoever asks for the next piece of work").says("something within 1 h 30 min");
        let written = desk.client(Role::Operations).get("/api/v1/routing").await.expect(200);
        assert_eq!((&written.json["rules"][0]["conditions"]["categories"], &written.json["rules"][0]["within_minutes"]), (&json!(["billing", "my_own", "another"]), &json!(90)));
        // What the domain alone knows goes to its field too: who shouts is not served first for it.
        let own = "/admin/routing/rule/bills";
        let page = admin.get(own).await;
        let held = page.fields(own);
        let others: Vec<(&str, &str)> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| !name.starts_with("rule-conditions")).collect();
        let refused = admin.post(own, &[&others[..], &[("rule-conditions-customer_types", "angry"), ("do", "save")]].concat()).await;
        assert_eq!(refused.expect(422).wrong_fields(), ["rule-within_minutes"]);
        // Another one, before it.
        let page = admin.get(path).await;
        let second = fill(&mut admin, &page, path, &[("rule-slug", "first"), ("rule-team", &team), ("rule-after", "-"), ("do", "save")]).await;
        admin.follow(&second).await.expect(200);
        let order = desk.client(Role::Operations).get("/api/v1/routing").await.expect(200);
        assert_eq!([&order.json["rules"][0]["slug"], &order.json["rules"][1]["slug"]], ["first", "bills"]);
        let page = admin.get(own).await;
        let gone = send(&mut admin, &page, own, &[("do", "remove")]).await;
        admin.follow(&gone).await.is_silent_about("Bills");
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        lead.get("/admin/routing/rule/first").await.expect(200).is_silent_about("Keep as a new version");
    }
}
