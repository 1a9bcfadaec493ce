//! Complaints that are open now, and where they stand.

use chrono::TimeDelta;

use super::calls::ceil;
use super::plot::{Due, Ending};
use super::promises::Window;
use super::story::{Hoped, Stretch, Teller};
use crate::clock::Moment;
use crate::domain::complaints::vocabulary::{CallBackPurpose, HandlingStep};
use crate::error::Result;

impl Teller<'_, '_> {
    /// Tells on to the present, `time.to`.
    pub(super) fn standing(&mut self, time: Stretch, ending: Ending) -> Result<()> {
        match ending {
            Ending::Broken => self.broken(time),
            Ending::Promised(due) => self.promised(time, due),
            Ending::Waiting(ball_with) => {
                let handled = self.until_lately(time, HandlingStep::UnderstandNeeds)?;
                let at = self.history.draw.moment(handled, time.at(0.97));
                self.begin_waiting(at, ball_with)
            }
            Ending::Confirmed => {
                let handled = self.until_lately(time, HandlingStep::ExplainActions)?;
                let rest = Stretch { from: handled, ..time };
                let at = self.history.draw.moment(rest.at(0.5), rest.at(0.97));
                self.call(at, Hoped::Satisfied)
            }
            _ => {
                let names = [
                    (20.0, HandlingStep::Listen),
                    (15.0, HandlingStep::AcceptFeelings),
                    (10.0, HandlingStep::Apologise),
                    (30.0, HandlingStep::UnderstandNeeds),
                    (10.0, HandlingStep::SeekSolutions),
                    (15.0, HandlingStep::ExplainActions),
                ];
                let until = self.history.draw.weighted(&names, HandlingStep::UnderstandNeeds);
                self.until_lately(time, until).map(|_| ())
            }
        }
    }

    /// Works on the steps until a while ago; gives the moment.
    fn until_lately(&mut self, time: Stretch, until: HandlingStep) -> Result<Moment> {
        let ago = self
            .history
            .draw
            .span(TimeDelta::minutes(30), 7.0)
            .min(time.length() / 2);
        self.handle(
            Stretch {
                to: time.to - ago,
                ..time
            },
            until,
        )?;
        Ok(self.history.last())
    }

    fn promised(&mut self, time: Stretch, due: Due) -> Result<()> {
        let ago = match due {
            // Time enough for a window that is over.
            Due::Overdue | Due::Tried => time.length() / 2,
            Due::Soon | Due::Later => self
                .history
                .draw
                .span(TimeDelta::minutes(20), 7.0)
                .min(time.length() / 2),
        };
        self.handle(
            Stretch {
                to: time.to - ago,
                ..time
            },
            HandlingStep::ExplainActions,
        )?;
        let from = self.history.last();
        let window = self.window_due(Stretch { from, ..time }, due);
        let note = self.history.draw.chance(50.0).then_some(self.scenario.agreed.as_str());
        let soon = from + TimeDelta::seconds(40);
        self.history
            .promise(soon, self.by(), CallBackPurpose::ConfirmResolution, window, note)?;
        if due == Due::Tried {
            let spare = self.history.policy.call_back_attempts - 1;
            let tries = if self.history.draw.chance(70.0) { 1 } else { 2 };
            let tried = Stretch {
                from: window.start,
                ..time
            };
            for n in 1..=tries.min(spare) {
                self.unanswered(tried.at(f64::from(n) / 3.0))?;
            }
        }
        Ok(())
    }

    /// A window that is due so, for a promise made at `time.from` and seen at `time.to`.
    fn window_due(&mut self, time: Stretch, due: Due) -> Window {
        let (draw, offset) = (&mut *self.history.draw, self.history.person.place.offset);
        let (now, made) = (time.to, time.from + TimeDelta::minutes(2));
        match due {
            Due::Soon => {
                let end = ceil(now + TimeDelta::seconds(draw.between(900, 18_000)));
                let start = end - TimeDelta::minutes(draw.between(1, 4) * 30);
                Window {
                    start: start.max(made),
                    end,
                }
            }
            Due::Later => {
                let start = draw.daytime(now + TimeDelta::hours(7), now + TimeDelta::hours(80), offset);
                let start = ceil(start);
                Window {
                    start,
                    end: start + TimeDelta::minutes(draw.between(2, 8) * 30),
                }
            }
            Due::Overdue => {
                let most = (time.length() / 2).min(self.history.policy.call_back_grace - TimeDelta::hours(3));
                let ago = TimeDelta::seconds(draw.between(300, most.num_seconds().max(301)));
                let end = now - ago;
                Window {
                    start: made.max(end - TimeDelta::minutes(draw.between(1, 4) * 30)),
                    end,
                }
            }
            Due::Tried => {
                let ago = TimeDelta::minutes(draw.between(30, 180)).min(time.length() / 2);
                Window {
                    start: made.max(now - ago),
                    end: ceil(now + TimeDelta::minutes(draw.between(10, 150))),
                }
            }
        }
    }

    /// A promise that was broken, and nothing since.
    fn broken(&mut self, time: Stretch) -> Result<()> {
        let grace = self.history.policy.call_back_grace;
        let over = self
            .history
            .draw
            .moment(time.at(0.4), time.to - grace - TimeDelta::minutes(10))
            .min(time.to - grace - TimeDelta::minutes(10));
        self.handle(
            Stretch {
                to: time.at(0.15),
                ..time
            },
            HandlingStep::ExplainActions,
        )?;
        let made = self.history.last() + TimeDelta::minutes(2);
        let end = over.max(made + TimeDelta::minutes(40));
        let window = Window {
            start: (end - TimeDelta::hours(2)).max(made),
            end,
        };
        self.history
            .promise(made, self.by(), CallBackPurpose::ConfirmResolution, window, None)?;
        let noticed = end + grace + TimeDelta::seconds(self.history.draw.between(5, 110));
        self.history.break_promise(noticed)
    }
}
