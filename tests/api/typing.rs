//! Proposals of a customer type: with the complaint, measured, learnt from, taken back.

use diesel::RunQueryDsl as _;
use hark::db::conn::Conn;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::fixtures::{COMPLAINTS, Case, merged};
use crate::on_both;
use crate::support::Desk;

const SUGGESTIONS: &str = "/api/v1/typing/suggestions";
const LAYERS: &str = "/api/v1/typing/layers";
const REPORT: &str = "/api/v1/typing/report";

const ANGRY: &str = "你们就是一群骗子，黑心商家，等着上新闻吧！";
/// Nobody could tell from these words; the agent has heard the voice.
const PLAIN: &str = "路灯编号0377不亮。";

fn logged(statement: &str) -> Value {
    json!({ "channel": "phone", "customer": { "phone": "138 0013 8000" }, "subject": "x", "statement": statement })
}

/// Logs some complaints with their type, and learns from them and whatever else waits.
pub async fn learn_something(desk: &Desk) {
    // Another worker may have the lease of the jobs.
    desk.pass(chrono::TimeDelta::seconds(61));
    for n in 0..3 {
        let typed = json!({ "customer_type": "angry", "statement": format!("{PLAIN}第{n}次。") });
        desk.agent()
            .post(COMPLAINTS, &merged(logged(PLAIN), typed))
            .await
            .expect(201);
    }
    let done = desk.run_each_job().await;
    assert!(done.get("learn_typing") >= Some(&3), "{done:?}");
}

on_both! {
    async fn a_text_gets_ranked_types_with_the_words_they_rest_on_and_the_playbook(desk) {
        let before = desk.footprint();
        let told = desk.agent().post(SUGGESTIONS, &json!({ "text": ANGRY })).await.expect(200);
        assert_eq!(told.str("/proposed"), "angry");
        assert_eq!((told.str("/types/0/type"), told.str("/playbook/type")), ("angry", "angry"));
        let sum: f64 = told.json["types"].as_array().unwrap().iter().map(|t| t["probability"].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 0.01, "{sum}");
        let chars: Vec<char> = ANGRY.chars().collect();
        let evidence = told.json["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty());
        for piece in evidence {
            let (start, end) = (piece["start"].as_u64().unwrap() as usize, piece["end"].as_u64().unwrap() as usize);
            assert_eq!(piece["text"].as_str().unwrap(), chars[start..end].iter().collect::<String>());
        }
        assert_eq!(desk.footprint(), before, "asking changes nothing");
        let open = desk.agent().post(SUGGESTIONS, &json!({ "text": PLAIN, "lang": "zh-CN" })).await.expect(200);
        assert_eq!((&open.json["abstained"], open.str("/proposed")), (&json!(true), "not_clear"));
        assert_eq!(open.json["nearest"].as_array().unwrap().len(), 2);
    }
}

on_both! {
    async fn a_text_that_cannot_be_one_is_refused_and_so_is_who_logs_no_complaints(desk) {
        let agent = desk.agent();
        agent.post(SUGGESTIONS, &json!({ "text": "" })).await.expect_invalid(&["/text"]);
        agent.post(SUGGESTIONS, &json!({ "text": "x".repeat(50_001) })).await.expect_invalid(&["/text"]);
        agent.post(SUGGESTIONS, &json!({ "text": "x", "lang": "?" })).await.expect_invalid(&["/lang"]);
        desk.client(Role::Sales).post(SUGGESTIONS, &json!({ "text": "x" })).await.expect_problem(403, "auth.forbidden");
    }
}

on_both! {
    async fn the_proposal_is_kept_with_the_complaint_and_the_agents_word_beside_it(desk) {
        let case = Case::of(&desk, &logged(ANGRY)).await;
        let kept = case.get().await;
        assert_eq!((kept.str("/type_proposal/proposed"), kept.str("/type_proposal/mode")), ("angry", "unseen"));
        assert_eq!(kept.str("/customer_type"), "not_clear", "a proposal alone sets nothing");
        assert_eq!(kept.json["type_proposal"]["decided"], Value::Null);
        let path = format!("{}/customer-type", case.path());
        for said in ["insistent", "angry"] {
            desk.agent().put(&path, &json!({ "customer_type": said })).await.expect(200);
        }
        let decided = case.get().await;
        assert_eq!(decided.str("/type_proposal/decided"), "angry");
        assert_eq!(decided.json["type_changes"].as_array().unwrap().len(), 2, "changes during the case are kept");
        let report = desk.agent().get(REPORT).await.expect(200);
        assert_eq!(report.json["figures"][0]["confusion"], json!([{ "proposed": "angry", "said": "insistent", "n": 1 }]),
            "the first word counts");
        assert_eq!((report.str("/figures/0/language"), report.str("/figures/0/mode")), ("zh", "unseen"));
        let figures = desk.anonymous().get("/metrics").await.expect(200);
        assert!(figures.text.contains("hark_typing_decisions_total{mode=\"unseen\",result=\"confirmed\"} 1"));
    }
}

on_both! {
    async fn a_blind_draft_gets_its_proposal_only_after_the_agent_has_decided(desk) {
        // By the hash of the name: ten in a hundred are blind.
        let draft = (0..1_000_u128)
            .map(uuid::Uuid::from_u128)
            .find(|draft| hark::domain::typing::suggestion::is_blind(*draft, 10))
            .unwrap();
        let agent = desk.agent();
        let asked = json!({ "text": ANGRY, "draft": draft });
        let hidden = agent.post(SUGGESTIONS, &asked).await.expect(200);
        assert_eq!((&hidden.json["blind"], &hidden.json["types"], &hidden.json["playbook"]), (&json!(true), &json!([]), &Value::Null));
        let shown = agent.post(SUGGESTIONS, &merged(asked, json!({ "customer_type": "hesitant" }))).await.expect(200);
        assert_eq!((&shown.json["blind"], shown.str("/proposed")), (&json!(false), "angry"));
        let case = Case::of(&desk, &merged(logged(ANGRY), json!({ "draft": draft }))).await;
        let kept = case.get().await;
        assert_eq!((kept.str("/type_proposal/mode"), &kept.json["type_proposal"]["proposed"]), ("blind", &Value::Null));
        desk.agent().put(&format!("{}/customer-type", case.path()), &json!({ "customer_type": "angry" })).await.expect(200);
        assert_eq!(case.get().await.str("/type_proposal/proposed"), "angry");
        let report = desk.agent().get(REPORT).await.expect(200);
        assert_eq!((report.str("/figures/0/mode"), &report.json["figures"][0]["kappa"]), ("blind", &json!(1.0)));
    }
}

async fn angry_share(desk: &Desk) -> f64 {
    let told = desk
        .agent()
        .post(SUGGESTIONS, &json!({ "text": PLAIN }))
        .await
        .expect(200);
    let types = told.json["types"].as_array().unwrap();
    types.iter().find(|t| t["type"] == "angry").unwrap()["probability"]
        .as_f64()
        .unwrap()
}

on_both! {
    async fn the_desk_learns_from_its_agents_and_unlearns_on_demand(desk) {
        let before = angry_share(&desk).await;
        learn_something(&desk).await;
        let layers = desk.agent().get(LAYERS).await.expect(200);
        assert_eq!((layers.str("/0/state"), &layers.json[0]["lessons"]), ("live", &json!(3)));
        let learnt = angry_share(&desk).await;
        assert!(learnt > before, "{before} {learnt}");
        let told = desk.agent().post(SUGGESTIONS, &json!({ "text": PLAIN })).await.expect(200);
        assert!(told.str("/model_version").ends_with(".1"));
        desk.pass(chrono::TimeDelta::seconds(61));
        assert_eq!(desk.run_each_job().await.get("learn_typing"), Some(&0), "once");
        desk.agent().post(&format!("{LAYERS}/undo"), &json!({})).await.expect_problem(403, "auth.forbidden");
        let lead = desk.client(Role::Lead);
        let undone = lead.post(&format!("{LAYERS}/undo"), &json!({})).await.expect(200);
        assert_eq!((undone.str("/0/state"), undone.str("/0/undone_by")), ("undone", "test lead"));
        assert!((angry_share(&desk).await - before).abs() < 1e-9);
        lead.post(&format!("{LAYERS}/undo"), &json!({})).await.expect_problem(409, "typing.nothing_learnt");
    }
}

on_both! {
    async fn what_one_process_learns_another_uses_within_two_seconds(desk) {
        let other = hark::app::App::new(desk.app.db.clone(), desk.app.clock.clone(), (*desk.app.policy).clone(), crate::support::keys()).unwrap();
        assert_eq!(other.typing().await.version, 0);
        learn_something(&desk).await;
        desk.pass(chrono::TimeDelta::seconds(3));
        let (here, there) = (desk.app.typing().await, other.typing().await);
        assert_eq!((here.version, there.version), (1, 1));
        assert_eq!(here.layer.to_bytes(), there.layer.to_bytes());
        learn_something(&desk).await;
        desk.pass(chrono::TimeDelta::seconds(3));
        assert_eq!(other.typing().await.version, 2);
        desk.client(Role::Lead).post(&format!("{LAYERS}/undo"), &json!({})).await.expect(200);
        desk.pass(chrono::TimeDelta::seconds(3));
        assert_eq!(other.typing().await.version, 1);
    }
}

on_both! {
    async fn what_was_learnt_over_an_earlier_edition_is_learnt_again_over_a_later_one(desk) {
        let before = angry_share(&desk).await;
        learn_something(&desk).await;
        // As after an upgrade: the layer belongs to an edition that is no more.
        let outdate = |conn: &mut Conn| Ok(diesel::sql_query("UPDATE typing_layers SET edition = 0").execute(conn)?);
        desk.app.db.write(outdate).await.unwrap();
        desk.app.doubt_typing();
        assert_eq!(desk.app.typing().await.version, 0, "a layer of another edition is not used");
        assert!((angry_share(&desk).await - before).abs() < 1e-9);
        desk.pass(chrono::TimeDelta::seconds(61));
        assert_eq!(desk.run_each_job().await.get("learn_typing"), Some(&3), "nothing waits, and yet there is something to learn");
        let layers = desk.agent().get(LAYERS).await.expect(200);
        assert_eq!((layers.str("/0/state"), &layers.json[0]["lessons"]), ("live", &json!(3)));
        assert_eq!((layers.str("/1/state"), &layers.json[1]["edition"]), ("retired", &json!(0)));
        assert!(angry_share(&desk).await > before);
        desk.pass(chrono::TimeDelta::seconds(61));
        assert_eq!(desk.run_each_job().await.get("learn_typing"), Some(&0), "once");
        // A process that has not been upgraded yet does not undo that.
        let overtake = |conn: &mut Conn| Ok(diesel::sql_query("UPDATE typing_layers SET edition = 9999").execute(conn)?);
        desk.app.db.write(overtake).await.unwrap();
        desk.app.doubt_typing();
        desk.agent().post(COMPLAINTS, &merged(logged(PLAIN), json!({ "customer_type": "angry" }))).await.expect(201);
        desk.pass(chrono::TimeDelta::seconds(61));
        assert_eq!(desk.run_each_job().await.get("learn_typing"), Some(&0), "that is left to the others");
    }
}

on_both! {
    async fn the_figures_for_operations_tell_how_far_agents_agree(desk) {
        let version = desk.app.typing().await.name();
        let decided = async |said: &str| {
            let case = Case::of(&desk, &logged(ANGRY)).await;
            let path = format!("{}/customer-type", case.path());
            desk.agent().put(&path, &json!({ "customer_type": said })).await.expect(200);
        };
        decided("angry").await;
        decided("hesitant").await;
        Case::of(&desk, &logged(PLAIN)).await;
        let group = format!("language=\"zh\",mode=\"unseen\",model_version=\"{version}\"");
        let expect = async |lines: &[String]| {
            let figures = desk.anonymous().get("/metrics").await.expect(200);
            for line in lines {
                assert!(figures.text.lines().any(|found| found == line), "{line} is not in\n{}", figures.text);
            }
            figures.text
        };
        let text = expect(&[
            format!("hark_typing_proposals{{{group}}} 3"),
            format!("hark_typing_abstention_ratio{{{group}}} 0.3333333333333333"),
            format!("hark_typing_agreement_ratio{{{group}}} 0.5"),
            format!("hark_typing_kappa{{{group}}} 0"),
            format!("hark_typing_confusion{{{group},proposed=\"angry\",said=\"angry\"}} 1"),
            format!("hark_typing_confusion{{{group},proposed=\"angry\",said=\"hesitant\"}} 1"),
        ]).await;
        let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
        assert!(line("hark_typing_calibration{").contains("from=\"0."), "{text}");
        let error: f64 = line("hark_typing_calibration_error{").rsplit(' ').next().unwrap().parse().unwrap();
        assert!((0.0..=0.5).contains(&error), "one of two right: {error}");
        decided("angry").await;
        expect(&[format!("hark_typing_proposals{{{group}}} 3")]).await;
        desk.pass(chrono::TimeDelta::minutes(6));
        expect(&[
            format!("hark_typing_proposals{{{group}}} 4"),
            format!("hark_typing_confusion{{{group},proposed=\"angry\",said=\"angry\"}} 2"),
        ]).await;
    }
}
