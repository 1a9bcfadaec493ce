//! `/api/v1/staff`, `/api/v1/roles`, `/api/v1/teams`: people, what they may do, and who takes over when they leave.

mod accounts;
mod hand_over;
mod leaving;
mod own_roles;
mod reach;
mod record_rules;
mod team_work;
mod teams;

use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::support::{Client, Desk};

pub const STAFF: &str = "/api/v1/staff";
pub const TEAMS: &str = "/api/v1/teams";
pub const ROLES: &str = "/api/v1/roles";
pub const TOKENS: &str = "/api/v1/service-tokens";

pub fn admin(desk: &Desk) -> Client {
    desk.client(Role::Admin)
}

/// Adds somebody with a role; gives the id.
pub async fn hire(desk: &Desk, handle: &str, role: &str) -> String {
    let body = json!({ "handle": handle, "name": handle, "role": role });
    admin(desk).post(STAFF, &body).await.expect(201).id().to_owned()
}

/// The id of somebody who works here.
pub async fn id_of(desk: &Desk, handle: &str) -> String {
    let found = admin(desk).get(&format!("{STAFF}?handle={handle}")).await.expect(200);
    found.str("/items/0/id").to_owned()
}

/// Makes a team of people by their handles; gives the id.
pub async fn team(desk: &Desk, name: &str, handles: &[&str]) -> String {
    let made = admin(desk).post(TEAMS, &json!({ "name": name })).await.expect(201);
    for handle in handles {
        let path = format!("{TEAMS}/{}/members/{}", made.id(), id_of(desk, handle).await);
        admin(desk).put(&path, &json!({})).await.expect(200);
    }
    made.id().to_owned()
}

/// A client with a service token of its own.
pub async fn program(desk: &Desk, body: Value) -> Client {
    let made = admin(desk).post(TOKENS, &body).await.expect(201);
    desk.with_token(made.str("/secret"))
}
