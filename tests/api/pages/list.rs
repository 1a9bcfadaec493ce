//! The list of complaints, without scripts: filter, pages, saved views and their columns, and what is done with many.

use serde_json::json;

use super::desk::send;
use super::{Reader, Shown, with_hidden};
use crate::casework::VIEWS;
use crate::fixtures::Case;
use crate::on_both;
use crate::support::Desk;
use crate::work::{give, logged};

const LIST: &str = "/desk/complaints";

/// The ids of the complaints on the page, in their order.
fn shown(page: &Shown) -> Vec<String> {
    let rows = page.html.split("name=\"id\" value=\"").skip(1);
    rows.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// Where a link leads.
fn link(page: &Shown, rel: &str) -> Option<String> {
    let (_, rest) = page.html.split_once(&format!("rel=\"{rel}\" href=\""))?;
    Some(
        rest.split('"')
            .next()
            .unwrap()
            .replace("&amp;", "&")
            .replace("&#38;", "&"),
    )
}

/// The heads of the table, without the one for ticking.
fn heads(page: &Shown) -> Vec<String> {
    let head = page
        .html
        .split_once("<thead>")
        .unwrap()
        .1
        .split_once("</thead>")
        .unwrap()
        .0;
    let heads = head.split("<th scope=\"col\">").skip(2);
    heads.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// The forms of the page that send to an address that begins so.
fn action(page: &Shown, begin: &str) -> String {
    let found = page
        .html
        .split("action=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let found = found.filter(|action| action.starts_with(begin));
    found.last().expect("a form for it").to_owned()
}

/// Ticks and sends.
async fn together(reader: &mut Reader, page: &Shown, fields: &[(&str, &str)]) -> Shown {
    // The first form of this address is the filter, which is not sent by POST.
    let to = action(page, LIST);
    let hidden = page.hidden(&to);
    reader
        .post(
            &to.replace("&#38;", "&").replace("&amp;", "&"),
            &with_hidden(&hidden, fields),
        )
        .await
}

async fn agent(desk: &Desk) -> Reader {
    Reader::signed_in(desk, "li.ming", "agent").await
}

on_both! {
    async fn the_address_says_which_complaints_are_shown(desk) {
        let first = logged(&desk, json!({ "category": "repair", "severity": "critical" })).await;
        let second = Case::closed(&desk).await;
        let third = Case::logged(&desk).await;
        third.put("tags", &json!({ "tags": ["flood"] })).await.expect(200);
        let mut reader = agent(&desk).await;
        let reference = third.get().await.str("/reference").to_lowercase();
        let one = reader.get(&format!("{LIST}?q={reference}&state=closed")).await;
        assert_eq!(one.expect(303).to(), format!("{LIST}/{}", third.id));
        reader.get(&format!("{LIST}?q=k7qm-3r9x")).await.expect(200);
        let all = reader.get(LIST).await;
        assert_eq!(shown(all.expect(200)), [third.id.as_str(), &second.id, &first]);
        for (query, wanted) in [
            ("state=open", vec![third.id.as_str(), &first]),
            ("state=closed", vec![second.id.as_str()]),
            ("category=repair", vec![first.as_str()]),
            ("tag=flood", vec![third.id.as_str()]),
            ("order=oldest", vec![first.as_str(), &second.id, &third.id]),
            ("manner=angry&state=open&tag=flood", vec![third.id.as_str()]),
            ("manner=friendly", vec![]),
            // What cannot be read says nothing.
            ("state=asleep&order=any&after=x&trail=1.y&view=z&kind=", vec![third.id.as_str(), &second.id, &first]),
        ] {
            let page = reader.get(&format!("{LIST}?{query}")).await;
            assert_eq!(shown(page.expect(200)), wanted, "{query}");
        }
        let page = reader.get(&format!("{LIST}?q=%E8%B7%AF%E7%94%B1%E5%99%A8&state=open&manner=angry&tag=flood&order=due")).await;
        assert_eq!((page.value("q"), page.value("tag")), ("路由器".to_owned(), "flood".to_owned()), "the form says what is shown");
        for chosen in ["value=\"open\" selected", "value=\"angry\" selected", "value=\"due\" selected"] {
            assert!(page.html.contains(chosen), "{chosen}");
        }
    }
}

on_both! {
    async fn pages_follow_each_other_and_lead_back_while_complaints_come_in(desk) {
        for _ in 0..12 {
            for _ in 0..10 {
                Case::logged(&desk).await;
            }
        }
        for order in ["newest", "oldest"] {
            let mut reader = Reader::signed_in(&desk, &format!("reads.{order}"), "agent").await;
            let mut pages = vec![reader.get(&format!("{LIST}?order={order}&kind=complaint")).await];
            while let Some(next) = link(pages.last().unwrap(), "next") {
                pages.push(reader.get(&next).await);
            }
            let ids: Vec<Vec<String>> = pages.iter().map(shown).collect();
            assert_eq!(ids.iter().map(Vec::len).collect::<Vec<_>>()[..2], [50, 50], "{order}");
            let mut each: Vec<&String> = ids.iter().flatten().collect();
            let n = each.len();
            each.sort();
            each.dedup();
            assert_eq!((each.len(), i64::try_from(n).unwrap()), (n, desk.rows("complaints")), "{order}: each once");
            // A complaint comes in; the pages that were seen are what they were.
            if order == "newest" {
                Case::logged(&desk).await;
            }
            let mut back = pages.pop().unwrap();
            for wanted in ids.iter().rev().skip(1) {
                back = reader.get(&link(&back, "prev").expect("a way back")).await;
                let there = shown(&back);
                match (order, wanted == &ids[0]) {
                    ("newest", true) => assert_eq!(there[1..], wanted[..49], "the new one is in front"),
                    _ => assert_eq!(&there, wanted, "{order}"),
                }
            }
            assert_eq!(link(&back, "prev"), None, "the first page");
            assert!(back.html.contains("value=\"complaint\" selected"), "the filter is kept on the way");
        }
    }
}

on_both! {
    async fn what_is_due_first_stands_first_on_all_pages(desk) {
        let mut wanted = Vec::new();
        for n in 0..60_i64 {
            let case = Case::logged(&desk).await;
            // Not in the order in which they came in; some at the same moment.
            let from = 100 + (n * 37 % 60) / 2 * 10;
            case.promise(from, from + 60).await;
            wanted.push((from, n, case.id.clone()));
        }
        let mut reader = agent(&desk).await;
        let first = reader.get(&format!("{LIST}?order=due")).await;
        let second = reader.get(&link(&first, "next").unwrap()).await;
        let all = [shown(&first), shown(&second)].concat();
        let due = |id: &String| wanted.iter().find(|(.., have)| have == id).unwrap().0;
        let times: Vec<i64> = all.iter().map(due).collect();
        assert!(times.is_sorted() && times.len() == 60, "{times:?}");
        assert_eq!(shown(&reader.get(&link(&second, "prev").unwrap()).await), shown(&first));
    }
}

on_both! {
    async fn a_view_is_kept_with_its_columns_used_and_removed(desk) {
        let team = crate::staff::team(&desk, "Broadband", &[]).await;
        let repair = logged(&desk, json!({ "category": "repair" })).await;
        let closed = logged(&desk, json!({ "category": "repair", "kind": "question" })).await;
        give(&desk, &repair, &team).await;
        logged(&desk, json!({})).await;
        let mut reader = agent(&desk).await;
        let page = reader.get(&format!("{LIST}?category=repair&kind=complaint")).await;
        assert_eq!(heads(&page)[..3], ["Reference", "Subject", "State"]);
        let keep = action(&page, "/desk/views?");
        let to = keep.replace("&#38;", "&").replace("&amp;", "&");
        let hidden = page.hidden(&keep);
        let bare = reader.post(&to, &with_hidden(&hidden, &[("view-title", " "), ("view-column", "team")])).await;
        assert_eq!(bare.expect(422).wrong_fields(), ["view-title"]);
        bare.says("Say what to call it");
        assert_eq!(shown(&bare), [repair.as_str()], "the list is still there");
        let columns = [("view-title", "Repairs"), ("view-column", "reference"), ("view-column", "team"), ("view-column", "category")];
        let kept = reader.post(&to, &with_hidden(&hidden, &columns)).await;
        let view = reader.get(kept.expect(303).to()).await;
        view.says("The list is kept as a view").says("Category: repair").says("Kind: Complaint").says("Broadband");
        assert_eq!(heads(&view), ["Reference", "Team", "Category"]);
        assert_eq!(shown(&view), [repair.as_str()]);
        // Within the view one looks further; what one says goes before, and the columns stay.
        let id = view.value("view");
        let within = reader.get(&format!("{LIST}?view={id}&kind=question")).await;
        assert_eq!((shown(&within), heads(&within)), (vec![closed], heads(&view)));
        assert_eq!(within.value("view"), id, "the filter stays in the view");
        let mut other = Reader::signed_in(&desk, "wang.tao", "agent").await;
        let nothing = other.get(&format!("{LIST}?view={id}")).await;
        assert_eq!((shown(&nothing).len(), heads(&nothing).len()), (3, 9), "a view that is nobody else's");
        let removed = send(&mut reader, &view, &format!("/desk/views/{id}/remove"), &[]).await;
        reader.follow(&removed).await.says("The view is removed").is_silent_about("Repairs");
        assert_eq!(desk.rows("saved_views"), 0);
        let gone = desk.agent().get(&format!("{VIEWS}/{id}")).await;
        gone.expect_problem(404, "resource.not_found");
    }
}

on_both! {
    async fn what_is_ticked_is_done_together_and_each_says_what_became_of_it(desk) {
        let (open, tagged, closed) = (logged(&desk, json!({})).await, Case::logged(&desk).await, Case::closed(&desk).await);
        tagged.put("tags", &json!({ "tags": ["flood"] })).await.expect(200);
        tagged.edit(&json!({ "severity": "high" })).await.expect(200);
        let mut reader = agent(&desk).await;
        let page = reader.get(&format!("{LIST}?order=oldest")).await;
        let none = together(&mut reader, &page, &[("act-tag", "flood")]).await;
        none.expect(422).says("Tick at least one complaint").says("路由器");
        let nothing = together(&mut reader, &page, &[("id", &open)]).await;
        nothing.expect(422).says("Say what is to be done");
        let wrong = together(&mut reader, &page, &[("id", &open), ("act-tag", "9lives"), ("act-note", "x")]).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["act-tag"]);
        assert_eq!((wrong.value("act-note"), wrong.html.matches("data-tick checked").count()), ("x".to_owned(), 1));
        let fields = [("id", open.as_str()), ("id", tagged.id.as_str()), ("id", closed.id.as_str()), ("act-tag", "flood"), ("act-severity", "high")];
        let asked = together(&mut reader, &page, &fields).await;
        let to = asked.expect(303).to().to_owned();
        assert!(to.starts_with("/desk/complaints?order=oldest&bulk="), "{to}");
        let again = together(&mut reader, &page, &fields).await;
        assert_eq!(again.to(), to, "the same press");
        let waits = reader.get(&to).await;
        waits.says("Severity: high → Put tags on: flood").says("0 of 3").says("not reached yet").says("Call it off");
        desk.run_jobs().await;
        let done = reader.get(&to).await;
        done.says("3 of 3").says("✓ ended").says("was so already").says("The complaint is closed").is_silent_about("Call it off");
        let reference = closed.get().await.str("/reference").to_owned();
        let refused = reader.get(&format!("{to}&outcome=refused")).await;
        let part = refused.html.split("id=\"bulk\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(part.contains(&reference) && !part.contains(&tagged.get().await.str("/reference").to_owned()), "{part}");
        let mut other = Reader::signed_in(&desk, "wang.tao", "agent").await;
        other.get(&to).await.expect(200).is_silent_about("3 of 3");
        assert_eq!(tagged.get().await.at("/tags"), &json!(["flood"]));
    }
}

on_both! {
    async fn everything_that_a_list_shows_is_done_together_and_called_off(desk) {
        let mut wanted = Vec::new();
        for _ in 0..3 {
            wanted.push(logged(&desk, json!({ "category": "repair" })).await);
        }
        let other = Case::logged(&desk).await;
        let mut reader = agent(&desk).await;
        let page = reader.get(&format!("{LIST}?category=repair&state=open")).await;
        let asked = together(&mut reader, &page, &[("all", "1"), ("act-watch", "watch")]).await;
        desk.run_jobs().await;
        let done = reader.get(asked.expect(303).to()).await;
        done.says("Watch it").says("3 of 3");
        let watched = reader.get(&format!("{LIST}?watched=1&order=oldest")).await;
        assert_eq!(shown(&watched), wanted);
        let page = reader.get(&format!("{LIST}?order=newest")).await;
        let asked = together(&mut reader, &page, &[("all", "1"), ("act-note", "内部")]).await;
        let waits = reader.get(asked.expect(303).to()).await;
        let cancel = action(&waits, "/desk/bulk/");
        let off = send(&mut reader, &waits, &cancel, &[]).await;
        desk.run_jobs().await;
        reader.follow(&off).await.says("called off").says("0 of 4");
        let late = send(&mut reader, &waits, &cancel, &[]).await;
        reader.follow(&late).await.says("called off");
        assert_eq!(other.list("messages").await.items().len(), 0);
    }
}
