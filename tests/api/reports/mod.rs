//! Reports: against figures computed by hand, and against building the sums anew.

mod asking;
mod desk;
mod figures;
mod files;
mod merging;
mod review;
mod sums;
mod walk;

use chrono::TimeDelta;
use hark::domain::policy::Policy;
use hark::domain::reporting::{fold, rebuild};
use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::fixtures::{Case, reached};
use crate::journeys::{by_phone, upheld};
use crate::support::{Client, Desk, Reply};

/// Where reports are.
pub const REPORTS: &str = "/api/v1/reports";

/// Who watches figures.
pub fn watcher(desk: &Desk) -> Client {
    desk.client(Role::Operations)
}

/// A report.
pub async fn report(desk: &Desk, query: &str) -> Reply {
    watcher(desk).get(&format!("{REPORTS}/{query}")).await.expect(200)
}

/// Some fields of each row.
pub fn fields(rows: &Value, names: &[&str]) -> Vec<Value> {
    let pick = |row: &Value| names.iter().map(|name| row[*name].clone()).collect();
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| Value::Array(pick(row)))
        .collect()
}

/// Everything that is summed up, folded or not.
pub fn everything(desk: &Desk) -> Vec<String> {
    let db = desk.app.db.clone();
    let read = move || db.read_blocking(rebuild::everything);
    std::thread::spawn(read).join().unwrap().unwrap()
}

/// Builds the sums anew.
pub fn build_anew(desk: &Desk) -> rebuild::Rebuilt {
    let (db, clock) = (desk.app.db.clone(), desk.app.clock.clone());
    let build = move || rebuild::rebuild(&db, &Policy::default(), &|| clock.now(), &mut |_, _| {});
    std::thread::spawn(build).join().unwrap().unwrap()
}

/// Folds what waits, a few rows at a time; gives how many there were.
pub fn fold_all(desk: &Desk, at_once: i64) -> usize {
    let (db, now) = (desk.app.db.clone(), desk.now());
    let fold = move || {
        let mut done = 0;
        while let Some(gathered) = db.read_blocking(|conn| fold::gather(conn, at_once))? {
            done += db.write_blocking(move |conn| fold::keep(conn, now, &gathered))?;
        }
        Ok::<_, hark::error::Error>(done)
    };
    std::thread::spawn(fold).join().unwrap().unwrap()
}

/// Monday, from 09:00 in Shanghai. An angry caller is called back and ends friendly at 11:20; then a customer files
/// by the web, and is answered an hour later, at 12:20.
pub async fn a_morning(desk: &Desk) -> (Case<'_>, Case<'_>) {
    let angry = Case::of(desk, &by_phone()).await;
    desk.pass(TimeDelta::minutes(10));
    angry.work().await;
    let promise = angry.promise(120, 180).await;
    desk.pass(TimeDelta::minutes(125));
    angry.attempt(&promise, &reached(true)).await;
    angry
        .put("customer-type", &json!({ "customer_type": "friendly" }))
        .await
        .expect(200);
    desk.pass(TimeDelta::minutes(5));
    angry.post("close", &upheld()).await.expect(200);
    let (filed, _) = Case::filed(desk).await;
    desk.pass(TimeDelta::minutes(60));
    filed
        .post("messages", &json!({ "body": "We are on it." }))
        .await
        .expect(200);
    (angry, filed)
}
