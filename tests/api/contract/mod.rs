//! What holds for every operation.

pub mod access;
mod idempotency;
mod openapi;
pub mod operations;
mod problems;
mod requests;
mod versions;
