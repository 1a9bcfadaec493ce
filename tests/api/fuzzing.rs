//! A short run of the fuzz targets: the seeds in `fuzz/corpus/` as they are, then changed at random, then any bytes.
//! What a fuzzer has found once is kept there and can never come back unseen. `CONTRIBUTING.md` says how to fuzz for long.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hark::api::fuzzing::{TARGETS, Target};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder().join("corpus").join(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Pieces that mean something to one of the readers.
const PIECES: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1e999",
    "18446744073709551616",
    "\\u0000",
    "\\ud800",
    "\\u202e",
    "=",
    ";",
    "%00",
    "%ff",
    "&",
    "/",
    "\\",
    "..",
    "\n",
    "\r",
    "\0",
    " ",
    "\u{3000}",
    "\u{200b}",
    "\u{301}",
    "ﷺ",
    "İ",
    "ß",
    "转",
    "分机",
    "投诉",
    "👩‍👧",
    "@",
    "+",
    "-",
    "ext",
    "１",
    "٣",
    "[::1]",
    "\"[::ffff:1.1.1.1]:1\"",
    "bytes=",
    "\u{feff}",
    "<svg",
    "%PDF-",
];

/// One to four changes: a bit, a byte, a piece put in or over, a part taken out, doubled or from another seed.
fn changed(rng: &mut StdRng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[rng.random_range(0..seeds.len())].clone();
    for _ in 0..rng.random_range(1..5_u32) {
        let at = rng.random_range(0..=bytes.len());
        let until = rng.random_range(at..=bytes.len().min(at + 16));
        match rng.random_range(0..7_u32) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8_u32),
            1 if at < bytes.len() => bytes[at] = rng.random(),
            2 => drop(bytes.drain(at..until)),
            3 => {
                let part = bytes[at..until].to_vec();
                bytes.splice(at..at, part);
            }
            4 => {
                let other = &seeds[rng.random_range(0..seeds.len())];
                let from = rng.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
            _ => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                bytes.splice(at..until, piece.bytes());
            }
        }
    }
    bytes
}

/// Does it, and shows the bytes if it panics.
fn feed(name: &str, target: Target, bytes: &[u8]) {
    if let Err(cause) = std::panic::catch_unwind(|| target(bytes)) {
        let shown = bytes.escape_ascii();
        say(&format!(
            "`{name}` does not stand b\"{shown}\": keep it in fuzz/corpus/{name}/"
        ));
        std::panic::resume_unwind(cause);
    }
}

/// How long each target is fed changed seeds at most, and then again as long any bytes.
const EACH: Duration = Duration::from_millis(1_500);
/// How many of each at most: a fast machine has no luck of its own.
const MOST: usize = 3_500;

fn short_run(name: &str) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    let seeds = seeds(name);
    assert!(seeds.len() >= 10, "few seeds");
    seeds.iter().for_each(|seed| feed(name, *target, seed));
    let mut rng = StdRng::seed_from_u64(20_261_126);
    let (start, mut mutations) = (Instant::now(), 0);
    while start.elapsed() < EACH && mutations < MOST {
        feed(name, *target, &changed(&mut rng, &seeds));
        mutations += 1;
    }
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let any = (
        any::<u8>(),
        prop_oneof![any::<String>().prop_map(String::into_bytes), any::<Vec<u8>>()],
    );
    let (start, mut drawn) = (Instant::now(), 0);
    while start.elapsed() < EACH && drawn < MOST {
        let (choice, mut bytes) = any.new_tree(&mut runner).unwrap().current();
        bytes.insert(0, choice);
        feed(name, *target, &bytes);
        drawn += 1;
    }
    say(&format!(
        "`{name}`: {} seeds, {mutations} changed ones, {drawn} of any bytes",
        seeds.len()
    ));
    assert!(
        mutations > 200 && drawn > 200,
        "a run on the spot: {mutations} and {drawn}"
    );
}

#[test]
fn what_reads_addresses_and_headers_stands_any_bytes() {
    short_run("addresses");
}

#[test]
fn what_reads_bodies_stands_any_bytes() {
    short_run("bodies");
}

#[test]
fn what_reads_texts_and_files_stands_any_bytes() {
    short_run("texts");
}

#[test]
fn every_target_has_its_program_and_every_program_its_entry() {
    let programs: BTreeSet<String> = std::fs::read_dir(folder().join("fuzz_targets"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for program in &programs {
        assert!(
            manifest.contains(&format!("name = \"{program}\"\npath = \"fuzz_targets/{program}.rs\"")),
            "{program}"
        );
    }
    for (name, _) in TARGETS {
        assert!(programs.contains(*name), "{name}");
    }
}

/// For who looks at the run.
fn say(line: &str) {
    use std::io::Write as _;
    let _gone = writeln!(std::io::stderr(), "{line}");
}
