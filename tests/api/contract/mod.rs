//! What holds for every operation.

mod access;
mod idempotency;
mod openapi;
mod operations;
mod problems;
mod requests;
mod versions;
