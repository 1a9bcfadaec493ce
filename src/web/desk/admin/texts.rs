//! Canned texts: what there is, writing one with its wordings, and seeing it filled in for a complaint.

use actix_web::HttpResponse;
use serde_json::json;

use super::document::{Draft, Kind, Leaf, Node};
use super::known::{Known, all, options};
use super::named::{self, Named, Says};
use super::screen::{self, Block, Card, Cell, Screen, Sent, Table};
use super::trying;
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::casework::texts::{self, CannedTextForm, CannedTextView, CannedTextsView, RenderedText, Variable};
use crate::domain::staff::{Act, Permission};
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::web::desk::voice::voice;
use crate::web::desk::words::word;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// For whom a wording is.
fn whom(words: Words, customer_type: Option<CustomerType>) -> String {
    customer_type.map_or_else(|| fl!(words, "admin-everybody"), |of| word(words, "type", of.as_str()))
}

fn card(words: Words, text: &CannedTextView) -> Card {
    let lines = text.wordings.iter().map(|wording| {
        let name = fl!(
            words,
            "admin-wording-of",
            language = word(words, "spoken", &wording.language),
            whom = whom(words, wording.customer_type)
        );
        (name, vec![wording.body.clone()])
    });
    Card {
        title: text.title.clone(),
        href: Some(format!("/admin/texts/text/{}", text.slug)),
        note: text.slug.clone(),
        lines: lines.collect(),
        ..Card::default()
    }
}

/// `GET /admin/texts`
pub(crate) async fn show_texts(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let words = visitor.words;
    let CannedTextsView { items, variables } = ctx.read(|conn, _| texts::list(conn)).await?;
    let cards = items.iter().map(|text| card(words, text)).collect();
    let mut screen = Screen::new(fl!(words, "admin-texts")).lead(fl!(words, "admin-texts-lead"));
    if visitor.may(Permission::ManageTexts) {
        let way = ("/admin/texts/text".to_owned(), fl!(words, "admin-text-new"));
        screen = screen.with(Block::Ways(vec![way]));
    }
    let screen = screen
        .with(Block::Cards(String::new(), fl!(words, "admin-texts-none"), cards))
        .with(Block::Table(variable_table(words, &variables)));
    screen::show(&visitor, screen, Sent::nothing())
}

/// What a text can speak of.
fn variable_table(words: Words, variables: &[Variable]) -> Table {
    let rows = variables.iter().map(|variable| {
        vec![
            Cell::text(format!("{{{variable}}}")).with("code"),
            Cell::text(word(words, "variable", &variable.as_str().replace('.', "_"))),
        ]
    });
    Table {
        title: fl!(words, "admin-variables"),
        heads: vec![fl!(words, "admin-variable"), fl!(words, "admin-variable-is")],
        rows: rows.collect(),
        empty: String::new(),
        more: None,
    }
}

fn nodes(words: Words) -> Vec<Node> {
    let wordings = vec![
        Leaf::new("language", fl!(words, "admin-language"), Kind::Line)
            .hint(fl!(words, "admin-wording-language-hint"))
            .needed()
            .into(),
        Leaf::new(
            "customer_type",
            fl!(words, "admin-for-whom"),
            Kind::One(options(words, "type", all!(CustomerType))),
        )
        .hint(fl!(words, "admin-for-whom-hint"))
        .into(),
        Leaf::new("body", fl!(words, "admin-text-body"), Kind::Prose(6))
            .hint(fl!(words, "admin-text-body-hint"))
            .needed()
            .into(),
    ];
    vec![
        Leaf::new("title", fl!(words, "admin-name"), Kind::Line).needed().into(),
        Node::List {
            key: "wordings",
            title: fl!(words, "admin-wordings"),
            hint: fl!(words, "admin-wordings-hint"),
            one: fl!(words, "admin-wording"),
            another: fl!(words, "admin-wording-more"),
            begun: true,
            folded: None,
            nodes: wordings,
        },
    ]
}

/// Canned texts.
struct Texts;

impl Named for Texts {
    type Form = CannedTextForm;
    const HOME: &'static str = "/admin/texts";
    const ID: &'static str = "text";

    fn says(words: Words) -> Says {
        Says {
            new: fl!(words, "admin-text-new"),
            change: fl!(words, "admin-text-change"),
            retire: fl!(words, "admin-text-retire"),
        }
    }

    fn nodes(words: Words, _: &Known) -> Vec<Node> {
        nodes(words)
    }

    fn exists(conn: &mut Conn, slug: &str) -> Result<bool> {
        texts::exists(conn, slug)
    }

    fn put(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>, form: &CannedTextForm) -> Result<()> {
        texts::put(conn, act, slug, expected, form).map(drop)
    }

    fn delete(conn: &mut Conn, act: &Act, slug: &str, expected: i32) -> Result<()> {
        texts::delete(conn, act, slug, Some(expected)).map(drop)
    }

    async fn page(ctx: &Ctx, visitor: &Visitor, slug: Option<String>, draft: Option<Draft>) -> Result<HttpResponse> {
        page(ctx, visitor, slug, draft).await
    }
}

/// `GET /admin/texts/text`: a new one.
pub(crate) async fn show_new(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    page(&ctx, &visitor, None, None).await
}

/// `GET /admin/texts/text/{slug}`, filled in for the complaint whose reference is asked for.
pub(crate) async fn show_text(ctx: Ctx, visitor: Visitor, slug: Id<String>) -> Result<HttpResponse> {
    page(&ctx, &visitor, Some(slug.0), None).await
}

/// The text as it would be sent for a complaint; the audit is told whose it is.
async fn filled_in(ctx: &Ctx, slug: &str, reference: String) -> Result<RenderedText> {
    let slug = slug.to_owned();
    let (id, (whose, text)) = ctx
        .read(move |conn, act| {
            let id = trying::complaint(conn, &reference)?;
            Ok((id, texts::preview(conn, act, id, &slug)?))
        })
        .await?;
    let event = Event::on(ObjectKind::Complaint, id.0, "complaint.text_previewed").of([whose]);
    ctx.disclose(event).await?;
    Ok(text)
}

async fn page(ctx: &Ctx, visitor: &Visitor, slug: Option<String>, draft: Option<Draft>) -> Result<HttpResponse> {
    let words = visitor.words;
    let text = match slug.clone() {
        Some(slug) => Some(ctx.read(move |conn, _| texts::get(conn, &slug)).await?),
        None => None,
    };
    let title = text
        .as_ref()
        .map_or_else(|| fl!(words, "admin-text-new"), |text| text.title.clone());
    let mut screen = Screen::new(title).back("/admin/texts", fl!(words, "admin-texts"));
    let manages = visitor.may(Permission::ManageTexts);
    let (mut tried, mut refused) = (None, Sent::nothing());
    if let Some((text, reference)) = text.as_ref().zip(trying::asked(visitor)) {
        match filled_in(ctx, &text.slug, reference).await {
            Ok(text) => tried = Some(text),
            Err(error) => refused = trying::refused(error, words)?,
        }
    }
    let value = text.as_ref().map_or_else(
        || json!({ "wordings": [{ "language": visitor.lang.as_str() }] }),
        |text| json!({ "title": text.title, "wordings": text.wordings }),
    );
    let draft = draft.unwrap_or_else(|| Draft::of(value));
    let (parts, findings) = draft.laid(
        &named::nodes::<Texts>(words, &Known::default(), slug.is_none()),
        "text",
        words,
    );
    let sent = match refused.findings.is_empty() {
        true => Sent {
            form: Form::fresh(),
            findings,
            status: draft.status(),
        },
        false => refused,
    };
    if let Some(text) = &text {
        let voice = voice(ctx, visitor);
        let last = fl!(
            words,
            "admin-version-of",
            n = text.version,
            who = text.updated_by.as_str(),
            at = voice.short(text.updated_at)
        );
        screen = screen.with(Block::Facts(
            String::new(),
            vec![
                (fl!(words, "admin-slug"), Cell::text(text.slug.clone())),
                (fl!(words, "admin-version"), Cell::text(last)),
            ],
        ));
        if !manages {
            screen = screen.with(Block::Cards(
                String::new(),
                String::new(),
                vec![card(words, text).plain()],
            ));
        }
    }
    let asking = named::asking::<Texts>(words, slug.as_deref(), text.as_ref().map(|text| text.version));
    screen = screen.with_if(manages, || Block::Form(asking.parts(parts)));
    if let Some(text) = &text {
        screen = screen.with(Block::Form(trying::form(
            visitor,
            format!("/admin/texts/text/{}", text.slug),
            fl!(words, "admin-text-try"),
        )));
    }
    if let Some(text) = tried {
        let title = fl!(
            words,
            "admin-text-tried",
            language = word(words, "spoken", &text.language),
            whom = whom(words, text.customer_type)
        );
        screen = screen.with(Block::Words(title, text.body, false));
    }
    screen = screen.with_if(manages, || Block::Table(variable_table(words, Variable::ALL)));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/texts/text`
pub(crate) async fn add_text(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    named::add::<Texts>(ctx, visitor, form).await
}

/// `POST /admin/texts/text/{slug}`
pub(crate) async fn change_text(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    named::change::<Texts>(ctx, visitor, slug.0, form).await
}
