//! Settings of the public side: limits, addresses behind proxies, proof of work, files.

use std::num::NonZeroU32;

use clap::ValueEnum;
use ipnet::IpNet;

use crate::domain::policy::AttachmentLimits;

/// Whether something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// Which header trusted proxies write the client's address into. Only that one is read: the other
/// may have come from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, with `X-Forwarded-Proto`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// What is done with files while the virus scanner does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScannerDown {
    /// They are refused.
    Refuse,
    /// They are kept, but shown to nobody until they have been scanned.
    Quarantine,
}

fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "a network such as 10.0.0.0/8, or an address".to_owned())
}

fn origin(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '*', ' ', ',']) => Ok(text.to_owned()),
        _ => Err("an origin such as https://www.example.com, without a path".to_owned()),
    }
}

/// What an installation decides about the side that is turned to strangers.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Settings of the public side")]
pub struct EdgeSettings {
    /// Networks of the proxies in front of this service, with commas between. Only they are believed when they say whose request they pass on; none by default.
    #[arg(long, global = true, env = "HARK_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// The header that those proxies write the address of the client into; the other is not read.
    #[arg(
        long,
        global = true,
        env = "HARK_FORWARDED_HEADER",
        default_value = "x-forwarded-for",
        value_name = "HEADER"
    )]
    pub forwarded_header: ForwardedHeader,

    /// Complaints that one address may file in an hour; 0 for no limit.
    #[arg(
        long,
        global = true,
        env = "HARK_RATE_FILING",
        default_value_t = 30,
        value_name = "PER_HOUR"
    )]
    pub rate_filing: u32,

    /// Requests with private links from one address in a minute; 0 for no limit.
    #[arg(
        long,
        global = true,
        env = "HARK_RATE_TRACKING",
        default_value_t = 120,
        value_name = "PER_MINUTE"
    )]
    pub rate_tracking: u32,

    /// Requests with one private link in a minute, from wherever; 0 for no limit.
    #[arg(
        long,
        global = true,
        env = "HARK_RATE_LINK",
        default_value_t = 60,
        value_name = "PER_MINUTE"
    )]
    pub rate_link: u32,

    /// Attempts to sign in from one address in a minute; 0 for no limit.
    #[arg(
        long,
        global = true,
        env = "HARK_RATE_SIGN_IN",
        default_value_t = 30,
        value_name = "PER_MINUTE"
    )]
    pub rate_sign_in: u32,

    /// Other requests without credentials from one address in a minute; 0 for no limit.
    #[arg(
        long,
        global = true,
        env = "HARK_RATE_OPEN",
        default_value_t = 600,
        value_name = "PER_MINUTE"
    )]
    pub rate_open: u32,

    /// Requests of one person or service token in a minute; 0 for no limit.
    #[arg(
        long,
        global = true,
        env = "HARK_RATE_STAFF",
        default_value_t = 60_000,
        value_name = "PER_MINUTE"
    )]
    pub rate_staff: u32,

    /// Whether the public form asks the client for a proof of work.
    #[arg(
        long,
        global = true,
        env = "HARK_PROOF_OF_WORK",
        default_value = "on",
        value_name = "ON_OR_OFF"
    )]
    pub proof_of_work: Switch,

    /// How much work one try of that proof is (rounds of PBKDF2); 256 tries are needed on average.
    #[arg(long, global = true, env = "HARK_PROOF_COST", default_value_t = 5_000, value_name = "ROUNDS", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub proof_cost: u32,

    /// Complaints that one address may file in an hour without that proof (browsers without JavaScript); 0 for none.
    #[arg(
        long,
        global = true,
        env = "HARK_FILING_WITHOUT_PROOF",
        default_value_t = 3,
        value_name = "PER_HOUR"
    )]
    pub filing_without_proof: u32,

    /// Origins of web pages elsewhere that may use this service (CORS), with commas between; none by default.
    #[arg(long, global = true, env = "HARK_CORS_ORIGINS", value_name = "ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<String>,

    /// Connections that one HTTP thread holds at a time; more have to wait.
    #[arg(long, global = true, env = "HARK_MAX_CONNECTIONS", default_value_t = 4_096, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_connections: u32,

    /// How long a client may take to send the headers of a request, seconds.
    #[arg(long, global = true, env = "HARK_HEADER_SECONDS", default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=300))]
    pub header_seconds: u32,

    /// How long a client may take to send a body, seconds; large ones get a second more for every 16 KiB that have come.
    #[arg(long, global = true, env = "HARK_BODY_SECONDS", default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=300))]
    pub body_seconds: u32,

    /// Where attachments are kept: a folder, or s3://bucket/prefix when built with the feature s3. The folder attachments in the data folder when left out.
    #[arg(long, global = true, env = "HARK_FILES", value_name = "PLACE")]
    pub files: Option<String>,

    /// The largest attachment, MiB.
    #[arg(long, global = true, env = "HARK_ATTACHMENT_MIB", default_value_t = 20, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=1_024))]
    pub attachment_mib: u32,

    /// Attachments that a complaint may have.
    #[arg(long, global = true, env = "HARK_ATTACHMENTS_PER_COMPLAINT", default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000))]
    pub attachments_per_complaint: u32,

    /// How large the attachments of a complaint may be together, MiB.
    #[arg(long, global = true, env = "HARK_ATTACHMENT_MIB_PER_COMPLAINT", default_value_t = 100, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub attachment_mib_per_complaint: u32,

    /// How large all attachments may be together, MiB; no limit when left out.
    #[arg(long, global = true, env = "HARK_ATTACHMENT_MIB_TOTAL", value_name = "MIB")]
    pub attachment_mib_total: Option<NonZeroU32>,

    /// The virus scanner (clamd): host:port, or the path of its socket. Attachments are not scanned when left out.
    #[arg(long, global = true, env = "HARK_CLAMD", value_name = "HOST:PORT_OR_PATH")]
    pub clamd: Option<String>,

    /// What is done with attachments while the scanner does not answer.
    #[arg(
        long,
        global = true,
        env = "HARK_CLAMD_DOWN",
        default_value = "refuse",
        value_name = "WHAT"
    )]
    pub clamd_down: ScannerDown,
}

impl Default for EdgeSettings {
    /// What clap gives without any setting.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Alone {
            #[command(flatten)]
            edge: EdgeSettings,
        }
        use clap::{CommandFactory as _, FromArgMatches as _};
        // Without a look at the environment: what is set there is not the default.
        let command = Alone::command().mut_args(|arg| arg.env(clap::builder::Resettable::Reset));
        let matches = command.get_matches_from(["hark"]);
        match Alone::from_arg_matches(&matches) {
            Ok(alone) => alone.edge,
            Err(error) => error.exit(),
        }
    }
}

impl EdgeSettings {
    /// How much may be attached.
    pub fn attachment_limits(&self) -> AttachmentLimits {
        let mib = |n: u32| u64::from(n) << 20;
        AttachmentLimits {
            bytes: mib(self.attachment_mib),
            per_complaint: self.attachments_per_complaint,
            bytes_per_complaint: mib(self.attachment_mib_per_complaint),
            bytes_total: self.attachment_mib_total.map_or(u64::MAX, |n| mib(n.get())),
        }
    }
}
