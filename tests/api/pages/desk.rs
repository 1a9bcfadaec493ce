//! The desk's pages, without scripts: a call is logged, worked, promised, called back and closed; what does not fit is
//! said in words, and nothing that was typed is lost.

use chrono::TimeDelta;
use hark::domain::policy::Policy;
use serde_json::json;

use super::{Reader, Shown, with_hidden};
use crate::fixtures::{CALL_BACKS, COMPLAINTS, Case};
use crate::on_both;
use crate::support::Desk;

/// Sends the form with this action as it stands on the page, with some fields filled in.
pub async fn send(reader: &mut Reader, page: &Shown, action: &str, fields: &[(&str, &str)]) -> Shown {
    let hidden = page.hidden(action);
    reader.post(action, &with_hidden(&hidden, fields)).await
}

/// A call as an agent types it.
const CALL: &[(&str, &str)] = &[
    ("caller", "138 0013 8000"),
    ("name", "李娜"),
    ("statement", "两周来每天晚上八点断网，打了三次电话都没有人来修！"),
    ("facts", "每天 20:00 断网\n三次报修"),
    ("opinions", "没有人在乎"),
    ("desired_remedy", "退还一个月的费用"),
    ("severity", "high"),
    ("category", "service_delay"),
    ("customer_type", "angry"),
    ("mine", "1"),
];

/// What the steps of a call come to.
const STEPS: &[(&str, &str)] = &[
    ("accept_feelings-feeling", "生气、失望"),
    ("apologise-apologised_for", "三次报修没有人处理"),
    ("understand_needs-need", "晚上能上网课"),
    ("understand_needs-worry", "考试前修不好"),
    ("seek_solutions-options", "换路由器\n退费"),
    ("seek_solutions-agreed", "换路由器"),
    ("explain_actions-who", "王师傅"),
    ("explain_actions-what", "上门换路由器"),
    ("explain_actions-by_when", "2026-11-24T18:00"),
];

/// The path of the complaint's page, and its id.
fn id_of(to: &str) -> String {
    to.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// The promise of a complaint that is open.
async fn promise_of(desk: &Desk, id: &str) -> String {
    let list = desk
        .agent()
        .get(&format!("{COMPLAINTS}/{id}/call-backs"))
        .await
        .expect(200);
    let open = list
        .json
        .as_array()
        .unwrap()
        .iter()
        .find(|call| call["state"] == "open");
    open.expect("a promise is open")["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_call_is_logged_worked_promised_called_back_and_closed(desk) {
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let form = agent.get("/desk/new?caller=+8613800138000").await;
        form.expect(200).says("A new customer");
        assert_eq!(form.value("caller"), "+8613800138000");
        let logged = send(&mut agent, &form, "/desk/new", CALL).await;
        let id = id_of(logged.to());
        let path = format!("/desk/complaints/{id}");
        let page = agent.follow(&logged).await;
        page.expect(200).says("The complaint is logged").says("李娜").says("Angry").says("没有人在乎");
        // The same button once more logs nothing new.
        let again = send(&mut agent, &form, "/desk/new", CALL).await;
        assert_eq!(id_of(again.to()), id);
        // The first step stands there already, as it was typed.
        assert_eq!(page.value("listen-facts"), "每天 20:00 断网\n三次报修");
        let listen = [("listen-own_words", "每天晚上断网"), ("listen-facts", "20:00")];
        let recorded = send(&mut agent, &page, &format!("{path}/steps"), &[&listen[..], STEPS].concat()).await;
        let page = agent.follow(&recorded).await;
        page.says("The steps are recorded").says("换路由器");
        let early = send(&mut agent, &page, &format!("{path}/close"), &[("close-decision", "upheld"), ("close-reason", "是我们的错"), ("close-cause_category", "attitude")]).await;
        early.expect(422).says("The call-back has no outcome yet");
        assert_eq!((early.value("close-reason"), early.wrong_fields()), ("是我们的错".to_owned(), vec!["close-decision".to_owned()]));
        let past = [("promise-day", "2026-11-20"), ("promise-from", "18:00"), ("promise-until", "19:00"), ("promise-note", "网好了吗")];
        let refused = send(&mut agent, &page, &format!("{path}/promise"), &past).await;
        refused.expect(422).says("Choose a time ahead of now");
        assert_eq!((refused.value("promise-note"), refused.value("promise-from")), ("网好了吗".to_owned(), "18:00".to_owned()));
        let fields = [&[("promise-day", "2026-11-23")][..], &past[1..]].concat();
        let promised = send(&mut agent, &refused, &format!("{path}/promise"), &fields).await;
        let page = agent.follow(&promised).await;
        page.says("Monday 23 November 2026, 18:00 to 19:00 (Beijing time)").says("The call is promised. Make it at its time");
        page.is_silent_about("Promise a call below, or say why there is none").is_silent_about("Nothing is due");
        let call = promise_of(&desk, &id).await;
        let screen = agent.get(&format!("/desk/call-backs/{call}")).await;
        screen.expect(200).says("+86 138 0013 8000").says("网好了吗").says("How to lead the call");
        let work = agent.get("/desk").await;
        work.says("18:00–19:00").says("Angry").says("李娜 · Ask whether it is settled");
        // Beside the next promise stand those that there are.
        let next = agent.get("/desk/new").await;
        next.says("Calls that you have promised (1)").says("Mon 23 Nov 18:00–19:00 · Ask whether it is settled");
        desk.pass(TimeDelta::hours(9) + TimeDelta::minutes(10));
        // In the evening somebody else is there.
        let mut agent = Reader::signed_in(&desk, "wang.tao", "agent").await;
        let screen = agent.get(&format!("/desk/call-backs/{call}")).await;
        screen.says("To be called by: Wang Fang (li.ming)").says("To be done: 王师傅 · 上门换路由器").is_silent_about("past its time");
        let result = format!("attempt-{call}-result");
        let action = format!("/desk/call-backs/{call}/attempt");
        let nothing = send(&mut agent, &screen, &action, &[(&format!("attempt-{call}-note"), "通话")]).await;
        nothing.expect(422);
        assert_eq!((nothing.wrong_fields(), nothing.value(&format!("attempt-{call}-note"))), (vec![result.clone()], "通话".to_owned()));
        let kept = send(&mut agent, &nothing, &action, &[(&result, "satisfied")]).await;
        agent.follow(&kept).await.says("The customer is satisfied").says("Go on with the complaint");
        let page = agent.get(&path).await;
        let closing = [
            ("close-decision", "upheld"), ("close-reason", "三次报修没有派单"), ("close-cause_category", "attitude"),
            ("close-redress-type", "credit"), ("close-redress-minor_units", "99.00"), ("close-redress-currency", "CNY"),
            ("close-redress-status", "accepted"),
        ];
        let what_for = send(&mut agent, &page, &format!("{path}/close"), &[&closing[..3], &closing[4..]].concat()).await;
        what_for.expect(422).says("Choose what the amount is for");
        assert_eq!(what_for.wrong_fields(), ["close-redress-type"]);
        let closed = send(&mut agent, &what_for, &format!("{path}/close"), &closing).await;
        agent.follow(&closed).await.says("The complaint is closed").says("CNY 99.00");
        let kept = desk.agent().get(&format!("{COMPLAINTS}/{id}")).await.expect(200);
        assert_eq!((kept.str("/state"), kept.str("/owner")), ("closed", "li.ming"));
        assert_eq!(kept.json["closures"][0]["redress_minor_units"], 9_900);
        assert_eq!(kept.json["steps"][4]["record"]["options"], json!(["换路由器", "退费"]));
        desk.pass(TimeDelta::days(3));
        let mut agent = Reader::signed_in(&desk, "sun.li", "agent").await;
        let screen = agent.get(&format!("/desk/call-backs/{call}")).await;
        screen.expect(200).says("To be done: 王师傅").is_silent_about("past its time").is_silent_about("Go on with");
    }
}

on_both! {
    async fn what_was_done_on_the_spot_is_recorded_with_the_call(desk) {
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let form = agent.get("/desk/new").await;
        let promise = [("promise-purpose", "confirm_resolution"), ("promise-day", "2026-11-24"), ("promise-from", "10:00"), ("promise-until", "11:00")];
        let all = [CALL, STEPS, &promise[..]].concat();
        let logged = send(&mut agent, &form, "/desk/new", &all).await;
        let id = id_of(logged.to());
        let kept = desk.agent().get(&format!("{COMPLAINTS}/{id}")).await.expect(200);
        assert_eq!(kept.str("/step"), "call_back");
        assert_eq!(kept.json["steps"][0]["record"]["facts"], json!(["每天 20:00 断网", "三次报修"]));
        let call = promise_of(&desk, &id).await;
        let call = desk.agent().get(&format!("{CALL_BACKS}/{call}")).await.expect(200);
        assert_eq!((call.str("/window_start"), call.str("/time_zone")), ("2026-11-24T02:00:00Z", "Asia/Shanghai"));
    }
}

on_both! {
    async fn nothing_that_was_typed_is_lost_and_what_is_wrong_is_said_at_its_field(desk) {
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let form = agent.get("/desk/new").await;
        let before = desk.footprint();
        let wrong = send(&mut agent, &form, "/desk/new", &[("caller", "12"), ("facts", "今天没有来"), ("email", "x@"), ("severity", "high")]).await;
        wrong.expect(422).says("Write what the customer says").says("This is no telephone number");
        for field in ["caller", "email", "statement"] {
            assert!(wrong.wrong_fields().contains(&field.to_owned()), "{:?}", wrong.wrong_fields());
        }
        assert_eq!((wrong.value("facts"), wrong.value("email")), ("今天没有来".to_owned(), "x@".to_owned()));
        let half = [CALL, &[("apologise-apologised_for", "等待"), ("accept_feelings-skip", "no_feeling_shown"), ("seek_solutions-agreed", "退费")]].concat();
        let wrong = send(&mut agent, &form, "/desk/new", &half).await;
        assert_eq!(wrong.expect(422).wrong_fields(), ["seek_solutions-options"]);
        assert_eq!((wrong.value("apologise-apologised_for"), wrong.value("seek_solutions-agreed")), ("等待".to_owned(), "退费".to_owned()));
        assert_eq!(desk.footprint(), before, "nothing was logged");
        // What cannot be promised stands in the page of the complaint, which is logged.
        let late = [CALL, &[("promise-day", "2026-11-01"), ("promise-from", "10:00"), ("promise-until", "11:00")]].concat();
        let shown = send(&mut agent, &wrong, "/desk/new", &late).await;
        shown.expect(422).says("李娜").says("Choose a time ahead of now");
        assert_eq!(shown.value("promise-from"), "10:00");
    }
}

/// Desks where of so many calls in a hundred the agent types first and sees no proposal.
fn blind(percent: u8) -> Vec<Desk> {
    let policy = Policy {
        typing_blind_percent: percent,
        ..Policy::default()
    };
    Desk::both_with(&policy, |app, _| app)
}

const ANGRY: &str = "你们就是一群骗子，黑心商家，等着上新闻吧！";

#[tokio::test]
async fn the_caller_is_recognised_and_a_type_proposed_with_its_words() {
    for desk in blind(0) {
        let case = Case::logged(&desk).await;
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let form = agent.get("/desk/new").await;
        let token = form
            .hidden("/desk/new")
            .into_iter()
            .find(|(name, _)| name == "csrf_token")
            .unwrap()
            .1;
        let known = agent
            .post("/desk/new/caller", &[("csrf_token", &token), ("caller", "13800138000")])
            .await;
        known.expect(200).says("李娜").says("路由器每晚掉线");
        assert!(
            known.html.contains(&case.id) && !known.html.contains("<html"),
            "a piece of a page"
        );
        let proposed = agent
            .post("/desk/new/proposal", &[("csrf_token", &token), ("statement", ANGRY)])
            .await;
        proposed.expect(200).says("seems angry");
        assert!(proposed.html.contains("<mark>"), "{}", proposed.html);
        // Without scripts a button asks for both, and keeps what was typed.
        let looked = send(
            &mut agent,
            &form,
            "/desk/new",
            &[("caller", "13800138000"), ("statement", ANGRY), ("look", "1")],
        )
        .await;
        looked.expect(200).says("李娜").says("seems angry");
        assert_eq!(looked.value("statement"), ANGRY);
        for (path, token) in [("/desk/new/caller", "x"), ("/desk/new/proposal", "")] {
            agent
                .post(path, &[("csrf_token", token), ("caller", "13800138000")])
                .await
                .expect(403);
        }
    }
}

#[tokio::test]
async fn a_blind_call_is_typed_before_its_proposal_is_seen() {
    for desk in blind(100) {
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let form = agent.get("/desk/new").await;
        let looked = send(&mut agent, &form, "/desk/new", &[("statement", ANGRY), ("look", "1")]).await;
        looked.expect(200).says("Choose first how the customer sounds to you");
        assert!(!looked.html.contains("seems angry") && !looked.html.contains("<mark>"));
        let typed = [("statement", ANGRY), ("customer_type", "angry"), ("look", "1")];
        send(&mut agent, &looked, "/desk/new", &typed).await.says("seems angry");
    }
}

on_both! {
    async fn two_who_change_the_same_complaint_see_what_the_other_did(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut one = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = one.get(&path).await;
        case.edit(&json!({ "severity": "critical" })).await.expect(200);
        let fields = [("wait-ball_with", "customer"), ("wait-reason", "照片")];
        let conflict = send(&mut one, &page, &format!("{path}/wait"), &fields).await;
        conflict.expect(412).says("Somebody changed this complaint").says("critical").says("照片");
        assert_eq!(conflict.value("wait-reason"), "照片");
        let sent = send(&mut one, &conflict, &format!("{path}/wait"), &fields).await;
        one.follow(&sent).await.says("It waits now");
        let kept = case.get().await;
        assert_eq!((kept.str("/state"), kept.str("/severity")), ("waiting", "critical"));
    }
}

on_both! {
    async fn every_refusal_is_said_in_the_language_of_the_agent(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await.with("accept-language", "zh");
        let page = agent.get(&path).await;
        page.expect(200).says("倾听心声").says("愤怒型");
        let skipped = [("apologise-skip", "no_fault_found"), ("apologise-skip_note", "客户误会")];
        let order = send(&mut agent, &page, &format!("{path}/steps"), &skipped).await;
        order.expect(422).says("前面的步骤尚未完成");
        assert_eq!((order.value("apologise-skip_note"), order.wrong_fields().len()), ("客户误会".to_owned(), 1));
        let nothing = send(&mut agent, &page, &format!("{path}/withdraw"), &[]).await;
        assert_eq!(nothing.expect(422).wrong_fields(), ["withdraw-reason"]);
        let stranger = send(&mut agent, &page, &format!("{path}/assign"), &[("assign-owner", "nobody.here"), ("take", "")]).await;
        stranger.expect(422).says("请选择在职");
        assert_eq!((stranger.wrong_fields(), stranger.value("assign-owner")), (vec!["assign-owner".to_owned()], "nobody.here".to_owned()));
        // Somebody else has resumed it meanwhile: the form is of another page.
        let hidden = page.hidden(&format!("{path}/wait"));
        let waiting = agent.post(&format!("{path}/resume"), &with_hidden(&hidden, &[("resume-note", "x"), ("form_key", "another")])).await;
        waiting.expect(422).says("投诉没有在等待");
        let unknown = send(&mut agent, &page, &format!("{path}/link"), &[("link-duplicate_of", "AAAA-AAAA")]).await;
        unknown.expect(422).says("没有此编号的投诉");
    }
}

on_both! {
    async fn who_reads_and_what_is_done_is_on_record(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = agent.get(&path).await;
        let typed = send(&mut agent, &page, &format!("{path}/type"), &[("type-customer_type", "insistent"), ("type-note", "语气")]).await;
        let page = agent.follow(&typed).await;
        page.says("Insistent").says("语气");
        let written = send(&mut agent, &page, &format!("{path}/write"), &[("write-direction", "internal"), ("write-body", "<b>仓库</b>")]).await;
        let page = agent.follow(&written).await;
        page.says("<b>仓库</b>");
        assert!(!page.html.contains("<b>仓库"), "what people write is text");
        agent.get("/desk/search?q=13800138000").await.says("李娜").says("路由器每晚掉线");
        agent.get("/desk/search?q=路由器").await.says("路由器每晚掉线");
        let whose = case.get().await.str("/customer_id").to_owned();
        agent.get(&format!("/desk/customers/{whose}")).await.says("李娜").says("路由器每晚掉线").says("Angry → Insistent");
        agent.get("/desk/search?q=nothing").await.says("Nothing was found");
        let admin = desk.client(hark::domain::staff::Role::Admin);
        for (action, least) in [("complaint.read", 3), ("complaint.listed", 2), ("customer.read", 1)] {
            let events = admin.get(&format!("/api/v1/audit/events?action={action}")).await.expect(200);
            let by_us = events.json["items"].as_array().unwrap().iter().filter(|event| event["actor"] == "li.ming");
            assert!(by_us.count() >= least, "{action}: {}", events.json);
        }
    }
}

on_both! {
    async fn the_next_piece_is_taken_at_the_press_of_a_button_and_once(desk) {
        let case = Case::logged(&desk).await;
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let work = agent.get("/desk").await;
        let taken = send(&mut agent, &work, "/desk/take-next", &[]).await;
        assert_eq!(id_of(taken.to()), case.id);
        agent.follow(&taken).await.says("It is yours now");
        Case::logged(&desk).await;
        let again = send(&mut agent, &work, "/desk/take-next", &[]).await;
        assert_eq!(id_of(again.to()), case.id, "the same press");
        let work = agent.get("/desk").await;
        let other = send(&mut agent, &work, "/desk/take-next", &[]).await;
        assert_ne!(id_of(other.to()), case.id);
        let work = agent.get("/desk").await;
        let nothing = send(&mut agent, &work, "/desk/take-next", &[]).await;
        agent.follow(&nothing).await.says("Nothing waits");
    }
}

on_both! {
    async fn what_somebody_typed_and_did_not_send_stands_in_its_fields_until_it_is_sent(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut browser = crate::support::person::signed_in(&desk, "li.ming", "agent").await;
        let mut agent = Reader::of(&desk);
        agent.cookies.clone_from(&browser.cookies);
        let page = agent.get(&path).await;
        assert!(!page.html.contains("put-back") && page.html.contains(&format!("data-complaint=\"{}\"", case.id)));
        let draft = json!({ "typed": json!({ "write-body": "尊敬的李女士", "write-direction": "out", "version": "7" }).to_string(), "based_on": 1 });
        browser.put(&format!("{COMPLAINTS}/{}/drafts/message", case.id), &draft).await.expect(200);
        let page = agent.get(&path).await;
        page.says("What you typed and did not send stands in its fields again").is_silent_about("The complaint has changed since.");
        assert_eq!((page.value("write-body"), page.value("version")), ("尊敬的李女士".to_owned(), "1".to_owned()));
        Reader::signed_in(&desk, "wang.tao", "agent").await.get(&path).await.is_silent_about("尊敬的李女士");
        case.edit(&json!({ "severity": "critical" })).await.expect(200);
        let page = agent.get(&path).await;
        page.says("The complaint has changed since.");
        let sent = send(&mut agent, &page, &format!("{path}/write"), &[("write-direction", "out"), ("write-body", "尊敬的李女士")]).await;
        let page = agent.follow(&sent).await;
        page.expect(200);
        assert!(!page.html.contains("put-back"), "what was sent is no draft any more");
        assert_eq!(desk.rows("drafts"), 0);
    }
}

on_both! {
    async fn what_is_typed_into_another_step_stays_when_one_is_recorded(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut one = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = one.get(&path).await;
        // As the script of the page sends it along.
        let beside = r#"{"accept_feelings-feeling":"生气","listen-own_words":"old","deed":"close","apologise-apologised_for":" "}"#;
        let fields = [("listen-own_words", "每天晚上断网"), ("beside", beside)];
        let recorded = send(&mut one, &page, &format!("{path}/steps"), &fields).await;
        let page = one.follow(&recorded).await;
        page.expect(200).says("每天晚上断网").says("What you typed and did not send");
        assert_eq!((page.value("accept_feelings-feeling").as_str(), desk.rows("drafts")), ("生气", 1));
    }
}

on_both! {
    async fn what_was_to_be_done_by_now_is_marked(desk) {
        let case = Case::logged(&desk).await;
        let record = |step: &str, record: serde_json::Value| json!({ "step": step, "record": record });
        let steps = json!([
            record("listen", json!({ "own_words": "断网" })), record("accept_feelings", json!({ "feeling": "生气" })),
            record("apologise", json!({ "apologised_for": "断网" })), record("understand_needs", json!({ "need": "上网" })),
            record("seek_solutions", json!({ "options": ["换路由器"], "agreed": "换路由器" })),
            record("explain_actions", json!({ "who": "王师傅", "what": "上门", "by_when": "2026-11-24T10:00:00Z" })),
        ]);
        case.put("steps", &json!({ "steps": steps })).await.expect(200);
        let path = format!("/desk/complaints/{}", case.id);
        let mut one = Reader::signed_in(&desk, "li.ming", "agent").await;
        one.get(&path).await.expect(200).says("王师傅 · 上门").is_silent_about("past its time");
        desk.pass(TimeDelta::days(3));
        let mut one = Reader::signed_in(&desk, "wang.tao", "agent").await;
        one.get(&path).await.expect(200).says("past its time");
    }
}

on_both! {
    async fn the_step_that_came_too_late_is_kept_for_the_one_who_typed_it(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("/desk/complaints/{}", case.id);
        let mut one = Reader::signed_in(&desk, "li.ming", "agent").await;
        let page = one.get(&path).await;
        case.put("steps/listen", &json!({ "record": { "own_words": "掉线" } })).await.expect(200);
        let fields = [("listen-own_words", "每天晚上断网，孩子哭了")];
        let conflict = send(&mut one, &page, &format!("{path}/steps"), &fields).await;
        conflict.expect(412).says("Somebody changed this complaint").says("掉线").says("孩子哭了");
        assert_eq!(desk.rows("drafts"), 1);
        // The tab is closed; the next one has it.
        let again = one.get(&path).await;
        again.expect(200).says("What you typed and did not send");
        assert_eq!(again.value("listen-own_words"), "每天晚上断网，孩子哭了");
        let sent = send(&mut one, &again, &format!("{path}/steps"), &fields).await;
        one.follow(&sent).await.says("孩子哭了");
        assert_eq!(desk.rows("drafts"), 0);
    }
}

on_both! {
    async fn the_pages_know_from_where_on_to_listen(desk) {
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        let from = |html: &str| html.split("data-after=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let work = agent.get("/desk").await;
        let case = Case::logged(&desk).await;
        let at = from(&work.html);
        // On PostgreSQL an event is told once every transaction before it is over, those of other tests too.
        let mut missed = Vec::new();
        for _ in 0..200 {
            let read = desk.agent().get(&format!("/api/v1/events?after={at}")).await.expect(200);
            missed = read.each("type");
            if !missed.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        assert_eq!(missed, ["complaint.received"]);
        let page = agent.get(&format!("/desk/complaints/{}", case.id)).await;
        let at = from(&page.html);
        assert_eq!(desk.agent().get(&format!("/api/v1/events?after={at}")).await.expect(200).items().len(), 0);
        for script in ["events.", "complaint-live.", "desk-drafts."] {
            assert!(page.html.contains(&format!("/assets/{script}")), "{script}");
        }
    }
}

on_both! {
    async fn a_call_that_was_not_logged_yet_is_put_back_until_it_is(desk) {
        let case = Case::logged(&desk).await;
        let customer = case.get().await.str("/customer_id").to_owned();
        let mut browser = crate::support::person::signed_in(&desk, "li.ming", "agent").await;
        let mut agent = Reader::of(&desk);
        agent.cookies.clone_from(&browser.cookies);
        let typed = json!({ "caller": "13800138000", "statement": "又断网了", "severity": "high" }).to_string();
        browser.put("/api/v1/me/drafts/intake", &json!({ "typed": typed, "customer_id": customer })).await.expect(200);
        let form = agent.get("/desk/new").await;
        form.expect(200).says("What you typed and did not send").says("李娜");
        assert_eq!((form.value("statement"), form.value("caller")), ("又断网了".to_owned(), "13800138000".to_owned()));
        // Somebody else calls meanwhile: their form is empty, and the other one is kept.
        agent.get("/desk/new?caller=13900139000").await.expect(200).is_silent_about("又断网了");
        let logged = send(&mut agent, &form, "/desk/new", CALL).await;
        agent.follow(&logged).await.says("The complaint is logged");
        agent.get("/desk/new").await.expect(200).is_silent_about("又断网了");
        assert_eq!(desk.rows("drafts"), 0);
    }
}
