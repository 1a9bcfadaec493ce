//! Retention: how long closed cases are kept, by kind. A rule is data, tried before it is used, and applied
//! daily in small pieces through the same gates as everything else that removes data.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::holds;
use super::model::{DryRun, LegalHold, RetentionRule, RetentionRun, RuleSet};
use super::states;
use super::store;
use super::vocabulary::{LegalBasis, PrivacyAction, Removal};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::complaints::privacy::{self as complaints, Due};
use crate::domain::customers::{PrivacyState, privacy as customers};
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::{CustomerId, RetentionRunId};

/// The most cases of a kind that a dry run counts.
const COUNTED: i64 = 100_000;
/// How many cases a dry run names, of each kind.
const SAMPLE: i64 = 20;
/// How many runs are shown.
const SHOWN: i64 = 30;

/// The rules as they are to be from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesForm {
    /// At most one rule for each kind; a kind without one is kept.
    #[schema(max_items = 3)]
    pub rules: Vec<RetentionRule>,
    /// Whether the daily job applies them. Needs a dry run of the version before, with the same rules.
    #[serde(default)]
    pub active: bool,
}

/// The rules.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RulesView {
    /// At most one rule for each kind; a kind without one is kept.
    pub rules: Vec<RetentionRule>,
    /// Whether the daily job applies them.
    pub active: bool,
    /// Who set them; absent while nobody has.
    pub set_by: Option<String>,
    /// When.
    pub set_at: Option<Moment>,
    /// When they were last tried without doing anything.
    pub dry_run_at: Option<Moment>,
    /// What would have gone then.
    pub dry_run: Option<DryRun>,
    /// Counts the versions; the ETag is made of it.
    pub version: i32,
}

/// The rules, and what they did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RetentionView {
    /// The rules.
    #[serde(flatten)]
    pub rules: RulesView,
    /// The last thirty runs, the newest first.
    pub runs: Vec<RetentionRun>,
}

impl RulesView {
    fn of(set: Option<RuleSet>) -> Self {
        match set {
            None => Self {
                rules: Vec::new(),
                active: false,
                set_by: None,
                set_at: None,
                dry_run_at: None,
                dry_run: None,
                version: 0,
            },
            Some(set) => Self {
                rules: set.rules.0,
                active: set.active,
                set_by: Some(set.set_by),
                set_at: Some(set.set_at),
                dry_run_at: set.dry_run_at,
                dry_run: set.dry_run.map(|run| run.0),
                version: set.version,
            },
        }
    }
}

/// The rules as they are.
///
/// # Errors
/// When the database refuses.
pub fn get(conn: &mut Conn) -> Result<RetentionView> {
    Ok(RetentionView {
        rules: RulesView::of(store::present_rules(conn)?),
        runs: store::last_runs(conn, SHOWN)?,
    })
}

/// Sets the rules: a new version. They are activated by setting them once more, unchanged, after a dry run.
///
/// # Errors
/// `retention.dry_run_missing`; `request.invalid`; `request.precondition_failed`.
pub fn set(conn: &mut Conn, act: &Act, expected: Option<i32>, form: &RulesForm) -> Result<RulesView> {
    let before = store::present_rules(conn)?;
    let version = before.as_ref().map_or(0, |set| set.version);
    if expected.is_some_and(|expected| expected != version) {
        return Err(Error::problem(
            Code::PreconditionFailed,
            format!("now it is version {version}"),
        ));
    }
    let mut check = Check::new();
    let mut kinds = BTreeSet::new();
    for (n, rule) in form.rules.iter().enumerate() {
        if !(1..=36_500).contains(&rule.keep_days) {
            check.fail(format!("/rules/{n}/keep_days"), "out_of_range", "1 to 36,500 days");
        }
        if !kinds.insert(rule.kind) {
            check.fail(format!("/rules/{n}/kind"), "not_allowed", "each kind once");
        }
    }
    check.finish(())?;
    let tried = before.filter(|set| set.rules.0 == form.rules && set.dry_run_at.is_some());
    if form.active && tried.is_none() {
        return Err(Error::problem(
            Code::RetentionDryRunMissing,
            "set the rules, do a dry run of them, then set them unchanged with `active`",
        ));
    }
    let tried = tried.filter(|_| form.active);
    let set = RuleSet {
        version: version + 1,
        rules: Json(form.rules.clone()),
        active: form.active,
        set_by: act.actor.name.clone(),
        set_at: act.now,
        dry_run_at: tried.as_ref().and_then(|set| set.dry_run_at),
        dry_run: tried.and_then(|set| set.dry_run),
    };
    store::insert_rules(conn, &set)?;
    let fields = json!({ "version": set.version, "rules": set.rules.0, "active": set.active });
    tell(conn, act, "retention_rule.set", fields)?;
    Ok(RulesView::of(Some(set)))
}

/// Closed before this moment, a case is due.
fn cutoff(now: Moment, rule: &RetentionRule) -> Moment {
    now - TimeDelta::days(rule.keep_days.into())
}

/// What keeps cases that are due.
struct Kept {
    holds: Vec<LegalHold>,
    /// Whoever had the processing restricted may need the data for a claim of their own.
    restricted: BTreeSet<CustomerId>,
}

impl Kept {
    fn of(conn: &mut Conn, act: &Act, cases: &[Due]) -> Result<Self> {
        let customers: BTreeSet<CustomerId> = cases.iter().map(|due| due.customer_id).collect();
        let customers: Vec<CustomerId> = customers.into_iter().collect();
        Ok(Self {
            holds: holds::standing(conn, act, &customers)?,
            restricted: customers::restricted_among(conn, &customers)?,
        })
    }

    fn keeps(&self, due: &Due) -> bool {
        let on =
            |hold: &LegalHold| hold.customer_id == due.customer_id && hold.complaint_id.is_none_or(|id| id == due.id);
        self.restricted.contains(&due.customer_id) || self.holds.iter().any(on)
    }
}

/// Says what the present rules would remove now, and keeps the answer: with it they can be activated.
///
/// # Errors
/// `resource.not_found` when there are no rules.
pub fn dry_run(conn: &mut Conn, act: &Act) -> Result<DryRun> {
    let set = store::present_rules(conn)?.ok_or_else(|| Error::not_found("retention rule"))?;
    let mut run = DryRun {
        version: set.version,
        ..DryRun::default()
    };
    for rule in &set.rules.0 {
        let before = cutoff(act.now, rule);
        let n = complaints::count_due(conn, rule.kind, before, COUNTED)?;
        run.complaints.insert(rule.kind.to_string(), n);
        let sample = complaints::due(conn, rule.kind, before, None, SAMPLE)?;
        let kept = Kept::of(conn, act, &sample)?;
        run.sample
            .extend(sample.iter().filter(|due| !kept.keeps(due)).map(|due| due.id));
        run.held += held_among(conn, act, rule, before)?;
    }
    store::note_dry_run(conn, set.version, act.now, &run)?;
    let fields = json!({ "version": set.version, "complaints": run.complaints, "held": run.held });
    tell(conn, act, "retention_rule.tried", fields)?;
    Ok(run)
}

fn tell(conn: &mut Conn, act: &Act, action: &'static str, fields: serde_json::Value) -> Result<()> {
    let event = Event::about_many(ObjectKind::RetentionRule, action).with(fields);
    audit::record(conn, act, event)
}

/// How many of the cases that are due are kept by a hold or a restriction.
fn held_among(conn: &mut Conn, act: &Act, rule: &RetentionRule, before: Moment) -> Result<i64> {
    let (mut n, mut after, mut seen) = (0, None, 0);
    loop {
        let cases = complaints::due(conn, rule.kind, before, after, 500)?;
        let Some(last) = cases.last() else { return Ok(n) };
        after = Some((last.closed_at, last.seq));
        seen += i64::try_from(cases.len()).unwrap_or_default();
        let kept = Kept::of(conn, act, &cases)?;
        let kept = cases.iter().filter(|due| kept.keeps(due)).count();
        n += i64::try_from(kept).unwrap_or_default();
        if seen >= COUNTED {
            return Ok(n);
        }
    }
}

/// Applies the active rules: removes the content of at most `limit` cases that are due, and the customers of
/// whom nothing is left. Once a day everything is gone through; says how many cases went.
///
/// # Errors
/// When the database refuses.
pub fn apply(conn: &mut Conn, act: &Act, limit: i64) -> Result<usize> {
    let Some(set) = store::present_rules(conn)?.filter(|set| set.active) else {
        return Ok(0);
    };
    let day = act.now.format("%Y-%m-%d").to_string();
    let mut run = match store::run_of_day(conn, &day)? {
        Some(run) if run.finished => return Ok(0),
        Some(run) => run,
        None => begin(conn, act, &set, day)?,
    };
    let mut left = limit;
    let mut gone = 0;
    run.kept = 0;
    for rule in &set.rules.0 {
        gone += apply_rule(conn, act, rule, &mut run, &mut left)?;
    }
    run.finished = left > 0;
    run.last_at = act.now;
    store::update_run(conn, &run)?;
    if run.finished && run.complaints > 0 {
        let fields = json!({ "version": set.version, "complaints": run.complaints, "customers": run.customers });
        tell(conn, act, "retention_rule.applied", fields)?;
    }
    Ok(gone)
}

fn begin(conn: &mut Conn, act: &Act, set: &RuleSet, day: String) -> Result<RetentionRun> {
    let run = RetentionRun {
        id: RetentionRunId::new(act.now),
        rules_version: set.version,
        day,
        complaints: 0,
        customers: 0,
        kept: 0,
        finished: false,
        started_at: act.now,
        last_at: act.now,
    };
    store::insert_run(conn, &run)?;
    Ok(run)
}

fn apply_rule(
    conn: &mut Conn,
    act: &Act,
    rule: &RetentionRule,
    run: &mut RetentionRun,
    left: &mut i64,
) -> Result<usize> {
    let before = cutoff(act.now, rule);
    let (mut after, mut gone) = (None, 0);
    while *left > 0 {
        let cases = complaints::due(conn, rule.kind, before, after, *left)?;
        let Some(last) = cases.last() else { break };
        after = Some((last.closed_at, last.seq));
        let keeper = Kept::of(conn, act, &cases)?;
        let (kept, free): (Vec<&Due>, Vec<&Due>) = cases.iter().partition(|due| keeper.keeps(due));
        run.kept += i32::try_from(kept.len()).unwrap_or(i32::MAX);
        let ids: Vec<_> = free.iter().map(|due| due.id).collect();
        complaints::wipe(conn, act, &ids, true)?;
        store::wipe_about(conn, &ids)?;
        for due in &free {
            let whose = (due.customer_id, Some(due.id));
            states::note(
                conn,
                act,
                whose,
                PrivacyAction::ContentRemoved,
                Some(LegalBasis::RetentionRule),
                None,
            )?;
        }
        gone += ids.len();
        run.complaints += i32::try_from(ids.len()).unwrap_or(i32::MAX);
        *left -= i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let customers: BTreeSet<CustomerId> = free.iter().map(|due| due.customer_id).collect();
        for id in customers {
            run.customers += i32::from(remove_if_done(conn, act, id, rule.then)?);
        }
    }
    Ok(gone)
}

/// Removes a customer of whom no complaint is left, and nothing stands in the way. A key account's record, or one
/// that another system knows by its own id, is kept for other reasons than complaints.
fn remove_if_done(conn: &mut Conn, act: &Act, id: CustomerId, removal: Removal) -> Result<bool> {
    if complaints::has_content(conn, id)? || !holds::standing(conn, act, &[id])?.is_empty() {
        return Ok(false);
    }
    let customer = customers::hold(conn, id, None)?;
    if customer.privacy != PrivacyState::Active || customers::is_kept_elsewhere(conn, &customer)? {
        return Ok(false);
    }
    states::remove(conn, act, &customer, removal, Some(LegalBasis::RetentionRule), true)?;
    Ok(true)
}
