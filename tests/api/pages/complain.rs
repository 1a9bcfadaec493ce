//! The form by which customers complain, without scripts.

use serde_json::json;

use super::{Reader, Shown, with_hidden};
use crate::clocks::{enforce, metric, policy};
use crate::on_both;
use crate::support::{Desk, lenient};
use hark::domain::staff::Role;
use hark::settings::edge::EdgeSettings;

/// A PNG of one dot.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// A desk whose public form lets a few complaints pass without a proof of work.
fn without_scripts(desk: &Desk, most: u32) -> crate::support::Door {
    desk.door(EdgeSettings {
        filing_without_proof: most,
        ..lenient()
    })
}

/// What somebody fills in.
pub const FILLED: &[(&str, &str)] = &[
    (
        "statement",
        "The washing machine arrived with a broken door.\r\nNobody answers. <b>\"really\"</b> & so on",
    ),
    ("incident_on", "2026-11-20"),
    ("desired_remedy", "A new door"),
    ("product", "W-700"),
    ("order_ref", "A-1001"),
    ("name", "Li Na"),
    ("phone", "138 0013 8000"),
    ("email", "li.na@example.com"),
    ("preferred_medium", "email"),
    ("preferred_time", "weekdays after 18:00"),
];

async fn open(reader: &mut Reader) -> (Shown, Vec<(String, String)>) {
    let page = reader.get("/complain").await;
    let hidden = page.expect(200).hidden("/complain");
    (page, hidden)
}

on_both! {
    async fn a_complaint_is_filed_without_scripts_and_followed_by_the_link(desk) {
        let door = without_scripts(&desk, 5);
        let mut reader = Reader::at(&door.url).with("accept-language", "en");
        let (_, hidden) = open(&mut reader).await;
        let sent = reader.post_files("/complain", &with_hidden(&hidden, FILLED), &[("dot.png", PNG)]).await;
        let done = reader.follow(&sent).await;
        done.expect(200).says("We have your complaint").is_silent_about("could not be kept");
        let (_, link) = done.html.split_once("id=\"private-link\" href=\"").unwrap();
        let link = link.split('"').next().unwrap().strip_prefix(&door.url).unwrap().to_owned();
        let page = reader.get(&link).await;
        page.expect(200).says("We have it").says("dot.png").says("A new door");
        page.says("Nobody answers. <b>\"really\"</b> & so on");
        assert!(!page.html.contains("<b>"), "what somebody wrote is text");
        let listed = desk.agent().get("/api/v1/complaints").await.expect(200);
        let id = listed.str("/items/0/id");
        let complaint = desk.agent().get(&format!("/api/v1/complaints/{id}")).await.expect(200);
        assert_eq!(complaint.str("/channel"), "web");
        assert_eq!(complaint.str("/language"), "en");
        assert_eq!(complaint.str("/statement/incident_at"), "2026-11-19T16:00:00Z");
        assert_eq!((desk.rows("complaints"), desk.rows("attachments")), (1, 1));
    }
}

on_both! {
    async fn what_does_not_fit_is_told_at_once_and_nothing_that_was_typed_is_lost(desk) {
        let door = without_scripts(&desk, 5);
        let mut reader = Reader::at(&door.url).with("accept-language", "en");
        let (_, hidden) = open(&mut reader).await;
        let long = "x".repeat(2_001);
        let wrong: Vec<(&str, &str)> = vec![
            ("statement", "  "), ("incident_on", "2027-01-01"), ("desired_remedy", &long), ("product", "W-700 <&\">"),
            ("order_ref", "A-1001"), ("name", "Li Na"), ("phone", "abc"), ("email", "li.na"), ("preferred_medium", "phone"),
            ("preferred_time", "evenings"),
        ];
        let shown = reader.post_files("/complain", &with_hidden(&hidden, &wrong), &[("dot.png", PNG)]).await;
        shown.expect(422).says("Error: Tell us what happened").says("choose your files again");
        assert_eq!(shown.wrong_fields(), ["statement", "incident_on", "desired_remedy", "phone", "email"]);
        for (name, value) in &wrong {
            if *name != "preferred_medium" {
                assert_eq!(shown.value(name).trim(), value.trim(), "{name}");
            }
        }
        assert!(shown.html.contains("value=\"phone\" checked"));
        for field in shown.wrong_fields() {
            assert!(shown.html.contains(&format!("id=\"{field}\"")), "the summary leads to {field}");
            assert!(shown.html.contains(&format!("id=\"{field}-wrong\"")), "and it is said beside {field}");
        }
        let nobody = [("statement", "It broke"), ("phone", " "), ("email", "")];
        let shown = reader.post_files("/complain", &with_hidden(&hidden, &nobody), &[]).await;
        shown.expect(422).says("Enter a telephone number or an e-mail address");
        assert_eq!(shown.wrong_fields(), ["phone"]);
        let no_day = [("statement", "It broke"), ("phone", "138 0013 8000"), ("incident_on", "yesterday")];
        let shown = reader.post_files("/complain", &with_hidden(&hidden, &no_day), &[]).await;
        assert_eq!(shown.expect(422).wrong_fields(), ["incident_on"]);
        assert_eq!(desk.rows("complaints") + desk.rows("attachments"), 0);
        let mended = reader.post_files("/complain", &with_hidden(&hidden, FILLED), &[]).await;
        mended.expect(303);
    }
}

on_both! {
    async fn a_button_pressed_twice_and_a_page_reloaded_file_once(desk) {
        let door = without_scripts(&desk, 1);
        let mut reader = Reader::at(&door.url).with("accept-language", "en");
        let (_, hidden) = open(&mut reader).await;
        let fields = with_hidden(&hidden, FILLED);
        let (mut one, mut two) = (reader.clone(), reader.clone());
        let files: &[(&str, &[u8])] = &[("dot.png", PNG)];
        let (first, second) = tokio::join!(one.post_files("/complain", &fields, files), two.post_files("/complain", &fields, files));
        assert_eq!(first.expect(303).to(), second.expect(303).to());
        let third = reader.post_files("/complain", &fields, files).await;
        assert_eq!(third.expect(303).to(), first.to(), "also when no more may be filed without a proof");
        assert_eq!((desk.rows("complaints"), desk.rows("attachments")), (1, 1));

        let mut changed = fields.clone();
        changed.retain(|(name, _)| *name != "statement");
        changed.push(("statement", "And the pump leaks"));
        let again = reader.post_files("/complain", &changed, &[]).await;
        again.expect(422).says("You have sent this form already");
        assert_eq!(again.value("statement"), "And the pump leaks");
        assert_ne!(again.hidden("/complain"), hidden, "sent again, it is another complaint");
        let fresh = again.hidden("/complain");
        let again: Vec<_> = changed.iter().copied().filter(|(name, _)| *name != "form_key").collect();
        let refused = reader.post_files("/complain", &with_hidden(&fresh, &again), &[]).await;
        refused.expect(422).says("Several complaints were sent from your connection");
        assert_eq!(refused.value("statement"), "And the pump leaks");
        assert_eq!(desk.rows("complaints"), 1);
    }
}

on_both! {
    async fn a_file_that_cannot_be_kept_does_not_keep_the_complaint_out(desk) {
        let door = without_scripts(&desk, 5);
        let mut reader = Reader::at(&door.url).with("accept-language", "en");
        let (_, hidden) = open(&mut reader).await;
        let program: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
        let sent = reader
            .post_files("/complain", &with_hidden(&hidden, FILLED), &[("setup.exe", program), ("dot.png", PNG)])
            .await;
        let done = reader.follow(&sent).await;
        done.expect(200).says("One of your files could not be kept");
        assert_eq!((desk.rows("complaints"), desk.rows("attachments")), (1, 1));
    }
}

on_both! {
    async fn a_solved_challenge_comes_with_the_form_and_works_once(desk) {
        let mut reader = Reader::of(&desk);
        let solution = desk.anonymous().solution().await;
        let (page, hidden) = open(&mut reader).await;
        assert!(page.html.contains("data-proof="));
        let mut fields = with_hidden(&hidden, FILLED);
        fields.retain(|(name, _)| *name != "challenge");
        let without = reader.post_files("/complain", &fields, &[]).await;
        without.expect(422);
        fields.push(("challenge", &solution));
        reader.post_files("/complain", &fields, &[]).await.expect(303);
        let (_, hidden) = open(&mut reader).await;
        let mut fields = with_hidden(&hidden, FILLED);
        fields.retain(|(name, _)| *name != "challenge");
        fields.push(("challenge", &solution));
        let spent = reader.post_files("/complain", &fields, &[]).await;
        spent.expect(422).says("The check was used already");
        assert_eq!((spent.value("name"), spent.value("challenge")), ("Li Na".to_owned(), String::new()));
        assert_eq!(desk.rows("complaints"), 1);
    }
}

on_both! {
    async fn the_form_says_by_when_if_a_policy_does(desk) {
        let mut reader = Reader::of(&desk);
        let (page, _) = open(&mut reader).await;
        page.says("A person reads what you wrote").is_silent_about("You hear from us by");
        enforce(&desk, "ours", &policy(&[metric("first", "first_response", 120), metric("resolve", "resolve", 960)])).await;
        let (page, hidden) = open(&mut reader).await;
        // Monday, nine o'clock, when the desk opens.
        page.says("You hear from us by: Monday 23 November 2026, 11:00 (Beijing time)");
        page.says("We settle it by: Tuesday 24 November 2026");
        let solution = desk.anonymous().solution().await;
        let mut fields = with_hidden(&hidden, FILLED);
        fields.retain(|(name, _)| *name != "challenge");
        fields.push(("challenge", &solution));
        let sent = reader.post_files("/complain", &fields, &[]).await;
        let done = reader.follow(&sent).await;
        done.says("You hear from us by: Monday 23 November 2026, 11:00 (Beijing time)");
    }
}

on_both! {
    async fn the_language_can_be_changed_in_the_middle_of_the_form(desk) {
        let mut reader = Reader::of(&desk);
        let (_, hidden) = open(&mut reader).await;
        let mut fields = with_hidden(&hidden, FILLED);
        fields.push(("switch_lang", "zh-CN"));
        let shown = reader.post_files("/complain", &fields, &[]).await;
        shown.expect(200).says("发生了什么？");
        assert_eq!((shown.value("name"), shown.value("order_ref")), ("Li Na".to_owned(), "A-1001".to_owned()));
        assert!(shown.wrong_fields().is_empty());
        assert!(reader.get("/complain").await.html.contains("<html lang=\"zh-CN\""));
        assert_eq!(desk.rows("complaints"), 0);
    }
}

on_both! {
    async fn a_receipt_behind_a_link_that_is_none_is_not_found(desk) {
        let shown = Reader::of(&desk).get("/complain/done/nothing").await;
        shown.expect(404);
        let admin = desk.client(Role::Admin);
        let events = admin.get("/api/v1/audit/events?action=complaint.tracked").await.expect(200);
        assert_eq!(events.items(), &[] as &[serde_json::Value; 0], "{}", json!(events.json));
    }
}
