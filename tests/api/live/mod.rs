//! What happens while it happens: events, who is where, drafts, two people on one piece.

mod conflicts;
mod drafts;
mod events;
mod open_streams;
mod order;
mod presence;
mod streams;

/// Where events are.
pub const EVENTS: &str = "/api/v1/events";
