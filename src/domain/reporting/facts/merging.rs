//! A complaint that stands merged into another counts with that one: of its own only the sums over all days tell.

use super::{Deed, Teller};
use crate::clock::Moment;
use crate::domain::complaints::history::{Closing, Happening, What};
use crate::domain::reporting::measures::{Measure, Span, Time};
use crate::domain::reporting::rollup::EVER;

/// Whether it was merged into another complaint, and that was not undone.
pub(super) fn is_merged(happenings: &[Happening]) -> bool {
    let last = happenings.iter().rev().find_map(|happening| match &happening.what {
        What::Closed(closing) | What::Withdrawn(closing) => Some(closing.merged),
        What::Reopened | What::Disputed => Some(false),
        _ => None,
    });
    last.unwrap_or(false)
}

impl Teller<'_> {
    /// How long it took until then; of a complaint that is merged only the sums over all days tell.
    pub(super) fn reached(&mut self, span: Span, at: Moment) {
        if !self.is_merged {
            self.took(span, at);
            return;
        }
        for time in Time::ALL {
            let seconds = self.frame.seconds(*time, self.received_at, at);
            self.time(EVER, Measure::Took(span, *time), seconds);
        }
    }

    pub(super) fn received(&mut self, deed: Deed<'_>, at: Moment) {
        self.marks.agent = deed.agent();
        let day = if self.is_merged { EVER } else { self.frame.day(at) };
        self.count_at_hour(day, Measure::Received, self.frame.hour(at));
        self.marks.agent = None;
    }

    /// It was merged into another: of this only the sums over all days tell.
    pub(super) fn merged(&mut self, closing: Closing) {
        self.count_on(EVER, Measure::Closed);
        self.standing = Some((closing, EVER, self.marks.clone()));
    }

    /// The merge was undone.
    pub(super) fn unmerged(&mut self) {
        self.count_on(EVER, Measure::Reopened);
        self.standing = None;
    }
}
