//! The audit: what leaves an event, what an event tells, and that nothing in it can be changed unseen.

mod refusals;
mod seals;
pub mod trail;

/// Where events are.
pub const EVENTS: &str = "/api/v1/audit/events";
