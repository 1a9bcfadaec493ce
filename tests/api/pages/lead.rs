//! The pages of those who lead, without scripts: the board, corrective actions, call review, reports.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::json;

use super::{Reader, Shown, with_hidden};
use crate::clocks::{enforce, metric, policy};
use crate::fixtures::{COMPLAINTS, Case};
use crate::leads::{ACTIONS, call_in, drawn, made};
use crate::on_both;
use crate::staff::{admin, id_of, team};
use crate::support::Desk;

/// Sends the form with this action as it stands on the page, with some fields filled in.
async fn send(reader: &mut Reader, page: &Shown, action: &str, fields: &[(&str, &str)]) -> Shown {
    let hidden = page.hidden(action);
    reader.post(action, &with_hidden(&hidden, fields)).await
}

/// Somebody who leads this team, in a browser.
async fn leader(desk: &Desk, team: &str) -> Reader {
    let reader = Reader::signed_in(desk, "zhao.min", "lead").await;
    let path = format!("/api/v1/teams/{team}/members/{}", id_of(desk, "zhao.min").await);
    admin(desk).put(&path, &json!({ "leads": true })).await.expect(200);
    reader
}

on_both! {
    async fn a_missed_deadline_is_not_hidden_by_a_call_that_is_due(desk) {
        enforce(&desk, "ours", &policy(&[metric("resolve", "resolve", 60)])).await;
        let case = Case::logged(&desk).await;
        let broadband = team(&desk, "Broadband", &["mary"]).await;
        case.promise(110, 170).await;
        admin(&desk).post(&format!("{COMPLAINTS}/{}/assign", case.id), &json!({ "team": broadband })).await.expect(200);
        let mut lead = leader(&desk, &broadband).await;
        lead.get("/lead").await.expect(200).says("1 h left").says("deadline").says("promised call · Mon 23 Nov");
        desk.pass(TimeDelta::minutes(120));
        // Two hours later somebody else is there.
        let mut lead = Reader::signed_in(&desk, "qian.li", "lead").await;
        lead.get("/lead").await.expect(200).says("1 h late").says("promised call · Mon 23 Nov").is_silent_about("promised call due");
    }
}

on_both! {
    async fn a_lead_sees_who_has_how_much_and_gives_several_to_somebody(desk) {
        let broadband = team(&desk, "Broadband", &["mary", "li.na"]).await;
        let mut lead = leader(&desk, &broadband).await;
        let profile = format!("/api/v1/staff/{}/work-profile", id_of(&desk, "mary").await);
        admin(&desk).put(&profile, &json!({ "capacity": 1 })).await.expect(200);
        let away = json!({ "starts_at": desk.in_minutes(0), "ends_at": desk.in_minutes(600), "kind": "holiday" });
        admin(&desk).post(&format!("/api/v1/staff/{}/absences", id_of(&desk, "li.na").await), &away).await.expect(201);
        let mut ids = Vec::new();
        for n in 0..3 {
            let id = call_in(&desk.agent(), n).await;
            admin(&desk).post(&format!("{COMPLAINTS}/{id}/assign"), &json!({ "team": broadband })).await.expect(200);
            ids.push(id);
        }
        let page = lead.get("/lead").await;
        page.expect(200).says("Team board").says("Broadband").says("mary").says("away until");
        let version = async |id: &str| desk.agent().get(&format!("{COMPLAINTS}/{id}")).await.expect(200);
        let mut ticked = Vec::new();
        for id in &ids {
            let seen = version(id).await;
            ticked.push(format!("{id}:{}:{}", seen.at("/version"), seen.str("/reference")));
        }
        assert!(page.html.contains(&format!("value=\"{}\"", ticked[0])), "what is open can be chosen");
        assert!(!page.html.contains(">li.na ("), "nobody who is away is offered");
        let unsaid = send(&mut lead, &page, "/lead/assign", &[("to", "mary")]).await;
        lead.follow(&unsaid).await.says("Tick what is to be given").is_silent_about("Given to");
        let to_nobody_said = send(&mut lead, &page, "/lead/assign", &[("complaint", &ticked[0])]).await;
        lead.follow(&to_nobody_said).await.says("Tick what is to be given");
        // One of the three is changed meanwhile by somebody else.
        admin(&desk).post(&format!("{COMPLAINTS}/{}/notes", ids[2]), &json!({ "body": "rang again" })).await.expect(200);
        let fields: Vec<(&str, &str)> = ticked.iter().map(|one| ("complaint", one.as_str())).chain([("to", "mary")]).collect();
        let given = send(&mut lead, &page, "/lead/assign", &fields).await;
        let after = lead.follow(&given).await;
        let changed = version(&ids[2]).await.str("/reference").to_owned();
        after.expect(200).says("Given to mary: 2").says(&changed).says("full");
        let owners = [0, 1, 2].map(|n| ids[n].clone());
        for (n, id) in owners.iter().enumerate() {
            let owner = version(id).await.at("/owner").clone();
            assert_eq!(owner, if n < 2 { json!("mary") } else { json!(null) });
        }
        // The same button once more gives nothing new, and says the same.
        let again = send(&mut lead, &page, "/lead/assign", &fields).await;
        assert_eq!(again.to(), given.to());
        lead.get("/lead?owner=mary").await.expect(200).is_silent_about(&changed);
        lead.get("/lead?owner=-").await.expect(200).says(&changed);
        let loose = Case::logged(&desk).await.get().await.str("/reference").to_owned();
        lead.get("/lead?team=-").await.expect(200).says(&loose).is_silent_about(&changed);
        let mut chinese = lead.clone().with("accept-language", "zh");
        chinese.get("/lead").await.expect(200).says("团队看板").says("离岗至");
        Reader::signed_in(&desk, "sun.li", "agent").await.get("/lead").await.expect(403);
    }
}

on_both! {
    async fn an_action_is_changed_opened_again_and_a_complaint_taken_off_it(desk) {
        let broadband = team(&desk, "Broadband", &["li.na"]).await;
        let mut lead = leader(&desk, &broadband).await;
        let id = made(&desk, json!({ "owner": "li.na" })).await.id().to_owned();
        let case = Case::logged(&desk).await;
        let linked = format!("{ACTIONS}/{id}/complaints/{}", case.id);
        desk.client(Role::Lead).send(reqwest::Method::PUT, &linked, None).await.expect(200);
        let own = format!("/lead/actions/{id}");
        let list = lead.get("/lead/actions").await;
        assert!(list.html.contains(&format!("href=\"{own}\"")));
        let page = lead.get(&own).await;
        let reference = case.get().await.str("/reference").to_owned();
        page.expect(200).says("Change it").says(&reference).is_silent_about("Open it again");
        let change = format!("{own}/change");
        let held = page.fields(&change);
        let wrong = lead.post(&change, &with_hidden(&held, &[("change-title", ""), ("change-owner", "nobody"), ("change-window_days", "3")])).await;
        let mut fields = wrong.expect(422).wrong_fields();
        fields.sort();
        assert_eq!(fields, ["change-owner", "change-title", "change-window_days"]);
        let changed = lead.post(&change, &with_hidden(&held, &[("change-title", "Ring an hour before"), ("change-due_on", "2026-12-24"), ("change-category", "delivery")])).await;
        let page = lead.follow(&changed).await;
        page.says("The change is kept.").says("Ring an hour before").says("2026-12-24").says("delivery");
        let late = lead.post(&change, &with_hidden(&held, &[("change-title", "Too late"), ("form_key", "another")])).await;
        late.expect(422).says("Something has changed");
        let unlinked = send(&mut lead, &page, &format!("{own}/unlink"), &[]).await;
        let page = lead.follow(&unlinked).await;
        page.says("The complaint is no longer linked.").says("no complaint in particular");
        let ended = send(&mut lead, &page, &format!("{own}/close"), &[("end", "dropped"), ("note", "too dear")]).await;
        lead.follow(&ended).await.expect(200);
        let page = lead.get(&own).await;
        page.says("too dear").is_silent_about("Save the change");
        let opened = send(&mut lead, &page, &format!("{own}/reopen"), &[]).await;
        lead.follow(&opened).await.says("It is to be done again.").says("Save the change").is_silent_about("too dear");
        let mut agent = Reader::signed_in(&desk, "sun.li", "agent").await;
        agent.get(&own).await.expect(200).is_silent_about("Change it");
    }
}

on_both! {
    async fn an_action_is_made_ended_and_looked_at_on_its_page(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        let mut lead = leader(&desk, &broadband).await;
        let page = lead.get("/lead/actions").await;
        page.expect(200).says("Nothing is to be done.");
        let wrong = send(&mut lead, &page, "/lead/actions", &[("action-title", "Ring before coming"), ("action-owner", "nobody"), ("action-cause", "tools"), ("action-due_on", "2026-12-24")]).await;
        wrong.expect(422);
        assert_eq!(wrong.wrong_fields(), ["action-owner"]);
        assert_eq!(wrong.value("action-title"), "Ring before coming");
        let fields = [("action-title", "Ring before coming"), ("action-owner", "mary"), ("action-cause", "tools"), ("action-due_on", "2026-11-24")];
        let made = send(&mut lead, &wrong, "/lead/actions", &fields).await;
        let shown = lead.follow(&made).await;
        shown.expect(200).says("The action is made.").says("Ring before coming").says("mary");
        let id = admin(&desk).get(ACTIONS).await.expect(200).str("/items/0/id").to_owned();
        let case = Case::logged(&desk).await;
        let reference = case.get().await.str("/reference").to_owned();
        let linked = send(&mut lead, &shown, &format!("/lead/actions/{id}/link"), &[("reference", &reference)]).await;
        let shown = lead.follow(&linked).await;
        shown.expect(200).says("The complaint is linked.");
        let nowhere = send(&mut lead, &shown, &format!("/lead/actions/{id}/link"), &[("reference", "AAAA-AAAA")]).await;
        nowhere.expect(422);
        desk.pass(TimeDelta::days(2));
        let mut lead = Reader::signed_in(&desk, "wu.di", "lead").await;
        let shown = lead.get("/lead/actions").await;
        shown.expect(200).says("Overdue");
        let ended = send(&mut lead, &shown, &format!("/lead/actions/{id}/close"), &[("end", "done"), ("effective_on", "2026-11-24"), ("note", "")]).await;
        let shown = lead.follow(&ended).await;
        shown.expect(200).says("Cannot tell yet: too few.").says("Too few");
        let judged = send(&mut lead, &shown, &format!("/lead/actions/{id}/verify"), &[("helped", "unclear"), ("note", "too early")]).await;
        lead.follow(&judged).await.expect(200).says("cannot be told").says("too early");
        let own = lead.clone().get("/lead/actions?mine=1").await;
        own.expect(200).is_silent_about("Ring before coming");
        let mut chinese = lead.clone().with("accept-language", "zh");
        chinese.get("/lead/actions").await.expect(200).says("纠正措施").says("数量太少，尚无法判断");
    }
}

on_both! {
    async fn an_agent_ends_their_own_action_and_makes_none(desk) {
        let mut agent = Reader::signed_in(&desk, "sun.li", "agent").await;
        made(&desk, json!({ "owner": "sun.li", "title": "Mine" })).await;
        made(&desk, json!({ "owner": "mary", "title": "Hers" })).await;
        let page = agent.get("/lead/actions").await;
        page.expect(200).says("Mine").says("Hers").is_silent_about("New action");
        assert_eq!(page.html.matches("/close\"").count(), 1);
    }
}

on_both! {
    async fn calls_are_drawn_reviewed_commented_on_and_answered(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        let mut lead = leader(&desk, &broadband).await;
        let mut caller = Reader::signed_in(&desk, "sun.li", "agent").await;
        let call = drawn(&desk).await;
        for handle in ["sun.li", &call.handle] {
            let path = format!("/api/v1/teams/{broadband}/members/{}", id_of(&desk, handle).await);
            admin(&desk).put(&path, &json!({})).await.expect(200);
        }
        let page = lead.get("/lead/reviews").await;
        page.expect(200).says("Draw calls").says("Too few reviews for a mean");
        let neither = send(&mut lead, &page, "/lead/reviews", &[("pick-from", "2026-11-23"), ("pick-to", "2026-11-23"), ("pick-per_agent", "2")]).await;
        neither.expect(422);
        assert_eq!(neither.wrong_fields(), ["pick-agent"]);
        let fields = [("pick-team", broadband.as_str()), ("pick-from", "2026-11-23"), ("pick-to", "2026-11-23"), ("pick-per_agent", "2"), ("pick-seed", "week 48")];
        let drawn = send(&mut lead, &neither, "/lead/reviews", &fields).await;
        let shown = lead.follow(&drawn).await;
        shown.expect(200).says("The calls are drawn.").says(&call.handle).says("week 48");
        let pick = drawn.to().split("pick=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let id = admin(&desk).get(&format!("{}?pick={pick}", crate::leads::REVIEWS)).await.expect(200).str("/items/0/id").to_owned();
        let path = format!("/lead/reviews/{id}");
        let form = lead.get(&path).await;
        form.expect(200).says("Listened to the end");
        let half = send(&mut lead, &form, &path, &[("score-listened", "4")]).await;
        half.expect(422);
        let slugs = ["listened", "no_argument", "feelings", "needs", "real_help", "playbook", "promise"].map(|slug| format!("score-{slug}"));
        let mut fields: Vec<(&str, &str)> = slugs.iter().map(|slug| (slug.as_str(), "4")).collect();
        fields.extend([("score-call_back", "-"), ("comment", "calm to the end")]);
        let written = send(&mut lead, &form, &path, &fields).await;
        lead.follow(&written).await.expect(200).says("Saved.").says("4.00");
        // A colleague sees no score, and advises.
        let seen = caller.get(&path).await;
        seen.expect(200).is_silent_about("4.00").is_silent_about("calm to the end");
        let advice = send(&mut caller, &seen, &format!("{path}/comment"), &[("body", "I would have asked once more.")]).await;
        caller.follow(&advice).await.expect(200).says("I would have asked once more.");
        desk.client(Role::Admin).get(&format!("{}/{id}", crate::leads::REVIEWS)).await.expect(200);
        let mut chinese = lead.clone().with("accept-language", "zh");
        chinese.get(&path).await.expect(200).says("耐心听完，并复述要点");
        Reader::signed_in(&desk, "he.jun", "agent").await.get(&path).await.expect(404);
    }
}

on_both! {
    async fn reports_for_leads_are_small_charts_with_tables(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        let mut lead = leader(&desk, &broadband).await;
        lead.get("/lead/reports").await.expect(200).says("0 wait for somebody").says("Settled in the first contact: –");
        Case::closed(&desk).await;
        Case::logged(&desk).await;
        desk.pass(TimeDelta::hours(2));
        // The session of before is over.
        let mut lead = Reader::signed_in(&desk, "wu.di", "lead").await;
        let shown = lead.get("/lead/reports?weeks=4&time=calendar").await;
        shown.expect(200).says("1 wait for somebody").says("Settled in the first contact: 100 %").says("Through one pair of hands: 100 %");
        assert!(shown.html.contains("<svg class=\"trend\"") && shown.html.contains("1/1, 100 %"));
        let mut chinese = lead.clone().with("accept-language", "zh");
        chinese.get("/lead/reports").await.expect(200).says("组长报表");
    }
}
