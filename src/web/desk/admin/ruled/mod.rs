//! An ordered list of rules in versions, as a page: in words, which version is in force, bringing one into force, and for
//! experts the whole list as the API takes it. One rule as a form is in `one.rs`. Rules on events and rules of routing are
//! both such lists.

pub(super) mod one;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::asking::{Asking, Field, Input};
use super::document::Node;
use super::known::Known;
use super::screen::{self, Block, Card, Cell, Deed, Screen, Sent, Table};
use crate::api::extract::{Ctx, parse};
use crate::db::conn::Conn;
use crate::domain::staff::{Act, Permission};
use crate::domain::versions::{Turn, Versioned};
use crate::error::{Error, Result};
use crate::web::desk::voice::{Voice, voice};
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// What a list says of itself.
pub(super) struct Says {
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) none: String,
}

/// A kind of rules.
pub(super) trait Ruled: 'static {
    type Rule: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;
    type Tried: Send + 'static;
    /// Where its pages are.
    const HOME: &'static str;
    /// What it takes to write them.
    const MANAGES: Permission;
    /// Where else one can go from the list.
    fn ways(words: Words) -> Vec<(String, String)>;
    fn says(words: Words) -> Says;
    fn slug(rule: &Self::Rule) -> &String;
    fn name(rule: &Self::Rule) -> Option<&str>;
    fn list(conn: &mut Conn) -> Result<Versioned<Self::Rule>>;
    fn version(conn: &mut Conn, number: i32) -> Result<Vec<Self::Rule>>;
    fn write(conn: &mut Conn, act: &Act, expected: i32, rules: &[Self::Rule]) -> Result<()>;
    fn activate(conn: &mut Conn, act: &Act, number: i32, expected: i32) -> Result<()>;
    fn deactivate(conn: &mut Conn, act: &Act) -> Result<()>;
    fn dry_run(conn: &mut Conn, act: &Act, rules: Vec<Self::Rule>) -> Result<Self::Tried>;
    /// What a dry run found.
    fn trial(voice: Voice, tried: &Self::Tried, known: &Known) -> Vec<Block>;
    /// A rule in words.
    fn card(words: Words, rule: &Self::Rule, known: &Known) -> Result<Card>;
    /// The fields of a rule, but for its place.
    fn nodes(words: Words, known: &Known) -> Vec<Node>;
    /// What a new rule begins with.
    fn fresh() -> Value;
}

/// What the page shows: the rules of a version, which may be an earlier one.
struct Seen<R> {
    all: Versioned<R>,
    shown: Vec<R>,
    version: i32,
    known: Known,
}

fn look<K: Ruled>(conn: &mut Conn, act: &Act, wanted: Option<i32>) -> Result<Seen<K::Rule>> {
    let all = K::list(conn)?;
    let (shown, version) = match wanted.filter(|wanted| *wanted != all.version) {
        Some(wanted) => (K::version(conn, wanted)?, wanted),
        None => (all.rules.clone(), all.version),
    };
    Ok(Seen {
        shown,
        version,
        known: Known::load(conn, act)?,
        all,
    })
}

/// The list.
pub(super) async fn show<K: Ruled>(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    page::<K>(&ctx, &visitor, Sent::nothing(), None).await
}

/// Which version is shown, whether it is in force, and what can be done about that.
fn standing<K: Ruled>(words: Words, seen: &Seen<K::Rule>, manages: bool) -> Vec<(String, Cell)> {
    let (all, version) = (&seen.all, seen.version);
    let in_force = all.active_version == Some(version);
    let stands = match (in_force, all.active_version) {
        (true, _) => Cell::text(fl!(words, "admin-in-force")).with("good"),
        (false, Some(n)) => Cell::link(
            fl!(words, "admin-in-force-older", n = n),
            format!("{}?version={n}", K::HOME),
        ),
        (false, None) => Cell::text(fl!(words, "admin-not-in-force")).with("soft"),
    };
    let mut facts = vec![
        (fl!(words, "admin-version"), Cell::text(version.to_string())),
        (fl!(words, "admin-stands"), stands),
    ];
    let (action, label, class) = match in_force {
        true => ("deactivate", fl!(words, "admin-out-of-force"), "button grave"),
        false => (
            "activate",
            fl!(words, "admin-version-into-force", n = version),
            "button",
        ),
    };
    if manages {
        let turn = Deed {
            class,
            action: format!("{}/{action}", K::HOME),
            label,
            fields: vec![("version", all.revision.to_string()), ("number", version.to_string())],
        };
        facts.push((fl!(words, "admin-publish"), Cell::deed(turn)));
    }
    facts
}

fn turns<K: Ruled>(voice: Voice, history: &[Turn]) -> Table {
    let words = voice.words;
    let rows = history.iter().map(|turn| {
        vec![
            Cell::text(voice.short(turn.turned_at)),
            match turn.version {
                Some(n) => Cell::link(n.to_string(), format!("{}?version={n}", K::HOME)),
                None => Cell::text(fl!(words, "admin-not-in-force")),
            },
            Cell::text(turn.turned_by.clone()),
        ]
    });
    Table {
        title: fl!(words, "admin-turns"),
        heads: vec![
            fl!(words, "admin-since"),
            fl!(words, "admin-version"),
            fl!(words, "admin-by"),
        ],
        rows: rows.collect(),
        empty: fl!(words, "admin-none"),
        more: None,
    }
}

/// The whole list as the API takes it.
fn writing<K: Ruled>(words: Words, seen: &Seen<K::Rule>, form: &Form, manages: bool) -> Result<Asking> {
    let text = serde_json::to_string_pretty(&seen.shown)?;
    let tries = format!("{}/try", K::HOME);
    let mut buttons = vec![(tries.as_str(), fl!(words, "admin-try-rules"), "second")];
    if manages {
        buttons.push(("", fl!(words, "admin-save"), ""));
    }
    let document = Field::new(
        form,
        "rules-document",
        fl!(words, "admin-document"),
        Input::Area(20),
        &text,
    );
    let asking = Asking::new("rules", fl!(words, "admin-experts"), K::HOME, String::new());
    Ok(asking
        .version(seen.all.revision)
        .lead(fl!(words, "admin-rules-expert-lead"))
        .field(document.hint(fl!(words, "admin-rules-hint")))
        .buttons(buttons))
}

async fn page<K: Ruled>(ctx: &Ctx, visitor: &Visitor, sent: Sent, tried: Option<K::Tried>) -> Result<HttpResponse> {
    let words = visitor.words;
    let wanted = visitor.query("version").and_then(|n| n.parse().ok());
    let seen = ctx.read(move |conn, act| look::<K>(conn, act, wanted)).await?;
    let voice = voice(ctx, visitor);
    let manages = visitor.may(K::MANAGES);
    // An earlier version is looked at, and can be brought into force again; the last one is changed.
    let last = seen.version == seen.all.version;
    let cards = seen.shown.iter().zip(1..).map(|(rule, n)| {
        let card = K::card(words, rule, &seen.known)?.numbered(n);
        Ok(match last {
            true => card.leading(format!("{}/rule/{}", K::HOME, K::slug(rule))),
            false => card,
        })
    });
    let cards: Result<Vec<Card>> = cards.collect();
    let says = K::says(words);
    let mut screen = Screen::new(says.title).lead(says.lead);
    if !last {
        screen = screen.back(K::HOME, fl!(words, "admin-version-last", n = seen.all.version));
    }
    let mut ways = K::ways(words);
    if manages && last {
        ways.insert(0, (format!("{}/rule", K::HOME), fl!(words, "admin-rule-new")));
    }
    screen = screen
        .with_if(seen.version > 0, || {
            Block::Facts(String::new(), standing::<K>(words, &seen, manages))
        })
        .with_if(!ways.is_empty(), || Block::Ways(ways));
    if let Some(tried) = &tried {
        for block in K::trial(voice, tried, &seen.known) {
            screen = screen.with(block);
        }
    }
    let form = writing::<K>(words, &seen, &sent.form, manages)?;
    screen = screen
        .with(Block::Cards(String::new(), says.none, cards?))
        .with(Block::Form(form))
        .with_if(!seen.all.history.is_empty(), || {
            Block::Table(turns::<K>(voice, &seen.all.history))
        });
    screen::show(visitor, screen, sent)
}

/// The whole list in the form.
fn listed<K: Ruled>(form: &Form) -> Result<Vec<K::Rule>> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields, bound = "R: DeserializeOwned")]
    struct List<R> {
        #[serde(deserialize_with = "crate::domain::check::objects")]
        rules: Vec<R>,
    }
    let text = format!("{{\"rules\":{}}}", form.text("rules-document"));
    parse::<List<K::Rule>>(text.as_bytes()).map(|list| list.rules)
}

/// What the list of the form would have done; nothing is changed.
pub(super) async fn try_list<K: Ruled>(ctx: Ctx, visitor: Visitor, mut form: Form) -> Result<HttpResponse> {
    let tried = match listed::<K>(&form) {
        Ok(rules) => ctx.read(move |conn, act| K::dry_run(conn, act, rules)).await,
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
            page::<K>(&ctx, &visitor, sent, Some(tried)).await
        }
        Err(error) => refused::<K>(&ctx, &visitor, form, error).await,
    }
}

async fn refused<K: Ruled>(ctx: &Ctx, visitor: &Visitor, form: Form, error: Error) -> Result<HttpResponse> {
    let sent = Sent::refused(form, "rules", error, visitor.words)?;
    page::<K>(ctx, visitor, sent, None).await
}

async fn settle<K: Ruled>(ctx: &Ctx, visitor: &Visitor, form: Form, result: Result<()>) -> Result<HttpResponse> {
    match result {
        Ok(()) => Ok(visitor.go(&format!("{}?done=changed", K::HOME))),
        Err(error) => refused::<K>(ctx, visitor, form, error).await,
    }
}

/// A new version of the whole list.
pub(super) async fn write_list<K: Ruled>(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let version = form.version()?;
    let done = match listed::<K>(&form) {
        Ok(rules) => {
            let work = move |conn: &mut Conn, act: &Act, rules: &Vec<K::Rule>| K::write(conn, act, version, rules);
            screen::once(&ctx, &form, "rules", rules, work).await
        }
        Err(error) => Err(error),
    };
    settle::<K>(&ctx, &visitor, form, done).await
}

/// The version that the form names comes into force.
pub(super) async fn activate<K: Ruled>(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let version = form.version()?;
    let number = form.text("number").parse::<i32>();
    let number = number.map_err(|_| Error::not_found("version"))?;
    let work = move |conn: &mut Conn, act: &Act, (): &()| K::activate(conn, act, number, version);
    let done = screen::once(&ctx, &form, "activate", (), work).await;
    settle::<K>(&ctx, &visitor, form, done).await
}

/// None is in force any more.
pub(super) async fn deactivate<K: Ruled>(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let work = |conn: &mut Conn, act: &Act, (): &()| K::deactivate(conn, act);
    let done = screen::once(&ctx, &form, "off", (), work).await;
    settle::<K>(&ctx, &visitor, form, done).await
}
