//! Whether a corrective action helped: the same cause before and after, with an interval.
//!
//! Counted is by the day of the receipt, so that a complaint that came in before and was closed after is one of before.
//! Of each period only what is closed by now is looked at, since the cause is told by the closing: of what is open nobody
//! knows it. Both periods are equally long: as many whole days as have passed since, at most the window of the action.

mod words;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::actions::{load, today};
use super::model::ActionRow;
use crate::db::conn::Conn;
use crate::domain::intervals::{self, Rate, Ratio};
use crate::domain::reporting::arising::{self, Arisen};
use crate::domain::reporting::frame;
use crate::domain::reporting::sums::Day;
use crate::domain::sla::explain::Language;
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::CorrectiveActionId;
use crate::text_enum;

text_enum! {
    /// What the figures say of a corrective action. Not whether the action is the reason: other things change, too, and
    /// who acts after a bad month sees a better one anyway.
    Verdict {
        /// It has not taken effect, or no whole day has passed since.
        NotYet = "not_yet",
        /// There are too few to tell, however they had been spread over the two periods.
        TooFew = "too_few",
        /// The interval has one in it: cannot tell.
        CannotTell = "cannot_tell",
        /// Fewer than before.
        Fewer = "fewer",
        /// More than before.
        More = "more",
    }
}

/// What came in in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EffectPeriod {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// How many were taken in.
    pub taken_in: i64,
    /// Those of them that are still open: nobody knows their cause yet, so they are not compared.
    pub open: i64,
    /// Those that are closed: what is compared.
    pub closed: i64,
    /// Those of the closed that had this cause.
    pub with_cause: i64,
}

/// Whether a corrective action helped.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EffectView {
    /// What the figures say.
    pub verdict: Verdict,
    /// The first day on which the action held.
    pub effective_on: Option<NaiveDate>,
    /// How many days each period has.
    pub days: i32,
    /// Before.
    pub before: Option<EffectPeriod>,
    /// Since.
    pub after: Option<EffectPeriod>,
    /// The share of the cause since, divided by the share before; null when there was none before.
    #[schema(example = 0.41)]
    pub ratio: Option<f64>,
    /// Not less than this, with 95 % (exact conditional limits).
    #[schema(example = 0.19)]
    pub lower: Option<f64>,
    /// Not more than this; null when there is no limit.
    #[schema(example = 0.83)]
    pub upper: Option<f64>,
    /// All of it in words.
    #[schema(
        example = "31 of 240 in the 30 days before, 14 of 262 in the 30 days since. That is 0.41 times as many (95 % interval 0.20 to 0.80): fewer than before."
    )]
    pub words: String,
}

/// Whether an action helped, as far as it can be told now.
///
/// # Errors
/// `resource.not_found`.
pub fn effect(conn: &mut Conn, act: &Act, id: CorrectiveActionId, language: Language) -> Result<EffectView> {
    let action = load(conn, id)?;
    let Some((days, periods)) = periods(&action, today(act)) else {
        let mut view = EffectView {
            verdict: Verdict::NotYet,
            effective_on: action.effective_day.map(frame::date_of),
            days: 0,
            before: None,
            after: None,
            ratio: None,
            lower: None,
            upper: None,
            words: String::new(),
        };
        view.words = words::tell(&view, language);
        return Ok(view);
    };
    let [before, after] = periods;
    let [arisen_before, arisen_after] = arising::between(conn, action.cause, action.category.as_deref(), periods)?;
    let mut view = compare(period(before, arisen_before), period(after, arisen_after));
    view.effective_on = action.effective_day.map(frame::date_of);
    view.days = days;
    view.words = words::tell(&view, language);
    Ok(view)
}

/// The first and the last day of a period.
type Period = (Day, Day);

/// How many days each period has, and the two periods; `None` when there is nothing to compare yet.
fn periods(action: &ActionRow, today: Day) -> Option<(Day, [Period; 2])> {
    let effective = action.effective_day?;
    let days = (today - effective).min(action.window_days);
    let periods = [(effective - days, effective - 1), (effective, effective + days - 1)];
    (days > 0).then_some((days, periods))
}

fn period((from, to): Period, arisen: Arisen) -> EffectPeriod {
    EffectPeriod {
        from: frame::date_of(from),
        to: frame::date_of(to),
        taken_in: arisen.taken_in,
        open: arisen.open,
        closed: arisen.taken_in - arisen.open,
        with_cause: arisen.with_cause,
    }
}

/// What two periods say.
fn compare(before: EffectPeriod, after: EffectPeriod) -> EffectView {
    let rate = |period: &EffectPeriod| Rate {
        n: period.with_cause,
        of: period.closed,
    };
    let (first, second) = (rate(&before), rate(&after));
    let found = intervals::of_ratio(first, second);
    EffectView {
        verdict: verdict(first, second, found),
        effective_on: None,
        days: 0,
        before: Some(before),
        after: Some(after),
        ratio: found.and_then(|found| found.ratio),
        lower: found.map(|found| found.lower),
        upper: found.and_then(|found| found.upper),
        words: String::new(),
    }
}

fn verdict(first: Rate, second: Rate, found: Option<Ratio>) -> Verdict {
    let Some(found) = found else {
        return Verdict::TooFew;
    };
    let fewer = |ratio: Ratio| ratio.upper.is_some_and(|upper| upper < 1.0);
    let more = |ratio: Ratio| ratio.lower > 1.0;
    if fewer(found) {
        return Verdict::Fewer;
    }
    if more(found) {
        return Verdict::More;
    }
    // As many as these, all of them before: could that have told?
    let together = first.n + second.n;
    let best = intervals::of_ratio(Rate { n: together, ..first }, Rate { n: 0, ..second });
    match best.is_some_and(fewer) {
        true => Verdict::CannotTell,
        false => Verdict::TooFew,
    }
}

#[cfg(test)]
mod tests;
