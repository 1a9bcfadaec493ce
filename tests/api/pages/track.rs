//! The page behind the private link, without scripts.

use serde_json::json;

use super::complain::PNG;
use super::{Reader, Shown, with_hidden};
use crate::fixtures::Case;
use crate::journeys::upheld;
use crate::on_both;
use crate::support::Desk;

/// A complaint that was filed, and the path of the customer's page.
async fn filed(desk: &Desk) -> (Case<'_>, String) {
    let (case, link) = Case::filed(desk).await;
    (case, link.replace("/api/v1/public/complaints/", "/track/"))
}

/// Sends the form with this action as it stands on the page, with some fields filled in.
async fn send(reader: &mut Reader, page: &Shown, action: &str, fields: &[(&str, &str)]) -> Shown {
    let hidden = page.hidden(action);
    reader.post(action, &with_hidden(&hidden, fields)).await
}

on_both! {
    async fn the_page_says_where_it_stands_in_plain_words(desk) {
        let (case, path) = filed(&desk).await;
        let mut reader = Reader::of(&desk);
        let page = reader.get(&path).await;
        page.expect(200).says("We have it").says("Nobody has begun with it yet").says("We hear what happened now");
        case.work().await;
        case.promise(60, 120).await;
        let page = reader.get(&path).await;
        page.says("Somebody is working on it").says("We call you back and ask whether it is settled now");
        page.says("Monday 23 November 2026, 10:00 to 11:00 (Beijing time)").says("in 1 h");
        let chinese = reader.clone().with("accept-language", "zh").get(&path).await;
        chinese.says("正在处理").says("2026年11月23日（周一）10:00至11:00 （北京时间）").says("1 小时后");
        for inside in ["insistent", "angry", "test agent", &case.id] {
            page.is_silent_about(inside);
        }
        let events = desk.client(hark::domain::staff::Role::Admin).get("/api/v1/audit/events?action=complaint.tracked").await;
        assert_eq!(events.expect(200).items().len(), 3, "each look is told to the audit");
    }
}

on_both! {
    async fn the_customer_answers_what_was_asked(desk) {
        let (case, path) = filed(&desk).await;
        case.post("messages", &json!({ "body": "Which serial number?" })).await.expect(200);
        case.post("wait", &json!({ "ball_with": "customer", "reason": "the serial number" })).await.expect(200);
        let mut reader = Reader::of(&desk);
        let page = reader.get(&path).await;
        page.says("We are waiting for you").says("Which serial number?");
        let action = format!("{path}/messages");
        let empty = send(&mut reader, &page, &action, &[("body", " ")]).await;
        assert_eq!(empty.expect(422).wrong_fields(), ["body"]);
        let hidden = page.hidden(&action);
        let fields = with_hidden(&hidden, &[("body", "It is 4711.\r\nOn the back.")]);
        let sent = reader.post(&action, &fields).await;
        let again = reader.post(&action, &fields).await;
        assert_eq!(sent.to(), again.expect(303).to());
        let page = reader.follow(&sent).await;
        page.says("We have your message").says("It is 4711. On the back.").says("Somebody is working on it");
        assert_eq!(case.list("messages").await.items().len(), 2, "written once, however often it was sent");
    }
}

on_both! {
    async fn the_customer_moves_the_call_and_then_calls_it_off(desk) {
        let (case, path) = filed(&desk).await;
        case.work().await;
        let first = case.promise(60, 120).await;
        let mut reader = Reader::of(&desk);
        let page = reader.get(&path).await;
        let action = format!("{path}/call-backs/{first}/move");
        for (day, from, until, says) in [
            ("tomorrow", "18:00", "20:00", "Choose the day"),
            ("2026-11-24", "six", "20:00", "Enter both times"),
            ("2026-11-24", "20:00", "18:00", "The end has to be after the beginning"),
            ("2026-11-20", "18:00", "20:00", "Choose a time that lies ahead"),
        ] {
            let wrong = send(&mut reader, &page, &action, &[("day", day), ("from", from), ("until", until), ("reason", "work")]).await;
            wrong.expect(422).says(says);
            assert_eq!(wrong.wrong_fields(), [format!("day-{first}")]);
            assert_eq!((wrong.value("day"), wrong.value("from")), (day.to_owned(), from.to_owned()));
        }
        let moved = send(&mut reader, &page, &action, &[("day", "2026-11-24"), ("from", "18:00"), ("until", "20:00")]).await;
        let page = reader.follow(&moved).await;
        page.says("The call is moved").says("Tuesday 24 November 2026, 18:00 to 20:00 (Beijing time)");
        let ended = case.promised(&first).await;
        assert_eq!((ended.str("/changed_by"), ended.str("/change_reason")), ("customer", "Another time suits me better."));
        let list = case.list("call-backs").await;
        let second = list.items().iter().find(|call| call["state"] == "open").unwrap();
        assert_eq!(second["window_start"], "2026-11-24T10:00:00Z");
        let action = format!("{path}/call-backs/{}/decline", second["id"].as_str().unwrap());
        let declined = send(&mut reader, &page, &action, &[("reason", "all is well")]).await;
        reader.follow(&declined).await.says("The call is called off").says("You did not need this call");
        let late = reader.post(&action, &[("form_key", "another")]).await;
        late.expect(422).says("has been made or called off");
    }
}

on_both! {
    async fn the_customer_accepts_the_decision_or_disputes_it(desk) {
        let (case, path) = filed(&desk).await;
        case.work().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &upheld()).await.expect(200);
        let mut reader = Reader::of(&desk);
        let page = reader.get(&path).await;
        page.says("It is closed").says("we decided in your favour").says("三次报修没有派单");
        let accepted = send(&mut reader, &page, &format!("{path}/accept"), &[]).await;
        let page = reader.follow(&accepted).await;
        page.says("You accepted the decision on Monday 23 November 2026").is_silent_about("I accept the decision");
        assert_eq!(case.list("timeline").await.each("action").iter().filter(|a| *a == "decision_accepted").count(), 1);
        assert_eq!(case.get().await.str("/state"), "closed");

        let action = format!("{path}/dispute");
        let empty = send(&mut reader, &page, &action, &[("dispute_reason", "")]).await;
        assert_eq!(empty.expect(422).wrong_fields(), ["dispute_reason"]);
        let stale = send(&mut reader, &page, &action, &[("dispute_reason", "no"), ("version", "1")]).await;
        stale.expect(422).says("Something has changed");
        assert_eq!(stale.value("dispute_reason"), "no");
        let disputed = send(&mut reader, &page, &action, &[("dispute_reason", "The door is still broken")]).await;
        let page = reader.follow(&disputed).await;
        page.says("Your complaint is open again").says("Somebody is working on it").is_silent_about("You accepted");
        assert_eq!(case.get().await.str("/state"), "in_handling");
    }
}

on_both! {
    async fn the_customer_takes_the_complaint_back(desk) {
        let (case, path) = filed(&desk).await;
        let mut reader = Reader::of(&desk);
        let page = reader.get(&path).await;
        let back = send(&mut reader, &page, &format!("{path}/withdraw"), &[]).await;
        let page = reader.follow(&back).await;
        page.says("You have taken your complaint back").says("You took the complaint back.").says("Open my complaint again");
        page.is_silent_about("This is what we decided").is_silent_about("How we handle it");
        page.is_silent_about("I accept the decision");
        assert_eq!(case.get().await.str("/decision"), "withdrawn");
    }
}

on_both! {
    async fn files_are_sent_seen_and_read_behind_the_link(desk) {
        let (case, path) = filed(&desk).await;
        let mut reader = Reader::of(&desk);
        let page = reader.get(&path).await;
        let action = format!("{path}/files");
        let hidden = page.hidden(&action);
        let none = reader.post_files(&action, &with_hidden(&hidden, &[]), &[]).await;
        none.expect(422).says("Choose a file");
        let wrong = reader.post_files(&action, &with_hidden(&hidden, &[]), &[("setup.exe", b"MZ\x90\0\x03\0\0\0")]).await;
        wrong.expect(422).says("setup.exe: This kind of file cannot be attached");
        let sent = reader.post_files(&action, &with_hidden(&hidden, &[]), &[("dot.png", PNG), ("note.txt", b"hello")]).await;
        let page = reader.follow(&sent).await;
        page.says("We have your files").says("dot.png").says("note.txt (from you, 1 KB)");
        let (_, rest) = page.html.split_once(&format!("href=\"{action}/")).unwrap();
        let file = rest.split('"').next().unwrap();
        let read = reader.get(&format!("{action}/{file}")).await;
        assert_eq!(read.expect(200).header("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'none'");
        assert!(read.header("content-disposition").starts_with("attachment;"));
        assert_eq!(case.list("attachments").await.items().len(), 2);
        reader.get(&format!("{action}/00000000-0000-7000-8000-000000000000")).await.expect(404).says("nothing here");
    }
}

on_both! {
    async fn a_link_leads_to_the_page_and_a_reference_does_not(desk) {
        let (case, path) = filed(&desk).await;
        let mut reader = Reader::of(&desk);
        let reference = case.get().await.str("/reference").to_owned();
        let wrong = reader.post("/track", &[("link", &reference)]).await;
        wrong.expect(422).says("a reference such as K7QM-3R9X is not enough");
        assert_eq!(wrong.value("link"), reference);
        let found = reader.post("/track", &[("link", &format!(" https://desk.example{path} "))]).await;
        assert_eq!(found.expect(303).to(), path);
        let gone = reader.get("/track/aaaaaaaaaaaaaaaaaaaaaaaa").await;
        gone.expect(404).says("This link leads nowhere");
        case.agent.send(reqwest::Method::DELETE, &format!("{}/tracking-link", case.path()), None).await.expect(200);
        reader.get(&path).await.expect(404).says("This link leads nowhere");
        let action = format!("{path}/messages");
        reader.post(&action, &[("body", "hello")]).await.expect(404);
    }
}
