//! `/livez`, `/readyz`, `/metrics`.

use diesel::RunQueryDsl as _;
use hark::db::conn::Conn;
use serde_json::json;

use crate::fixtures::{Case, missed};
use crate::on_both;

on_both! {
    async fn a_desk_is_alive_and_ready_part_by_part(desk) {
        let anybody = desk.anonymous();
        let alive = anybody.get("/livez").await.expect(200);
        assert_eq!(alive.json, json!({ "status": "alive", "version": env!("CARGO_PKG_VERSION") }));
        let ready = anybody.get("/readyz").await.expect(200);
        assert_eq!(ready.at("/ready"), &json!(true));
        let parts = ready.at("/parts").as_array().unwrap();
        assert_eq!(crate::fixtures::field(parts, "name"), ["database", "schema"]);
        assert!(parts[0]["detail"].as_str().unwrap().contains("SQL"), "names the database");
    }
}

on_both! {
    async fn a_desk_whose_schema_is_behind_is_not_ready_and_says_which_part(desk) {
        let forget = |conn: &mut Conn| Ok(diesel::sql_query("DELETE FROM __diesel_schema_migrations").execute(conn)?);
        desk.app.db.write(forget).await.unwrap();
        let ready = desk.anonymous().get("/readyz").await;
        assert_eq!((ready.status, ready.at("/ready")), (503, &json!(false)));
        assert_eq!((ready.at("/parts/0/ready"), ready.at("/parts/1/ready")), (&json!(true), &json!(false)));
        assert_eq!(ready.str("/parts/1/name"), "schema");
        desk.anonymous().get("/livez").await.expect(200);
    }
}

on_both! {
    async fn the_figures_tell_how_many_complaints_stand_where(desk) {
        let case = Case::logged(&desk).await;
        Case::worked(&desk).await.promise(0, 60).await;
        case.post("messages", &json!({ "body": "We are on it." })).await.expect(200);
        desk.pass(chrono::TimeDelta::minutes(61));
        desk.run_jobs().await;
        let figures = desk.anonymous().get("/metrics").await.expect(200);
        assert!(figures.header("content-type").unwrap().starts_with("text/plain"));
        for line in [
            "hark_complaints{state=\"received\"} 1",
            "hark_complaints{state=\"in_handling\"} 1",
            "hark_complaints{state=\"waiting\"} 0",
            "hark_complaints{state=\"closed\"} 0",
            "hark_call_backs_open 1",
            "hark_call_backs_overdue 1",
            "hark_outbox_waiting 1",
            "hark_outbox_oldest_seconds 3660",
            "hark_outbox_dead_letters 0",
            "hark_job_runs_total{result=\"ok\",task=\"break_missed_promises\"} 1",
            "hark_http_request_duration_seconds_count{method=\"POST\",route=\"/api/v1/complaints\",status=\"201\"} 2",
        ] {
            assert!(figures.text.lines().any(|found| found == line), "{line} is not in\n{}", figures.text);
        }
        assert!(!figures.text.contains(&case.id), "the route, never the address");
    }
}

on_both! {
    async fn a_notice_that_was_tried_too_often_is_a_dead_letter_and_does_not_wait(desk) {
        let case = Case::logged(&desk).await;
        for body in ["We are on it.", "We are still on it."] {
            case.post("messages", &json!({ "body": body })).await.expect(200);
        }
        let first = "id = (SELECT id FROM outbox ORDER BY created_at, id LIMIT 1)";
        assert_eq!(desk.execute(&format!("UPDATE outbox SET tries = 12 WHERE {first}")), 1);
        let figures = desk.anonymous().get("/metrics").await.expect(200);
        for line in ["hark_outbox_waiting 1", "hark_outbox_dead_letters 1"] {
            assert!(figures.text.lines().any(|found| found == line), "{line} is not in\n{}", figures.text);
        }
    }
}

on_both! {
    async fn promises_that_come_due_are_counted_until_somebody_tries(desk) {
        let due = async |counts: [i64; 4]| {
            let figures = desk.anonymous().get("/metrics").await.expect(200);
            for (within, n) in ["30m", "1h", "4h", "24h"].into_iter().zip(counts) {
                let line = format!("hark_call_backs_due{{within=\"{within}\"}} {n}");
                assert!(figures.text.lines().any(|found| found == line), "{line} is not in\n{}", figures.text);
            }
        };
        due([0, 0, 0, 0]).await;
        Case::worked(&desk).await.promise(0, 20).await;
        Case::worked(&desk).await.promise(60, 600).await;
        let tried = Case::worked(&desk).await;
        let promise = tried.promise(0, 50).await;
        due([1, 2, 2, 3]).await;
        tried.attempt(&promise, &missed("no_answer")).await;
        due([1, 1, 1, 2]).await;
        desk.pass(chrono::TimeDelta::minutes(21));
        // The first is late now: it comes due no more.
        due([0, 0, 0, 1]).await;
    }
}
