//! Call review: calls are drawn at random, a lead listens and fills in a form, colleagues comment, whoever made the call
//! answers, and the lead sees over time how it comes out.
//!
//! Whoever leads the team of the one who called sees everything. The one who called sees their reviews once they are
//! written. Colleagues of the team see which calls were drawn and what was said about them, never the scores.

pub mod form;
pub mod listing;
pub mod model;
pub mod picks;
pub mod privacy;
pub mod reviewing;
mod sight;
mod store;
pub mod summary;
