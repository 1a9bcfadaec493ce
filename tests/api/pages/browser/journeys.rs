//! What customers do, in a browser: in both languages, with and without scripts, by keyboard, on a narrow screen.

use serde_json::json;
use thirtyfour::prelude::*;

use super::{Browser, Look};
use crate::fixtures::Case;
use crate::journeys::upheld;
use crate::support::{Desk, Door, lenient};
use hark::settings::edge::EdgeSettings;

/// What is said on the way, in one language.
struct Said {
    complain: &'static str,
    missing: &'static str,
    received: &'static str,
    stands: &'static str,
    written: &'static str,
    moved: &'static str,
    disputed: &'static str,
    withdrawn: &'static str,
}

const EN: Said = Said {
    complain: "Tell us what happened",
    missing: "There is something to mend",
    received: "We have your complaint",
    stands: "We have it",
    written: "We have your message",
    moved: "The call is moved",
    disputed: "Your complaint is open again",
    withdrawn: "You have taken your complaint back",
};

const ZH: Said = Said {
    complain: "请告诉我们发生了什么",
    missing: "有些内容需要修改",
    received: "我们已收到您的投诉",
    stands: "我们已收到",
    written: "我们已收到您的留言",
    moved: "回电时间已更改",
    disputed: "您的投诉已重新打开",
    withdrawn: "您已撤回投诉",
};

/// A door for browsers: without scripts a few complaints pass, with them each has to be worked for.
fn door(desk: &Desk, scripts: bool) -> Door {
    desk.door(EdgeSettings {
        filing_without_proof: if scripts { 0 } else { 5 },
        proof_cost: 200,
        ..lenient()
    })
}

/// The complaint that was filed last.
async fn last(desk: &Desk) -> Case<'_> {
    let listed = desk.agent().get("/api/v1/complaints").await.expect(200);
    Case {
        desk,
        agent: desk.agent(),
        id: listed.str("/items/0/id").to_owned(),
    }
}

/// From the start page to the withdrawal.
#[expect(clippy::cognitive_complexity, reason = "one way, from its beginning to its end")]
async fn journey(look: Look) {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(look).await else {
        return;
    };
    let door = door(&desk, look.scripts);
    let said = if look.lang == "en" { EN } else { ZH };
    browser.go(&door.url).await;
    browser.press("a[href='/complain']").await;
    browser.says(said.complain).await;
    browser
        .fill("#statement", "洗衣机到货时门是坏的。 The door is broken.")
        .await;
    browser.fill("#email", "no address").await;
    browser.press("#complaint button.start").await;
    browser.says(said.missing).await;
    let kept = browser.find("#statement").await.value().await.unwrap().unwrap();
    assert!(kept.contains("洗衣机"), "{kept}");
    browser.find("#email").await.clear().await.unwrap();
    browser.fill("#email", "li.na@example.com").await;
    browser.fill("#phone", "138 0013 8000").await;
    browser.fill("#preferred_time", "18:00").await;
    browser.press("#complaint button.start").await;
    browser.says(said.received).await;
    browser.press(".column > p > a.button").await;
    browser.says(said.stands).await;
    let page = browser.path().await;

    browser.fill("#body", "And the pump leaks.").await;
    browser.press("#write button").await;
    browser.says(said.written).await;

    let case = last(&desk).await;
    case.work().await;
    let first = case.promise(60, 120).await;
    browser.go(&format!("{}{page}", door.url)).await;
    browser.press(".call.open details:first-of-type summary").await;
    let from = format!("#from-{first}");
    // How a time is typed depends on the browser's language.
    let set = format!("document.querySelector({}).value = '09:30'", json!(from));
    browser.eval(&set).await;
    browser.press(".call.open details:first-of-type button").await;
    browser.says(said.moved).await;
    let list = case.list("call-backs").await;
    let open = list
        .items()
        .iter()
        .find(|call| call["state"] == "open")
        .unwrap()
        .clone();
    assert_eq!(
        open["window_start"], "2026-11-23T01:30:00Z",
        "half past nine in Shanghai"
    );

    let path = format!("/api/v1/call-backs/{}/attempts", open["id"].as_str().unwrap());
    let settled = json!({ "result": "reached", "satisfied": true });
    desk.pass(chrono::TimeDelta::minutes(40));
    desk.agent().post(&path, &settled).await.expect(200);
    case.post("close", &upheld()).await.expect(200);
    browser.go(&format!("{}{page}", door.url)).await;
    browser.press("section details summary").await;
    browser.fill("#dispute_reason", "It is still broken.").await;
    browser.press("section details button").await;
    browser.says(said.disputed).await;
    browser.press(".column > details summary").await;
    browser.press(".column > details button").await;
    browser.says(said.withdrawn).await;
    assert_eq!(case.get().await.str("/decision"), "withdrawn");
    browser.content("the whole way").await;
    browser.close().await;
}

#[tokio::test]
async fn a_customer_goes_all_the_way_in_english() {
    journey(Look::default()).await;
}

#[tokio::test]
async fn a_customer_goes_all_the_way_in_chinese_on_a_telephone() {
    journey(Look {
        lang: "zh-CN",
        width: 320,
        dark: true,
        ..Look::default()
    })
    .await;
}

#[tokio::test]
async fn a_customer_goes_all_the_way_without_scripts_in_english() {
    journey(Look {
        scripts: false,
        ..Look::default()
    })
    .await;
}

#[tokio::test]
async fn a_customer_goes_all_the_way_without_scripts_in_chinese() {
    journey(Look {
        scripts: false,
        lang: "zh-CN",
        ..Look::default()
    })
    .await;
}

#[tokio::test]
async fn a_complaint_is_filed_with_the_keyboard_alone() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    let door = door(&desk, true);
    browser.go(&format!("{}/complain", door.url)).await;
    browser.key(Key::Tab + "").await;
    assert_eq!(
        browser.eval("return document.activeElement.className").await,
        "skip",
        "first, the way past the frame"
    );
    browser.key(Key::Enter + "").await;
    browser.tab_to("#statement").await;
    browser.key("It arrived broken.").await;
    // Nothing to answer to: the summary has the focus, and leads to the field.
    browser.tab_to("#complaint button.start").await;
    browser.key(Key::Enter + "").await;
    browser.says(EN.missing).await;
    assert_eq!(browser.eval("return document.activeElement.id").await, "errors");
    browser.tab_to("#errors a").await;
    browser.key(Key::Enter + "").await;
    assert_eq!(browser.eval("return document.activeElement.id").await, "phone");
    browser.key("138 0013 8000").await;
    browser.tab_to("#preferred_medium").await;
    browser.key(" ").await;
    browser.tab_to("#complaint button.start").await;
    browser.key(Key::Enter + "").await;
    browser.says(EN.received).await;
    browser.tab_to(".column > p > a.button").await;
    browser.key(Key::Enter + "").await;
    browser.says(EN.stands).await;
    browser.tab_to("#body").await;
    browser.key("One more thing.").await;
    browser.tab_to("#write button").await;
    browser.key(Key::Enter + "").await;
    browser.says(EN.written).await;
    browser.tab_to(".column > details summary").await;
    browser.key(Key::Enter + "").await;
    browser.tab_to(".column > details button").await;
    browser.key(Key::Enter + "").await;
    browser.says(EN.withdrawn).await;
    browser.content("by keyboard").await;
    browser.close().await;
}

#[tokio::test]
async fn a_draft_is_kept_on_the_device_until_the_complaint_is_filed() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    let door = door(&desk, true);
    let form = format!("{}/complain", door.url);
    browser.go(&form).await;
    browser.fill("#statement", "It arrived broken.").await;
    browser.fill("#phone", "138 0013 8000").await;
    browser.go(&door.url).await;
    browser.go(&form).await;
    browser.says("We have put back what you wrote").await;
    assert_eq!(
        browser.find("#statement").await.value().await.unwrap().unwrap(),
        "It arrived broken."
    );
    browser.press("#complaint button.start").await;
    browser.says(EN.received).await;
    browser.go(&form).await;
    browser.says(EN.complain).await;
    assert_eq!(
        browser
            .find("#statement")
            .await
            .value()
            .await
            .unwrap()
            .unwrap_or_default(),
        ""
    );
    assert_eq!(browser.eval("return localStorage.length").await, 0);
    browser.content("the draft").await;
    browser.close().await;
}

#[tokio::test]
async fn a_page_that_breaks_its_policy_is_noticed() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    browser.go(&desk.url).await;
    browser.content("as it is").await;
    browser
        .eval("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
        .await;
    let complaints = browser.complaints().await;
    assert!(
        complaints.iter().any(|text| text.contains("Content Security Policy")),
        "{complaints:?}"
    );
    browser.close().await;
}
