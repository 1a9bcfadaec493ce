//! `/api/v1/complaints`.

mod changes;
mod close;
mod edit;
mod intake;
mod list;
mod messages;
mod recognition;
mod search;
mod skipping;
mod steps;
mod timeline;
