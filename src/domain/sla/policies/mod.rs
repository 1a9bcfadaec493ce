//! Policies: by when what has to happen to which complaints. They are data: versions that are only ever added, and a
//! log of which version was in force when.

pub mod book;
pub mod checked;
pub mod model;
pub mod operations;
pub mod preview;
mod store;
