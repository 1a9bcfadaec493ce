//! The reports from the command line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::say;
use crate::clock::Clock;
use crate::db::{Db, migrate};
use crate::domain::reporting::rebuild;
use crate::domain::reporting::review::{self, ReviewForm};
use crate::domain::staff::Act;
use crate::error::{Error, Result};
use crate::review::{self as page, Language};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum ReportsCommand {
    /// Build the sums of the reports anew from the timelines of all complaints, also while Hark is running.
    ///
    /// The worker does it by itself after a change of the zone or the standard calendar.
    Rebuild,
    /// Write the management review of a period (ISO 10002, 8.6): one page with charts and tables, ready to be printed.
    Review {
        /// The first day, in the desk's zone; 29 days before the last when left out.
        #[arg(long, value_name = "DAY")]
        from: Option<NaiveDate>,
        /// The last day; today when left out.
        #[arg(long, value_name = "DAY")]
        to: Option<NaiveDate>,
        /// In which language: `en` or `zh-CN`; the desk's own when left out.
        #[arg(long, value_name = "LANGUAGE")]
        language: Option<Language>,
        /// Where the page goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(super) fn run(settings: &Settings, command: &ReportsCommand) -> Result<()> {
    match command {
        ReportsCommand::Rebuild => rebuild(settings),
        ReportsCommand::Review {
            from,
            to,
            language,
            out,
        } => {
            let form = ReviewForm { from: *from, to: *to };
            write_review(settings, form, *language, out)
        }
    }
}

fn rebuild(settings: &Settings) -> Result<()> {
    let target = settings.target()?;
    migrate::migrate(&target)?;
    let db = Db::open(&target, 4)?;
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} complaints, {eta} left")
        .map_err(Error::internal)?;
    let bar = ProgressBar::new(0).with_style(style);
    let mut progress = |done: u64, all: u64| {
        bar.set_length(all.max(done));
        bar.set_position(done);
    };
    let rebuilt = rebuild::rebuild(&db, &settings.policy(), &|| Clock::System.now(), &mut progress)?;
    bar.finish_and_clear();
    say(&format!(
        "{} sums were built from {} complaints.",
        rebuilt.sums, rebuilt.complaints
    ));
    Ok(())
}

fn write_review(settings: &Settings, form: ReviewForm, language: Option<Language>, out: &Path) -> Result<()> {
    let policy = Arc::new(settings.policy());
    let db = Db::open(&settings.target()?, 2)?;
    let act = Act::of_system(Clock::System.now(), Arc::clone(&policy));
    let found = db.read_blocking(|conn| review::review(conn, &act, form))?;
    let language = language.unwrap_or(match policy.default_language.starts_with("zh") {
        true => Language::Zh,
        false => Language::En,
    });
    let page = page::page(&found, language, act.now)?;
    std::fs::write(out, page).map_err(|e| Error::internal(format!("{}: {e}", out.display())))?;
    say(&format!("{}: {} to {}", out.display(), found.from, found.to));
    Ok(())
}
