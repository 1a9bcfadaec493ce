//! What is done with a complaint from its page: each deed is one form and one operation of the domain.

pub(crate) mod calls;
pub(crate) mod files;
pub(crate) mod macros;
pub(crate) mod marks;
pub(crate) mod ties;
pub(crate) mod write;

use actix_web::HttpResponse;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::voice::whom;
use super::{call_back, complaint, fields, kept};
use crate::api::extract::{Body, Ctx, Id};
use crate::api::typing;
use crate::db::conn::Conn;
use crate::domain::complaints::call_backs::{self, PromiseForm};
use crate::domain::complaints::changes::{self, AssignForm, EditForm, ResumeForm, TypeForm, WaitForm};
use crate::domain::complaints::closing::{self, CloseForm, ReasonForm, RedressProgressForm};
use crate::domain::complaints::steps::{self, StepsForm};
use crate::domain::complaints::view;
use crate::domain::complaints::vocabulary::HandlingStep;
use crate::domain::customers::record;
use crate::domain::staff::Act;
use crate::error::{Code, Error, FieldError, Problem, Result};
use crate::ids::{CallBackId, ComplaintId};
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::{self, Words, fl};
use crate::web::page::Visitor;
use crate::web::time;

/// Where a deed is shown again when something does not fit.
#[derive(Clone, Copy)]
enum Place {
    Complaint(ComplaintId),
    CallBack(ComplaintId, CallBackId),
}

/// One deed: the form that asks for it, and where it came from.
struct Deed {
    place: Place,
    form: Form,
    /// What the names of its fields begin with.
    prefix: String,
    /// The field that a refusal concerns which names none.
    first: String,
    /// What the address says afterwards.
    done: &'static str,
    /// The steps that the form says something about, for pointers.
    said: Vec<HandlingStep>,
}

impl Deed {
    fn on(id: ComplaintId, form: Form, prefix: &str, first: &str, done: &'static str) -> Self {
        Self {
            place: Place::Complaint(id),
            form,
            prefix: prefix.to_owned(),
            first: format!("{prefix}-{first}"),
            done,
            said: Vec::new(),
        }
    }

    /// Does it: once, however often the button is pressed.
    async fn tried<B, T, F>(&self, ctx: &Ctx, value: Result<B>, work: F) -> Result<T>
    where
        B: Clone + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut Conn, &Act, Option<i32>, &B) -> Result<T> + Clone + Send + 'static,
    {
        let (value, version) = (value?, self.form.version()?);
        // One key for the page, and many forms on it.
        let key = self.form.key().map(|key| format!("{key}:{}", self.prefix));
        let ctx = ctx.clone().with_key(key);
        patiently(async || {
            let body = Body {
                value: value.clone(),
                raw: self.form.fingerprint(),
            };
            let work = work.clone();
            ctx.once(body, move |conn, act, value| work(conn, act, Some(version), value))
                .await
        })
        .await
    }

    /// Where one goes on.
    async fn settle(self, ctx: &Ctx, visitor: &Visitor, done: Result<()>) -> Result<HttpResponse> {
        match (done, self.place) {
            (Ok(()), Place::CallBack(_, call)) => {
                Ok(visitor.go(&format!("/desk/call-backs/{call}?done={}", self.done)))
            }
            (Ok(()), Place::Complaint(id)) => {
                kept::keep_beside(ctx, id, &self.form, &self.prefix).await;
                Ok(visitor.go(&format!("/desk/complaints/{id}?done={}", self.done)))
            }
            (Err(error), _) => self.again(ctx, visitor, error).await,
        }
    }

    async fn run<B, T, F>(self, ctx: Ctx, visitor: &Visitor, value: Result<B>, work: F) -> Result<HttpResponse>
    where
        B: Clone + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut Conn, &Act, Option<i32>, &B) -> Result<T> + Clone + Send + 'static,
    {
        let done = self.tried(&ctx, value, work).await;
        self.settle(&ctx, visitor, done.map(|_| ())).await
    }

    /// The page as it stands now, with what was typed and what does not fit.
    async fn again(mut self, ctx: &Ctx, visitor: &Visitor, error: Error) -> Result<HttpResponse> {
        let problem = match error {
            Error::Problem(problem) if !matches!(problem.code, Code::NotFound | Code::Internal) => problem,
            other => return Err(other),
        };
        self.form.renew_key();
        let conflict = problem.code == Code::PreconditionFailed;
        if let (true, Place::Complaint(id)) = (conflict, self.place) {
            kept::keep(ctx, id, &self.form, &self.prefix).await;
        }
        let findings = match conflict {
            true => Findings::default(),
            false => self.findings(&problem, visitor.words),
        };
        match self.place {
            Place::CallBack(_, call) if !conflict => call_back::show(ctx, visitor, call, self.form, findings).await,
            Place::CallBack(id, _) | Place::Complaint(id) => {
                complaint::show(ctx, visitor, id, self.form, findings, conflict).await
            }
        }
    }

    fn findings(&self, problem: &Problem, words: Words) -> Findings {
        // What may be skipped for what reason is said in better words than those for a value.
        if problem.errors.is_empty() || problem.code == Code::SkipNotAllowed {
            let mut findings = Findings::default();
            findings.add(&self.concerned(problem.code), i18n::problem(words, problem.code));
            return findings;
        }
        Findings::of(problem, words, |error| {
            let field = match self.prefix.as_str() {
                "steps" => fields::field_of_step(&error.pointer, &self.said),
                // Each of the words, and all of them together.
                "tags" => self.first.clone(),
                prefix => fields::field_of(prefix, &error.pointer),
            };
            Some((field, better(words, error)))
        })
    }

    /// The field that a refusal concerns: the step that is missing or cannot be skipped, else the first of the form.
    fn concerned(&self, code: Code) -> String {
        let last = self.said.last().copied();
        match (code, last) {
            (Code::SkipNotAllowed | Code::CallBackStepByHand, Some(step)) => format!("{step}-skip"),
            (Code::StepOutOfOrder, Some(step)) => fields::field_of_step(
                &format!("/steps/{}", self.said.len().saturating_sub(1)),
                &[self.said.as_slice(), &[step]].concat(),
            ),
            (Code::OtherTeam, _) => String::new(),
            _ => self.first.clone(),
        }
    }
}

/// Better words than the usual ones for what is wrong with a value.
pub(super) fn better(words: Words, error: &FieldError) -> Option<String> {
    match (error.pointer.as_str(), error.code.as_str()) {
        ("/window_start" | "/window_end", "required") => Some(fl!(words, "desk-window-missing")),
        ("/window_start" | "/window_end", _) => Some(fl!(words, "desk-window-wrong")),
        ("/satisfied", _) => Some(fl!(words, "desk-satisfied-missing")),
        ("/cause_category", _) => Some(fl!(words, "desk-cause-missing")),
        ("/owner", _) => Some(fl!(words, "desk-owner-wrong")),
        ("/number", "required") => Some(fl!(words, "desk-number-missing")),
        ("/duplicate_of" | "/other" | "/into", "unknown") => Some(fl!(words, "desk-link-unknown")),
        ("/other" | "/into", "required") => Some(fl!(words, "desk-link-missing")),
        ("/kind", "not_allowed") => Some(fl!(words, "desk-relate-not")),
        ("/tags", _) => Some(fl!(words, "desk-tags-many")),
        (pointer, "malformed") if pointer.starts_with("/on/") => Some(fl!(words, "desk-tags-wrong")),
        ("/slug", "unknown") => Some(fl!(words, "desk-macro-gone")),
        ("/on", "required") => Some(fl!(words, "desk-tags-missing")),
        ("/redress/type", _) => Some(fl!(words, "desk-redress-missing")),
        ("/redress/minor_units", _) => Some(fl!(words, "desk-amount-wrong")),
        _ => None,
    }
}

/// The zone in which a complaint's customer reads the time.
async fn zone_of(ctx: &Ctx, id: ComplaintId) -> Result<chrono_tz::Tz> {
    let name = ctx
        .read(move |conn, _| {
            let whose = view::get(conn, id)?.summary.customer_id;
            record::time_zone(conn, whose)
        })
        .await?;
    Ok(time::zone(&name))
}

/// `POST /desk/complaints/{id}/steps`
pub(crate) async fn record_steps(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let zone = zone_of(&ctx, id).await?;
    let (said, said_values): (Vec<HandlingStep>, Vec<Value>) = fields::steps(&form, zone).into_iter().unzip();
    let value = fields::read::<StepsForm>(&json!({ "steps": said_values }));
    let mut deed = Deed::on(id, form, "steps", "all", "steps");
    deed.said = said;
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        steps::record(conn, act, id, version, &form.check()?)
    })
    .await
}

/// `POST /desk/complaints/{id}/promise`
pub(crate) async fn promise(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, mut form: Form) -> Result<HttpResponse> {
    let id = id.0;
    whom(&ctx, &mut form, &["promise-owner"]).await?;
    let zone = zone_of(&ctx, id).await?;
    let value = fields::read::<PromiseForm>(&fields::promise(&form, zone));
    let deed = Deed::on(id, form, "promise", "from", "promise");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        call_backs::promise(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/type`
pub(crate) async fn set_type(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = fields::read::<TypeForm>(&fields::object([
        ("customer_type", fields::text(&form, "type-customer_type")),
        ("note", fields::text(&form, "type-note")),
    ]));
    let deed = Deed::on(id, form, "type", "customer_type", "type");
    let done = deed
        .tried(&ctx, value, move |conn, act, version, form: &TypeForm| {
            changes::set_type(conn, act, id, version, form)
        })
        .await;
    if let Ok(changed) = &done {
        typing::count_decision(&ctx, changed);
    }
    deed.settle(&ctx, &visitor, done.map(|_| ())).await
}

/// `POST /desk/complaints/{id}/assign`
pub(crate) async fn assign(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, mut form: Form) -> Result<HttpResponse> {
    let id = id.0;
    whom(&ctx, &mut form, &["assign-owner"]).await?;
    // Both fields are on the page: an empty one means nobody.
    let owner = match form.given("take") {
        Some(_) => json!(ctx.actor().name),
        None => fields::text(&form, "assign-owner"),
    };
    let mut said = json!({ "owner": owner, "note": fields::text(&form, "assign-note") });
    if form.all().any(|(name, _)| name == "assign-team")
        && let Some(said) = said.as_object_mut()
    {
        said.insert("team".to_owned(), fields::text(&form, "assign-team"));
    }
    let value = fields::read::<AssignForm>(&said);
    let deed = Deed::on(id, form, "assign", "owner", "assign");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        changes::assign(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/sort`
pub(crate) async fn sort(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let names = ["kind", "category", "severity", "subject"];
    let value = fields::read::<EditForm>(&fields::object(
        names.map(|name| (name, fields::text(&form, &format!("sort-{name}")))),
    ));
    let deed = Deed::on(id, form, "sort", "kind", "sort");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        changes::edit(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/wait`
pub(crate) async fn wait(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = fields::read::<WaitForm>(&json!({
        "ball_with": form.text("wait-ball_with"), "reason": form.text("wait-reason"),
    }));
    let deed = Deed::on(id, form, "wait", "reason", "wait");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        changes::wait(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/resume`
pub(crate) async fn resume(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = fields::read::<ResumeForm>(&fields::object([("note", fields::text(&form, "resume-note"))]));
    let deed = Deed::on(id, form, "resume", "note", "resume");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        changes::resume(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/close`
pub(crate) async fn close(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let text = |name: &str| fields::text(&form, name);
    let units = fields::minor_units(&form, "close-redress-minor_units", "close-redress-currency");
    // An amount without a type is refused: nobody could tell what it is for.
    let says_amount = form.given("close-redress-minor_units").is_some();
    let redress = match form.given("close-redress-type").is_some() || says_amount {
        true => fields::object([
            ("type", text("close-redress-type")),
            (
                "currency",
                if units.is_null() {
                    Value::Null
                } else {
                    text("close-redress-currency")
                },
            ),
            ("minor_units", units),
            ("status", text("close-redress-status")),
        ]),
        false => Value::Null,
    };
    let value = fields::read::<CloseForm>(&fields::object([
        ("decision", text("close-decision")),
        ("reason", json!(form.text("close-reason").replace("\r\n", "\n"))),
        ("redress", redress),
        ("cause_category", text("close-cause_category")),
        ("root_cause", text("close-root_cause")),
    ]));
    let deed = Deed::on(id, form, "close", "decision", "close");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        closing::close(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/redress`
pub(crate) async fn redress(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = fields::read::<RedressProgressForm>(&json!({ "status": form.text("redress-status") }));
    let deed = Deed::on(id, form, "redress", "status", "redress");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        closing::progress_redress(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/reopen`
pub(crate) async fn reopen(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = fields::read::<ReasonForm>(&json!({ "reason": form.text("reopen-reason") }));
    let deed = Deed::on(id, form, "reopen", "reason", "reopen");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        closing::reopen(conn, act, id, version, form)
    })
    .await
}

/// `POST /desk/complaints/{id}/withdraw`
pub(crate) async fn withdraw(ctx: Ctx, visitor: Visitor, id: Id<ComplaintId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let value = fields::read::<ReasonForm>(&json!({ "reason": form.text("withdraw-reason") }));
    let deed = Deed::on(id, form, "withdraw", "reason", "withdraw");
    deed.run(ctx, &visitor, value, move |conn, act, version, form| {
        closing::withdraw(conn, act, id, version, form)
    })
    .await
}
