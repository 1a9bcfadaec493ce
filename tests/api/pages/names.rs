//! People are called by their names on pages, and by their handles for those who may not read the staff.

use hark::domain::staff::Role;
use serde_json::json;

use super::{Reader, with_hidden};
use crate::fixtures::{COMPLAINTS, Case};
use crate::on_both;
use crate::staff::{admin, id_of, team};
use crate::support::{Desk, person};

async fn rename(desk: &Desk, handle: &str, name: &str) {
    let path = format!("/api/v1/staff/{}", id_of(desk, handle).await);
    let client = admin(desk);
    let etag = client.get(&path).await.expect(200).etag().to_owned();
    client
        .if_match(&etag)
        .patch(&path, &json!({ "name": name }))
        .await
        .expect(200);
}

/// A complaint that mary has, who is called 马丽, and her team.
async fn given_to_mary(desk: &Desk) -> (Case<'_>, String) {
    rename(desk, "mary", "马丽").await;
    let broadband = team(desk, "Broadband", &["mary"]).await;
    let case = Case::logged(desk).await;
    let assign = json!({ "team": broadband, "owner": "mary" });
    let path = format!("{COMPLAINTS}/{}/assign", case.id);
    admin(desk).post(&path, &assign).await.expect(200);
    (case, broadband)
}

on_both! {
    async fn colleagues_go_by_their_names(desk) {
        let (case, broadband) = given_to_mary(&desk).await;
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let offered = "<option value=\"马丽\">mary</option>";

        let page = agent.get(&format!("/desk/complaints/{}", case.id)).await;
        page.expect(200).says("Handled by: 马丽");
        assert!(page.html.contains(offered));
        let (_, timeline) = page.html.split_once("<ol class=\"timeline\">").unwrap();
        let (timeline, _) = timeline.split_once("</ol>").unwrap();
        assert!(timeline.contains("马丽") && !timeline.contains("mary"), "{timeline}");
        let list = agent.get("/desk/complaints").await;
        list.expect(200).says("马丽");
        assert!(list.html.contains(offered));
        agent.get("/desk/complaints?owner=mary").await.expect(200).says("马丽");
        agent.get(&format!("/desk/search?q={}", case.get().await.str("/reference"))).await.expect(200).says("马丽");
        let mut lead = Reader::signed_in(&desk, "zhao.min", "lead").await;
        let path = format!("/api/v1/teams/{broadband}/members/{}", id_of(&desk, "zhao.min").await);
        admin(&desk).put(&path, &json!({ "leads": true })).await.expect(200);
        let board = lead.get("/lead").await;
        board.expect(200).says("马丽");
        assert!(!board.html.contains(">mary<"), "{}", board.html);

        // Two of one name are told apart.
        rename(&desk, "li.na", "马丽").await;
        agent.get("/desk/complaints").await.expect(200).says("马丽 (mary)");
    }
}

on_both! {
    async fn whoever_is_to_be_named_may_go_by_name(desk) {
        let case = Case::logged(&desk).await;
        rename(&desk, "mary", "马丽").await;
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let path = format!("/desk/complaints/{}", case.id);
        let page = agent.get(&path).await;
        let assign = format!("{path}/assign");
        let hidden = page.hidden(&assign);
        let nobody = agent.post(&assign, &with_hidden(&hidden, &[("assign-owner", "马力"), ("take", "")])).await;
        assert_eq!(nobody.expect(422).wrong_fields(), ["assign-owner"]);
        assert_eq!(nobody.value("assign-owner"), "马力");
        let hidden = nobody.hidden(&assign);
        let given = agent.post(&assign, &with_hidden(&hidden, &[("assign-owner", " 马丽 "), ("take", "")])).await;
        let page = agent.follow(&given).await;
        assert_eq!((page.value("assign-owner").as_str(), case.get().await.str("/owner")), ("马丽", "mary"));
        let list = agent.get("/desk/complaints?owner=%E9%A9%AC%E4%B8%BD").await;
        list.expect(200).says(case.get().await.str("/reference"));
        assert_eq!(list.value("owner"), "马丽");
        // Views and addresses keep handles, which never change.
        let hidden = list.hidden("/desk/views?owner=mary");
        agent.post("/desk/views?owner=mary", &with_hidden(&hidden, &[("view-title", "Hers")])).await.expect(303);
        let kept = desk.count("SELECT count(*) AS n FROM saved_views WHERE CAST(filter AS TEXT) LIKE '%mary%'");
        assert_eq!(kept, 1);
    }
}

on_both! {
    async fn whoever_did_something_to_a_complaint_is_called_by_name_beside_it(desk) {
        let doer = person::signed_in(&desk, "sun.li", "agent").await;
        rename(&desk, "sun.li", "孙丽").await;
        let case = Case::logged(&desk).await;
        let at = |part: &str| format!("{COMPLAINTS}/{}/{part}", case.id);
        let read = case.get().await;
        let client = doer.client().if_match(read.etag());
        client.put(&at("customer-type"), &json!({ "customer_type": "hesitant" })).await.expect(200);
        let read = case.get().await;
        let client = doer.client().if_match(read.etag());
        let note = json!({ "body": "Called the depot." });
        client.post(&at("notes"), &note).await.expect(200);
        doer.client().put(&at("watchers/me"), &json!({})).await.expect(200);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = agent.get(&format!("/desk/complaints/{}", case.id)).await;
        page.expect(200).says("Hesitant · 孙丽").says("Watched by: 孙丽").says("Manner set 孙丽");
        let (before, rest) = page.html.split_once("<datalist").unwrap();
        let (_, after) = rest.split_once("</datalist>").unwrap();
        assert!(!before.contains("sun.li") && !after.contains("sun.li"), "{}", page.html);
    }
}

on_both! {
    async fn who_may_not_read_the_staff_sees_handles_and_is_offered_nobody(desk) {
        let (case, _) = given_to_mary(&desk).await;
        let role = json!({ "name": "Reader", "permissions": ["read-complaints", "work-across-teams"] });
        desk.client(Role::Admin).put("/api/v1/roles/reader", &role).await.expect(201);
        let mut reader = Reader::signed_in(&desk, "qian.li", "reader").await;
        for path in [format!("/desk/complaints/{}", case.id), "/desk/complaints".to_owned()] {
            reader.get(&path).await.expect(200).says("mary").is_silent_about("马丽");
        }
    }
}
