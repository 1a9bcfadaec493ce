//! Attacks, and what comes of them.

mod sign_in;
