//! Macros: what there is in words, writing one, and seeing what it would do with a complaint.

use actix_web::HttpResponse;
use serde_json::json;

use super::document::{Draft, Kind, Leaf, Node};
use super::known::Known;
use super::named::{self, Named, Says};
use super::screen::{self, Block, Card, Cell, Screen, Sent, Table};
use super::{deeds, trying};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::casework::macros::{self, MacroForm, MacroPreview, MacroView};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::web::desk::voice::voice;
use crate::web::desk::words::word;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

fn card(words: Words, one: &MacroView, known: &Known) -> Result<Card> {
    let actions = one
        .actions
        .iter()
        .map(|action| Ok(deeds::said(words, &serde_json::to_value(action)?, known)));
    Ok(Card {
        title: one.title.clone(),
        href: Some(format!("/admin/macros/macro/{}", one.slug)),
        note: one.slug.clone(),
        lines: vec![(fl!(words, "admin-then"), actions.collect::<Result<_>>()?)],
        ..Card::default()
    })
}

/// `GET /admin/macros`
pub(crate) async fn show_macros(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let words = visitor.words;
    let (found, known) = ctx
        .read(|conn, act| Ok((macros::list(conn)?.items, Known::load(conn, act)?)))
        .await?;
    let cards: Result<Vec<Card>> = found.iter().map(|one| card(words, one, &known)).collect();
    let mut screen = Screen::new(fl!(words, "admin-macros")).lead(fl!(words, "admin-macros-lead"));
    if visitor.may(Permission::ManageTexts) {
        let way = ("/admin/macros/macro".to_owned(), fl!(words, "admin-macro-new"));
        screen = screen.with(Block::Ways(vec![way]));
    }
    let screen = screen.with(Block::Cards(String::new(), fl!(words, "admin-macros-none"), cards?));
    screen::show(&visitor, screen, Sent::nothing())
}

/// Macros.
struct Macros;

impl Named for Macros {
    type Form = MacroForm;
    const HOME: &'static str = "/admin/macros";
    const ID: &'static str = "macro";

    fn says(words: Words) -> Says {
        Says {
            new: fl!(words, "admin-macro-new"),
            change: fl!(words, "admin-macro-change"),
            retire: fl!(words, "admin-macro-retire"),
        }
    }

    fn nodes(words: Words, known: &Known) -> Vec<Node> {
        vec![
            Leaf::new("title", fl!(words, "admin-name"), Kind::Line).needed().into(),
            deeds::list(words, "actions", known, false),
        ]
    }

    fn exists(conn: &mut Conn, slug: &str) -> Result<bool> {
        Ok(macros::list(conn)?.items.iter().any(|one| one.slug == slug))
    }

    fn put(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>, form: &MacroForm) -> Result<()> {
        macros::put(conn, act, slug, expected, form).map(drop)
    }

    fn delete(conn: &mut Conn, act: &Act, slug: &str, expected: i32) -> Result<()> {
        macros::delete(conn, act, slug, Some(expected)).map(drop)
    }

    async fn page(ctx: &Ctx, visitor: &Visitor, slug: Option<String>, draft: Option<Draft>) -> Result<HttpResponse> {
        page(ctx, visitor, slug, draft).await
    }
}

/// `GET /admin/macros/macro`: a new one.
pub(crate) async fn show_new(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    page(&ctx, &visitor, None, None).await
}

/// `GET /admin/macros/macro/{slug}`, tried on the complaint whose reference is asked for.
pub(crate) async fn show_macro(ctx: Ctx, visitor: Visitor, slug: Id<String>) -> Result<HttpResponse> {
    page(&ctx, &visitor, Some(slug.0), None).await
}

/// What it would do with a complaint; the audit is told whose it is.
async fn tried(ctx: &Ctx, slug: &str, reference: String) -> Result<MacroPreview> {
    let slug = slug.to_owned();
    // A trial is done and undone, so it is a write.
    let (id, (whose, found)) = ctx
        .write(move |conn, act| {
            let id = trying::complaint(conn, &reference)?;
            Ok((id, macros::preview(conn, act, id, &slug)?))
        })
        .await?;
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.macro_previewed").of([whose]);
    ctx.disclose(event).await?;
    Ok(found)
}

fn trial(words: Words, found: &MacroPreview, known: &Known) -> Result<Table> {
    let rows = found.steps.iter().map(|step| {
        let said = deeds::said(words, &serde_json::to_value(&step.action)?, known);
        let outcome = word(words, "step-outcome", step.outcome.as_str());
        let key = step
            .code
            .as_deref()
            .map(|code| format!("problem-{}", code.replace('.', "-")));
        let why = key.filter(|key| words.has(key)).map(|key| words.get(&key));
        Ok(vec![
            Cell::text(said),
            Cell::text(match why {
                Some(why) => fl!(words, "admin-pair", what = outcome, value = why),
                None => outcome,
            }),
            Cell::text(step.message.clone().unwrap_or_default()).with("words"),
        ])
    });
    Ok(Table {
        title: fl!(words, "admin-macro-tried"),
        heads: vec![
            fl!(words, "admin-did"),
            fl!(words, "admin-outcome"),
            fl!(words, "admin-message"),
        ],
        rows: rows.collect::<Result<_>>()?,
        empty: fl!(words, "admin-none"),
        more: None,
    })
}

async fn page(ctx: &Ctx, visitor: &Visitor, slug: Option<String>, draft: Option<Draft>) -> Result<HttpResponse> {
    let words = visitor.words;
    let wanted = slug.clone();
    let (one, known) = ctx
        .read(move |conn, act| {
            let one = wanted.map(|slug| macros::get(conn, &slug)).transpose()?;
            Ok((one, Known::load(conn, act)?))
        })
        .await?;
    let title = one
        .as_ref()
        .map_or_else(|| fl!(words, "admin-macro-new"), |one| one.title.clone());
    let mut screen = Screen::new(title).back("/admin/macros", fl!(words, "admin-macros"));
    let manages = visitor.may(Permission::ManageTexts);
    let (mut came_to, mut refused) = (None, Sent::nothing());
    if let Some((one, reference)) = one.as_ref().zip(trying::asked(visitor)) {
        match tried(ctx, &one.slug, reference).await {
            Ok(found) => came_to = Some(found),
            Err(error) => refused = trying::refused(error, words)?,
        }
    }
    let value = one.as_ref().map_or_else(
        || json!({}),
        |one| json!({ "title": one.title, "actions": one.actions }),
    );
    let draft = draft.unwrap_or_else(|| Draft::of(value));
    let (parts, findings) = draft.laid(&named::nodes::<Macros>(words, &known, slug.is_none()), "macro", words);
    let sent = match refused.findings.is_empty() {
        true => Sent {
            form: Form::fresh(),
            findings,
            status: draft.status(),
        },
        false => refused,
    };
    if let Some(one) = &one {
        let voice = voice(ctx, visitor);
        let last = fl!(
            words,
            "admin-version-of",
            n = one.version,
            who = one.updated_by.as_str(),
            at = voice.short(one.updated_at)
        );
        let facts = vec![
            (fl!(words, "admin-slug"), Cell::text(one.slug.clone())),
            (fl!(words, "admin-version"), Cell::text(last)),
        ];
        let said = card(words, one, &known)?.plain();
        screen = screen
            .with(Block::Facts(String::new(), facts))
            .with_if(!manages, || Block::Cards(String::new(), String::new(), vec![said]));
    }
    let asking = named::asking::<Macros>(words, slug.as_deref(), one.as_ref().map(|one| one.version));
    screen = screen.with_if(manages, || Block::Form(asking.parts(parts)));
    if let Some(one) = &one {
        screen = screen.with(Block::Form(trying::form(
            visitor,
            format!("/admin/macros/macro/{}", one.slug),
            fl!(words, "admin-macro-try"),
        )));
    }
    if let Some(found) = &came_to {
        screen = screen.with(Block::Table(trial(words, found, &known)?));
    }
    screen::show(visitor, screen, sent)
}

/// `POST /admin/macros/macro`
pub(crate) async fn add_macro(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    named::add::<Macros>(ctx, visitor, form).await
}

/// `POST /admin/macros/macro/{slug}`
pub(crate) async fn change_macro(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    named::change::<Macros>(ctx, visitor, slug.0, form).await
}
