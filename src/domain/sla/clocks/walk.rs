//! The clocks of a complaint, followed through its history: pure, no database and no wall clock.
//!
//! Happenings are taken in their order, and each sees only what was there before it: the policies in force at that
//! moment, the facts as they were known then. So what was written about the past stays as it was when a policy, a
//! calendar or a fact changes later, and following a whole history gives what following it step by step gave.

mod events;
mod ticking;

use std::collections::{BTreeMap, BTreeSet};

pub use ticking::{ClockState, Ticking};

use super::pauses;
use crate::clock::Moment;
use crate::domain::complaints::history::{Happening, Promised};
use crate::domain::sla::deadline::Pause;
use crate::domain::sla::policies::book::Book;
use crate::domain::sla::policies::model::{Facts, Metric, MetricKind, Reopening, StartEvent};
use crate::ids::CallBackId;

/// What a history led to.
#[derive(Debug, Default)]
pub struct Walked {
    /// Every clock that ever began, in the order in which they did.
    pub clocks: Vec<Ticking>,
    /// When the complaint waited for somebody else.
    pub pauses: Vec<Pause>,
}

impl Walked {
    /// The earliest moment by which something is due that has not happened.
    pub fn next_due(&self) -> Option<Moment> {
        self.clocks
            .iter()
            .filter(|clock| clock.ended_at.is_none())
            .filter_map(|clock| clock.due_at)
            .min()
    }
}

/// Follows a history; up to `now`, when that is said, else up to its last happening.
pub fn walk(book: &Book, history: &[Happening], now: Option<Moment>) -> Walked {
    let mut walker = Walker::new(book);
    for happening in history {
        walker.take(happening);
    }
    if let Some(now) = now {
        walker.advance(now);
    }
    walker.walked
}

/// A promise on its way.
#[derive(Debug)]
struct OpenPromise {
    promised: Promised,
    made_at: Moment,
    tried: bool,
}

/// Where a walk stands.
struct Walker<'a> {
    book: &'a Book,
    walked: Walked,
    /// The slugs of the policies that apply.
    chosen: BTreeSet<String>,
    cycles: BTreeMap<(String, String), i32>,
    facts: Option<Facts>,
    logged_at: Moment,
    received_at: Moment,
    expressed_at: Moment,
    acknowledged: bool,
    answered: bool,
    closed: bool,
    /// Since when the customer waits for the answer to what they wrote after our first response.
    asked_at: Option<Moment>,
    last_contact: Option<Moment>,
    opened_again_at: Option<Moment>,
    promises: BTreeMap<CallBackId, OpenPromise>,
}

impl<'a> Walker<'a> {
    fn new(book: &'a Book) -> Self {
        Self {
            book,
            walked: Walked::default(),
            chosen: BTreeSet::new(),
            cycles: BTreeMap::new(),
            facts: None,
            logged_at: Moment::EPOCH,
            received_at: Moment::EPOCH,
            expressed_at: Moment::EPOCH,
            acknowledged: false,
            answered: false,
            closed: false,
            asked_at: None,
            last_contact: None,
            opened_again_at: None,
            promises: BTreeMap::new(),
        }
    }

    /// What came due before `now` and had not happened is breached.
    fn advance(&mut self, now: Moment) {
        for clock in &mut self.walked.clocks {
            clock.breach_if_due_before(now);
        }
    }

    /// Chooses the policies anew, after a fact changed: ends the clocks of those that no longer apply and begins those
    /// of the others.
    fn choose(&mut self, at: Moment) {
        let Some(facts) = &self.facts else { return };
        let applying = self.book.applying(facts, self.logged_at, at);
        let next: BTreeSet<String> = applying.into_iter().collect();
        let pauses = std::mem::take(&mut self.walked.pauses);
        for clock in &mut self.walked.clocks {
            if !next.contains(&clock.policy) {
                clock.stop(at, &pauses);
            }
        }
        self.walked.pauses = pauses;
        let fresh: Vec<String> = next.difference(&self.chosen).cloned().collect();
        self.chosen = next;
        for slug in fresh {
            self.begin_policy(&slug, at);
        }
    }

    /// Begins what a policy asks for that has begun to matter and has not happened yet.
    fn begin_policy(&mut self, slug: &str, at: Moment) {
        let Some(edition) = self.book.in_force(slug, at) else {
            return;
        };
        for metric in &edition.content.metrics {
            let since = match metric.kind {
                MetricKind::Acknowledge if !self.acknowledged => Some(self.beginning(metric)),
                MetricKind::FirstResponse if !self.answered => Some(self.beginning(metric)),
                MetricKind::KeepInformed => Some(match self.last_contact {
                    Some(contact) => contact,
                    None => self.beginning(metric),
                }),
                MetricKind::NextResponse => self.asked_at,
                // The first decision was the answer.
                MetricKind::Resolve if metric.reopening == Reopening::Ignore && self.opened_again_at.is_some() => None,
                MetricKind::Resolve => Some(self.beginning(metric)),
                _ => None,
            };
            if let Some(since) = since.filter(|_| !self.closed) {
                self.begin(slug, metric, at, since, None);
            }
            if metric.kind == MetricKind::CallBack {
                let waiting: Vec<(Promised, Moment)> = self
                    .promises
                    .values()
                    .filter(|promise| !promise.tried)
                    .map(|promise| (promise.promised.clone(), promise.made_at))
                    .collect();
                for (promised, made_at) in waiting {
                    self.begin(slug, metric, at, made_at, Some(&promised));
                }
            }
        }
    }

    /// Begins the clocks of a kind in every policy that applies and is in force.
    fn begin_kind(&mut self, kind: MetricKind, at: Moment, since: Moment, promised: Option<&Promised>) {
        let chosen: Vec<String> = self.chosen.iter().cloned().collect();
        for slug in chosen {
            let Some(edition) = self.book.in_force(&slug, at) else {
                continue;
            };
            for metric in edition.content.metrics.iter().filter(|metric| metric.kind == kind) {
                self.begin(&slug, metric, at, since, promised);
            }
        }
    }

    /// From when a clock counts that counts from the beginning.
    fn beginning(&self, metric: &Metric) -> Moment {
        let first = match metric.start {
            StartEvent::Received => self.received_at,
            StartEvent::Expressed => self.expressed_at,
        };
        match (metric.kind, self.opened_again_at) {
            (MetricKind::Resolve | MetricKind::FirstResponse, Some(again)) => metric.since_opened_again(first, again),
            _ => first,
        }
    }

    fn begin(&mut self, slug: &str, metric: &Metric, at: Moment, since: Moment, promised: Option<&Promised>) {
        let Some(edition) = self.book.in_force(slug, at) else {
            return;
        };
        let calendar = self.book.calendar_at(&edition.content.calendar, at).cloned();
        let cycle = self.cycles.entry((slug.to_owned(), metric.slug.clone())).or_insert(0);
        let mut clock = Ticking {
            policy: slug.to_owned(),
            policy_version: edition.version,
            body: edition.content,
            metric: metric.clone(),
            calendar,
            cycle: *cycle + 1,
            call_back_id: promised.map(|promised| promised.id),
            started_at: since,
            due_at: promised.map(|promised| promised.window_end),
            state: ClockState::Running,
            breached_at: None,
            ended_at: None,
        };
        if clock.find_due(&self.walked.pauses) {
            *cycle += 1;
            self.walked.clocks.push(clock);
        }
    }

    /// Ends every open clock of a kind: met, if it is not late.
    fn meet(&mut self, kind: MetricKind, at: Moment) {
        let pauses = std::mem::take(&mut self.walked.pauses);
        for clock in self.walked.clocks.iter_mut().filter(|clock| clock.metric.kind == kind) {
            clock.meet(at, &pauses);
        }
        self.walked.pauses = pauses;
    }

    fn begin_waiting(&mut self, at: Moment, cause: &str) {
        self.walked.pauses.push(pauses::open(at, cause));
        self.find_dues();
    }

    fn end_waiting(&mut self, at: Moment) {
        let open = self.walked.pauses.last_mut().filter(|pause| pause.until.is_none());
        if let Some(pause) = open {
            pause.until = Some(at);
            self.find_dues();
        }
    }

    /// Finds by when each clock is due that a pause moves.
    fn find_dues(&mut self) {
        let pauses = std::mem::take(&mut self.walked.pauses);
        for clock in self.walked.clocks.iter_mut().filter(|clock| clock.is_movable()) {
            clock.find_due(&pauses);
        }
        self.walked.pauses = pauses;
    }
}

#[cfg(test)]
mod tests;
