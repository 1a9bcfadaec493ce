//! Two people at one complaint, each in a browser of their own.

use serde_json::json;

use super::{Browser, Look};
use crate::fixtures::Case;
use crate::support::Desk;
use crate::support::person::{self, PASSWORD};

async fn sign_in(browser: &Browser, desk: &Desk, handle: &str) {
    person::with_password(desk, handle, "lead").await;
    browser.go(&format!("{}/sign-in", desk.url)).await;
    browser.fill("#handle", handle).await;
    browser.fill("#password", PASSWORD).await;
    browser.press("#sign-in button").await;
    browser.says("My work").await;
}

/// Opens the complaint, and waits until the page listens.
async fn look_at(browser: &Browser, case: &Case<'_>) {
    browser
        .go(&format!("{}/desk/complaints/{}", case.desk.url, case.id))
        .await;
    browser.find("#live[data-open]").await;
}

#[tokio::test]
async fn two_at_one_complaint_see_each_other_and_lose_nothing_of_what_they_type() {
    let desk = Desk::sqlite();
    let Some(one) = Browser::open(Look::default()).await else {
        return;
    };
    sign_in(&one, &desk, "li.ming").await;
    let two = one.beside().await;
    sign_in(&two, &desk, "wang.tao").await;
    let case = Case::logged(&desk).await;
    look_at(&one, &case).await;
    look_at(&two, &case).await;
    one.says("Wang Fang (wang.tao) is looking at this").await;
    two.says("Wang Fang (li.ming) is looking at this").await;
    // The second begins to write.
    two.fill("#write-body", "Dear Ms Li, the new door").await;
    one.says("Wang Fang (wang.tao) is writing on this").await;
    two.find("#live[data-kept=note]").await;
    // Meanwhile the first does something: the second hears of it, and nothing of the page moves.
    let before = two.eval("return [document.activeElement.id, scrollY]").await;
    let path = format!("{}/assign", case.path());
    let lead = desk.client(hark::domain::staff::Role::Lead);
    lead.post(&path, &json!({ "owner": "li.ming" })).await.expect(200);
    two.says("test lead has just changed this").await;
    assert_eq!(two.eval("return [document.activeElement.id, scrollY]").await, before);
    assert_eq!(
        two.eval("return document.querySelector('#write-body').value").await,
        "Dear Ms Li, the new door"
    );
    two.press("#live .changed button").await;
    two.says("What you typed and did not send stands in its fields again")
        .await;
    assert_eq!(
        two.eval("return document.querySelector('#write-body').value").await,
        "Dear Ms Li, the new door"
    );
    // Who throws it away has an empty field again.
    two.press("[data-forget]").await;
    two.find("body:not(:has(#put-back)) #live[data-open]").await;
    assert_eq!(two.eval("return document.querySelector('#write-body').value").await, "");
    assert_eq!(desk.rows("drafts"), 0);
    // Who leaves is gone.
    two.go(&format!("{}/desk", desk.url)).await;
    one.gone("wang.tao is").await;
    one.content("two at one complaint").await;
    two.content("the other one").await;
    one.close().await;
    two.close().await;
}

#[tokio::test]
async fn my_work_marks_what_changed_and_shows_it_when_asked() {
    let desk = Desk::sqlite();
    let Some(one) = Browser::open(Look::default()).await else {
        return;
    };
    sign_in(&one, &desk, "li.ming").await;
    let first = Case::logged(&desk).await;
    let lead = desk.client(hark::domain::staff::Role::Lead);
    lead.post(&format!("{}/assign", first.path()), &json!({ "owner": "li.ming" }))
        .await
        .expect(200);
    one.go(&format!("{}/desk", desk.url)).await;
    one.find("#live[data-open]").await;
    let link = format!("a[href='/desk/complaints/{}']", first.id);
    one.eval(&format!("document.querySelector(\"{link}\").focus()")).await;
    let place = format!("return document.querySelector(\"{link}\").getBoundingClientRect().top");
    let before = one.eval(&place).await;
    first
        .edit(&json!({ "subject": "The door is scratched" }))
        .await
        .expect(200);
    one.says("Changed meanwhile: 1").await;
    one.find("tr.is-changed").await;
    let second = Case::logged(&desk).await;
    lead.post(&format!("{}/assign", second.path()), &json!({ "owner": "li.ming" }))
        .await
        .expect(200);
    one.says("Changed meanwhile: 2").await;
    // What is nobody's concern here is not counted.
    let other = Case::logged(&desk).await;
    lead.post(&format!("{}/assign", other.path()), &json!({ "owner": "mary" }))
        .await
        .expect(200);
    assert_eq!(one.eval(&place).await, before, "nothing has moved");
    assert_eq!(
        one.eval("return document.activeElement.getAttribute('href')").await,
        format!("/desk/complaints/{}", first.id)
    );
    one.press("#live button").await;
    one.says("The door is scratched").await;
    one.find(&format!("a[href='/desk/complaints/{}']", second.id)).await;
    assert_eq!(
        one.eval("return document.querySelector('#live').children.length").await,
        0
    );
    one.content("my work").await;
    one.close().await;
}
