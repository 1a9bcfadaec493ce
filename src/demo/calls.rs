//! Calls: promised, kept, late, broken and moved; and what they lead to.

use chrono::TimeDelta;

use super::draw::{of_seconds, seconds};
use super::plot::{self, Fate};
use super::promises::Window;
use super::story::{Hoped, Stretch, Teller};
use crate::clock::Moment;
use crate::domain::complaints::vocabulary::{AskedBy, AttemptResult, CallBackPurpose, CallBackState, Direction};
use crate::domain::typing::CustomerType;
use crate::error::Result;

/// Windows begin and end on the half hour, where there is room.
const HALF_HOUR: i64 = 1_800;

impl Teller<'_, '_> {
    /// Promises a call to hear whether the matter is settled, and tells on to its outcome at `to`.
    pub(super) fn call(&mut self, to: Moment, hoped: Hoped) -> Result<()> {
        let time = Stretch {
            from: self.history.last(),
            to,
        };
        let fate = match hoped {
            Hoped::Satisfied | Hoped::NotSatisfied => plot::fate(self.history.draw, self.history.policy, time.length()),
            Hoped::Unreachable | Hoped::Refused | Hoped::CalledOff => Fate::Kept,
        };
        match hoped {
            Hoped::Unreachable => return self.nobody_answers(time),
            Hoped::CalledOff => {
                self.promise_around(to, time.length())?;
                let reason = self.history.draw.saying(self.phrases.no_call_needed);
                return self.history.cancel(to, self.for_customer(), reason);
            }
            _ => self.promise_for(CallBackPurpose::ConfirmResolution, to, time.length(), fate)?,
        }
        self.write_meanwhile(Stretch {
            from: self.history.last(),
            to,
        })?;
        self.missed_calls(to)?;
        match hoped {
            Hoped::Satisfied => {
                self.history.attempt(
                    to,
                    self.by(),
                    AttemptResult::Reached,
                    Some(true),
                    Some(&self.scenario.call_back_satisfied),
                )?;
                self.calm_down()?;
            }
            Hoped::NotSatisfied => {
                let said = &self.scenario.call_back_unsatisfied;
                self.history
                    .attempt(to, self.by(), AttemptResult::Reached, Some(false), Some(said))?;
            }
            _ => {
                let note = self.history.draw.saying(self.phrases.refused);
                self.history
                    .attempt(to, self.by(), AttemptResult::Refused, None, Some(note))?;
            }
        }
        Ok(())
    }

    /// Promises a call that will be made at about `to`.
    pub(super) fn promise_around(&mut self, to: Moment, room: TimeDelta) -> Result<()> {
        self.promise_for(CallBackPurpose::ConfirmResolution, to, room, Fate::Kept)
    }

    /// Promises a call that will be made at `to`, after what fate does to the promise first.
    pub(super) fn promise_for(
        &mut self,
        purpose: CallBackPurpose,
        to: Moment,
        room: TimeDelta,
        fate: Fate,
    ) -> Result<()> {
        let from = self.history.last();
        let time = Stretch {
            from,
            to: to.max(from + TimeDelta::minutes(3)),
        };
        let window = match fate {
            Fate::Kept => self.window_around(time),
            Fate::Late => self.window_before(time),
            Fate::Broken => self.window_missed(time),
            Fate::MovedByCustomer => self.window_around(Stretch {
                to: time.at(0.6),
                ..time
            }),
            Fate::MovedByDesk => self.window_around(Stretch {
                to: time.at(0.3),
                ..time
            }),
        };
        let note = self.history.draw.chance(40.0).then_some(self.scenario.agreed.as_str());
        let soon = from + (room / 50).min(TimeDelta::minutes(4));
        self.history.promise(soon, self.by(), purpose, window, note)?;
        match fate {
            Fate::Kept | Fate::Late => Ok(()),
            Fate::Broken => self.make_good(window, to, purpose),
            Fate::MovedByCustomer | Fate::MovedByDesk => self.moved(time, window, fate),
        }
    }

    fn moved(&mut self, time: Stretch, window: Window, fate: Fate) -> Result<()> {
        let (asked_by, reasons) = match fate {
            Fate::MovedByCustomer => (AskedBy::Customer, self.phrases.customer_moves_call),
            _ => (AskedBy::Desk, self.phrases.desk_moves_call),
        };
        // The customer asks before the window is over; the desk may be too late even for that.
        let at = match asked_by {
            AskedBy::Customer => self.history.draw.moment(time.at(0.2), window.end.min(time.at(0.6))),
            AskedBy::Desk => self.history.draw.moment(time.at(0.2), time.at(0.5)),
        };
        let by = if asked_by == AskedBy::Customer {
            self.for_customer()
        } else {
            self.by()
        };
        let reason = self.history.draw.saying(reasons);
        let rest = Stretch {
            from: at.max(self.history.last()),
            to: time.to,
        };
        let fresh = self.window_around(rest);
        self.history.reschedule(at, by, asked_by, reason, fresh)
    }

    /// Hark marks the promise as broken; the desk makes another.
    fn make_good(&mut self, window: Window, to: Moment, purpose: CallBackPurpose) -> Result<()> {
        let noticed =
            window.end + self.history.policy.call_back_grace + TimeDelta::seconds(self.history.draw.between(5, 110));
        self.history.break_promise(noticed)?;
        let left = Stretch { from: noticed, to };
        let again = self.history.draw.daytime(left.at(0.1), left.at(0.6), self.offset());
        let fresh = self.window_around(Stretch { from: again, to });
        self.history.promise(again, self.by(), purpose, fresh, None)
    }

    /// A window in which `time.to` falls, and which begins within `time`.
    fn window_around(&mut self, time: Stretch) -> Window {
        let most = seconds(time.length()) * 0.8;
        let hours: f64 = self
            .history
            .draw
            .weighted(&[(15.0, 1.0), (35.0, 2.0), (25.0, 4.0), (25.0, 9.0)], 2.0);
        let width = hours * 3_600.0;
        let lead = self.history.draw.within(0.1, 0.8) * width.min(most);
        let start = time.to - of_seconds(lead);
        let rounded = floor(start);
        let start = if rounded > time.from { rounded } else { start };
        Window {
            start,
            end: ceil(start + of_seconds(width.max(lead + 600.0))),
        }
    }

    /// A window that ends before `time.to`, but not so long before that the promise counts as broken.
    fn window_before(&mut self, time: Stretch) -> Window {
        let most = (time.length() / 3).min(self.history.policy.call_back_grace - TimeDelta::hours(2));
        let late = TimeDelta::seconds(self.history.draw.between(600, most.num_seconds().max(601)));
        let end = time.to - late;
        let width = TimeDelta::hours(2).min((end - time.from) / 2);
        Window {
            start: end - width,
            end,
        }
    }

    /// A window that was over so long before `time.to` that the promise counted as broken.
    fn window_missed(&mut self, time: Stretch) -> Window {
        let latest = time.to - self.history.policy.call_back_grace - TimeDelta::hours(8);
        let end = self
            .history
            .draw
            .daytime(time.from + TimeDelta::hours(1), latest, self.offset());
        Window {
            start: end - TimeDelta::minutes(self.history.draw.between(30, 55)),
            end,
        }
    }

    /// Calls nobody answers, before the one at `to`.
    fn missed_calls(&mut self, to: Moment) -> Result<()> {
        let Some(window) = self.history.open_promises().next().map(|p| Window {
            start: p.window_start,
            end: p.window_end,
        }) else {
            return Ok(());
        };
        let from = window.start.max(self.history.last());
        let spare = self.history.policy.call_back_attempts - 1;
        let missed = self
            .history
            .draw
            .weighted(&[(76.0, 0), (18.0, 1), (6.0, 2)], 0)
            .min(spare);
        // Not before the window's end when the promise is to be late.
        if missed == 0 || to > window.end || to - from < TimeDelta::minutes(10) {
            return Ok(());
        }
        let time = Stretch { from, to };
        for n in 1..=missed {
            let at = time.at(0.8 * f64::from(n) / f64::from(missed + 1));
            self.unanswered(at)?;
        }
        Ok(())
    }

    /// One call nobody answers; says where the promise stands then.
    pub(super) fn unanswered(&mut self, at: Moment) -> Result<CallBackState> {
        let heard = [
            (62.0, AttemptResult::NoAnswer),
            (33.0, AttemptResult::Voicemail),
            (5.0, AttemptResult::WrongNumber),
        ];
        let result = self.history.draw.weighted(&heard, AttemptResult::NoAnswer);
        let note = self
            .history
            .draw
            .chance(50.0)
            .then(|| self.history.draw.saying(self.phrases.no_answer));
        self.history.attempt(at, self.by(), result, None, note)
    }

    /// Calls until the customer counts as unreachable.
    fn nobody_answers(&mut self, time: Stretch) -> Result<()> {
        let first = self.history.draw.daytime(time.at(0.2), time.at(0.4), self.offset());
        self.promise_around(first, time.length() / 4)?;
        let most = self.history.policy.call_back_attempts.max(1);
        let mut at = first;
        // A wrong number does not count, so it may take a few calls more.
        for n in 1..=most + 20 {
            if self.unanswered(at)? != CallBackState::Open {
                break;
            }
            let left = Stretch {
                from: first,
                to: time.to,
            };
            let planned = left.at((f64::from(n) / f64::from((most - 1).max(1))).min(1.0));
            // One that comes sooner after the last one would not count.
            let last = self.history.open_promises().next().and_then(|p| p.last_attempt_at);
            at = last.map_or(planned, |last| planned.max(last + self.history.policy.call_back_gap));
        }
        Ok(())
    }

    /// A message of the customer's, and the answer.
    fn write_meanwhile(&mut self, time: Stretch) -> Result<()> {
        if time.length() < TimeDelta::hours(2) || !self.history.draw.chance(24.0) {
            return Ok(());
        }
        let (asked, answered) = (
            time.at(self.history.draw.within(0.1, 0.4)),
            time.at(self.history.draw.within(0.45, 0.7)),
        );
        self.history.write(
            asked,
            self.for_customer(),
            Direction::In,
            &self.scenario.customer_message,
        )?;
        self.history
            .write(answered, self.by(), Direction::Out, &self.scenario.reply)
    }

    /// Somebody who was angry may be friendly in the end.
    fn calm_down(&mut self) -> Result<()> {
        let heated = matches!(
            self.history.complaint.customer_type,
            CustomerType::Angry | CustomerType::Insistent
        );
        if heated && self.history.draw.chance(15.0) {
            let note = self.history.draw.saying(self.phrases.calmer);
            self.history
                .set_type(self.history.last(), self.by(), CustomerType::Friendly, Some(note))?;
        }
        Ok(())
    }
}

fn floor(at: Moment) -> Moment {
    let over = at.timestamp().rem_euclid(HALF_HOUR);
    at - TimeDelta::seconds(over) - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()))
}

/// The next full or half hour.
pub(super) fn ceil(at: Moment) -> Moment {
    let down = floor(at);
    if down == at {
        at
    } else {
        down + TimeDelta::seconds(HALF_HOUR)
    }
}
