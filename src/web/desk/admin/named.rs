//! Things with a short name of their own that are written as documents: canned texts, macros, roles. A new one, changing
//! one, and taking one away.

use actix_web::HttpResponse;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::asking::Asking;
use super::document::{self, Draft, Kind, Leaf, Node};
use super::known::Known;
use super::screen;
use crate::api::extract::{Ctx, parse};
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::error::{Error, FieldError, Result};
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// What the buttons and titles say.
pub(super) struct Says {
    pub(super) new: String,
    pub(super) change: String,
    pub(super) retire: String,
}

/// A kind of such things.
pub(super) trait Named: 'static {
    type Form: DeserializeOwned + Clone + Send + 'static;
    /// Where their list is; one of them is below that.
    const HOME: &'static str;
    /// What its form is called.
    const ID: &'static str;
    fn says(words: Words) -> Says;
    /// The fields, but for the short name.
    fn nodes(words: Words, known: &Known) -> Vec<Node>;
    fn exists(conn: &mut Conn, slug: &str) -> Result<bool>;
    fn put(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>, form: &Self::Form) -> Result<()>;
    fn delete(conn: &mut Conn, act: &Act, slug: &str, expected: i32) -> Result<()>;
    /// What is to be done after a change.
    fn changed(_: &Ctx) {}
    /// The page of one, or without a name of a new one, with its form as it was sent.
    async fn page(ctx: &Ctx, visitor: &Visitor, slug: Option<String>, draft: Option<Draft>) -> Result<HttpResponse>;
}

/// The address of one of them.
pub(super) fn address<K: Named>(slug: Option<&str>) -> String {
    let (home, id) = (K::HOME, K::ID);
    match slug {
        Some(slug) => format!("{home}/{id}/{slug}"),
        None => format!("{home}/{id}"),
    }
}

/// The fields of one, or of a new one.
pub(super) fn nodes<K: Named>(words: Words, known: &Known, new: bool) -> Vec<Node> {
    let mut nodes = K::nodes(words, known);
    if new {
        let slug = Leaf::new("slug", fl!(words, "admin-slug"), Kind::Line)
            .hint(fl!(words, "admin-slug-hint"))
            .needed();
        nodes.insert(1, slug.into());
    }
    nodes
}

/// The form, without its fields.
pub(super) fn asking<K: Named>(words: Words, slug: Option<&str>, version: Option<i32>) -> Asking {
    let says = K::says(words);
    let (title, mut buttons) = match slug {
        Some(_) => (says.change, vec![("save", fl!(words, "admin-save"), "")]),
        None => (says.new, vec![("save", fl!(words, "admin-add"), "")]),
    };
    if slug.is_some() {
        buttons.push(("remove", says.retire, "grave"));
    }
    Asking::new(K::ID, title, address::<K>(slug), String::new())
        .version(version.unwrap_or_default())
        .buttons(buttons)
        .open()
}

async fn read<K: Named>(
    ctx: &Ctx,
    visitor: &Visitor,
    form: &Form,
    new: bool,
) -> Result<std::result::Result<Value, Draft>> {
    let known = ctx.read(Known::load).await?;
    Ok(document::read(&nodes::<K>(visitor.words, &known, new), form, K::ID))
}

/// Something new does not take the place of something that is there under the same name.
fn is_new(there: bool) -> Result<()> {
    match there {
        true => Err(Error::invalid(vec![FieldError {
            pointer: "/slug".to_owned(),
            code: "not_allowed".to_owned(),
            detail: "there is one of this name already".to_owned(),
        }])),
        false => Ok(()),
    }
}

async fn settle<K: Named>(
    ctx: &Ctx,
    visitor: &Visitor,
    slug: Option<String>,
    value: Value,
    (to, done): (String, Result<()>),
) -> Result<HttpResponse> {
    match done {
        Ok(()) => {
            K::changed(ctx);
            Ok(visitor.go(&to))
        }
        Err(error) => K::page(ctx, visitor, slug, Some(Draft::refused(value, "", error)?)).await,
    }
}

/// What the form of a new one asks for.
pub(super) async fn add<K: Named>(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let value = match read::<K>(&ctx, &visitor, &form, true).await? {
        Ok(value) => value,
        Err(draft) => return K::page(&ctx, &visitor, None, Some(draft)).await,
    };
    let mut body = value.clone();
    let slug = body.as_object_mut().and_then(|map| map.remove("slug"));
    let slug = slug.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    let to = format!("{}?done=added", address::<K>(Some(&slug)));
    let done = match parse::<K::Form>(body.to_string().as_bytes()) {
        Ok(value) => {
            let work = move |conn: &mut Conn, act: &Act, value: &K::Form| {
                is_new(!slug.contains('\0') && K::exists(conn, &slug)?)?;
                K::put(conn, act, &slug, None, value)
            };
            screen::once(&ctx, &form, K::ID, value, work).await
        }
        Err(error) => Err(error),
    };
    settle::<K>(&ctx, &visitor, None, value, (to, done)).await
}

/// What the form of one asks for: another wording of it, or that it goes.
pub(super) async fn change<K: Named>(ctx: Ctx, visitor: Visitor, slug: String, form: Form) -> Result<HttpResponse> {
    let version = form.version()?;
    // No stored text holds a NUL, and PostgreSQL takes none.
    let slug = slug.replace('\0', "");
    let wanted = slug.clone();
    let read = read::<K>(&ctx, &visitor, &form, false).await?;
    if form.is("do", "remove") {
        let work = move |conn: &mut Conn, act: &Act, (): &()| K::delete(conn, act, &wanted, version);
        let done = screen::once(&ctx, &form, "remove", (), work).await;
        let to = format!("{}?done=retired", K::HOME);
        return settle::<K>(&ctx, &visitor, Some(slug), read.unwrap_or_default(), (to, done)).await;
    }
    let value = match read {
        Ok(value) => value,
        Err(draft) => return K::page(&ctx, &visitor, Some(slug), Some(draft)).await,
    };
    let to = format!("{}?done=changed", address::<K>(Some(&slug)));
    let done = match parse::<K::Form>(value.to_string().as_bytes()) {
        Ok(value) => {
            let work = move |conn: &mut Conn, act: &Act, value: &K::Form| {
                // What is gone is not made anew.
                match K::exists(conn, &wanted)? {
                    true => K::put(conn, act, &wanted, Some(version), value),
                    false => Err(Error::not_found("what was to be changed")),
                }
            };
            screen::once(&ctx, &form, K::ID, value, work).await
        }
        Err(error) => Err(error),
    };
    settle::<K>(&ctx, &visitor, Some(slug), value, (to, done)).await
}
