//! The command line.

mod admin;
mod audit;
mod config;
mod demo;
mod file;
mod people;
mod reports;
mod serve;
mod typing;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::api::openapi;
use crate::db::migrate;
use crate::error::{Error, Result};
use crate::settings::Settings;
use crate::telemetry;

/// A complaint and service desk: from the phone call to the kept call-back.
#[derive(Debug, Parser)]
#[command(name = "hark", version, about, arg_required_else_help = false)]
struct Cli {
    #[command(flatten)]
    settings: Settings,

    /// A TOML file with settings; `hark.toml` is read when it is there.
    #[arg(
        long,
        global = true,
        env = "HARK_CONFIG",
        value_name = "FILE",
        help_heading = "Settings"
    )]
    config: Option<std::path::PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate, then serve HTTP and do the background work (the default).
    Serve {
        /// Leave the background work to `hark worker`.
        #[arg(long)]
        without_worker: bool,
    },
    /// Do only the background work.
    Worker,
    /// Bring the database to the present schema.
    Migrate,
    /// Print the OpenAPI file.
    Openapi,
    /// Fill an empty database with a believable desk.
    Demo(DemoArgs),
    /// Show the effective settings and where each comes from; secrets are hidden.
    Config,
    /// Check the audit.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// See to the sums of the reports.
    #[command(subcommand)]
    Reports(reports::ReportsCommand),
    /// Train and test the model that proposes customer types.
    #[command(subcommand)]
    Typing(typing::TypingCommand),
    /// Administer access.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
}

/// How large a desk to make.
#[derive(Debug, Clone, clap::Args)]
struct DemoArgs {
    /// How many complaints.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=5_000_000))]
    complaints: u64,
    /// The same seed on the same day makes the same desk.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Bring no policy of deadlines into force: complaints have no clocks.
    #[arg(long)]
    without_clocks: bool,
}

/// Runs the command line; the exit code is for the shell.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    match try_run(args.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(error)) => error.exit(),
        Err(Failure::Error(error)) => {
            report(&format!("hark: {error}"));
            if let Error::Problem(problem) = &error {
                for field in &problem.errors {
                    report(&format!("  {}: {}", field.pointer, field.detail));
                }
            }
            ExitCode::FAILURE
        }
    }
}

enum Failure {
    Usage(clap::Error),
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<clap::Error> for Failure {
    /// The message of clap repeats the value; that of a database URL may hold a password.
    fn from(error: clap::Error) -> Self {
        let about_url = error
            .context()
            .any(|(_, value)| value.to_string().contains("--database-url"));
        match std::error::Error::source(&error) {
            Some(why) if about_url => Self::Error(Error::internal(why)),
            _ => Self::Usage(error),
        }
    }
}

fn try_run(args: Vec<OsString>) -> Result<(), Failure> {
    let command = file::with_file(Cli::command(), &args)?;
    file::check_environment(&command)?;
    let matches = command.clone().try_get_matches_from(args)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let settings = &cli.settings;
    match cli.command.unwrap_or(Command::Serve { without_worker: false }) {
        Command::Openapi => {
            say(openapi::text()?.trim_end());
            return Ok(());
        }
        Command::Config => {
            say(&config::effective(&command, &matches));
            return Ok(());
        }
        Command::Typing(command) => typing::run(&command)?,
        command => {
            // Until the end: what is on its way to the collector is sent then.
            let _traces = telemetry::start(&settings.log, settings.log_format, settings.collector())?;
            match command {
                Command::Serve { without_worker } => serve::serve(settings, !without_worker)?,
                Command::Worker => serve::worker(settings)?,
                Command::Migrate => {
                    let done = migrate::migrate(&settings.target()?)?;
                    say(&format!("{done} migrations run; the schema is up to date."));
                }
                Command::Demo(args) => demo::run(settings, &args)?,
                Command::Audit(command) => audit::run(settings, command)?,
                Command::Reports(command) => reports::run(settings, &command)?,
                Command::Admin(command) => admin::run(settings, command)?,
                Command::Openapi | Command::Config | Command::Typing(_) => {}
            }
        }
    }
    Ok(())
}

/// Writes a line for the one who called us.
pub(crate) fn say(line: &str) {
    use std::io::Write as _;
    // A caller that has stopped listening (`hark config | head`) wants to hear no more.
    let _gone = writeln!(std::io::stdout().lock(), "{line}");
}

/// Writes a line about a failure.
#[expect(clippy::print_stderr, reason = "a command line talks to its caller")]
fn report(line: &str) {
    eprintln!("{line}");
}
