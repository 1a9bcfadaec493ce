//! Rules of routing: where complaints go, why, and what other rules would have done.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{give, logged, take};
use crate::fixtures::{COMPLAINTS, Case, PUBLIC, by_web, merged};
use crate::journeys::by_phone;
use crate::on_both;
use crate::staff::{STAFF, admin, hire, id_of, team};
use crate::support::{Desk, Reply, person};

pub const ROUTING: &str = "/api/v1/routing";

/// The category of the complaints that [`sample`] is for.
pub const SAMPLE: &str = "sample_of_routing";

/// A rule for complaints of a category of its own, to a team of its own.
pub async fn sample(desk: &Desk) -> Value {
    let name = format!("Team {}", desk.rows("teams") + desk.rows("staff_members"));
    let conditions = json!({ "conditions": { "categories": [SAMPLE] } });
    rule("sample", &team(desk, &name, &[]).await, conditions)
}

/// A rule.
pub fn rule(slug: &str, team: &str, changes: Value) -> Value {
    merged(json!({ "slug": slug, "team": team }), changes)
}

/// Writes rules; they are not in force.
pub async fn write(desk: &Desk, rules: &[Value]) -> Reply {
    let operations = desk.client(Role::Operations);
    operations.put(ROUTING, &json!({ "rules": rules })).await.expect(200)
}

/// Writes rules and brings them into force.
pub async fn enforce(desk: &Desk, rules: &[Value]) -> Reply {
    let written = write(desk, rules).await;
    let path = format!("{ROUTING}/versions/{}/activate", written.at("/version"));
    desk.client(Role::Operations)
        .post(&path, &Value::Null)
        .await
        .expect(200)
}

async fn complaint(desk: &Desk, id: &str) -> Reply {
    admin(desk).get(&format!("{COMPLAINTS}/{id}")).await.expect(200)
}

on_both! {
    async fn complaints_go_where_the_first_rule_that_fits_says_on_every_way_in(desk) {
        let (english, routers, web) = (team(&desk, "English", &[]).await, team(&desk, "Routers", &[]).await, team(&desk, "Web", &[]).await);
        enforce(&desk, &[
            rule("web", &web, json!({ "conditions": { "channels": ["web"] } })),
            rule("english", &english, json!({ "conditions": { "languages": ["en"] }, "skills": { "own_language": true } })),
            rule("routers", &routers, json!({ "conditions": { "products": ["宽带"], "severities": ["high"] }, "within_minutes": 60 })),
        ]).await;
        let english_one = logged(&desk, json!({ "language": "en-GB", "severity": "high" })).await;
        let router = logged(&desk, json!({ "language": "zh-CN", "product": "家庭宽带 300M", "severity": "high" })).await;
        let nobodys = logged(&desk, json!({ "language": "zh-CN", "product": "Phone", "severity": "high" })).await;
        for (id, wanted) in [(&english_one, json!(english)), (&router, json!(routers)), (&nobodys, Value::Null)] {
            assert_eq!(complaint(&desk, id).await.at("/team"), &wanted);
        }
        let filed = desk.anonymous().post(PUBLIC, &by_web()).await.expect(201);
        let found = admin(&desk).get(&format!("{COMPLAINTS}?reference={}", filed.str("/reference"))).await.expect(200);
        assert_eq!(found.str("/items/0/team"), web);
        let case = Case { desk: &desk, agent: admin(&desk), id: english_one.clone() };
        let told = case.last_entry().await;
        assert_eq!((told["action"].as_str(), told["after"]["team"].as_str()), (Some("received"), Some(english.as_str())));
        let routed = &told["after"]["routed"];
        assert_eq!((routed["rule"].as_str(), &routed["version"], &routed["because"]), (Some("english"), &json!(1), &json!(["language"])));
        let queue = admin(&desk).get(&format!("{}?team={english}", crate::work::QUEUE)).await.expect(200);
        assert_eq!(queue.at("/items/0/needs"), &json!(["language:en"]));
        let queue = admin(&desk).get(&format!("{}?team={routers}", crate::work::QUEUE)).await.expect(200);
        assert_eq!(queue.str("/items/0/why/due_at"), desk.in_minutes(60));
        desk.app.db.read(crate::work::assert_queued).await.unwrap();
        desk.app.db.read(|conn| crate::properties::assert_sound(conn, None)).await.unwrap();
    }
}

on_both! {
    async fn what_somebody_takes_or_gives_to_a_team_is_not_routed(desk) {
        let (one, other) = (team(&desk, "One", &[]).await, team(&desk, "Other", &[]).await);
        enforce(&desk, &[rule("rest", &one, json!({}))]).await;
        let mine = logged(&desk, json!({ "owner": "mary" })).await;
        assert_eq!(complaint(&desk, &mine).await.at("/team"), &Value::Null);
        let body = merged(by_phone(), json!({ "team": other }));
        let given = admin(&desk).post(COMPLAINTS, &body).await.expect(201);
        assert_eq!(complaint(&desk, given.id()).await.str("/team"), other);
        let free = logged(&desk, json!({})).await;
        assert_eq!(complaint(&desk, &free).await.str("/team"), one);
    }
}

on_both! {
    async fn the_least_loaded_of_those_who_are_there_and_can_get_it(desk) {
        let broadband = team(&desk, "Broadband", &[]).await;
        for handle in ["amy", "ben", "cem", "dan", "eve"] {
            hire(&desk, handle, "agent").await;
            let path = format!("/api/v1/teams/{broadband}/members/{}", id_of(&desk, handle).await);
            admin(&desk).put(&path, &json!({})).await.expect(200);
        }
        let profile = async |handle: &str, body: Value| {
            let path = format!("{STAFF}/{}/work-profile", id_of(&desk, handle).await);
            admin(&desk).put(&path, &body).await.expect(200);
        };
        // Amy knows no routers, Ben is away, Cem has room for one, Dan is off duty, Eve has one already.
        let night = json!({ "slug": "night", "name": "Night", "time_zone": "Asia/Shanghai", "notation": "Mo-Fr 22:00-23:00" });
        desk.client(Role::Operations).post("/api/v1/calendars", &night).await.expect(201);
        profile("ben", json!({ "products": ["router"] })).await;
        profile("cem", json!({ "products": ["router"], "capacity": 1 })).await;
        profile("dan", json!({ "products": ["router"], "calendar": "night" })).await;
        profile("eve", json!({ "products": ["router"], "capacity": 3 })).await;
        let away = json!({ "starts_at": desk.in_minutes(-60), "ends_at": desk.in_minutes(600), "kind": "holiday" });
        admin(&desk).post(&format!("{STAFF}/{}/absences", id_of(&desk, "ben").await), &away).await.expect(201);
        let held = logged(&desk, json!({})).await;
        admin(&desk).post(&format!("{COMPLAINTS}/{held}/assign"), &json!({ "team": broadband, "owner": "eve" })).await.expect(200);
        let routers = rule("routers", &broadband, json!({ "mode": "least_loaded", "skills": { "products": ["router"] } }));
        enforce(&desk, &[routers]).await;
        let mut owners = Vec::new();
        for _ in 0..4 {
            let id = logged(&desk, json!({})).await;
            owners.push(complaint(&desk, &id).await.at("/owner").clone());
        }
        assert_eq!(owners, [json!("cem"), json!("eve"), json!("eve"), Value::Null], "then it waits in the queue");
        desk.pass(TimeDelta::hours(13) + TimeDelta::minutes(10));
        let id = logged(&desk, json!({})).await;
        assert_eq!(complaint(&desk, &id).await.str("/owner"), "ben", "back from the holiday, and before Dan by name");
        let id = logged(&desk, json!({})).await;
        assert_eq!(complaint(&desk, &id).await.str("/owner"), "dan");
        desk.app.db.read(|conn| crate::properties::assert_sound(conn, None)).await.unwrap();
    }
}

on_both! {
    async fn nobody_is_given_more_than_there_is_room_for_however_many_come_in_at_once(desk) {
        let broadband = team(&desk, "Broadband", &["mary", "li.na"]).await;
        for handle in ["mary", "li.na"] {
            let path = format!("{STAFF}/{}/work-profile", id_of(&desk, handle).await);
            admin(&desk).put(&path, &json!({ "capacity": 5 })).await.expect(200);
        }
        enforce(&desk, &[rule("rest", &broadband, json!({ "mode": "least_loaded" }))]).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..40 {
            let (client, body) = (desk.agent(), merged(by_phone(), json!({ "customer": { "phone": format!("139 0013 80{n:02}") } })));
            tasks.spawn(async move { client.post(COMPLAINTS, &body).await.expect(201) });
        }
        tasks.join_all().await;
        for handle in ["mary", "li.na"] {
            assert_eq!(desk.count(&format!("SELECT count(*) AS n FROM work_queue WHERE owner = '{handle}'")), 5);
        }
        assert_eq!(desk.count("SELECT count(*) AS n FROM work_queue WHERE owner IS NULL"), 30);
        desk.app.db.read(crate::work::assert_queued).await.unwrap();
    }
}

on_both! {
    async fn a_complaint_is_routed_again_on_request_and_the_timeline_says_why(desk) {
        let case = Case { agent: admin(&desk), ..Case::logged(&desk).await };
        case.refuses("route", &Value::Null, 409, "routing.no_rule").await;
        let (one, two) = (team(&desk, "One", &["mary"]).await, team(&desk, "Two", &[]).await);
        give(&desk, &case.id, &one).await;
        case.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        enforce(&desk, &[
            rule("grave", &two, json!({ "conditions": { "severities": ["critical"] }, "within_minutes": 30, "skills": { "own_language": true } })),
            rule("rest", &one, json!({ "conditions": { "kinds": ["complaint"] } })),
        ]).await;
        let kept = case.post("route", &Value::Null).await.expect(200);
        assert_eq!((kept.str("/team"), kept.str("/owner")), (one.as_str(), "mary"), "she works in the team");
        case.edit(&json!({ "severity": "critical" })).await.expect(200);
        let moved = case.post("route", &Value::Null).await.expect(200);
        assert_eq!((moved.str("/team"), moved.at("/owner")), (two.as_str(), &Value::Null));
        let told = case.last_entry().await;
        assert_eq!(told["action"], "routed");
        assert_eq!((&told["before"]["owner"], &told["after"]["routed"]["rule"], &told["after"]["routed"]["because"]),
            (&json!("mary"), &json!("grave"), &json!(["severity"])));
        let item = admin(&desk).get(&format!("{}?team={two}", crate::work::QUEUE)).await.expect(200);
        assert_eq!(item.at("/items/0/needs").as_array().unwrap().len(), 1);
        assert_eq!(item.str("/items/0/why/due_at"), desk.in_minutes(30));
        case.post("withdraw", &json!({ "reason": "no more" })).await.expect(200);
        case.post("reopen", &json!({ "reason": "again" })).await.expect(200);
        let again = admin(&desk).get(&format!("{}?team={two}", crate::work::QUEUE)).await.expect(200);
        assert_eq!(again.at("/items/0/needs").as_array().unwrap().len(), 1, "what it takes is not forgotten");
        desk.app.db.read(|conn| crate::properties::assert_sound(conn, None)).await.unwrap();
    }
}

on_both! {
    async fn versions_are_kept_and_an_earlier_one_comes_into_force_again(desk) {
        let (one, two) = (team(&desk, "One", &[]).await, team(&desk, "Two", &[]).await);
        let operations = desk.client(Role::Operations);
        let empty = operations.get(ROUTING).await.expect(200);
        assert_eq!((empty.at("/version"), empty.at("/active_version"), empty.etag()), (&json!(0), &Value::Null, "\"1\""));
        enforce(&desk, &[rule("rest", &one, json!({}))]).await;
        desk.pass(TimeDelta::minutes(1));
        let second = write(&desk, &[rule("rest", &two, json!({}))]).await;
        assert_eq!((second.at("/version"), second.at("/active_version")), (&json!(2), &json!(1)), "not in force yet");
        let to = async || complaint(&desk, &logged(&desk, json!({})).await).await.at("/team").clone();
        assert_eq!(to().await, json!(one));
        let turn = async |version: i32| operations.post(&format!("{ROUTING}/versions/{version}/activate"), &Value::Null).await;
        turn(2).await.expect(200);
        assert_eq!(to().await, json!(two));
        desk.pass(TimeDelta::minutes(1));
        let back = turn(1).await.expect(200);
        assert_eq!(to().await, json!(one));
        let history: Vec<i64> = back.at("/history").as_array().unwrap().iter().map(|turn| turn["version"].as_i64().unwrap()).collect();
        assert_eq!(history, [1, 2, 1]);
        turn(3).await.expect(404);
        operations.post(&format!("{ROUTING}/deactivate"), &Value::Null).await.expect(200);
        assert_eq!(to().await, Value::Null);
        let kept = desk.client(Role::Lead).get(&format!("{ROUTING}/versions/2")).await.expect(200);
        assert_eq!(kept.str("/rules/0/team"), two);
        desk.client(Role::Lead).put(ROUTING, &json!({ "rules": [] })).await.expect_problem(403, "auth.forbidden");
        desk.agent().get(ROUTING).await.expect_problem(403, "auth.forbidden");
    }
}

on_both! {
    async fn rules_that_cannot_be_are_refused_with_every_finding(desk) {
        let one = team(&desk, "One", &[]).await;
        let nowhere = "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20";
        let operations = desk.client(Role::Operations);
        let rules = [
            rule("angry_first", &one, json!({ "conditions": { "customer_types": ["angry"] }, "within_minutes": 10 })),
            rule("Bad Slug", &one, json!({ "conditions": { "categories": ["Not A Slug"], "languages": ["x"] }, "within_minutes": 0 })),
            rule("angry_first", &one, json!({ "conditions": { "products": [""] } })),
        ];
        let refused = operations.put(ROUTING, &json!({ "rules": rules })).await;
        refused.expect_invalid(&[
            "/rules/0/within_minutes", "/rules/1/slug", "/rules/1/conditions/categories/0", "/rules/1/conditions/languages/0",
            "/rules/1/within_minutes", "/rules/2/slug", "/rules/2/conditions/products/0",
        ]);
        operations.put(ROUTING, &json!({ "rules": [rule("rest", nowhere, json!({}))] })).await.expect_invalid(&["/rules/0/team"]);
        let angry = rule("angry", &one, json!({ "conditions": { "customer_types": ["angry"] }, "skills": { "own_customer_type": true } }));
        write(&desk, &[angry]).await;
        assert_eq!(desk.rows("routing_versions"), 1);
    }
}

on_both! {
    async fn a_dry_run_says_what_rules_would_have_done_and_changes_nothing(desk) {
        crate::clocks::enforce(&desk, "ours", &crate::clocks::resolve_within(600)).await;
        desk.pass(TimeDelta::minutes(1));
        let (one, two) = (team(&desk, "One", &[]).await, team(&desk, "Two", &[]).await);
        let stays = logged(&desk, json!({ "category": "repair" })).await;
        give(&desk, &stays, &one).await;
        let moves = logged(&desk, json!({ "category": "billing" })).await;
        give(&desk, &moves, &one).await;
        logged(&desk, json!({ "category": "other" })).await;
        desk.pass(TimeDelta::hours(60));
        let before = desk.footprint();
        let form = json!({
            "rules": [rule("repairs", &one, json!({ "conditions": { "categories": ["repair"] } })), rule("bills", &two, json!({ "conditions": { "categories": ["billing"] }, "mode": "least_loaded" }))],
            "from": desk.in_minutes(-10_000), "last": 10,
        });
        let tried = desk.client(Role::Lead).post(&format!("{ROUTING}/dry-run"), &form).await.expect(200);
        assert_eq!(desk.footprint(), before);
        let cases = tried.at("/cases").as_array().unwrap();
        let of = |id: &str| cases.iter().find(|case| case["id"] == id).unwrap();
        assert_eq!((&of(&stays)["moves"], &of(&stays)["rule"]), (&json!(false), &json!("repairs")));
        assert_eq!((&of(&moves)["moves"], &of(&moves)["would_team_name"], &of(&moves)["would_mode"]), (&json!(true), &json!("Two"), &json!("least_loaded")));
        assert_eq!((tried.at("/moved"), tried.at("/moved_due_soon"), tried.at("/unmatched")), (&json!(1), &json!(1), &json!(1)));
        let loads = tried.at("/loads").as_array().unwrap();
        let load = |team: &str| loads.iter().find(|load| load["team"] == team).map(|load| (load["before"].clone(), load["after"].clone()));
        assert_eq!(load(&one), Some((json!(2), json!(1))));
        assert_eq!(load(&two), Some((json!(0), json!(1))));
        assert!(!tried.text.contains("subject"), "nobody's text");
        let wrong = json!({ "rules": [], "last": 201 });
        desk.client(Role::Lead).post(&format!("{ROUTING}/dry-run"), &wrong).await.expect_invalid(&["/last"]);
        desk.agent().post(&format!("{ROUTING}/dry-run"), &form).await.expect_problem(403, "auth.forbidden");
    }
}

on_both! {
    async fn one_who_has_the_skills_takes_what_was_routed_to_their_team(desk) {
        let english = team(&desk, "English", &[]).await;
        enforce(&desk, &[rule("english", &english, json!({ "conditions": { "languages": ["en"] }, "skills": { "own_language": true } }))]).await;
        let id = logged(&desk, json!({ "language": "en-GB" })).await;
        let client = person::signed_in(&desk, "sun.li", "agent").await.client();
        let staff = id_of(&desk, "sun.li").await;
        admin(&desk).put(&format!("/api/v1/teams/{english}/members/{staff}"), &json!({})).await.expect(200);
        take(&client).await.expect(204);
        admin(&desk).put(&format!("{STAFF}/{staff}/work-profile"), &json!({ "languages": ["en"] })).await.expect(200);
        assert_eq!(take(&client).await.expect(200).id(), id);
    }
}
