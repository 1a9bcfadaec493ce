//! Operations and administration in a browser: how the pages look, that figures change by themselves, and a case from the
//! customer's form to the dashboard.

use chrono::TimeDelta;
use serde_json::json;

use super::{Browser, Look};
use crate::fixtures::Case;
use crate::pages::ops::a_week;
use crate::support::person::{self, PASSWORD};
use crate::support::{Desk, lenient};
use hark::settings::edge::EdgeSettings;

async fn sign_in(browser: &Browser, url: &str, handle: &str) {
    browser.go(&format!("{url}/sign-in")).await;
    browser.fill("#handle", handle).await;
    browser.fill("#password", PASSWORD).await;
    browser.press("#sign-in button").await;
    browser.find("body.desk").await;
}

/// Fills the form with this action and sends it by its button.
async fn send(browser: &Browser, action: &str, fields: &[(&str, &str)]) {
    let script = format!(
        "const form = document.querySelector('form[action=\"' + {} + '\"]'); \
         if (!form) return 'no form'; \
         for (const [name, value] of {}) {{ \
           const fields = [...form.elements].filter(e => e.name === name); \
           if (!fields.length) return 'no field ' + name; \
           const choice = fields.find(e => e.type === 'radio' && e.value === value); \
           if (choice) choice.checked = true; else fields[0].value = value; \
         }} \
         form.requestSubmit(); return 'sent'",
        json!(action),
        json!(fields),
    );
    assert_eq!(browser.eval(&script).await, "sent", "{action}");
}

/// Rules, texts, macros and a role to look at, and what a rule did.
async fn documents(desk: &Desk) {
    let admin = desk.client(hark::domain::staff::Role::Admin);
    let team = admin
        .post("/api/v1/teams", &json!({ "name": "Billing" }))
        .await
        .expect(201)
        .id()
        .to_owned();
    let routing = json!({ "rules": [
        { "slug": "bills", "name": "Bills of key accounts", "team": team, "within_minutes": 120,
          "conditions": { "categories": ["billing", "my_own"], "tiers": ["key_account"], "severities": ["high", "critical"] },
          "skills": { "own_language": true, "products": ["router"] } },
        { "slug": "rest", "team": team, "mode": "least_loaded" },
    ] });
    admin.put("/api/v1/routing", &routing).await.expect(200);
    let text = json!({ "title": "We call you back", "wordings": [
        { "language": "zh-CN", "body": "{customer.name}，您好！我们将在 {call_back.window} 给您回电。" },
        { "language": "en", "customer_type": "angry", "body": "Dear {customer.name}, we are sorry. We call you {call_back.window}." },
    ] });
    admin.put("/api/v1/canned-texts/we_call", &text).await.expect(201);
    let actions = json!([
        { "do": "send_message", "text": "we_call" }, { "do": "wait", "ball_with": "customer", "reason": "Asked for the invoice." },
    ]);
    let ask = json!({ "title": "Ask again and wait", "actions": actions });
    admin.put("/api/v1/macros/ask_again", &ask).await.expect(201);
    let rules = json!({ "rules": [
        { "slug": "note_it", "name": "Look at every complaint that comes in", "on": { "event": "received" },
          "then": [{ "do": "add_note", "body": "Look at this today." }, { "do": "tag", "tags": ["seen"] }] },
        { "slug": "ask_again", "enabled": false,
          "on": { "event": "time_passed", "time": { "minutes": 240, "since": "waiting_for_customer", "calendar": "standard" } },
          "conditions": { "complaint": { "kinds": ["complaint"], "tiers": ["key_account", "medium"] }, "states": ["waiting"], "has_owner": true },
          "then": [{ "do": "add_note", "body": "Ask the customer again." }, { "do": "assign_to_lead" }], "stop": true },
    ] });
    admin.put("/api/v1/rules", &rules).await.expect(200);
    admin
        .post("/api/v1/rules/versions/1/activate", &json!({}))
        .await
        .expect(200);
    let role =
        json!({ "name": "Night desk", "permissions": ["read-complaints", "log-complaints", "handle-complaints"] });
    admin.put("/api/v1/roles/night_desk", &role).await.expect(201);
    Case::logged(desk).await;
    desk.run_jobs().await;
}

/// The pages that look the same for whoever opens them.
const PLACES: &[(&str, &str)] = &[
    ("ops", "/ops"),
    ("ops-tables", "/ops?table=all"),
    ("ops-wrong", "/ops?from=x&zone=Moon"),
    ("ops-wall", "/ops/wall"),
    ("ops-cases", "/ops/cases?figure=received"),
    (
        "ops-cases-none",
        "/ops/cases?figure=received&from=2020-01-01&to=2020-01-02",
    ),
    ("admin-people", "/admin/people"),
    ("admin-teams", "/admin/teams"),
    ("admin-tokens", "/admin/tokens"),
    ("admin-policies", "/admin/policies"),
    ("admin-policy", "/admin/policies/ours"),
    ("admin-calendars", "/admin/calendars"),
    ("admin-calendar", "/admin/calendars/standard"),
    ("admin-routing", "/admin/routing"),
    ("admin-routing-rule", "/admin/routing/rule/bills"),
    ("admin-policy-new", "/admin/policies?new"),
    ("admin-rules", "/admin/rules"),
    ("admin-rule", "/admin/rules/rule/ask_again"),
    ("admin-rule-new", "/admin/rules/rule"),
    ("admin-rules-log", "/admin/rules/log"),
    ("admin-texts", "/admin/texts"),
    ("admin-text", "/admin/texts/text/we_call"),
    ("admin-macros", "/admin/macros"),
    ("admin-macro", "/admin/macros/macro/ask_again"),
    ("admin-roles", "/admin/roles"),
    ("admin-role-new", "/admin/roles/role"),
    ("admin-review-form", "/admin/review-form"),
    ("admin-typing", "/admin/typing"),
    ("admin-audit", "/admin/audit"),
    ("account", "/account"),
];

/// A page in three widths, and what axe says of it.
async fn look_at_page(browser: &Browser, look: Look, url: &str, name: &str) {
    let colours = if look.dark { "dark" } else { "light" };
    for width in [320, 1366, 1920] {
        let called = format!("{name}-{}-{colours}-{width}", look.lang);
        browser.wear(Look { width, ..look }).await;
        browser.go(url).await;
        browser.find("h1").await;
        // With everything that can be unfolded.
        browser
            .eval("document.querySelectorAll('details').forEach(d => d.open = true)")
            .await;
        browser.fits(&called).await;
        browser.picture(&called).await;
    }
    browser.judge(&format!("{name} {} {colours}", look.lang)).await;
}

/// A rule that is tried, and one that is wrong.
async fn look_at_rules(browser: &Browser, look: Look, desk: &Desk) {
    let called = |name: &str| format!("{name}-{}-{}-1366", look.lang, if look.dark { "dark" } else { "light" });
    browser.wear(Look { width: 1366, ..look }).await;
    browser.go(&format!("{}/admin/rules/rule/note_it", desk.url)).await;
    browser.press("button[value=try]").await;
    browser.find("td a[href^='/desk/complaints/']").await;
    browser.picture(&called("admin-rule-tried")).await;
    browser.judge("a rule that was tried").await;
    browser.go(&format!("{}/admin/rules/rule", desk.url)).await;
    browser.press("button[value='more:then']").await;
    browser.find("#rule-then-1-do").await;
    browser.press(".buttons button[value=save]").await;
    browser.find("#errors").await;
    browser.picture(&called("admin-rule-errors")).await;
    browser.judge("a rule with errors").await;
}

/// The picture of the second factor.
async fn look_at_factor(browser: &Browser, look: Look, desk: &Desk) {
    browser.go(&format!("{}/account", desk.url)).await;
    send(browser, "/account/second-factor", &[("begin-password", PASSWORD)]).await;
    browser.find("svg.qr").await;
    for width in [320, 1366] {
        browser.wear(Look { width, ..look }).await;
        browser.fits("the second factor's picture").await;
    }
    browser.picture(&format!("account-qr-{}", look.lang)).await;
    browser.judge("the second factor's picture").await;
}

async fn look_at(look: Look) {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(look).await else {
        return;
    };
    a_week(&desk).await;
    documents(&desk).await;
    person::with_password(&desk, "wang.fang", "admin").await;
    sign_in(&browser, &desk.url, "wang.fang").await;
    let people = desk
        .client(hark::domain::staff::Role::Admin)
        .get("/api/v1/staff")
        .await
        .expect(200);
    let person = format!("/admin/people/{}", people.str("/items/0/id"));
    for (name, path) in PLACES.iter().copied().chain([("admin-person", person.as_str())]) {
        look_at_page(&browser, look, &format!("{}{path}", desk.url), name).await;
    }
    look_at_rules(&browser, look, &desk).await;
    look_at_factor(&browser, look, &desk).await;
    let unexpected: Vec<String> = browser.complaints().await;
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    browser.close().await;
}

#[tokio::test]
async fn operations_and_administration_look_right_in_english_on_light() {
    look_at(Look::default()).await;
}

#[tokio::test]
async fn operations_and_administration_look_right_in_chinese_on_dark() {
    look_at(Look {
        lang: "zh-CN",
        dark: true,
        ..Look::default()
    })
    .await;
}

#[tokio::test]
async fn figures_change_by_themselves_and_old_ones_are_said_to_be_old() {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(Look::default()).await else {
        return;
    };
    person::with_password(&desk, "wang.fang", "lead").await;
    sign_in(&browser, &desk.url, "wang.fang").await;
    browser.go(&format!("{}/ops?table=backlog", desk.url)).await;
    browser.find("#card-open").await;
    browser.eval("document.querySelector('.asked summary').focus()").await;
    browser.eval("scrollTo(0, 120); window.marked = true").await;
    Case::logged(&desk).await;
    // What happens every half minute, at once.
    let now = "document.dispatchEvent(new Event('visibilitychange'))";
    browser.eval(now).await;
    let until = std::time::Instant::now() + super::PATIENCE;
    let open = "return document.querySelector('#card-open .figure').textContent.trim()";
    while browser.eval(open).await != "1" {
        assert!(std::time::Instant::now() < until, "the figure did not change");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let kept = "return [window.marked, document.activeElement.closest('.asked') !== null, scrollY, \
                document.querySelector('#chart-backlog-table') !== null, document.querySelector('#stale').hidden]";
    assert_eq!(
        browser.eval(kept).await,
        json!([true, true, 120, true, true]),
        "the place and the focus are kept"
    );
    browser.eval("window.fetch = () => Promise.reject(new Error('away')); document.dispatchEvent(new Event('visibilitychange'))").await;
    browser.says("The connection is lost").await;
    browser.content("the dashboard").await;
    browser.close().await;
}

/// What is said on the way, in one language.
struct Said {
    received: &'static str,
    steps: &'static str,
    promised: &'static str,
    noted: &'static str,
    closed: &'static str,
    none_kept: &'static str,
    kept: &'static str,
}

const EN: Said = Said {
    received: "We have your complaint",
    steps: "The steps are recorded",
    promised: "The call is promised",
    noted: "The customer is satisfied",
    closed: "The complaint is closed",
    none_kept: "No promised call-back ended in these days",
    kept: "Call-backs kept: 100 %",
};

const ZH: Said = Said {
    received: "我们已收到您的投诉",
    steps: "步骤已记录",
    promised: "回访已约定",
    noted: "客户满意",
    closed: "投诉已关闭",
    none_kept: "这些天没有到期的回访",
    kept: "回访履约率：100%",
};

/// A customer files; the seven steps are worked; the call is promised and made; the case is closed; the dashboard says so.
#[expect(clippy::cognitive_complexity, reason = "a walk, step by step")]
async fn journey(look: Look) {
    let desk = Desk::sqlite();
    let Some(browser) = Browser::open(look).await else {
        return;
    };
    let said = if look.lang == "en" { EN } else { ZH };
    person::with_password(&desk, "wang.fang", "lead").await;
    let door = desk.door(EdgeSettings {
        filing_without_proof: 0,
        proof_cost: 200,
        ..lenient()
    });
    browser.go(&format!("{}/complain", door.url)).await;
    browser
        .fill("#statement", "洗衣机到货时门是坏的。 The door is broken.")
        .await;
    browser.fill("#phone", "138 0013 8000").await;
    browser.press("#complaint button.start").await;
    browser.says(said.received).await;
    let listed = desk.agent().get("/api/v1/complaints").await.expect(200);
    let id = listed.str("/items/0/id").to_owned();

    sign_in(&browser, &door.url, "wang.fang").await;
    browser.go(&format!("{}/ops", door.url)).await;
    browser.says(said.none_kept).await;
    let path = format!("/desk/complaints/{id}");
    browser.go(&format!("{}{path}", door.url)).await;
    browser.find("#steps-all").await;
    let steps = [
        ("listen-own_words", "门是坏的"),
        ("listen-facts", "到货时门坏了"),
        ("accept_feelings-feeling", "失望"),
        ("apologise-apologised_for", "送来坏的机器"),
        ("understand_needs-need", "能用的洗衣机"),
        ("understand_needs-worry", "要等很久"),
        ("seek_solutions-options", "换新\n退款"),
        ("seek_solutions-agreed", "换新"),
        ("explain_actions-who", "王师傅"),
        ("explain_actions-what", "上门换新"),
        ("explain_actions-by_when", "2026-11-24T18:00"),
    ];
    let fill = format!(
        "const form = document.querySelector('#steps-all'); for (const [name, value] of {}) form.elements[name].value = value; form.requestSubmit()",
        json!(steps)
    );
    browser.eval(&fill).await;
    browser.says(said.steps).await;
    let window = [
        ("promise-day", "2026-11-23"),
        ("promise-from", "09:20"),
        ("promise-until", "09:50"),
    ];
    send(&browser, &format!("{path}/promise"), &window).await;
    browser.says(said.promised).await;

    desk.pass(TimeDelta::minutes(25));
    let promised = desk
        .agent()
        .get(&format!("/api/v1/complaints/{id}/call-backs"))
        .await
        .expect(200);
    let call = promised.json[0]["id"].as_str().unwrap().to_owned();
    browser.go(&format!("{}/desk/call-backs/{call}", door.url)).await;
    browser.press("button[value='satisfied']").await;
    browser.says(said.noted).await;
    browser.go(&format!("{}{path}", door.url)).await;
    let closing = [
        ("close-decision", "upheld"),
        ("close-reason", "是我们的错"),
        ("close-cause_category", "materials"),
    ];
    send(&browser, &format!("{path}/close"), &closing).await;
    browser.says(said.closed).await;
    browser.go(&format!("{}/ops", door.url)).await;
    browser.says(said.kept).await;
    browser.content("from the form to the dashboard").await;
    browser.close().await;
}

#[tokio::test]
async fn a_case_goes_from_the_customers_form_to_the_dashboard_in_english() {
    journey(Look::default()).await;
}

#[tokio::test]
async fn a_case_goes_from_the_customers_form_to_the_dashboard_in_chinese() {
    journey(Look {
        lang: "zh-CN",
        ..Look::default()
    })
    .await;
}

/// Whether an element is seen.
async fn seen(browser: &Browser, css: &str) -> bool {
    browser.find(css).await.is_displayed().await.unwrap()
}

#[tokio::test]
async fn a_rule_is_written_without_scripts_and_shows_only_what_belongs_to_a_choice() {
    let desk = Desk::sqlite();
    let look = Look {
        scripts: false,
        ..Look::default()
    };
    let Some(browser) = Browser::open(look).await else {
        return;
    };
    person::with_password(&desk, "wang.fang", "admin").await;
    sign_in(&browser, &desk.url, "wang.fang").await;
    browser.go(&format!("{}/admin/rules/rule", desk.url)).await;
    let (minutes, metrics, body) = ("#rule-on-time-minutes", "#rule-on-metrics", "#rule-then-0-body");
    for hidden in [minutes, metrics, body] {
        assert!(!seen(&browser, hidden).await, "{hidden}");
    }
    browser.press("#rule-on-event option[value=time_passed]").await;
    assert!(seen(&browser, minutes).await && !seen(&browser, metrics).await);
    browser.press("#rule-on-event option[value=clock_breached]").await;
    assert!(!seen(&browser, minutes).await && seen(&browser, metrics).await);
    browser.press("#rule-then-0-do option[value=add_note]").await;
    assert!(seen(&browser, body).await && !seen(&browser, "#rule-then-0-owner").await);
    browser.fill("#rule-slug", "late").await;
    browser.fill(metrics, "first_response").await;
    browser.fill(body, "See to this.").await;
    browser.press("button[value='more:then']").await;
    browser.press("#rule-then-1-do option[value=assign_to_lead]").await;
    // The enter key keeps the rule; it does not press the first button that happens to stand before it.
    browser.fill("#rule-slug", "r").await;
    browser.press("#rule-slug").await;
    browser.key("\u{e007}").await;
    browser.says("The new version is kept").await;
    browser.says("a deadline was missed").await;
    browser.says("Give it to the lead of its team").await;
    browser.content("the form of a rule").await;
    browser.close().await;
}
