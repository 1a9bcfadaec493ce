//! Through whose hands a complaint went, how long each step took, and whether the first contact settled it.

use super::{Deed, Teller};
use crate::clock::Moment;
use crate::domain::complaints::history::{Received, What};
use crate::domain::complaints::vocabulary::{CallBackPurpose, HandlingStep};
use crate::domain::reporting::measures::{Measure, Time};
use crate::domain::reporting::sums::{Amount, Day, Slot};
use crate::ids::TeamId;

/// Who has it, and since when the next step is being worked on.
pub(super) struct Hands {
    owner: Option<String>,
    team: Option<TeamId>,
    /// How often it went from one person or team to another.
    changes: i64,
    /// When the last step was done, or the round began.
    step_from: Moment,
    /// Who closed it last, if it was one of us.
    pub(super) closed_by: Option<String>,
}

impl Hands {
    pub(super) fn new(received: &Received) -> Self {
        Self {
            owner: received.owner.clone(),
            team: received.team,
            changes: 0,
            step_from: received.received_at,
            closed_by: None,
        }
    }
}

impl Teller<'_> {
    /// Looks at what changes hands and at steps that end.
    pub(super) fn pass_on(&mut self, deed: Deed<'_>) {
        let at = deed.happening.at;
        match &deed.happening.what {
            What::Assigned { owner, team } => self.given(at, owner.as_deref(), *team),
            What::StepsRecorded { done, .. } => self.steps_done(deed, done),
            // The call that confirms the resolution ends the last step.
            What::Attempted {
                purpose: Some(CallBackPurpose::ConfirmResolution),
                outcome: Some(_),
                ..
            } => self.steps_done(deed, &[HandlingStep::CallBack]),
            What::Reopened | What::Disputed => self.hands.step_from = at,
            _ => {}
        }
    }

    fn given(&mut self, at: Moment, owner: Option<&str>, team: Option<TeamId>) {
        let before = std::mem::replace(&mut self.hands.owner, owner.map(str::to_owned));
        let team_before = std::mem::replace(&mut self.hands.team, team);
        let from_person = match (&before, owner) {
            (None, Some(_)) => Some(Measure::Given),
            (Some(_), None) => Some(Measure::PutBack),
            (Some(before), Some(after)) if before != after => Some(Measure::HandedOver),
            _ => None,
        };
        let passed_on = matches!((team_before, team), (Some(before), Some(after)) if before != after);
        // A figure of whoever had it.
        self.marks.agent = before;
        if let Some(measure) = from_person {
            self.count(at, measure);
        }
        if passed_on {
            self.count(at, Measure::PassedOn);
        }
        self.marks.agent = None;
        if passed_on || from_person == Some(Measure::HandedOver) {
            self.hands.changes += 1;
        }
    }

    /// Steps that were recorded together share the time since the one before them.
    fn steps_done(&mut self, deed: Deed<'_>, done: &[HandlingStep]) {
        let Ok(n) = i64::try_from(done.len()) else { return };
        if n == 0 {
            return;
        }
        let (from, at) = (self.hands.step_from, deed.happening.at);
        let day = self.frame.day(at);
        self.marks.agent = deed.agent();
        for time in Time::ALL {
            let mut left = self.frame.seconds(*time, from, at);
            let share = left / n;
            for (place, step) in done.iter().enumerate() {
                let seconds = if place + 1 == done.len() { left } else { share };
                left -= seconds;
                self.time(day, Measure::Step(*step, *time), seconds);
            }
        }
        self.marks.agent = None;
        self.hands.step_from = at.max(from);
    }

    /// Whether the first contact settled it.
    pub(super) fn end_first_contact(&mut self) {
        let Some((day, marks, on_the_spot)) = self.first_resolved.take() else {
            return;
        };
        let present = std::mem::replace(&mut self.marks, marks);
        self.count_on(day, Measure::FirstResolved);
        if on_the_spot && !self.opened_again {
            self.count_on(day, Measure::SettledAtOnce);
        }
        self.marks = present;
    }

    /// How often a complaint that is closed changed hands.
    pub(super) fn end_hands(&mut self, day: Day) {
        let changes = self.hands.changes;
        let slot = Slot {
            measure: Measure::Hands,
            day,
            bucket: None,
        };
        let amount = Amount { n: 1, total: changes };
        self.sums.add(&self.marks, slot, amount, self.sign);
        if changes == 0 {
            self.count_on(day, Measure::OneHand);
        }
    }
}
