//! `/complaints/{id}/messages` and `notes`.

use serde_json::json;

use crate::fixtures::{Case, field, log, merged, walk};
use crate::journeys::by_phone;
use crate::on_both;

on_both! {
    async fn a_message_to_the_customer_goes_through_the_outbox_and_a_note_does_not(desk) {
        let case = Case::logged(&desk).await;
        assert_eq!(desk.outbox(), [] as [&str; 0], "no e-mail address, no acknowledgement");
        let sent = case.post("messages", &json!({ "body": " We are on it. " })).await.expect(200);
        assert_eq!((sent.str("/direction"), sent.str("/body")), ("out", "We are on it."));
        let note = case.post("notes", &json!({ "body": "angry" })).await.expect(200);
        assert_eq!((note.str("/direction"), note.str("/author")), ("internal", "test agent"));
        assert_eq!(desk.outbox(), ["send_message"]);
        let listed = case.list("messages").await;
        assert_eq!(listed.each("id"), [sent.id(), note.id()]);
        assert_eq!(case.actions().await, ["received", "message_sent", "note_written"]);
        for list in ["messages", "notes"] {
            for wrong in [" ".to_owned(), "x".repeat(10_001), "x\u{7}".to_owned()] {
                case.post(list, &json!({ "body": wrong })).await.expect_invalid(&["/body"]);
            }
        }
    }
}

on_both! {
    async fn a_letter_of_the_customer_is_entered_by_staff_and_ends_the_wait(desk) {
        let case = Case::logged(&desk).await;
        case.post("wait", &json!({ "ball_with": "customer", "reason": "a photo" })).await.expect(200);
        case.post("messages", &json!({ "body": "Please send it." })).await.expect(200);
        assert_eq!(case.get().await.str("/state"), "waiting", "our own message does not end it");
        let entered = case.post("messages", &json!({ "body": "Here it is.", "direction": "in" })).await.expect(200);
        assert_eq!(entered.str("/direction"), "in");
        assert_eq!(case.get().await.str("/state"), "in_handling");
        assert_eq!(desk.outbox(), ["send_message"]);
        let aside = json!({ "body": "x", "direction": "internal" });
        case.post("messages", &aside).await.expect_invalid(&["/direction"]);
    }
}

on_both! {
    async fn who_leaves_an_address_gets_an_acknowledgement(desk) {
        let with_address = merged(by_phone(), json!({ "customer": { "email": "li.na@example.com" } }));
        log(&desk.agent(), &with_address).await;
        assert_eq!(desk.outbox(), ["acknowledge"]);
    }
}

on_both! {
    async fn messages_come_page_by_page_the_oldest_first(desk) {
        let case = Case::logged(&desk).await;
        for n in 0..5 {
            case.post(if n % 2 == 0 { "notes" } else { "messages" }, &json!({ "body": n.to_string() })).await.expect(200);
        }
        let pages = walk(&case.agent, &format!("{}/messages", case.path()), 2, async || {}).await;
        assert_eq!(field(&pages, "body"), ["0", "1", "2", "3", "4"]);
    }
}
