//! How a complaint goes: decided before it is told, from what can be at its age.

use chrono::TimeDelta;

use super::draw::{Draw, seconds};
use crate::domain::complaints::vocabulary::{BallWith, Channel, Decision, Kind};
use crate::domain::policy::Policy;

/// Where a complaint ends, or stands at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Closed in the first contact (当场解决).
    OnTheSpot,
    /// Closed: the customer says it is settled.
    Satisfied,
    /// Closed after the policy's attempts.
    Unreachable,
    /// Closed: the customer did not want the call.
    Declined,
    /// Closed: there is no number to call.
    NoNumber,
    /// Closed: a question or feedback that needs no call.
    NoCallNeeded,
    /// Closed: taken back.
    Withdrawn,
    /// Closed: told before.
    Duplicate,
    /// Open: nobody has begun.
    Untouched,
    /// Open: in the middle of the steps.
    AtWork,
    /// Open: waiting for somebody.
    Waiting(BallWith),
    /// Open: a call is promised.
    Promised(Due),
    /// Open: a promise was broken and nobody has made it good.
    Broken,
    /// Open: the customer is satisfied, the closing is still to be done.
    Confirmed,
}

/// When a promised call is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// It should have been made today.
    Overdue,
    /// In the next hours.
    Soon,
    /// In the next days.
    Later,
    /// Its window is open; nobody answered so far.
    Tried,
}

/// How one promise goes on the way to its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Late,
    /// Broken; another promise made it good.
    Broken,
    MovedByCustomer,
    MovedByDesk,
}

/// How a complaint goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    pub(super) ending: Ending,
    /// Rounds that ended with a customer who was not satisfied.
    pub(super) disappointments: u8,
    /// Whether it was closed once before and opened again.
    pub(super) reopened: bool,
    /// From the logging to the closing; to the present for open ones.
    pub(super) length: TimeDelta,
}

/// What the plot of a complaint depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) kind: Kind,
    pub(super) channel: Channel,
    pub(super) decision: Decision,
    pub(super) has_phone: bool,
    pub(super) told_before: bool,
    /// How long ago it was logged.
    pub(super) age: TimeDelta,
    /// The share of a hundred complaints of this age that are open.
    pub(super) open: f64,
}

/// Decides how it goes.
pub(super) fn decide(draw: &mut Draw, policy: &Policy, given: Given) -> Plot {
    let open = draw.chance(given.open) || given.age < TimeDelta::minutes(15);
    if given.told_before {
        let length = draw.span(TimeDelta::minutes(8), 8.0);
        if length < given.age && !open {
            return plain(Ending::Duplicate, length);
        }
    }
    if !open {
        if let Some(plot) = on_the_spot(draw, policy, given) {
            return plot;
        }
        if given.age > TimeDelta::hours(3) {
            return closed(draw, given);
        }
    }
    let ending = standing(draw, given);
    let seasoned = given.has_phone && given.age > TimeDelta::days(3) && ending != Ending::Untouched;
    let disappointments = u8::from(seasoned && draw.chance(14.0));
    Plot {
        disappointments,
        ..plain(ending, given.age)
    }
}

const fn plain(ending: Ending, length: TimeDelta) -> Plot {
    Plot {
        ending,
        disappointments: 0,
        reopened: false,
        length,
    }
}

fn on_the_spot(draw: &mut Draw, policy: &Policy, given: Given) -> Option<Plot> {
    let in_favour = matches!(given.decision, Decision::Upheld | Decision::Partly);
    let longest = policy.on_the_spot_within.min(given.age) - TimeDelta::minutes(3);
    let shortest = TimeDelta::minutes(5);
    if !given.channel.is_live() || !in_favour || longest < shortest || !draw.chance(20.0) {
        return None;
    }
    Some(plain(Ending::OnTheSpot, draw.span(shortest, 3.5).min(longest)))
}

fn closed(draw: &mut Draw, given: Given) -> Plot {
    let question = given.kind != Kind::Complaint;
    let phone = f64::from(u8::from(given.has_phone));
    // Calling in vain takes its time.
    let days = f64::from(u8::from(given.age > TimeDelta::hours(30)));
    let ending = draw.weighted(
        &[
            (77.0 * phone, Ending::Satisfied),
            (8.0 * phone * days, Ending::Unreachable),
            (8.0, Ending::Declined),
            (5.0, Ending::Withdrawn),
            (if given.has_phone { 0.0 } else { 60.0 }, Ending::NoNumber),
            (if question { 120.0 } else { 0.0 }, Ending::NoCallNeeded),
        ],
        Ending::Withdrawn,
    );
    let (shortest, doublings) = match ending {
        Ending::Withdrawn => (TimeDelta::minutes(90), 6.0),
        Ending::NoCallNeeded => (TimeDelta::minutes(40), 7.0),
        _ => (TimeDelta::hours(2), 8.0),
    };
    let talked = matches!(ending, Ending::Satisfied | Ending::Unreachable);
    let disappointments = if talked {
        draw.weighted(&[(86.0, 0), (11.5, 1), (2.5, 2)], 0)
    } else {
        0
    };
    let mut natural = draw.span(shortest, doublings) * (1 + i32::from(disappointments));
    if ending == Ending::Unreachable {
        natural = natural.max(TimeDelta::hours(12));
    }
    let longest = given.age - given.age / 20;
    let length = if natural < longest {
        natural
    } else {
        TimeDelta::minutes(draw.between(longest.num_minutes() / 2, longest.num_minutes()))
    };
    let reopened = ending == Ending::Satisfied && length > TimeDelta::days(2) && draw.chance(6.0);
    // A round takes an hour at least.
    let room = u8::try_from(length.num_hours().clamp(0, 100)).unwrap_or_default();
    Plot {
        ending,
        disappointments: disappointments.min(room),
        reopened,
        length,
    }
}

fn standing(draw: &mut Draw, given: Given) -> Ending {
    let age = seconds(given.age) / 3_600.0;
    let from = |hours: f64, weight: f64| if age >= hours { weight } else { 0.0 };
    let call = f64::from(u8::from(given.has_phone));
    draw.weighted(
        &[
            (
                if age < 0.25 { 100.0 } else { 6.0 + 60.0 / (1.0 + age) },
                Ending::Untouched,
            ),
            (from(0.25, 22.0), Ending::AtWork),
            (from(1.0, 8.0), Ending::Waiting(BallWith::Customer)),
            (from(1.0, 10.0), Ending::Waiting(BallWith::ThirdParty)),
            (from(0.5, 14.0) * call, Ending::Promised(Due::Soon)),
            (from(0.5, 22.0) * call, Ending::Promised(Due::Later)),
            (from(3.0, 7.0) * call, Ending::Promised(Due::Overdue)),
            (from(3.0, 5.0) * call, Ending::Promised(Due::Tried)),
            (from(36.0, 3.0) * call, Ending::Broken),
            (from(4.0, 3.0) * call, Ending::Confirmed),
        ],
        Ending::Untouched,
    )
}

/// How one promise goes, of which so much time is to be told.
pub(super) fn fate(draw: &mut Draw, policy: &Policy, room: TimeDelta) -> Fate {
    let from = |needed: TimeDelta, weight: f64| if room >= needed { weight } else { 0.0 };
    draw.weighted(
        &[
            (78.0, Fate::Kept),
            (from(TimeDelta::hours(2), 9.0), Fate::Late),
            (from(policy.call_back_grace + TimeDelta::hours(14), 9.0), Fate::Broken),
            (from(TimeDelta::hours(3), 7.0), Fate::MovedByCustomer),
            (from(TimeDelta::hours(3), 3.0), Fate::MovedByDesk),
        ],
        Fate::Kept,
    )
}
