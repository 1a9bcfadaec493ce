//! The desk's own figures for Prometheus, against figures computed by hand.

use chrono::TimeDelta;
use serde_json::json;

use super::{a_morning, build_anew, everything, fold_all};
use crate::fixtures::{Case, merged};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Desk;

/// Every line of `/metrics` must be among these.
async fn has(desk: &Desk, lines: &[&str]) {
    let figures = desk.anonymous().get("/metrics").await.expect(200);
    for line in lines {
        let found = figures.text.lines().any(|found| found == *line);
        let alike: Vec<&str> = figures
            .text
            .lines()
            .filter(|l| l.starts_with(line.split('{').next().unwrap()))
            .collect();
        assert!(found, "{line} is not in\n{}", alike.join("\n"));
    }
}

on_both! {
    async fn the_figures_of_a_morning_are_those_computed_by_hand(desk) {
        a_morning(&desk).await;
        let lines = [
            // On the phone at once; the one by the web after an hour.
            "hark_desk_first_response_seconds_bucket{channel=\"phone\",time=\"calendar\",le=\"60\"} 1",
            "hark_desk_first_response_seconds_bucket{channel=\"web\",time=\"calendar\",le=\"900\"} 0",
            "hark_desk_first_response_seconds_bucket{channel=\"web\",time=\"calendar\",le=\"3600\"} 1",
            "hark_desk_first_response_seconds_bucket{channel=\"web\",time=\"calendar\",le=\"+Inf\"} 1",
            "hark_desk_first_response_seconds_sum{channel=\"web\",time=\"calendar\"} 3600",
            "hark_desk_first_response_seconds_count{channel=\"web\",time=\"business\"} 1",
            "hark_desk_first_response_by_type_seconds_count{customer_type=\"angry\",time=\"calendar\"} 1",
            "hark_desk_first_response_by_type_seconds_sum{customer_type=\"not_clear\",time=\"calendar\"} 3600",
            // Two hours and twenty minutes, and friendly by then.
            "hark_desk_resolution_seconds_bucket{channel=\"phone\",time=\"calendar\",le=\"3600\"} 0",
            "hark_desk_resolution_seconds_bucket{channel=\"phone\",time=\"calendar\",le=\"14400\"} 1",
            "hark_desk_resolution_seconds_sum{channel=\"phone\",time=\"business\"} 8400",
            "hark_desk_resolution_by_type_seconds_sum{customer_type=\"friendly\",time=\"calendar\"} 8400",
            "hark_desk_call_back_lateness_seconds_bucket{channel=\"phone\",time=\"calendar\",le=\"60\"} 1",
            "hark_desk_received_total{channel=\"phone\"} 1",
            "hark_desk_received_total{channel=\"web\"} 1",
            "hark_desk_received_total{channel=\"letter\"} 0",
            "hark_desk_closed_total{channel=\"phone\"} 1",
            "hark_desk_closed_on_merits_total{channel=\"phone\"} 1",
            "hark_desk_on_the_spot_total{channel=\"phone\"} 0",
            "hark_desk_promises_made_total{channel=\"phone\"} 1",
            "hark_desk_promises_kept_total{channel=\"phone\"} 1",
            "hark_desk_promises_late_total{channel=\"phone\"} 0",
            "hark_desk_open{state=\"received\",age_days=\"0-0\"} 1",
            "hark_desk_open{state=\"in_handling\",age_days=\"0-0\"} 0",
            "hark_desk_unacknowledged 0",
            "hark_desk_oldest_unacknowledged_seconds 0",
        ];
        has(&desk, &lines).await;
        fold_all(&desk, 3);
        desk.pass(TimeDelta::seconds(10));
        has(&desk, &lines).await;
        has(&desk, &["hark_desk_reports_waiting 0"]).await;
    }
}

on_both! {
    async fn what_nobody_has_acknowledged_grows_old_until_somebody_answers(desk) {
        let letter = merged(by_phone(), json!({ "channel": "letter", "received_at": "2026-11-20T00:00:00Z" }));
        let old = Case::of(&desk, &letter).await;
        let email = Case::of(&desk, &merged(by_phone(), json!({ "channel": "email" }))).await;
        let age = (desk.now() - "2026-11-20T00:00:00Z".parse::<hark::clock::Moment>().unwrap()).num_seconds();
        has(&desk, &[
            "hark_desk_unacknowledged 2",
            &format!("hark_desk_oldest_unacknowledged_seconds {age}"),
            "hark_desk_open{state=\"received\",age_days=\"3-6\"} 1",
            "hark_desk_open{state=\"received\",age_days=\"0-0\"} 1",
        ]).await;
        desk.run_jobs().await;
        desk.pass(TimeDelta::minutes(7));
        old.post("messages", &json!({ "body": "It has arrived." })).await.expect(200);
        has(&desk, &["hark_desk_unacknowledged 1", "hark_desk_oldest_unacknowledged_seconds 420",
            "hark_desk_job_age_seconds{task=\"fold_reports\"} 420"]).await;
        desk.pass(TimeDelta::minutes(1));
        email.post("withdraw", &crate::fixtures::reason("it works")).await.expect(200);
        has(&desk, &["hark_desk_unacknowledged 0", "hark_desk_oldest_unacknowledged_seconds 0"]).await;
    }
}

on_both! {
    async fn what_waits_for_an_answer_grows_old_in_business_time_too(desk) {
        // On a Friday evening: one hour until the desk closes, and one after it opens on Monday.
        let friday = merged(by_phone(), json!({ "channel": "letter", "received_at": "2026-11-20T17:00:00+08:00" }));
        Case::of(&desk, &friday).await;
        let monday = "2026-11-23T10:00:00+08:00".parse::<hark::clock::Moment>().unwrap();
        desk.pass(monday - desk.now());
        has(&desk, &[
            "hark_desk_oldest_unacknowledged_seconds 234000",
            "hark_desk_oldest_unacknowledged_business_seconds 7200",
        ]).await;
    }
}

on_both! {
    async fn a_correction_moves_no_count_by_severity(desk) {
        let case = Case::of(&desk, &merged(by_phone(), json!({ "severity": "low" }))).await;
        let answered = "hark_desk_first_response_by_severity_seconds_count{severity=\"low\",time=\"calendar\"} 1";
        let none = "hark_desk_first_response_by_severity_seconds_count{severity=\"critical\",time=\"calendar\"} 0";
        has(&desk, &[answered, none]).await;
        desk.pass(TimeDelta::minutes(1));
        case.edit(&json!({ "severity": "critical" })).await.expect(200);
        fold_all(&desk, 2);
        desk.pass(TimeDelta::seconds(10));
        has(&desk, &[answered, none]).await;
        case.post("withdraw", &crate::fixtures::reason("it works")).await.expect(200);
        let sums = everything(&desk);
        build_anew(&desk);
        assert_eq!(everything(&desk), sums);
    }
}

on_both! {
    async fn what_has_not_happened_is_told_as_well(desk) {
        desk.run_jobs().await;
        has(&desk, &[
            "hark_desk_resolution_seconds_bucket{channel=\"letter\",time=\"business\",le=\"14400\"} 0",
            "hark_desk_resolution_by_severity_seconds_count{severity=\"high\",time=\"business\"} 0",
            "hark_desk_sweep_lag_seconds 0",
            "hark_job_runs_total{result=\"failed\",task=\"seal_audit\"} 0",
            &format!("hark_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")),
        ]).await;
    }
}

on_both! {
    async fn several_who_ask_at_once_are_told_the_same(desk) {
        has(&desk, &["hark_desk_received_total{channel=\"phone\"} 0"]).await;
        Case::logged(&desk).await;
        has(&desk, &["hark_desk_received_total{channel=\"phone\"} 0"]).await;
        desk.pass(TimeDelta::seconds(5));
        has(&desk, &["hark_desk_received_total{channel=\"phone\"} 1"]).await;
    }
}
