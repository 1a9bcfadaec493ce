//! Files that belong to a complaint: coming in, being shown, going away.

mod keeping;
#[cfg(feature = "s3")]
mod s3;
mod scanning;

use reqwest::Method;
use serde_json::json;

use crate::fixtures::{Case, PUBLIC, reason};
use crate::on_both;
use crate::support::{Client, Reply};
use hark::domain::staff::Role;

/// The smallest thing that begins as a photo does.
pub const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9";

/// Sends a file as it is.
pub async fn send(client: &Client, complaint: &str, name: &str, content: &[u8]) -> Reply {
    let path = format!("{complaint}/attachments?name={name}");
    client
        .send_raw(Method::POST, &path, "application/octet-stream", content.to_vec())
        .await
}

on_both! {
    async fn a_file_comes_in_is_listed_and_read_and_leaves_an_entry(desk) {
        let case = Case::logged(&desk).await;
        let kept = send(&case.agent, &case.path(), "door.jpg", PHOTO).await.expect(201);
        assert_eq!((kept.str("/name"), kept.str("/media_type"), kept.str("/scan")), ("door.jpg", "image/jpeg", "unscanned"));
        assert_eq!(kept.at("/bytes"), PHOTO.len());
        let location = kept.header("location").unwrap().to_owned();
        assert_eq!(location, format!("{}/attachments/{}", case.path(), kept.id()));
        assert_eq!(case.list("attachments").await.items(), std::slice::from_ref(&kept.json));
        let (status, headers, content) = case.agent.bytes(&format!("{location}/content")).await;
        assert_eq!((status, content.as_slice()), (200, PHOTO));
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "image/jpeg");
        assert_eq!(header("content-disposition"), "attachment; filename=\"door.jpg\"; filename*=UTF-8''door.jpg");
        assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'none'");
        assert_eq!((header("x-content-type-options"), header("cache-control")), ("nosniff".to_owned(), "no-store".to_owned()));
        assert_eq!(case.actions().await, ["received", "attachment_added"]);
        assert_eq!(case.last_entry().await["after"]["attachment_id"], kept.json["id"]);
        assert_eq!(desk.count("SELECT count(*) AS n FROM audit_events WHERE action = 'attachment.read'"), 1);
        let (status, headers, part) = case.agent.with("range", "bytes=0-3").bytes(&format!("{location}/content")).await;
        assert_eq!((status, part.as_slice(), headers["content-range"].to_str().unwrap()), (206, &PHOTO[..4], "bytes 0-3/22"));
    }
}

on_both! {
    async fn a_form_of_a_browser_is_taken_too(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("{}/attachments", case.path());
        let form = |field: &str, name: &str, content: &str| format!(
            "--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n{content}\r\n--x--\r\n"
        );
        let post = |body: String| case.agent.send_raw(Method::POST, &path, "multipart/form-data; boundary=x", body);
        let kept = post(form("file", "../收据.html", "退款 99 元")).await.expect(201);
        assert_eq!((kept.str("/name"), kept.str("/media_type")), ("收据.html.txt", "text/plain"));
        post(form("other", "a.txt", "hello")).await.expect_problem(400, "request.malformed");
        post("--x\r\nnonsense".to_owned()).await.expect_problem(400, "request.malformed");
        post(form("file", "a.txt", "cut off").replace("--x--", "")).await.expect_problem(400, "request.malformed");
        let two = |second: &str| [form("file", "a.txt", "one").replace("--x--\r\n", ""), form(second, "b.txt", "two")].concat();
        for second in ["file", "other"] {
            post(two(second)).await.expect_problem(400, "request.malformed");
        }
        assert_eq!(desk.rows("attachments"), 1);
        let page = form("file", "a.jpg", "<html><script>alert(1)</script></html>");
        post(page).await.expect_problem(415, "attachment.type_not_allowed");
        assert_eq!(desk.rows("attachments"), 1);
    }
}

on_both! {
    async fn what_a_file_is_called_does_not_make_it_one(desk) {
        let case = Case::logged(&desk).await;
        for content in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"<!doctype html>", b"MZ\x90\0", b"PK\x03\x04zip", b""] {
            let refused = send(&case.agent, &case.path(), "photo.jpg", content).await;
            refused.expect_problem(415, "attachment.type_not_allowed");
        }
        let polyglot = [PHOTO, b"<script>alert(1)</script>"].concat();
        send(&case.agent, &case.path(), "photo.jpg", &polyglot).await.expect_problem(415, "attachment.type_not_allowed");
        assert_eq!(desk.rows("attachments"), 0);
    }
}

on_both! {
    async fn a_customer_sends_files_and_sees_those_that_are_shared(desk) {
        let (case, link) = Case::filed(&desk).await;
        let customer = desk.anonymous();
        let sent = send(&customer, &link, "bill.txt", b"99 yuan").await.expect(201);
        assert_eq!((sent.str("/added_by"), sent.at("/shared")), ("customer", &json!(true)));
        let internal = send(&case.agent, &case.path(), "opinion.txt", b"a lawyer's letter").await.expect(201);
        let answer = format!("{}/attachments?name=answer.txt&shared=true", case.path());
        let shared = case.agent.send_raw(Method::POST, &answer, "text/plain", "our answer").await.expect(201);
        let seen = customer.get(&format!("{link}/attachments")).await.expect(200);
        assert_eq!(seen.each("name"), ["bill.txt", "answer.txt"]);
        assert_eq!(seen.each("added_by"), ["customer", "desk"], "staff have no names there");
        let read = |id: &str| format!("{link}/attachments/{id}/content");
        assert_eq!(customer.bytes(&read(shared.id())).await.2, b"our answer");
        assert_eq!(customer.bytes(&read(sent.id())).await.2, b"99 yuan");
        customer.get(&read(internal.id())).await.expect_problem(404, "resource.not_found");
        let (_other, another) = Case::filed(&desk).await;
        customer.get(&format!("{another}/attachments/{}/content", sent.id())).await.expect_problem(404, "resource.not_found");
        send(&customer, &format!("{PUBLIC}/nobody"), "a.txt", b"x").await.expect_problem(404, "resource.not_found");
    }
}

on_both! {
    async fn a_file_of_another_complaint_is_not_there(desk) {
        let (one, other) = (Case::logged(&desk).await, Case::logged(&desk).await);
        let kept = send(&one.agent, &one.path(), "a.txt", b"x").await.expect(201);
        let elsewhere = format!("{}/attachments/{}", other.path(), kept.id());
        one.agent.get(&format!("{elsewhere}/content")).await.expect_problem(404, "resource.not_found");
        let gone = desk.client(Role::Lead).send(Method::DELETE, &format!("{elsewhere}?reason=x"), None).await;
        gone.expect_problem(404, "resource.not_found");
        assert_eq!(desk.rows("attachments"), 1);
    }
}

on_both! {
    async fn a_lead_takes_a_file_away_for_a_reason_that_stays(desk) {
        let case = Case::logged(&desk).await;
        let kept = send(&case.agent, &case.path(), "a.txt", b"of somebody else").await.expect(201);
        let path = format!("{}/attachments/{}", case.path(), kept.id());
        let lead = desk.client(Role::Lead);
        case.agent.send(Method::DELETE, &format!("{path}?reason=x"), None).await.expect_problem(403, "auth.forbidden");
        lead.send(Method::DELETE, &path, None).await.expect_problem(422, "request.invalid");
        lead.send(Method::DELETE, &format!("{path}?reason=%20"), None).await.expect_invalid(&["?reason"]);
        lead.send(Method::DELETE, &format!("{path}?reason=wrong%20customer"), None).await.expect(200);
        case.agent.get(&format!("{path}/content")).await.expect_problem(404, "resource.not_found");
        assert_eq!(case.actions().await, ["received", "attachment_added", "attachment_removed"]);
        assert_eq!(case.last_entry().await["after"], reason("wrong customer"));
    }
}

on_both! {
    async fn a_closed_complaint_takes_files_as_it_takes_messages(desk) {
        let case = Case::closed(&desk).await;
        send(&case.agent, &case.path(), "transfer.txt", b"paid").await.expect(201);
    }
}
