//! The audit: who did and read what, page by page; and whether its seals hold.

use actix_web::HttpResponse;

use super::asking::{Asking, Field, Input};
use super::screen::{self, Block, Cell, Screen, Sent, Table};
use crate::api::extract::{Ctx, Id};
use crate::clock::Moment;
use crate::domain::audit::query::{self, AuditEvent, Filter};
use crate::domain::audit::seal::{self, Verdict};
use crate::domain::audit::{Event, ObjectKind};
use crate::error::Result;
use crate::ids::{AuditEventId, CustomerId};
use crate::web::desk::voice::{Voice, voice};
use crate::web::desk::words::word;
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;
use crate::web::time;

/// How many events a page shows.
const SHOWN: i64 = 50;

/// What the address asks for, and what of it cannot be read.
fn filter(visitor: &Visitor, findings: &mut Findings) -> Filter {
    let words = visitor.words;
    let given = |name: &str| {
        let text = visitor.query(name).map(|text| text.trim().replace('\0', ""));
        text.filter(|text| !text.is_empty())
    };
    let mut wrong = |name: &str, text: String| findings.add(name, text);
    let mut at = |name: &str, next: u64| {
        let text = given(name)?;
        let day = text.parse::<chrono::NaiveDate>().ok();
        let day = day.and_then(|day| day.checked_add_days(chrono::Days::new(next)));
        let at = day.and_then(|day| format!("{day}T00:00:00Z").parse::<Moment>().ok());
        if at.is_none() {
            wrong(name, fl!(words, "ops-wrong-day"));
        }
        at
    };
    let (from, before) = (at("audit-from", 0), at("audit-to", 1));
    let customer = given("audit-customer").map(|id| id.parse().ok().map(CustomerId));
    if customer == Some(None) {
        findings.add("audit-customer", fl!(words, "wrong-malformed"));
    }
    Filter {
        actor: given("audit-actor"),
        action: given("audit-action"),
        customer_id: customer.flatten(),
        from,
        before,
        ..Filter::default()
    }
}

/// `GET /admin/audit`
pub(crate) async fn show_audit(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    page(&ctx, &visitor, None).await
}

/// What somebody did, in words; nothing where it has none.
fn did(words: Words, action: &str) -> String {
    let known = |area: &str, value: &str| {
        let key = format!("word-{area}-{value}");
        words.has(&key).then(|| words.get(&key))
    };
    let said = action.split_once('.').and_then(|(object, deed)| {
        let what = known("object", object)?;
        // What changes a complaint is called as in its history.
        let value = known("audit", deed).or_else(|| known("action", deed))?;
        Some(fl!(words, "admin-pair", what = what, value = value))
    });
    said.unwrap_or_default()
}

fn table(voice: Voice, rows: &[AuditEvent], more: Option<(String, String)>) -> Table {
    let words = voice.words;
    Table {
        title: String::new(),
        heads: vec![
            fl!(words, "admin-at"),
            fl!(words, "admin-who"),
            fl!(words, "admin-did"),
            fl!(words, "admin-to-what"),
            fl!(words, "admin-purpose"),
        ],
        rows: rows
            .iter()
            .map(|row| {
                let object = row.object_id.map(|id| id.to_string()).unwrap_or_default();
                vec![
                    Cell::link(voice.short(row.happened_at), format!("/admin/audit/{}", row.id)),
                    Cell::text(row.actor.clone()),
                    Cell::text(row.action.clone())
                        .with("soft")
                        .before(did(words, &row.action)),
                    Cell::text(object)
                        .with("soft")
                        .before(word(words, "object", row.object_kind.as_str())),
                    Cell::text(row.purpose.clone().unwrap_or_default()),
                ]
            })
            .collect(),
        empty: fl!(words, "admin-audit-none"),
        more,
    }
}

/// The form by which events are asked for.
fn asking(words: Words, form: &Form) -> Asking {
    let line = |name: &str, label: String, kind: &'static str| Field::new(form, name, label, Input::Line(kind), "");
    let mut asking = Asking::new(
        "audit",
        fl!(words, "admin-audit-filter"),
        "/admin/audit",
        fl!(words, "admin-show"),
    )
    .field(line("audit-actor", fl!(words, "admin-who"), "text"))
    .field(line("audit-action", fl!(words, "admin-did"), "text").hint(fl!(words, "admin-did-hint")))
    .field(line("audit-customer", fl!(words, "admin-customer"), "text"))
    .field(line("audit-from", fl!(words, "ops-from"), "date").hint(fl!(words, "admin-utc")))
    .field(line("audit-to", fl!(words, "ops-to"), "date"));
    asking.get = true;
    asking
}

/// What checking the seals found.
fn told(words: Words, verdict: &Verdict) -> Block {
    let said = match verdict.findings.is_empty() {
        true => fl!(
            words,
            "admin-seal-good",
            seals = verdict.seals,
            events = verdict.events,
            unsealed = verdict.unsealed
        ),
        false => {
            let found: Vec<String> = verdict.findings.iter().take(50).map(ToString::to_string).collect();
            found.join("\n")
        }
    };
    let title = match verdict.findings.is_empty() {
        true => fl!(words, "admin-seal-holds"),
        false => fl!(words, "admin-seal-broken", n = verdict.findings.len()),
    };
    Block::Words(title, said, false)
}

async fn page(ctx: &Ctx, visitor: &Visitor, verdict: Option<Verdict>) -> Result<HttpResponse> {
    let words = visitor.words;
    let mut sent = Sent::nothing();
    let filter = filter(visitor, &mut sent.findings);
    let filter_again = filter.clone();
    let below = visitor.query("after").and_then(|id| id.parse().ok()).map(AuditEventId);
    let (mut rows, seals) = ctx
        .read(move |conn, _| {
            Ok((
                query::list(conn, &filter, below, SHOWN + 1)?,
                seal::list(conn, None, 1)?,
            ))
        })
        .await?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let voice = voice(ctx, visitor);
    let mut form = Form::default();
    let names = [
        "audit-actor",
        "audit-action",
        "audit-customer",
        "audit-from",
        "audit-to",
    ];
    for name in names {
        form.set(name, visitor.query(name).unwrap_or_default());
    }
    let csv = csv_of(&filter_again);
    let next = rows.last().filter(|_| more).map(|row| {
        let mut query = form_urlencoded::Serializer::for_suffix("/admin/audit?".to_owned(), "/admin/audit?".len());
        for name in names {
            query.append_pair(name, visitor.query(name).unwrap_or_default());
        }
        query.append_pair("after", &row.id.to_string());
        (query.finish(), fl!(words, "admin-more"))
    });
    let table = table(voice, &rows, next);
    let asking = asking(words, &form);
    let checking = Asking::new(
        "seal",
        fl!(words, "admin-seal"),
        "/admin/audit/verify",
        fl!(words, "admin-seal-verify"),
    )
    .lead(match seals.first() {
        Some(seal) => fl!(words, "admin-seal-newest", n = seal.number, hash = seal.hash.as_str()),
        None => fl!(words, "admin-seal-none"),
    });
    let mut screen = Screen::new(fl!(words, "admin-audit"));
    if let Some(verdict) = verdict {
        screen = screen.with(told(words, &verdict));
    }
    if !sent.findings.is_empty() {
        sent.status = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    let screen = screen
        .with(Block::Form(asking))
        .with(Block::Form(checking))
        .with(Block::Table(table))
        .with(Block::Facts(
            String::new(),
            vec![(fl!(words, "admin-also"), Cell::link(fl!(words, "admin-audit-csv"), csv))],
        ));
    screen::show(visitor, screen, sent)
}

/// Where all of these events are as CSV.
fn csv_of(filter: &Filter) -> String {
    let path = "/api/v1/audit/events.csv?";
    let mut query = form_urlencoded::Serializer::for_suffix(path.to_owned(), path.len());
    let pairs = [
        ("actor", filter.actor.clone()),
        ("action", filter.action.clone()),
        ("customer_id", filter.customer_id.map(|id| id.to_string())),
        ("from", filter.from.map(|at| at.to_string())),
        ("before", filter.before.map(|at| at.to_string())),
    ];
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
    }
    query.finish().trim_end_matches('?').to_owned()
}

/// `POST /admin/audit/verify`: every seal is checked; nothing is changed.
pub(crate) async fn verify_seals(ctx: Ctx, visitor: Visitor, _form: Form) -> Result<HttpResponse> {
    let verdict = ctx.read(|conn, _| seal::verify(conn, None)).await?;
    page(&ctx, &visitor, Some(verdict)).await
}

/// `GET /admin/audit/{id}`
pub(crate) async fn show_event(ctx: Ctx, visitor: Visitor, id: Id<AuditEventId>) -> Result<HttpResponse> {
    let id = id.0;
    let words = visitor.words;
    let found = ctx.read(move |conn, _| query::get(conn, id)).await?;
    let event = Event::on(ObjectKind::Audit, id.0, "audit.read").of(found.customers.iter().copied());
    ctx.disclose(event).await?;
    let voice = voice(&ctx, &visitor);
    let event = &found.event;
    let text = |text: &Option<String>| Cell::text(text.clone().unwrap_or_default());
    let object = event.object_id.map(|id| id.to_string()).unwrap_or_default();
    let facts = vec![
        (
            fl!(words, "admin-at"),
            Cell::text(time::moment(voice.lang, voice.zone, event.happened_at)),
        ),
        (
            fl!(words, "admin-who"),
            Cell::text(format!("{} ({})", event.actor, event.actor_kind)),
        ),
        (
            fl!(words, "admin-did"),
            Cell::text(event.action.clone())
                .with("soft")
                .before(did(words, &event.action)),
        ),
        (
            fl!(words, "admin-to-what"),
            Cell::text(object)
                .with("soft")
                .before(word(words, "object", event.object_kind.as_str())),
        ),
        (fl!(words, "admin-purpose"), text(&event.purpose)),
        (fl!(words, "admin-address"), text(&event.address)),
        (fl!(words, "admin-request"), text(&event.request_id)),
    ];
    let mut screen = Screen::new(
        Some(did(words, &event.action))
            .filter(|said| !said.is_empty())
            .unwrap_or_else(|| event.action.clone()),
    )
    .back("/admin/audit", fl!(words, "admin-audit"))
    .with(Block::Facts(String::new(), facts));
    if let Some(fields) = &event.fields {
        let text = serde_json::to_string_pretty(fields)?;
        screen = screen.with(Block::Words(fl!(words, "admin-fields"), text, true));
    }
    if !found.values.is_empty() {
        let text = serde_json::to_string_pretty(&found.values)?;
        screen = screen.with(Block::Words(fl!(words, "admin-values"), text, true));
    }
    screen::show(&visitor, screen, Sent::nothing())
}
