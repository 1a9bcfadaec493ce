//! What stands beside a complaint on its page, without scripts: canned texts, macros, tags, watchers, links, files; and
//! what the record says of the customer.

use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::desk::send;
use super::{Reader, with_hidden};
use crate::attachments::PHOTO;
use crate::casework::{macro_of, text_of, wording};
use crate::fixtures::{COMPLAINTS, Case, merged};
use crate::journeys::{by_phone, upheld};
use crate::on_both;

on_both! {
    async fn a_canned_text_that_fits_is_put_into_the_field_and_nothing_is_written_yet(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        agent.get(&path).await.is_silent_about("Canned text");
        let angry = json!({ "language": "zh", "customer_type": "angry", "body": "{customer.name}，我们马上处理 <{complaint.reference}>。" });
        text_of(&desk, "at_once", &json!([wording("zh", "您好"), angry])).await;
        text_of(&desk, "hello", &json!([wording("zh", "感谢您的来电。")])).await;
        text_of(&desk, "english", &json!([wording("en", "Thank you for calling.")])).await;
        text_of(&desk, "window", &json!([wording("zh", "我们将在 {call_back.window} 致电。")])).await;
        let page = agent.get(&path).await;
        page.expect(200).says("Canned text");
        for label in ["For this manner: Angry", "For everybody"] {
            assert!(page.html.contains(&format!("<optgroup label=\"{label}\">")), "{label}");
        }
        assert!(page.html.contains("value=\"hello\"") && !page.html.contains("value=\"english\""), "only what has a wording");
        let action = format!("{path}/write");
        let before = desk.footprint();
        let filled = send(&mut agent, &page, &action, &[("write-direction", "out"), ("write-body", "李女士："), ("write-text", "at_once"), ("write-fill", "1")]).await;
        let reference = case.get().await.str("/reference").to_owned();
        assert_eq!(filled.expect(200).value("write-body"), format!("李女士：\n\n李娜，我们马上处理 <{reference}>。"));
        assert_eq!(desk.footprint(), before, "nothing is written yet");
        let refused = send(&mut agent, &filled, &action, &[("write-body", "李女士："), ("write-text", "window"), ("write-fill", "1")]).await;
        assert_eq!(refused.expect(422).wrong_fields(), ["write-text"]);
        assert_eq!(refused.value("write-body"), "李女士：", "what was typed stays");
        let none = send(&mut agent, &refused, &action, &[("write-text", ""), ("write-fill", "1")]).await;
        none.expect(422).says("Choose a text");
        let text = filled.value("write-body");
        let sent = send(&mut agent, &filled, &action, &[("write-direction", "out"), ("write-body", &text)]).await;
        agent.follow(&sent).await.says("It is written").says("我们马上处理");
        let events = desk.client(Role::Admin).get("/api/v1/audit/events?action=complaint.text_previewed").await.expect(200);
        assert_eq!(events.items().len(), 1, "what was filled in was shown");
    }
}

on_both! {
    async fn a_macro_says_of_each_action_what_became_of_it_and_what_stands_in_its_way(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        text_of(&desk, "we_know", &json!([wording("zh", "我们已知道。")])).await;
        macro_of(&desk, "cable_cut", &json!([
            { "do": "set_category", "category": "repair" }, { "do": "tag", "tags": ["cable_cut"] },
            { "do": "set_customer_type", "customer_type": "angry" }, { "do": "send_message", "text": "we_know" },
        ])).await;
        macro_of(&desk, "end_it", &json!([
            { "do": "tag", "tags": ["ended"] }, { "do": "close", "decision": "rejected", "reason": "x" }, { "do": "watch" },
        ])).await;
        let action = format!("{path}/macro");
        let page = agent.get(&path).await;
        page.says("Category: repair → Put tags on: cable_cut → Manner: Angry → Send the text “A text” to the customer");
        let before = case.everything().await;
        let refused = send(&mut agent, &page, &action, &[("macro-slug", "end_it")]).await;
        refused.expect(422).says("Nothing was done: A macro").says("Put tags on: ended: would be done").says("Watch it: not reached");
        refused.says("Close it: Rejected: Some steps before the call-back are neither done nor skipped");
        assert_eq!(case.everything().await, before, "all or nothing");
        let done = send(&mut agent, &page, &action, &[("macro-slug", "cable_cut")]).await;
        let again = send(&mut agent, &page, &action, &[("macro-slug", "cable_cut")]).await;
        assert_eq!(again.to(), done.to(), "the same press");
        let page = agent.follow(&done).await;
        page.says("Done: A macro").says("Category: repair: done").says("Manner: Angry: was so already").says("我们已知道。");
        assert_eq!(case.get().await.at("/tags"), &json!(["cable_cut"]));
        // Taken away while somebody looks at the page.
        let gone = "/api/v1/macros/end_it";
        desk.client(Role::Lead).send(reqwest::Method::DELETE, gone, None).await.expect(200);
        let nothing = send(&mut agent, &page, &action, &[("macro-slug", "end_it")]).await;
        nothing.expect(422).says("Somebody has taken this macro away");
        // What an address makes up is not told.
        agent.get(&format!("{path}?done=macro&macro=cable_cut&each=1")).await.is_silent_about("Done: A macro");
        agent.get(&format!("{path}?done=macro&macro=end_it&each=111")).await.is_silent_about("Done: A macro");
    }
}

on_both! {
    async fn tags_are_put_on_and_taken_off_and_who_watches_is_said(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = agent.get(&path).await;
        let tags = format!("{path}/tags");
        let wrong = send(&mut agent, &page, &tags, &[("tags-on", "9lives, Street_12")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["tags-on"]);
        wrong.says("A tag is small letters, digits and _");
        assert_eq!(wrong.value("tags-on"), "9lives, Street_12");
        let none = send(&mut agent, &page, &tags, &[("tags-on", " ")]).await;
        none.expect(422).says("Enter a tag");
        let put = send(&mut agent, &wrong, &tags, &[("tags-on", "Router #street_12")]).await;
        let page = agent.follow(&put).await;
        page.says("The tags are changed").says("#router").says("#street_12");
        let off = send(&mut agent, &page, &tags, &[("tags-on", ""), ("tags-off", "router")]).await;
        agent.follow(&off).await.says("#street_12").is_silent_about("#router");
        assert_eq!(case.get().await.at("/tags"), &json!(["street_12"]));
        let page = agent.get(&path).await;
        let many: Vec<String> = (0..20).map(|n| format!("t{n}")).collect();
        let full = send(&mut agent, &page, &tags, &[("tags-on", &many.join(" "))]).await;
        full.expect(422).says("at most 20 tags");
        let watch = format!("{path}/watch");
        let on = send(&mut agent, &page, &watch, &[("watch-on", "yes")]).await;
        let page = agent.follow(&on).await;
        page.says("You watch it now").says("Watched by: Wang Fang").says("Stop watching");
        let other = Reader::signed_in(&desk, "wang.tao", "agent").await.get(&path).await;
        other.says("Watched by: Wang Fang (li.ming)").says("Watch it").is_silent_about("Stop watching");
        let off = send(&mut agent, &page, &watch, &[("watch-on", "no")]).await;
        agent.follow(&off).await.says("You watch it no more").says("Watched by: nobody");
        // Who only reads may watch, too, and is offered no more than that.
        let mut reader = Reader::signed_in(&desk, "an.auditor", "auditor").await;
        let page = reader.get(&path).await;
        let on = send(&mut reader, &page, &watch, &[("watch-on", "yes")]).await;
        reader.follow(&on).await.says("Watched by: Wang Fang (an.auditor)");
        for deed in ["tags", "relate", "macro", "files", "merge"] {
            assert!(!page.html.contains(&format!("action=\"{path}/{deed}\"")), "{deed}");
        }
    }
}

on_both! {
    async fn complaints_are_linked_by_their_references_and_taken_apart_again(desk) {
        let (one, two) = (Case::logged(&desk).await, Case::logged(&desk).await);
        let path = format!("/desk/complaints/{}", one.id);
        let reference = two.get().await.str("/reference").to_owned();
        let own = one.get().await.str("/reference").to_owned();
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = agent.get(&path).await;
        let relate = format!("{path}/relate");
        for (other, says) in [("", "Enter the reference"), ("AAAA-AAAA", "No complaint has this reference")] {
            let wrong = send(&mut agent, &page, &relate, &[("relate-kind", "child"), ("relate-other", other)]).await;
            assert_eq!(wrong.expect(422).wrong_fields(), ["relate-other"]);
            wrong.says(says);
        }
        let itself = send(&mut agent, &page, &relate, &[("relate-kind", "child"), ("relate-other", &own)]).await;
        assert_eq!(itself.expect(422).wrong_fields(), ["relate-other"]);
        let said = [("relate-kind", "child"), ("relate-other", reference.as_str()), ("relate-reason", "同一处漏水")];
        let done = send(&mut agent, &page, &relate, &said).await;
        let page = agent.follow(&done).await;
        page.says("They are linked").says(&format!("A part of {reference}")).says("同一处漏水");
        let whole = agent.get(&format!("/desk/complaints/{}", two.id)).await;
        whole.says(&format!("Part of it {own}"));
        let back = send(&mut agent, &page, &format!("{path}/unrelate"), &[("unrelate-other", &two.id)]).await;
        agent.follow(&back).await.says("The link is taken back").says("Nothing is linked with it");
        // The page of the other one is of an earlier version now: both are shown.
        let late = send(&mut agent, &whole, &format!("/desk/complaints/{}/relate", two.id), &[("relate-kind", "related"), ("relate-other", &own)]).await;
        agent.follow(&late).await.says(&format!("Related {own}"));
        let stale = send(&mut agent, &page, &relate, &said).await;
        stale.expect(412).says("Somebody changed this complaint");
    }
}

on_both! {
    async fn a_complaint_is_merged_into_another_and_taken_out_again(desk) {
        let (case, survivor) = (Case::logged(&desk).await, Case::logged(&desk).await);
        let path = format!("/desk/complaints/{}", case.id);
        let reference = survivor.get().await.str("/reference").to_owned();
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = agent.get(&path).await;
        let merge = format!("{path}/merge");
        let bare = send(&mut agent, &page, &merge, &[("merge-into", &reference)]).await;
        assert_eq!(bare.expect(422).wrong_fields(), ["merge-reason"]);
        assert_eq!(bare.value("merge-into"), reference);
        let stranger = Case::of(&desk, &merged(by_phone(), json!({ "customer": { "phone": "139 0013 9000" } }))).await;
        let elsewhere = stranger.get().await.str("/reference").to_owned();
        let refused = send(&mut agent, &page, &merge, &[("merge-into", &elsewhere), ("merge-reason", "x")]).await;
        assert_eq!(refused.expect(422).wrong_fields(), ["merge-into"]);
        let done = send(&mut agent, &page, &merge, &[("merge-into", &reference), ("merge-reason", "同一件事")]).await;
        let page = agent.follow(&done).await;
        page.says("It is merged into the other one").says(&format!("Merged into {reference}")).says("同一件事");
        agent.get(&format!("/desk/complaints/{}", survivor.id)).await.says("Repeated by");
        assert_eq!(case.get().await.str("/state"), "closed");
        let undo = format!("{path}/unmerge");
        let bare = send(&mut agent, &page, &undo, &[("unmerge-reason", "")]).await;
        assert_eq!(bare.expect(422).wrong_fields(), ["unmerge-reason"]);
        let done = send(&mut agent, &page, &undo, &[("unmerge-reason", "另一台")]).await;
        agent.follow(&done).await.says("The merge is undone").is_silent_about(&format!("Merged into {reference}"));
        assert_ne!(case.get().await.str("/state"), "closed");
    }
}

on_both! {
    async fn files_are_added_listed_and_read_by_those_who_may(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = agent.get(&path).await;
        page.says("There are no files");
        let action = format!("{path}/files");
        let hidden = page.hidden(&action);
        let none = agent.post_files(&action, &with_hidden(&hidden, &[]), &[]).await;
        assert_eq!(none.expect(422).wrong_fields(), ["files"]);
        let both: &[(&str, &[u8])] = &[("door.jpg", PHOTO), ("page.html", &b"<html>"[..])];
        let half = agent.post_files(&action, &with_hidden(&hidden, &[("form_key", "half"), ("files-shared", "1")]), both).await;
        half.expect(422).says("page.html").says("door.jpg").says("the customer sees it");
        let inner: &[(&str, &[u8])] = &[("内部记录.txt", "三次报修".as_bytes())];
        let fields = with_hidden(&hidden, &[("form_key", "inner")]);
        let added = agent.post_files(&action, &fields, inner).await;
        let again = agent.post_files(&action, &fields, inner).await;
        assert_eq!(again.to(), added.to());
        let page = agent.follow(&added).await;
        page.says("The files are added").says("内部记录.txt").says("among ourselves").says("picture · 1 kB · Wang Fang");
        assert_eq!(desk.rows("attachments"), 2, "each once");
        let listed = case.list("attachments").await;
        let shared: Vec<&Value> = listed.items().iter().map(|file| &file["shared"]).collect();
        assert_eq!(shared, [&json!(true), &json!(false)]);
        let file = format!("{path}/files/{}", listed.json[1]["id"].as_str().unwrap());
        let read = agent.get(&file).await;
        assert_eq!((read.expect(200).html.as_str(), read.header("content-type")), ("三次报修", "text/plain; charset=utf-8"));
        assert!(read.header("content-disposition").starts_with("attachment"), "to be saved, not shown");
        assert_eq!(desk.count("SELECT count(*) AS n FROM audit_events WHERE action = 'attachment.read'"), 1);
        Reader::signed_in(&desk, "the.seller", "sales").await.get(&file).await.expect(403);
        assert_eq!(agent.post_files(&action, &[("form_key", "x")], inner).await.status, 403, "with the session's token only");
    }
}

on_both! {
    async fn the_card_says_what_the_record_says_of_a_customer_and_no_more(desk) {
        let case = Case::logged(&desk).await;
        let whose = case.get().await.str("/customer_id").to_owned();
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let (complaint, customer) = (format!("/desk/complaints/{}", case.id), format!("/desk/customers/{whose}"));
        for page in [&complaint, &customer] {
            agent.get(page).await.expect(200).says("Individual").is_silent_about("Thinker").is_silent_about("rofitable");
        }
        let path = format!("/api/v1/customers/{whose}");
        let admin = desk.client(Role::Admin);
        let read = admin.get(&path).await.expect(200);
        let profile = json!({ "tier": "key_account", "grade": "b", "segment": "most_profitable", "style": "thinker", "stance": "supporter" });
        admin.if_match(read.etag()).patch(&path, &profile).await.expect(200);
        let call = "/desk/new?caller=13800138000".to_owned();
        for page in [&complaint, &customer, &call] {
            let page = agent.get(page).await;
            page.expect(200).says("★ Key account B").says("Most profitable").says("Is for us");
            page.says("Thinker: explain, with figures and comparisons");
        }
        let chinese = agent.with("accept-language", "zh").get(&complaint).await;
        chinese.says("大客户 B 级").says("最赚钱").says("支持者").says("分析论");
        // Closed ones, too: the record is not the complaint's.
        case.work().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &upheld()).await.expect(200);
        agent.get(&complaint).await.says("Thinker");
        assert_eq!(desk.agent().get(&format!("{COMPLAINTS}/{}", case.id)).await.expect(200).str("/state"), "closed");
    }
}
