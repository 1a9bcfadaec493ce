//! By which criteria calls are reviewed: data in versions, so that a review says by which it was written.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::model::{Criterion, FormRow};
use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};

/// The most criteria of a form.
const MOST: usize = 20;

/// The form that Hark is delivered with: the principles (no argument, no blame, real help), the steps that are heard in a
/// call, the playbook, and the promise.
const DELIVERED: &[(&str, i32, &str, &str)] = &[
    (
        "listened",
        2,
        "Listened to the end, and said back what was heard",
        "耐心听完，并复述要点",
    ),
    ("no_argument", 2, "Did not argue, and blamed nobody", "不争辩，不指责"),
    (
        "feelings",
        1,
        "Named the customer's feeling and accepted it",
        "说出并接纳客户的感受",
    ),
    (
        "needs",
        1,
        "Asked what the customer needs and what worries them",
        "问清客户的需求和担忧",
    ),
    (
        "real_help",
        2,
        "Offered real help, and let the customer choose",
        "提供实际帮助，由客户选择",
    ),
    (
        "playbook",
        1,
        "Followed the playbook for this type of customer",
        "按该客户类型的应对方法处理",
    ),
    (
        "promise",
        2,
        "Said clearly who does what by when",
        "讲清谁在何时之前做什么",
    ),
    (
        "call_back",
        1,
        "The promised call was made, within its window",
        "按承诺的时间回访",
    ),
];

/// A form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewFormView {
    /// Which version; 1 is the one that Hark is delivered with. The ETag is made of it.
    pub version: i32,
    /// What is looked at, in its order.
    pub criteria: Vec<Criterion>,
    /// Who wrote it; null for the first.
    pub written_by: Option<String>,
    /// When.
    pub written_at: Option<Moment>,
}

/// A form that is to be in force from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewFormForm {
    /// What is looked at, in its order.
    #[schema(min_items = 1, max_items = 20)]
    pub criteria: Vec<Criterion>,
}

fn delivered() -> ReviewFormView {
    ReviewFormView {
        version: 1,
        criteria: DELIVERED
            .iter()
            .map(|(slug, weight, en, zh)| Criterion {
                slug: (*slug).to_owned(),
                en: (*en).to_owned(),
                zh: (*zh).to_owned(),
                weight: *weight,
            })
            .collect(),
        written_by: None,
        written_at: None,
    }
}

fn view(row: FormRow) -> ReviewFormView {
    ReviewFormView {
        version: row.version,
        criteria: row.criteria.0,
        written_by: Some(row.created_by),
        written_at: Some(row.created_at),
    }
}

/// The form that is in force.
///
/// # Errors
/// When the database refuses.
pub fn current(conn: &mut Conn) -> Result<ReviewFormView> {
    Ok(store::last_form(conn)?.map_or_else(delivered, view))
}

/// A version of the form.
///
/// # Errors
/// `resource.not_found`.
pub fn version(conn: &mut Conn, number: i32) -> Result<ReviewFormView> {
    if number == 1 {
        return Ok(delivered());
    }
    let row = store::form(conn, number)?;
    row.map(view).ok_or_else(|| Error::not_found("version of the form"))
}

/// Writes a new version, in force from now on. What was reviewed stays by the version it was reviewed by.
///
/// # Errors
/// `request.invalid`; `request.precondition_failed`.
pub fn write(conn: &mut Conn, act: &Act, expected: Option<i32>, form: &ReviewFormForm) -> Result<ReviewFormView> {
    let present = current(conn)?;
    if expected.is_some_and(|expected| expected != present.version) {
        return Err(Error::problem(
            Code::PreconditionFailed,
            format!("now it is version {}", present.version),
        ));
    }
    let row = FormRow {
        version: present.version + 1,
        criteria: Json(checked(&form.criteria)?),
        created_by: act.actor.name.clone(),
        created_at: act.now,
    };
    if !store::insert_form(conn, &row)? {
        return Err(Error::problem(
            Code::PreconditionFailed,
            "somebody else has just written a version",
        ));
    }
    let fields = json!({ "version": row.version, "criteria": row.criteria.0 });
    let event = Event::about_many(ObjectKind::ReviewForm, "review_form.written").with(fields);
    audit::record(conn, act, event)?;
    Ok(view(row))
}

fn checked(criteria: &[Criterion]) -> Result<Vec<Criterion>> {
    let mut check = Check::new();
    if criteria.is_empty() || criteria.len() > MOST {
        check.fail("/criteria", "out_of_range", format_args!("1 to {MOST} criteria"));
    }
    let mut slugs = BTreeSet::new();
    let mut kept = Vec::new();
    for (n, one) in criteria.iter().take(MOST).enumerate() {
        let at = |field: &str| format!("/criteria/{n}/{field}");
        let slug = check.slug(&at("slug"), &one.slug);
        if !slugs.insert(slug.clone()) {
            check.fail(at("slug"), "not_allowed", "each criterion once");
        }
        if !(1..=10).contains(&one.weight) {
            check.fail(at("weight"), "out_of_range", "1 to 10");
        }
        kept.push(Criterion {
            slug,
            en: check.text(&at("en"), &one.en, 1, 200),
            zh: check.text(&at("zh"), &one.zh, 1, 200),
            weight: one.weight,
        });
    }
    check.finish(kept)
}
