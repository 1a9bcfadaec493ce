//! Customers: who they are and how they are recognised.

pub mod bulk;
pub mod contact;
pub mod form;
pub mod model;
pub mod privacy;
pub mod recognise;
pub mod record;
mod store;
pub mod vocabulary;

pub use self::model::{ContactKind, Customer, Importance};
pub use self::vocabulary::{CommunicationStyle, CustomerKind, Grade, PrivacyState, ProfitSegment, Stance, Tier};
