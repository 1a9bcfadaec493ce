//! Complaints: intake, the seven steps, promises to call back, closing.

pub mod attachments;
pub mod bulk;
pub mod call_backs;
pub mod changes;
pub mod closing;
pub mod earlier;
pub mod hand_over;
pub mod history;
pub mod intake;
pub mod links;
pub mod listing;
pub mod messages;
pub mod model;
pub mod privacy;
pub mod procedure;
pub mod public;
pub mod receive;
pub mod reference;
pub mod states;
pub mod steps;
mod store;
mod tallies;
pub mod timeline;
pub mod view;
pub mod vocabulary;
mod work;
