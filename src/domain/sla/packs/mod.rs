//! Ready rule packs: policies that come with the program, each with its source and the day it was last compared with
//! it. None is in force until somebody installs and activates it.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::calendars;
use super::policies::checked::checked;
use super::policies::model::PolicyBody;
use super::policies::operations::{self, PolicyView};
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::{Error, Result};

/// A rule pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Its slug.
    #[schema(example = "uk_disp")]
    pub slug: String,
    /// Its version; counted up when its figures change.
    pub version: i32,
    /// When it was last compared with its source.
    pub reviewed_on: NaiveDate,
    /// The policy that it makes.
    pub policy: PolicyBody,
}

/// How a pack is installed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InstallForm {
    /// The slug of the policy; that of the pack when left out.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub slug: Option<String>,
    /// The calendar by which it counts; the default one when left out.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub calendar: Option<String>,
    /// Whether it comes into force at once.
    pub activate: bool,
}

const FILES: &[&str] = &[
    include_str!("standard_service.json"),
    include_str!("uk_disp.json"),
    include_str!("uk_disp_payments.json"),
    include_str!("ie_cpc.json"),
    include_str!("au_rg271.json"),
    include_str!("us_cfpb.json"),
];

static PACKS: LazyLock<std::result::Result<Vec<Pack>, String>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|text| serde_json::from_str(text).map_err(|error| error.to_string()))
        .collect()
});

/// Every pack, the service default first.
///
/// # Errors
/// When one that came with the program cannot be read.
pub fn all() -> Result<&'static [Pack]> {
    PACKS
        .as_deref()
        .map_err(|error| Error::internal(format!("a rule pack: {error}")))
}

fn find(slug: &str) -> Result<&'static Pack> {
    let found = all()?.iter().find(|pack| pack.slug == slug);
    found.ok_or_else(|| Error::not_found("rule pack"))
}

/// Makes a policy of a pack; in force only when that is asked for.
///
/// # Errors
/// `resource.not_found`; `request.invalid`; `resource.name_taken` when it is installed already.
pub fn install(conn: &mut Conn, act: &Act, pack: &str, form: &InstallForm) -> Result<PolicyView> {
    let pack = find(pack)?;
    let mut check = Check::new();
    let slug = match &form.slug {
        Some(slug) => check.slug("/slug", slug),
        None => pack.slug.clone(),
    };
    let mut body = pack.policy.clone();
    if let Some(calendar) = &form.calendar {
        body.calendar = check.slug("/calendar", calendar);
    }
    if check.is_clean() && !calendars::exists(conn, &body.calendar)? {
        check.fail("/calendar", "unknown", "there is no such calendar");
    }
    check.finish(())?;
    let made = operations::add(conn, act, &slug, checked(&body, "")?)?;
    let fields = json!({ "pack": pack.slug, "version": pack.version, "slug": made.slug });
    let event = Event::about_many(ObjectKind::SlaPolicy, "sla_policy.installed").with(fields);
    audit::record(conn, act, event)?;
    if form.activate {
        return operations::activate(conn, act, &made.slug, None);
    }
    Ok(made)
}

#[cfg(test)]
mod tests;
