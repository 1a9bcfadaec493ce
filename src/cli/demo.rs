//! Filling an empty database with a believable desk.

use indicatif::{ProgressBar, ProgressStyle};

use super::{DemoArgs, say};
use crate::clock::Clock;
use crate::db::migrate;
use crate::demo::{self, Plan};
use crate::error::{Error, Result};
use crate::settings::Settings;

/// How far back the history of the demo reaches.
const DAYS: i64 = 60;

pub(super) fn run(settings: &Settings, args: &DemoArgs) -> Result<()> {
    let target = settings.target()?;
    migrate::migrate(&target)?;
    let plan = Plan {
        complaints: args.complaints,
        seed: args.seed,
        now: Clock::System.now(),
        days: DAYS,
        clocks: !args.without_clocks,
    };
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} complaints, {eta} left")
        .map_err(Error::internal)?;
    let bar = ProgressBar::new(args.complaints).with_style(style);
    let filled = demo::fill(&target, &plan, &settings.policy(), &|written| bar.set_position(written))?;
    bar.finish_and_clear();
    say(&format!(
        "{} complaints of {} customers, {DAYS} days of history:",
        filled.complaints, filled.customers
    ));
    for (state, n) in &filled.by_state {
        say(&format!("  {n:>9}  {state}"));
    }
    for (decision, n) in &filled.by_decision {
        say(&format!("  {n:>9}  closed as {decision}"));
    }
    for link in &filled.links {
        say(&format!(
            "Follow {} ({}): /track/{}",
            link.reference, link.subject, link.tracking_token
        ));
    }
    say("Sign in as somebody of the desk: `hark admin reset-password --handle li.na` (she leads) or `chen.yu`");
    say("(an agent) prints a link that sets the password.");
    say("Now start `hark serve`.");
    Ok(())
}
