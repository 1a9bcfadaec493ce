//! What is edited, removed or put in another order does not fit its seal.

use chrono::TimeDelta;
use hark::domain::audit::seal::{self, Finding, Verdict};
use hark::domain::staff::Role;
use serde_json::json;

use super::EVENTS;
use crate::fixtures::{CUSTOMERS, Case};
use crate::on_both;
use crate::support::Desk;

fn verify(desk: &Desk, expected: Option<(i64, String)>) -> Verdict {
    let db = desk.app.db.clone();
    let check = move || db.read_blocking(|conn| seal::verify(conn, expected.as_ref()));
    std::thread::spawn(check).join().unwrap().unwrap()
}

/// A desk with two seals over events of all kinds, and some that have none yet.
async fn two_seals(desk: &Desk) -> Verdict {
    let admin = desk.client(Role::Admin);
    let made = admin
        .post(CUSTOMERS, &json!({ "name": "Wang", "phones": ["139 0013 9000"] }))
        .await
        .expect(201);
    let path = format!("{CUSTOMERS}/{}", made.id());
    admin
        .if_match(made.etag())
        .patch(&path, &json!({ "name": "Zhang" }))
        .await
        .expect(200);
    Case::worked(desk).await;
    desk.run_jobs().await;
    desk.pass(TimeDelta::minutes(2));
    Case::worked(desk).await;
    admin.get("/api/v1/complaints").await.expect(200);
    desk.run_jobs().await;
    Case::logged(desk).await;
    let verdict = verify(desk, None);
    assert_eq!(verdict.findings, []);
    assert_eq!((verdict.seals, verdict.unsealed), (2, 1));
    assert_eq!(verdict.events + verdict.unsealed, desk.rows("audit_events"));
    verdict
}

fn findings(desk: &Desk) -> Vec<Finding> {
    verify(desk, None).findings
}

on_both! {
    async fn an_untouched_audit_fits_its_seals_and_the_one_kept_elsewhere(desk) {
        let verdict = two_seals(&desk).await;
        let newest = verdict.newest.unwrap();
        assert_eq!(verify(&desk, Some(newest.clone())).findings, []);
        let listed = desk.client(Role::Auditor).get("/api/v1/audit/seals?limit=1").await.expect(200);
        assert_eq!((listed.at("/items/0/number"), listed.str("/items/0/hash")), (&json!(newest.0), newest.1.as_str()));
        desk.pass(TimeDelta::minutes(2));
        assert_eq!(desk.run_each_job().await["seal_audit"], 1, "the last event gets its seal");
        assert_eq!(verify(&desk, Some(newest)).unsealed, 0);
    }
}

on_both! {
    async fn an_edited_event_is_found_whatever_was_edited(desk) {
        two_seals(&desk).await;
        let put_right = |column: &str| format!("UPDATE audit_events SET {column} = 'x' WHERE seal = 2 AND place = 1");
        for column in ["actor", "action", "purpose", "request_id", "address"] {
            let kept = format!("CREATE TABLE kept AS SELECT {column} AS was FROM audit_events WHERE seal = 2 AND place = 1");
            desk.execute(&kept);
            assert_eq!(desk.execute(&put_right(column)), 1);
            assert_eq!(findings(&desk), [Finding::Edited(2)], "{column}");
            desk.execute(&format!(
                "UPDATE audit_events SET {column} = (SELECT was FROM kept) WHERE seal = 2 AND place = 1"
            ));
            desk.execute("DROP TABLE kept");
            assert_eq!(findings(&desk), [], "{column} as it was");
        }
        assert_eq!(desk.execute("UPDATE audit_events SET fields = '{}' WHERE seal = 1 AND place = 2"), 1);
        assert_eq!(findings(&desk), [Finding::Edited(1)]);
    }
}

on_both! {
    async fn a_removed_event_is_found(desk) {
        two_seals(&desk).await;
        assert_eq!(desk.execute("DELETE FROM audit_events WHERE seal = 1 AND place = 2"), 1);
        assert!(matches!(findings(&desk)[..], [Finding::WrongNumber { seal: 1, .. }]));
    }
}

on_both! {
    async fn events_in_another_order_are_found(desk) {
        two_seals(&desk).await;
        desk.execute("UPDATE audit_events SET place = 3 - place WHERE seal = 1 AND place IN (1, 2)");
        assert_eq!(findings(&desk), [Finding::Edited(1)]);
    }
}

on_both! {
    async fn an_event_moved_to_another_seal_is_found(desk) {
        two_seals(&desk).await;
        desk.execute("UPDATE audit_events SET seal = 2, place = 900 WHERE seal = 1 AND place = 1");
        let found = findings(&desk);
        assert!(matches!(found[..], [Finding::WrongNumber { seal: 1, .. }, Finding::WrongNumber { seal: 2, .. }]));
    }
}

on_both! {
    async fn a_customer_taken_off_an_event_is_found(desk) {
        two_seals(&desk).await;
        let sql = "DELETE FROM audit_subjects WHERE event_id =
            (SELECT id FROM audit_events WHERE seal = 1 AND action = 'complaint.received')";
        assert_eq!(desk.execute(sql), 1);
        assert_eq!(findings(&desk), [Finding::Edited(1)]);
    }
}

on_both! {
    async fn a_removed_or_forged_seal_is_found(desk) {
        let verdict = two_seals(&desk).await;
        desk.execute("UPDATE audit_seals SET hash = previous WHERE number = 1");
        assert_eq!(findings(&desk), [Finding::Edited(1), Finding::BrokenChain(2)]);
        desk.execute("DELETE FROM audit_seals WHERE number = 1");
        assert_eq!(findings(&desk), [Finding::MissingSeal(1), Finding::UnknownSeal(1)]);
        desk.execute("DELETE FROM audit_seals");
        desk.execute("DELETE FROM audit_events");
        let gone = verify(&desk, verdict.newest.clone());
        assert_eq!(gone.findings, [Finding::NotAsExpected(verdict.newest.unwrap().0)], "the end was cut off");
    }
}

on_both! {
    async fn a_forgotten_value_is_no_finding_but_an_edited_one_is(desk) {
        two_seals(&desk).await;
        desk.execute("UPDATE audit_values SET value = '\"Li\"' WHERE id = (SELECT id FROM audit_values ORDER BY id LIMIT 1)");
        assert!(matches!(findings(&desk)[..], [Finding::EditedValue(_)]));
        desk.execute("DELETE FROM audit_values");
        assert_eq!(findings(&desk), []);
        let changed = desk.client(Role::Auditor).get(&format!("{EVENTS}?action=customer.changed")).await.expect(200);
        let path = format!("{EVENTS}/{}", changed.str("/items/0/id"));
        let detail = desk.client(Role::Auditor).get(&path).await.expect(200);
        let values = detail.json["values"].as_object().unwrap();
        assert!(!values.is_empty() && values.values().all(serde_json::Value::is_null));
    }
}
