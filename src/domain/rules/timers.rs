//! When a rule on time comes due for a complaint. Pure: from its history.

use std::sync::Arc;

use super::book::InForce;
use super::model::{RuleSince, RuleTime};
use crate::clock::Moment;
use crate::domain::complaints::history::{self, Happening, What};
use crate::domain::complaints::vocabulary::{BallWith, State};
use crate::domain::sla::calendar::Calendar;
use crate::domain::staff::ActorKind;

/// Since when what the rule counts is so; `None` while it is not.
pub fn since(what: RuleSince, history: &[Happening]) -> Option<Moment> {
    let last = history.last()?;
    if last.state == State::Closed {
        return None;
    }
    match what {
        RuleSince::Received => history.iter().find_map(|happening| match &happening.what {
            What::Received(received) => Some(received.received_at),
            _ => None,
        }),
        RuleSince::WaitingForCustomer => waiting(history, BallWith::Customer),
        RuleSince::WaitingForThirdParty => waiting(history, BallWith::ThirdParty),
        RuleSince::WithoutOwner => without_owner(history),
        RuleSince::InState => {
            let before = history.iter().rposition(|happening| happening.state != last.state);
            let came = before.map_or(0, |before| before + 1);
            history.get(came).map(|happening| happening.at)
        }
        RuleSince::Untouched => history
            .iter()
            .rev()
            .find(|happening| happening.actor_kind != ActorKind::System)
            .or_else(|| history.first())
            .map(|happening| happening.at),
    }
}

fn waiting(history: &[Happening], for_whom: BallWith) -> Option<Moment> {
    let waits = history::waits(history);
    let wait = waits.last().filter(|wait| wait.until.is_none())?;
    (wait.cause == Some(for_whom)).then_some(wait.from)
}

fn without_owner(history: &[Happening]) -> Option<Moment> {
    let mut since = None;
    for happening in history {
        let owner = match &happening.what {
            What::Received(received) => &received.owner,
            What::Assigned { owner, .. } => owner,
            _ => continue,
        };
        since = match owner {
            Some(_) => None,
            None => since.or(Some(happening.at)),
        };
    }
    since
}

/// When so much time has passed.
pub fn due(time: &RuleTime, calendar: Option<&Arc<Calendar>>, since: Moment) -> Option<Moment> {
    let passed = chrono::TimeDelta::minutes(time.minutes.into());
    match calendar {
        Some(calendar) => calendar.after(since, passed).ok(),
        // A calendar that is not there any more never opens.
        None => time.calendar.is_none().then(|| since + passed),
    }
}

/// Since when, and when, a rule comes due for a complaint that was logged at `logged_at`. What came due before the rule
/// was in force is left alone.
pub fn timer(rule: &InForce, history: &[Happening], logged_at: Moment) -> Option<(Moment, Moment)> {
    let time = rule.rule.on.time.as_ref()?;
    let since = since(time.since, history)?;
    let due = due(time, rule.calendar.as_ref(), since)?;
    (due >= rule.since || logged_at >= rule.since).then_some((since, due))
}
