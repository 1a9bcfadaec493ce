//! Cursors, ids, queries and headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hark::api::fuzzing::addresses(bytes));
