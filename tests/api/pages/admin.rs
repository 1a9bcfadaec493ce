//! Administration without scripts: people, teams, tokens, calendars, deadlines, routing, the audit, one's own account.

mod holidays;
mod macros;
mod policies;
mod roles;
mod routing;
mod rules;
mod texts;

use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{Reader, Shown, with_hidden};
use crate::fixtures::Case;
use crate::on_both;
use crate::support::Desk;
use crate::support::person::{self, PASSWORD};

/// Sends the form with this action as it stands on the page, with some fields filled in.
async fn send(reader: &mut Reader, page: &Shown, action: &str, fields: &[(&str, &str)]) -> Shown {
    let hidden = page.hidden(action);
    reader.post(action, &with_hidden(&hidden, fields)).await
}

/// Sends the form with this action as a browser would: everything that it holds, with some fields filled in.
async fn fill(reader: &mut Reader, page: &Shown, action: &str, fields: &[(&str, &str)]) -> Shown {
    let held = page.fields(action);
    reader.post(action, &with_hidden(&held, fields)).await
}

/// What stands in the page between two marks.
fn between<'s>(shown: &'s Shown, before: &str, after: &str) -> &'s str {
    let (_, rest) = shown
        .html
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before}: {}", shown.html));
    rest.split_once(after).unwrap().0
}

async fn admin(desk: &Desk) -> Reader {
    Reader::signed_in(desk, "root.admin", "admin").await
}

on_both! {
    async fn somebody_is_added_invited_changed_and_let_go(desk) {
        let mut admin = admin(&desk).await;
        let list = admin.get("/admin/people").await;
        list.expect(200).says("root.admin");
        let wrong = send(&mut admin, &list, "/admin/people", &[("person-handle", "Li Na"), ("person-name", ""), ("person-role", "agent")]).await;
        wrong.expect(422);
        assert_eq!((wrong.wrong_fields(), wrong.value("person-handle")), (vec!["person-handle".to_owned(), "person-name".to_owned()], "Li Na".to_owned()));
        let new = [("person-handle", "zhou.min"), ("person-name", "周敏"), ("person-email", "zhou.min@example.com"), ("person-role", "agent"), ("person-language", "zh-CN")];
        let added = send(&mut admin, &wrong, "/admin/people", &new).await;
        let path = added.to().split('?').next().unwrap().to_owned();
        let page = admin.follow(&added).await;
        page.says("周敏").says("It is there now");
        // The same button once more adds nobody.
        let again = send(&mut admin, &wrong, "/admin/people", &new).await;
        assert!(again.to().starts_with(&path));
        let invited = send(&mut admin, &page, &format!("{path}/invite"), &[]).await;
        invited.expect(201).says("shown this once");
        let link = between(&invited, "<code>", "</code>");
        let link = &link[link.find("/invitation/").unwrap()..];
        let mut newcomer = Reader::of(&desk);
        newcomer.get(link).await.expect(200).says("zhou.min");
        let stale = admin.get(&path).await;
        let change = [("change-name", "周敏娜"), ("change-role", "lead"), ("change-language", "en")];
        let changed = send(&mut admin, &page, &format!("{path}/change"), &change).await;
        admin.follow(&changed).await.says("周敏娜").says("The change is kept");
        let late = send(&mut admin, &stale, &format!("{path}/change"), &[("change-name", "Peter Late"), ("change-role", "lead"), ("change-language", "en")]).await;
        late.expect(412).says("Something has changed");
        admin.get(&path).await.is_silent_about("Peter Late");
        // Who leaves hands over.
        let case = Case::logged(&desk).await;
        case.post("assign", &json!({ "owner": "zhou.min" })).await.expect(200);
        let page = admin.get(&path).await;
        let nobody = send(&mut admin, &page, &format!("{path}/deactivate"), &[("leave-successor", "nobody"), ("leave-reason", "moves")]).await;
        nobody.expect(422);
        assert_eq!(nobody.wrong_fields(), ["leave-successor"]);
        let left = send(&mut admin, &nobody, &format!("{path}/deactivate"), &[("leave-successor", "root.admin"), ("leave-reason", "moves")]).await;
        admin.follow(&left).await.says("what was open is handed over");
        assert_eq!(case.get().await.str("/owner"), "root.admin");
        admin.get("/admin/people").await.is_silent_about("周敏娜");
        let gone = admin.get("/admin/people?gone=1").await;
        gone.says("周敏娜");
        let page = admin.get(&path).await;
        let back = send(&mut admin, &page, &format!("{path}/reactivate"), &[]).await;
        admin.follow(&back).await.says("Works hereyes");
    }
}

on_both! {
    async fn sessions_of_somebody_end_and_agents_only_look(desk) {
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let list = agent.get("/admin/people").await;
        list.expect(200).says("li.ming").is_silent_about("Add somebody");
        let mut admin = admin(&desk).await;
        let list = admin.get("/admin/people").await;
        let id = between(&list, "/admin/people/", "\">li.ming").rsplit('/').next().unwrap().to_owned();
        let page = admin.get(&format!("/admin/people/{id}")).await;
        page.says("Sessions");
        let ended = send(&mut admin, &page, &format!("/admin/people/{id}/sessions"), &[]).await;
        admin.follow(&ended).await.says("The sessions have ended").says("Nobody is signed in");
        assert!(agent.get("/desk").await.expect(303).to().starts_with("/sign-in"));
    }
}

on_both! {
    async fn a_team_gets_members_a_lead_and_another_name(desk) {
        let staff = person::add(&desk, "zhou.min", "agent").await;
        let mut admin = admin(&desk).await;
        let list = admin.get("/admin/teams").await;
        let added = send(&mut admin, &list, "/admin/teams", &[("team-name", "Billing"), ("team-calendar", "standard"), ("team-capacity", "12")]).await;
        let path = added.to().split('?').next().unwrap().to_owned();
        let page = admin.follow(&added).await;
        page.says("Billing");
        let joined = send(&mut admin, &page, &format!("{path}/members"), &[("member-staff", &staff)]).await;
        let page = admin.follow(&joined).await;
        page.says("zhou.min").says("make them a lead");
        let action = format!("{path}/members");
        let lead = send(&mut admin, &page, &action, &[]).await;
        let page = admin.follow(&lead).await;
        page.says("no longer a lead");
        let wrong = send(&mut admin, &page, &format!("{path}/change"), &[("change-name", ""), ("change-capacity", "many")]).await;
        wrong.expect(422);
        let mut fields = wrong.wrong_fields();
        fields.sort();
        assert_eq!(fields, ["change-capacity", "change-name"]);
        let out = send(&mut admin, &page, &format!("{path}/remove"), &[("out-staff", &staff)]).await;
        admin.follow(&out).await.says("There is nobody");
    }
}

on_both! {
    async fn a_token_is_shown_once_works_and_is_revoked(desk) {
        let mut admin = admin(&desk).await;
        let list = admin.get("/admin/tokens").await;
        let wrong = send(&mut admin, &list, "/admin/tokens", &[("token-name", ""), ("token-role", "sales"), ("token-days", "x")]).await;
        wrong.expect(422);
        assert_eq!(wrong.wrong_fields(), ["token-name", "token-days"]);
        let made = send(&mut admin, &wrong, "/admin/tokens", &[("token-name", "crm-sync"), ("token-role", "lead"), ("token-days", "30"), ("token-scopes", "read-reports")]).await;
        made.expect(201).says("The secret of crm-sync, shown this once");
        let secret = between(&made, "<code>", "</code>").to_owned();
        let client = desk.with_token(&secret);
        client.get("/api/v1/reports").await.expect(200);
        client.get("/api/v1/complaints").await.expect(403);
        let list = admin.get("/admin/tokens").await;
        list.says("crm-sync").is_silent_about(&secret);
        let long = send(&mut admin, &list, "/admin/tokens", &[("token-name", "till"), ("token-role", "agent"), ("token-days", "365")]).await;
        long.expect(201).says("until Tue 23 Nov 2027").is_silent_about("Wed 23 Dec 2026");
        let at = list.html.find("crm-sync").unwrap();
        let action = list.html[at..].split("action=\"").find(|part| part.split('"').next().unwrap().ends_with("/revoke")).unwrap();
        let action = action.split('"').next().unwrap().to_owned();
        let revoked = send(&mut admin, &list, &action, &[]).await;
        admin.follow(&revoked).await.says("The token is revoked").says("revoked Mon");
        client.get("/api/v1/reports").await.expect(401);
    }
}

on_both! {
    async fn hours_are_tried_before_they_are_kept_and_what_is_wrong_stands_at_them(desk) {
        let mut admin = admin(&desk).await;
        let page = admin.get("/admin/calendars/standard").await;
        page.expect(200).says("The next 60 days");
        let path = "/admin/calendars/standard";
        let wrong = send(&mut admin, &page, path, &[("change-name", "Standard"), ("change-time_zone", "Asia/Shanghai"), ("change-notation", "Mo-Fr 25:00-26:00"), ("do", "save")]).await;
        wrong.expect(422);
        assert_eq!(wrong.wrong_fields(), ["change-notation"]);
        let hours = [("change-name", "Standard"), ("change-time_zone", "Asia/Shanghai"), ("change-notation", "Mo-Su 07:00-22:00; PH off")];
        let tried = send(&mut admin, &wrong, path, &[&hours[..], &[("do", "try")]].concat()).await;
        tried.expect(200).says("as they would be").says("07:00-22:00");
        let client = desk.client(Role::Operations);
        assert_eq!(client.get("/api/v1/calendars/standard").await.expect(200).json["version"], 1);
        let kept = send(&mut admin, &tried, path, &[&hours[..], &[("do", "save")]].concat()).await;
        admin.follow(&kept).await.says("The new version is kept").says("07:00-22:00");
        let now = client.get("/api/v1/calendars/standard").await.expect(200);
        assert_eq!((&now.json["version"], now.str("/notation")), (&json!(2), "Mo-Su 07:00-22:00; PH off"));
        let late = send(&mut admin, &page, path, &[&hours[..], &[("do", "save")]].concat()).await;
        late.expect(412);
    }
}

on_both! {
    async fn a_rule_pack_is_installed_brought_into_force_and_written_anew(desk) {
        let mut operations = Reader::signed_in(&desk, "zhao.lei", "operations").await;
        let list = operations.get("/admin/policies").await;
        list.expect(200).says("Rule packs").says("CFPB company portal manual 8.1");
        operations.get("/admin/policies?lang=zh-CN").await.says("美国消费者金融保护局公司门户手册 8.1").is_silent_about("manual");
        operations.get("/admin/policies?lang=en").await.expect(200);
        let installed = send(&mut operations, &list, "/admin/packs/standard_service", &[]).await;
        let path = "/admin/policies/standard_service";
        assert!(installed.to().starts_with(path));
        let page = operations.follow(&installed).await;
        page.says("not in force").says("8 opening hours");
        let on = send(&mut operations, &page, &format!("{path}/activate"), &[]).await;
        let page = operations.follow(&on).await;
        page.says("in force");
        let mut policy: Value = serde_json::from_str(&page.value("policy-document")).unwrap();
        policy["metrics"][1]["target"]["amount"] = json!(-5);
        let wrong = send(&mut operations, &page, &format!("{path}/write"), &[("policy-document", &policy.to_string())]).await;
        wrong.expect(422).says("/metrics/1/target/amount");
        assert_eq!(wrong.wrong_fields(), ["policy-document"]);
        let broken = send(&mut operations, &page, &format!("{path}/write"), &[("policy-document", "{")]).await;
        broken.expect(400);
        policy["metrics"][1]["target"]["amount"] = json!(240);
        let written = send(&mut operations, &wrong, &format!("{path}/write"), &[("policy-document", &policy.to_string())]).await;
        operations.follow(&written).await.says("version 1 is in force").says("4 opening hours");
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        agent.get(path).await.expect(200).is_silent_about("Write a new version");
    }
}

on_both! {
    async fn the_audit_is_filtered_read_and_its_seals_are_checked(desk) {
        let case = Case::logged(&desk).await;
        case.get().await;
        desk.run_jobs().await;
        let mut auditor = Reader::signed_in(&desk, "sun.li", "auditor").await;
        let all = auditor.get("/admin/audit").await;
        all.expect(200).says("complaint.read");
        let some = auditor.get("/admin/audit?audit-action=complaint.received").await;
        some.says("complaint.received").is_silent_about("complaint.read ");
        all.says("complaint: read complaint.read").says("session: opened session.opened");
        let mut chinese = auditor.clone().with("accept-language", "zh");
        chinese.get("/admin/audit").await.says("投诉：查看 complaint.read");
        auditor.get("/admin/audit?audit-from=2020-01-01&audit-to=2020-01-02").await.says("Nothing was done that fits");
        let wrong = auditor.get("/admin/audit?audit-from=x&audit-customer=y").await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["audit-from", "audit-customer"]);
        let event = between(&some, "href=\"/admin/audit/", "\"").to_owned();
        auditor.get(&format!("/admin/audit/{event}")).await.expect(200).says("complaint.received");
        let checked = send(&mut auditor, &all, "/admin/audit/verify", &[]).await;
        checked.expect(200).says("Every seal holds");
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        lead.get("/admin/audit").await.expect(403);
    }
}

on_both! {
    async fn one_changes_ones_password_and_sets_up_a_second_factor(desk) {
        let mut own = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = own.get("/account").await;
        page.expect(200).says("li.ming").says("this one");
        let fields = |now: &'static str, new: &'static str, again: &'static str| [("password-current", now), ("password-new", new), ("password-again", again)];
        let differs = send(&mut own, &page, "/account/password", &fields(PASSWORD, "a quite long phrase 8", "another")).await;
        assert_eq!(differs.expect(422).wrong_fields(), ["password-again"]);
        let wrong = send(&mut own, &page, "/account/password", &fields("not mine at all", "a quite long phrase 8", "a quite long phrase 8")).await;
        assert_eq!(wrong.wrong_fields(), ["password-current"]);
        assert!(!wrong.html.contains("a quite long phrase"), "no password is shown again");
        let changed = send(&mut own, &page, "/account/password", &fields(PASSWORD, "a quite long phrase 8", "a quite long phrase 8")).await;
        let page = own.follow(&changed).await;
        page.says("The password is changed");
        let begun = send(&mut own, &page, "/account/second-factor", &[("begin-password", "a quite long phrase 8")]).await;
        let secret = between(begun.expect(200), "<code>", "</code>").to_owned();
        // The same for a camera: a drawing, black on white whatever the colours of the page.
        begun.says("Scan this with the app");
        let drawn = between(&begun, "<svg class=\"qr\"", "</svg>");
        assert!(drawn.contains("<path d=\"M4 4h7v1h-7z"), "the mark in the corner: {drawn}");
        let app = person::App::of(&secret);
        let bad = send(&mut own, &begun, "/account/second-factor/confirm", &[("confirm-code", "000000")]).await;
        assert_eq!(bad.wrong_fields(), ["confirm-code"]);
        assert!(!bad.hidden("/account/second-factor").is_empty(), "who has not scanned it yet can begin anew");
        let done = send(&mut own, &begun, "/account/second-factor/confirm", &[("confirm-code", &app.code(&desk))]).await;
        done.expect(200).says("Your recovery codes, shown this once");
        let page = own.get("/account").await;
        page.expect(200).says("yes; 10 recovery codes are left");
        let mut other = Reader::of(&desk);
        assert!(other.get("/account").await.expect(303).to().starts_with("/sign-in"));
    }
}
