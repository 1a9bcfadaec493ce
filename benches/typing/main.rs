//! How long a proposal and a correction take, and how much they allocate.
//!
//! `cargo bench --bench typing`. One core, texts of 200 characters; the yardstick is counting the
//! characters' bigrams in a hash map, run just before and after, so that the ratio says more than the
//! machine does.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark measures time and prints"
)]

use std::alloc::System;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use hark::domain::typing::layer::Learner;
use hark::domain::typing::train::Example;
use hark::domain::typing::{Language, Live, reading};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROUNDS: u32 = 2_000;

/// Microseconds and allocations of one run of `work`.
fn measure(mut work: impl FnMut()) -> (f64, f64) {
    for _ in 0..ROUNDS / 10 {
        work();
    }
    let (started, region) = (Instant::now(), Region::new(COUNTING));
    for _ in 0..ROUNDS {
        work();
    }
    let micros = started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS);
    #[expect(clippy::cast_precision_loss, reason = "a count of allocations")]
    let allocations = region.change().allocations as f64 / f64::from(ROUNDS);
    (micros, allocations)
}

fn yardstick(text: &str) -> f64 {
    let chars: Vec<char> = text.chars().collect();
    measure(|| {
        let mut counts: HashMap<&[char], u32> = HashMap::new();
        for pair in chars.windows(2) {
            *counts.entry(pair).or_default() += 1;
        }
        black_box(counts);
    })
    .0
}

fn main() {
    let live = Live::shipped().expect("the model in the program can be read");
    let zh = "客户来电称上月装的热水器又漏水了，前后打了三次电话都没有人来，厨房的柜子泡坏了，要求这周之内必须派人上门并且赔偿，否则就去消费者协会投诉。";
    let en = "I have called you three times about the same invoice and every time I am told that somebody will ring me back. Nobody does. I want the refund on my card by Friday and I want it in writing. ";
    println!("| | µs | allocations | × bigram count |\n|---|---|---|---|");
    for (language, sample) in [(Language::Zh, zh), (Language::En, en)] {
        let text: String = sample.chars().cycle().take(200).collect();
        let before = yardstick(&text);
        let judged = measure(|| {
            black_box(live.judge_text(language, black_box(&text)));
        });
        let explained = measure(|| {
            black_box(reading::explain(&live, language, black_box(&text)));
        });
        let lesson = Example {
            features: reading::features(&text, language),
            label: 3,
            hand: 0,
            share: 1.0,
        };
        let earlier: Vec<Example> = vec![lesson.clone(); 50];
        let mut learner = Learner::new(&live);
        let learnt = measure(|| learner.learn(language, black_box(&lesson), &earlier));
        let limit = f64::midpoint(before, yardstick(&text));
        for (what, (micros, allocations)) in [
            ("proposal", judged),
            ("with evidence", explained),
            ("correction", learnt),
        ] {
            println!(
                "| {} {what} | {micros:.0} | {allocations:.0} | {:.1} |",
                language.as_str(),
                micros / limit
            );
        }
    }
}
