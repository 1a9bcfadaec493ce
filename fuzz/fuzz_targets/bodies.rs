//! The bodies of requests.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hark::api::fuzzing::bodies(bytes));
