//! Roles of one's own and the form of call review, without scripts; and what a page says of somebody in no team.

use hark::domain::staff::Role;
use serde_json::json;

use super::{admin, fill};
use crate::on_both;
use crate::pages::Reader;
use crate::support::person;

on_both! {
    async fn a_role_is_made_given_changed_and_taken_away(desk) {
        let mut admin = admin(&desk).await;
        let list = admin.get("/admin/roles").await;
        list.expect(200).says("There is no role of your own yet").says("Administrator").says("everything");
        let new = "/admin/roles/role";
        let page = admin.get(new).await;
        let wrong = fill(&mut admin, &page, new, &[("role-name", "Night desk"), ("role-slug", "night_desk"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["role-permissions"]);
        let made = fill(&mut admin, &wrong, new, &[("role-permissions", "read-complaints"), ("role-permissions", "log-complaints"), ("do", "save")]).await;
        admin.follow(&made).await.says("It is there now").says("Night desk");
        admin.get("/admin/roles").await.says("see complaints with their text; log complaints");
        let page = admin.get(new).await;
        let built_in = fill(&mut admin, &page, new, &[("role-name", "Mine"), ("role-slug", "agent"), ("role-permissions", "read-staff"), ("do", "save")]).await;
        assert_eq!(built_in.expect(422).wrong_fields(), ["role-slug"]);
        let own = "/admin/roles/role/night_desk";
        let staff = person::add(&desk, "zhou.min", "night_desk").await;
        let page = admin.get(own).await;
        let used = fill(&mut admin, &page, own, &[("do", "remove")]).await;
        assert!((400..500).contains(&used.status), "somebody has it: {}", used.status);
        let page = admin.get(own).await;
        let changed = fill(&mut admin, &page, own, &[("role-permissions", "read-complaints"), ("do", "save")]).await;
        admin.follow(&changed).await.says("The change is kept");
        let role = desk.client(Role::Admin).get("/api/v1/roles/night_desk").await.expect(200);
        assert_eq!(role.json["permissions"], json!(["read-complaints"]));
        // In no team: what that means, and what to do.
        let shown = admin.get(&format!("/admin/people/{staff}")).await;
        shown.says("Night desk").says("In no team: nothing comes to them. Put them into a team");
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        agent.get("/admin/roles").await.expect(200).is_silent_about("Make a role");
        agent.get(own).await.expect(200).is_silent_about("Save");
        agent.get(&format!("/admin/people/{staff}")).await.says("In no team").is_silent_about("Put them into a team");
    }
}

on_both! {
    async fn the_form_of_call_review_is_changed(desk) {
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        let path = "/admin/review-form";
        let page = lead.get(path).await;
        page.expect(200).says("1, as delivered");
        assert_eq!(page.value("review-criteria-0-slug"), "listened");
        let wrong = fill(&mut lead, &page, path, &[("review-criteria-0-weight", "11"), ("do", "save")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["review-criteria-0-weight"]);
        let fewer = fill(&mut lead, &page, path, &[("do", "drop-7:criteria")]).await;
        let kept = fill(&mut lead, &fewer, path, &[("review-criteria-0-en", "Heard them out"), ("do", "save")]).await;
        lead.follow(&kept).await.says("The new version is kept").says("2, by wang.fang");
        let form = desk.client(Role::Lead).get("/api/v1/review-form").await.expect(200).json;
        assert_eq!((&form["version"], form["criteria"].as_array().unwrap().len(), &form["criteria"][0]["en"]), (&json!(2), 7, &json!("Heard them out")));
        let late = fill(&mut lead, &page, path, &[("do", "save")]).await;
        late.expect(412);
        Reader::signed_in(&desk, "li.ming", "agent").await.get(path).await.expect(403);
    }
}
