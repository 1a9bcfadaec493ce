//! From the form of a call to the complaint, its first steps and its promise: each once, however often it is sent.

use serde_json::{Value, json};

use crate::api::extract::{Body, Ctx};
use crate::api::typing;
use crate::db::conn::Conn;
use crate::domain::complaints::call_backs::{self, PromiseForm};
use crate::domain::complaints::intake::{Intake, IntakeForm};
use crate::domain::complaints::receive::{Arrival, Receipt};
use crate::domain::complaints::steps::{self as recording, StepsForm};
use crate::domain::complaints::vocabulary::HandlingStep;
use crate::domain::staff::Act;
use crate::error::{Error, Result};
use crate::ids::ComplaintId;
use crate::web::customers::language_of;
use crate::web::desk::fields;
use crate::web::forms::{Form, patiently};
use crate::web::time;

/// Whether the form promises a call.
pub(super) fn promised(form: &Form) -> bool {
    ["promise-day", "promise-from", "promise-until"]
        .iter()
        .filter(|name| form.given(name).is_some())
        .count()
        > 1
}

/// The first line of what was said, where nobody has written a subject.
fn subject(form: &Form) -> Value {
    let own = fields::text(form, "subject");
    if !own.is_null() {
        return own;
    }
    let statement = form.text("statement").trim();
    let end = statement
        .find(['。', '！', '？', '.', '!', '?', '\n'])
        .unwrap_or(statement.len());
    let line: String = statement.get(..end).unwrap_or(statement).chars().take(80).collect();
    json!(line.trim())
}

fn intake_form(form: &Form, act: &Act) -> Result<IntakeForm> {
    let text = |name: &str| fields::text(form, name);
    let list = |name: &str| match fields::lines(form, name) {
        Value::Null => json!([]),
        lines => lines,
    };
    let mut language = text("language");
    if language.is_null() {
        language = json!(language_of(form.text("statement")));
    }
    let customer = fields::object([
        ("name", text("name")),
        ("phone", text("caller")),
        ("email", text("email")),
        ("time_zone", text("time_zone")),
    ]);
    fields::read(&fields::object([
        ("kind", text("kind")),
        (
            "channel",
            json!(form.given("channel").unwrap_or_else(|| "phone".to_owned())),
        ),
        ("customer", customer),
        ("subject", subject(form)),
        ("statement", json!(form.text("statement").replace("\r\n", "\n"))),
        ("facts", list("facts")),
        ("opinions", list("opinions")),
        ("product", text("product")),
        ("order_ref", text("order_ref")),
        ("desired_remedy", text("desired_remedy")),
        ("severity", text("severity")),
        ("safety", fields::ticked(form, "safety")),
        ("immediate_action", fields::ticked(form, "immediate_action")),
        ("category", text("category")),
        ("language", language),
        ("preferred_time", text("preferred_time")),
        ("customer_type", text("customer_type")),
        (
            "owner",
            form.given("mine").map_or(Value::Null, |_| json!(act.actor.name)),
        ),
        ("draft", text("draft")),
    ]))
}

/// Takes the complaint in, once for each form.
pub(super) async fn take_in(ctx: &Ctx, form: &Form) -> Result<Receipt> {
    let act = ctx.act();
    let intake = Intake::by_staff(intake_form(form, &act)?, &act)?;
    let said = said_steps(form);
    if !said.is_empty() {
        checked_steps(&said)?;
    }
    if promised(form) {
        fields::read::<PromiseForm>(&fields::promise(form, zone(form)))?;
    }
    let ctx = ctx.clone().with_key(form.key());
    let arrival = Arrival {
        claim: ctx.claim(&form.fingerprint()),
        proposal: Some(typing::propose(&ctx, &intake).await),
        act,
        intake,
        proof: None,
    };
    // One at a time: a second press of the button finds the answer to the first.
    let lookup = arrival.claim.as_ref().map(|claim| *claim.lookup());
    let _guard = match lookup {
        Some(lookup) => Some(patiently(async || ctx.app.take_in_flight(lookup)).await?),
        None => None,
    };
    ctx.app.intake.submit(arrival.intake.lane_key(), arrival).await
}

fn zone(form: &Form) -> chrono_tz::Tz {
    time::zone(form.text("time_zone"))
}

/// The steps that were taken on the spot; what was listened to stands in the form already.
fn said_steps(form: &Form) -> Vec<(HandlingStep, Value)> {
    let mut said = fields::steps(form, zone(form));
    said.retain(|(step, _)| *step != HandlingStep::Listen);
    if said.is_empty() {
        return said;
    }
    let record = fields::object([
        ("own_words", fields::text(form, "statement")),
        ("facts", fields::lines(form, "facts")),
        ("opinions", fields::lines(form, "opinions")),
    ]);
    said.insert(0, (HandlingStep::Listen, json!({ "step": "listen", "record": record })));
    said
}

/// The steps as the domain takes them; what does not fit names the field of this page.
fn checked_steps(said: &[(HandlingStep, Value)]) -> Result<StepsForm> {
    let steps: Vec<HandlingStep> = said.iter().map(|(step, _)| *step).collect();
    let values: Vec<&Value> = said.iter().map(|(_, value)| value).collect();
    let read = fields::read::<StepsForm>(&json!({ "steps": values })).and_then(|form| {
        form.check()?;
        Ok(form)
    });
    read.map_err(|error| match error {
        Error::Problem(mut problem) => {
            for error in &mut problem.errors {
                let field = fields::field_of_step(&error.pointer, &steps);
                error.detail = match field.as_str() {
                    "listen-own_words" => "statement".to_owned(),
                    _ => field,
                };
            }
            Error::Problem(problem)
        }
        other => other,
    })
}

/// Records the steps and promises the call, if the form says so; each once, whatever became of the other.
pub(super) async fn follow_up(ctx: &Ctx, id: ComplaintId, form: &Form) -> Result<()> {
    let under = |what: &str| {
        // One key for the form, and several things that it does.
        let ctx = ctx.clone().with_key(form.key().map(|key| format!("{key}:{what}")));
        ctx.under(format!("/desk/complaints/{id}/{what}"))
    };
    let said = said_steps(form);
    if !said.is_empty() {
        let (value, ctx) = (checked_steps(&said)?, under("steps"));
        patiently(async || {
            let body = Body {
                value: value.clone(),
                raw: form.fingerprint(),
            };
            let record = move |conn: &mut Conn, act: &Act, form: &StepsForm| {
                recording::record(conn, act, id, None, &form.check()?)
            };
            ctx.once(body, record).await
        })
        .await?;
    }
    if promised(form) {
        let value = fields::read::<PromiseForm>(&fields::promise(form, zone(form)))?;
        let ctx = under("promise");
        patiently(async || {
            let body = Body {
                value: value.clone(),
                raw: form.fingerprint(),
            };
            let promise =
                move |conn: &mut Conn, act: &Act, form: &PromiseForm| call_backs::promise(conn, act, id, None, form);
            ctx.once(body, promise).await
        })
        .await?;
    }
    Ok(())
}
