//! What clocks and reports ask of a history. What each of them means stands here and nowhere else; `docs/clocks.md`
//! tells it to people.

use super::{Change, Happening, What};
use crate::clock::Moment;
use crate::domain::complaints::vocabulary::{AttemptResult, BallWith, Decision, HandlingStep, State};
use crate::domain::staff::ActorKind;
use crate::domain::typing::CustomerType;

/// A time in which the complaint waited for somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// From when.
    pub from: Moment,
    /// Until when; `None` while it waits.
    pub until: Option<Moment>,
    /// For whom; unknown where the codes were lost.
    pub cause: Option<BallWith>,
}

/// Whether we spoke with the customer or wrote to them: a message that was sent, a call that reached them, a
/// complaint that was taken in conversation, or steps that are done with the customer. A notice that goes out by
/// itself is no contact.
pub fn is_contact_out(happening: &Happening) -> bool {
    match &happening.what {
        What::Received(received) => received.channel.is_live(),
        // What a rule sends goes out by itself.
        What::MessageSent => happening.actor_kind != ActorKind::System,
        What::Attempted { result, .. } => matches!(result, AttemptResult::Reached | AttemptResult::Refused),
        // One names a feeling, apologises, agrees and explains to somebody; one may listen to a letter and
        // understand a need from it.
        What::StepsRecorded { done, .. } => done.iter().any(|step| {
            matches!(
                step,
                HandlingStep::AcceptFeelings
                    | HandlingStep::Apologise
                    | HandlingStep::SeekSolutions
                    | HandlingStep::ExplainActions
            )
        }),
        _ => false,
    }
}

/// When a contact with the customer was. One in which the complaint was taken was when it reached us, however much
/// later it was logged.
fn contact_at(happening: &Happening) -> Moment {
    match &happening.what {
        What::Received(received) => received.received_at,
        _ => happening.at,
    }
}

/// Every contact to the customer, in order.
pub fn contacts_out(history: &[Happening]) -> Vec<Moment> {
    history.iter().filter(|h| is_contact_out(h)).map(contact_at).collect()
}

/// Every time the customer turned to us, the complaint itself first.
pub fn contacts_in(history: &[Happening]) -> Vec<Moment> {
    let turned = |h: &&Happening| {
        matches!(
            h.what,
            What::Received(_) | What::MessageReceived | What::Disputed | What::Withdrawn(_)
        )
    };
    history.iter().filter(turned).map(contact_at).collect()
}

/// When the customer knew that we have the complaint: at once when it was taken in conversation, came through the
/// public form (which answers with a receipt), or a notice went out; else with the first contact.
pub fn acknowledged_at(history: &[Happening]) -> Option<Moment> {
    history.iter().find_map(|happening| match &happening.what {
        What::Received(received) if received.channel.is_live() => Some(received.received_at),
        What::Received(received) if received.notified || happening.actor_kind == ActorKind::Customer => {
            Some(happening.at)
        }
        _ => is_contact_out(happening).then_some(happening.at),
    })
}

/// When somebody first answered the customer in person: the first contact.
pub fn first_response_at(history: &[Happening]) -> Option<Moment> {
    history.iter().find(|h| is_contact_out(h)).map(contact_at)
}

/// When it was resolved: the last closing, while it is closed, unless the customer took it back or it repeats
/// another complaint.
pub fn resolved_at(history: &[Happening]) -> Option<Moment> {
    if history.last()?.state != State::Closed {
        return None;
    }
    history.iter().rev().find_map(|happening| match &happening.what {
        What::Closed(closing) => Some((closing.decision != Some(Decision::Duplicate)).then_some(happening.at)),
        What::Withdrawn(_) => Some(None),
        _ => None,
    })?
}

/// The times in which it waited for the customer or a third party, the first one first.
pub fn waits(history: &[Happening]) -> Vec<Wait> {
    let mut waits: Vec<Wait> = Vec::new();
    for happening in history {
        match (&happening.what, waits.last_mut()) {
            (What::Waiting { ball_with }, _) => waits.push(Wait {
                from: happening.at,
                until: None,
                cause: *ball_with,
            }),
            (_, Some(wait)) if wait.until.is_none() && happening.state != State::Waiting => {
                wait.until = Some(happening.at);
            }
            _ => {}
        }
    }
    waits
}

/// The customer's questions after our first answer that wait, or waited, for another: when each was put, and when
/// it was answered. Several in a row are one, put when the first of them was.
pub fn asks(history: &[Happening]) -> Vec<(Moment, Option<Moment>)> {
    let mut asks: Vec<(Moment, Option<Moment>)> = Vec::new();
    let mut spoken = false;
    for happening in history {
        let open = asks.last_mut().filter(|(_, answered)| answered.is_none());
        if is_contact_out(happening) {
            spoken = true;
            if let Some((_, answered)) = open {
                *answered = Some(happening.at);
            }
        } else if spoken
            && open.is_none()
            && matches!(happening.what, What::MessageReceived | What::Disputed)
            && happening.state != State::Closed
        {
            asks.push((happening.at, None));
        }
    }
    asks
}

/// How the customer's manner changed while the case went on.
pub fn type_changes(history: &[Happening]) -> Vec<(Moment, Change<CustomerType>)> {
    history
        .iter()
        .filter_map(|happening| match happening.what {
            What::TypeSet(change) => Some((happening.at, change)),
            _ => None,
        })
        .collect()
}
