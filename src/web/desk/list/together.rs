//! What is done with many complaints at once: asked for from the list, done by the worker, and what became of each.

use actix_web::HttpResponse;

use super::asked::{Asked, said};
use crate::api::extract::{Body, Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::casework::bulk::{self, BulkForm, BulkOutcome, BulkResult, BulkState, BulkView};
use crate::domain::complaints::actions::Action;
use crate::domain::complaints::beside;
use crate::domain::complaints::list_filter::ListFilter;
use crate::domain::complaints::model::Complaint;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};
use crate::ids::{BulkActionId, ComplaintId, CustomerId};
use crate::web::desk::doing::{self, Names};
use crate::web::desk::fields;
use crate::web::desk::voice::whom;
use crate::web::desk::words::word;
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::{self, Words, fl};
use crate::web::page::Visitor;

/// Of how many complaints the page says at once what became of them.
const SHOWN: i64 = 50;

/// What is read of a bulk action.
pub(super) struct Seen {
    bulk: BulkView,
    results: Vec<BulkResult>,
    more: bool,
    complaints: Vec<Complaint>,
}

impl Seen {
    /// Whose complaints are named.
    pub(super) fn whose(&self) -> impl Iterator<Item = CustomerId> {
        self.complaints.iter().map(|complaint| complaint.customer_id)
    }
}

/// Which bulk action, which of its results, and from which on.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    id: BulkActionId,
    outcome: Option<BulkOutcome>,
    after: Option<i32>,
}

impl Wanted {
    /// What the address says.
    pub(super) fn of(visitor: &Visitor) -> Option<Self> {
        Some(Self {
            id: BulkActionId(said(visitor, "bulk")?.parse().ok()?),
            outcome: said(visitor, "outcome").and_then(|word| word.parse().ok()),
            after: said(visitor, "from").and_then(|n| n.parse().ok()),
        })
    }
}

/// The bulk action, and a page of its results; nothing when it is somebody else's.
pub(super) fn look(conn: &mut Conn, act: &Act, wanted: Wanted) -> Result<Option<Seen>> {
    let bulk = match bulk::get(conn, act, wanted.id) {
        Ok(bulk) => bulk,
        Err(error) if error.code() == Code::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut results = bulk::results(conn, act, wanted.id, wanted.outcome, wanted.after, SHOWN + 1)?;
    let most = usize::try_from(SHOWN).unwrap_or_default();
    let more = results.len() > most;
    results.truncate(most);
    let ids: Vec<ComplaintId> = results.iter().map(|result| result.complaint_id).collect();
    Ok(Some(Seen {
        complaints: beside::look_at_all(conn, &ids)?,
        bulk,
        results,
        more,
    }))
}

/// What became of a complaint.
pub(super) struct Became {
    pub(super) id: String,
    /// Empty when there is no such complaint.
    pub(super) reference: String,
    /// `done`, `unchanged`, `refused`, …: the class, too.
    pub(super) stands: &'static str,
    pub(super) says: String,
    pub(super) why: String,
}

/// Results of one kind.
pub(super) struct Kind {
    pub(super) label: String,
    pub(super) n: i32,
    pub(super) href: String,
    pub(super) current: bool,
}

/// How far a bulk action is.
pub(super) struct Progress {
    pub(super) id: String,
    pub(super) ended: bool,
    pub(super) cancelled: bool,
    pub(super) does: Vec<String>,
    pub(super) reached: i32,
    pub(super) total: i32,
    pub(super) kinds: Vec<Kind>,
    pub(super) results: Vec<Became>,
    pub(super) more: Option<String>,
    pub(super) again: String,
}

/// How far it is, in words.
pub(super) fn progress(words: Words, asked: &Asked, wanted: Wanted, seen: Seen) -> Progress {
    let Seen {
        bulk,
        results,
        more,
        complaints,
    } = seen;
    let id = bulk.id.to_string();
    let counts = [
        (None, bulk.total),
        (Some(BulkOutcome::Done), bulk.done),
        (Some(BulkOutcome::Unchanged), bulk.unchanged),
        (Some(BulkOutcome::Refused), bulk.refused),
        (Some(BulkOutcome::Failed), bulk.failed),
    ];
    let of = |outcome: Option<BulkOutcome>| outcome.map_or("all", BulkOutcome::as_str);
    let address = |outcome: Option<BulkOutcome>, from: Option<i32>| {
        let from = from.map(|n| n.to_string());
        let mut more = vec![("bulk", id.as_str())];
        if let Some(outcome) = outcome {
            more.push(("outcome", outcome.as_str()));
        }
        if let Some(from) = from.as_deref() {
            more.push(("from", from));
        }
        asked.here(&more)
    };
    let kinds = counts
        .into_iter()
        .filter(|(outcome, n)| *n > 0 || outcome.is_none())
        .map(|(outcome, n)| Kind {
            label: word(words, "became", of(outcome)),
            n,
            href: address(outcome, None),
            current: outcome == wanted.outcome,
        })
        .collect();
    let last = results.last().map(|result| result.n);
    Progress {
        ended: bulk.ended_at.is_some(),
        cancelled: bulk.state == BulkState::Cancelled,
        does: bulk
            .actions
            .iter()
            .map(|action| doing::said(words, &Names::default(), action))
            .collect(),
        reached: bulk.done + bulk.unchanged + bulk.refused + bulk.failed,
        total: bulk.total,
        kinds,
        results: results
            .iter()
            .map(|result| Became {
                id: result.complaint_id.to_string(),
                reference: complaints
                    .iter()
                    .find(|complaint| complaint.id == result.complaint_id)
                    .map_or(String::new(), |complaint| complaint.reference.clone()),
                stands: result.outcome.as_str(),
                says: word(words, "became", result.outcome.as_str()),
                why: doing::refused(words, result.code.as_deref()),
            })
            .collect(),
        more: last.filter(|_| more).map(|last| address(wanted.outcome, Some(last))),
        again: address(wanted.outcome, wanted.after),
        id,
    }
}

/// What the form asks for, with those that are ticked or with all that the list shows.
fn wanted(form: &Form, listed: ListFilter) -> BulkForm {
    let mut actions = Vec::new();
    if let Some(owner) = form.given("act-owner") {
        actions.push(Action::Assign {
            owner: Some(Some(owner)),
            team: None,
        });
    }
    if let Some(severity) = form.given("act-severity").and_then(|word| word.parse().ok()) {
        actions.push(Action::SetSeverity { severity });
    }
    let (on, off) = (fields::tags(form, "act-tag"), fields::tags(form, "act-untag"));
    if !on.is_empty() {
        actions.push(Action::Tag { tags: on });
    }
    if !off.is_empty() {
        actions.push(Action::Untag { tags: off });
    }
    if let Some(body) = form.given("act-note") {
        actions.push(Action::AddNote { body });
    }
    match form.text("act-watch") {
        "watch" => actions.push(Action::Watch {}),
        "unwatch" => actions.push(Action::Unwatch {}),
        _ => {}
    }
    let all = form.given("all").is_some();
    let ids = form.every("id").filter_map(|id| id.parse().ok().map(ComplaintId));
    BulkForm {
        ids: (!all).then(|| ids.collect()),
        filter: all.then_some(listed),
        actions,
    }
}

/// The field in which something is wrong.
fn field_of(form: &BulkForm, pointer: &str) -> &'static str {
    let n = pointer
        .strip_prefix("/actions/")
        .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
    match n.and_then(|n| form.actions.get(n)) {
        Some(Action::Assign { .. }) => "act-owner",
        Some(Action::Tag { .. }) => "act-tag",
        Some(Action::Untag { .. }) => "act-untag",
        Some(Action::AddNote { .. }) => "act-note",
        _ => "",
    }
}

/// `POST /desk/complaints`: asks for a bulk action on those that are ticked, or on all that the list shows.
pub(crate) async fn act_on_list(ctx: Ctx, visitor: Visitor, mut form: Form) -> Result<HttpResponse> {
    whom(&ctx, &mut form, &["act-owner"]).await?;
    let asked = Asked::read(&ctx, &visitor).await?;
    let (own, view) = (asked.filter.clone(), asked.view);
    let listed = ctx
        .read(move |conn, act| super::filter_in(conn, act, own, view))
        .await?;
    let bulk = wanted(&form, listed);
    let keyed = ctx.clone().with_key(form.key());
    let done = patiently(async || {
        let body = Body {
            value: bulk.clone(),
            raw: form.fingerprint(),
        };
        keyed.once(body, bulk::ask).await
    })
    .await;
    match done {
        Ok(done) => Ok(visitor.go(&asked.here(&[("bulk", &done.id.to_string())]))),
        Err(Error::Problem(problem)) if matches!(problem.code, Code::Invalid | Code::BulkTooMany | Code::Forbidden) => {
            let words = visitor.words;
            let mut findings = Findings::default();
            for error in &problem.errors {
                let text = match (error.pointer.as_str(), error.code.as_str()) {
                    ("/ids", _) => fl!(words, "desk-list-tick-some"),
                    ("/filter", "too_long") => fl!(words, "desk-list-too-many"),
                    ("/actions", _) => fl!(words, "desk-list-say-what"),
                    (pointer, "malformed") if pointer.contains("/tags/") => fl!(words, "desk-tags-wrong"),
                    _ => fl!(words, "desk-list-does-not-fit"),
                };
                findings.add(field_of(&bulk, &error.pointer), text);
            }
            if problem.errors.is_empty() {
                findings.add("", i18n::problem(words, problem.code));
            }
            let mut form = form;
            form.renew_key();
            super::show(&ctx, &visitor, form, findings).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /desk/bulk/{id}/cancel`: nothing more is done; what was done stays.
pub(crate) async fn call_off(ctx: Ctx, visitor: Visitor, id: Id<BulkActionId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let done = ctx.write(move |conn, act| bulk::cancel(conn, act, id, None)).await;
    match done {
        // It had ended meanwhile: the page says so.
        Err(error) if error.code() != Code::BulkEnded => Err(error),
        Ok(_) | Err(_) => {
            let back = form.text("back");
            let to = match back.starts_with("/desk/complaints?") {
                true => back.to_owned(),
                false => format!("/desk/complaints?bulk={id}"),
            };
            Ok(visitor.go(&to))
        }
    }
}
