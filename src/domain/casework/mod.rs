//! What makes work on many complaints short: canned texts, macros, bulk actions, saved views.

pub mod bulk;
pub mod macros;
mod named;
pub mod texts;
pub mod views;
