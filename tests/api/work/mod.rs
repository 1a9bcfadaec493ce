//! `/api/v1/work`: the queue, who holds what, and taking the next piece.

mod history;
mod lists;
mod people;
mod queued;
pub mod routing;
mod taking;

pub use queued::assert_queued;

use serde_json::{Value, json};

use crate::fixtures::{COMPLAINTS, log, merged};
use crate::journeys::by_phone;
use crate::support::{Client, Desk, Reply};

pub const TAKE: &str = "/api/v1/work/take-next";
pub const QUEUE: &str = "/api/v1/work/queue";
pub const MINE: &str = "/api/v1/work/mine";

/// Asks for the next piece of work.
pub async fn take(client: &Client) -> Reply {
    client.send(reqwest::Method::POST, TAKE, None).await
}

/// A complaint of another customer each time, with these changes; gives its id.
pub async fn logged(desk: &Desk, changes: Value) -> String {
    let phone = format!("139 0013 {:04}", desk.rows("complaints"));
    let body = merged(by_phone(), json!({ "customer": { "phone": phone } }));
    log(&desk.agent(), &merged(body, changes)).await.id().to_owned()
}

/// Gives a complaint to a team.
pub async fn give(desk: &Desk, id: &str, team: &str) {
    let admin = desk.client(hark::domain::staff::Role::Admin);
    let path = format!("{COMPLAINTS}/{id}/assign");
    admin.post(&path, &json!({ "team": team })).await.expect(200);
}
