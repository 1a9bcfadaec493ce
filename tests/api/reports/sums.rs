//! The sums: folded, not yet folded, and built anew come to the same.

use chrono::TimeDelta;
use hark::domain::reporting::{fold, rebuild};
use hark::domain::staff::Role;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

use super::figures::near;
use super::{a_morning, build_anew, everything, fields, fold_all, report};
use crate::fixtures::{Case, reason};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Desk;

on_both! {
    async fn a_report_is_the_same_before_and_after_folding(desk) {
        build_anew(&desk);
        let (angry, _) = a_morning(&desk).await;
        let query = "response-times?from=2026-11-23&to=2026-11-23&dimension=channel";
        let (before, sums) = (report(&desk, query).await.json, everything(&desk));
        assert!(desk.rows("report_deltas") > 5 && desk.rows("report_rollups") == 0);
        assert!(fold_all(&desk, 2) > 5, "in several turns");
        assert_eq!(desk.rows("report_deltas"), 0);
        assert_eq!((report(&desk, query).await.json, everything(&desk)), (before, sums));
        // Nothing waits: folding again changes nothing.
        assert_eq!(fold_all(&desk, 2), 0);
        angry.post("reopen", &reason("again")).await.expect(200);
        let half = everything(&desk);
        desk.pass(TimeDelta::minutes(2));
        let done = desk.run_each_job().await;
        assert_eq!(done["fold_reports"], 1);
        assert_eq!(everything(&desk), half);
        assert_eq!(build_anew(&desk).complaints, 2);
        assert_eq!(everything(&desk), half);
    }
}

on_both! {
    async fn what_two_fold_at_once_is_folded_once(desk) {
        for _ in 0..12 {
            Case::logged(&desk).await;
        }
        let sums = everything(&desk);
        let (db, now) = (desk.app.db.clone(), desk.now());
        let folders: Vec<_> = (0..4).map(|_| {
            let db = db.clone();
            std::thread::spawn(move || {
                let mut done = 0;
                while let Some(gathered) = db.read_blocking(|conn| fold::gather(conn, 1)).unwrap() {
                    done += db.write_blocking(move |conn| fold::keep(conn, now, &gathered)).unwrap();
                }
                done
            })
        }).collect();
        let done: usize = folders.into_iter().map(|folder| folder.join().unwrap()).sum();
        assert_eq!((done, everything(&desk)), (12, sums));
    }
}

on_both! {
    async fn what_was_gathered_twice_is_kept_once(desk) {
        Case::logged(&desk).await;
        let sums = everything(&desk);
        let (db, now) = (desk.app.db.clone(), desk.now());
        let kept = std::thread::spawn(move || {
            let one = db.read_blocking(|conn| fold::gather(conn, 10)).unwrap().unwrap();
            let two = db.read_blocking(|conn| fold::gather(conn, 10)).unwrap().unwrap();
            [one, two].map(|gathered| db.write_blocking(move |conn| fold::keep(conn, now, &gathered)).unwrap())
        }).join().unwrap();
        assert_eq!((kept, everything(&desk)), ([1, 0], sums));
    }
}

on_both! {
    async fn while_the_sums_are_built_anew_the_desk_works_on(desk) {
        for _ in 0..30 {
            Case::logged(&desk).await;
        }
        fold_all(&desk, 10);
        let agent = desk.agent();
        let building = {
            let (db, clock) = (desk.app.db.clone(), desk.app.clock.clone());
            tokio::task::spawn_blocking(move || {
                let policy = hark::domain::policy::Policy::default();
                let mut built = Vec::new();
                for _ in 0..5 {
                    built.push(rebuild::rebuild(&db, &policy, &|| clock.now(), &mut |_, _| {}).unwrap().complaints);
                }
                built
            })
        };
        let mut seen = 30;
        while !building.is_finished() {
            agent.post("/api/v1/complaints", &by_phone()).await.expect(201);
            seen += 1;
            let found = report(&desk, "volumes?from=2026-11-23&to=2026-11-23").await;
            assert_eq!(found.at("/totals/0/received"), &json!(seen), "exact at every moment");
        }
        let built = building.await.unwrap();
        assert!(built.is_sorted() && built.iter().all(|n| *n >= 30), "{built:?}");
        let sums = everything(&desk);
        build_anew(&desk);
        assert_eq!(everything(&desk), sums);
        fold_all(&desk, 1_000);
        assert_eq!(everything(&desk), sums);
    }
}

on_both! {
    async fn what_is_lost_is_built_anew_by_the_worker_when_the_basis_changes(desk) {
        a_morning(&desk).await;
        let sums = everything(&desk);
        desk.run_jobs().await;
        assert_eq!(everything(&desk), sums);
        // As after an upgrade: nothing has been summed up, and nothing says what the sums rest on.
        desk.execute("DELETE FROM report_rollups");
        desk.execute("UPDATE report_state SET basis = ''");
        assert_eq!(everything(&desk), Vec::<String>::new());
        desk.pass(TimeDelta::minutes(2));
        desk.run_jobs().await;
        assert_eq!(everything(&desk), sums);
    }
}

on_both! {
    async fn nobody_folds_while_the_sums_are_built_anew(desk) {
        Case::logged(&desk).await;
        let later = (desk.now() + TimeDelta::minutes(1)).timestamp_micros();
        let until = match desk.app.db.writing() {
            hark::db::Writing::Thread => format!("{later}"),
            hark::db::Writing::Pool => format!("to_timestamp({later} / 1000000.0)"),
        };
        desk.execute(&format!("UPDATE report_state SET paused_until = {until}"));
        let (db, now) = (desk.app.db.clone(), desk.now());
        let kept = std::thread::spawn(move || {
            let gathered = db.read_blocking(|conn| fold::gather(conn, 10)).unwrap().unwrap();
            db.write_blocking(move |conn| fold::keep(conn, now, &gathered)).unwrap()
        }).join().unwrap();
        assert_eq!(kept, 0);
        // One who builds and dies is waited for no longer than it said.
        desk.pass(TimeDelta::minutes(2));
        assert_eq!(fold_all(&desk, 10), 1);
    }
}

on_both! {
    async fn an_erasure_changes_no_figure(desk) {
        let (angry, filed) = a_morning(&desk).await;
        filed.post("withdraw", &reason("it works")).await.expect(200);
        angry.edit(&json!({ "category": "billing_errors" })).await.expect_problem(409, "complaint.closed");
        angry.post("reopen", &reason("again")).await.expect(200);
        angry.edit(&json!({ "category": "billing_errors" })).await.expect(200);
        angry.work_again().await;
        angry.skip("call_back", "customer_declined").await.expect(200);
        angry.post("close", &crate::journeys::upheld()).await.expect(200);
        let sums = everything(&desk);
        let officer = desk.client(Role::Auditor);
        let mut customers = std::collections::BTreeSet::new();
        for case in [&angry, &filed] {
            customers.insert(case.get().await.str("/customer_id").to_owned());
        }
        for customer in customers {
            let why = json!({ "reason": "asks to be forgotten", "legal_basis": "customer_request" });
            officer.post(&format!("/api/v1/customers/{customer}/erase"), &why).await.expect(200);
        }
        assert_eq!(everything(&desk), sums, "an erasure takes nothing away");
        build_anew(&desk);
        assert_eq!(everything(&desk), sums, "and what is left is enough to build the same");
    }
}

/// Answers complaints by the web after so many seconds.
async fn answered_after(desk: &Desk, seconds: &[i64]) {
    for some in seconds {
        let (filed, _) = Case::filed(desk).await;
        desk.pass(TimeDelta::seconds(*some));
        filed
            .post("messages", &json!({ "body": "We are on it." }))
            .await
            .expect(200);
    }
}

on_both! {
    async fn percentiles_are_within_the_stated_error_of_the_exact_ones(desk) {
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let mut seconds: Vec<i64> = (0..80).map(|n| rng.random_range(1..=1_i64 << (n % 14 + 3))).collect();
        answered_after(&desk, &seconds[..40]).await;
        fold_all(&desk, 7);
        answered_after(&desk, &seconds[40..]).await;
        seconds.sort_unstable();
        let found = report(&desk, "response-times?from=2026-11-23&to=2027-01-31&by=month&dimension=channel&value=web").await;
        let row = &found.at("/totals").as_array().unwrap()[1];
        assert_eq!((&row["span"], &row["n"]), (&json!("first_response"), &json!(80)));
        for (name, share) in [("p50_seconds", 0.5), ("p90_seconds", 0.9), ("p99_seconds", 0.99)] {
            let rank = (share * 80.0_f64).ceil() as usize;
            near(&row[name], seconds[rank - 1] as f64);
        }
        let mean = seconds.iter().sum::<i64>() as f64 / 80.0;
        assert!((row["mean_seconds"].as_f64().unwrap() - mean).abs() < 1e-6, "the mean is exact");
        assert_eq!(fields(found.at("/rows"), &["n"]).len() % 3, 0);
    }
}

on_both! {
    async fn business_time_follows_the_standard_calendar(desk) {
        answered_after(&desk, &[3_600]).await;
        desk.run_jobs().await;
        let query = "response-times?from=2026-11-23&to=2026-11-23&time=business&dimension=channel&value=web";
        let times = report(&desk, query).await;
        assert_eq!(fields(times.at("/totals"), &["n", "mean_seconds"])[1], json!([1, 3600.0]));
        // From now on the desk opens at half past nine: of the hour, half was in business time.
        let hours = json!({ "name": "Standard", "time_zone": "Asia/Shanghai", "notation": "Mo-Fr 09:30-18:00" });
        desk.client(Role::Admin).put("/api/v1/calendars/standard", &hours).await.expect(200);
        desk.pass(TimeDelta::minutes(2));
        desk.run_jobs().await;
        let times = report(&desk, query).await;
        assert_eq!(fields(times.at("/totals"), &["n", "mean_seconds"])[1], json!([1, 1800.0]));
    }
}
