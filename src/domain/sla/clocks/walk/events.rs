//! What each happening does to the clocks.

use super::{OpenPromise, Ticking, Walker};
use crate::clock::Moment;
use crate::domain::complaints::history::{Closing, Edit, Happening, Promised, Received, What, is_contact_out};
use crate::domain::complaints::vocabulary::{AttemptResult, Decision, State};
use crate::domain::sla::clocks::pauses::UNKNOWN;
use crate::domain::sla::policies::model::{Facts, MetricKind, Reopening, StartEvent};
use crate::domain::staff::ActorKind;
use crate::ids::CallBackId;

impl Walker<'_> {
    pub(super) fn take(&mut self, happening: &Happening) {
        let at = happening.at;
        self.advance(at);
        match &happening.what {
            What::Received(received) => self.received(at, received, happening.actor_kind),
            What::Edited(edit) => self.edited(at, edit),
            What::TypeSet(change) => {
                if let Some(facts) = &mut self.facts {
                    facts.customer_type = change.after;
                }
                self.choose(at);
            }
            What::Waiting { ball_with } => {
                self.begin_waiting(at, ball_with.map_or(UNKNOWN, |ball_with| ball_with.as_str()));
            }
            What::PromiseMade(promised) => self.promised(at, promised),
            What::Attempted { id, result, .. } => self.attempted(at, *id, *result),
            What::PromiseRescheduled { from, to, .. } => {
                self.end_promise(at, *from);
                self.promised(at, to);
            }
            What::PromiseBroken(id) | What::PromiseCancelled(id) => self.end_promise(at, *id),
            What::Closed(closing) | What::Withdrawn(closing) => self.closed(at, closing),
            What::Reopened => self.opened_again(at),
            What::Disputed => {
                self.opened_again(at);
                self.asked(at);
            }
            What::MessageReceived if happening.state != State::Closed => self.asked(at),
            _ => {}
        }
        if happening.state != State::Waiting {
            self.end_waiting(at);
        }
        if is_contact_out(happening) && !matches!(happening.what, What::Received(_)) {
            self.contact(at);
        }
    }

    fn received(&mut self, at: Moment, received: &Received, by: ActorKind) {
        self.logged_at = at;
        self.received_at = received.received_at;
        self.expressed_at = received.first_expressed_at;
        self.facts = Some(Facts {
            kind: received.kind,
            category: received.category.clone(),
            channel: received.channel,
            severity: received.severity,
            customer_type: received.customer_type,
            tier: received.tier,
            segment: received.segment,
            grade: received.grade,
        });
        self.choose(at);
        if received.channel.is_live() {
            self.contact(received.received_at);
        } else if received.notified || by == ActorKind::Customer {
            self.acknowledged(at);
        }
    }

    fn edited(&mut self, at: Moment, edit: &Edit) {
        if let Some(change) = &edit.first_expressed_at {
            self.expressed_at = change.after;
            let pauses = std::mem::take(&mut self.walked.pauses);
            for clock in &mut self.walked.clocks {
                let counts = clock.metric.kind.counts_from_the_beginning();
                if counts && clock.metric.start == StartEvent::Expressed && clock.started_at == change.before {
                    clock.move_start(change.after, &pauses);
                }
            }
            self.walked.pauses = pauses;
        }
        let Some(facts) = &mut self.facts else { return };
        if let Some(change) = &edit.kind {
            facts.kind = change.after;
        }
        if let Some(change) = &edit.category {
            facts.category.clone_from(&change.after);
        }
        if let Some(change) = &edit.severity {
            facts.severity = change.after;
        }
        if edit.kind.is_some() || edit.category.is_some() || edit.severity.is_some() {
            self.choose(at);
        }
    }

    fn acknowledged(&mut self, at: Moment) {
        self.acknowledged = true;
        self.meet(MetricKind::Acknowledge, at);
    }

    /// We wrote to the customer or spoke with them.
    fn contact(&mut self, at: Moment) {
        self.acknowledged(at);
        self.answered = true;
        self.meet(MetricKind::FirstResponse, at);
        self.asked_at = None;
        self.meet(MetricKind::NextResponse, at);
        let already = self.last_contact == Some(at) || (self.last_contact.is_none() && at == self.received_at);
        self.last_contact = Some(at);
        // A conversation in which the complaint was taken is where it begins, and not a first time of informing.
        if !self.closed && !already {
            self.meet(MetricKind::KeepInformed, at);
            self.begin_kind(MetricKind::KeepInformed, at, at, None);
        }
    }

    /// The customer wrote after our first response.
    fn asked(&mut self, at: Moment) {
        if self.answered && self.asked_at.is_none() && !self.closed {
            self.asked_at = Some(at);
            self.begin_kind(MetricKind::NextResponse, at, at, None);
        }
    }

    fn closed(&mut self, at: Moment, closing: &Closing) {
        self.closed = true;
        self.asked_at = None;
        self.promises.clear();
        // What was taken back or repeats another complaint was not resolved.
        let resolved = !matches!(closing.decision, Some(Decision::Withdrawn | Decision::Duplicate));
        if resolved {
            self.meet(MetricKind::Resolve, at);
        }
        let pauses = std::mem::take(&mut self.walked.pauses);
        for clock in &mut self.walked.clocks {
            clock.stop(at, &pauses);
        }
        self.walked.pauses = pauses;
    }

    fn opened_again(&mut self, at: Moment) {
        self.closed = false;
        self.opened_again_at = Some(at);
        self.last_contact = Some(at);
        self.begin_kind(MetricKind::KeepInformed, at, at, None);
        if !self.answered {
            self.begin_kind(MetricKind::FirstResponse, at, at, None);
        }
        let chosen: Vec<String> = self.chosen.iter().cloned().collect();
        for slug in chosen {
            let Some(edition) = self.book.in_force(&slug, at) else {
                continue;
            };
            for metric in &edition.content.metrics {
                if metric.kind == MetricKind::Resolve && metric.reopening != Reopening::Ignore {
                    let since = self.beginning(metric);
                    self.begin(&slug, metric, at, since, None);
                }
            }
        }
    }

    fn promised(&mut self, at: Moment, promised: &Promised) {
        self.begin_kind(MetricKind::CallBack, at, at, Some(promised));
        self.promises.insert(
            promised.id,
            OpenPromise {
                promised: promised.clone(),
                made_at: at,
                tried: false,
            },
        );
    }

    /// A promise is kept by the first attempt that counts (`call_backs::settle`).
    fn attempted(&mut self, at: Moment, id: CallBackId, result: AttemptResult) {
        let Some(promise) = self.promises.get_mut(&id) else {
            return;
        };
        let spoke = matches!(result, AttemptResult::Reached | AttemptResult::Refused);
        let tried = spoke || (at >= promise.promised.window_start && result != AttemptResult::WrongNumber);
        if tried {
            promise.tried = true;
            self.of_promise(id, |clock| clock.meet(at, &[]));
        }
    }

    fn end_promise(&mut self, at: Moment, id: CallBackId) {
        self.promises.remove(&id);
        self.of_promise(id, |clock| clock.stop(at, &[]));
    }

    /// The clocks of a promise.
    fn of_promise(&mut self, id: CallBackId, mut done: impl FnMut(&mut Ticking)) {
        let own = self.walked.clocks.iter_mut();
        own.filter(|clock| clock.call_back_id == Some(id)).for_each(&mut done);
    }
}
