//! An erased customer leaves nothing behind, in any table and in the file; another one loses nothing.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::dump::{contains, everything, file_bytes, places_of};
use super::marked::{Marked, free_texts};
use super::{officer, on_customer};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, log, merged};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Desk;

const GOING: &str = "zqgoing";
const STAYING: &str = "zqstays";

on_both! {
    async fn the_walk_puts_a_text_into_every_field_that_takes_one(desk) {
        let mut walk = Marked::new(&desk, GOING, "1390013011");
        walk.walk().await;
        let missing: Vec<_> = free_texts().into_iter().filter(|field| !walk.covered.contains(field)).collect();
        assert!(missing.is_empty(), "extend the walk in tests/api/privacy/marked.rs: {missing:#?}");
    }
}

on_both! {
    async fn nothing_of_an_erased_customer_is_left_in_any_table_or_in_the_file(desk) {
        let mut going = Marked::new(&desk, GOING, "1390013011");
        let mut staying = Marked::new(&desk, STAYING, "1390013022");
        going.walk().await;
        staying.walk().await;
        let kept = |values: &[(String, String)]| {
            values.iter().filter(|(place, _)| place == "idempotency_keys.key_hash").count()
        };
        let before = everything(&desk);
        for text in going.texts.iter().chain(&staying.texts) {
            assert!(!places_of(&before, text).is_empty(), "{text} was never stored");
        }
        desk.pass(TimeDelta::minutes(1));
        let erased = going.erase().await;
        assert_eq!(erased.str("/state"), "erased");
        while desk.rows("word_purges") > 0 {
            desk.run_jobs().await;
            desk.pass(TimeDelta::minutes(2));
        }
        let after = everything(&desk);
        for text in [GOING, &going.digits] {
            assert_eq!(places_of(&after, text), Vec::<String>::new(), "{text} is left");
        }
        for text in &staying.texts {
            assert!(!places_of(&after, text).is_empty(), "{text} of another customer is gone");
        }
        assert_eq!(kept(&after) * 2, kept(&before), "answers are forgotten with the customer, and only theirs");
        if let Some(bytes) = file_bytes(&desk) {
            assert!(contains(&bytes, STAYING));
            for text in [GOING, &going.digits] {
                assert!(!contains(&bytes, text), "{text} is left in the file");
            }
        }
    }
}

/// What figures are made of: every complaint and promise of the customer in coded values, and the counts.
async fn figures(desk: &Desk, customer: &str) -> Value {
    let client = officer(desk);
    let counts = client.get(&format!("{COMPLAINTS}/counts")).await.expect(200).json;
    let list = client
        .get(&format!("{COMPLAINTS}?customer_id={customer}&order=oldest"))
        .await
        .expect(200);
    let mut complaints = list.items().to_vec();
    let mut more = Vec::new();
    for complaint in &mut complaints {
        let path = format!("{COMPLAINTS}/{}", complaint["id"].as_str().unwrap());
        let mut whole = client.get(&path).await.expect(200).json;
        let mut calls = client.get(&format!("{path}/call-backs")).await.expect(200).json;
        strip(&mut whole);
        strip(&mut calls);
        more.push(json!([whole, calls]));
        strip(complaint);
    }
    json!([counts, complaints, more])
}

/// Takes out what is not coded.
fn strip(value: &mut Value) {
    const TEXTS: &[&str] = &[
        "version",
        "updated_at",
        "subject",
        "on_behalf_of",
        "statement",
        "facts",
        "opinions",
        "product",
        "order_ref",
        "desired_remedy",
        "preferred_time",
        "external_ref",
        "given_contact",
        "tags",
        "note",
        "skip_note",
        "record",
        "number",
        "change_reason",
        "recording_ref",
        "decision_reason",
        "root_cause",
    ];
    match value {
        Value::Object(members) => {
            members.retain(|name, member| name == "statement" && member.is_object() || !TEXTS.contains(&name.as_str()));
            members.values_mut().for_each(strip);
        }
        Value::Array(members) => members.iter_mut().for_each(strip),
        _ => {}
    }
}

on_both! {
    async fn figures_survive_anonymising_and_erasing(desk) {
        for action in ["anonymise", "erase"] {
            let mut walk = Marked::new(&desk, if action == "erase" { GOING } else { STAYING }, if action == "erase" { "1390013011" } else { "1390013022" });
            walk.walk().await;
            let before = figures(&desk, &walk.id).await;
            assert!(before.to_string().contains("attitude"));
            on_customer(&officer(&desk), &walk.id, action, &json!({ "reason": "by letter" })).await.expect(200);
            let after = figures(&desk, &walk.id).await;
            assert_eq!(after, before, "{action}");
            for complaint in &walk.complaints {
                let path = format!("{COMPLAINTS}/{complaint}/notes");
                desk.agent().post(&path, &json!({ "body": "x" })).await.expect_problem(409, "complaint.anonymised");
            }
        }
    }
}

on_both! {
    async fn a_dry_run_says_what_would_be_touched_and_touches_nothing(desk) {
        let mut walk = Marked::new(&desk, GOING, "1390013011");
        walk.walk().await;
        let before = everything(&desk);
        let body = json!({ "reason": "to see", "dry_run": true });
        let tried = on_customer(&officer(&desk), &walk.id, "erase", &body).await.expect(200);
        assert_eq!((tried.at("/dry_run"), tried.str("/state")), (&json!(true), "active"));
        assert_eq!(everything(&desk), before);
        let done = walk.erase().await;
        assert_eq!(done.at("/touched"), tried.at("/touched"), "what is touched is what was said");
        for (table, n) in done.at("/touched").as_object().unwrap() {
            assert!(n.as_i64().unwrap() > 0, "{table}");
        }
    }
}

on_both! {
    async fn the_phone_number_of_an_erased_customer_makes_a_new_one(desk) {
        let case = Case::closed(&desk).await;
        let customer = case.get().await.str("/customer_id").to_owned();
        let profile = json!({ "segment": "profitable", "grade": "a", "style": "feeler", "stance": "helper" });
        let path = format!("{CUSTOMERS}/{customer}");
        let seen = desk.agent().get(&path).await.expect(200);
        desk.agent().if_match(seen.etag()).patch(&path, &profile).await.expect(200);
        on_customer(&officer(&desk), &customer, "anonymise", &json!({ "reason": "by letter" })).await.expect(200);
        let left = desk.agent().get(&path).await.expect(200);
        let of_figures = (left.str("/segment"), left.str("/grade"));
        assert_eq!((of_figures, left.at("/style"), left.at("/stance")), (("profitable", "a"), &json!(null), &json!(null)));
        on_customer(&officer(&desk), &customer, "erase", &json!({ "reason": "by letter" })).await.expect(200);
        let again = log(&desk.agent(), &by_phone()).await;
        assert_eq!(again.at("/customer/recognised"), &json!(false));
        assert_ne!(again.str("/customer/id"), customer);
        let tombstone = desk.agent().get(&format!("{CUSTOMERS}/{customer}")).await.expect(200);
        assert_eq!((tombstone.str("/privacy"), tombstone.str("/name")), ("erased", ""));
        assert_eq!(tombstone.at("/contact_points"), &json!([]));
        assert!(profile.as_object().unwrap().keys().all(|name| tombstone.json[name].is_null()), "{}", tombstone.text);
        let onto = merged(by_phone(), json!({ "customer": { "customer_id": customer } }));
        desk.agent().post(COMPLAINTS, &onto).await.expect_problem(409, "customer.anonymised");
        let path = format!("{CUSTOMERS}/{customer}");
        let changed = desk.agent().if_match(tombstone.etag()).patch(&path, &json!({ "name": "Li" })).await;
        changed.expect_problem(409, "customer.anonymised");
    }
}

on_both! {
    /// A complaint that comes in while its customer is erased: either it stops the erasure, or it makes a new customer.
    async fn no_complaint_slips_in_behind_an_erasure(desk) {
        for round in 0..12 {
            let phone = json!({ "customer": { "phone": format!("139001390{round:02}") } });
            let body = merged(by_phone(), phone);
            let case = Case::of(&desk, &body).await;
            case.post("withdraw", &json!({ "reason": "solved" })).await.expect(200);
            let customer = case.get().await.str("/customer_id").to_owned();
            let (officer, agent) = (officer(&desk), desk.agent());
            let why = json!({ "reason": "by letter" });
            let (erased, logged) = tokio::join!(on_customer(&officer, &customer, "erase", &why), agent.post(COMPLAINTS, &body));
            let logged = logged.expect(201);
            let same = logged.str("/customer/id") == customer;
            match erased.status {
                200 => assert!(!same, "filed under a customer that is gone"),
                _ => {
                    assert!(same);
                    erased.expect_problem(409, "privacy.open_complaint");
                }
            }
        }
    }
}

on_both! {
    async fn no_complaint_is_opened_again_behind_an_erasure(desk) {
        for round in 0..12 {
            let phone = json!({ "customer": { "phone": format!("139001391{round:02}") } });
            let case = Case::of(&desk, &merged(by_phone(), phone)).await;
            case.post("withdraw", &json!({ "reason": "solved" })).await.expect(200);
            let customer = case.get().await.str("/customer_id").to_owned();
            let officer = officer(&desk);
            let why = json!({ "reason": "again" });
            let (erased, opened) = tokio::join!(on_customer(&officer, &customer, "erase", &why), case.post("reopen", &why));
            match erased.status {
                200 => {
                    opened.expect_problem(409, "complaint.anonymised");
                }
                _ => {
                    erased.expect_problem(409, "privacy.open_complaint");
                    opened.expect(200);
                }
            }
        }
    }
}

on_both! {
    async fn the_content_of_the_files_of_an_erased_customer_goes_with_the_next_run_of_the_jobs(desk) {
        let mut going = Marked::new(&desk, GOING, "1390013011");
        going.walk().await;
        let files = desk.app.files.clone();
        let ever = "2099-01-01T00:00:00Z".parse().unwrap();
        assert_eq!((desk.rows("attachments"), files.older_than(ever).await.unwrap().len()), (1, 1));
        going.erase().await;
        desk.pass(TimeDelta::minutes(2));
        desk.run_jobs().await;
        assert_eq!((desk.rows("attachments"), desk.rows("discarded_objects")), (0, 0));
        assert_eq!(files.older_than(ever).await.unwrap(), []);
    }
}
