//! Lists of rules that are kept in versions, of which at most one is in force. Versions are only ever added; which one is
//! in force may be an earlier one. Who keeps such a list says where its rows are ([`Kept`]).

mod store;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::staff::Act;
use crate::error::{Code, Error, Result};

/// How many turns of the history are shown.
const SHOWN: i64 = 100;

/// That a version came into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    /// Which; none when none was in force from then on.
    pub version: Option<i32>,
    /// When.
    pub turned_at: Moment,
    /// Who saw to it.
    pub turned_by: String,
}

/// The rules with their last version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Versioned<T> {
    /// The last version, from 1; 0 while nobody has written any rules.
    pub version: i32,
    /// The version that is in force; `null` when none is. It may be an earlier one.
    pub active_version: Option<i32>,
    /// The rules of the last version.
    pub rules: Vec<T>,
    /// Who wrote the last version.
    pub written_by: Option<String>,
    /// When the last version was written.
    pub written_at: Option<Moment>,
    /// Which version was in force from when, the newest first; at most 100.
    pub history: Vec<Turn>,
    /// Counts the changes, activations too; the ETag is made of it.
    pub revision: i32,
}

/// A version of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Version<T> {
    /// Which.
    pub version: i32,
    /// The rules.
    pub rules: Vec<T>,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: Moment,
}

/// Where a list stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// Which version is in force.
    pub active_version: Option<i32>,
    /// Counts the changes, from 1.
    pub revision: i32,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A list that is kept in versions.
pub trait Kept {
    /// A rule of it.
    type Rule;
    /// What the audit calls it.
    const OBJECT: ObjectKind;
    /// What the audit calls that a version was written, came into force, and that none is in force any more.
    const DEEDS: [&'static str; 3];

    /// Where it stands; nothing while nobody has written any rules.
    ///
    /// # Errors
    /// When the database refuses.
    fn stand(conn: &mut Conn) -> Result<Option<Stand>>;

    /// Writes where it stands; refuses when somebody else has since it was read at revision `read`. `turned` when another
    /// version, or none, is in force from now on.
    ///
    /// # Errors
    /// When the database refuses, or the list has changed meanwhile.
    fn set_stand(conn: &mut Conn, read: Option<i32>, stand: &Stand, turned: bool) -> Result<()>;

    /// The last version.
    ///
    /// # Errors
    /// When the database refuses.
    fn last(conn: &mut Conn) -> Result<Option<Version<Self::Rule>>>;

    /// A version.
    ///
    /// # Errors
    /// When the database refuses.
    fn find(conn: &mut Conn, version: i32) -> Result<Option<Version<Self::Rule>>>;

    /// Adds a version.
    ///
    /// # Errors
    /// When the database refuses, or somebody else has added it meanwhile.
    fn add(conn: &mut Conn, version: Version<Self::Rule>) -> Result<()>;

    /// The last turns, the newest first.
    ///
    /// # Errors
    /// When the database refuses.
    fn turns(conn: &mut Conn, limit: i64) -> Result<Vec<Turn>>;

    /// Adds a turn.
    ///
    /// # Errors
    /// When the database refuses.
    fn add_turn(conn: &mut Conn, turn: Turn) -> Result<()>;
}

/// The rules as they are.
///
/// # Errors
/// When the database refuses.
pub fn get<K: Kept>(conn: &mut Conn) -> Result<Versioned<K::Rule>> {
    let stand = K::stand(conn)?;
    let last = K::last(conn)?;
    let history = K::turns(conn, SHOWN)?;
    let (version, rules, written_by, written_at) = match last {
        Some(last) => (last.version, last.rules, Some(last.written_by), Some(last.written_at)),
        None => (0, Vec::new(), None, None),
    };
    Ok(Versioned {
        version,
        active_version: stand.as_ref().and_then(|stand| stand.active_version),
        rules,
        written_by,
        written_at,
        history,
        revision: stand.map_or(1, |stand| stand.revision),
    })
}

/// A version of the rules.
///
/// # Errors
/// `resource.not_found`.
pub fn version<K: Kept>(conn: &mut Conn, number: i32) -> Result<Version<K::Rule>> {
    K::find(conn, number)?.ok_or_else(|| Error::not_found("version of the rules"))
}

/// Where the rules stand, and at which revision that was read.
fn stand<K: Kept>(conn: &mut Conn, expected: Option<i32>) -> Result<(Option<i32>, Stand)> {
    let there = K::stand(conn)?;
    let read = there.as_ref().map(|stand| stand.revision);
    let stand = there.unwrap_or(Stand {
        active_version: None,
        revision: 1,
        updated_at: Moment::EPOCH,
    });
    match expected {
        Some(expected) if expected != stand.revision => Err(Error::problem(
            Code::PreconditionFailed,
            format!("you read revision {expected}; now it is revision {}", stand.revision),
        )),
        _ => Ok((read, stand)),
    }
}

/// Writes another version: what `checked` gives. The one that is in force stays so until the new one is activated.
///
/// # Errors
/// `request.precondition_failed`; what `checked` answers.
pub fn write<K: Kept>(
    conn: &mut Conn,
    act: &Act,
    expected: Option<i32>,
    checked: impl FnOnce(&mut Conn) -> Result<Vec<K::Rule>>,
) -> Result<Versioned<K::Rule>> {
    let (read, mut stand) = stand::<K>(conn, expected)?;
    let rules = checked(conn)?;
    let version = K::last(conn)?.map_or(0, |last| last.version) + 1;
    let told = json!({ "version": version, "rules": rules.len() });
    let written = Version {
        version,
        rules,
        written_by: act.actor.name.clone(),
        written_at: act.now,
    };
    K::add(conn, written)?;
    stand.revision += 1;
    stand.updated_at = act.now;
    K::set_stand(conn, read, &stand, false)?;
    let [written, ..] = K::DEEDS;
    tell::<K>(conn, act, written, told)?;
    get::<K>(conn)
}

/// Brings a version into force, the last one or an earlier one, if `check` has nothing against its rules.
///
/// # Errors
/// `request.precondition_failed`; `resource.not_found`; what `check` answers.
pub fn activate<K: Kept>(
    conn: &mut Conn,
    act: &Act,
    number: i32,
    expected: Option<i32>,
    check: impl FnOnce(&[K::Rule]) -> Result<()>,
) -> Result<Versioned<K::Rule>> {
    let written = version::<K>(conn, number)?;
    check(&written.rules)?;
    let stood = stand::<K>(conn, expected)?;
    let [_, activated, _] = K::DEEDS;
    turn::<K>(conn, act, stood, Some(written.version), activated)
}

/// Takes the rules out of force.
///
/// # Errors
/// When the database refuses.
pub fn deactivate<K: Kept>(conn: &mut Conn, act: &Act) -> Result<Versioned<K::Rule>> {
    let stood = stand::<K>(conn, None)?;
    let [.., deactivated] = K::DEEDS;
    turn::<K>(conn, act, stood, None, deactivated)
}

fn turn<K: Kept>(
    conn: &mut Conn,
    act: &Act,
    (read, mut stand): (Option<i32>, Stand),
    version: Option<i32>,
    deed: &'static str,
) -> Result<Versioned<K::Rule>> {
    // Doing it twice is the same as once.
    if stand.active_version == version {
        return get::<K>(conn);
    }
    let was = std::mem::replace(&mut stand.active_version, version);
    stand.revision += 1;
    stand.updated_at = act.now;
    K::set_stand(conn, read, &stand, true)?;
    let turn = Turn {
        version,
        turned_at: act.now,
        turned_by: act.actor.name.clone(),
    };
    K::add_turn(conn, turn)?;
    let told = json!({ "before": { "version": was }, "after": { "version": version } });
    tell::<K>(conn, act, deed, told)?;
    get::<K>(conn)
}

fn tell<K: Kept>(conn: &mut Conn, act: &Act, deed: &'static str, told: Value) -> Result<()> {
    audit::record(conn, act, Event::about_many(K::OBJECT, deed).with(told))
}
