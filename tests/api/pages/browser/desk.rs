//! What agents do, in a browser, with the keyboard alone.

use thirtyfour::prelude::*;

use super::{Browser, Look};
use crate::fixtures::Case;
use crate::support::Desk;
use crate::support::person::{self, PASSWORD};

/// Waits until the page listens to keys.
async fn ready(browser: &Browser) {
    browser.find("[aria-keyshortcuts]").await;
}

#[tokio::test]
async fn a_call_is_logged_and_its_steps_recorded_with_the_keyboard_alone() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    let earlier = Case::logged(&desk).await;
    person::with_password(&desk, "li.ming", "agent").await;
    browser.go(&format!("{}/sign-in", desk.url)).await;
    browser.fill("#handle", "li.ming").await;
    browser.fill("#password", PASSWORD).await;
    browser.key(Key::Enter + "").await;
    browser.says("My work").await;
    ready(&browser).await;
    browser.key("n").await;
    // Who calls appears beside the number, with what they complained about before.
    browser.find("#call").await;
    browser.key("13800138000").await;
    browser.says("路由器每晚掉线").await;
    browser.tab_to("#statement").await;
    browser
        .key("You are all crooks! Three weeks and nobody cares. I will go to the press, you liars!")
        .await;
    browser.says("seems").await;
    browser.send_by_key().await;
    browser.says("The complaint is logged").await;
    ready(&browser).await;
    assert!(!browser.path().await.contains(&earlier.id), "another complaint");
    browser.key("s").await;
    browser.send_by_key().await;
    browser.says("The steps are recorded").await;
    ready(&browser).await;
    browser.key("?").await;
    browser.find("dialog[open]").await;
    browser.says("Send the form").await;
    browser.key(Key::Escape + "").await;
    browser.close().await;
}
