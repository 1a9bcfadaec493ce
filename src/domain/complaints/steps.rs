//! Recording the seven steps: several at once for a single phone call, amendable while open.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::model::{StepRecord, StepRow};
use super::procedure::{self, Action, Dealt, ROUND_STARTS_AT};
use super::store;
use super::view::{self, ComplaintView, StepView};
use super::vocabulary::{HandlingStep, SkipReason};
use super::work::Work;
use crate::db::conn::Conn;
use crate::db::types::Json;
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;

/// Why a step is skipped.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkipForm {
    /// The reason; which ones a step takes is policy.
    pub reason: SkipReason,
    /// More about why.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// One step: either recorded or skipped.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepForm {
    /// What was recorded.
    pub record: Option<StepRecord>,
    /// Or why the step was skipped.
    pub skip: Option<SkipForm>,
}

/// One step of several.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedStepForm {
    /// Which step.
    pub step: HandlingStep,
    /// What was recorded.
    pub record: Option<StepRecord>,
    /// Or why the step was skipped.
    pub skip: Option<SkipForm>,
}

/// Several steps, in their order: what one phone call yields.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepsForm {
    /// The steps.
    #[schema(min_items = 1, max_items = 7)]
    pub steps: Vec<NamedStepForm>,
}

/// A step that has been checked.
#[derive(Debug, Clone)]
pub struct CheckedStep {
    /// The pointer to it.
    at: String,
    step: HandlingStep,
    dealt: Dealt,
    record: Option<StepRecord>,
    note: Option<String>,
}

/// Checks one step; `at` is the pointer to it.
fn checked(check: &mut Check, at: &str, step: HandlingStep, form: &StepForm) -> CheckedStep {
    match (&form.record, &form.skip) {
        (Some(record), None) => {
            let record = checked_record(check, &format!("{at}/record"), step, record);
            CheckedStep {
                at: at.to_owned(),
                step,
                dealt: Dealt::Done,
                record: Some(record),
                note: None,
            }
        }
        (None, Some(skip)) => {
            let note = check.optional_text(&format!("{at}/skip/note"), skip.note.as_deref(), 2_000);
            CheckedStep {
                at: at.to_owned(),
                step,
                dealt: Dealt::Skipped(skip.reason),
                record: None,
                note,
            }
        }
        _ => {
            check.fail(at, "required", "either `record` or `skip`");
            CheckedStep {
                at: at.to_owned(),
                step,
                dealt: Dealt::Done,
                record: None,
                note: None,
            }
        }
    }
}

/// The fields that belong to a step; the first of each pair must be there.
const fn fields(step: HandlingStep) -> (&'static [&'static str], &'static [&'static str]) {
    match step {
        HandlingStep::Listen => (&["own_words"], &["facts", "opinions"]),
        HandlingStep::AcceptFeelings => (&["feeling"], &[]),
        HandlingStep::Apologise => (&["apologised_for"], &[]),
        HandlingStep::UnderstandNeeds => (&["need"], &["worry"]),
        HandlingStep::SeekSolutions => (&["options", "agreed"], &[]),
        HandlingStep::ExplainActions => (&["who", "what", "by_when"], &[]),
        HandlingStep::CallBack => (&[], &[]),
    }
}

fn checked_record(check: &mut Check, at: &str, step: HandlingStep, record: &StepRecord) -> StepRecord {
    let text = |check: &mut Check, field: &str, value: &Option<String>, max: usize| {
        check.optional_text(&format!("{at}/{field}"), value.as_deref(), max)
    };
    let list = |check: &mut Check, field: &str, value: &Option<Vec<String>>, most: usize| {
        value
            .as_ref()
            .map(|values| check.texts(&format!("{at}/{field}"), values, most, 2_000))
    };
    let kept = StepRecord {
        own_words: text(check, "own_words", &record.own_words, 10_000),
        facts: list(check, "facts", &record.facts, 50),
        opinions: list(check, "opinions", &record.opinions, 50),
        feeling: text(check, "feeling", &record.feeling, 2_000),
        apologised_for: text(check, "apologised_for", &record.apologised_for, 2_000),
        need: text(check, "need", &record.need, 2_000),
        worry: text(check, "worry", &record.worry, 2_000),
        options: list(check, "options", &record.options, 20),
        agreed: text(check, "agreed", &record.agreed, 2_000),
        who: text(check, "who", &record.who, 200),
        what: text(check, "what", &record.what, 2_000),
        by_when: record.by_when,
        call_back_id: record.call_back_id,
        outcome: record.outcome,
    };
    let (required, optional) = fields(step);
    // The names of the fields that are filled in, as they stand in JSON.
    let there = match serde_json::to_value(&kept) {
        Ok(Value::Object(there)) => there,
        _ => serde_json::Map::new(),
    };
    let is_empty = |field: &str| there.get(field).is_none_or(|v| v.as_array().is_some_and(Vec::is_empty));
    for field in required.iter().filter(|field| is_empty(field)) {
        check.fail(
            format!("{at}/{field}"),
            "required",
            format_args!("step `{step}` needs it"),
        );
    }
    for field in there
        .keys()
        .filter(|field| !required.contains(&field.as_str()) && !optional.contains(&field.as_str()))
    {
        check.fail(
            format!("{at}/{field}"),
            "not_allowed",
            format_args!("does not belong to step `{step}`"),
        );
    }
    kept
}

impl StepForm {
    /// Checks the record of one step.
    ///
    /// # Errors
    /// `request.invalid`.
    pub fn check(&self, step: HandlingStep) -> Result<Vec<CheckedStep>> {
        let mut check = Check::new();
        let checked = checked(&mut check, "", step, self);
        check.finish(vec![checked])
    }
}

impl StepsForm {
    /// Checks the records of several steps.
    ///
    /// # Errors
    /// `request.invalid`.
    pub fn check(&self) -> Result<Vec<CheckedStep>> {
        let mut check = Check::new();
        if !(1..=HandlingStep::ALL.len()).contains(&self.steps.len()) {
            check.fail("/steps", "out_of_range", "1 to 7 steps");
        }
        let mut seen = Vec::new();
        let mut out = Vec::new();
        for (n, step) in self.steps.iter().enumerate() {
            let at = format!("/steps/{n}");
            if seen.contains(&step.step) {
                check.fail(format!("{at}/step"), "not_allowed", "each step once");
            }
            seen.push(step.step);
            let form = StepForm {
                record: step.record.clone(),
                skip: step.skip.clone(),
            };
            out.push(checked(&mut check, &at, step.step, &form));
        }
        check.finish(out)
    }
}

fn action(steps: &[CheckedStep]) -> Action {
    Action::Steps(steps.iter().map(|step| (step.step, step.dealt)).collect())
}

/// The refusal of a skip, with the pointer to it: the rules know steps, and not where they stand in a form.
fn pointed(work: &Work, steps: &[CheckedStep], error: Error) -> Error {
    let Error::Problem(problem) = &error else { return error };
    if problem.code != Code::SkipNotAllowed {
        return error;
    }
    let case = work.case();
    let up_to = |n: usize| steps.get(..=n).unwrap_or_default();
    let refused = (0..steps.len()).find(|n| procedure::allowed(&case, &action(up_to(*n))).is_err());
    match refused.and_then(|n| steps.get(n)) {
        Some(step) => Error::problem_at(problem.code, &format!("{}/skip", step.at), &problem.detail),
        None => error,
    }
}

/// Records or skips steps, or amends those that are recorded; the timeline keeps the old text.
///
/// # Errors
/// The rules of [`super::procedure`]; `resource.not_found`; `request.precondition_failed`.
pub fn record(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    steps: &[CheckedStep],
) -> Result<ComplaintView> {
    let mut work = Work::load_or_show(conn, act, id, expected, |_, work| both(work, steps))?;
    work.take(&action(steps))
        .map_err(|error| pointed(&work, steps, error))?;
    let (mut before, mut after) = (serde_json::Map::new(), serde_json::Map::new());
    let mut fresh = Vec::new();
    for step in steps {
        let round = work.after.round;
        let there = work
            .steps
            .iter_mut()
            .find(|row| row.step == step.step && counts(row, round));
        after.insert(
            step.step.to_string(),
            told(step.record.as_ref(), skip_reason(step), step.note.as_deref()),
        );
        match there {
            Some(row) => {
                let old = told(
                    row.recorded.as_ref().map(|json| &json.0),
                    row.skip_reason,
                    row.skip_note.as_deref(),
                );
                before.insert(step.step.to_string(), old);
                row.recorded = step.record.clone().map(Json);
                row.skip_reason = skip_reason(step);
                row.skip_note.clone_from(&step.note);
                row.amended_at = Some(act.now);
                store::update_step(conn, row)?;
            }
            None => fresh.push(row(act, id, round, step)),
        }
    }
    store::insert_steps(conn, &fresh)?;
    let action = if fresh.is_empty() {
        "steps_amended"
    } else {
        "steps_recorded"
    };
    work.steps.extend(fresh);
    let before = (!before.is_empty()).then_some(Value::Object(before));
    let complaint = work.finish(conn, act, action, before, Some(Value::Object(after)))?;
    view::of(conn, complaint)
}

/// The steps as they stand now, and as they were sent.
fn both(work: &Work, sent: &[CheckedStep]) -> Result<(Option<Value>, Option<Value>)> {
    let (mut current, mut wanted) = (serde_json::Map::new(), serde_json::Map::new());
    for step in sent {
        let mut rows = work.steps.iter();
        let there = rows.find(|row| row.step == step.step && counts(row, work.after.round));
        let there = there.cloned().map(StepView::from);
        current.insert(step.step.to_string(), serde_json::to_value(there)?);
        let told = told(step.record.as_ref(), skip_reason(step), step.note.as_deref());
        wanted.insert(step.step.to_string(), told);
    }
    Ok((Some(Value::Object(current)), Some(Value::Object(wanted))))
}

fn counts(row: &StepRow, round: i32) -> bool {
    row.round == round || (row.round < round && row.step < ROUND_STARTS_AT)
}

const fn skip_reason(step: &CheckedStep) -> Option<SkipReason> {
    match step.dealt {
        Dealt::Skipped(reason) => Some(reason),
        Dealt::Done => None,
    }
}

fn told(record: Option<&StepRecord>, skip: Option<SkipReason>, note: Option<&str>) -> Value {
    match (record, skip) {
        (Some(record), _) => json!(record),
        (None, skip) => json!({ "skipped": skip, "note": note }),
    }
}

fn row(act: &Act, complaint_id: ComplaintId, round: i32, step: &CheckedStep) -> StepRow {
    StepRow {
        complaint_id,
        round,
        step: step.step,
        recorded: step.record.clone().map(Json),
        skip_reason: skip_reason(step),
        skip_note: step.note.clone(),
        agent: act.actor.name.clone(),
        done_at: act.now,
        amended_at: None,
    }
}
