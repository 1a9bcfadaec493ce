//! Settings: defaults < file < environment < flags. This file is the one place where each is described.
//!
//! The file is TOML with the same names as the flags, `_` for `-` (`bind = "0.0.0.0:8080"`).

pub mod edge;
pub mod sign_in;

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::TimeDelta;
use clap::ValueEnum;

use crate::app::Front;
use crate::db::conn::Target;
use crate::domain::policy::Policy;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::telemetry::traces::Collector;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Human,
    /// For programs: one JSON object a line.
    Json,
}

/// What holds while a customer has said nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SharingDefault {
    /// Shared until the customer refuses.
    Allowed,
    /// Not shared until the customer agrees.
    Refused,
}

/// A database URL; `Debug` hides what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// A secret in the settings; `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

fn hidden(text: &str) -> Result<Hidden, String> {
    Ok(Hidden(text.to_owned()))
}

impl Hidden {
    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

fn secret_key(text: &str) -> Result<Hidden, String> {
    Keys::of(text)
        .map(|_| Hidden(text.to_owned()))
        .map_err(|e| e.to_string())
}

fn database_url(text: &str) -> Result<DatabaseUrl, String> {
    Target::parse(text)
        .map_err(|e| e.to_string())
        .map(|_| DatabaseUrl(text.to_owned()))
}

fn collector(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match rest {
        Some(rest) if !rest.is_empty() && reqwest::Url::parse(text).is_ok() => Ok(text.to_owned()),
        _ => Err("otlp_endpoint: a URL with http:// or https://".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a number from 0 to 1".to_owned())
}

fn region(text: &str) -> Result<String, String> {
    text.parse::<rlibphonenumber::Region>()
        .map(|_| text.to_owned())
        .map_err(|_| "two capital letters (ISO 3166-1), such as CN".to_owned())
}

fn time_zone(text: &str) -> Result<String, String> {
    text.parse::<chrono_tz::Tz>()
        .map(|zone| zone.to_string())
        .map_err(|_| "an IANA time zone, such as Asia/Shanghai".to_owned())
}

/// What an installation decides for itself.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Where to listen.
    #[arg(
        long,
        global = true,
        env = "HARK_BIND",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS:PORT"
    )]
    pub bind: SocketAddr,

    /// Where the embedded database and other files of the service live.
    #[arg(
        long,
        global = true,
        env = "HARK_DATA_DIR",
        default_value = "hark-data",
        value_name = "FOLDER"
    )]
    pub data_dir: PathBuf,

    /// The database: postgres://user:password@host/name, or sqlite:PATH. The embedded database in the data folder when left out.
    #[arg(long, global = true, env = "HARK_DATABASE_URL", hide_env_values = true, value_name = "URL", value_parser = database_url)]
    pub database_url: Option<DatabaseUrl>,

    /// The installation's secret, at least 32 characters; every process needs the same one. Left out, it is made at the first start and kept in the file secret.key of the data folder.
    #[arg(long, global = true, env = "HARK_SECRET_KEY", hide_env_values = true, value_name = "SECRET", value_parser = secret_key)]
    pub secret_key: Option<Hidden>,

    /// Database connections of this process. Left out: 10 to PostgreSQL; to the embedded database, whose work is done on this machine, twice as many as processors, from 4 to 10.
    #[arg(long, global = true, env = "HARK_DATABASE_CONNECTIONS", value_name = "N", value_parser = clap::value_parser!(u32).range(2..=200))]
    pub database_connections: Option<u32>,

    /// What to log: error, warn, info, debug or trace, also by module (`info,hark::db=debug`).
    #[arg(long, global = true, env = "HARK_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,

    /// How to write log lines.
    #[arg(
        long,
        global = true,
        env = "HARK_LOG_FORMAT",
        default_value = "human",
        value_name = "FORMAT"
    )]
    pub log_format: LogFormat,

    /// Where traces are sent: the base URL of a collector that takes OTLP over HTTP, such as http://127.0.0.1:4318. Needs a program built with the feature otlp. Nowhere when left out.
    #[arg(long, global = true, env = "HARK_OTLP_ENDPOINT", value_name = "URL", value_parser = collector)]
    pub otlp_endpoint: Option<String>,

    /// Which share of the requests is traced that come without a trace of their caller's, from 0 to 1.
    #[arg(long, global = true, env = "HARK_OTLP_SAMPLE_RATIO", default_value = "1", value_name = "SHARE", value_parser = share)]
    pub otlp_sample_ratio: f64,

    /// HTTP threads; 0 for one for each processor.
    #[arg(
        long,
        global = true,
        env = "HARK_HTTP_THREADS",
        default_value_t = 0,
        value_name = "N"
    )]
    pub http_threads: u16,

    /// How long requests in progress may take to finish on shutdown, seconds.
    #[arg(
        long,
        global = true,
        env = "HARK_SHUTDOWN_SECONDS",
        default_value_t = 15,
        value_name = "SECONDS"
    )]
    pub shutdown_seconds: u16,

    /// The largest request body, bytes.
    #[arg(
        long,
        global = true,
        env = "HARK_BODY_LIMIT",
        default_value_t = 262_144,
        value_name = "BYTES"
    )]
    pub body_limit: usize,

    /// How often the background jobs run, seconds.
    #[arg(long, global = true, env = "HARK_JOB_SECONDS", default_value_t = 15, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub job_seconds: u32,

    /// The region of phone numbers written without a country code (ISO 3166-1).
    #[arg(long, global = true, env = "HARK_DEFAULT_REGION", default_value = "CN", value_name = "REGION", value_parser = region)]
    pub default_region: String,

    /// The time zone of customers who have not told theirs (IANA).
    #[arg(long, global = true, env = "HARK_DEFAULT_TIME_ZONE", default_value = "Asia/Shanghai", value_name = "ZONE", value_parser = time_zone)]
    pub default_time_zone: String,

    /// The language of customers who have not told theirs (BCP 47).
    #[arg(
        long,
        global = true,
        env = "HARK_DEFAULT_LANGUAGE",
        default_value = "zh-CN",
        value_name = "LANGUAGE"
    )]
    pub default_language: String,

    /// Unanswered call-back attempts after which a customer counts as unreachable.
    #[arg(long, global = true, env = "HARK_CALL_BACK_ATTEMPTS", default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=20))]
    pub call_back_attempts: i32,

    /// Minutes that such attempts are apart at least; one that comes sooner after the last one that counts is kept, and does not count.
    #[arg(long, global = true, env = "HARK_CALL_BACK_GAP_MINUTES", default_value_t = 30, value_name = "MINUTES", value_parser = clap::value_parser!(u16).range(0..=1440))]
    pub call_back_gap_minutes: u16,

    /// Hours after its window in which a promised call-back without any attempt counts as broken.
    #[arg(
        long,
        global = true,
        env = "HARK_CALL_BACK_GRACE_HOURS",
        default_value_t = 24,
        value_name = "HOURS"
    )]
    pub call_back_grace_hours: u16,

    /// Minutes from receipt within which a case closed in the first contact was resolved on the spot.
    #[arg(
        long,
        global = true,
        env = "HARK_ON_THE_SPOT_MINUTES",
        default_value_t = 60,
        value_name = "MINUTES"
    )]
    pub on_the_spot_minutes: u16,

    /// Days in which a complaint of the same customer may be a duplicate.
    #[arg(
        long,
        global = true,
        env = "HARK_DUPLICATE_DAYS",
        default_value_t = 30,
        value_name = "DAYS"
    )]
    pub duplicate_days: u16,

    /// Of a hundred drafts, for how many the agent decides on the customer's type before seeing a proposal.
    #[arg(long, global = true, env = "HARK_TYPING_BLIND_PERCENT", default_value_t = 10, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub typing_blind_percent: u8,

    /// Hours for which the answer to an idempotency key is kept.
    #[arg(
        long,
        global = true,
        env = "HARK_IDEMPOTENCY_HOURS",
        default_value_t = 48,
        value_name = "HOURS"
    )]
    pub idempotency_hours: u16,

    /// Whether the sales modules see the records of customers who have not said whether they may.
    #[arg(
        long,
        global = true,
        env = "HARK_SHARE_WITH_SALES_DEFAULT",
        default_value = "allowed",
        value_name = "ANSWER"
    )]
    pub share_with_sales_default: SharingDefault,
    /// How people sign in.
    #[command(flatten)]
    pub sign_in: sign_in::SignInSettings,
    /// The side that is turned to strangers.
    #[command(flatten)]
    pub edge: edge::EdgeSettings,
}

impl Settings {
    /// Which database to use, and how it is reached. Makes the data folder when the embedded one is used.
    ///
    /// # Errors
    /// When the data folder cannot be made.
    pub fn target(&self) -> Result<Target> {
        match &self.database_url {
            Some(url) => Target::parse(&url.0),
            None => {
                std::fs::create_dir_all(&self.data_dir)
                    .map_err(|e| Error::internal(format!("data_dir: cannot make {}: {e}", self.data_dir.display())))?;
                Ok(Target::Sqlite(self.data_dir.join("hark.sqlite3")))
            }
        }
    }

    /// How many connections to hold to a database.
    pub fn connections_to(&self, target: &Target) -> u32 {
        self.database_connections.unwrap_or_else(|| match target {
            Target::Pg(_) => 10,
            Target::Sqlite(_) => {
                let processors = std::thread::available_parallelism().map_or(1, usize::from);
                u32::try_from(2 * processors).unwrap_or(10).clamp(4, 10)
            }
        })
    }

    /// Where traces go, if anywhere.
    pub fn collector(&self) -> Option<Collector<'_>> {
        Some(Collector {
            url: self.otlp_endpoint.as_deref()?,
            ratio: self.otlp_sample_ratio,
        })
    }

    /// The keys of this installation.
    ///
    /// # Errors
    /// When the key file cannot be read or made.
    pub fn keys(&self) -> Result<Keys> {
        match &self.secret_key {
            Some(secret) => Keys::of(secret.reveal()),
            None => Keys::from_folder(&self.data_dir),
        }
    }

    /// Where people reach the service that listens at `address`, without a slash at the end.
    pub fn base_url(&self, address: SocketAddr) -> String {
        match &self.sign_in.public_url {
            Some(url) => url.clone(),
            None => format!("http://{address}"),
        }
    }

    /// How people reach the service.
    ///
    /// # Errors
    /// When the settings of the OpenID provider do not fit together.
    pub fn front(&self) -> Result<Front> {
        self.sign_in.front(self.bind)
    }

    /// The rules for the domain.
    pub fn policy(&self) -> Policy {
        Policy {
            call_back_attempts: self.call_back_attempts,
            call_back_gap: TimeDelta::minutes(self.call_back_gap_minutes.into()),
            call_back_grace: TimeDelta::hours(self.call_back_grace_hours.into()),
            on_the_spot_within: TimeDelta::minutes(self.on_the_spot_minutes.into()),
            duplicate_within: TimeDelta::days(self.duplicate_days.into()),
            default_region: self.default_region.clone(),
            default_time_zone: self.default_time_zone.clone(),
            default_language: self.default_language.clone(),
            typing_blind_percent: self.typing_blind_percent,
            idempotency_kept: TimeDelta::hours(self.idempotency_hours.into()),
            share_with_sales: self.share_with_sales_default == SharingDefault::Allowed,
            sign_in: self.sign_in.policy(),
            attachments: self.edge.attachment_limits(),
        }
    }
}
