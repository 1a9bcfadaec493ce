//! The common scaffold of administration: a page is a list of blocks (a table, a form, facts, something shown once), so
//! that each area only says what it shows and which operation of the domain a form asks for.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::asking::Asking;
use super::qr::Picture;
use crate::api::extract::{Body, Ctx};
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::error::{Code, Error, FieldError, Problem, Result};
use crate::web::desk::words::Choice;
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::{Words, fl};
use crate::web::page::{NavItem, Page, Visitor};

/// A small form within a table or beside facts: one button.
pub(super) struct Deed {
    /// How the button looks: `quiet`, `button`.
    pub(super) class: &'static str,
    pub(super) action: String,
    pub(super) label: String,
    pub(super) fields: Vec<(&'static str, String)>,
}

/// A cell of a table.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// What its column is called, for screens on which the head of the table is not seen.
    head: String,
    /// What is said before the text.
    pub(super) before: String,
    pub(super) href: Option<String>,
    pub(super) deed: Option<Deed>,
    /// A class for what stands out: `late`, `soft`.
    pub(super) class: &'static str,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    pub(super) fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: Some(href.into()),
            ..Self::default()
        }
    }

    pub(super) fn before(mut self, text: String) -> Self {
        self.before = text;
        self
    }

    pub(super) fn deed(deed: Deed) -> Self {
        Self {
            deed: Some(deed),
            ..Self::default()
        }
    }

    pub(super) fn with(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }
}

/// A table.
pub(super) struct Table {
    pub(super) title: String,
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// What is said when there are no rows.
    pub(super) empty: String,
    /// Where to go on.
    pub(super) more: Option<(String, String)>,
}

impl Table {
    fn name_cells(&mut self) {
        for row in &mut self.rows {
            for (cell, head) in row.iter_mut().zip(&self.heads) {
                cell.head.clone_from(head);
            }
        }
    }
}

/// One of several things that are said in words: a rule, a clock, a macro.
#[derive(Default)]
pub(super) struct Card {
    pub(super) title: String,
    pub(super) href: Option<String>,
    /// What stands beside the title, small.
    pub(super) note: String,
    /// A class for what stands out: `off`, `good`, `late`.
    pub(super) class: &'static str,
    /// What it says: in which respect, and what.
    pub(super) lines: Vec<(String, Vec<String>)>,
    pub(super) deeds: Vec<Deed>,
}

impl Card {
    /// With its place in the order.
    pub(super) fn numbered(mut self, n: usize) -> Self {
        self.title = format!("{n}. {}", self.title);
        self
    }

    /// Leading to its own page.
    pub(super) fn leading(mut self, href: String) -> Self {
        self.href = Some(href);
        self
    }

    /// Leading nowhere: on its own page.
    pub(super) fn plain(mut self) -> Self {
        self.href = None;
        self
    }
}

/// A part of a page.
pub(super) enum Block {
    Table(Table),
    /// Where one can go from here.
    Ways(Vec<(String, String)>),
    /// A title, what is said when there are none, and the cards.
    Cards(String, String, Vec<Card>),
    Form(Asking),
    Facts(String, Vec<(String, Cell)>),
    /// Something that is shown this once.
    Once(String, String, String),
    /// A picture of a text for a telephone's camera: what it is, what to do, and the picture.
    Picture(String, String, Picture),
    /// Words; written as they are, where they are a notation.
    Words(String, String, bool),
}

/// A page of administration.
pub(super) struct Screen {
    pub(super) title: String,
    pub(super) back: Option<(String, String)>,
    pub(super) done: String,
    pub(super) lead: String,
    pub(super) blocks: Vec<Block>,
}

impl Screen {
    pub(super) fn new(title: String) -> Self {
        Self {
            title,
            back: None,
            done: String::new(),
            lead: String::new(),
            blocks: Vec::new(),
        }
    }

    pub(super) fn back(mut self, href: &str, label: String) -> Self {
        self.back = Some((href.to_owned(), label));
        self
    }

    pub(super) fn lead(mut self, lead: String) -> Self {
        self.lead = lead;
        self
    }

    pub(super) fn with(mut self, mut block: Block) -> Self {
        if let Block::Table(table) = &mut block {
            table.name_cells();
        }
        self.blocks.push(block);
        self
    }

    pub(super) fn with_if(self, wanted: bool, block: impl FnOnce() -> Block) -> Self {
        match wanted {
            true => self.with(block()),
            false => self,
        }
    }
}

#[derive(Template)]
#[template(path = "web/desk/admin/screen.html")]
struct ScreenPage<'a> {
    page: Page,
    screen: &'a Screen,
    findings: Findings,
    key: String,
    sections: Vec<NavItem>,
}

impl ScreenPage<'_> {
    /// Whether something in this form does not fit.
    fn wrong(&self, id: &str) -> bool {
        let within = |field: &str| field.strip_prefix(id).is_some_and(|rest| rest.starts_with('-'));
        self.findings.all().iter().any(|finding| within(&finding.field))
    }
}

/// What a page is shown with: the form as it was sent, what does not fit, and with which status.
pub(super) struct Sent {
    pub(super) form: Form,
    pub(super) findings: Findings,
    pub(super) status: StatusCode,
}

impl Sent {
    /// Nothing was sent.
    pub(super) fn nothing() -> Self {
        Self {
            form: Form::fresh(),
            findings: Findings::default(),
            status: StatusCode::OK,
        }
    }

    /// A form that was refused; an error that no form can do anything about goes on.
    pub(super) fn refused(mut form: Form, prefix: &str, error: Error, words: Words) -> Result<Self> {
        let problem = match error {
            Error::Problem(problem) if !matches!(problem.code, Code::NotFound | Code::Internal) => problem,
            other => return Err(other),
        };
        form.renew_key();
        let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        Ok(Self {
            findings: found(&problem, prefix, &form, words),
            form,
            status,
        })
    }
}

/// What the domain found, at the fields of the form. A finding within a document says where in it.
fn found(problem: &Problem, prefix: &str, form: &Form, words: Words) -> Findings {
    let deep = |error: &FieldError| error.pointer.trim_start_matches('/').contains('/');
    Findings::of(problem, words, |error| {
        let first = error.pointer.trim_start_matches(['/', '?']).split('/').next()?;
        let own = format!("{prefix}-{first}");
        let known = form.all().any(|(name, _)| name == own);
        let whole = form.all().find(|(name, _)| *name == format!("{prefix}-document"));
        let field = match (known, whole) {
            (true, _) => own,
            (false, Some(_)) => format!("{prefix}-document"),
            (false, None) => own,
        };
        // Of a document or a notation the place and the reason help more than that it does not fit.
        let said = match whole.is_some() || deep(error) || first == "notation" {
            true => Some(format!("{}: {}", error.pointer, error.detail)),
            false => None,
        };
        Some((field, said))
    })
}

/// Does what a form asks for, once, however often the button is pressed.
pub(super) async fn once<B, T, F>(ctx: &Ctx, form: &Form, prefix: &str, value: B, work: F) -> Result<T>
where
    B: Clone + Send + 'static,
    T: Serialize + DeserializeOwned + Send + 'static,
    F: Fn(&mut Conn, &Act, &B) -> Result<T> + Clone + Send + 'static,
{
    // One key for the page, and many forms on it.
    let ctx = ctx.clone().with_key(form.key().map(|key| format!("{key}:{prefix}")));
    patiently(async || {
        let body = Body {
            value: value.clone(),
            raw: form.fingerprint(),
        };
        ctx.once(body, work.clone()).await
    })
    .await
}

/// Shows a page.
pub(super) fn show(visitor: &Visitor, mut screen: Screen, sent: Sent) -> Result<HttpResponse> {
    if let Some(done) = visitor.query("done").filter(|_| sent.findings.is_empty()) {
        let key = format!("word-settled-{done}");
        if visitor.words.has(&key) {
            screen.done = visitor.words.get(&key);
        }
    }
    let page = match sent.findings.is_empty() {
        true => visitor.page(screen.title.clone()),
        false => visitor.page_with_errors(&screen.title),
    };
    visitor.show_as(
        sent.status,
        &ScreenPage {
            page: page.style("desk.css").style("admin.css").script("keys.js"),
            key: sent.form.text("form_key").to_owned(),
            sections: super::sections(visitor),
            screen: &screen,
            findings: sent.findings,
        },
    )
}

/// What is chosen: what the form says, or else what is there now.
pub(super) fn choose(
    form: &Form,
    name: &str,
    all: impl IntoIterator<Item = (String, String)>,
    usual: &[String],
) -> Vec<Choice> {
    // A form that was sent without a tick has none.
    let sent = form.all().any(|(have, _)| have != "form_key" && !have.is_empty());
    all.into_iter()
        .map(|(value, label)| Choice {
            chosen: match sent {
                true => form.is(name, &value),
                false => usual.contains(&value),
            },
            value,
            label,
        })
        .collect()
}
