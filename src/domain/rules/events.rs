//! What an entry of the timeline means to rules. Pure, and the same for a change that is just happening and for one of
//! long ago.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::model::{RuleEvent, RuleField, RuleOn};
use crate::db::types::Json;
use crate::domain::complaints::model::TimelineEntry;
use crate::domain::complaints::timeline::BY_RULE;
use crate::domain::complaints::vocabulary::{CallBackOutcome, CallBackState, HandlingStep, State};
use crate::domain::staff::ByRule;

/// Something that happened, in the words of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// What.
    pub event: RuleEvent,
    /// The values that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<RuleField>,
    /// The state that it came into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// The steps that were done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<HandlingStep>,
    /// The clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// What the customer said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<bool>,
}

impl Occurrence {
    const fn of(event: RuleEvent) -> Self {
        Self {
            event,
            fields: Vec::new(),
            state: None,
            steps: Vec::new(),
            metric: None,
            satisfied: None,
        }
    }

    /// More about it, in codes: which values, which state, which clock.
    pub fn detail(&self) -> Option<String> {
        let fields = self.fields.iter().map(|field| field.as_str().to_owned());
        let state = self.state.map(|state| state.as_str().to_owned());
        let steps = self.steps.iter().map(|step| step.as_str().to_owned());
        let satisfied = self
            .satisfied
            .map(|yes| if yes { "satisfied" } else { "not satisfied" }.to_owned());
        let words: Vec<String> = fields
            .chain(state)
            .chain(steps)
            .chain(self.metric.clone())
            .chain(satisfied)
            .collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

impl RuleOn {
    /// Whether this is what the rule waits for.
    pub fn is_met_by(&self, occurrence: &Occurrence) -> bool {
        let any = |none_said: bool, some: bool| none_said || some;
        self.event == occurrence.event
            && any(
                self.fields.is_empty(),
                self.fields.iter().any(|field| occurrence.fields.contains(field)),
            )
            && any(
                self.states.is_empty(),
                occurrence.state.is_some_and(|state| self.states.contains(&state)),
            )
            && any(
                self.steps.is_empty(),
                self.steps.iter().any(|step| occurrence.steps.contains(step)),
            )
            && any(
                self.metrics.is_empty(),
                occurrence
                    .metric
                    .as_ref()
                    .is_some_and(|metric| self.metrics.contains(metric)),
            )
            && any(self.satisfied.is_none(), self.satisfied == occurrence.satisfied)
    }
}

fn member<'v>(values: Option<&'v Json<Value>>, name: &str) -> Option<&'v Value> {
    values.and_then(|json| json.0.get(name))
}

fn word<T: std::str::FromStr>(values: Option<&Json<Value>>, name: &str) -> Option<T> {
    member(values, name)?.as_str()?.parse().ok()
}

/// The rules that led to an entry, the last one last; none when no rule did.
pub fn chain(entry: &TimelineEntry) -> Vec<String> {
    let rule = member(entry.after.as_ref(), BY_RULE).and_then(|rule| ByRule::deserialize(rule).ok());
    rule.map(|rule| rule.chain).unwrap_or_default()
}

/// What an entry means; `states` are the states before and after, where the change may have led to another one.
pub fn of(entry: &TimelineEntry, states: Option<(State, State)>) -> Vec<Occurrence> {
    let mut found = Vec::new();
    let after = entry.after.as_ref();
    match entry.action.as_str() {
        "received" => found.push(Occurrence::of(RuleEvent::Received)),
        "message_received" => found.push(Occurrence::of(RuleEvent::MessageReceived)),
        "steps_recorded" => found.push(Occurrence {
            steps: steps(after),
            ..Occurrence::of(RuleEvent::StepDone)
        }),
        "call_back_promised" => found.push(Occurrence::of(RuleEvent::CallBackPromised)),
        "call_back_broken" => found.push(Occurrence::of(RuleEvent::CallBackMissed)),
        "call_back_attempted" => attempted(after, &mut found),
        "clock_warned" => found.push(clock(RuleEvent::ClockWarned, after)),
        "clock_breached" => found.push(clock(RuleEvent::ClockBreached, after)),
        "clock_escalated" => found.push(clock(RuleEvent::ClockEscalated, after)),
        "reopened" | "disputed" => found.push(Occurrence::of(RuleEvent::Reopened)),
        "accepted" => found.push(Occurrence {
            satisfied: Some(true),
            ..Occurrence::of(RuleEvent::SatisfactionGiven)
        }),
        _ => {}
    }
    if let Some((before, after)) = states
        && before != after
    {
        found.push(Occurrence {
            state: Some(after),
            ..Occurrence::of(RuleEvent::StateChanged)
        });
    }
    let fields = changed(entry);
    if !fields.is_empty() {
        found.push(Occurrence {
            fields,
            ..Occurrence::of(RuleEvent::Changed)
        });
    }
    found
}

fn steps(after: Option<&Json<Value>>) -> Vec<HandlingStep> {
    let members = after.and_then(|json| json.0.as_object()).into_iter().flatten();
    let mut steps: Vec<HandlingStep> = members.filter_map(|(name, _)| name.parse().ok()).collect();
    steps.sort_unstable();
    steps
}

fn clock(event: RuleEvent, after: Option<&Json<Value>>) -> Occurrence {
    Occurrence {
        metric: member(after, "metric").and_then(Value::as_str).map(str::to_owned),
        ..Occurrence::of(event)
    }
}

fn attempted(after: Option<&Json<Value>>, found: &mut Vec<Occurrence>) {
    match word::<CallBackState>(after, "state") {
        Some(CallBackState::Kept) => found.push(Occurrence::of(RuleEvent::CallBackKept)),
        Some(CallBackState::Late | CallBackState::Broken) => found.push(Occurrence::of(RuleEvent::CallBackMissed)),
        _ => {}
    }
    if word::<CallBackOutcome>(after, "outcome") == Some(CallBackOutcome::Unreachable) {
        found.push(Occurrence::of(RuleEvent::CustomerUnreachable));
    }
    if let Some(satisfied) = member(after, "satisfied").and_then(Value::as_bool) {
        found.push(Occurrence {
            satisfied: Some(satisfied),
            ..Occurrence::of(RuleEvent::SatisfactionGiven)
        });
    }
}

/// The actions that tell of values before and after.
const CHANGES: [&str; 9] = [
    "edited",
    "type_set",
    "assigned",
    "taken",
    "routed",
    "handed_over",
    "reopened",
    "disputed",
    "tagged",
];

/// The values that differ. What is told only before or only after, did not change by this.
fn changed(entry: &TimelineEntry) -> Vec<RuleField> {
    if !CHANGES.contains(&entry.action.as_str()) {
        return Vec::new();
    }
    let differs = |field: &&RuleField| {
        let name = field.as_str();
        match (member(entry.before.as_ref(), name), member(entry.after.as_ref(), name)) {
            (Some(before), Some(after)) => before != after,
            _ => false,
        }
    };
    RuleField::ALL.iter().filter(differs).copied().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::Moment;
    use crate::domain::staff::ActorKind;
    use crate::ids::{ComplaintId, EntryId};

    fn entry(action: &str, before: Value, after: Value) -> TimelineEntry {
        TimelineEntry {
            complaint_id: ComplaintId::new(Moment::EPOCH),
            id: EntryId::new(Moment::EPOCH),
            action: action.to_owned(),
            actor_kind: ActorKind::Staff,
            actor: "mary".to_owned(),
            before: Some(Json(before)),
            after: Some(Json(after)),
            request_id: None,
            happened_at: Moment::EPOCH,
        }
    }

    fn on(form: Value) -> RuleOn {
        serde_json::from_value(form).unwrap()
    }

    fn meets(form: Value, entry: &TimelineEntry, states: Option<(State, State)>) -> bool {
        let rule = on(form);
        of(entry, states).iter().any(|occurrence| rule.is_met_by(occurrence))
    }

    #[test]
    fn a_change_is_met_by_the_values_that_differ() {
        let edited = entry("edited", json!({ "severity": "low" }), json!({ "severity": "high" }));
        assert!(meets(json!({ "event": "changed" }), &edited, None));
        assert!(meets(
            json!({ "event": "changed", "fields": ["owner", "severity"] }),
            &edited,
            None
        ));
        assert!(!meets(
            json!({ "event": "changed", "fields": ["owner"] }),
            &edited,
            None
        ));
        let note = json!({ "owner": "mary", "note": "again" });
        let same = entry("assigned", json!({ "owner": "mary" }), note);
        assert!(!meets(json!({ "event": "changed" }), &same, None));
    }

    #[test]
    fn one_entry_may_mean_several_things() {
        let attempt = entry(
            "call_back_attempted",
            json!({}),
            json!({ "state": "late", "outcome": "not_satisfied", "satisfied": false }),
        );
        let states = Some((State::Waiting, State::InHandling));
        for (form, met) in [
            (json!({ "event": "call_back_missed" }), true),
            (json!({ "event": "call_back_kept" }), false),
            (json!({ "event": "satisfaction_given" }), true),
            (json!({ "event": "satisfaction_given", "satisfied": false }), true),
            (json!({ "event": "satisfaction_given", "satisfied": true }), false),
            (json!({ "event": "state_changed", "states": ["in_handling"] }), true),
            (json!({ "event": "state_changed", "states": ["closed"] }), false),
        ] {
            assert_eq!(meets(form.clone(), &attempt, states), met, "{form}");
        }
    }

    #[test]
    fn a_clock_is_met_by_its_metric_and_steps_by_their_names() {
        let breach = entry(
            "clock_breached",
            json!({}),
            json!({ "metric": "resolve", "policy": "p" }),
        );
        assert!(meets(
            json!({ "event": "clock_breached", "metrics": ["resolve"] }),
            &breach,
            None
        ));
        assert!(!meets(
            json!({ "event": "clock_breached", "metrics": ["first_response"] }),
            &breach,
            None
        ));
        let steps = entry("steps_recorded", json!({}), json!({ "listen": {}, "apologise": {} }));
        assert!(meets(
            json!({ "event": "step_done", "steps": ["apologise"] }),
            &steps,
            None
        ));
        assert!(!meets(
            json!({ "event": "step_done", "steps": ["call_back"] }),
            &steps,
            None
        ));
    }

    #[test]
    fn the_chain_is_read_from_the_entry() {
        let by = json!({ "by_rule": { "rule": "b", "version": 3, "chain": ["a", "b"] } });
        assert_eq!(chain(&entry("note_written", json!({}), by)), ["a", "b"]);
        assert!(chain(&entry("note_written", json!({}), json!({}))).is_empty());
    }
}
