//! What a complaint desk does: no HTTP, no pages, one folder for each noun.

pub mod audit;
pub mod casework;
pub mod challenges;
pub mod check;
pub mod complaints;
pub mod customers;
pub mod drafts;
pub mod events;
pub mod idempotency;
pub mod improvement;
pub mod intervals;
pub mod notifications;
pub mod policy;
pub mod presence;
pub mod privacy;
pub mod reporting;
pub mod reviews;
pub mod rules;
pub mod search;
pub mod sla;
pub mod staff;
pub mod tries;
pub mod typing;
pub mod versions;
pub mod work;
