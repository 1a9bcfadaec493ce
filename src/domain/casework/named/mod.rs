//! What is written once under a name and used often: kept by its slug, changed by whoever read the version that there is.

mod store;

use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::check::Check;
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};

pub(super) use self::store::kept_by_name;

/// Something under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<C> {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) content: C,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) updated_by: String,
    pub(super) version: i32,
}

/// What stands under names of a kind.
pub(super) trait Content: Clone + Serialize {
    /// What one of them is called.
    const WHAT: &'static str;
    /// What its content is called.
    const FIELD: &'static str;
    /// What the audit calls it.
    const OBJECT: ObjectKind;
    /// What the audit calls that one was written, and taken away.
    const DEEDS: [&'static str; 2];
    /// The most that there are.
    const MOST: usize;

    /// The one of this slug.
    fn find(conn: &mut Conn, slug: &str) -> Result<Option<Named<Self>>>;
    /// All of them, by slug.
    fn all(conn: &mut Conn) -> Result<Vec<Named<Self>>>;
    /// How many there are.
    fn count(conn: &mut Conn) -> Result<usize>;
    /// Adds one; refuses when somebody else has meanwhile.
    fn insert(conn: &mut Conn, one: &Named<Self>) -> Result<()>;
    /// Writes a changed one; refuses when somebody else changed it since it was read.
    fn update(conn: &mut Conn, before: i32, one: &Named<Self>) -> Result<()>;
    /// Takes one away.
    fn remove(conn: &mut Conn, slug: &str) -> Result<()>;
}

fn told<C: Content>(one: &Named<C>) -> Value {
    json!({ "title": one.title, (C::FIELD): one.content })
}

/// The one of this slug.
pub(super) fn load<C: Content>(conn: &mut Conn, slug: &str) -> Result<Named<C>> {
    C::find(conn, &slug.replace('\0', ""))?.ok_or_else(|| Error::not_found(C::WHAT))
}

/// Makes or changes one, whose values have been checked. True when it is new.
pub(super) fn put<C: Content>(
    conn: &mut Conn,
    act: &Act,
    expected: Option<i32>,
    (slug, title): (String, String),
    content: C,
) -> Result<(Named<C>, bool)> {
    let before = C::find(conn, &slug)?;
    check_version(expected, before.as_ref().map(|before| before.version))?;
    if before.is_none() && C::count(conn)? >= C::MOST {
        let mut check = Check::new();
        let detail = format!("there are {} of them already", C::MOST);
        check.fail("/slug", "not_allowed", detail);
        check.finish(())?;
    }
    let after = Named {
        slug,
        title,
        content,
        created_at: before.as_ref().map_or(act.now, |before| before.created_at),
        updated_at: act.now,
        updated_by: act.actor.name.clone(),
        version: before.as_ref().map_or(1, |before| before.version + 1),
    };
    match &before {
        Some(before) => C::update(conn, before.version, &after)?,
        None => C::insert(conn, &after)?,
    }
    let fields = json!({
        "slug": after.slug, "version": after.version, "before": before.as_ref().map(told), "after": told(&after),
    });
    let [written, _] = C::DEEDS;
    audit::record(conn, act, Event::about_many(C::OBJECT, written).with(fields))?;
    Ok((after, before.is_none()))
}

/// Takes one away, if `check` has nothing against it.
pub(super) fn delete<C: Content>(
    conn: &mut Conn,
    act: &Act,
    slug: &str,
    expected: Option<i32>,
    check: impl FnOnce(&mut Conn, &str) -> Result<()>,
) -> Result<Named<C>> {
    let one = load::<C>(conn, slug)?;
    check_version(expected, Some(one.version))?;
    check(conn, &one.slug)?;
    C::remove(conn, &one.slug)?;
    let fields = json!({ "slug": one.slug, "before": told(&one) });
    let [_, taken_away] = C::DEEDS;
    audit::record(conn, act, Event::about_many(C::OBJECT, taken_away).with(fields))?;
    Ok(one)
}

/// Refuses when the caller read another version than there is now.
pub(super) fn check_version(expected: Option<i32>, present: Option<i32>) -> Result<()> {
    let detail = match (expected, present) {
        (Some(expected), Some(present)) if expected != present => {
            format!("you read version {expected}; now it is version {present}")
        }
        (Some(_), None) => "there is none of this name yet".to_owned(),
        _ => return Ok(()),
    };
    Err(Error::problem(Code::PreconditionFailed, detail))
}
