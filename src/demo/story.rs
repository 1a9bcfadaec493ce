//! Tells a complaint from its logging to where it stands, by a plot.

use chrono::TimeDelta;

use super::acts::Step;
use super::corpus::Scenario;
use super::draw::{of_seconds, seconds};
use super::history::{By, History};
use super::intake::amount;
use super::phrases::{self, Phrases};
use super::plot::{Ending, Plot};
use super::promises::Verdict;
use crate::clock::Moment;
use crate::domain::complaints::vocabulary::{
    Decision, Direction, HandlingStep, RedressStatus, RedressType, SkipReason, State,
};
use crate::error::Result;
use crate::ids::ComplaintId;

/// A stretch of time in which something is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) from: Moment,
    pub(super) to: Moment,
}

impl Stretch {
    /// The moment when so much of it is over.
    pub(super) fn at(&self, share: f64) -> Moment {
        self.from + of_seconds(seconds(self.to - self.from) * share)
    }

    pub(super) fn length(&self) -> TimeDelta {
        self.to - self.from
    }
}

/// What a call is to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hoped {
    Satisfied,
    NotSatisfied,
    Unreachable,
    Refused,
    CalledOff,
}

/// A complaint that is being told.
pub(super) struct Teller<'h, 'c> {
    pub(super) history: History<'h>,
    pub(super) scenario: &'c Scenario,
    pub(super) phrases: &'static Phrases,
    /// Who handles it.
    pub(super) agent: &'c str,
    /// The complaint that it repeats, if the customer told us before.
    pub(super) original: Option<ComplaintId>,
}

impl<'c> Teller<'_, 'c> {
    /// Tells everything.
    pub(super) fn tell(&mut self, plot: Plot) -> Result<()> {
        let from = self.history.last();
        let whole = Stretch {
            from,
            to: (from + plot.length).min(self.history.now),
        };
        match plot.ending {
            Ending::Untouched => self.untouched(whole),
            Ending::OnTheSpot => self.on_the_spot(whole),
            Ending::Duplicate => self.duplicate(whole),
            Ending::Withdrawn => self.withdrawn(whole),
            Ending::Satisfied if plot.reopened => {
                let again = self.disappointments(whole, plot.disappointments, 0.5)?;
                let (first, second) = self.halves(again);
                self.closed(first, Ending::Satisfied)?;
                self.reopened(second)?;
                self.closed(
                    Stretch {
                        from: self.history.last(),
                        ..second
                    },
                    Ending::Satisfied,
                )
            }
            Ending::Satisfied | Ending::Unreachable | Ending::Declined | Ending::NoNumber | Ending::NoCallNeeded => {
                let share = f64::from(plot.disappointments) / f64::from(plot.disappointments + 1);
                let last = self.disappointments(whole, plot.disappointments, share)?;
                self.closed(last, plot.ending)
            }
            Ending::AtWork | Ending::Waiting(_) | Ending::Promised(_) | Ending::Broken | Ending::Confirmed => {
                let last = self.disappointments(whole, plot.disappointments, 0.55)?;
                self.standing(last, plot.ending)
            }
        }
    }

    /// The agent.
    pub(super) const fn by(&self) -> By<'c> {
        By::Staff(self.agent)
    }

    /// The customer through the private link, if they have one; else the agent acts on their word.
    pub(super) const fn for_customer(&self) -> By<'c> {
        if self.history.complaint.tracking_hash.is_some() {
            By::Customer
        } else {
            self.by()
        }
    }

    /// Hours east of Greenwich where the customer lives.
    pub(super) const fn offset(&self) -> i32 {
        self.history.person.place.offset
    }

    fn halves(&mut self, whole: Stretch) -> (Stretch, Stretch) {
        let middle = whole.at(self.history.draw.within(0.4, 0.6));
        (Stretch { to: middle, ..whole }, Stretch { from: middle, ..whole })
    }

    /// Rounds that end with a customer who is not satisfied, in the first `share` of the time;
    /// gives the time that is left.
    fn disappointments(&mut self, whole: Stretch, rounds: u8, share: f64) -> Result<Stretch> {
        for round in 0..rounds {
            let each = share / f64::from(rounds);
            let to = whole.at(each * f64::from(round + 1));
            let part = Stretch {
                from: self.history.last(),
                to,
            };
            self.handle(part, HandlingStep::ExplainActions)?;
            self.call(to, Hoped::NotSatisfied)?;
        }
        Ok(Stretch {
            from: self.history.last(),
            to: whole.to,
        })
    }

    fn untouched(&mut self, whole: Stretch) -> Result<()> {
        if self.history.complaint.owner.is_none()
            && whole.length() > TimeDelta::minutes(20)
            && self.history.draw.chance(30.0)
        {
            let at = self.history.draw.moment(whole.at(0.1), whole.at(0.9));
            let note = self.history.draw.saying(self.phrases.hand_over);
            self.history.assign(at, self.by(), self.agent, Some(note))?;
        }
        Ok(())
    }

    fn on_the_spot(&mut self, whole: Stretch) -> Result<()> {
        self.own(whole.at(0.1))?;
        let all: Vec<HandlingStep> = HandlingStep::ALL
            .iter()
            .copied()
            .filter(|step| *step != HandlingStep::CallBack)
            .collect();
        let mut steps = self.steps(&all, whole.to);
        for (name, step) in &mut steps {
            if *name == HandlingStep::ExplainActions && self.history.draw.chance(60.0) {
                *step = Step::skipped(SkipReason::DoneOnTheSpot);
            }
        }
        steps.push((HandlingStep::CallBack, Step::skipped(SkipReason::CustomerDeclined)));
        let at = whole.at(self.history.draw.within(0.5, 0.85));
        self.history.record(at, self.by(), steps)?;
        self.close(whole.to)
    }

    fn duplicate(&mut self, whole: Stretch) -> Result<()> {
        if let Some(original) = self.original {
            let at = whole.at(self.history.draw.within(0.3, 0.9));
            self.history.link(at, self.by(), original)?;
        }
        let reason = self.history.draw.saying(self.phrases.duplicate).to_owned();
        let verdict = Verdict {
            decision: Decision::Duplicate,
            reason,
            redress: None,
            cause: None,
            root_cause: None,
        };
        self.history.close(whole.to, self.by(), verdict)
    }

    fn withdrawn(&mut self, whole: Stretch) -> Result<()> {
        let begun = Stretch {
            to: whole.at(0.7),
            ..whole
        };
        match self.history.draw.place(3) {
            0 => {}
            1 => self.handle(begun, HandlingStep::UnderstandNeeds)?,
            _ => {
                self.handle(begun, HandlingStep::ExplainActions)?;
                if self.history.person.phone.is_some() {
                    self.promise_around(whole.to, whole.length())?;
                }
            }
        }
        let reason = self.history.draw.saying(self.phrases.withdrawn);
        self.history.withdraw(whole.to, self.for_customer(), reason)
    }

    fn reopened(&mut self, rest: Stretch) -> Result<()> {
        let reason = self.history.draw.saying(self.phrases.reopened);
        let action = if self.for_customer() == By::Customer {
            "disputed"
        } else {
            "reopened"
        };
        let at = self.history.draw.daytime(rest.at(0.05), rest.at(0.3), self.offset());
        self.history.reopen(at, self.for_customer(), reason, action)
    }

    /// Handles the complaint, deals with step 7, and closes.
    fn closed(&mut self, whole: Stretch, ending: Ending) -> Result<()> {
        let before = (whole.length() / 20).min(TimeDelta::minutes(self.history.draw.between(1, 40)));
        let verdict_at = whole.to - before;
        self.handle(
            Stretch {
                to: verdict_at,
                ..whole
            },
            HandlingStep::ExplainActions,
        )?;
        let skipped = |reason| vec![(HandlingStep::CallBack, Step::skipped(reason))];
        match ending {
            Ending::Unreachable => self.call(verdict_at, Hoped::Unreachable)?,
            Ending::Declined if self.history.person.phone.is_some() && self.history.draw.chance(35.0) => {
                self.call(verdict_at, Hoped::Refused)?;
            }
            Ending::Declined if self.history.person.phone.is_some() && self.history.draw.chance(50.0) => {
                self.call(verdict_at, Hoped::CalledOff)?;
            }
            Ending::Declined => self
                .history
                .record(verdict_at, self.by(), skipped(SkipReason::CustomerDeclined))?,
            Ending::NoCallNeeded => self
                .history
                .record(verdict_at, self.by(), skipped(SkipReason::NotAComplaint))?,
            Ending::NoNumber => {
                let at = whole.at(0.9);
                self.history
                    .write(at, self.by(), Direction::Out, &self.scenario.reply)?;
                self.history
                    .record(verdict_at, self.by(), skipped(SkipReason::NoContactDetails))?;
            }
            _ => self.call(verdict_at, Hoped::Satisfied)?,
        }
        self.close(whole.to)
    }

    /// Closes with the decision that the matter deserves.
    fn close(&mut self, at: Moment) -> Result<()> {
        let decision = self.scenario.decision;
        let ours = matches!(decision, Decision::Upheld | Decision::Partly);
        let redress = self
            .scenario
            .redress()
            .filter(|_| ours || self.history.draw.chance(30.0));
        let redress = redress.map(|what| {
            let money = matches!(
                what,
                RedressType::Refund | RedressType::Credit | RedressType::Compensation
            );
            let units = money.then(|| amount(self.history.draw));
            let far = [
                (75.0, RedressStatus::Paid),
                (15.0, RedressStatus::Accepted),
                (10.0, RedressStatus::Offered),
            ];
            (what, units, self.history.draw.weighted(&far, RedressStatus::Offered))
        });
        let reason = phrases::reason(
            self.history.person.tongue,
            &self.scenario.root_cause,
            &self.scenario.agreed,
        );
        let verdict = Verdict {
            decision,
            reason,
            redress,
            cause: ours.then_some(self.scenario.cause),
            root_cause: (ours && self.history.draw.chance(80.0)).then(|| self.scenario.root_cause.clone()),
        };
        debug_assert!(self.history.complaint.state != State::Closed, "closed twice");
        self.history.close(at, self.by(), verdict)
    }
}
