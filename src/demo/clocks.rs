//! The clocks of the demo: the service default is in force from the first day on, and every complaint has had them
//! since.

use std::sync::Arc;

use chrono::{SubsecRound as _, TimeDelta};
use serde_json::{Value, json};

use super::Plan;
use super::history::{By, History};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::types::{Json, JsonText};
use crate::domain::complaints::bulk::EntryText;
use crate::domain::complaints::history;
use crate::domain::complaints::model::TimelineEntry;
use crate::domain::notifications::Notice;
use crate::domain::policy::Policy;
use crate::domain::sla::clocks::bulk;
use crate::domain::sla::clocks::row::SignalRow;
use crate::domain::sla::clocks::signals::SignalKind;
use crate::domain::sla::packs::{self, InstallForm};
use crate::domain::sla::policies::book::{self, Book};
use crate::domain::staff::Act;
use crate::error::Result;

/// The rule pack that is in force.
const PACK: &str = "standard_service";

/// Brings the rule pack into force before the first complaint; gives the book.
pub(super) fn bring(conn: &mut Conn, plan: &Plan, policy: &Policy) -> Result<Option<Arc<Book>>> {
    let first = plan.now - TimeDelta::days(plan.days.max(1) + 1);
    let act = Act::of_system(Moment(first.trunc_subsecs(6)), Arc::new(policy.clone()));
    let form = InstallForm {
        activate: true,
        ..InstallForm::default()
    };
    packs::install(conn, &act, PACK, &form)?;
    book::current(conn)
}

/// Actions whose values no clock looks at: they need not be read.
const UNREAD: &[&str] = &["note_written", "linked", "message_sent", "message_received"];

fn read(entry: &EntryText) -> Result<TimelineEntry> {
    let values = |text: &Option<JsonText>| -> Result<Option<Json<Value>>> {
        let text = text.as_ref().filter(|_| !UNREAD.contains(&entry.action));
        Ok(text.map(|text| serde_json::from_str(&text.0)).transpose()?.map(Json))
    };
    Ok(TimelineEntry {
        complaint_id: entry.complaint_id,
        id: entry.id,
        action: entry.action.to_owned(),
        actor_kind: entry.actor_kind,
        actor: String::new(),
        before: values(&entry.before)?,
        after: values(&entry.after)?,
        request_id: None,
        happened_at: entry.happened_at,
    })
}

impl History<'_> {
    /// Gives the complaint the clocks that its history led to, and tells what they told.
    pub(super) fn clock(&mut self, book: &Book) -> Result<()> {
        let entries = self.entries.iter().map(read).collect::<Result<Vec<_>>>()?;
        let history = history::read(&self.complaint, &entries);
        let (id, now) = (self.complaint.id, self.now);
        let clocked = bulk::clocks(book, id, &history, now, |at| self.draw.id(at));
        let promised = self.complaint.call_back_due_at;
        self.complaint.next_due_at = clocked.next_due_at.into_iter().chain(promised).min();
        for given in clocked.given {
            let Some(row) = clocked.rows.get(given.clock) else {
                continue;
            };
            // The sweep comes by a little later, and not before there is a complaint: one may be logged with its
            // time nearly up.
            let due = given.signal.at.max(self.complaint.logged_at);
            let fired_at = (due + TimeDelta::milliseconds(self.draw.between(40, 4_000))).min(now);
            let (complaint_id, clock_id, level) = (id, row.id, given.signal.level);
            self.signals.push(SignalRow {
                clock_id,
                kind: given.signal.kind,
                level,
                due_at: given.signal.at,
                fired_at,
            });
            let to = given.signal.to;
            let after = json!({
                "clock_id": clock_id, "policy": row.policy, "policy_version": row.policy_version, "metric": row.metric,
                "level": level, "due_at": row.due_at, "signal_at": given.signal.at, "late": false,
                "recipient": to.recipient, "role": to.role,
            });
            let (action, notice) = match given.signal.kind {
                SignalKind::Warning => (
                    "clock_warned",
                    Notice::ClockWarning {
                        complaint_id,
                        clock_id,
                        to,
                    },
                ),
                SignalKind::Breach => (
                    "clock_breached",
                    Notice::ClockBreached {
                        complaint_id,
                        clock_id,
                        to,
                    },
                ),
                SignalKind::Escalation => (
                    "clock_escalated",
                    Notice::ClockEscalated {
                        complaint_id,
                        clock_id,
                        level,
                        to,
                    },
                ),
            };
            self.enter(fired_at, By::System, action, None, Some(after.to_string()));
            self.notify(fired_at, notice);
        }
        self.clocks = clocked.rows;
        Ok(())
    }
}
