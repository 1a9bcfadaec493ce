//! Rules of routing: what is in force, a new version, and what it would have done with the complaints that there are.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::screen::{self, Asking, Block, Cell, Deed, Field, Input, Screen, Sent, Table};
use crate::api::extract::{Ctx, parse};
use crate::db::conn::Conn;
use crate::domain::staff::{Act, Permission, teams};
use crate::domain::work::routing::dry_run::{self, DryRunForm, RoutingDryRun};
use crate::domain::work::routing::{self, RoutingForm, RoutingView};
use crate::error::{Error, Result};
use crate::ids::TeamId;
use crate::web::desk::complaint::voice;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::fl;
use crate::web::page::Visitor;
use crate::web::time;

/// How many cases of a trial are shown.
const SHOWN: usize = 30;

/// `GET /admin/routing`
pub(crate) async fn show_routing(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    page(&ctx, &visitor, Sent::nothing(), None).await
}

fn trial(visitor: &Visitor, tried: &RoutingDryRun) -> Vec<Block> {
    let words = visitor.words;
    let none = || fl!(words, "admin-no-team");
    let facts = vec![
        (fl!(words, "admin-trial-moved"), Cell::text(tried.moved.to_string())),
        (
            fl!(words, "admin-trial-soon"),
            Cell::text(tried.moved_due_soon.to_string()),
        ),
        (
            fl!(words, "admin-trial-unmatched"),
            Cell::text(tried.unmatched.to_string()),
        ),
    ];
    let loads = tried.loads.iter().map(|load| {
        vec![
            Cell::text(load.team_name.clone().unwrap_or_else(none)),
            Cell::text(format!("{} → {}", load.before, load.after)),
            Cell::text(format!("{} → {}", load.open_before, load.open_after)),
        ]
    });
    let cases = tried.cases.iter().filter(|case| case.moves).take(SHOWN).map(|case| {
        vec![
            Cell::text(case.reference.clone()),
            Cell::text(case.team_name.clone().unwrap_or_else(none)),
            Cell::text(case.would_team_name.clone().unwrap_or_else(none)),
            Cell::text(case.rule.clone().unwrap_or_default()),
        ]
    });
    vec![
        Block::Facts(fl!(words, "admin-trial", n = tried.cases.len()), facts),
        Block::Table(Table {
            title: fl!(words, "admin-trial-loads"),
            heads: vec![
                fl!(words, "admin-team"),
                fl!(words, "admin-trial-all"),
                fl!(words, "admin-trial-open"),
            ],
            rows: loads.collect(),
            empty: fl!(words, "admin-none"),
            more: None,
        }),
        Block::Table(Table {
            title: fl!(words, "admin-trial-cases"),
            heads: vec![
                fl!(words, "admin-case"),
                fl!(words, "admin-team"),
                fl!(words, "admin-trial-would"),
                fl!(words, "admin-rule"),
            ],
            rows: cases.collect(),
            empty: fl!(words, "admin-trial-nothing"),
            more: None,
        }),
    ]
}

#[expect(clippy::too_many_lines, reason = "every block of the page once")]
async fn page(ctx: &Ctx, visitor: &Visitor, sent: Sent, tried: Option<RoutingDryRun>) -> Result<HttpResponse> {
    let words = visitor.words;
    let (found, names) = ctx
        .read(|conn, _| {
            let found = routing::get(conn)?;
            let ids: Vec<TeamId> = found.rules.iter().map(|rule| rule.team).collect();
            let names = teams::names(conn, &ids)?;
            Ok((found, names))
        })
        .await?;
    let voice = voice(ctx, visitor);
    let stands = match found.active_version {
        Some(n) => fl!(words, "admin-in-force-version", n = n),
        None => fl!(words, "admin-not-in-force"),
    };
    let rules = found.rules.iter().map(|rule| {
        vec![
            Cell::text(rule.name.clone().unwrap_or_else(|| rule.slug.clone())),
            Cell::text(names.get(&rule.team).cloned().unwrap_or_default()),
            Cell::text(serde_json::to_string(&rule.conditions).unwrap_or_default()).with("soft"),
            Cell::text(rule.mode.to_string()),
        ]
    });
    let manages = visitor.may(Permission::ManageRouting);
    let mut rules = Table {
        title: match found.version {
            0 => fl!(words, "admin-rules-now"),
            n => fl!(words, "admin-rules", n = n),
        },
        heads: vec![
            fl!(words, "admin-rule"),
            fl!(words, "admin-team"),
            fl!(words, "admin-conditions"),
            fl!(words, "admin-mode"),
        ],
        rows: rules.collect(),
        empty: fl!(words, "admin-rules-none"),
        more: None,
    };
    if manages && found.version > 0 && found.active_version != Some(found.version) {
        rules.rows.push(vec![Cell::deed(Deed {
            action: "/admin/routing/activate".to_owned(),
            label: fl!(words, "admin-into-force"),
            fields: vec![
                ("version", found.revision.to_string()),
                ("number", found.version.to_string()),
            ],
        })]);
    }
    let text = serde_json::to_string_pretty(&found.rules)?;
    let mut writing = Asking::new(
        "rules",
        fl!(words, "admin-rules-write"),
        "/admin/routing",
        fl!(words, "admin-save"),
    )
    .version(found.revision)
    .lead(fl!(words, "admin-rules-lead"))
    .field(
        Field::new(
            &sent.form,
            "rules-document",
            fl!(words, "admin-document"),
            Input::Area(20),
            &text,
        )
        .hint(fl!(words, "admin-rules-hint")),
    );
    writing.buttons = vec![("/admin/routing/try".to_owned(), fl!(words, "admin-try-rules"), "second")];
    if manages {
        writing.buttons.push((String::new(), fl!(words, "admin-save"), ""));
    }
    writing.folded = tried.is_none();
    let turns = found.history.iter().map(|turn| {
        vec![
            Cell::text(time::short(voice.lang, voice.zone, turn.turned_at)),
            Cell::text(
                turn.version
                    .map_or_else(|| fl!(words, "admin-not-in-force"), |n| n.to_string()),
            ),
            Cell::text(turn.turned_by.clone()),
        ]
    });
    let history = Table {
        title: fl!(words, "admin-turns"),
        heads: vec![
            fl!(words, "admin-since"),
            fl!(words, "admin-version"),
            fl!(words, "admin-by"),
        ],
        rows: turns.collect(),
        empty: fl!(words, "admin-none"),
        more: None,
    };
    let off = Asking::new(
        "off",
        fl!(words, "admin-out-of-force"),
        "/admin/routing/deactivate",
        fl!(words, "admin-out-of-force"),
    )
    .grave();
    let mut screen = Screen::new(fl!(words, "admin-routing")).with(Block::Facts(
        String::new(),
        vec![(fl!(words, "admin-stands"), Cell::text(stands))],
    ));
    if let Some(tried) = &tried {
        for block in trial(visitor, tried) {
            screen = screen.with(block);
        }
    }
    let screen = screen
        .with(Block::Table(rules))
        .with(Block::Form(writing))
        .with_if(manages && found.active_version.is_some(), || Block::Form(off))
        .with(Block::Table(history));
    screen::show(visitor, screen, sent)
}

/// The rules in the form: a list, as the API has it under `rules`.
fn rules(form: &Form) -> Result<RoutingForm> {
    parse(format!("{{\"rules\":{}}}", form.text("rules-document")).as_bytes())
}

/// `POST /admin/routing/try`: what the rules of the form would have done; nothing is changed.
pub(crate) async fn try_routing(ctx: Ctx, visitor: Visitor, mut form: Form) -> Result<HttpResponse> {
    let tried = match rules(&form) {
        Ok(value) => {
            let asked = DryRunForm {
                rules: value.rules,
                from: None,
                before: None,
                last: None,
            };
            ctx.read(move |conn, act| dry_run::dry_run(conn, act, &asked)).await
        }
        Err(error) => Err(error),
    };
    match tried {
        Ok(tried) => {
            form.renew_key();
            let sent = Sent {
                form,
                findings: Findings::default(),
                status: StatusCode::OK,
            };
            page(&ctx, &visitor, sent, Some(tried)).await
        }
        Err(error) => {
            page(
                &ctx,
                &visitor,
                Sent::refused(form, "rules", error, visitor.words)?,
                None,
            )
            .await
        }
    }
}

async fn settle(ctx: &Ctx, visitor: &Visitor, form: Form, result: Result<RoutingView>) -> Result<HttpResponse> {
    match result {
        Ok(_) => Ok(visitor.go("/admin/routing?done=changed")),
        Err(error) => page(ctx, visitor, Sent::refused(form, "rules", error, visitor.words)?, None).await,
    }
}

/// `POST /admin/routing`: a new version.
pub(crate) async fn write_routing(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let version = form.version()?;
    let done = match rules(&form) {
        Ok(value) => {
            let work =
                move |conn: &mut Conn, act: &Act, value: &RoutingForm| routing::write(conn, act, Some(version), value);
            screen::once(&ctx, &form, "rules", value, work).await
        }
        Err(error) => Err(error),
    };
    settle(&ctx, &visitor, form, done).await
}

/// `POST /admin/routing/activate`: the version that the form names.
pub(crate) async fn activate_routing(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let version = form.version()?;
    let number = form.text("number").parse::<i32>();
    let number = number.map_err(|_| Error::not_found("version"))?;
    let work = move |conn: &mut Conn, act: &Act, (): &()| routing::activate(conn, act, number, Some(version));
    let done = screen::once(&ctx, &form, "activate", (), work).await;
    settle(&ctx, &visitor, form, done).await
}

/// `POST /admin/routing/deactivate`
pub(crate) async fn deactivate_routing(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let work = |conn: &mut Conn, act: &Act, (): &()| routing::deactivate(conn, act);
    let done = screen::once(&ctx, &form, "off", (), work).await;
    settle(&ctx, &visitor, form, done).await
}
