//! What one complaint adds to the figures: a pure function of its history.
//!
//! Whoever changes a complaint appends what it adds afterwards less what it added before; building the sums anew
//! adds up the same function over all complaints. So both come to the same, whatever happened in between.
//!
//! What happened stays counted on its day: each closing, each promise. The customer's manner and the one who did it
//! are those of that moment; kind, category, severity and team are those of the complaint as it is now, so that a
//! correction corrects the figures of the past as well. Sums over all days, which only ever grow, go by the severity of
//! the moment.
//!
//! A complaint that was merged into another is no complaint of its own: as long as that stands it counts neither among
//! what came in nor among what was closed, nor do its times; when it is undone it counts as if it had never been merged.
//! What was done about it stays: promises, calls, messages, deadlines that passed. Sums over all days, which never shrink,
//! tell what happened: they keep its coming in, and count the merge as a closing and the undoing as an opening.

mod hands;
mod merging;
mod promises;

use std::collections::BTreeMap;

use hands::Hands;
use merging::is_merged;
use promises::Promise;

use super::frame::Frame;
use super::histogram;
use super::measures::{Measure, Span, Time};
use super::sums::{Amount, Day, Marks, Slot, Sums};
use crate::clock::Moment;
use crate::domain::complaints::history::{self, Closing, Happening, What};
use crate::domain::complaints::vocabulary::{AskedBy, Decision, Level, State};
use crate::domain::staff::ActorKind;
use crate::domain::typing::CustomerType;
use crate::ids::CallBackId;

/// A happening, and who did it.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'h> {
    /// What happened.
    pub happening: &'h Happening,
    /// The name in the timeline.
    pub actor: &'h str,
}

impl Deed<'_> {
    /// The one of us who did it.
    fn agent(self) -> Option<String> {
        let ours = self.happening.actor_kind == ActorKind::Staff && !self.actor.is_empty();
        ours.then(|| self.actor.to_owned())
    }
}

/// A deadline that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// When.
    pub at: Moment,
    /// The slug of the policy.
    pub policy: String,
    /// The slug of what of it.
    pub metric: String,
}

/// The account of a complaint.
#[derive(Debug, Clone, Default)]
pub struct Account<'a> {
    /// What happened, the oldest first.
    pub happenings: Vec<Happening>,
    /// Who did each, by the name in the timeline.
    pub actors: Vec<&'a str>,
    /// Deadlines that passed.
    pub breaches: Vec<Breach>,
}

/// What a complaint with this account adds to the figures, `sign` times.
pub fn contribute(frame: &Frame, account: &Account<'_>, sums: &mut Sums, sign: i64) {
    let (happenings, actors) = (account.happenings.as_slice(), account.actors.as_slice());
    let Some(first) = happenings.first() else { return };
    let What::Received(received) = &first.what else { return };
    let mut marks = Marks {
        channel: received.channel,
        kind: received.kind,
        customer_type: received.customer_type,
        category: received.category.clone(),
        severity: received.severity,
        severity_then: None,
        team: history::held_by(happenings).1,
        decision: None,
        agent: None,
        policy: None,
        metric: None,
    };
    for happening in happenings {
        if let What::Edited(edit) = &happening.what {
            marks.kind = edit.kind.map_or(marks.kind, |change| change.after);
            marks.severity = edit.severity.map_or(marks.severity, |change| change.after);
            if let Some(category) = &edit.category {
                marks.category.clone_from(&category.after);
            }
        }
    }
    marks.be_of(received.severity);
    let milestones = [
        (Span::Acknowledgement, history::acknowledged_at(happenings)),
        (Span::FirstResponse, history::first_response_at(happenings)),
    ];
    let mut teller = Teller {
        frame,
        sums,
        sign,
        marks,
        received_at: received.received_at,
        first_type: received.customer_type,
        acknowledged: milestones
            .iter()
            .any(|(span, at)| *span == Span::Acknowledgement && at.is_some()),
        standing: None,
        state: State::Received,
        since: received.received_at,
        promises: BTreeMap::new(),
        hands: Hands::new(received),
        first_resolved: None,
        opened_again: false,
        is_merged: is_merged(happenings),
    };
    let deeds = happenings
        .iter()
        .zip(actors.iter().copied().chain(std::iter::repeat("")));
    for (happening, actor) in deeds {
        teller.tell(Deed { happening, actor });
    }
    for (span, at) in milestones {
        if let Some(at) = at {
            teller.marks.customer_type = type_at(happenings, at);
            teller.marks.be_of(severity_at(happenings, at));
            teller.reached(span, at);
        }
    }
    for breach in &account.breaches {
        teller.marks.customer_type = type_at(happenings, breach.at);
        teller.marks.be_of(severity_at(happenings, breach.at));
        teller.marks.policy = Some(breach.policy.clone());
        teller.marks.metric = Some(breach.metric.clone());
        teller.count(breach.at, Measure::Breached);
    }
    teller.marks.policy = None;
    teller.marks.metric = None;
    teller.end();
}

/// The minute of a moment, since 1970.
pub fn minute(at: Moment) -> Day {
    Day::try_from(at.timestamp().div_euclid(60)).unwrap_or(Day::MAX)
}

/// The customer's manner at a moment.
fn type_at(happenings: &[Happening], at: Moment) -> CustomerType {
    let mut customer_type = CustomerType::NotClear;
    for happening in happenings {
        match &happening.what {
            What::Received(received) => customer_type = received.customer_type,
            What::TypeSet(change) if happening.at <= at => customer_type = change.after,
            _ => {}
        }
    }
    customer_type
}

/// How grave the complaint was held to be at a moment.
fn severity_at(happenings: &[Happening], at: Moment) -> Level {
    let mut severity = Level::Medium;
    for happening in happenings {
        match &happening.what {
            What::Received(received) => severity = received.severity,
            What::Edited(edit) if happening.at <= at => severity = edit.severity.map_or(severity, |c| c.after),
            _ => {}
        }
    }
    severity
}

/// Goes through a history.
struct Teller<'a> {
    frame: &'a Frame,
    sums: &'a mut Sums,
    sign: i64,
    /// Those of the present moment.
    marks: Marks,
    received_at: Moment,
    first_type: CustomerType,
    acknowledged: bool,
    /// The closing that stands, its day, and the marks that go with it.
    standing: Option<(Closing, Day, Marks)>,
    state: State,
    /// Since when it is in this state.
    since: Moment,
    promises: BTreeMap<CallBackId, Promise>,
    hands: Hands,
    /// The first closing on the merits: its day, the marks that go with it, and whether it was in the first contact.
    first_resolved: Option<(Day, Marks, bool)>,
    opened_again: bool,
    /// Whether it stands merged into another complaint.
    is_merged: bool,
}

impl Teller<'_> {
    fn count_on(&mut self, day: Day, measure: Measure) {
        let slot = Slot {
            measure,
            day,
            bucket: None,
        };
        self.sums.add(&self.marks, slot, Amount { n: 1, total: 0 }, self.sign);
    }

    /// Counts, and keeps at which hour of the day it was: in place of a time, for the histogram tells hours apart, too.
    fn count_at_hour(&mut self, day: Day, measure: Measure, hour: i64) {
        let slot = Slot {
            measure,
            day,
            bucket: Some(histogram::bucket(hour)),
        };
        self.sums.add(&self.marks, slot, Amount { n: 1, total: 0 }, self.sign);
    }

    fn count(&mut self, at: Moment, measure: Measure) {
        self.count_on(self.frame.day(at), measure);
    }

    /// Counts what somebody of us did.
    fn count_by(&mut self, deed: Deed<'_>, at: Moment, measure: Measure) {
        self.marks.agent = deed.agent();
        self.count(at, measure);
        self.marks.agent = None;
    }

    fn time(&mut self, day: Day, measure: Measure, seconds: i64) {
        let slot = Slot {
            measure,
            day,
            bucket: Some(histogram::bucket(seconds)),
        };
        let amount = Amount { n: 1, total: seconds };
        self.sums.add(&self.marks, slot, amount, self.sign);
    }

    /// Keeps a time by both clocks, on the day on which it ended.
    fn times(&mut self, measure: impl Fn(Time) -> Measure, from: Moment, to: Moment) {
        for time in Time::ALL {
            let seconds = self.frame.seconds(*time, from, to);
            self.time(self.frame.day(to), measure(*time), seconds);
        }
    }

    fn took(&mut self, span: Span, at: Moment) {
        self.times(|time| Measure::Took(span, time), self.received_at, at);
    }

    fn tell(&mut self, deed: Deed<'_>) {
        self.pass_on(deed);
        let at = deed.happening.at;
        match &deed.happening.what {
            What::Received(received) => self.received(deed, received.received_at),
            What::MessageSent => self.count_by(deed, at, Measure::MessageOut),
            What::MessageReceived => self.count(at, Measure::MessageIn),
            What::TypeSet(change) => self.marks.customer_type = change.after,
            What::Edited(edit) => {
                if let Some(severity) = edit.severity {
                    self.marks.be_of(severity.after);
                }
            }
            What::PromiseMade(promised) => {
                self.count_by(deed, at, Measure::Promised);
                self.promise(promised);
            }
            What::Attempted {
                id, result, settled, ..
            } => self.attempted(deed, *id, *result, *settled),
            What::PromiseRescheduled { from, to, asked_by } => {
                let ended = self.promises.remove(from);
                let by = asked_by.unwrap_or(AskedBy::Desk);
                // The rule of `call_backs::reschedule`: who moves a promise after its end has broken it.
                let missed = by == AskedBy::Desk
                    && ended.is_some_and(|promise| at > promise.window_end && promise.first_attempt_at.is_none());
                self.count(at, if missed { Measure::Broken } else { Measure::Moved(by) });
                self.count_by(deed, at, Measure::Promised);
                self.promise(to);
            }
            What::PromiseBroken(id) => {
                self.promises.remove(id);
                self.count(at, Measure::Broken);
            }
            What::PromiseCancelled(id) => {
                self.promises.remove(id);
                self.count(at, Measure::CalledOff);
            }
            What::Closed(closing) => self.closed(deed, *closing),
            What::Withdrawn(closing) => {
                for _ in std::mem::take(&mut self.promises) {
                    self.count(at, Measure::CalledOff);
                }
                self.closed(deed, *closing);
            }
            What::Reopened if self.standing.as_ref().is_some_and(|(closing, ..)| closing.merged) => self.unmerged(),
            What::Reopened => self.opened(at, Measure::Reopened),
            What::Disputed => self.opened(at, Measure::Disputed),
            _ => {}
        }
        self.follow(deed.happening);
    }

    fn closed(&mut self, deed: Deed<'_>, closing: Closing) {
        let at = deed.happening.at;
        if closing.merged {
            self.merged(closing);
            return;
        }
        self.marks.decision = closing.decision;
        self.count_by(deed, at, Measure::Closed);
        let on_merits = !matches!(closing.decision, Some(Decision::Withdrawn | Decision::Duplicate));
        if on_merits {
            self.count(at, Measure::OnMerits);
            self.took(Span::Resolution, at);
        }
        if closing.on_the_spot {
            self.count(at, Measure::OnTheSpot);
        }
        self.hands.closed_by = deed.agent();
        if on_merits && self.first_resolved.is_none() {
            let mut marks = self.marks.clone();
            marks.agent.clone_from(&self.hands.closed_by);
            self.first_resolved = Some((self.frame.day(at), marks, closing.on_the_spot));
        }
        self.standing = Some((closing, self.frame.day(at), self.marks.clone()));
        self.marks.decision = None;
    }

    /// It was opened again: a figure of whoever had closed it.
    fn opened(&mut self, at: Moment, measure: Measure) {
        self.marks.agent = self.hands.closed_by.take();
        self.count(at, measure);
        self.marks.agent = None;
        self.opened_again = true;
        self.standing = None;
    }

    /// Keeps how long it stood where it stood.
    fn follow(&mut self, happening: &Happening) {
        if happening.round > 1
            && matches!(
                happening.what,
                What::Attempted {
                    satisfied: Some(false),
                    ..
                }
            )
        {
            self.count(happening.at, Measure::NotSatisfied);
        }
        if happening.state == self.state {
            return;
        }
        let (state, since) = (self.state, self.since);
        if state != State::Closed && !self.is_merged {
            self.times(|time| Measure::Dwell(state, time), since, happening.at);
        }
        self.state = happening.state;
        self.since = happening.at;
    }

    /// What only holds of the complaint as it stands in the end.
    fn end(mut self) {
        if self.is_merged {
            return;
        }
        self.end_first_contact();
        if self.state != State::Closed {
            let day = self.frame.day(self.received_at);
            self.marks.customer_type = self.first_type;
            self.count_on(day, Measure::Open(self.state));
            if !self.acknowledged {
                self.count_on(minute(self.received_at), Measure::Unacknowledged);
            }
            return;
        }
        if let Some((closing, day, marks)) = self.standing.take() {
            let last = marks.customer_type;
            self.marks = marks;
            self.count_on(day, Measure::Types(self.first_type, last));
            if let Some(cause) = closing.cause {
                self.count_on(day, Measure::Cause(cause));
                self.count_on(self.frame.day(self.received_at), Measure::Arose(cause));
            }
            self.end_hands(day);
        }
    }
}
