//! What agents do, in a browser: how their pages look, and the whole way of a call with the keyboard alone.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::{Browser, Look};
use crate::attachments::PHOTO;
use crate::casework::{VIEWS, macro_of, text_of, wording};
use crate::clocks::{enforce, metric, policy};
use crate::fixtures::{COMPLAINTS, Case, merged};
use crate::journeys::by_phone;
use crate::support::Desk;
use crate::support::person::{self, PASSWORD};
use crate::work::logged;

/// Waits until the page listens to keys.
async fn ready(browser: &Browser) {
    browser.find("[aria-keyshortcuts]").await;
}

async fn sign_in(browser: &Browser, desk: &Desk, handle: &str, role: &str) {
    person::with_password(desk, handle, role).await;
    browser.go(&format!("{}/sign-in", desk.url)).await;
    browser.fill("#handle", handle).await;
    browser.fill("#password", PASSWORD).await;
    browser.key(Key::Enter + "").await;
    browser.find("body.desk h1").await;
}

/// Presses x with the shift key.
async fn shift_x(browser: &Browser) {
    let keys = browser.driver.action_chain().key_down(Key::Shift);
    keys.send_keys("x").key_up(Key::Shift).perform().await.unwrap();
}

/// A complaint with everything that its page can show, and its promised call.
async fn full(desk: &Desk) -> (Case<'_>, String) {
    for (slug, title) in [("at_once", "We act at once"), ("thanks", "感谢您的来电")] {
        let angry = json!({ "language": "zh", "customer_type": "angry", "body": "{customer.name}，我们马上处理。" });
        let wordings = if slug == "thanks" {
            json!([wording("zh", "感谢您的来电。")])
        } else {
            json!([angry])
        };
        let body = json!({ "title": title, "wordings": wordings });
        let path = format!("/api/v1/canned-texts/{slug}");
        desk.client(Role::Lead).put(&path, &body).await.expect(201);
    }
    macro_of(
        desk,
        "cable_cut",
        &json!([{ "do": "set_category", "category": "repair" }, { "do": "tag", "tags": ["cable_cut"] }]),
    )
    .await;
    macro_of(
        desk,
        "end_it",
        &json!([{ "do": "close", "decision": "rejected", "reason": "x" }]),
    )
    .await;
    let customer =
        json!({ "name": "Maximiliane Alexandra von Hohenfels-Wallenstein 股份有限公司", "phone": "138 0013 8000" });
    let case = Case::of(
        desk,
        &merged(
            by_phone(),
            json!({ "customer": customer, "subject": "一台洗衣机".repeat(40) }),
        ),
    )
    .await;
    let whose = format!("/api/v1/customers/{}", case.get().await.str("/customer_id"));
    let admin = desk.client(Role::Admin);
    let read = admin.get(&whose).await.expect(200);
    let profile = json!({ "tier": "key_account", "grade": "a", "segment": "most_profitable", "style": "feeler", "stance": "opponent" });
    admin.if_match(read.etag()).patch(&whose, &profile).await.expect(200);
    let other = Case::of(
        desk,
        &merged(by_phone(), json!({ "customer": { "phone": "138 0013 8000" } })),
    )
    .await;
    case.put(
        &format!("relations/{}", other.id),
        &json!({ "kind": "child", "reason": "同一处漏水" }),
    )
    .await
    .expect(200);
    case.put(
        "tags",
        &json!({ "tags": ["cable_cut", "street_12", "a_very_long_tag_that_somebody_has_made"] }),
    )
    .await
    .expect(200);
    let photo = "a-very-long-name-of-a-photo-from-the-telephone-2026-11-23.jpg";
    crate::attachments::send(&case.agent, &case.path(), photo, PHOTO)
        .await
        .expect(201);
    case.work().await;
    let call = case.promise(60, 120).await;
    case.post(
        "messages",
        &json!({ "body": "We have ordered a new door. It comes on Thursday.", "direction": "out" }),
    )
    .await
    .expect(200);
    (case, call)
}

/// What is wrong on a page of the desk.
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
    let (case, call) = full(&desk).await;
    desk.pass(TimeDelta::minutes(70));
    sign_in(&browser, &desk, "li.ming", "lead").await;
    for n in 0..55_usize {
        let severity = ["low", "high", "critical"][n % 3];
        let one = logged(&desk, json!({ "severity": severity })).await;
        if n % 9 == 0 {
            let give = json!({ "owner": "li.ming" });
            let path = format!("{COMPLAINTS}/{one}/assign");
            desk.client(Role::Lead).post(&path, &give).await.expect(200);
        }
    }
    let view = json!({ "title": "Critical ones", "filter": { "open": true, "order": "due" }, "columns": ["reference", "subject", "due_at", "team", "tags", "updated_at"] });
    let mut own = person::Browser::new(&desk);
    own.sign_in("li.ming", PASSWORD).await.expect(201);
    let view = own.client().post(VIEWS, &view).await.expect(201);
    let whose = case.get().await.str("/customer_id").to_owned();
    let colours = if look.dark { "dark" } else { "light" };
    let complaint = format!("/desk/complaints/{}", case.id);
    let places = [
        ("desk", "/desk".to_owned()),
        ("new", "/desk/new".to_owned()),
        ("new-known", "/desk/new?caller=13800138000".to_owned()),
        ("list", "/desk/complaints".to_owned()),
        ("list-none", "/desk/complaints?tag=nothing".to_owned()),
        ("list-view", format!("/desk/complaints?view={}", view.id())),
        ("complaint", complaint.clone()),
        (
            "complaint-macro",
            format!("{complaint}?done=macro&macro=cable_cut&each=10"),
        ),
        ("call", format!("/desk/call-backs/{call}")),
        ("customer", format!("/desk/customers/{whose}")),
    ];
    for (name, path) in places {
        for width in [320, 768, 1366] {
            let called = format!("desk-{name}-{}-{colours}-{width}", look.lang);
            browser.wear(Look { width, ..look }).await;
            browser.go(&format!("{}{path}", desk.url)).await;
            browser.find("h1").await;
            browser.picture(&called).await;
            // With everything that can be unfolded.
            browser
                .eval("document.querySelectorAll('details').forEach(d => d.open = true)")
                .await;
            browser.fits(&called).await;
            if width == 320 {
                browser.picture(&format!("{called}-open")).await;
            }
        }
        browser.judge(&format!("{name} {} {colours}", look.lang)).await;
    }
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.close().await;
}

#[tokio::test]
async fn pages_of_agents_look_right_in_english_on_light() {
    look_at(Look::default()).await;
}

#[tokio::test]
async fn pages_of_agents_look_right_in_chinese_on_dark() {
    look_at(Look {
        lang: "zh-CN",
        dark: true,
        ..Look::default()
    })
    .await;
}

#[tokio::test]
async fn a_complaint_with_everything_fits_one_screen() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    let (case, _) = full(&desk).await;
    sign_in(&browser, &desk, "li.ming", "agent").await;
    browser.screen(1366, 768).await;
    browser.go(&format!("{}/desk/complaints/{}", desk.url, case.id)).await;
    browser.find("#steps-all").await;
    let page = "const page = document.documentElement; return [page.scrollHeight <= innerHeight, page.scrollWidth <= innerWidth, innerHeight]";
    assert_eq!(
        browser.eval(page).await,
        json!([true, true, 768]),
        "the page does not scroll"
    );
    let columns = "return [...document.querySelectorAll('.columns > div')].map(c => { const b = c.getBoundingClientRect(); return b.bottom <= innerHeight && b.height > 450; })";
    assert_eq!(
        browser.eval(columns).await,
        json!([true, true, true]),
        "its columns have room"
    );
    browser.picture("desk-complaint-one-screen").await;
    browser.close().await;
}

#[tokio::test]
async fn rows_are_ticked_with_the_keyboard_and_done_together() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    for _ in 0..3 {
        Case::logged(&desk).await;
    }
    sign_in(&browser, &desk, "li.ming", "agent").await;
    browser.go(&format!("{}/desk/complaints", desk.url)).await;
    ready(&browser).await;
    let ticked = "return [...document.querySelectorAll('[data-tick]')].map(t => t.checked)";
    browser.key("x").await;
    assert_eq!(browser.eval(ticked).await, json!([true, false, false]), "the first");
    browser.key("x").await;
    assert_eq!(browser.eval(ticked).await, json!([true, true, false]), "then the next");
    shift_x(&browser).await;
    assert_eq!(browser.eval(ticked).await, json!([true, true, true]), "all");
    shift_x(&browser).await;
    assert_eq!(browser.eval(ticked).await, json!([false, false, false]), "none");
    browser.key("/").await;
    browser.key("x").await;
    assert_eq!(
        browser.eval(ticked).await,
        json!([false, false, false]),
        "in a field it is a letter"
    );
    assert_eq!(browser.eval("return document.activeElement.value").await, "x");
    browser.key(Key::Escape + "").await;
    browser.key("?").await;
    browser.says("Tick all rows, or none").await;
    browser.key(Key::Escape + "").await;
    shift_x(&browser).await;
    browser.key("b").await;
    browser.tab_to("#act-tag").await;
    browser.key("flood").await;
    browser.key(Key::Enter + "").await;
    browser.says("0 of 3").await;
    desk.run_jobs().await;
    // The page finds out by itself.
    browser.says("3 of 3").await;
    browser.gone("Call it off").await;
    browser.content("done together").await;
    browser.close().await;
}

#[tokio::test]
async fn countdowns_go_on_by_the_clock_of_the_desk_and_say_why_when_asked() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    enforce(&desk, "ours", &policy(&[metric("resolve", "resolve", 180)])).await;
    let case = Case::logged(&desk).await;
    sign_in(&browser, &desk, "li.ming", "agent").await;
    let lead = desk.client(Role::Lead);
    lead.post(&format!("{}/assign", case.path()), &json!({ "owner": "li.ming" }))
        .await
        .expect(200);
    browser.go(&format!("{}/desk", desk.url)).await;
    ready(&browser).await;
    let left = "return document.querySelector('.work [data-due]').textContent";
    let stands = "return document.querySelector('.work td.due strong').className";
    let said = browser.eval(left).await;
    assert!(said.as_str().unwrap().ends_with(" left"), "{said}");
    // The clock of the device does not count, only what passes on it.
    let pass = |minutes: i64| {
        format!(
            "Date.now = () => performance.timeOrigin + {minutes} * 60000; \
             document.dispatchEvent(new Event('visibilitychange'))"
        )
    };
    browser.eval(&pass(0)).await;
    assert_eq!(browser.eval(left).await, said);
    browser.eval(&pass(100)).await;
    let soon = browser.eval(left).await;
    assert!(soon != said && soon.as_str().unwrap().ends_with(" left"), "{soon}");
    assert_eq!(browser.eval(stands).await, "num soon");
    browser.eval(&pass(60 * 12)).await;
    let late = browser.eval(left).await;
    assert!(late.as_str().unwrap().ends_with(" late"), "{late}");
    assert_eq!(browser.eval(stands).await, "num late");
    // Why then: with the focus, and away again.
    let tip = "return getComputedStyle(document.querySelector('.tip')).display";
    assert_eq!(browser.eval(tip).await, "none");
    browser.tab_to(".why").await;
    assert_eq!(browser.eval(tip).await, "block");
    let described = "const why = document.activeElement; return document.getElementById(why.getAttribute('aria-describedby')).textContent.length > 20";
    assert_eq!(browser.eval(described).await, true);
    browser.picture("desk-why").await;
    browser.key(Key::Escape + "").await;
    assert_eq!(browser.eval(tip).await, "none");
    browser.content("countdowns").await;
    browser.close().await;
}

#[tokio::test]
async fn a_canned_text_is_inserted_where_one_writes_without_the_page_going_away() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    let case = Case::logged(&desk).await;
    text_of(&desk, "hello", &json!([wording("zh", "{customer.name}，您好。")])).await;
    sign_in(&browser, &desk, "li.ming", "agent").await;
    browser.go(&format!("{}/desk/complaints/{}", desk.url, case.id)).await;
    ready(&browser).await;
    browser
        .eval("window.marked = true; document.querySelector('#write-text').value = 'hello'")
        .await;
    browser.key("i").await;
    browser.key("First").await;
    browser.press("[data-fill]").await;
    let until = std::time::Instant::now() + super::PATIENCE;
    let body = "return document.querySelector('#write-body').value";
    while browser.eval(body).await != "First\n\n李娜，您好。" {
        assert!(std::time::Instant::now() < until, "{}", browser.eval(body).await);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    browser.find("#live[data-kept=note]").await;
    let state = "return [window.marked, document.activeElement.id, document.querySelector('#write-text').value]";
    assert_eq!(browser.eval(state).await, json!([true, "write-body", ""]));
    // What cannot be filled in is said by the page.
    text_of(&desk, "hello", &json!([wording("zh", "{call_back.window}")])).await;
    browser
        .eval("document.querySelector('#write-text').value = 'hello'")
        .await;
    browser.press("[data-fill]").await;
    browser.find("#write-text-wrong").await;
    assert_eq!(browser.eval(body).await, "First\n\n李娜，您好。", "nothing is lost");
    let told: Vec<String> = browser.complaints().await;
    assert!(told.iter().all(|text| text.contains("status of 409")), "{told:#?}");
    browser.close().await;
}

/// Goes from field to field and types; a choice is made by its first letters.
async fn type_into(browser: &Browser, fields: &[(&str, &str)]) {
    for (field, text) in fields {
        browser.tab_to(field).await;
        browser.key(*text).await;
    }
}

/// Every key that the page has is listed, once, with what it does.
async fn keys_are_listed(browser: &Browser) {
    browser.key("?").await;
    browser.find("dialog[open]").await;
    let listed = "return [...document.querySelectorAll('dialog dt')].map(t => t.textContent)";
    let listed: Vec<String> = serde_json::from_value(browser.eval(listed).await).unwrap();
    let named = "return [...new Set([...document.querySelectorAll('[data-key]')].filter(e => e.checkVisibility()).map(e => e.dataset.key))]";
    let named: Vec<String> = serde_json::from_value(browser.eval(named).await).unwrap();
    for key in named
        .iter()
        .map(String::as_str)
        .chain(["n", "g", "/", "?", "Esc", "Ctrl+Enter"])
    {
        assert_eq!(
            listed.iter().filter(|have| *have == key).count(),
            1,
            "{key}: {listed:?}"
        );
    }
    for key in ["s", "p", "e", "i", "v", "k", "l", "f", "t"] {
        assert!(named.iter().any(|have| have == key), "{key}: {named:?}");
    }
    let words = "return [...document.querySelectorAll('dialog dd')].every(d => d.textContent.trim().length > 1)";
    assert_eq!(browser.eval(words).await, true);
    browser.picture("desk-keys").await;
    browser.key(Key::Escape + "").await;
}

/// Records the first six steps.
async fn record_by_key(browser: &Browser) {
    browser.key("s").await;
    assert_eq!(
        browser.eval("return document.activeElement.id").await,
        "listen-own_words"
    );
    type_into(browser, &[("#listen-facts", "No repair in three weeks")]).await;
    // The coming steps are unfolded from their summaries.
    let coming: [(&str, &[(&str, &str)]); 5] = [
        ("accept_feelings", &[("#accept_feelings-feeling", "anger")]),
        ("apologise", &[("#apologise-apologised_for", "the long wait")]),
        (
            "understand_needs",
            &[
                ("#understand_needs-need", "a line that works"),
                ("#understand_needs-worry", "the exams"),
            ],
        ),
        (
            "seek_solutions",
            &[
                ("#seek_solutions-options", "a new router"),
                ("#seek_solutions-agreed", "a new router"),
            ],
        ),
        (
            "explain_actions",
            &[
                ("#explain_actions-who", "Mr Wang"),
                ("#explain_actions-what", "comes with it"),
            ],
        ),
    ];
    for (step, fields) in coming {
        browser
            .tab_to(&format!(
                "#steps-all li:has(#{}) summary",
                fields[0].0.trim_start_matches('#')
            ))
            .await;
        if browser.eval("return document.activeElement.parentElement.open").await == false {
            browser.key(Key::Enter + "").await;
        }
        assert_eq!(
            browser.eval("return document.activeElement.parentElement.open").await,
            true,
            "{step}"
        );
        type_into(browser, fields).await;
    }
    browser.tab_to("#explain_actions-by_when").await;
    browser.key("11242026").await;
    browser.key(Key::Tab + "").await;
    browser.key("0600PM").await;
    browser.send_by_key().await;
    browser.says("The steps are recorded").await;
}

/// Promises the call and makes it.
async fn call_by_key(browser: &Browser, desk: &Desk) {
    ready(browser).await;
    browser.key("p").await;
    assert_eq!(
        browser.eval("return document.activeElement.id").await,
        "promise-purpose"
    );
    type_into(
        browser,
        &[
            ("#promise-day", "11232026"),
            ("#promise-from", "0920AM"),
            ("#promise-until", "0950AM"),
        ],
    )
    .await;
    browser.send_by_key().await;
    browser.says("The call is promised").await;
    desk.pass(TimeDelta::minutes(25));
    ready(browser).await;
    browser.key("c").await;
    browser.says("How to lead the call").await;
    ready(browser).await;
    browser.key("1").await;
    browser.says("The customer is satisfied").await;
    ready(browser).await;
}

/// Goes from the call back to the complaint, and closes it.
async fn close_by_key(browser: &Browser) {
    browser.tab_to("h1 a").await;
    browser.key(Key::Enter + "").await;
    browser.find("#close-decision").await;
    ready(browser).await;
    browser.key("e").await;
    assert_eq!(browser.eval("return document.activeElement.id").await, "close-decision");
    browser.key("Upheld").await;
    type_into(
        browser,
        &[
            ("#close-reason", "Nobody was sent, and that is our fault."),
            ("#close-cause_category", "Attitude"),
        ],
    )
    .await;
    browser.send_by_key().await;
    browser.says("The complaint is closed").await;
}

#[tokio::test]
async fn a_call_goes_from_the_first_word_to_the_closing_with_the_keyboard_alone() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    let earlier = Case::logged(&desk).await;
    sign_in(&browser, &desk, "li.ming", "agent").await;
    ready(&browser).await;
    browser.key("n").await;
    // Who calls appears beside the number, with what they complained about before.
    browser.find("#call").await;
    // A share of the calls gets its proposal only after the agent has said something; not this one.
    browser.eval("document.querySelector('[name=draft]').value = ''").await;
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
    let path = browser.path().await;
    assert!(!path.contains(&earlier.id), "another complaint");
    keys_are_listed(&browser).await;
    record_by_key(&browser).await;
    call_by_key(&browser, &desk).await;
    close_by_key(&browser).await;
    let kept = desk.agent().get(&path.replace("/desk/", "/api/v1/")).await.expect(200);
    let told: Vec<&Value> = ["/state", "/decision", "/owner"].iter().map(|at| kept.at(at)).collect();
    assert_eq!(told, [&json!("closed"), &json!("upheld"), &json!("li.ming")]);
    browser.content("a call by keyboard").await;
    browser.close().await;
}

#[tokio::test]
async fn what_a_time_for_a_call_falls_upon_is_said_while_it_is_typed() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    sign_in(&browser, &desk, "li.ming", "agent").await;
    let other = Case::logged(&desk).await;
    let window = merged(other.window(24 * 60, 25 * 60), json!({ "owner": "li.ming" }));
    other.post("call-backs", &window).await.expect(201);
    let case = Case::logged(&desk).await;
    browser.go(&format!("{}/desk/complaints/{}", desk.url, case.id)).await;
    ready(&browser).await;
    browser.key("p").await;
    let at = |minutes: i64, form: &str| {
        let at = (desk.now() + TimeDelta::minutes(minutes)).with_timezone(&chrono_tz::Tz::Asia__Shanghai);
        at.format(form).to_string()
    };
    let day = at(24 * 60, "%Y-%m-%d");
    let typed = async |from: i64, until: i64| {
        let fields = [
            ("day", day.clone()),
            ("from", at(from, "%H:%M")),
            ("until", at(until, "%H:%M")),
        ];
        for (name, value) in fields {
            let script = format!(
                "const f = document.getElementById('promise-{name}'); f.value = '{value}'; f.dispatchEvent(new Event('input', {{ bubbles: true }}))"
            );
            browser.eval(&script).await;
        }
        browser.find("[data-says]").await.text().await.unwrap()
    };
    let clash = typed(24 * 60 + 30, 26 * 60).await;
    assert_eq!(clash, "You have promised another call for that time.");
    assert_eq!(typed(25 * 60, 26 * 60).await, "", "one after the other");
    browser.judge("a promise that falls upon another").await;
    browser.content("a promise").await;
    browser.close().await;
}
