//! What the demo has brought.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::clock::Moment;
use crate::domain::complaints::bulk::Batch;
use crate::domain::complaints::model::Complaint;
use crate::domain::complaints::vocabulary::{CallBackState, Decision, State};

/// How many private links are shown.
const LINKS: usize = 3;

/// A customer's private link, so that the demo's tracking page can be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What people call the complaint on the phone.
    pub reference: String,
    /// What it is about.
    pub subject: String,
    /// BCP 47.
    pub language: String,
    /// The secret in the link.
    pub tracking_token: String,
    state: State,
}

impl Link {
    pub(super) fn of(complaint: &Complaint, tracking_token: String) -> Self {
        Self {
            reference: complaint.reference.clone(),
            subject: complaint.subject.clone(),
            language: complaint.language.clone(),
            tracking_token,
            state: complaint.state,
        }
    }
}

/// What there is after filling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Complaints.
    pub complaints: u64,
    /// Complaints in each state.
    pub by_state: BTreeMap<State, u64>,
    /// Closed complaints by what was decided.
    pub by_decision: BTreeMap<Decision, u64>,
    /// Complaints resolved on the spot.
    pub on_the_spot: u64,
    /// Customers.
    pub customers: u64,
    /// Promises to call back, by where they stand.
    pub promises: BTreeMap<CallBackState, u64>,
    /// Open promises whose window is over.
    pub overdue: u64,
    /// Open promises whose window ends within the next six hours.
    pub due_soon: u64,
    /// Rows of all kinds.
    pub rows: u64,
    /// The private links of some open complaints, the newest last.
    pub links: Vec<Link>,
}

impl Filled {
    pub(super) fn count(&mut self, batch: &Batch, now: Moment) {
        for complaint in &batch.complaints {
            self.complaints += 1;
            *self.by_state.entry(complaint.state).or_default() += 1;
            if let Some(decision) = complaint.decision {
                *self.by_decision.entry(decision).or_default() += 1;
            }
            self.on_the_spot += u64::from(complaint.on_the_spot);
        }
        for promise in &batch.call_backs {
            *self.promises.entry(promise.state).or_default() += 1;
            if promise.state == CallBackState::Open {
                self.overdue += u64::from(promise.window_end < now);
                self.due_soon +=
                    u64::from(promise.window_end >= now && promise.window_end <= now + TimeDelta::hours(6));
            }
        }
        self.rows += rows(batch);
    }

    /// Keeps the newest links of complaints that somebody works on.
    pub(super) fn follow(&mut self, link: Link) {
        if matches!(link.state, State::InHandling | State::Waiting) {
            self.links.push(link);
            if self.links.len() > LINKS {
                self.links.remove(0);
            }
        }
    }
}

/// How many rows a batch has, the word index counted once for each complaint.
fn rows(batch: &Batch) -> u64 {
    let kinds = [
        batch.customers.len(),
        batch.contact_points.len(),
        batch.complaints.len() * 2,
        batch.statements.len(),
        batch.steps.len(),
        batch.type_changes.len(),
        batch.call_backs.len(),
        batch.attempts.len(),
        batch.closures.len(),
        batch.entries.len(),
        batch.messages.len(),
        batch.clocks.len(),
        batch.signals.len(),
        batch.notices.len(),
    ];
    u64::try_from(kinds.iter().sum::<usize>()).unwrap_or(u64::MAX)
}
