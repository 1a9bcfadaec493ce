//! Searches, contact points, references, files, challenges, passwords and tokens.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hark::api::fuzzing::texts(bytes));
