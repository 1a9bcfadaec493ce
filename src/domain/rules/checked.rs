//! Everything that is wrong with rules, and what must not be.

use std::collections::BTreeSet;

use super::model::{LONGEST_MINUTES, MOST, MOST_ACTIONS, Rule, RuleConditions, RuleEvent, RuleField, RuleOn};
use crate::db::conn::Conn;
use crate::domain::casework::texts;
use crate::domain::check::Check;
use crate::domain::complaints::actions::Action;
use crate::domain::complaints::vocabulary::{BallWith, Channel, HandlingStep, Kind, Level, State};
use crate::domain::customers::Tier;
use crate::domain::sla::calendars;
use crate::domain::staff::owners::Owners;
use crate::domain::staff::teams;
use crate::domain::typing::CustomerType;
use crate::domain::work::routing::rules::RoutingConditions;
use crate::error::Result;
use crate::ids::TeamId;

/// The rules with their texts trimmed; what is wrong with each is noted.
fn shape(check: &mut Check, rules: &[Rule]) -> Vec<Rule> {
    if rules.len() > MOST {
        check.fail("/rules", "too_long", format_args!("at most {MOST} rules"));
    }
    let mut slugs = BTreeSet::new();
    let mut rules: Vec<Rule> = rules.iter().take(MOST).cloned().collect();
    for (n, rule) in rules.iter_mut().enumerate() {
        let at = format!("/rules/{n}");
        rule.slug = check.slug(&format!("{at}/slug"), &rule.slug);
        if !slugs.insert(rule.slug.clone()) {
            check.fail(format!("{at}/slug"), "not_allowed", "another rule has this slug");
        }
        rule.name = check.optional_text(&format!("{at}/name"), rule.name.as_deref(), 200);
        on(check, &format!("{at}/on"), &mut rule.on);
        conditions(check, &format!("{at}/conditions"), &mut rule.conditions);
        if !(1..=MOST_ACTIONS).contains(&rule.then.len()) {
            check.fail(
                format!("{at}/then"),
                "out_of_range",
                format_args!("1 to {MOST_ACTIONS} actions"),
            );
        }
        let then = rule.then.iter().take(MOST_ACTIONS).enumerate();
        rule.then = then
            .map(|(n, action)| action_of(check, &format!("{at}/then/{n}"), action))
            .collect();
        manner(check, &at, rule);
    }
    rules
}

/// An action with its texts trimmed. What is done in somebody's own name, a rule cannot do.
fn action_of(check: &mut Check, at: &str, action: &Action) -> Action {
    if matches!(action, Action::Watch {} | Action::Unwatch {}) {
        check.fail(format!("{at}/do"), "not_allowed", "a rule watches nothing");
    }
    action.checked(check, at)
}

/// The rules with their texts trimmed, if nothing is wrong with them as they stand.
///
/// # Errors
/// `request.invalid` with every finding.
pub fn checked(rules: &[Rule]) -> Result<Vec<Rule>> {
    let mut check = Check::new();
    let rules = shape(&mut check, rules);
    check.finish(rules)
}

/// [`checked`], and whether the teams, people and calendars that they name are there.
///
/// # Errors
/// `request.invalid` with every finding.
pub fn checked_here(conn: &mut Conn, rules: &[Rule]) -> Result<Vec<Rule>> {
    let mut check = Check::new();
    let rules = shape(&mut check, rules);
    let mut wanted: Vec<TeamId> = rules.iter().flat_map(|rule| rule.conditions.teams.clone()).collect();
    wanted.extend(rules.iter().flat_map(|rule| &rule.then).filter_map(team_of));
    let there = teams::names(conn, &wanted)?;
    let owners: Vec<&str> = rules.iter().flat_map(|rule| &rule.then).filter_map(owner_of).collect();
    let owners = Owners::hold(conn, owners)?;
    for (n, rule) in rules.iter().enumerate() {
        let at = format!("/rules/{n}");
        for (m, team) in rule.conditions.teams.iter().enumerate() {
            if !there.contains_key(team) {
                check.fail(format!("{at}/conditions/teams/{m}"), "unknown", "there is no such team");
            }
        }
        for (m, action) in rule.then.iter().enumerate() {
            let at = format!("{at}/then/{m}");
            let team = team_of(action);
            if team.is_some_and(|team| !there.contains_key(&team)) {
                check.fail(format!("{at}/team"), "unknown", "there is no such team");
            } else if let Some(owner) = owner_of(action) {
                owners.check_person(&mut check, &format!("{at}/owner"), owner, team);
            }
        }
        for (m, action) in rule.then.iter().enumerate() {
            if let Action::SendMessage { text: Some(text), .. } = action
                && !texts::exists(conn, text)?
            {
                check.fail(format!("{at}/then/{m}/text"), "unknown", "there is no such canned text");
            }
        }
        let calendar = rule.on.time.as_ref().and_then(|time| time.calendar.as_deref());
        if let Some(slug) = calendar
            && !calendars::exists(conn, slug)?
        {
            check.fail(format!("{at}/on/time/calendar"), "unknown", "there is no such calendar");
        }
    }
    check.finish(rules)
}

fn team_of(action: &Action) -> Option<TeamId> {
    match action {
        Action::Assign { team, .. } => team.flatten(),
        Action::AssignLeastLoaded { team } => *team,
        _ => None,
    }
}

fn owner_of(action: &Action) -> Option<&str> {
    match action {
        Action::Assign { owner: Some(owner), .. } => owner.as_deref(),
        _ => None,
    }
}

fn on(check: &mut Check, at: &str, on: &mut RuleOn) {
    let is_clock = matches!(
        on.event,
        RuleEvent::ClockWarned | RuleEvent::ClockBreached | RuleEvent::ClockEscalated
    );
    for (field, said, fits) in [
        ("fields", !on.fields.is_empty(), on.event == RuleEvent::Changed),
        ("states", !on.states.is_empty(), on.event == RuleEvent::StateChanged),
        ("steps", !on.steps.is_empty(), on.event == RuleEvent::StepDone),
        ("metrics", !on.metrics.is_empty(), is_clock),
        (
            "satisfied",
            on.satisfied.is_some(),
            on.event == RuleEvent::SatisfactionGiven,
        ),
        ("time", on.time.is_some(), on.event == RuleEvent::TimePassed),
    ] {
        if said && !fits {
            check.fail(
                format!("{at}/{field}"),
                "not_allowed",
                format_args!("says nothing about `{}`", on.event),
            );
        }
    }
    for (field, n, most) in [
        ("fields", on.fields.len(), RuleField::ALL.len()),
        ("states", on.states.len(), State::ALL.len()),
        ("steps", on.steps.len(), HandlingStep::ALL.len()),
        ("metrics", on.metrics.len(), 50),
    ] {
        if n > most {
            check.fail(format!("{at}/{field}"), "out_of_range", format_args!("at most {most}"));
        }
    }
    for (n, metric) in on.metrics.iter().enumerate().take(50) {
        check.slug(&format!("{at}/metrics/{n}"), metric);
    }
    match &mut on.time {
        None if on.event == RuleEvent::TimePassed => {
            check.fail(format!("{at}/time"), "required", "how long, and since when");
        }
        None => {}
        Some(time) => {
            minutes(check, &format!("{at}/time/minutes"), time.minutes);
            if let Some(slug) = &time.calendar {
                time.calendar = Some(check.slug(&format!("{at}/time/calendar"), slug));
            }
        }
    }
}

fn minutes(check: &mut Check, at: &str, minutes: i32) {
    if !(1..=LONGEST_MINUTES).contains(&minutes) {
        check.fail(at, "out_of_range", format_args!("1 to {LONGEST_MINUTES}"));
    }
}

fn conditions(check: &mut Check, at: &str, conditions: &mut RuleConditions) {
    conditions.complaint.check(check, &format!("{at}/complaint"));
    for (field, n, most) in [
        ("states", conditions.states.len(), State::ALL.len()),
        ("teams", conditions.teams.len(), 50),
        ("tags", conditions.tags.len(), 50),
        ("ball_with", conditions.ball_with.len(), BallWith::ALL.len()),
    ] {
        if n > most {
            check.fail(format!("{at}/{field}"), "out_of_range", format_args!("at most {most}"));
        }
    }
    for (n, tag) in conditions.tags.iter().enumerate().take(50) {
        check.slug(&format!("{at}/tags/{n}"), tag);
    }
    for (field, value) in [
        ("older_than_minutes", conditions.older_than_minutes),
        ("younger_than_minutes", conditions.younger_than_minutes),
    ] {
        if let Some(value) = value {
            minutes(check, &format!("{at}/{field}"), value);
        }
    }
}

/// Whether a list leaves anything out.
fn chooses<T: PartialEq>(list: &[T], all: &[T]) -> bool {
    !list.is_empty() && !all.iter().all(|one| list.contains(one))
}

/// Whether anything but the customer's manner decides for which complaints the rule is.
fn looks_at_more(rule: &Rule) -> bool {
    let RoutingConditions {
        channels,
        kinds,
        categories,
        tiers,
        segments,
        grades,
        customer_types: _,
        languages,
        severities,
        products,
    } = &rule.conditions.complaint;
    let c = &rule.conditions;
    chooses(channels, Channel::ALL)
        || chooses(kinds, Kind::ALL)
        || chooses(tiers, Tier::ALL)
        || chooses(severities, Level::ALL)
        || !(categories.is_empty() && segments.is_empty() && grades.is_empty())
        || !(languages.is_empty() && products.is_empty())
        || chooses(&c.states, State::ALL)
        || chooses(&c.ball_with, BallWith::ALL)
        || !(c.teams.is_empty() && c.tags.is_empty())
        || c.has_owner.is_some()
        || c.regulatory.is_some()
        || c.reopened.is_some()
        || c.older_than_minutes.is_some()
        || c.younger_than_minutes.is_some()
}

/// Who shouts is not served first for it: the manner of the customer alone never says how grave a complaint is.
fn manner(check: &mut Check, at: &str, rule: &Rule) {
    let by_manner = chooses(&rule.conditions.complaint.customer_types, CustomerType::ALL)
        || rule.on.fields == [RuleField::CustomerType];
    if !by_manner || looks_at_more(rule) {
        return;
    }
    for (n, action) in rule.then.iter().enumerate() {
        if matches!(action, Action::SetSeverity { .. }) {
            check.fail(
                format!("{at}/then/{n}"),
                "not_allowed",
                "the manner of the customer alone makes nothing more urgent",
            );
        }
    }
}
