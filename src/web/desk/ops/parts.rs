//! What the dashboard is made of: large figures, and charts with a table beside each.

use chrono::NaiveDate;

use super::asked::{Address, CASES, EVERY_TABLE};
use super::tell::Tell;
use crate::clock::Moment;
use crate::domain::reporting::measures::{Span, Time};
use crate::domain::reporting::operations::Operations;
use crate::domain::reporting::operations::cases::Figure;
use crate::domain::staff::names::Names;
use crate::error::Result;
use crate::web::i18n::{Words, fl};

/// What the parts are made from.
pub(super) struct View<'a> {
    pub(super) tell: Tell,
    pub(super) seen: &'a Operations,
    pub(super) address: Address,
    /// Whether the cases behind the figures may be looked at.
    pub(super) opens: bool,
    pub(super) now: Moment,
    pub(super) names: &'a Names,
    /// Of which chart the table is shown, too.
    pub(super) table: Option<&'a str>,
}

impl View<'_> {
    pub(super) fn words(&self) -> Words {
        self.tell.words
    }

    /// How many days are looked at.
    pub(super) fn days(&self) -> i64 {
        (self.seen.ask.to - self.seen.ask.from).num_days() + 1
    }

    /// Where the cases behind a figure are.
    pub(super) fn cases(&self, figure: Figure, more: &[(&str, String)]) -> Option<String> {
        let mut pairs = vec![("figure", figure.to_string())];
        pairs.extend(more.iter().cloned());
        self.opens.then(|| self.address.at(CASES, &pairs))
    }

    /// What came on a day of the week, from Monday on, at an hour: more than a hundred links, so their addresses are short.
    pub(super) fn cases_at(&self, day: Option<usize>, hour: Option<usize>) -> Option<String> {
        let text = |n: Option<usize>| n.map(|n| n.to_string()).unwrap_or_default();
        let at = format!("{}-{}", text(day), text(hour));
        self.opens.then(|| self.address.at(CASES, &[("at", at)]))
    }

    /// The same within one period of a chart.
    pub(super) fn cases_in(&self, figure: Figure, starts_on: NaiveDate) -> Option<String> {
        let (from, to) = self.period(starts_on);
        self.cases(figure, &[("from", from.to_string()), ("to", to.to_string())])
    }

    /// The days of a period that are within what is looked at.
    fn period(&self, starts_on: NaiveDate) -> (NaiveDate, NaiveDate) {
        use chrono::{Days, Months};

        use crate::domain::reporting::query::By;

        let ask = &self.seen.ask;
        let next = match ask.by {
            By::Day => starts_on.checked_add_days(Days::new(1)),
            By::Week => starts_on.checked_add_days(Days::new(7)),
            By::Month => starts_on.checked_add_months(Months::new(1)),
        };
        let last = next.and_then(|next| next.pred_opt()).unwrap_or(starts_on);
        (starts_on.max(ask.from), last.min(ask.to))
    }

    /// A cell with the cases behind it.
    pub(super) fn cell(&self, n: i64, figure: Figure, starts_on: NaiveDate) -> Cell {
        Cell {
            text: Tell::number(n as f64),
            href: self.cases_in(figure, starts_on).filter(|_| n > 0),
        }
    }

    /// What the time from the receipt on leads to.
    pub(super) fn span_name(&self) -> String {
        match self.seen.span {
            Span::Acknowledgement => fl!(self.words(), "ops-span-acknowledgement"),
            Span::FirstResponse => fl!(self.words(), "ops-span-first"),
            Span::Resolution => fl!(self.words(), "ops-span-resolution"),
        }
    }

    /// The figure of that time.
    pub(super) fn span_figure(&self) -> Figure {
        match self.seen.span {
            Span::Acknowledgement => Figure::Acknowledgement,
            Span::FirstResponse => Figure::FirstResponse,
            Span::Resolution => Figure::Resolution,
        }
    }

    /// How time is counted.
    pub(super) fn time_name(&self) -> String {
        match self.seen.ask.time {
            Time::Business => fl!(self.words(), "ops-time-business"),
            Time::Calendar => fl!(self.words(), "ops-time-calendar"),
        }
    }
}

/// A cell of a table, and where it leads.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) href: Option<String>,
}

impl Cell {
    /// A cell that leads nowhere.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: None,
        }
    }
}

/// The same as a chart, in numbers.
pub(super) struct Table {
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<(String, Vec<Cell>)>,
}

/// A chart with what was found.
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) note: String,
    /// What is what, of bars with several parts.
    pub(super) keys: Vec<(&'static str, String)>,
    /// The chart; nothing where there is nothing to draw.
    pub(super) drawn: String,
    pub(super) table: Option<Table>,
    /// Whether the table stands in place of the chart.
    pub(super) bare: bool,
    /// Where the page is with the table of this chart or, where it is shown, without.
    pub(super) turned: String,
    pub(super) csv: Option<String>,
    pub(super) wide: bool,
}

/// A large figure, and what it is compared with.
pub(super) struct Card {
    pub(super) id: &'static str,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) href: Option<String>,
    pub(super) lines: Vec<String>,
    /// `bad` when somebody has to do something now.
    pub(super) tone: &'static str,
}

/// The large figures.
pub(super) fn cards(view: &View<'_>) -> Vec<Card> {
    let (seen, tell, words, days) = (view.seen, view.tell, view.words(), view.days());
    let open: i64 = seen.ages.iter().map(|row| row.n).sum();
    let ahead = i64::try_from(seen.ahead.len()).unwrap_or(i64::MAX);
    let number = |n: i64| Tell::number(n as f64);
    let mut open_lines = Vec::new();
    if let Some(before) = seen.backlog.as_ref().map(|backlog| backlog.before.first()) {
        let before = before.map_or(0, |row| row.open_at_end);
        open_lines.push(tell.before(Some(open as f64), Some(before as f64), days, Tell::number));
    }
    let oldest = seen.ages.iter().filter(|row| row.n > 0).map(|row| row.from_days).max();
    if let Some(oldest) = oldest.filter(|days| *days > 0) {
        open_lines.push(fl!(words, "ops-oldest", days = oldest));
    }
    let mut cards = vec![
        Card {
            id: "late",
            label: fl!(words, "ops-late"),
            value: number(seen.late),
            href: view.cases(Figure::Late, &[]),
            lines: vec![fl!(words, "ops-objective", value = number(0))],
            tone: if seen.late > 0 { "bad" } else { "good" },
        },
        Card {
            id: "ahead",
            label: fl!(words, "ops-ahead"),
            value: number(ahead),
            href: view.cases(Figure::Ahead, &[]),
            lines: seen
                .ahead
                .first()
                .map(|first| {
                    let left = crate::web::time::left(words, view.now, first.due_at);
                    vec![fl!(words, "ops-ahead-first", left = left)]
                })
                .unwrap_or_default(),
            tone: "",
        },
        Card {
            id: "open",
            label: fl!(words, "ops-open"),
            value: number(open),
            href: view.cases(Figure::Open, &[]),
            lines: open_lines,
            tone: "",
        },
    ];
    cards.extend(course_cards(view));
    cards
}

/// The large figures of the time that is looked at.
fn course_cards(view: &View<'_>) -> Vec<Card> {
    let (seen, tell, words, days) = (view.seen, view.tell, view.words(), view.days());
    let of_span = |rows: &[crate::domain::reporting::reports::response_times::ResponseTimesRow]| {
        let row = rows.iter().find(|row| row.span == seen.span)?;
        row.p90_seconds
    };
    let (now, before) = (of_span(&seen.times.whole), of_span(&seen.times.before));
    let mut lines = Vec::new();
    if let Some(objective) = seen.objective {
        lines.push(fl!(words, "ops-objective", value = tell.span(objective.seconds as f64)));
    }
    lines.push(tell.before(now, before, days, |value| tell.span(value)));
    let longer = now.map(|now| vec![("longer", format!("{now:.0}"))]).unwrap_or_default();
    let none = || "–".to_owned();
    let (promises, spot) = (seen.promises.whole.first(), seen.spot.whole.first());
    let kept = promises.and_then(|row| row.kept_share);
    let kept_before = seen.promises.before.first().and_then(|row| row.kept_share);
    let share = spot.and_then(|row| row.share);
    let share_before = seen.spot.before.first().and_then(|row| row.share);
    let passed = |rows: &[crate::domain::reporting::reports::breaches::BreachesRow]| {
        rows.iter().map(|row| row.breached).sum::<i64>() as f64
    };
    let (breached, breached_before) = (passed(&seen.breaches.whole), passed(&seen.breaches.before));
    let late = |seconds: f64| {
        seen.objective
            .is_some_and(|objective| seconds > objective.seconds as f64)
    };
    vec![
        Card {
            id: "p90",
            label: fl!(words, "ops-p90", what = view.span_name()),
            value: now.map_or_else(none, |now| tell.figure(now)),
            href: view.cases(view.span_figure(), &longer).filter(|_| now.is_some()),
            lines,
            tone: if now.is_some_and(late) { "bad" } else { "" },
        },
        Card {
            id: "kept",
            label: fl!(words, "ops-kept"),
            value: kept.map_or_else(none, |kept| tell.share(kept)),
            href: view.cases(Figure::Kept, &[]).filter(|_| kept.is_some()),
            lines: vec![
                fl!(words, "ops-objective", value = tell.share(1.0)),
                tell.before(kept, kept_before, days, |value| tell.share(value)),
            ],
            tone: "",
        },
        Card {
            id: "spot",
            label: fl!(words, "ops-spot"),
            value: share.map_or_else(none, |share| tell.share(share)),
            href: view.cases(Figure::OnTheSpot, &[]).filter(|_| share.is_some()),
            lines: vec![tell.before(share, share_before, days, |value| tell.share(value))],
            tone: "",
        },
        Card {
            id: "breached",
            label: fl!(words, "ops-breached"),
            value: Tell::number(breached),
            href: view.cases(Figure::Breached, &[]),
            lines: vec![tell.before(Some(breached), Some(breached_before), days, Tell::number)],
            tone: "",
        },
    ]
}

/// Leaves out the table of a chart unless it is asked for: all of them are half of the page, and few are looked at. Where
/// all are asked for, they stand in place of the charts.
fn turn(view: &View<'_>, part: &mut Part) {
    let name = part.id.trim_start_matches("chart-");
    if part.table.is_none() {
        return;
    }
    if view.table == Some(EVERY_TABLE) {
        part.bare = !part.drawn.is_empty();
        part.drawn.clear();
        return;
    }
    let more = match view.table == Some(name) {
        true => Vec::new(),
        false => {
            part.table = None;
            vec![("table", name.to_owned())]
        }
    };
    part.turned = format!("{}#{}", view.address.at("/ops", &more), part.id);
}

/// Every chart, in the order of the page.
///
/// # Errors
/// When one cannot be written.
pub(super) fn parts(view: &View<'_>) -> Result<Vec<Part>> {
    use super::{now, patterns, sections};

    let mut parts = vec![now::ahead(view)?, sections::times(view)?, sections::promises(view)?];
    parts.push(now::ages(view)?);
    parts.extend(sections::backlog(view)?);
    parts.push(sections::breaches(view)?);
    parts.push(patterns::hours(view)?);
    parts.extend(patterns::types(view)?);
    parts.push(sections::spot(view)?);
    for part in &mut parts {
        turn(view, part);
    }
    Ok(parts)
}
