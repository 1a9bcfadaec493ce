//! The desk of the demo: brings the complaints one after the other, each with its whole history.

use std::sync::Arc;

use chrono::TimeDelta;

use super::Plan;
use super::calendar::Arrivals;
use super::corpus::Corpus;
use super::draw::{Draw, seconds};
use super::filled::{Filled, Link};
use super::history::{By, History, Told};
use super::intake::{self, Logged};
use super::people::{People, Person};
use super::phrases::Phrases;
use super::plot::{self, Given};
use super::story::Teller;
use crate::clock::Moment;
use crate::domain::complaints::bulk::Batch;
use crate::domain::policy::Policy;
use crate::domain::sla::policies::book::Book;
use crate::error::Result;

/// How many of a hundred customers who come back tell of the same matter.
const TOLD_AGAIN: f64 = 11.0;

/// Brings the complaints.
pub(super) struct Desk<'p> {
    policy: &'p Policy,
    draw: Draw,
    corpus: &'p Corpus,
    people: People,
    arrivals: Arrivals,
    now: Moment,
    left: u64,
    /// At this age (seconds) half of the complaints are still open.
    half_open: f64,
    filled: Filled,
    book: Option<Arc<Book>>,
}

impl<'p> Desk<'p> {
    pub(super) fn new(plan: &Plan, policy: &'p Policy, corpus: &'p Corpus, book: Option<Arc<Book>>) -> Self {
        let mut draw = Draw::new(plan.seed);
        // Both databases keep microseconds.
        let now = Moment(chrono::SubsecRound::trunc_subsecs(*plan.now, 6));
        let days = plan.days.max(1);
        Self {
            policy,
            corpus,
            people: People::new(),
            arrivals: Arrivals::new(&mut draw, plan.complaints, days, now),
            draw,
            now,
            left: plan.complaints,
            half_open: half_open(plan.complaints, days),
            filled: Filled::default(),
            book,
        }
    }

    /// Fills an empty batch with the next complaints, at most so many; none at the end.
    pub(super) fn next_batch(&mut self, mut batch: Batch, size: u64) -> Result<Batch> {
        for _ in 0..size.min(self.left) {
            self.bring(&mut batch)?;
        }
        self.left -= size.min(self.left);
        self.filled.count(&batch, self.now);
        Ok(batch)
    }

    /// What there is in the end.
    pub(super) fn filled(self) -> Filled {
        Filled {
            customers: self.people.count(),
            ..self.filled
        }
    }

    fn bring(&mut self, batch: &mut Batch) -> Result<()> {
        let at = self.arrivals.next(&mut self.draw);
        let (place, mut person, known) = self.people.caller(&mut self.draw, self.corpus, at, batch)?;
        let again = person.last.take().filter(|told| {
            known && told.complaint.logged_at > at - self.policy.duplicate_within && self.draw.chance(TOLD_AGAIN)
        });
        let logged = intake::log(&mut self.draw, self.corpus, &person, at, again.as_ref())?;
        let secret = logged.secret.clone();
        let told = self.tell(&person, known, logged, again.as_ref(), batch)?;
        if let Some(secret) = secret {
            self.filled.follow(Link::of(&told.complaint, secret));
        }
        // Who tells of a matter again has the first complaint about it in mind.
        person.last = Some(again.unwrap_or(told));
        self.people.remember(place, person);
        Ok(())
    }

    fn tell(
        &mut self,
        person: &Person,
        known: bool,
        logged: Logged<'_>,
        again: Option<&Told>,
        batch: &mut Batch,
    ) -> Result<Told> {
        let Logged {
            complaint,
            statement,
            scenario: place,
            agent,
            logged_by,
            ..
        } = logged;
        let scenario = self.corpus.voices(person.tongue).scenarios.get(place);
        let scenario = scenario.ok_or_else(|| crate::error::Error::internal("the demo lost a scenario"))?;
        let age = self.now - complaint.logged_at;
        let given = Given {
            kind: complaint.kind,
            channel: complaint.channel,
            decision: scenario.decision,
            has_phone: person.phone.is_some(),
            told_before: again.is_some(),
            age,
            open: 100.0 / (1.0 + (seconds(age) / self.half_open) * (seconds(age) / self.half_open)),
        };
        let plot = plot::decide(&mut self.draw, self.policy, given);
        let matched_by = match (&person.phone, known) {
            (_, false) => None,
            (Some(_), true) => Some("phone"),
            (None, true) => Some("email"),
        };
        let by = logged_by.map_or(By::Customer, By::Staff);
        let history = History::begin(
            &mut self.draw,
            self.policy,
            person,
            self.now,
            (complaint, statement),
            (by, matched_by),
        );
        let original = again.map(|told| told.complaint.id);
        let mut teller = Teller {
            history,
            scenario,
            phrases: Phrases::of(person.tongue),
            agent,
            original,
        };
        teller.tell(plot)?;
        if let Some(book) = &self.book {
            teller.history.clock(book)?;
        }
        teller.history.pour(batch, place)
    }
}

/// The age at which half of the complaints are open, so that in all a quarter of a small desk's
/// are, and a twentieth of a large one's.
fn half_open(complaints: u64, days: i64) -> f64 {
    let complaints = f64::from(u32::try_from(complaints.max(1)).unwrap_or(u32::MAX));
    let share = 0.05 + 0.2 * (2_000.0 / complaints).min(1.0);
    // The area under 1/(1+x²) is π/2, of which a little lies before the first day.
    seconds(TimeDelta::days(days)) * share * 0.66
}
