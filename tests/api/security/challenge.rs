//! The proof of work of the public form.

use chrono::TimeDelta;
use hark::settings::edge::{EdgeSettings, Switch};
use serde_json::Value;

use crate::fixtures::{PUBLIC, by_web};
use crate::on_both;
use crate::support::lenient;

on_both! {
    async fn filing_wants_a_solved_challenge(desk) {
        let stranger = desk.anonymous();
        stranger.unsolved().post(PUBLIC, &by_web()).await.expect_problem(422, "challenge.required");
        let solution = stranger.solution().await;
        stranger.with("x-challenge", &solution).post(PUBLIC, &by_web()).await.expect(201);
        for nonsense in ["{}", "x", "e30="] {
            stranger.with("x-challenge", nonsense).post(PUBLIC, &by_web()).await.expect_problem(422, "challenge.invalid");
        }
        assert_eq!(desk.rows("complaints"), 1);
    }
}

on_both! {
    async fn a_solution_works_once_in_whichever_process(desk) {
        let elsewhere = desk.door(lenient());
        let solution = desk.anonymous().solution().await;
        desk.anonymous().with("x-challenge", &solution).post(PUBLIC, &by_web()).await.expect(201);
        for door in [desk.anonymous(), elsewhere.anonymous()] {
            let refused = door.with("x-challenge", &solution).post(PUBLIC, &by_web()).await;
            refused.expect_problem(409, "challenge.spent");
        }
        assert_eq!(desk.rows("complaints"), 1);
    }
}

on_both! {
    async fn of_many_at_once_with_one_solution_one_is_taken(desk) {
        let solution = desk.anonymous().solution().await;
        let one = || async {
            desk.anonymous().with("x-challenge", &solution).post(PUBLIC, &by_web()).await.status
        };
        let mut told = futures_util::future::join_all((0..8).map(|_| one())).await;
        told.sort_unstable();
        assert_eq!(told, [201, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(desk.rows("complaints"), 1);
    }
}

on_both! {
    async fn a_repeated_request_gets_its_answer_whatever_became_of_the_challenge(desk) {
        let solution = desk.anonymous().solution().await;
        let customer = desk.anonymous().with("idempotency-key", "1").with("x-challenge", &solution);
        let first = customer.post(PUBLIC, &by_web()).await.expect(201);
        assert_eq!(customer.post(PUBLIC, &by_web()).await.expect(201).text, first.text);
        desk.pass(TimeDelta::hours(1));
        assert_eq!(customer.post(PUBLIC, &by_web()).await.expect(201).text, first.text, "expired");
        let without = desk.anonymous().unsolved().with("idempotency-key", "1");
        assert_eq!(without.post(PUBLIC, &by_web()).await.expect(201).text, first.text, "none at all");
        assert_eq!(desk.rows("complaints"), 1);
    }
}

on_both! {
    async fn a_form_that_does_not_fit_does_not_use_the_challenge_up(desk) {
        let customer = desk.anonymous();
        let customer = customer.with("x-challenge", &customer.solution().await);
        let mut form = by_web();
        form["statement"] = Value::from("");
        customer.post(PUBLIC, &form).await.expect_invalid(&["/statement"]);
        customer.post(PUBLIC, &by_web()).await.expect(201);
    }
}

on_both! {
    async fn a_challenge_expires_and_is_forgotten_then(desk) {
        let customer = desk.anonymous();
        let late = customer.solution().await;
        customer.post(PUBLIC, &by_web()).await.expect(201);
        assert_eq!(desk.rows("spent_challenges"), 1);
        desk.run_jobs().await;
        assert_eq!(desk.rows("spent_challenges"), 1);
        desk.pass(TimeDelta::minutes(21));
        customer.with("x-challenge", &late).post(PUBLIC, &by_web()).await.expect_problem(422, "challenge.expired");
        desk.run_jobs().await;
        assert_eq!(desk.rows("spent_challenges"), 0);
    }
}

on_both! {
    async fn without_a_script_an_address_may_file_a_few_in_an_hour(desk) {
        let door = desk.door(EdgeSettings { filing_without_proof: 2, ..lenient() });
        let plain = door.anonymous().unsolved();
        for _ in 0..2 {
            plain.post(PUBLIC, &by_web()).await.expect(201);
        }
        plain.post(PUBLIC, &by_web()).await.expect_problem(422, "challenge.required");
        door.anonymous().post(PUBLIC, &by_web()).await.expect(201);
        desk.pass(TimeDelta::minutes(31));
        plain.post(PUBLIC, &by_web()).await.expect(201);
    }
}

on_both! {
    async fn an_installation_may_ask_for_none(desk) {
        let door = desk.door(EdgeSettings { proof_of_work: Switch::Off, ..lenient() });
        door.anonymous().unsolved().post(PUBLIC, &by_web()).await.expect(201);
    }
}
