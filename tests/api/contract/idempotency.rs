//! `Idempotency-Key`: a retry does not do a thing twice.

use chrono::TimeDelta;
use hark::domain::idempotency::Claim;
use hark::domain::staff::Role;
use serde_json::json;

use super::operations::{operations, sample};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, PUBLIC, by_web, merged};
use crate::journeys::by_phone;
use crate::on_both;

const KEY: &str = "idempotency-key";

on_both! {
    async fn every_post_that_is_repeated_with_its_key_gets_the_same_answer_and_does_nothing(desk) {
        for (n, operation) in operations().iter().filter(|operation| operation.takes("IdempotencyKey")).enumerate() {
            let name = operation.name();
            let keyed = sample(&desk, operation).await.with(KEY, &format!("key-{n}"));
            let first = keyed.send().await;
            assert!(matches!(first.status, 200..=202), "{name}: {}", first.text);
            let footprint = desk.footprint();
            desk.pass(TimeDelta::seconds(7));
            let again = keyed.send().await;
            assert_eq!((again.status, &again.text), (first.status, &first.text), "{name}: byte for byte");
            for header in ["location", "etag", "content-type"] {
                assert_eq!(again.header(header), first.header(header), "{name}");
            }
            if let Some(other) = keyed.varied() {
                let refused = other.send().await;
                assert_eq!((refused.status, refused.code()), (422, "idempotency.mismatch"), "{name}: {}", refused.text);
            }
            assert_eq!(desk.footprint(), footprint, "{name} was done twice");
        }
    }
}

on_both! {
    async fn a_repeated_filing_gets_the_same_private_link(desk) {
        let customer = desk.anonymous().with(KEY, "my-washing-machine");
        let first = customer.post(PUBLIC, &by_web()).await.expect(201);
        let again = customer.post(PUBLIC, &by_web()).await.expect(201);
        assert_eq!(first.str("/tracking_token"), again.str("/tracking_token"));
        desk.anonymous().get(again.str("/tracking_url")).await.expect(200);
        assert_eq!(desk.rows("complaints"), 1);
        let another = desk.anonymous().with(KEY, "another").post(PUBLIC, &by_web()).await.expect(201);
        assert_ne!(first.str("/tracking_token"), another.str("/tracking_token"));
    }
}

on_both! {
    async fn the_keys_of_different_callers_are_apart(desk) {
        let callers = [desk.client(Role::Agent), desk.client(Role::Lead), desk.client(Role::Admin)];
        let mut references = Vec::new();
        for caller in &callers {
            references.push(caller.with(KEY, "1").post(COMPLAINTS, &by_phone()).await.expect(201).str("/reference").to_owned());
        }
        desk.anonymous().with(KEY, "1").post(PUBLIC, &by_web()).await.expect(201);
        references.dedup();
        assert_eq!((references.len(), desk.rows("complaints"), desk.rows("idempotency_keys")), (3, 4, 4));
    }
}

on_both! {
    async fn a_key_belongs_to_one_request_at_one_address(desk) {
        let agent = desk.agent().with(KEY, "1");
        agent.post(COMPLAINTS, &by_phone()).await.expect(201);
        let elsewhere = agent.post(CUSTOMERS, &json!({ "name": "Wang" })).await;
        elsewhere.expect_problem(422, "idempotency.mismatch");
        let otherwise = agent.post(COMPLAINTS, &merged(by_phone(), json!({ "subject": "x" }))).await;
        otherwise.expect_problem(422, "idempotency.mismatch");
        assert_eq!((desk.rows("complaints"), desk.rows("customers")), (1, 1));
    }
}

on_both! {
    async fn a_request_that_is_being_worked_on_is_not_taken_twice(desk) {
        let claim = Claim::new("public", "1", "POST", PUBLIC, by_web().to_string().as_bytes());
        let at_work = desk.app.take_in_flight(*claim.lookup()).unwrap();
        let customer = desk.anonymous().with(KEY, "1");
        let refused = customer.post(PUBLIC, &by_web()).await.expect_problem(409, "idempotency.in_flight");
        assert_eq!(refused.header("retry-after"), Some("1"));
        desk.agent().with(KEY, "1").post(COMPLAINTS, &by_phone()).await.expect(201);
        drop(at_work);
        customer.post(PUBLIC, &by_web()).await.expect(201);
    }
}

on_both! {
    async fn a_refused_request_does_not_use_its_key_up(desk) {
        let agent = desk.agent().with(KEY, "1");
        agent.post(COMPLAINTS, &merged(by_phone(), json!({ "subject": "" }))).await.expect_invalid(&["/subject"]);
        agent.post(COMPLAINTS, &by_phone()).await.expect(201);
        let path = format!("{COMPLAINTS}/{}/close", desk.agent().get(COMPLAINTS).await.str("/items/0/id"));
        for _ in 0..2 {
            let refused = desk.agent().with(KEY, "2").post(&path, &crate::journeys::upheld()).await;
            refused.expect_problem(409, "closing.steps_missing");
        }
        assert_eq!(desk.rows("idempotency_keys"), 1);
    }
}

on_both! {
    async fn a_key_is_forgotten_after_two_days(desk) {
        let agent = desk.agent().with(KEY, "1");
        let first = agent.post(COMPLAINTS, &by_phone()).await.expect(201);
        desk.pass(TimeDelta::hours(48));
        assert_eq!(desk.run_jobs().await, 0);
        assert_eq!(agent.post(COMPLAINTS, &by_phone()).await.expect(201).text, first.text);
        desk.pass(TimeDelta::minutes(2));
        assert_eq!((desk.run_jobs().await, desk.rows("idempotency_keys")), (1, 0));
        assert_ne!(agent.post(COMPLAINTS, &by_phone()).await.expect(201).id(), first.id());
    }
}

on_both! {
    async fn a_key_that_cannot_be_one_is_refused(desk) {
        for unfit in ["", &"x".repeat(256)] {
            let refused = desk.agent().with(KEY, unfit).post(COMPLAINTS, &by_phone()).await;
            refused.expect_problem(400, "request.malformed");
        }
        desk.agent().with(KEY, &"x".repeat(255)).post(COMPLAINTS, &by_phone()).await.expect(201);
        assert_eq!(desk.rows("complaints"), 1);
    }
}
