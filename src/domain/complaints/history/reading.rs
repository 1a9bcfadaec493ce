//! From entries of the timeline to happenings. The entries are those that `Work::finish`, `receive`, `hand_over` and
//! `privacy` write; where each leaves a complaint is replayed, and a property test holds the end of every history
//! against the complaint itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Change, Closing, Edit, Happening, Promised, Received, What};
use crate::clock::Moment;
use crate::db::types::Json;
use crate::domain::check::double_option;
use crate::domain::complaints::model::{Complaint, TimelineEntry};
use crate::domain::complaints::vocabulary::{
    AskedBy, AttemptResult, BallWith, CallBackOutcome, CallBackPurpose, CallBackState, CauseCategory, Channel,
    ClosingGround, Decision, HandlingStep, Kind, Level, State,
};
use crate::domain::customers::{Grade, ProfitSegment, Tier};
use crate::domain::typing::CustomerType;
use crate::ids::{CallBackId, TeamId};

/// The values of an entry, as far as they are codes. What an entry does not tell is left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    kind: Option<Kind>,
    channel: Option<Channel>,
    category: Option<String>,
    language: Option<String>,
    severity: Option<Level>,
    customer_type: Option<CustomerType>,
    first_expressed_at: Option<Moment>,
    #[serde(with = "double_option")]
    owner: Option<Option<String>>,
    #[serde(with = "double_option")]
    team: Option<Option<TeamId>>,
    tier: Option<Tier>,
    segment: Option<ProfitSegment>,
    grade: Option<Grade>,
    acknowledged: Option<bool>,
    ball_with: Option<BallWith>,
    call_back_id: Option<CallBackId>,
    purpose: Option<CallBackPurpose>,
    window_start: Option<Moment>,
    window_end: Option<Moment>,
    asked_by: Option<AskedBy>,
    result: Option<AttemptResult>,
    satisfied: Option<bool>,
    state: Option<CallBackState>,
    outcome: Option<CallBackOutcome>,
    decision: Option<Decision>,
    ground: Option<ClosingGround>,
    on_the_spot: Option<bool>,
    cause_category: Option<CauseCategory>,
}

fn values<T: DeserializeOwned + Default>(json: Option<&Json<Value>>) -> T {
    json.and_then(|json| T::deserialize(&json.0).ok()).unwrap_or_default()
}

/// Reads the timeline of a complaint, the oldest entry first.
pub fn read(complaint: &Complaint, entries: &[TimelineEntry]) -> Vec<Happening> {
    let mut reader = Reader {
        first: Some(Box::new(at_first(complaint, entries))),
        ..Reader::default()
    };
    entries.iter().map(|entry| reader.happening(entry)).collect()
}

/// The complaint as it was when it was logged: what changed since is undone, the newest change first.
fn at_first(complaint: &Complaint, entries: &[TimelineEntry]) -> Received {
    let mut first = Received {
        kind: complaint.kind,
        channel: complaint.channel,
        category: complaint.category.clone(),
        language: complaint.language.clone(),
        severity: complaint.severity,
        customer_type: complaint.customer_type,
        received_at: complaint.received_at,
        first_expressed_at: complaint.first_expressed_at,
        owner: None,
        team: None,
        tier: Tier::Individual,
        segment: None,
        grade: None,
        notified: false,
    };
    for entry in entries.iter().rev() {
        if !matches!(entry.action.as_str(), "edited" | "type_set") {
            continue;
        }
        let was: Told = values(entry.before.as_ref());
        first.kind = was.kind.unwrap_or(first.kind);
        first.severity = was.severity.unwrap_or(first.severity);
        first.customer_type = was.customer_type.unwrap_or(first.customer_type);
        first.first_expressed_at = was.first_expressed_at.unwrap_or(first.first_expressed_at);
        first.category = was.category.unwrap_or(first.category);
        first.language = was.language.unwrap_or(first.language);
    }
    first
}

/// Where the complaint stands while its history is read.
#[derive(Debug, Default)]
struct Reader {
    first: Option<Box<Received>>,
    state: Option<State>,
    round: i32,
    ball_with: Option<BallWith>,
    owner: Option<String>,
    team: Option<TeamId>,
    purposes: BTreeMap<CallBackId, CallBackPurpose>,
}

impl Reader {
    fn happening(&mut self, entry: &TimelineEntry) -> Happening {
        let (before, after): (Told, Told) = (values(entry.before.as_ref()), values(entry.after.as_ref()));
        let what = self.what(entry, &before, after);
        self.follow(&what, &entry.action);
        Happening {
            at: entry.happened_at,
            actor_kind: entry.actor_kind,
            what,
            state: self.state.unwrap_or(State::Received),
            round: self.round.max(1),
        }
    }

    fn what(&mut self, entry: &TimelineEntry, before: &Told, after: Told) -> What {
        match entry.action.as_str() {
            "received" => self.received(after),
            "message_sent" => What::MessageSent,
            "message_not_sent" => What::MessageNotSent,
            "message_received" => What::MessageReceived,
            "steps_recorded" => steps(entry.after.as_ref()),
            "assigned" | "taken" | "routed" | "handed_over" => self.assigned(after),
            "waiting" => What::Waiting {
                ball_with: after.ball_with,
            },
            "resumed" => What::Resumed,
            "type_set" => change(before.customer_type, after.customer_type).map_or(What::Other, What::TypeSet),
            "call_back_promised" => promised(&after).map_or(What::Other, What::PromiseMade),
            "call_back_attempted" => self.attempted(&after),
            "call_back_rescheduled" => match (before.call_back_id, promised(&after)) {
                (Some(from), Some(to)) => What::PromiseRescheduled {
                    from,
                    to,
                    asked_by: after.asked_by,
                },
                _ => What::Other,
            },
            "call_back_broken" => before.call_back_id.map_or(What::Other, What::PromiseBroken),
            "call_back_cancelled" => before.call_back_id.map_or(What::Other, What::PromiseCancelled),
            "closed" => What::Closed(closing(&after)),
            "merged" => What::Closed(Closing {
                merged: true,
                ..closing(&after)
            }),
            "withdrawn" => What::Withdrawn(Closing {
                decision: Some(Decision::Withdrawn),
                ..closing(&after)
            }),
            "reopened" | "unmerged" => What::Reopened,
            "disputed" => What::Disputed,
            "edited" => What::Edited(Box::new(edit(before, after))),
            _ => What::Other,
        }
    }

    fn received(&mut self, after: Told) -> What {
        let Some(mut first) = self.first.take() else {
            return What::Other;
        };
        first.owner = after.owner.flatten();
        first.team = after.team.flatten();
        first.tier = after.tier.unwrap_or(first.tier);
        first.segment = after.segment;
        first.grade = after.grade;
        first.notified = after.acknowledged == Some(true);
        self.owner.clone_from(&first.owner);
        self.team = first.team;
        What::Received(first)
    }

    fn assigned(&mut self, after: Told) -> What {
        if let Some(owner) = after.owner {
            self.owner = owner;
        }
        if let Some(team) = after.team {
            self.team = team;
        }
        What::Assigned {
            owner: self.owner.clone(),
            team: self.team,
        }
    }

    fn attempted(&self, after: &Told) -> What {
        let (Some(id), Some(result), Some(settled)) = (after.call_back_id, after.result, after.state) else {
            return What::Other;
        };
        What::Attempted {
            id,
            purpose: self.purposes.get(&id).copied(),
            result,
            satisfied: after.satisfied,
            settled,
            outcome: after.outcome,
        }
    }

    /// Where the happening leaves the complaint.
    fn follow(&mut self, what: &What, action: &str) {
        let confirms = |id: &CallBackId| self.purposes.get(id) == Some(&CallBackPurpose::ConfirmResolution);
        let next = match what {
            What::Received(_) => Some(State::Received),
            What::StepsRecorded { .. } | What::Resumed => Some(State::InHandling),
            What::Waiting { .. } => Some(State::Waiting),
            What::PromiseMade(_) if self.state == Some(State::Received) => Some(State::InHandling),
            What::MessageReceived if self.state == Some(State::Waiting) => {
                (self.ball_with != Some(BallWith::ThirdParty)).then_some(State::InHandling)
            }
            What::Attempted {
                id, outcome: Some(_), ..
            } if confirms(id) => Some(State::InHandling),
            What::PromiseCancelled(id) if confirms(id) => Some(State::InHandling),
            What::Closed(_) | What::Withdrawn(_) => Some(State::Closed),
            What::Reopened | What::Disputed => Some(State::InHandling),
            What::Other if action == "steps_amended" => Some(State::InHandling),
            _ => None,
        };
        self.state = next.or(self.state);
        match what {
            What::Waiting { ball_with } => self.ball_with = *ball_with,
            What::PromiseMade(promised) | What::PromiseRescheduled { to: promised, .. } => {
                self.purposes.insert(promised.id, promised.purpose);
            }
            What::Reopened | What::Disputed => self.round = self.round.max(1) + 1,
            What::Attempted {
                outcome: Some(CallBackOutcome::NotSatisfied),
                ..
            } => self.round = self.round.max(1) + 1,
            _ => {}
        }
    }
}

fn steps(after: Option<&Json<Value>>) -> What {
    let (mut done, mut skipped) = (Vec::new(), Vec::new());
    for (name, told) in after.and_then(|json| json.0.as_object()).into_iter().flatten() {
        let Ok(step) = name.parse::<HandlingStep>() else {
            continue;
        };
        if told.get("skipped").is_some() {
            skipped.push(step);
        } else {
            done.push(step);
        }
    }
    // By name in the JSON; here in the order of the procedure.
    done.sort_unstable();
    skipped.sort_unstable();
    What::StepsRecorded { done, skipped }
}

fn promised(told: &Told) -> Option<Promised> {
    Some(Promised {
        id: told.call_back_id?,
        purpose: told.purpose?,
        window_start: told.window_start?,
        window_end: told.window_end?,
    })
}

fn closing(told: &Told) -> Closing {
    Closing {
        decision: told.decision,
        ground: told.ground,
        on_the_spot: told.on_the_spot.unwrap_or(false),
        cause: told.cause_category,
        merged: false,
    }
}

fn change<T>(before: Option<T>, after: Option<T>) -> Option<Change<T>> {
    Some(Change {
        before: before?,
        after: after?,
    })
}

fn edit(before: &Told, after: Told) -> Edit {
    Edit {
        kind: change(before.kind, after.kind),
        category: change(before.category.clone(), after.category),
        language: change(before.language.clone(), after.language),
        severity: change(before.severity, after.severity),
        first_expressed_at: change(before.first_expressed_at, after.first_expressed_at),
    }
}
