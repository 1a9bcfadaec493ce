//! What somebody has typed and not saved: theirs alone, and gone when it is saved.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::json;

use crate::fixtures::{CUSTOMERS, Case, merged};
use crate::journeys::{six_steps, upheld};
use crate::on_both;
use crate::privacy::officer;
use crate::staff::{admin, team};
use crate::support::{Client, person};

const INTAKE: &str = "/api/v1/me/drafts/intake";
const MINE: &str = "/api/v1/me/drafts";

fn typed(text: &str) -> serde_json::Value {
    json!({ "typed": text, "based_on": 1 })
}

async fn gone(client: &Client, path: &str) {
    client.get(path).await.expect_problem(404, "resource.not_found");
}

on_both! {
    async fn a_draft_is_kept_as_it_was_typed_for_the_one_who_typed_it(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("{}/drafts/message", case.path());
        let sun_li = person::signed_in(&desk, "sun.li", "agent").await.client();
        let zhao_lei = person::signed_in(&desk, "zhao.lei", "agent").await.client();
        gone(&sun_li, &path).await;
        let text = "  尊敬的李女士，\n\tthe new door…  ";
        let kept = sun_li.put(&path, &typed(text)).await.expect(200);
        assert_eq!((kept.str("/typed"), kept.str("/kind"), kept.at("/based_on")), (text, "message", &json!(1)));
        assert_eq!(sun_li.get(&path).await.expect(200).json, kept.json);
        gone(&zhao_lei, &path).await;
        gone(&admin(&desk), &path).await;
        desk.pass(TimeDelta::minutes(1));
        zhao_lei.put(&path, &typed("Dear")).await.expect(200);
        sun_li.put(&path, &typed("Dear Ms Li")).await.expect(200);
        sun_li.put(INTAKE, &json!({ "typed": "The router" })).await.expect(200);
        let mine = sun_li.get(MINE).await.expect(200);
        assert_eq!(mine.each("kind").len(), 2);
        assert!(!mine.text.contains("Dear") && !mine.text.contains("router"), "{}", mine.text);
        sun_li.send(Method::DELETE, &path, None).await.expect(204);
        sun_li.send(Method::DELETE, &path, None).await.expect(204);
        gone(&sun_li, &path).await;
        assert_eq!(zhao_lei.get(&path).await.expect(200).str("/typed"), "Dear");
        sun_li.send(Method::DELETE, INTAKE, None).await.expect(204);
        assert_eq!(desk.rows("drafts"), 1);
        assert_eq!(case.get().await.etag(), "\"1\"", "the complaint is not changed");
    }
}

on_both! {
    async fn what_is_saved_is_no_draft_any_more(desk) {
        let case = Case::logged(&desk).await;
        let path = |kind: &str| format!("{}/drafts/{kind}", case.path());
        let other = desk.client(Role::Lead);
        for kind in ["message", "note", "step", "close"] {
            case.agent.put(&path(kind), &typed(kind)).await.expect(200);
            other.put(&path(kind), &typed(kind)).await.expect(200);
        }
        case.post("notes", &json!({ "body": "one" })).await.expect(200);
        gone(&case.agent, &path("note")).await;
        assert_eq!(case.agent.get(MINE).await.expect(200).items().len(), 3);
        case.post("messages", &json!({ "body": "one" })).await.expect(200);
        gone(&case.agent, &path("message")).await;
        // What is refused is not saved.
        case.post("close", &upheld()).await.expect(409);
        case.put("steps", &json!({ "steps": [] })).await.expect(422);
        assert_eq!(case.agent.get(MINE).await.expect(200).items().len(), 2);
        case.put("steps", &six_steps(&desk.in_minutes(60))).await.expect(200);
        gone(&case.agent, &path("step")).await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &upheld()).await.expect(200);
        assert_eq!(case.agent.get(MINE).await.expect(200).items().len(), 0);
        assert_eq!(other.get(MINE).await.expect(200).items().len(), 4, "others keep theirs");
    }
}

on_both! {
    async fn drafts_are_forgotten_after_fourteen_days_and_with_the_customer(desk) {
        let case = Case::worked(&desk).await;
        let path = format!("{}/drafts/note", case.path());
        let customer = case.get().await.str("/customer_id").to_owned();
        case.agent.put(&path, &typed("She is ill")).await.expect(200);
        case.agent.put(INTAKE, &json!({ "typed": "She called", "customer_id": customer })).await.expect(200);
        desk.pass(TimeDelta::days(14) - TimeDelta::seconds(1));
        case.agent.get(&path).await.expect(200);
        let export = officer(&desk).post(&format!("{CUSTOMERS}/{customer}/export"), &json!({ "reason": "asked" })).await.expect(200);
        assert_eq!((export.str("/drafts/0/typed"), export.str("/complaints/0/drafts/0/typed")), ("She called", "She is ill"));
        desk.pass(TimeDelta::seconds(1));
        gone(&case.agent, &path).await;
        assert_eq!(case.agent.get(MINE).await.expect(200).items().len(), 0);
        assert_eq!(desk.run_each_job().await["forget_drafts"], 2);
        assert_eq!(desk.rows("drafts"), 0);
        case.agent.put(&path, &typed("She is well")).await.expect(200);
        case.agent.put(INTAKE, &json!({ "typed": "She called", "customer_id": customer })).await.expect(200);
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &upheld()).await.expect(200);
        let erased = officer(&desk).post(&format!("{CUSTOMERS}/{customer}/erase"), &json!({ "reason": "asked" })).await.expect(200);
        assert_eq!(erased.at("/touched/drafts"), 1);
        assert_eq!(desk.rows("drafts"), 0);
        case.agent.put(&path, &typed("Who?")).await.expect_problem(409, "complaint.anonymised");
        let form = json!({ "typed": "She called", "customer_id": customer });
        case.agent.put(INTAKE, &form).await.expect_problem(409, "customer.anonymised");
    }
}

on_both! {
    async fn what_cannot_be_a_draft_is_refused(desk) {
        let case = Case::logged(&desk).await;
        let path = |kind: &str| format!("{}/drafts/{kind}", case.path());
        for wrong in ["intake", "letter", "NOTE"] {
            case.agent.put(&path(wrong), &typed("x")).await.expect(404);
        }
        for wrong in [String::new(), "   ".to_owned(), "x".repeat(60_001), "a\u{0}b".to_owned()] {
            case.agent.put(&path("note"), &typed(&wrong)).await.expect_invalid(&["/typed"]);
            case.agent.put(INTAKE, &json!({ "typed": wrong })).await.expect_invalid(&["/typed"]);
        }
        case.agent.put(&path("note"), &typed(&"长".repeat(60_000))).await.expect(200);
        let nobody = json!({ "typed": "x", "customer_id": "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20" });
        case.agent.put(INTAKE, &nobody).await.expect(404);
        let away = case.path().replace(&case.id, "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20");
        case.agent.put(&format!("{away}/drafts/note"), &typed("x")).await.expect(404);
        // Nobody prepares work on what another team holds.
        let broadband = team(&desk, "Broadband", &[]).await;
        let sun_li = person::signed_in(&desk, "sun.li", "agent").await.client();
        let given = merged(json!({ "team": broadband }), json!({ "owner": null }));
        admin(&desk).post(&format!("{}/assign", case.path()), &given).await.expect(200);
        sun_li.put(&path("note"), &typed("x")).await.expect_problem(403, "auth.other_team");
        sun_li.put(&format!("{}/presence", case.path()), &json!({ "doing": "looking" })).await.expect(200);
    }
}
