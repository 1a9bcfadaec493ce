//! The tests of the whole: over HTTP, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and waits by the real clock"
)]

mod architecture;
mod attachments;
mod audit;
mod call_backs;
mod casework;
mod clocks;
mod command_line;
mod complaints;
mod contract;
mod crash;
mod customers;
mod fixtures;
mod fuzzing;
mod groups;
mod health;
mod journeys;
mod leads;
mod live;
mod migrations;
mod monitoring;
mod open_id;
mod pages;
mod playbooks;
mod privacy;
mod properties;
mod public;
mod races;
mod reports;
mod rules;
mod security;
mod service_tokens;
mod sign_in;
mod sla;
mod staff;
mod support;
mod traces;
mod typing;
mod work;
