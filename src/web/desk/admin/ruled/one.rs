//! One rule as a form. Keeping it writes another version of the list, with the rule at its place; the version that is in
//! force stays so until the new one is brought into force.

use actix_web::HttpResponse;
use serde_json::Value;

use super::Ruled;
use crate::api::extract::{Ctx, parse};
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::domain::versions::Versioned;
use crate::error::{Error, Result};
use crate::web::desk::admin::asking::Asking;
use crate::web::desk::admin::document::{self, Draft, Node};
use crate::web::desk::admin::known::Known;
use crate::web::desk::admin::order;
use crate::web::desk::admin::screen::{self, Block, Screen, Sent};
use crate::web::desk::voice::voice;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// The page of a rule: its list, and what can be named in it.
struct Seen<K: Ruled> {
    all: Versioned<K::Rule>,
    known: Known,
}

impl<K: Ruled> Seen<K> {
    async fn look(ctx: &Ctx, slug: Option<&String>) -> Result<Self> {
        let slug = slug.cloned();
        let work = move |conn: &mut Conn, act: &Act| {
            let all = K::list(conn)?;
            if slug.is_some_and(|slug| all.rules.iter().all(|rule| *K::slug(rule) != slug)) {
                return Err(Error::not_found("rule"));
            }
            Ok((all, Known::load(conn, act)?))
        };
        let (all, known) = ctx.read(work).await?;
        Ok(Self { all, known })
    }

    fn nodes(&self, words: Words, slug: Option<&String>) -> Vec<Node> {
        let others = self.all.rules.iter().filter(|rule| Some(K::slug(rule)) != slug);
        let others = others.map(|rule| (K::slug(rule).as_str(), K::name(rule).unwrap_or(K::slug(rule))));
        let mut nodes = K::nodes(words, &self.known);
        nodes.push(order::leaf(words, others).into());
        nodes
    }

    fn find(&self, slug: Option<&String>) -> Option<&K::Rule> {
        self.all.rules.iter().find(|rule| Some(K::slug(rule)) == slug)
    }

    /// The rule as a document, with its place; a new one comes last.
    fn document(&self, rule: Option<&K::Rule>) -> Result<Value> {
        let (mut value, before) = match rule {
            Some(rule) => (
                serde_json::to_value(rule)?,
                order::before(&self.all.rules, K::slug, K::slug(rule)),
            ),
            None => (K::fresh(), self.all.rules.last().map(|rule| K::slug(rule).clone())),
        };
        order::say(&mut value, before);
        Ok(value)
    }
}

/// A rule, or where there is no slug a new one.
pub(in crate::web::desk::admin) async fn show<K: Ruled>(
    ctx: Ctx,
    visitor: Visitor,
    slug: Option<String>,
) -> Result<HttpResponse> {
    page::<K>(&ctx, &visitor, slug, None, None).await
}

fn asking<K: Ruled>(words: Words, slug: Option<&String>, revision: i32) -> Asking {
    let (title, action) = match slug {
        Some(slug) => (fl!(words, "admin-rule-change"), format!("{}/rule/{slug}", K::HOME)),
        None => (fl!(words, "admin-rule-new"), format!("{}/rule", K::HOME)),
    };
    let mut buttons = vec![
        ("save", fl!(words, "admin-rule-keep"), ""),
        ("try", fl!(words, "admin-try-rules"), "second"),
    ];
    if slug.is_some() {
        buttons.push(("remove", fl!(words, "admin-rule-remove"), "grave"));
    }
    Asking::new("rule", title, action, String::new())
        .version(revision)
        .lead(fl!(words, "admin-rule-lead"))
        .buttons(buttons)
        .open()
}

async fn page<K: Ruled>(
    ctx: &Ctx,
    visitor: &Visitor,
    slug: Option<String>,
    draft: Option<Draft>,
    tried: Option<K::Tried>,
) -> Result<HttpResponse> {
    let words = visitor.words;
    let slug = slug.as_ref();
    let seen = Seen::<K>::look(ctx, slug).await?;
    let rule = seen.find(slug);
    let title = rule.map_or_else(
        || fl!(words, "admin-rule-new"),
        |rule| K::name(rule).unwrap_or(K::slug(rule)).to_owned(),
    );
    let mut screen = Screen::new(title).back(K::HOME, K::says(words).title);
    if let Some(tried) = &tried {
        for block in K::trial(voice(ctx, visitor), tried, &seen.known) {
            screen = screen.with(block);
        }
    }
    if let Some(rule) = rule.filter(|_| draft.is_none()) {
        let card = K::card(words, rule, &seen.known)?;
        screen = screen.with(Block::Cards(String::new(), String::new(), vec![card]));
    }
    let draft = match draft {
        Some(draft) => draft,
        None => Draft::of(seen.document(rule)?),
    };
    let (parts, findings) = draft.laid(&seen.nodes(words, slug), "rule", words);
    let sent = Sent {
        form: Form::fresh(),
        findings,
        status: draft.status(),
    };
    let screen = screen.with_if(visitor.may(K::MANAGES), || {
        Block::Form(asking::<K>(words, slug, seen.all.revision).parts(parts))
    });
    screen::show(visitor, screen, sent)
}

/// What the form of a rule asks for: keeping it, trying it, taking it out of the list.
pub(in crate::web::desk::admin) async fn sent<K: Ruled>(
    ctx: Ctx,
    visitor: Visitor,
    slug: Option<String>,
    form: Form,
) -> Result<HttpResponse> {
    let version = form.version()?;
    let seen = Seen::<K>::look(&ctx, slug.as_ref()).await?;
    let removes = form.is("do", "remove");
    let read = document::read(&seen.nodes(visitor.words, slug.as_ref()), &form, "rule");
    let (value, list, base) = match (removes, read) {
        (true, read) => {
            let mut list = seen.all.rules;
            list.retain(|rule| Some(K::slug(rule)) != slug.as_ref());
            (read.unwrap_or_default(), list, String::new())
        }
        (false, Err(draft)) => return page::<K>(&ctx, &visitor, slug, Some(draft), None).await,
        (false, Ok(value)) => {
            let mut body = value.clone();
            let after = order::taken(&mut body);
            match parse::<K::Rule>(body.to_string().as_bytes()) {
                Ok(rule) => {
                    let (list, at) = order::placed(&seen.all.rules, K::slug, slug.as_deref(), rule, &after);
                    (value, list, format!("/rules/{at}"))
                }
                Err(error) => {
                    let draft = Draft::refused(value, "", error)?;
                    return page::<K>(&ctx, &visitor, slug, Some(draft), None).await;
                }
            }
        }
    };
    let done = if form.is("do", "try") {
        match ctx.read(move |conn, act| K::dry_run(conn, act, list)).await {
            Ok(tried) => return page::<K>(&ctx, &visitor, slug, Some(Draft::of(value)), Some(tried)).await,
            Err(error) => Err(error),
        }
    } else {
        let work = move |conn: &mut Conn, act: &Act, list: &Vec<K::Rule>| K::write(conn, act, version, list);
        screen::once(&ctx, &form, "rule", list, work).await
    };
    match done {
        Ok(()) => Ok(visitor.go(&format!("{}?done=version", K::HOME))),
        Err(error) => {
            let draft = Draft::refused(value, &base, error)?;
            page::<K>(&ctx, &visitor, slug, Some(draft), None).await
        }
    }
}
