//! Policies of deadlines: what is in force, versions, rule packs. A policy is written as the document that the API takes.

use actix_web::HttpResponse;

use super::screen::{self, Asking, Block, Cell, Deed, Field, Input, Screen, Sent, Table};
use crate::api::extract::{Ctx, Id, parse};
use crate::db::conn::Conn;
use crate::domain::sla::deadline::Target;
use crate::domain::sla::packs::{self, InstallForm};
use crate::domain::sla::policies::model::PolicyBody;
use crate::domain::sla::policies::operations::{self, PolicyForm, PolicyView};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::web::desk::complaint::voice;
use crate::web::desk::words::{named, word};
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;
use crate::web::time;

/// `GET /admin/policies`
pub(crate) async fn show_policies(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    list(&ctx, &visitor, Sent::nothing()).await
}

fn stands(words: Words, policy: &PolicyView) -> Cell {
    match policy.active_version {
        Some(n) if n == policy.version => Cell::text(fl!(words, "admin-in-force")),
        Some(n) => Cell::text(fl!(words, "admin-in-force-older", n = n)),
        None => Cell::text(fl!(words, "admin-not-in-force")).with("soft"),
    }
}

async fn list(ctx: &Ctx, visitor: &Visitor, sent: Sent) -> Result<HttpResponse> {
    let words = visitor.words;
    let found = ctx.read(|conn, _| operations::list(conn, None, 200)).await?;
    let manages = visitor.may(Permission::ManagePolicies);
    let rows = found.iter().map(|policy| {
        vec![
            Cell::link(
                named(visitor.lang, &policy.policy.name),
                format!("/admin/policies/{}", policy.slug),
            ),
            Cell::text(word(words, "family", policy.policy.family.as_str())),
            stands(words, policy),
            Cell::text(policy.version.to_string()),
        ]
    });
    let table = Table {
        title: String::new(),
        heads: vec![
            fl!(words, "admin-name"),
            fl!(words, "admin-family"),
            fl!(words, "admin-stands"),
            fl!(words, "admin-version"),
        ],
        rows: rows.collect(),
        empty: fl!(words, "admin-policies-none"),
        more: None,
    };
    let packs = packs::all()?.iter().map(|pack| {
        let mut cells = vec![
            Cell::text(named(visitor.lang, &pack.policy.name)),
            Cell::text(pack.policy.source.clone().unwrap_or_default()).with("soft"),
        ];
        let there = found.iter().any(|policy| policy.slug == pack.slug);
        if manages {
            cells.push(match there {
                true => Cell::text(fl!(words, "admin-pack-there")),
                false => Cell::deed(Deed {
                    action: format!("/admin/packs/{}", pack.slug),
                    label: fl!(words, "admin-pack-install"),
                    fields: Vec::new(),
                }),
            });
        }
        cells
    });
    let mut heads = vec![fl!(words, "admin-name"), fl!(words, "admin-source")];
    if manages {
        heads.push(fl!(words, "admin-pack-install"));
    }
    let packs = Table {
        title: fl!(words, "admin-packs"),
        heads,
        rows: packs.collect(),
        empty: String::new(),
        more: None,
    };
    let form = &sent.form;
    let adding = Asking::new(
        "policy",
        fl!(words, "admin-policy-new"),
        "/admin/policies",
        fl!(words, "admin-add"),
    )
    .field(
        Field::new(form, "policy-slug", fl!(words, "admin-slug"), Input::Line("text"), "")
            .hint(fl!(words, "admin-slug-hint")),
    )
    .field(
        Field::new(
            form,
            "policy-document",
            fl!(words, "admin-document"),
            Input::Area(18),
            "{}",
        )
        .hint(fl!(words, "admin-document-hint")),
    );
    let screen = Screen::new(fl!(words, "admin-policies"))
        .with(Block::Table(table))
        .with(Block::Table(packs))
        .with_if(manages, || Block::Form(adding));
    screen::show(visitor, screen, sent)
}

/// The document in a form.
fn document(form: &Form, name: &str) -> Result<PolicyBody> {
    parse(form.text(name).as_bytes())
}

/// `POST /admin/policies`
pub(crate) async fn add_policy(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let made = match document(&form, "policy-document") {
        Ok(policy) => {
            let value = PolicyForm {
                slug: form.text("policy-slug").trim().to_owned(),
                policy,
            };
            screen::once(&ctx, &form, "policy", value, operations::create).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => Ok(visitor.go(&format!("/admin/policies/{}?done=added", made.slug))),
        Err(error) => list(&ctx, &visitor, Sent::refused(form, "policy", error, visitor.words)?).await,
    }
}

/// `POST /admin/packs/{slug}`
pub(crate) async fn install_pack(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    let pack = slug.0;
    let prefix = format!("pack-{pack}");
    let value = InstallForm {
        slug: None,
        calendar: None,
        activate: false,
    };
    let work = move |conn: &mut Conn, act: &Act, value: &InstallForm| packs::install(conn, act, &pack, value);
    match screen::once(&ctx, &form, &prefix, value, work).await {
        Ok(made) => Ok(visitor.go(&format!("/admin/policies/{}?done=added", made.slug))),
        Err(error) => list(&ctx, &visitor, Sent::refused(form, "policy", error, visitor.words)?).await,
    }
}

/// `GET /admin/policies/{slug}`
pub(crate) async fn show_policy(ctx: Ctx, visitor: Visitor, slug: Id<String>) -> Result<HttpResponse> {
    one(&ctx, &visitor, slug.0, Sent::nothing()).await
}

/// How much time there is.
fn amount(words: Words, target: Option<&Target>) -> String {
    let Some(target) = target else {
        return fl!(words, "admin-by-window");
    };
    let unit = word(words, "unit", target.unit.as_str());
    match target.from_next_day {
        true => fl!(words, "admin-target-next-day", n = target.amount, unit = unit),
        false => fl!(words, "admin-target", n = target.amount, unit = unit),
    }
}

#[expect(clippy::too_many_lines, reason = "every block of the page once")]
async fn one(ctx: &Ctx, visitor: &Visitor, slug: String, sent: Sent) -> Result<HttpResponse> {
    let words = visitor.words;
    let wanted = slug.clone();
    let (policy, versions) = ctx
        .read(move |conn, _| {
            let policy = operations::get(conn, &wanted)?;
            // The last twenty, the newest first.
            let first = (policy.version - 19).max(1);
            let versions: Result<Vec<_>> = (first..=policy.version)
                .rev()
                .map(|n| operations::version(conn, &wanted, n))
                .collect();
            Ok((policy, versions?))
        })
        .await?;
    let voice = voice(ctx, visitor);
    let body = &policy.policy;
    let facts = vec![
        (fl!(words, "admin-stands"), stands(words, &policy)),
        (
            fl!(words, "admin-family"),
            Cell::text(word(words, "family", body.family.as_str())),
        ),
        (
            fl!(words, "admin-calendar"),
            Cell::link(body.calendar.clone(), format!("/admin/calendars/{}", body.calendar)),
        ),
        (
            fl!(words, "admin-source"),
            Cell::text(body.source.clone().unwrap_or_default()),
        ),
    ];
    let metrics = body.metrics.iter().map(|metric| {
        vec![
            Cell::text(named(visitor.lang, &metric.name)),
            Cell::text(amount(words, metric.target.as_ref())),
            Cell::text(metric.warnings.len().to_string()),
            Cell::text(metric.escalations.len().to_string()),
        ]
    });
    let metrics = Table {
        title: fl!(words, "admin-metrics"),
        heads: vec![
            fl!(words, "admin-name"),
            fl!(words, "admin-time"),
            fl!(words, "admin-warnings"),
            fl!(words, "admin-escalations"),
        ],
        rows: metrics.collect(),
        empty: fl!(words, "admin-none"),
        more: None,
    };
    let rows = versions.iter().map(|version| {
        vec![
            Cell::text(version.version.to_string()),
            Cell::text(version.written_by.clone()),
            Cell::text(time::short(voice.lang, voice.zone, version.written_at)),
            Cell::text(match policy.active_version == Some(version.version) {
                true => fl!(words, "admin-in-force"),
                false => String::new(),
            }),
        ]
    });
    let history = Table {
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
    };
    let text = serde_json::to_string_pretty(body)?;
    let at = |deed: &str| format!("/admin/policies/{slug}/{deed}");
    let writing = Asking::new(
        "policy",
        fl!(words, "admin-version-new"),
        at("write"),
        fl!(words, "admin-save"),
    )
    .version(policy.revision)
    .lead(fl!(words, "admin-policy-lead"))
    .field(Field::new(
        &sent.form,
        "policy-document",
        fl!(words, "admin-document"),
        Input::Area(24),
        &text,
    ));
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
    let turn = turn.version(policy.revision).lead(fl!(words, "admin-force-lead"));
    let manages = visitor.may(Permission::ManagePolicies);
    let screen = Screen::new(named(visitor.lang, &body.name))
        .back("/admin/policies", fl!(words, "admin-policies"))
        .with(Block::Facts(String::new(), facts))
        .with(Block::Table(metrics))
        .with_if(manages, || Block::Form(turn))
        .with_if(manages, || Block::Form(writing))
        .with(Block::Table(history));
    screen::show(visitor, screen, sent)
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
            let sent = Sent::refused(form, "policy", error, visitor.words)?;
            one(ctx, visitor, slug, sent).await
        }
    }
}

/// `POST /admin/policies/{slug}/write`
pub(crate) async fn write_policy(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    let slug = slug.0;
    let version = form.version()?;
    let wanted = slug.clone();
    let done = match document(&form, "policy-document") {
        Ok(body) => {
            let work = move |conn: &mut Conn, act: &Act, body: &PolicyBody| {
                operations::write(conn, act, &wanted, Some(version), body)
            };
            screen::once(&ctx, &form, "policy", body, work).await
        }
        Err(error) => Err(error),
    };
    settle(&ctx, &visitor, slug, form, done).await
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
