//! The steps of a round, with what comes between them.

use chrono::TimeDelta;

use super::acts::Step;
use super::plot::Fate;
use super::story::{Stretch, Teller};
use crate::clock::Moment;
use crate::domain::complaints::model::StepRecord;
use crate::domain::complaints::procedure::ROUND_STARTS_AT;
use crate::domain::complaints::vocabulary::{
    AttemptResult, BallWith, CallBackPurpose, Channel, Decision, Direction, HandlingStep, Kind, SkipReason,
};
use crate::domain::typing::CustomerType;
use crate::error::Result;

impl Teller<'_, '_> {
    /// Works on the steps of the present round up to `until`.
    pub(super) fn handle(&mut self, time: Stretch, until: HandlingStep) -> Result<()> {
        let again = self.history.complaint.round > 1;
        let contact = self.contact(time, again);
        if !again {
            self.own(contact)?;
            self.see(contact)?;
        }
        // In one go, or with a break before the solutions.
        let at_once = time.length() < TimeDelta::hours(2) || self.history.draw.chance(45.0);
        let break_after = if at_once {
            HandlingStep::ExplainActions
        } else {
            HandlingStep::UnderstandNeeds
        };
        let first: Vec<HandlingStep> = self.missing(until.min(break_after));
        self.put(contact, &first, time)?;
        if until > break_after {
            self.meanwhile(Stretch {
                from: self.history.last(),
                to: time.at(0.5),
            })?;
            let later = self.history.draw.daytime(time.at(0.3), time.at(0.55), self.offset());
            let rest = self.missing(until);
            self.put(later, &rest, time)?;
        }
        Ok(())
    }

    /// When the customer is first spoken with in this round.
    fn contact(&mut self, time: Stretch, again: bool) -> Moment {
        let (draw, offset) = (&mut *self.history.draw, self.history.person.place.offset);
        if self.history.complaint.channel.is_live() && !again {
            let talk = time.from + TimeDelta::seconds(draw.between(150, 900));
            return talk.min(time.at(0.3));
        }
        draw.daytime(time.at(0.03), time.at(0.2), offset)
    }

    /// Somebody takes the complaint on, and sorts in what came through the form.
    pub(super) fn own(&mut self, at: Moment) -> Result<()> {
        let public = self.history.complaint.channel == Channel::Web;
        if self.history.complaint.owner.is_none() && self.history.draw.chance(85.0) {
            let note = self
                .history
                .draw
                .chance(30.0)
                .then(|| self.history.draw.saying(self.phrases.hand_over));
            self.history.assign(at, self.by(), self.agent, note)?;
        }
        if public && (self.scenario.category != "other" || self.history.draw.chance(50.0)) {
            self.history
                .sort_in(at, self.by(), &self.scenario.category, self.scenario.severity)?;
        }
        Ok(())
    }

    /// What the agent notices in the first contact.
    fn see(&mut self, at: Moment) -> Result<()> {
        let unseen = self.history.complaint.customer_type == CustomerType::NotClear;
        if unseen && self.scenario.customer_type != CustomerType::NotClear && self.history.draw.chance(75.0) {
            let note = self.history.draw.saying(self.phrases.type_seen);
            self.history
                .set_type(at, self.by(), self.scenario.customer_type, Some(note))?;
        }
        if self.history.draw.chance(28.0) {
            self.history
                .write(at, self.by(), Direction::Internal, &self.scenario.note)?;
        }
        Ok(())
    }

    /// The steps up to `until` that are neither done nor skipped.
    fn missing(&self, until: HandlingStep) -> Vec<HandlingStep> {
        let case = self.history.case();
        HandlingStep::ALL
            .iter()
            .copied()
            .filter(|step| *step <= until && case.dealt(*step).is_none())
            .collect()
    }

    fn put(&mut self, at: Moment, names: &[HandlingStep], time: Stretch) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let steps = self.steps(names, time.to);
        self.history.record(at, self.by(), steps)
    }

    /// What may happen between understanding and solving.
    fn meanwhile(&mut self, time: Stretch) -> Result<()> {
        let room = time.length();
        if room > TimeDelta::hours(3) && self.history.draw.chance(16.0) {
            return self.wait_and_resume(time);
        }
        let calls = self.history.person.phone.is_some();
        if calls && room > TimeDelta::hours(4) && self.history.draw.chance(12.0) {
            let progress = self.history.draw.chance(50.0);
            let purpose = if progress {
                CallBackPurpose::ReportProgress
            } else {
                CallBackPurpose::GiveAnswer
            };
            self.call_meanwhile(time, purpose)?;
        }
        Ok(())
    }

    fn wait_and_resume(&mut self, time: Stretch) -> Result<()> {
        let customer = self.history.draw.chance(45.0);
        self.begin_waiting(
            time.at(0.1),
            if customer {
                BallWith::Customer
            } else {
                BallWith::ThirdParty
            },
        )?;
        let until = self.history.draw.daytime(time.at(0.5), time.at(0.95), self.offset());
        if customer && self.history.draw.chance(60.0) {
            return self.history.write(
                until,
                self.for_customer(),
                Direction::In,
                &self.scenario.customer_message,
            );
        }
        let note = self.history.draw.saying(self.phrases.resumed);
        self.history.resume(until, self.by(), Some(note))
    }

    pub(super) fn begin_waiting(&mut self, at: Moment, ball_with: BallWith) -> Result<()> {
        let reasons = match ball_with {
            BallWith::Customer => self.phrases.wait_for_customer,
            BallWith::ThirdParty | BallWith::Us => self.phrases.wait_for_third_party,
        };
        let reason = self.history.draw.saying(reasons);
        self.history.wait(at, self.by(), ball_with, reason)
    }

    /// A call that tells the customer how far things are.
    fn call_meanwhile(&mut self, time: Stretch, purpose: CallBackPurpose) -> Result<()> {
        let at = self.history.draw.daytime(time.at(0.5), time.at(0.95), self.offset());
        self.promise_for(purpose, at, time.length() / 3, Fate::Kept)?;
        let note = self.history.draw.saying(self.phrases.informed);
        self.history
            .attempt(at, self.by(), AttemptResult::Reached, None, Some(note))?;
        Ok(())
    }

    /// The records of these steps, as this matter has them.
    pub(super) fn steps(&mut self, names: &[HandlingStep], by_when: Moment) -> Vec<(HandlingStep, Step)> {
        names.iter().map(|name| (*name, self.step(*name, by_when))).collect()
    }

    fn step(&mut self, name: HandlingStep, by_when: Moment) -> Step {
        if let Some(reason) = self.skip(name) {
            return Step::skipped(reason);
        }
        let s = self.scenario;
        let again = self.history.complaint.round > 1;
        let empty = StepRecord::default();
        Step::Done(Box::new(match name {
            HandlingStep::Listen => StepRecord {
                own_words: Some(self.history.statement.statement.clone()),
                facts: Some(s.facts.clone()),
                opinions: (!s.opinions.is_empty()).then(|| s.opinions.clone()),
                ..empty
            },
            HandlingStep::AcceptFeelings => StepRecord {
                feeling: Some(s.feeling.clone()),
                ..empty
            },
            HandlingStep::Apologise => StepRecord {
                apologised_for: Some(s.apology.clone()),
                ..empty
            },
            HandlingStep::UnderstandNeeds => StepRecord {
                need: Some(if again {
                    s.call_back_unsatisfied.clone()
                } else {
                    s.need.clone()
                }),
                worry: Some(s.worry.clone()),
                ..empty
            },
            HandlingStep::SeekSolutions => StepRecord {
                options: Some(s.options.clone()),
                agreed: Some(s.agreed.clone()),
                ..empty
            },
            HandlingStep::ExplainActions => StepRecord {
                who: Some(self.agent.to_owned()),
                what: Some(s.action.clone()),
                by_when: Some(by_when),
                ..empty
            },
            HandlingStep::CallBack => empty,
        }))
    }

    fn skip(&mut self, name: HandlingStep) -> Option<SkipReason> {
        let question = self.history.complaint.kind != Kind::Complaint;
        let in_writing = self.in_writing();
        let draw = &mut *self.history.draw;
        match name {
            HandlingStep::AcceptFeelings if self.history.complaint.customer_type == CustomerType::NotClear => {
                draw.chance(20.0).then_some(SkipReason::NoFeelingShown)
            }
            HandlingStep::AcceptFeelings | HandlingStep::Apologise if question => {
                draw.chance(60.0).then_some(SkipReason::NotAComplaint)
            }
            HandlingStep::Apologise if self.scenario.decision == Decision::Rejected => {
                draw.chance(50.0).then_some(SkipReason::NoFaultFound)
            }
            HandlingStep::Apologise if self.scenario.safety => draw.chance(25.0).then_some(SkipReason::LegalReview),
            ROUND_STARTS_AT if in_writing => draw.chance(25.0).then_some(SkipReason::StatedInWriting),
            _ => None,
        }
    }

    /// Whether the complaint says in writing what the customer needs.
    fn in_writing(&self) -> bool {
        let c = &self.history.complaint;
        c.round == 1 && !c.channel.is_live() && self.history.statement.desired_remedy.is_some()
    }
}
