//! Every report against figures computed by hand.

use chrono::TimeDelta;
use diesel::RunQueryDsl as _;
use hark::db::schema::timeline_entries;
use hark::db::types::Json;
use hark::domain::complaints::model::TimelineEntry;
use hark::domain::policy::Policy;
use hark::domain::reporting::record;
use hark::domain::staff::ActorKind;
use hark::ids::{ComplaintId, EntryId};
use serde_json::{Value, json};

use super::{a_morning, build_anew, everything, fields, report};
use crate::fixtures::{Case, merged, missed, reason};
use crate::journeys::{by_phone, upheld};
use crate::on_both;

const DAY: &str = "from=2026-11-23&to=2026-11-23";

on_both! {
    async fn volumes_count_what_came_and_went(desk) {
        a_morning(&desk).await;
        let found = report(&desk, "volumes?from=2026-11-22&to=2026-11-24").await;
        let names = ["period", "received", "acknowledged", "closed", "closed_on_merits", "reopened", "promised", "calls",
            "messages_in", "messages_out"];
        assert_eq!(fields(found.at("/rows"), &names), [
            json!(["2026-11-22", 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            json!(["2026-11-23", 2, 2, 1, 1, 0, 1, 1, 0, 1]),
            json!(["2026-11-24", 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ]);
        assert_eq!(fields(found.at("/totals"), &names[1..]), [json!([2, 2, 1, 1, 0, 1, 1, 0, 1])]);
        assert_eq!(found.str("/totals/0/period"), "2026-11-22/2026-11-24");
        assert_eq!((found.str("/time_zone"), found.at("/time")), ("Asia/Shanghai", &Value::Null));
        let by = report(&desk, &format!("volumes?{DAY}&dimension=channel&by=week")).await;
        assert_eq!(fields(by.at("/rows"), &["period", "starts_on", "value", "received", "closed"]), [
            json!(["2026-W48", "2026-11-23", "phone", 1, 1]),
            json!(["2026-W48", "2026-11-23", "web", 1, 0]),
        ]);
        // The manner is that of the moment: angry when it came in, friendly when it was closed.
        let by = report(&desk, &format!("volumes?{DAY}&dimension=customer_type&by=month")).await;
        assert_eq!(fields(by.at("/rows"), &["period", "value", "received", "closed"]), [
            json!(["2026-11", "angry", 1, 0]), json!(["2026-11", "friendly", 0, 1]), json!(["2026-11", "not_clear", 1, 0]),
        ]);
        let only = report(&desk, &format!("volumes?{DAY}&dimension=channel&value=web")).await;
        assert_eq!(fields(only.at("/rows"), &["value", "received", "closed"]), [json!(["web", 1, 0])]);
        let none = report(&desk, &format!("volumes?{DAY}&dimension=channel&value=%27")).await;
        assert_eq!(fields(none.at("/totals"), &["value", "received"]), [json!(["'", 0])]);
    }
}

on_both! {
    async fn response_times_run_from_the_receipt_to_the_second(desk) {
        a_morning(&desk).await;
        let found = report(&desk, &format!("response-times?{DAY}")).await;
        let names = ["span", "n", "mean_seconds", "p50_seconds", "p99_seconds"];
        let rows = fields(found.at("/rows"), &names);
        assert_eq!(rows[0], json!(["acknowledgement", 2, 0.0, 0.0, 0.0]), "on the phone, and by the receipt of the form");
        assert_eq!((&rows[1][0], &rows[1][1], &rows[1][2], &rows[1][3]), (&json!("first_response"), &json!(2), &json!(1800.0), &json!(0.0)));
        near(&rows[1][4], 3_600.0);
        assert_eq!((&rows[2][0], &rows[2][1], &rows[2][2]), (&json!("resolution"), &json!(1), &json!(8400.0)));
        near(&rows[2][3], 8_400.0);
        let by = report(&desk, &format!("response-times?{DAY}&dimension=channel&value=web")).await;
        assert_eq!(fields(by.at("/totals"), &["span", "n", "mean_seconds"]), [
            json!(["acknowledgement", 1, 0.0]), json!(["first_response", 1, 3600.0]), json!(["resolution", 0, null]),
        ]);
    }
}

/// Within the error that is promised.
pub fn near(found: &Value, exact: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - exact).abs() <= exact * 0.025, "{found} for {exact}");
}

on_both! {
    async fn dwell_is_how_long_a_complaint_stood_where(desk) {
        let (_, filed) = a_morning(&desk).await;
        // The one by the web waits from 12:20 to 14:20, then is worked on.
        filed.post("wait", &json!({ "ball_with": "customer", "reason": "a picture" })).await.expect(200);
        desk.pass(TimeDelta::minutes(120));
        filed.post("resume", &json!({})).await.expect(200);
        let found = report(&desk, &format!("dwell?{DAY}")).await;
        assert_eq!(fields(found.at("/totals"), &["state", "n", "total_seconds"]), [
            json!(["received", 2, 600 + 3600]), json!(["in_handling", 1, 7800]), json!(["waiting", 1, 7200]),
        ]);
        near(found.at("/totals/2/p90_seconds"), 7_200.0);
    }
}

on_both! {
    async fn the_backlog_is_what_came_and_has_not_gone(desk) {
        let (angry, filed) = a_morning(&desk).await;
        desk.pass(TimeDelta::days(3));
        angry.post("reopen", &reason("it is broken again")).await.expect(200);
        desk.pass(TimeDelta::days(1));
        filed.post("withdraw", &reason("it works")).await.expect(200);
        let names = ["period", "received", "reopened", "closed", "open_at_end"];
        let found = report(&desk, "backlog?from=2026-11-22&to=2026-11-27").await;
        assert_eq!(fields(found.at("/rows"), &names), [
            json!(["2026-11-22", 0, 0, 0, 0]), json!(["2026-11-23", 2, 0, 1, 1]), json!(["2026-11-24", 0, 0, 0, 1]),
            json!(["2026-11-25", 0, 0, 0, 1]), json!(["2026-11-26", 0, 1, 0, 2]), json!(["2026-11-27", 0, 0, 1, 1]),
        ]);
        // What was open before the first day is carried on.
        let later = report(&desk, "backlog?from=2026-11-26&to=2026-11-27&by=month").await;
        assert_eq!(fields(later.at("/rows"), &names), [json!(["2026-11", 0, 1, 1, 1])]);
        let by = report(&desk, "backlog?from=2026-11-28&to=2026-11-28&dimension=channel").await;
        assert_eq!(fields(by.at("/totals"), &["value", "open_at_end"]), [json!(["phone", 1])]);
    }
}

on_both! {
    async fn ages_tell_how_old_what_is_open_is_now(desk) {
        let (_, filed) = a_morning(&desk).await;
        desk.pass(TimeDelta::days(8));
        Case::logged(&desk).await;
        filed.post("wait", &json!({ "ball_with": "third_party", "reason": "spare part" })).await.expect(200);
        let found = report(&desk, "ages?from=2020-01-01&to=2020-01-02").await;
        let there: Vec<Value> = fields(found.at("/rows"), &["starts_on", "state", "from_days", "to_days", "n"])
            .into_iter().filter(|row| row[4] != 0).collect();
        assert_eq!(there, [json!(["2026-12-01", "received", 0, 0, 1]), json!(["2026-12-01", "waiting", 7, 13, 1])]);
        assert_eq!(fields(found.at("/totals"), &["state", "n"]), [json!(["received", 1]), json!(["in_handling", 0]), json!(["waiting", 1])]);
    }
}

on_both! {
    async fn promises_are_kept_late_broken_moved_or_called_off(desk) {
        let case = Case::worked(&desk).await;
        let late = case.promise_for("give_answer", 10, 20).await;
        let moved = case.promise_for("confirm_resolution", 10, 60).await;
        desk.pass(TimeDelta::minutes(30));
        // Tried ten minutes after the end of its window, reached after twenty.
        case.attempt(&late, &missed("no_answer")).await;
        desk.pass(TimeDelta::minutes(10));
        case.attempt(&late, &json!({ "result": "reached" })).await;
        let again = merged(case.window(30, 60), json!({ "asked_by": "customer", "reason": "at work" }));
        let second = case.call_back(&moved, "reschedule", &again).await.expect(201).id().to_owned();
        desk.pass(TimeDelta::minutes(70));
        // The window is over and nobody has called: the desk that moves it has broken it.
        let again = merged(case.window(30, 60), json!({ "asked_by": "desk", "reason": "forgotten" }));
        let third = case.call_back(&second, "reschedule", &again).await.expect(201).id().to_owned();
        case.call_back(&third, "cancel", &reason("no need")).await.expect(200);
        let found = report(&desk, &format!("call-backs?{DAY}")).await;
        let names = ["promised", "kept", "late", "broken", "moved_by_customer", "moved_by_desk", "called_off", "calls", "reached"];
        assert_eq!(fields(found.at("/totals"), &names), [json!([4, 0, 1, 1, 1, 0, 1, 2, 1])]);
        assert_eq!(found.at("/totals/0/kept_share"), &json!(0.0));
        near(found.at("/totals/0/lateness_p50_seconds"), 600.0);
    }
}

on_both! {
    async fn a_promise_that_the_sweep_breaks_is_broken_on_that_day(desk) {
        let case = Case::worked(&desk).await;
        case.promise(10, 20).await;
        desk.pass(TimeDelta::hours(25));
        desk.run_jobs().await;
        let found = report(&desk, "call-backs?from=2026-11-23&to=2026-11-24").await;
        assert_eq!(fields(found.at("/rows"), &["period", "promised", "broken"]), [json!(["2026-11-23", 1, 0]), json!(["2026-11-24", 0, 1])]);
    }
}

on_both! {
    async fn manner_cause_and_closing_are_those_of_what_stays_closed(desk) {
        let (angry, _) = a_morning(&desk).await;
        for _ in 0..2 {
            let case = Case::worked(&desk).await;
            case.skip("call_back", "customer_declined").await.expect(200);
            let verdict = merged(upheld(), json!({ "cause_category": "tools" }));
            case.post("close", &verdict).await.expect(200);
        }
        let types = report(&desk, &format!("types?{DAY}")).await;
        assert_eq!(fields(types.at("/totals"), &["first", "last", "n", "share_of_first"]), [
            json!(["angry", "friendly", 1, 1.0 / 3.0]), json!(["angry", "angry", 2, 2.0 / 3.0]),
        ]);
        let names = ["cause", "n", "share", "cumulative_share"];
        let causes = report(&desk, &format!("causes?{DAY}&by=month")).await;
        let pareto = [json!(["tools", 2, 2.0 / 3.0, 2.0 / 3.0]), json!(["attitude", 1, 1.0 / 3.0, 1.0])];
        assert_eq!((fields(causes.at("/rows"), &names), fields(causes.at("/totals"), &names)), (pareto.to_vec(), pareto.to_vec()));
        let spot = report(&desk, &format!("on-the-spot?{DAY}")).await;
        assert_eq!(fields(spot.at("/totals"), &["closed_on_merits", "on_the_spot", "share"]), [json!([3, 2, 2.0 / 3.0])]);
        let by = report(&desk, &format!("on-the-spot?{DAY}&dimension=decision")).await;
        assert_eq!(fields(by.at("/totals"), &["value", "closed_on_merits", "on_the_spot"]), [json!(["upheld", 3, 2])]);
        // What is opened again has no cause and no last manner yet; that it was closed stays counted.
        angry.post("reopen", &reason("again")).await.expect(200);
        let causes = report(&desk, &format!("causes?{DAY}")).await;
        assert_eq!(fields(causes.at("/totals"), &names), [json!(["tools", 2, 1.0, 1.0])]);
        let types = report(&desk, &format!("types?{DAY}")).await;
        assert_eq!(fields(types.at("/totals"), &["first", "last", "n"]), [json!(["angry", "angry", 2])]);
        let again = report(&desk, &format!("reopen?{DAY}")).await;
        let names = ["closed", "reopened_by_desk", "disputed", "not_satisfied", "reopened_share"];
        assert_eq!(fields(again.at("/totals"), &names), [json!([3, 1, 0, 0, 1.0 / 3.0])]);
    }
}

on_both! {
    async fn a_customer_who_does_not_accept_or_is_not_satisfied_is_counted(desk) {
        let case = Case::worked(&desk).await;
        let promise = case.promise(10, 60).await;
        desk.pass(TimeDelta::minutes(20));
        case.attempt(&promise, &crate::fixtures::reached(false)).await;
        let (filed, address) = Case::filed(&desk).await;
        filed.post("withdraw", &reason("it works")).await.expect(200);
        desk.anonymous().post(&format!("{address}/dispute"), &reason("it does not")).await.expect(200);
        let again = report(&desk, &format!("reopen?{DAY}")).await;
        let names = ["closed", "reopened_by_desk", "disputed", "not_satisfied"];
        assert_eq!(fields(again.at("/totals"), &names), [json!([1, 0, 1, 1])]);
        let spot = report(&desk, &format!("on-the-spot?{DAY}")).await;
        assert_eq!(fields(spot.at("/totals"), &["closed_on_merits", "share"]), [json!([0, null])], "withdrawn is not on the merits");
    }
}

on_both! {
    async fn agents_are_told_apart_by_who_did_it(desk) {
        a_morning(&desk).await;
        let found = report(&desk, &format!("agents?{DAY}")).await;
        let names = ["value", "logged", "promised", "calls", "reached", "kept", "late", "messages", "closed"];
        assert_eq!(fields(found.at("/totals"), &names), [json!(["test agent", 1, 1, 1, 1, 1, 0, 1, 1])]);
        assert_eq!(found.str("/dimension"), "agent");
    }
}

on_both! {
    async fn a_correction_corrects_the_figures_of_the_past(desk) {
        let case = Case::logged(&desk).await;
        desk.run_jobs().await;
        desk.pass(TimeDelta::days(2));
        let names = ["value", "received"];
        let before = report(&desk, &format!("volumes?{DAY}&dimension=category")).await;
        let was = case.get().await.str("/category").to_owned();
        assert_eq!(fields(before.at("/totals"), &names), [json!([was, 1])]);
        case.edit(&json!({ "category": "billing_errors", "severity": "critical", "kind": "question" })).await.expect(200);
        for _ in 0..2 {
            for (dimension, value) in [("category", "billing_errors"), ("severity", "critical"), ("kind", "question")] {
                let after = report(&desk, &format!("volumes?{DAY}&dimension={dimension}")).await;
                assert_eq!(fields(after.at("/totals"), &names), [json!([value, 1])]);
            }
            let whole = report(&desk, &format!("volumes?{DAY}")).await;
            assert_eq!(whole.at("/totals/0/received"), &json!(1));
            desk.pass(TimeDelta::minutes(2));
            desk.run_jobs().await;
        }
    }
}

on_both! {
    async fn what_reached_us_earlier_counts_from_then(desk) {
        // A letter that lay from Friday evening, 20 November, is logged on Monday.
        let letter = merged(by_phone(), json!({ "channel": "letter", "received_at": "2026-11-20T10:00:00Z" }));
        let case = Case::of(&desk, &letter).await;
        desk.pass(TimeDelta::minutes(30));
        case.post("messages", &json!({ "body": "It has arrived." })).await.expect(200);
        let volumes = report(&desk, "volumes?from=2026-11-20&to=2026-11-23").await;
        assert_eq!(fields(volumes.at("/rows"), &["received", "acknowledged"]), [json!([1, 0]), json!([0, 0]), json!([0, 0]), json!([0, 1])]);
        let times = report(&desk, &format!("response-times?{DAY}")).await;
        let exact = f64::from((24 + 24 + 15) * 3_600 + 1_800);
        assert_eq!(fields(times.at("/totals"), &["n", "mean_seconds"])[..2], [json!([1, exact]), json!([1, exact])]);
        // The desk closed at 18:00 on Friday, when it came, and opened at 9:00 on Monday, half an hour before.
        let times = report(&desk, &format!("response-times?{DAY}&time=business")).await;
        assert_eq!(fields(times.at("/totals"), &["n", "mean_seconds"])[..2], [json!([1, 1800.0]), json!([1, 1800.0])]);
    }
}

on_both! {
    async fn breaches_are_counted_when_they_were_not_when_they_were_noticed(desk) {
        let case = Case::logged(&desk).await;
        let (db, id) = (desk.app.db.clone(), ComplaintId(case.id.parse().unwrap()));
        let notice = |at: &str, policy: &str, metric: &str| TimelineEntry {
            complaint_id: id,
            id: EntryId::new(desk.now()),
            action: "clock_breached".to_owned(),
            actor_kind: ActorKind::System,
            actor: "hark".to_owned(),
            before: None,
            after: Some(Json(json!({ "policy": policy, "metric": metric, "signal_at": at }))),
            request_id: None,
            happened_at: desk.now(),
        };
        let entries = vec![
            notice("2026-11-23T01:00:00Z", "default", "first_response"),
            notice("2026-11-22T15:59:59Z", "default", "resolve"),
            notice("2026-11-23T02:00:00Z", "uk_disp", "resolve"),
        ];
        let write = move || db.write_blocking(move |conn| {
            for entry in &entries {
                hark::on_each!(conn, c => diesel::insert_into(timeline_entries::table).values(entry).execute(c))?;
            }
            record::told(conn, &Policy::default(), &entries)
        });
        std::thread::spawn(write).join().unwrap().unwrap();
        let found = report(&desk, "breaches?from=2026-11-22&to=2026-11-23&dimension=policy").await;
        assert_eq!(fields(found.at("/rows"), &["period", "value", "breached"]), [
            json!(["2026-11-22", "default", 1]), json!(["2026-11-23", "default", 1]), json!(["2026-11-23", "uk_disp", 1]),
        ]);
        let found = report(&desk, "breaches?from=2026-11-22&to=2026-11-23&dimension=metric&value=resolve").await;
        assert_eq!(found.at("/totals/0/breached"), &json!(2));
        let figures = desk.anonymous().get("/metrics").await.expect(200).text;
        assert!(figures.contains("\nhark_desk_breaches_total{policy=\"default\"} 2\n"), "{figures}");
        let sums = everything(&desk);
        build_anew(&desk);
        assert_eq!(everything(&desk), sums);
    }
}
