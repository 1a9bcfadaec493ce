//! The customer's right to their data.

mod consents;
pub mod dump;
mod erasure;
mod export;
pub mod marked;
mod retention;
mod silence;
mod states;

use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::fixtures::CUSTOMERS;
use crate::support::{Client, Desk, Reply};

/// Who sees to the customers' right to their data.
pub fn officer(desk: &Desk) -> Client {
    desk.client(Role::Auditor)
}

/// Does something with a customer.
pub async fn on_customer(client: &Client, id: &str, action: &str, body: &Value) -> Reply {
    client.post(&format!("{CUSTOMERS}/{id}/{action}"), body).await
}

/// What a customer says about one purpose.
pub fn says(purpose: &str, given: bool) -> Value {
    json!({ "purpose": purpose, "given": given, "source": "phone", "wording": "May we?" })
}
