//! A policy: what it says in words, its form, its versions, and bringing it into and out of force.

use actix_web::HttpResponse;
use serde_json::Value;

use super::super::asking::{Asking, Field, Input};
use super::super::conditions;
use super::super::document::{self, Draft};
use super::super::known::Known;
use super::super::screen::{self, Block, Cell, Screen, Sent, Table};
use super::{form, stands};
use crate::api::extract::{Ctx, Id, parse};
use crate::db::conn::Conn;
use crate::domain::sla::policies::model::PolicyBody;
use crate::domain::sla::policies::operations::{self, PolicyForm, PolicyVersionView, PolicyView};
use crate::domain::staff::{Act, Permission};
use crate::error::{Error, Result};
use crate::web::desk::voice::{Voice, voice};
use crate::web::desk::words::{named, word};
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// How many versions are shown.
const SHOWN: i32 = 20;

/// What was sent: the form of a policy, or the document for experts.
#[derive(Default)]
struct Told {
    draft: Option<Draft>,
    sent: Option<Sent>,
}

/// Whether the document was sent, not the form.
fn is_document(form: &Form) -> bool {
    form.all().any(|(name, _)| name == "policy-document")
}

/// Where the policy stands in what the domain is asked to take.
fn told(form: Form, value: Option<Value>, base: &str, error: Error, words: Words) -> Result<Told> {
    Ok(match value {
        Some(value) => Told {
            draft: Some(Draft::refused(value, base, error)?),
            sent: None,
        },
        None => Told {
            draft: None,
            sent: Some(Sent::refused(form, "policy", error, words)?),
        },
    })
}

/// The form of a policy, and beside it the document for experts.
fn forms(words: Words, action: &str, revision: i32, text: &str, told: &Told) -> (Asking, Asking) {
    let new = revision == 0;
    let title = match new {
        true => fl!(words, "admin-policy-new"),
        false => fl!(words, "admin-version-new"),
    };
    let terms = Asking::new("terms", title, action, String::new())
        .version(revision)
        .lead(fl!(words, "admin-policy-lead"))
        .buttons(vec![("save", fl!(words, "admin-save"), "")]);
    let nothing = Form::default();
    let sent = told.sent.as_ref().map_or(&nothing, |sent| &sent.form);
    let mut document = Asking::new("policy", fl!(words, "admin-experts"), action, fl!(words, "admin-save"))
        .version(revision)
        .lead(fl!(words, "admin-document-hint"));
    if new {
        let slug = Field::new(sent, "policy-slug", fl!(words, "admin-slug"), Input::Line("text"), "");
        document = document.field(slug.hint(fl!(words, "admin-slug-hint")));
    }
    let document = document.field(Field::new(
        sent,
        "policy-document",
        fl!(words, "admin-document"),
        Input::Area(24),
        text,
    ));
    let terms = match new || told.draft.is_some() {
        true => terms.open(),
        false => terms,
    };
    (terms, document)
}

/// The page of a policy that is yet to be written.
pub(super) async fn show_new(ctx: &Ctx, visitor: &Visitor) -> Result<HttpResponse> {
    new(ctx, visitor, Told::default()).await
}

async fn new(ctx: &Ctx, visitor: &Visitor, told: Told) -> Result<HttpResponse> {
    let words = visitor.words;
    let known = ctx.read(Known::load).await?;
    let (terms, document) = forms(words, "/admin/policies", 0, "{}", &told);
    let draft = told.draft.unwrap_or_else(|| Draft::of(form::fresh()));
    let (parts, findings) = draft.laid(&form::nodes(words, &known, true), "terms", words);
    let sent = told.sent.unwrap_or_else(|| Sent {
        form: Form::fresh(),
        findings,
        status: draft.status(),
    });
    let screen = Screen::new(fl!(words, "admin-policy-new"))
        .back("/admin/policies", fl!(words, "admin-policies"))
        .with(Block::Form(terms.parts(parts)))
        .with(Block::Form(document));
    screen::show(visitor, screen, sent)
}

/// What a new policy is to be; for a form, what it holds as well.
fn read_new(form: &Form, nodes: &[document::Node]) -> std::result::Result<(Result<PolicyForm>, Option<Value>), Draft> {
    if is_document(form) {
        let policy = parse(form.text("policy-document").as_bytes());
        let slug = form.text("policy-slug").trim().to_owned();
        return Ok((policy.map(|policy| PolicyForm { slug, policy }), None));
    }
    let value = document::read(nodes, form, "terms")?;
    let mut body = form::of_form(value.clone());
    let slug = body.as_object_mut().and_then(|map| map.remove("slug"));
    let slug = slug.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    let policy = parse(body.to_string().as_bytes());
    Ok((policy.map(|policy| PolicyForm { slug, policy }), Some(value)))
}

/// `POST /admin/policies`
pub(crate) async fn add_policy(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let known = ctx.read(Known::load).await?;
    let (value, shown) = match read_new(&form, &form::nodes(visitor.words, &known, true)) {
        Ok(read) => read,
        Err(draft) => {
            let told = Told {
                draft: Some(draft),
                sent: None,
            };
            return new(&ctx, &visitor, told).await;
        }
    };
    // What cannot be read is told from the policy on; what the domain refuses, from the whole.
    let (made, base) = match value {
        Ok(value) => (
            screen::once(&ctx, &form, "policy", value, operations::create).await,
            "/policy",
        ),
        Err(error) => (Err(error), ""),
    };
    match made {
        Ok(made) => Ok(visitor.go(&format!("/admin/policies/{}?done=added", made.slug))),
        Err(error) => {
            let told = told(form, shown, base, error, visitor.words)?;
            new(&ctx, &visitor, told).await
        }
    }
}

/// `GET /admin/policies/{slug}`
pub(crate) async fn show_policy(ctx: Ctx, visitor: Visitor, slug: Id<String>) -> Result<HttpResponse> {
    one(&ctx, &visitor, slug.0, Told::default()).await
}

struct Seen {
    policy: PolicyView,
    versions: Vec<PolicyVersionView>,
    known: Known,
}

fn look(conn: &mut Conn, act: &Act, slug: &str) -> Result<Seen> {
    let policy = operations::get(conn, slug)?;
    // The last ones, the newest first.
    let first = (policy.version - SHOWN + 1).max(1);
    let versions: Result<Vec<_>> = (first..=policy.version)
        .rev()
        .map(|n| operations::version(conn, slug, n))
        .collect();
    Ok(Seen {
        versions: versions?,
        known: Known::load(conn, act)?,
        policy,
    })
}

fn facts(words: Words, seen: &Seen) -> Result<Vec<(String, Cell)>> {
    let body = &seen.policy.policy;
    let asked = conditions::said(words, &serde_json::to_value(&body.conditions)?, &seen.known);
    let mut facts = vec![
        (fl!(words, "admin-stands"), stands(words, &seen.policy)),
        (
            fl!(words, "admin-family"),
            Cell::text(word(words, "family", body.family.as_str())),
        ),
        (
            fl!(words, "admin-if-short"),
            Cell::text(match asked.is_empty() {
                true => fl!(words, "admin-if-any"),
                false => asked.join(" · "),
            }),
        ),
        (
            fl!(words, "admin-calendar"),
            Cell::link(
                seen.known.calendar(&body.calendar),
                format!("/admin/calendars/{}", body.calendar),
            ),
        ),
        (fl!(words, "admin-rank"), Cell::text(body.rank.to_string())),
    ];
    if let Some(source) = &body.source {
        facts.push((fl!(words, "admin-source"), Cell::text(super::source(words, source)?)));
    }
    if let Some(day) = body.effective_from {
        facts.push((fl!(words, "admin-effective"), Cell::text(day.to_string())));
    }
    Ok(facts)
}

fn history(voice: Voice, seen: &Seen) -> Table {
    let words = voice.words;
    let rows = seen.versions.iter().map(|version| {
        vec![
            Cell::text(version.version.to_string()),
            Cell::text(version.written_by.clone()),
            Cell::text(voice.short(version.written_at)),
            Cell::text(match seen.policy.active_version == Some(version.version) {
                true => fl!(words, "admin-in-force"),
                false => String::new(),
            }),
        ]
    });
    Table {
        title: fl!(words, "admin-versions"),
        heads: vec![
            fl!(words, "admin-version"),
            fl!(words, "admin-by"),
            fl!(words, "admin-since"),
            fl!(words, "admin-stands"),
        ],
        rows: rows.collect(),
        empty: String::new(),
        more: None,
    }
}

/// The form by which the policy comes into force, or out of it.
fn turn(words: Words, policy: &PolicyView) -> Asking {
    let at = |deed: &str| format!("/admin/policies/{}/{deed}", policy.slug);
    let turn = match policy.active_version == Some(policy.version) {
        true => Asking::new(
            "turn",
            fl!(words, "admin-out-of-force"),
            at("deactivate"),
            fl!(words, "admin-out-of-force"),
        )
        .grave(),
        false => Asking::new(
            "turn",
            fl!(words, "admin-into-force"),
            at("activate"),
            fl!(words, "admin-into-force"),
        ),
    };
    turn.version(policy.revision).lead(fl!(words, "admin-force-lead"))
}

async fn one(ctx: &Ctx, visitor: &Visitor, slug: String, told: Told) -> Result<HttpResponse> {
    let words = visitor.words;
    let wanted = slug.clone();
    let seen = ctx.read(move |conn, act| look(conn, act, &wanted)).await?;
    let voice = voice(ctx, visitor);
    let body = &seen.policy.policy;
    let clocks = body
        .metrics
        .iter()
        .map(|metric| form::card(words, visitor.lang, metric));
    let text = serde_json::to_string_pretty(body)?;
    let action = format!("/admin/policies/{slug}/write");
    let (terms, document) = forms(words, &action, seen.policy.revision, &text, &told);
    let draft = match told.draft {
        Some(draft) => draft,
        None => Draft::of(form::document(body)?),
    };
    let (parts, findings) = draft.laid(&form::nodes(words, &seen.known, false), "terms", words);
    let sent = told.sent.unwrap_or_else(|| Sent {
        form: Form::fresh(),
        findings,
        status: draft.status(),
    });
    let manages = visitor.may(Permission::ManagePolicies);
    let screen = Screen::new(named(visitor.lang, &body.name))
        .back("/admin/policies", fl!(words, "admin-policies"))
        .with(Block::Facts(String::new(), facts(words, &seen)?))
        .with(Block::Cards(
            fl!(words, "admin-metrics"),
            String::new(),
            clocks.collect(),
        ))
        .with_if(manages, || Block::Form(turn(words, &seen.policy)))
        .with_if(manages, || Block::Form(terms.parts(parts)))
        .with_if(manages, || Block::Form(document))
        .with(Block::Table(history(voice, &seen)));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/policies/{slug}/write`
pub(crate) async fn write_policy(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    let slug = slug.0;
    let version = form.version()?;
    let (body, shown) = match is_document(&form) {
        true => (parse::<PolicyBody>(form.text("policy-document").as_bytes()), None),
        false => {
            let known = ctx.read(Known::load).await?;
            match document::read(&form::nodes(visitor.words, &known, false), &form, "terms") {
                Ok(value) => {
                    let text = form::of_form(value.clone()).to_string();
                    (parse::<PolicyBody>(text.as_bytes()), Some(value))
                }
                Err(draft) => {
                    let told = Told {
                        draft: Some(draft),
                        sent: None,
                    };
                    return one(&ctx, &visitor, slug, told).await;
                }
            }
        }
    };
    let wanted = slug.clone();
    let done = match body {
        Ok(body) => {
            let work = move |conn: &mut Conn, act: &Act, body: &PolicyBody| {
                operations::write(conn, act, &wanted, Some(version), body)
            };
            screen::once(&ctx, &form, "policy", body, work).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(visitor.go(&format!("/admin/policies/{slug}?done=version"))),
        Err(error) => {
            let told = told(form, shown, "", error, visitor.words)?;
            one(&ctx, &visitor, slug, told).await
        }
    }
}

async fn settle(
    ctx: &Ctx,
    visitor: &Visitor,
    slug: String,
    form: Form,
    result: Result<PolicyView>,
) -> Result<HttpResponse> {
    match result {
        Ok(_) => Ok(visitor.go(&format!("/admin/policies/{slug}?done=changed"))),
        Err(error) => {
            let told = told(form, None, "", error, visitor.words)?;
            one(ctx, visitor, slug, told).await
        }
    }
}

/// `POST /admin/policies/{slug}/activate`
pub(crate) async fn activate_policy(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    let slug = slug.0;
    let version = form.version()?;
    let wanted = slug.clone();
    let work = move |conn: &mut Conn, act: &Act, (): &()| operations::activate(conn, act, &wanted, Some(version));
    let done = screen::once(&ctx, &form, "turn", (), work).await;
    settle(&ctx, &visitor, slug, form, done).await
}

/// `POST /admin/policies/{slug}/deactivate`
pub(crate) async fn deactivate_policy(
    ctx: Ctx,
    visitor: Visitor,
    slug: Id<String>,
    form: Form,
) -> Result<HttpResponse> {
    let slug = slug.0;
    let version = form.version()?;
    let wanted = slug.clone();
    let work = move |conn: &mut Conn, act: &Act, (): &()| operations::deactivate(conn, act, &wanted, Some(version));
    let done = screen::once(&ctx, &form, "turn", (), work).await;
    settle(&ctx, &visitor, slug, form, done).await
}
