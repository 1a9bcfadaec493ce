//! Customers: who they are and how they are recognised.

pub mod bulk;
pub mod contact;
pub mod model;
pub mod privacy;
pub mod recognise;
pub mod record;
mod store;

pub use self::model::{ContactKind, Customer, CustomerKind, PrivacyState, Tier};
