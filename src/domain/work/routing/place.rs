//! Where a complaint goes by the rules that are in force, and why.

use serde_json::{Value, json};

use super::rules::{Facts, RoutingMode, RoutingRule, fitting};
use super::store::{self, RoutedRow};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::staff::Act;
use crate::domain::work::least_loaded::{self, Given};
use crate::domain::work::row::Wants;
use crate::error::Result;
use crate::ids::{ComplaintId, TeamId};

/// The rules that are in force.
#[derive(Debug)]
pub struct Router {
    version: i32,
    rules: Vec<RoutingRule>,
    given: Given,
}

/// Where a complaint goes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The version of the rules.
    pub version: i32,
    /// The slug of the rule.
    pub rule: String,
    /// The team.
    pub team: TeamId,
    /// Who of it gets it.
    pub mode: RoutingMode,
    /// Whoever gets it without asking for it.
    pub owner: Option<String>,
    /// What it takes, and within which time.
    pub wants: Wants,
    /// The conditions that the rule has, and that held.
    pub because: Vec<&'static str>,
}

impl Router {
    /// The rules that are in force, if any are.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(conn: &mut Conn) -> Result<Option<Self>> {
        let active = store::active(conn)?;
        Ok(active.map(|found| Self {
            version: found.version,
            rules: found.rules,
            given: Given::new(),
        }))
    }

    /// Where a complaint goes; nowhere when no rule fits. Whoever gets it is kept from leaving until the end of the
    /// transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn place(&mut self, conn: &mut Conn, act: &Act, facts: &Facts) -> Result<Option<Placed>> {
        let Some(rule) = fitting(&self.rules, facts) else {
            return Ok(None);
        };
        let needs = rule.needs(facts);
        let owner = match rule.mode {
            RoutingMode::Queue => None,
            RoutingMode::LeastLoaded => least_loaded::pick(conn, act, rule.team, &needs, &mut self.given)?,
        };
        Ok(Some(Placed {
            version: self.version,
            rule: rule.slug.clone(),
            team: rule.team,
            mode: rule.mode,
            owner,
            wants: Wants {
                needs: needs.text(),
                within_minutes: rule.within_minutes,
            },
            because: rule.conditions.said(),
        }))
    }
}

impl Placed {
    /// As the timeline tells of it, in codes.
    pub fn told(&self) -> Value {
        json!({
            "rule": self.rule, "version": self.version, "team": self.team, "mode": self.mode, "owner": self.owner,
            "because": self.because,
        })
    }

    fn row(&self, complaint_id: ComplaintId, at: Moment) -> RoutedRow {
        RoutedRow {
            complaint_id,
            version: self.version,
            rule: self.rule.clone(),
            needs: self.wants.needs.clone(),
            within_minutes: self.wants.within_minutes,
            routed_at: at,
        }
    }
}

/// Keeps what the rules said of complaints that have just been logged.
///
/// # Errors
/// When the database refuses.
pub fn keep_all(conn: &mut Conn, placed: &[(ComplaintId, Moment, &Placed)]) -> Result<()> {
    let rows: Vec<RoutedRow> = placed.iter().map(|(id, at, placed)| placed.row(*id, *at)).collect();
    store::insert_routed(conn, &rows)
}

/// Keeps what the rules said of a complaint, whatever they said before.
///
/// # Errors
/// When the database refuses.
pub fn keep(conn: &mut Conn, id: ComplaintId, at: Moment, placed: &Placed) -> Result<()> {
    store::put_routed(conn, &placed.row(id, at))
}

/// What the rules last said that a complaint takes.
///
/// # Errors
/// When the database refuses.
pub fn wants(conn: &mut Conn, id: ComplaintId) -> Result<Wants> {
    let found = store::routed(conn, id)?;
    Ok(found.map_or_else(Wants::default, |row| Wants {
        needs: row.needs,
        within_minutes: row.within_minutes,
    }))
}
