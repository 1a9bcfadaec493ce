//! The smaller changes of a complaint: correcting the intake, giving it to somebody, waiting,
//! linking a duplicate, the customer type, a fresh private link.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::model::{Complaint, Statement, TypeChange};
use super::procedure::Action;
use super::receive::words_of;
use super::store;
use super::view::{self, ComplaintView};
use super::vocabulary::{BallWith, Kind, Level, Medium};
use super::work::Work;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::dialect::{self, SearchRow};
use crate::domain::check::{Check, double_option};
use crate::domain::idempotency;
use crate::domain::staff::Act;
use crate::domain::staff::owners::{self, Owners};
use crate::domain::staff::tokens::{self, Secret};
use crate::domain::typing::{CustomerType, proposals};
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, TeamId, TypeChangeId};

/// Corrections of what was taken in. Fields that are left out stay as they are; `null` clears those that may be empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditForm {
    /// Complaint, question or feedback. A question that turns out to be a complaint keeps its first moment.
    pub kind: Option<Kind>,
    /// What it is about, in a line.
    #[schema(min_length = 1, max_length = 200)]
    pub subject: Option<String>,
    /// In the customer's own words.
    #[schema(min_length = 1, max_length = 50000)]
    pub statement: Option<String>,
    /// What can be verified.
    #[schema(max_items = 50)]
    pub facts: Option<Vec<String>>,
    /// What is a personal view.
    #[schema(max_items = 50)]
    pub opinions: Option<Vec<String>>,
    /// The subject category, a slug.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub category: Option<String>,
    /// BCP 47.
    #[schema(max_length = 35)]
    pub language: Option<String>,
    /// How grave it is.
    pub severity: Option<Level>,
    /// Whether somebody may be hurt.
    pub safety: Option<bool>,
    /// How involved it is.
    pub complexity: Option<Level>,
    /// How far it reaches.
    pub impact: Option<Level>,
    /// Whether something must be done at once.
    pub immediate_action: Option<bool>,
    /// When dissatisfaction was first expressed.
    pub first_expressed_at: Option<Moment>,
    /// On whose behalf; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub on_behalf_of: Option<Option<String>>,
    /// The product; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub product: Option<Option<String>>,
    /// The order, contract or account; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub order_ref: Option<Option<String>>,
    /// What the customer wants; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub desired_remedy: Option<Option<String>>,
    /// How the customer wants to be reached; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<Medium>)]
    pub preferred_medium: Option<Option<Medium>>,
    /// When, in the customer's words; `null` clears it.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub preferred_time: Option<Option<String>>,
}

/// Who takes a complaint over: a team, a person, or both. What is left out stays as it is, but an owner who is not
/// in the new team.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignForm {
    /// The team that holds it from now on, one of the caller's; `null` when none does.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<TeamId>)]
    pub team: Option<Option<TeamId>>,
    /// Who handles it from now on: somebody who works here and, if a team holds it, is in that team; `null` when
    /// nobody does.
    #[serde(default, with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 100, example = "li.na")]
    pub owner: Option<Option<String>>,
    /// A word to them.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// Whom the complaint waits for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitForm {
    /// `customer` or `third_party`.
    pub ball_with: BallWith,
    /// What for.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// A note on taking the work up again.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeForm {
    /// What has happened.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// The complaint that this one repeats.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkForm {
    /// The original; `null` takes the link away.
    pub duplicate_of: Option<ComplaintId>,
}

/// The customer's manner as somebody sees it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeForm {
    /// The type.
    pub customer_type: CustomerType,
    /// What shows it.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// A fresh private link for the customer. Shown this once; the one before stops working.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrackingLink {
    /// What people call the complaint on the phone.
    pub reference: String,
    /// The secret in the link.
    pub tracking_token: Secret,
    /// Counts the changes of the complaint; the ETag is made of it.
    pub version: i32,
}

/// Corrects what was taken in.
///
/// # Errors
/// `complaint.closed`; `request.invalid`; `request.precondition_failed`; `resource.not_found`.
pub fn edit(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &EditForm,
) -> Result<ComplaintView> {
    let mut work = Work::load_or_show(conn, act, id, expected, |conn, work| both(conn, work, form))?;
    work.take(&Action::Edit)?;
    let mut statement = store::load_statement(conn, id)?;
    let before = edited_values(&work.after, &statement);
    let mut check = Check::new();
    edit_head(&mut check, &mut work.after, form);
    edit_statement(&mut check, &mut statement, form);
    if let Some(first) = form.first_expressed_at {
        if first > work.after.received_at {
            check.fail("/first_expressed_at", "out_of_range", "not after received_at");
        }
        super::intake::past(&mut check, "/first_expressed_at", first, act.now);
        work.after.first_expressed_at = first;
    }
    check.finish(())?;
    let after = edited_values(&work.after, &statement);
    let (before, after) = differences(before, after);
    store::update_statement(conn, &statement)?;
    dialect::index_words(
        conn,
        &[SearchRow {
            seq: work.after.seq,
            words: words_of(&work.after, &statement),
        }],
    )?;
    let complaint = work.finish(conn, act, "edited", Some(before), Some(after))?;
    view::of(conn, complaint)
}

fn edit_head(check: &mut Check, complaint: &mut Complaint, form: &EditForm) {
    if let Some(kind) = form.kind {
        complaint.kind = kind;
    }
    if let Some(subject) = &form.subject {
        complaint.subject = check.text("/subject", subject, 1, 200);
    }
    if let Some(category) = &form.category {
        complaint.category = check.slug("/category", category);
    }
    if let Some(language) = &form.language {
        complaint.language = check.language("/language", language);
    }
    if let Some(severity) = form.severity {
        complaint.severity = severity;
    }
    if let Some(on_behalf_of) = &form.on_behalf_of {
        complaint.on_behalf_of = check.optional_text("/on_behalf_of", on_behalf_of.as_deref(), 200);
    }
}

fn edit_statement(check: &mut Check, row: &mut Statement, form: &EditForm) {
    if let Some(statement) = &form.statement {
        row.statement = check.text("/statement", statement, 1, super::intake::LONGEST_STATEMENT);
    }
    if let Some(facts) = &form.facts {
        row.facts.0 = check.texts("/facts", facts, 50, 2_000);
    }
    if let Some(opinions) = &form.opinions {
        row.opinions.0 = check.texts("/opinions", opinions, 50, 2_000);
    }
    row.safety = form.safety.unwrap_or(row.safety);
    row.complexity = form.complexity.unwrap_or(row.complexity);
    row.impact = form.impact.unwrap_or(row.impact);
    row.immediate_action = form.immediate_action.unwrap_or(row.immediate_action);
    row.preferred_medium = form.preferred_medium.unwrap_or(row.preferred_medium);
    for (pointer, given, max, kept) in [
        ("/product", &form.product, 200, &mut row.product),
        ("/order_ref", &form.order_ref, 100, &mut row.order_ref),
        ("/desired_remedy", &form.desired_remedy, 2_000, &mut row.desired_remedy),
        ("/preferred_time", &form.preferred_time, 200, &mut row.preferred_time),
    ] {
        if let Some(value) = given {
            *kept = check.optional_text(pointer, value.as_deref(), max);
        }
    }
}

fn edited_values(c: &Complaint, s: &Statement) -> Value {
    json!({
        "kind": c.kind, "subject": c.subject, "category": c.category, "language": c.language, "severity": c.severity,
        "on_behalf_of": c.on_behalf_of, "first_expressed_at": c.first_expressed_at, "statement": s.statement,
        "facts": s.facts.0, "opinions": s.opinions.0, "safety": s.safety, "complexity": s.complexity, "impact": s.impact,
        "immediate_action": s.immediate_action, "preferred_medium": s.preferred_medium, "product": s.product,
        "order_ref": s.order_ref, "desired_remedy": s.desired_remedy, "preferred_time": s.preferred_time,
    })
}

/// The values that were to be changed, as they stand now and as they were sent.
fn both(conn: &mut Conn, work: &Work, form: &EditForm) -> Result<(Option<Value>, Option<Value>)> {
    let mut statement = store::load_statement(conn, work.after.id)?;
    let mut complaint = work.after.clone();
    let current = edited_values(&complaint, &statement);
    // What does not fit is sent back all the same, for the one who sent it to mend.
    let mut check = Check::new();
    edit_head(&mut check, &mut complaint, form);
    edit_statement(&mut check, &mut statement, form);
    complaint.first_expressed_at = form.first_expressed_at.unwrap_or(complaint.first_expressed_at);
    let (current, sent) = differences(current, edited_values(&complaint, &statement));
    Ok((Some(current), Some(sent)))
}

/// Only what differs.
fn differences(before: Value, after: Value) -> (Value, Value) {
    let (Value::Object(mut before), Value::Object(mut after)) = (before, after) else {
        return (Value::Null, Value::Null);
    };
    before.retain(|key, old| after.get(key) != Some(old));
    after.retain(|key, _| before.contains_key(key));
    (Value::Object(before), Value::Object(after))
}

/// Gives a complaint to a team, to somebody, or both.
///
/// # Errors
/// `complaint.closed`; `auth.other_team`; `request.invalid`; `resource.not_found`.
pub fn assign(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &AssignForm,
) -> Result<ComplaintView> {
    let wanted = match &form.owner {
        Some(owner) => owner.clone(),
        None => store::find(conn, id)?.and_then(|complaint| complaint.owner),
    };
    let owners = Owners::hold(conn, wanted.as_deref())?;
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::Assign)?;
    let mut check = Check::new();
    if form.team.is_none() && form.owner.is_none() {
        check.fail("/owner", "required", "an owner, a team, or both");
    }
    let team = form.team.unwrap_or(work.after.team_id);
    if let Some(team) = team.filter(|team| Some(*team) != work.after.team_id) {
        owners::check_team(conn, &mut check, "/team", &act.actor, team)?;
    }
    let owner = match &form.owner {
        Some(owner) => check.optional_text("/owner", owner.as_deref(), 100),
        // The one who has it keeps it, if the team that holds it now is theirs.
        None => work.after.owner.clone().filter(|owner| match team {
            Some(team) if Some(team) != work.after.team_id => owners.is_in(owner, team) || *owner == act.actor.name,
            _ => true,
        }),
    };
    if let Some(owner) = owner.as_deref().filter(|_| form.owner.is_some() && check.is_clean()) {
        owners.check(&mut check, "/owner", &act.actor, owner, team);
    }
    let note = check.optional_text("/note", form.note.as_deref(), 2_000);
    check.finish(())?;
    let (mut before, mut after) = (
        json!({ "owner": work.after.owner }),
        json!({ "owner": owner, "note": note }),
    );
    if team != work.after.team_id {
        before = json!({ "owner": work.after.owner, "team": work.after.team_id });
        after = json!({ "owner": owner, "team": team, "note": note });
    }
    work.after.owner = owner;
    work.after.team_id = team;
    let complaint = work.finish(conn, act, "assigned", Some(before), Some(after))?;
    view::of(conn, complaint)
}

/// Waits for the customer or a third party.
///
/// # Errors
/// `complaint.closed`, `complaint.waiting`; `request.invalid`; `resource.not_found`.
pub fn wait(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &WaitForm,
) -> Result<ComplaintView> {
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::Wait)?;
    let mut check = Check::new();
    let reason = check.text("/reason", &form.reason, 1, 2_000);
    if form.ball_with == BallWith::Us {
        check.fail(
            "/ball_with",
            "not_allowed",
            "one waits for the customer or a third party",
        );
    }
    check.finish(())?;
    work.after.ball_with = form.ball_with;
    work.after.ever_waited = true;
    let after = json!({ "ball_with": form.ball_with, "reason": reason });
    let complaint = work.finish(conn, act, "waiting", None, Some(after))?;
    view::of(conn, complaint)
}

/// Takes the work up again.
///
/// # Errors
/// `complaint.closed`, `complaint.not_waiting`; `request.invalid`; `resource.not_found`.
pub fn resume(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &ResumeForm,
) -> Result<ComplaintView> {
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::Resume)?;
    let mut check = Check::new();
    let note = check.optional_text("/note", form.note.as_deref(), 2_000);
    check.finish(())?;
    let before = json!({ "ball_with": work.after.ball_with });
    work.after.ball_with = BallWith::Us;
    let complaint = work.finish(conn, act, "resumed", Some(before), Some(json!({ "note": note })))?;
    view::of(conn, complaint)
}

/// Links a complaint to the one that it repeats, or takes the link away.
///
/// # Errors
/// `complaint.circular_link`; `complaint.closed`; `resource.not_found`.
pub fn link(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &LinkForm,
) -> Result<ComplaintView> {
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::Link)?;
    let mut next = form.duplicate_of;
    // Chains are short; a long one is a circle that somebody made at the same moment.
    for _ in 0..100 {
        let Some(original) = next else { break };
        if original == id {
            return Err(Error::problem(
                Code::LinkCircular,
                "a complaint cannot repeat itself, directly or in a circle",
            ));
        }
        let found = store::find(conn, original)?;
        let found = found.ok_or_else(|| {
            let mut check = Check::new();
            check.fail("/duplicate_of", "unknown", "there is no such complaint");
            check.finish(()).err().unwrap_or_else(|| Error::not_found("complaint"))
        })?;
        next = found.duplicate_of;
    }
    let before = std::mem::replace(&mut work.after.duplicate_of, form.duplicate_of);
    let (before, after) = (
        json!({ "duplicate_of": before }),
        json!({ "duplicate_of": form.duplicate_of }),
    );
    let complaint = work.finish(conn, act, "linked", Some(before), Some(after))?;
    view::of(conn, complaint)
}

/// Says how the customer comes across now; the history is kept.
///
/// # Errors
/// `request.invalid`; `resource.not_found`.
pub fn set_type(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &TypeForm,
) -> Result<ComplaintView> {
    let mut work = Work::load(conn, act, id, expected)?;
    work.take(&Action::SetType)?;
    let mut check = Check::new();
    let note = check.optional_text("/note", form.note.as_deref(), 2_000);
    check.finish(())?;
    let change = TypeChange {
        id: TypeChangeId::new(act.now),
        complaint_id: id,
        customer_type: form.customer_type,
        note: note.clone(),
        agent: act.actor.name.clone(),
        changed_at: act.now,
    };
    store::insert_type_changes(conn, &[change])?;
    proposals::decide(conn, id, form.customer_type, act.now)?;
    let before = json!({ "customer_type": work.after.customer_type });
    work.after.customer_type = form.customer_type;
    let after = json!({ "customer_type": form.customer_type, "note": note });
    let complaint = work.finish(conn, act, "type_set", Some(before), Some(after))?;
    view::of(conn, complaint)
}

/// Makes a fresh private link for the customer; the one before stops working.
///
/// # Errors
/// `resource.not_found`.
pub fn renew_link(conn: &mut Conn, act: &Act, id: ComplaintId, expected: Option<i32>) -> Result<TrackingLink> {
    let mut work = Work::load(conn, act, id, expected)?;
    let secret = tokens::random_secret();
    // Answers that were kept for the link before would be nobody's to forget.
    if let Some(before) = &work.after.tracking_hash {
        idempotency::forget_about(conn, std::slice::from_ref(before))?;
    }
    work.after.tracking_hash = Some(tokens::hash(&secret));
    let complaint = work.finish(conn, act, "link_renewed", None, None)?;
    Ok(TrackingLink {
        reference: complaint.reference,
        tracking_token: Secret::new(secret),
        version: complaint.version,
    })
}
