//! Sealing: a job gathers the rows that have no seal yet into a batch, gives each its place, and keeps the
//! hash of all of them together with the hash of the batch before. Writers never wait for each other: the
//! chain is made behind them. What is edited, removed or put in another order after that does not fit its
//! seal any more; a seal that is removed or replaced does not fit its neighbour.
//!
//! What a chain alone cannot tell is that its newest end was cut off: keep the newest hash elsewhere (the
//! log has it, `GET /audit/seals` gives it) and let `hark audit verify --expect` look for it.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{EventRow, fields::ValueRow, store};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::audit_seals;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::{AuditEventId, AuditValueId, CustomerId};

/// What the first seal has in place of the hash before.
const NOTHING_BEFORE: [u8; 32] = [0; 32];
/// How many events are looked at at once when the seals are checked.
const PAGE: i64 = 250;
/// How many events are read at once when a seal is set.
const SEALED_PAGE: usize = 250;

/// A seal over a batch of events.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_seals)]
pub struct SealRow {
    /// The place in the chain, from 1.
    pub number: i64,
    /// How many events it covers.
    pub events: i64,
    /// The hash of the seal before.
    pub previous: Vec<u8>,
    /// SHA-256 over the hash before and every event in its place.
    pub hash: Vec<u8>,
    /// When it was set.
    pub sealed_at: Moment,
}

/// A seal as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SealView {
    /// The place in the chain, from 1.
    pub number: i64,
    /// How many events it covers.
    pub events: i64,
    /// The hash, in hexadecimal digits: keep it elsewhere to prove later that nothing was cut off.
    #[schema(example = "5c0f…")]
    pub hash: String,
    /// When it was set.
    pub sealed_at: Moment,
}

/// What is wrong with the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// There is no seal of this number, but later ones.
    MissingSeal(i64),
    /// The seal does not follow the one before it: one of the two was replaced.
    BrokenChain(i64),
    /// The seal covers another number of events than there are: some were removed or put in.
    WrongNumber {
        /// The seal.
        seal: i64,
        /// How many it was set over.
        sealed: i64,
        /// How many there are.
        found: i64,
    },
    /// Its events do not fit the seal: at least one was edited, or they were put in another order.
    Edited(i64),
    /// An event refers to a value that was edited.
    EditedValue(AuditEventId),
    /// Events carry a seal that there is not.
    UnknownSeal(i64),
    /// The seal that somebody kept elsewhere is not there, or has another hash: the end was cut off.
    NotAsExpected(i64),
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MissingSeal(n) => write!(f, "seal {n} is missing"),
            Self::BrokenChain(n) => write!(f, "seal {n} does not follow the one before it"),
            Self::WrongNumber { seal, sealed, found } => {
                write!(f, "seal {seal} was set over {sealed} events; there are {found}")
            }
            Self::Edited(n) => write!(f, "seal {n}: an event was edited, or they were put in another order"),
            Self::EditedValue(id) => write!(f, "event {id}: a value it refers to was edited"),
            Self::UnknownSeal(n) => write!(f, "there are events of seal {n}, but no such seal"),
            Self::NotAsExpected(n) => write!(f, "seal {n} is not the one that was expected"),
        }
    }
}

/// The outcome of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many seals were checked.
    pub seals: i64,
    /// How many events they cover.
    pub events: i64,
    /// How many events have no seal yet.
    pub unsealed: i64,
    /// The newest seal: its number and hash.
    pub newest: Option<(i64, String)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value with the members of every object in the order of their names: the databases keep them
/// in orders of their own.
pub(super) fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&String, Value> = members.iter().map(|(k, v)| (k, canonical(v))).collect();
            Value::Object(sorted.into_iter().map(|(k, v)| (k.clone(), v)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        other => other.clone(),
    }
}

/// The hash under construction.
struct Chain(Sha256);

impl Chain {
    fn after(previous: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(previous);
        Self(hasher)
    }

    fn add(&mut self, row: &EventRow, subjects: &[CustomerId]) -> Result<()> {
        let text = serde_json::to_vec(&(
            (row.id, row.happened_at, row.actor_kind, &row.actor, row.actor_id),
            (&row.action, row.object_kind, row.object_id),
            row.fields.as_ref().map(|fields| canonical(&fields.0)),
            (&row.purpose, &row.request_id, &row.address),
            subjects,
        ))?;
        // The length keeps one event apart from the next.
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(&text);
        Ok(())
    }

    fn hash(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

fn subjects_of(conn: &mut Conn, rows: &[EventRow]) -> Result<BTreeMap<AuditEventId, Vec<CustomerId>>> {
    let ids: Vec<AuditEventId> = rows.iter().map(|row| row.id).collect();
    let mut subjects: BTreeMap<AuditEventId, Vec<CustomerId>> = BTreeMap::new();
    for row in store::subjects_of(conn, &ids)? {
        subjects.entry(row.event_id).or_default().push(row.customer_id);
    }
    for customers in subjects.values_mut() {
        customers.sort();
    }
    Ok(subjects)
}

fn add_all(conn: &mut Conn, chain: &mut Chain, rows: &[EventRow]) -> Result<()> {
    let subjects = subjects_of(conn, rows)?;
    for row in rows {
        chain.add(row, subjects.get(&row.id).map_or(&[][..], Vec::as_slice))?;
    }
    Ok(())
}

/// Seals at most `most` events that have no seal yet; gives how many. They are read a page at a time: an event
/// about a list has fifty customers, and thousands of these are not held in memory at once.
///
/// # Errors
/// When the database refuses.
pub fn seal(conn: &mut Conn, act: &Act, most: i64) -> Result<usize> {
    let ids = store::unsealed(conn, most)?;
    if ids.is_empty() {
        return Ok(0);
    }
    let before = store::newest_seal(conn)?;
    let previous = before
        .as_ref()
        .map_or(NOTHING_BEFORE.to_vec(), |seal| seal.hash.clone());
    let mut chain = Chain::after(&previous);
    for some in ids.chunks(SEALED_PAGE) {
        let rows = store::events_in_order(conn, some)?;
        add_all(conn, &mut chain, &rows)?;
    }
    let seal = SealRow {
        number: before.map_or(1, |seal| seal.number + 1),
        events: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        previous,
        hash: chain.hash(),
        sealed_at: act.now,
    };
    // The number is the key: of two processes that seal at once, one loses and does it again.
    store::insert_seal(conn, &seal)?;
    store::mark_sealed(conn, seal.number, &ids)?;
    tracing::info!(
        seal = seal.number,
        events = seal.events,
        hash = hex(&seal.hash),
        "audit sealed"
    );
    Ok(ids.len())
}

/// The newest seals first, below `below`.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, below: Option<i64>, limit: i64) -> Result<Vec<SealView>> {
    Ok(store::seals_below(conn, below.unwrap_or(i64::MAX), limit)?
        .into_iter()
        .map(|seal| SealView {
            number: seal.number,
            events: seal.events,
            hash: hex(&seal.hash),
            sealed_at: seal.sealed_at,
        })
        .collect())
}

/// Checks every seal, and the one that somebody kept elsewhere, if they name it.
///
/// # Errors
/// When the database refuses.
pub fn verify(conn: &mut Conn, expected: Option<&(i64, String)>) -> Result<Verdict> {
    let mut verdict = Verdict {
        unsealed: store::count_unsealed(conn)?,
        ..Verdict::default()
    };
    let (mut number, mut previous) = (0, NOTHING_BEFORE.to_vec());
    loop {
        let seals = store::seals_after(conn, number, 100)?;
        let Some(last) = seals.last().map(|seal| seal.number) else {
            break;
        };
        for seal in &seals {
            let skipped = number + 1..seal.number;
            verdict.findings.extend(skipped.clone().map(Finding::MissingSeal));
            if skipped.is_empty() && seal.previous != previous {
                verdict.findings.push(Finding::BrokenChain(seal.number));
            }
            check_seal(conn, seal, &mut verdict)?;
            (number, previous) = (seal.number, seal.hash.clone());
        }
        debug_assert_eq!(number, last);
    }
    verdict
        .findings
        .extend(store::unknown_seals(conn)?.into_iter().map(Finding::UnknownSeal));
    verdict.newest = (number > 0).then(|| (number, hex(&previous)));
    if let Some((number, hash)) = expected {
        let there = store::find_seal(conn, *number)?;
        if there.is_none_or(|seal| hex(&seal.hash) != *hash) {
            verdict.findings.push(Finding::NotAsExpected(*number));
        }
    }
    Ok(verdict)
}

fn check_seal(conn: &mut Conn, seal: &SealRow, verdict: &mut Verdict) -> Result<()> {
    let mut chain = Chain::after(&seal.previous);
    let (mut place, mut found) = (0, 0);
    loop {
        let rows = store::sealed_events(conn, seal.number, place, PAGE)?;
        let Some((last, _)) = rows.last() else { break };
        place = *last;
        let rows: Vec<EventRow> = rows.into_iter().map(|(_, row)| row).collect();
        found += i64::try_from(rows.len()).unwrap_or_default();
        add_all(conn, &mut chain, &rows)?;
        check_values(conn, &rows, verdict)?;
    }
    verdict.seals += 1;
    verdict.events += found;
    if found != seal.events {
        verdict.findings.push(Finding::WrongNumber {
            seal: seal.number,
            sealed: seal.events,
            found,
        });
    } else if chain.hash() != seal.hash {
        verdict.findings.push(Finding::Edited(seal.number));
    }
    Ok(())
}

/// Looks whether the values that the events refer to are those they were written with. One that is gone
/// was forgotten with its customer.
fn check_values(conn: &mut Conn, rows: &[EventRow], verdict: &mut Verdict) -> Result<()> {
    let mut digests: BTreeMap<AuditValueId, (AuditEventId, String)> = BTreeMap::new();
    for row in rows {
        for member in ["before", "after"] {
            let fields = row.fields.as_ref().and_then(|fields| fields.0.get(member)?.as_object());
            for told in fields.into_iter().flat_map(serde_json::Map::values) {
                let id = told.get("ref").cloned().and_then(|id| serde_json::from_value(id).ok());
                if let (Some(id), Some(digest)) = (id, told.get("digest").and_then(Value::as_str)) {
                    digests.insert(id, (row.id, digest.to_owned()));
                }
            }
        }
    }
    let ids: Vec<AuditValueId> = digests.keys().copied().collect();
    for value in store::values(conn, &ids)? {
        if let Some((event, digest)) = digests.get(&value.id)
            && *digest != ValueRow::digest(&value)?
        {
            verdict.findings.push(Finding::EditedValue(*event));
        }
    }
    Ok(())
}
