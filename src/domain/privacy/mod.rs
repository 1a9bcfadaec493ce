//! The customer's right to their data: consents, restriction, anonymising and erasing, legal holds, retention,
//! and the export of everything held.

pub mod consents;
pub mod export;
pub mod holds;
pub mod model;
pub mod retention;
pub mod states;
mod store;
pub mod vocabulary;

pub use self::vocabulary::{ConsentPurpose, ConsentSource, LegalBasis, NotSent, PrivacyAction, Removal};
