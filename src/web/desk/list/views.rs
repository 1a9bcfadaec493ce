//! Saved views: a list kept under a name, for oneself or for a team, with the columns that it shows.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::asked::Asked;
use crate::api::extract::{Body, Ctx, Id};
use crate::domain::casework::views::{self, ViewForm};
use crate::error::{Code, Error, Result};
use crate::ids::ViewId;
use crate::web::desk::fields;
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::{self, fl};
use crate::web::page::Visitor;

/// `POST /desk/views`: keeps what the address of the form lists.
pub(crate) async fn keep(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let asked = Asked::read(&ctx, &visitor).await?;
    let (own, view) = (asked.filter.clone(), asked.view);
    let listed = ctx
        .read(move |conn, act| super::filter_in(conn, act, own, view))
        .await?;
    let columns: Vec<&str> = form.every("view-column").collect();
    let value = fields::read::<ViewForm>(&json!({
        "title": form.text("view-title"),
        "team": form.given("view-team").map_or(Value::Null, Value::String),
        "filter": listed,
        "columns": columns,
    }));
    let keyed = ctx.clone().with_key(form.key().map(|key| format!("{key}:view")));
    let done = match value {
        Ok(value) => {
            patiently(async || {
                let body = Body {
                    value: value.clone(),
                    raw: form.fingerprint(),
                };
                keyed.once(body, views::create).await
            })
            .await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(made) => Ok(visitor.go(&format!("/desk/complaints?view={}&kept=1", made.id))),
        Err(Error::Problem(problem)) if problem.code.status() < 500 && problem.code != Code::NotFound => {
            let findings = Findings::of(&problem, visitor.words, |error| {
                let text = match (error.pointer.as_str(), error.code.as_str()) {
                    ("/title", "required") => Some(fl!(visitor.words, "desk-view-title-missing")),
                    ("/title", "not_allowed") => Some(fl!(visitor.words, "desk-view-full")),
                    _ => None,
                };
                Some((fields::field_of("view", &error.pointer), text))
            });
            let mut form = form;
            form.renew_key();
            super::show(&ctx, &visitor, form, findings).await
        }
        Err(error) => Err(error),
    }
}

/// `POST /desk/views/{id}/remove`: the complaints stay where they are.
pub(crate) async fn remove(ctx: Ctx, visitor: Visitor, id: Id<ViewId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let version = form.version()?;
    let done = ctx
        .write(move |conn, act| views::delete(conn, act, id, Some(version)))
        .await;
    match done {
        Ok(_) => Ok(visitor.go("/desk/complaints?gone=1")),
        Err(Error::Problem(problem)) if matches!(problem.code, Code::Forbidden | Code::PreconditionFailed) => {
            let mut findings = Findings::default();
            findings.add("", i18n::problem(visitor.words, problem.code));
            super::show(&ctx, &visitor, Form::fresh(), findings).await
        }
        Err(error) => Err(error),
    }
}
