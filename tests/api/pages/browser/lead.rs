//! The pages of those who lead, in their looks: wide and narrow, light and dark, in both languages; judged by axe-core.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::json;

use super::{Browser, Look};
use crate::fixtures::{COMPLAINTS, Case, merged};
use crate::journeys::{by_phone, upheld};
use crate::leads::{REVIEWS, act, call_in, made, pick, reviewed};
use crate::staff::{admin, id_of, team};
use crate::support::{Desk, person};

/// A desk with everything that these pages can show; gives the id of a review.
#[expect(clippy::cognitive_complexity, reason = "one thing after the other")]
async fn filled(desk: &Desk) -> String {
    let broadband = team(desk, "Breitband und Festnetz Süd-West", &["mary", "li.na"]).await;
    let into = async |handle: &str| {
        let path = format!("/api/v1/teams/{broadband}/members/{}", id_of(desk, handle).await);
        admin(desk)
            .put(&path, &json!({ "leads": handle == "li.ming" }))
            .await
            .expect(200);
    };
    let caller = person::signed_in(desk, "wang.xiaoming-the-second", "agent")
        .await
        .client();
    into("wang.xiaoming-the-second").await;
    person::with_password(desk, "li.ming", "lead").await;
    into("li.ming").await;
    let profile = format!("/api/v1/staff/{}/work-profile", id_of(desk, "mary").await);
    admin(desk).put(&profile, &json!({ "capacity": 2 })).await.expect(200);
    let away = json!({ "starts_at": desk.in_minutes(0), "ends_at": desk.in_minutes(60_000), "kind": "holiday" });
    let absences = format!("/api/v1/staff/{}/absences", id_of(desk, "li.na").await);
    admin(desk).post(&absences, &away).await.expect(201);
    for n in 0..6 {
        call_in(&caller, n).await;
    }
    for (n, cause) in ["tools", "tools", "materials"].into_iter().enumerate() {
        let customer =
            json!({ "customer": { "phone": format!("139 0013 8{n:03}") }, "subject": "一台洗衣机".repeat(20) });
        let case = Case::of(desk, &merged(by_phone(), customer)).await;
        case.work().await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &merged(upheld(), json!({ "cause_category": cause })))
            .await
            .expect(200);
    }
    for severity in ["critical", "low", "high"] {
        let body = merged(
            by_phone(),
            json!({ "severity": severity, "customer": { "phone": "139 0013 8888" } }),
        );
        let case = Case::of(desk, &body).await;
        let give = json!({ "owner": if severity == "low" { json!(null) } else { json!("mary") }, "team": broadband });
        admin(desk)
            .post(&format!("{COMPLAINTS}/{}/assign", case.id), &give)
            .await
            .expect(200);
    }
    let drawn = pick(
        desk,
        json!({ "agent": "wang.xiaoming-the-second", "per_agent": 6, "seed": "week 48" }),
    )
    .await;
    let calls = admin(desk)
        .get(&format!("{REVIEWS}?pick={}", drawn.id()))
        .await
        .expect(200)
        .each("id");
    for (id, score) in calls.iter().skip(1).zip([3, 4, 4, 5, 5]) {
        reviewed(desk, id, score).await;
    }
    made(
        desk,
        json!({ "title": "Couriers ring before they come", "due_on": "2026-11-20", "description": "All depots." }),
    )
    .await;
    let done = made(
        desk,
        json!({ "title": "Neue Anleitungen", "cause": "tools", "category": "repair" }),
    )
    .await;
    let end = json!({ "end": "done", "effective_on": "2026-11-23", "note": "printed" });
    act(&desk.client(Role::Lead), done.id(), "close", &end)
        .await
        .expect(200);
    desk.pass(TimeDelta::hours(30));
    calls[0].clone()
}

async fn look_at(look: Look) {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(look).await else {
        return;
    };
    let call = filled(&desk).await;
    browser.go(&format!("{}/sign-in", desk.url)).await;
    browser.fill("#handle", "li.ming").await;
    browser.fill("#password", person::PASSWORD).await;
    browser.press("#sign-in button").await;
    browser.find("body.desk").await;
    let colours = if look.dark { "dark" } else { "light" };
    let actions = admin(&desk).get(crate::leads::ACTIONS).await.expect(200);
    let places = [
        ("lead-action", format!("/lead/actions/{}", actions.str("/items/0/id"))),
        ("lead-board", "/lead".to_owned()),
        ("lead-actions", "/lead/actions".to_owned()),
        ("lead-reviews", "/lead/reviews".to_owned()),
        ("lead-call", format!("/lead/reviews/{call}")),
        ("lead-reports", "/lead/reports?weeks=4".to_owned()),
    ];
    for (name, path) in places {
        for width in [320, 768, 1366] {
            let called = format!("{name}-{}-{colours}-{width}", look.lang);
            browser.wear(Look { width, ..look }).await;
            browser.go(&format!("{}{path}", desk.url)).await;
            browser.find("h1").await;
            browser.fits(&called).await;
            browser.picture(&called).await;
        }
        browser.judge(&format!("{name} {} {colours}", look.lang)).await;
    }
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.close().await;
}

#[tokio::test]
async fn pages_for_leads_look_right_in_english_on_light() {
    look_at(Look::default()).await;
}

#[tokio::test]
async fn pages_for_leads_look_right_in_chinese_on_dark() {
    look_at(Look {
        lang: "zh-CN",
        dark: true,
        ..Look::default()
    })
    .await;
}
