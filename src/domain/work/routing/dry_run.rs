//! What other rules would have done with complaints that there are: nothing is changed, and nobody's text is shown.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::{Facts, RoutingMode, RoutingRule, fitting};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::complaints::listing::{self, Listing};
use crate::domain::complaints::view::{self, ComplaintSummary};
use crate::domain::complaints::vocabulary::State;
use crate::domain::customers::{Importance, record};
use crate::domain::staff::{Act, teams};
use crate::domain::work::skills::Needs;
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId, TeamId};

/// The most complaints that are looked at.
const MOST: i64 = 200;
/// What is due within this time is about to be due.
const SOON: TimeDelta = TimeDelta::hours(24);

/// Rules that are to be tried on complaints that there are.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DryRunForm {
    /// The rules.
    #[schema(max_items = 200)]
    pub rules: Vec<RoutingRule>,
    /// Complaints received at or after this moment.
    pub from: Option<Moment>,
    /// Complaints received before this moment.
    pub before: Option<Moment>,
    /// The last so many of them; 200 when left out.
    #[schema(minimum = 1, maximum = 200)]
    pub last: Option<i64>,
}

/// What the rules would have done with a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DryRunCase {
    /// The complaint.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// When it reached us.
    pub received_at: Moment,
    /// Where it stands.
    pub state: State,
    /// By when the next thing is due.
    pub next_due_at: Option<Moment>,
    /// The team that holds it now.
    pub team: Option<TeamId>,
    /// What that team is called.
    pub team_name: Option<String>,
    /// The rule that would have applied.
    pub rule: Option<String>,
    /// The team that it would have gone to.
    pub would_team: Option<TeamId>,
    /// What that team is called.
    pub would_team_name: Option<String>,
    /// Who of it would have got it.
    pub would_mode: Option<RoutingMode>,
    /// The skills that it would have taken.
    pub would_need: Vec<String>,
    /// Whether it would be with another team than it is.
    pub moves: bool,
}

/// How much a team would have had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DryRunLoad {
    /// The team; none: of no team.
    pub team: Option<TeamId>,
    /// What it is called.
    pub team_name: Option<String>,
    /// How many of these complaints it holds.
    pub before: i64,
    /// How many it would hold.
    pub after: i64,
    /// How many of those are open.
    pub open_before: i64,
    /// How many open ones it would hold.
    pub open_after: i64,
}

/// What the rules would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoutingDryRun {
    /// The complaints, the last logged first.
    pub cases: Vec<DryRunCase>,
    /// How much each team would have had.
    pub loads: Vec<DryRunLoad>,
    /// How many complaints would be with another team.
    pub moved: i64,
    /// How many open ones that are late, or due within 24 hours, would be with another team.
    pub moved_due_soon: i64,
    /// For how many no rule fits.
    pub unmatched: i64,
}

/// Tries rules on the complaints of a period.
///
/// # Errors
/// `request.invalid`.
pub fn dry_run(conn: &mut Conn, act: &Act, form: &DryRunForm) -> Result<RoutingDryRun> {
    let rules = super::checked_here(conn, &form.rules)?;
    let last = form.last.unwrap_or(MOST);
    let mut check = Check::new();
    if !(1..=MOST).contains(&last) {
        check.fail("/last", "out_of_range", format_args!("1 to {MOST}"));
    }
    check.finish(())?;
    let listing = Listing {
        received_from: form.from,
        received_before: form.before,
        limit: last,
        ..Listing::default()
    };
    let complaints = listing::list(conn, act, &listing)?.items;
    let facts = facts_of(conn, &complaints)?;
    let mut teams: Vec<TeamId> = rules.iter().map(|rule| rule.team).collect();
    teams.extend(complaints.iter().filter_map(|complaint| complaint.team));
    let names = teams::names(conn, &teams)?;
    let cases = complaints.into_iter().zip(facts);
    let cases: Vec<DryRunCase> = cases
        .map(|(complaint, facts)| case(&rules, complaint, &facts, &names))
        .collect();
    Ok(summed_up(act.now, cases, &names))
}

fn facts_of(conn: &mut Conn, complaints: &[ComplaintSummary]) -> Result<Vec<Facts>> {
    let ids: Vec<ComplaintId> = complaints.iter().map(|complaint| complaint.id).collect();
    let mut products: BTreeMap<ComplaintId, Option<String>> = view::products_of(conn, &ids)?.into_iter().collect();
    let customers: Vec<CustomerId> = complaints.iter().map(|complaint| complaint.customer_id).collect();
    let customers = record::by_ids(conn, &customers)?;
    let known: BTreeMap<CustomerId, Importance> = customers.iter().map(|c| (c.id, c.importance())).collect();
    let facts = complaints.iter().map(|complaint| Facts {
        channel: complaint.channel,
        kind: complaint.kind,
        category: complaint.category.clone(),
        customer: known
            .get(&complaint.customer_id)
            .copied()
            .unwrap_or(Importance::UNKNOWN),
        customer_type: complaint.customer_type,
        language: complaint.language.clone(),
        severity: complaint.severity,
        product: products.remove(&complaint.id).flatten(),
    });
    Ok(facts.collect())
}

fn case(
    rules: &[RoutingRule],
    complaint: ComplaintSummary,
    facts: &Facts,
    names: &BTreeMap<TeamId, String>,
) -> DryRunCase {
    let rule = fitting(rules, facts);
    let name = |team: Option<TeamId>| team.and_then(|team| names.get(&team).cloned());
    // What no rule fits stays where it is.
    let would = rule.map(|rule| rule.team);
    DryRunCase {
        id: complaint.id,
        reference: complaint.reference,
        received_at: complaint.received_at,
        state: complaint.state,
        next_due_at: complaint.next_due_at,
        team: complaint.team,
        team_name: name(complaint.team),
        rule: rule.map(|rule| rule.slug.clone()),
        would_team: would,
        would_team_name: name(would),
        would_mode: rule.map(|rule| rule.mode),
        would_need: rule.map_or_else(Needs::none, |rule| rule.needs(facts)).words(),
        moves: would.is_some() && would != complaint.team,
    }
}

fn summed_up(now: Moment, cases: Vec<DryRunCase>, names: &BTreeMap<TeamId, String>) -> RoutingDryRun {
    let mut loads: BTreeMap<Option<TeamId>, DryRunLoad> = BTreeMap::new();
    let (mut moved, mut moved_due_soon, mut unmatched) = (0, 0, 0);
    for case in &cases {
        let open = i64::from(case.state != State::Closed);
        let mut of = |team: Option<TeamId>, count: &dyn Fn(&mut DryRunLoad)| {
            count(loads.entry(team).or_insert_with(|| DryRunLoad {
                team,
                team_name: team.and_then(|team| names.get(&team).cloned()),
                before: 0,
                after: 0,
                open_before: 0,
                open_after: 0,
            }));
        };
        of(case.team, &|load| {
            load.before += 1;
            load.open_before += open;
        });
        of(case.would_team.or(case.team), &|load| {
            load.after += 1;
            load.open_after += open;
        });
        let due_soon = open == 1 && case.next_due_at.is_some_and(|due| due <= now + SOON);
        moved += i64::from(case.moves);
        moved_due_soon += i64::from(case.moves && due_soon);
        unmatched += i64::from(case.rule.is_none());
    }
    RoutingDryRun {
        cases,
        loads: loads.into_values().collect(),
        moved,
        moved_due_soon,
        unmatched,
    }
}
