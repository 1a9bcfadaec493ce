//! Settings of how people sign in.

use std::net::SocketAddr;

use chrono::TimeDelta;
use clap::ValueEnum;

use super::{Hidden, hidden};
use crate::app::Front;
use crate::domain::policy::SignIn;
use crate::domain::staff::sign_in::open_id::RoleMap;
use crate::error::{Error, Result};
use crate::open_id::{Provider, Registration};

/// Whether cookies are for TLS only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CookieSecure {
    /// Unless the service listens on a loopback address and is not reached by `https://`.
    Auto,
    /// For TLS only.
    Always,
    /// Also without TLS.
    Never,
}

fn web_address(text: &str) -> Result<String, String> {
    let url = openidconnect::url::Url::parse(text).map_err(|e| e.to_string())?;
    let plain = matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none();
    if plain && url.has_host() && url.username().is_empty() && url.password().is_none() {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err("an address such as https://desk.example.com".to_owned())
    }
}

/// How people sign in.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Settings")]
pub struct SignInSettings {
    /// Where people reach the service, such as `https://desk.example.com`; links and the OpenID provider need it.
    #[arg(long, global = true, env = "HARK_PUBLIC_URL", value_name = "URL", value_parser = web_address)]
    pub public_url: Option<String>,

    /// Whether session cookies are for TLS only: auto means unless the service listens on a loopback address.
    #[arg(
        long,
        global = true,
        env = "HARK_COOKIE_SECURE",
        default_value = "auto",
        value_name = "WHEN"
    )]
    pub cookie_secure: CookieSecure,

    /// Minutes after which a session that nobody uses is over.
    #[arg(long, global = true, env = "HARK_SESSION_IDLE_MINUTES", default_value_t = 60, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(5..=1440))]
    pub session_idle_minutes: u32,

    /// Hours after which a session is over, however much it is used.
    #[arg(long, global = true, env = "HARK_SESSION_HOURS", default_value_t = 12, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=720))]
    pub session_hours: u32,

    /// Roles that can do nothing with a password alone, separated by commas: they have to set up a second factor first.
    #[arg(
        long,
        global = true,
        env = "HARK_REQUIRE_SECOND_FACTOR",
        value_name = "ROLES",
        default_value = ""
    )]
    pub require_second_factor: String,

    /// The OpenID Connect provider (its issuer identifier); people may then sign in there.
    #[arg(long, global = true, env = "HARK_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,

    /// The name of this service at the OpenID Connect provider.
    #[arg(long, global = true, env = "HARK_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,

    /// The secret of this service at the OpenID Connect provider, if it has one.
    #[arg(long, global = true, env = "HARK_OIDC_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET", value_parser = hidden)]
    pub oidc_client_secret: Option<Hidden>,

    /// The claim that says which roles somebody has at the OpenID Connect provider.
    #[arg(
        long,
        global = true,
        env = "HARK_OIDC_ROLE_CLAIM",
        default_value = "roles",
        value_name = "CLAIM"
    )]
    pub oidc_role_claim: String,

    /// Which of the provider's roles are which here: theirs=ours, separated by commas. Nobody without one of them is let in.
    #[arg(
        long,
        global = true,
        env = "HARK_OIDC_ROLE_MAP",
        default_value = "",
        value_name = "PAIRS"
    )]
    pub oidc_role_map: RoleMap,

    /// What is asked of the OpenID Connect provider beside `openid`, separated by blanks.
    #[arg(
        long,
        global = true,
        env = "HARK_OIDC_SCOPES",
        default_value = "profile email",
        value_name = "SCOPES"
    )]
    pub oidc_scopes: String,

    /// Add people whom the OpenID Connect provider vouches for and nobody here knows.
    #[arg(long, global = true, env = "HARK_OIDC_CREATE", default_value_t = false, action = clap::ArgAction::Set, value_name = "YES")]
    pub oidc_create: bool,
}

impl SignInSettings {
    /// The rules for the domain.
    pub fn policy(&self) -> SignIn {
        SignIn {
            session_idle: TimeDelta::minutes(self.session_idle_minutes.into()),
            session_life: TimeDelta::hours(self.session_hours.into()),
            second_factor_roles: self
                .require_second_factor
                .split(',')
                .map(str::trim)
                .filter(|role| !role.is_empty())
                .map(str::to_owned)
                .collect(),
            open_id_roles: self.oidc_role_map.clone(),
            open_id_create: self.oidc_create,
            ..SignIn::default()
        }
    }

    /// How people reach the service that listens on `bind`.
    pub(super) fn front(&self, bind: SocketAddr) -> Result<Front> {
        let by_tls = self
            .public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"));
        Ok(Front {
            secure_cookies: match self.cookie_secure {
                CookieSecure::Auto => by_tls || !bind.ip().is_loopback(),
                CookieSecure::Always => true,
                CookieSecure::Never => false,
            },
            public_url: self.public_url.clone(),
            provider: self.provider()?,
        })
    }

    fn provider(&self) -> Result<Option<Provider>> {
        let Some(issuer) = &self.oidc_issuer else {
            return Ok(None);
        };
        let missing = |what: &str| Error::internal(format!("oidc_issuer: {what} is needed with it"));
        let registration = Registration {
            issuer: issuer.clone(),
            client_id: self.oidc_client_id.clone().ok_or_else(|| missing("oidc_client_id"))?,
            client_secret: self
                .oidc_client_secret
                .as_ref()
                .map(|secret| secret.reveal().to_owned()),
            redirect_url: format!(
                "{}/api/v1/oidc/callback",
                self.public_url.as_deref().ok_or_else(|| missing("public_url"))?
            ),
            scopes: self.oidc_scopes.split_whitespace().map(str::to_owned).collect(),
            role_claim: self.oidc_role_claim.clone(),
        };
        Provider::new(registration).map(Some)
    }
}
