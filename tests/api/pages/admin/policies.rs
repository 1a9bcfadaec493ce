//! Policies by their form, without scripts.

use hark::domain::staff::Role;
use serde_json::json;

use super::{fill, send};
use crate::on_both;
use crate::pages::Reader;

const OURS: &str = "/admin/policies/standard_service";

on_both! {
    async fn a_policy_is_changed_by_its_form_and_what_is_not_touched_stays(desk) {
        let mut operations = Reader::signed_in(&desk, "zhao.lei", "operations").await;
        let list = operations.get("/admin/policies").await;
        send(&mut operations, &list, "/admin/packs/standard_service", &[]).await.expect(303);
        let client = desk.client(Role::Operations);
        let before = client.get("/api/v1/sla-policies/standard_service").await.expect(200).json["policy"].clone();
        let page = operations.get(OURS).await;
        page.says("8 opening hours").says("when 75 % of the time is used").says("8 h before it is due: the lead of the team").says("8 h after it was due: Administrator");
        let write = "/admin/policies/standard_service/write";
        // Kept as it is, it says what it said.
        let same = fill(&mut operations, &page, write, &[("do", "save")]).await;
        let page = operations.follow(&same).await;
        page.says("The new version is kept");
        let after = client.get("/api/v1/sla-policies/standard_service").await.expect(200).json;
        assert_eq!((&after["version"], &after["policy"]), (&json!(2), &before));
        let wrong = fill(&mut operations, &page, write, &[("terms-metrics-1-target-amount", "many"), ("terms-metrics-1-name-en", ""), ("terms-metrics-1-percents", "50, 200"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["terms-metrics-1-name-en", "terms-metrics-1-target-amount"]);
        // What only the domain finds goes to what it stands in.
        let wrong = fill(&mut operations, &wrong, write, &[("terms-metrics-1-target-amount", "240"), ("terms-metrics-1-name-en", "First answer"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["terms-metrics-1"]);
        let fields = [("terms-metrics-1-percents", "50, 90"), ("terms-metrics-1-left", "30"), ("terms-conditions-tiers", "key_account")];
        let kept = fill(&mut operations, &wrong, write, &[&fields[..], &[("do", "more:metrics-1-escalations")]].concat()).await;
        let level = [("terms-metrics-1-escalations-1-minutes", "120"), ("terms-metrics-1-escalations-1-side", "after"), ("terms-metrics-1-escalations-1-to", "role"), ("terms-metrics-1-escalations-1-role", "admin")];
        let kept = fill(&mut operations, &kept, write, &[&level[..], &[("do", "save")]].concat()).await;
        operations.follow(&kept).await.says("First answer").says("4 opening hours").says("2 h after it was due: Administrator").says("Customer: Key account");
        let now = client.get("/api/v1/sla-policies/standard_service").await.expect(200).json;
        let metric = &now["policy"]["metrics"][1];
        assert_eq!(metric["target"]["amount"], 240);
        assert_eq!(metric["warnings"], json!([{ "percent": 50 }, { "percent": 90 }, { "left_minutes": 30 }]));
        assert_eq!(metric["escalations"], json!([{ "after_minutes": 60, "to": "lead" }, { "after_minutes": 120, "to": "role", "role": "admin" }]));
        assert_eq!(now["policy"]["metrics"][0], before["metrics"][0]);
    }
}

on_both! {
    async fn a_policy_is_written_anew_by_its_form(desk) {
        let mut operations = Reader::signed_in(&desk, "zhao.lei", "operations").await;
        let page = operations.get("/admin/policies?new").await;
        page.expect(200).says("Write a policy");
        let path = "/admin/policies";
        let fields = [("terms-name-en", "Key accounts"), ("terms-name-zh-CN", "大客户"), ("terms-rank", "10"), ("terms-metrics-0-kind", "call_back"), ("terms-metrics-0-name-en", "Call"), ("terms-metrics-0-name-zh-CN", "回访"), ("terms-metrics-0-target-amount", "5")];
        let wrong = fill(&mut operations, &page, path, &[&fields[..], &[("do", "save")]].concat()).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["terms-slug", "terms-metrics-0-slug"]);
        let wrong = fill(&mut operations, &wrong, path, &[("terms-slug", "Key Accounts"), ("terms-metrics-0-slug", "call"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["terms-slug"]);
        let made = fill(&mut operations, &wrong, path, &[("terms-slug", "key_accounts"), ("do", "save")]).await;
        operations.follow(&made).await.says("It is there now").says("Key accounts").says("the end of the promised window");
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        agent.get("/admin/policies?new").await.expect(200).is_silent_about("Write a policy");
    }
}
