//! Every page in its looks: wide and narrow, light and dark, in both languages, full and empty; judged by axe-core,
//! and pictured.

use serde_json::json;

use super::{Browser, Look};
use crate::clocks::{enforce, metric, policy};
use crate::fixtures::{Case, PUBLIC, by_web, merged};
use crate::journeys::upheld;
use crate::support::Desk;
use crate::support::person;

/// The widths at which pages are looked at.
const WIDTHS: &[u32] = &[320, 768, 1366];

/// A page to look at: what its picture is called, and where it is.
type Place = (&'static str, String);

/// A complaint with everything that the page behind the link can show.
async fn full(desk: &Desk) -> (Case<'_>, String) {
    let long = "一台洗衣机".repeat(40);
    let form = merged(
        by_web(),
        json!({ "subject": long, "name": "Maximiliane Alexandra von Hohenfels-Wallenstein" }),
    );
    let filed = desk.anonymous().post(PUBLIC, &form).await.expect(201);
    let list = format!("/api/v1/complaints?reference={}", filed.str("/reference"));
    let id = desk.agent().get(&list).await.expect(200).str("/items/0/id").to_owned();
    let case = Case {
        desk,
        agent: desk.agent(),
        id,
    };
    let link = filed.str("/tracking_url").to_owned();
    crate::attachments::send(
        &desk.anonymous(),
        &link,
        "a-very-long-name-of-a-photo-from-the-telephone-2026-11-23.txt",
        b"x",
    )
    .await
    .expect(201);
    case.work().await;
    case.promise(60, 120).await;
    case.post(
        "messages",
        &json!({ "body": "We have ordered a new door. It comes on Thursday." }),
    )
    .await
    .expect(200);
    let thanks = json!({ "body": "谢谢。请在下午送来。" });
    desk.anonymous()
        .post(&format!("{link}/messages"), &thanks)
        .await
        .expect(200);
    (case, link.rsplit('/').next().unwrap().to_owned())
}

async fn places(desk: &Desk) -> Vec<Place> {
    let (_, open) = full(desk).await;
    let (fresh, link) = Case::filed(desk).await;
    let received = link.rsplit('/').next().unwrap().to_owned();
    drop(fresh);
    let (closed, link) = Case::filed(desk).await;
    closed.work().await;
    closed.skip("call_back", "customer_declined").await.expect(200);
    closed.post("close", &upheld()).await.expect(200);
    let closed = link.rsplit('/').next().unwrap().to_owned();
    let staff = person::add(desk, "long.name", "agent").await;
    let invitation = person::invite(desk, &staff)
        .await
        .replace("/api/v1/public/invitations/", "/invitation/");
    vec![
        ("start", "/".to_owned()),
        ("complain", "/complain".to_owned()),
        ("done", format!("/complain/done/{received}?unkept=1")),
        ("entrance", "/track".to_owned()),
        ("track-received", format!("/track/{received}")),
        ("track-open", format!("/track/{open}?done=written")),
        ("track-closed", format!("/track/{closed}")),
        ("track-unknown", "/track/nothing".to_owned()),
        ("sign-in", "/sign-in?password=set".to_owned()),
        ("invitation", invitation),
        ("invitation-gone", "/invitation/nothing".to_owned()),
        ("nothing-here", "/nowhere".to_owned()),
    ]
}

#[expect(clippy::cognitive_complexity, reason = "page after page")]
async fn look_at(look: Look) {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(look).await else {
        return;
    };
    enforce(
        &desk,
        "ours",
        &policy(&[
            metric("first", "first_response", 120),
            metric("resolve", "resolve", 960),
        ]),
    )
    .await;
    let colours = if look.dark { "dark" } else { "light" };
    for (name, path) in places(&desk).await {
        for width in WIDTHS {
            let called = format!("{name}-{}-{colours}-{width}", look.lang);
            browser.wear(Look { width: *width, ..look }).await;
            browser.go(&format!("{}{path}", desk.url)).await;
            browser.find("h1").await;
            browser.fits(&called).await;
            browser.picture(&called).await;
        }
        browser.judge(&format!("{name} {} {colours}", look.lang)).await;
    }
    // With everything wrong, and signed in.
    browser.go(&format!("{}/complain", desk.url)).await;
    browser.fill("#email", "no address").await;
    browser.press("#complaint button.start").await;
    browser.find("#errors").await;
    browser
        .picture(&format!("complain-errors-{}-{colours}-1366", look.lang))
        .await;
    browser.judge("the form with errors").await;
    person::with_password(&desk, "li.ming", "admin").await;
    browser.go(&format!("{}/sign-in", desk.url)).await;
    browser.fill("#handle", "li.ming").await;
    browser.fill("#password", person::PASSWORD).await;
    browser.press("#sign-in button").await;
    browser.find("body.desk").await;
    browser.picture(&format!("desk-{}-{colours}-1366", look.lang)).await;
    browser.judge("the desk").await;
    let complaints: Vec<String> = browser.complaints().await;
    let unexpected: Vec<&String> = complaints
        .iter()
        .filter(|text| !text.contains("status of 404"))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    browser.close().await;
}

#[tokio::test]
async fn pages_look_right_in_english_on_light() {
    look_at(Look::default()).await;
}

#[tokio::test]
async fn pages_look_right_in_chinese_on_dark() {
    look_at(Look {
        lang: "zh-CN",
        dark: true,
        ..Look::default()
    })
    .await;
}
