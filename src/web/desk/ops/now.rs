//! How the desk stands now: what comes due in the next hours, how old what is open is.

use chrono::TimeDelta;

use super::asked::report;
use super::charts::{self, Bar, Piece, Scale};
use super::parts::{Cell, Part, Table, View};
use super::tell::Tell;
use crate::domain::complaints::vocabulary::State;
use crate::domain::reporting::operations::ahead::HORIZON;
use crate::domain::reporting::operations::cases::Figure;
use crate::domain::reporting::reports::Kind as _;
use crate::domain::reporting::reports::ages::{self, Ages};
use crate::domain::reporting::reports::ahead::DueAhead;
use crate::error::Result;
use crate::web::desk::words::{named, word};
use crate::web::i18n::fl;
use crate::web::time;

/// How long the bars of what is ahead are.
const HALF_HOUR: TimeDelta = TimeDelta::minutes(30);
/// How many deadlines the table names.
const NAMED: usize = 12;

/// What comes due in the next hours.
///
/// # Errors
/// When it cannot be written.
pub(super) fn ahead(view: &View<'_>) -> Result<Part> {
    let (seen, words) = (view.seen, view.words());
    let halves = HORIZON.num_minutes() / HALF_HOUR.num_minutes();
    let bars: Vec<Bar> = (0..halves)
        .map(|nth| {
            let nth = i32::try_from(nth).unwrap_or_default();
            let (from, until) = (view.now + HALF_HOUR * nth, view.now + HALF_HOUR * (nth + 1));
            let n = seen
                .ahead
                .iter()
                .filter(|ahead| from <= ahead.due_at && (ahead.due_at < until || nth + 1 == 8))
                .count();
            Bar {
                place: time::clock(seen.zone, from),
                pieces: vec![Piece {
                    class: "b1",
                    n: n as f64,
                    says: Tell::number(n as f64),
                }],
                href: None,
            }
        })
        .collect();
    let all = seen.ahead.len();
    let title = match seen.ahead.first() {
        None => fl!(words, "ops-ahead-none"),
        Some(_) => fl!(words, "ops-ahead-title", n = all),
    };
    let scale = Scale {
        even: crate::review::even,
        tell: &Tell::number,
        most: None,
    };
    let rows = seen.ahead.iter().take(NAMED).map(|ahead| {
        let what = match &ahead.name {
            Some(name) => named(view.tell.lang, name),
            None => ahead.metric.replace('_', " "),
        };
        let cells = vec![
            Cell::plain(what),
            Cell {
                text: ahead.reference.clone(),
                href: view.opens.then(|| format!("/desk/complaints/{}", ahead.complaint_id)),
            },
            Cell::plain(match &ahead.owner {
                Some(owner) => view.names.of(owner).to_owned(),
                None => fl!(words, "ops-nobody"),
            }),
        ];
        (time::clock(seen.zone, ahead.due_at), cells)
    });
    Ok(Part {
        id: "chart-ahead",
        note: match all > NAMED {
            true => fl!(words, "ops-ahead-note-first", n = NAMED),
            false => fl!(words, "ops-ahead-note"),
        },
        keys: Vec::new(),
        drawn: match all {
            0 => String::new(),
            _ => charts::bars(&title, bars, &scale)?,
        },
        table: (all > 0).then(|| Table {
            heads: vec![
                fl!(words, "ops-due"),
                fl!(words, "ops-what"),
                fl!(words, "ops-case"),
                fl!(words, "ops-owner"),
            ],
            rows: rows.collect(),
        }),
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, DueAhead::NAME, DueAhead::DIMENSIONS, false),
        title,
        wide: false,
    })
}

/// How old what is open is.
///
/// # Errors
/// When it cannot be written.
#[expect(clippy::too_many_lines, reason = "the chart and its table from the same bands")]
pub(super) fn ages(view: &View<'_>) -> Result<Part> {
    let (seen, words) = (view.seen, view.words());
    let n = |from: i64, state: Option<State>| -> i64 {
        let of = |row: &&ages::AgesRow| row.from_days == from && state.is_none_or(|state| row.state == state);
        seen.ages.iter().filter(of).map(|row| row.n).sum()
    };
    let ends = ages::BANDS.iter().skip(1).map(|next| Some(next - 1)).chain([None]);
    let bands: Vec<(i64, Option<i64>)> = ages::BANDS.into_iter().zip(ends).collect();
    let name = |(from, to): (i64, Option<i64>)| match to {
        Some(to) if to == from => fl!(words, "ops-age-one", from = from),
        Some(to) => fl!(words, "ops-age-some", from = from, to = to),
        None => fl!(words, "ops-age-more", from = from),
    };
    let short = |(from, to): (i64, Option<i64>)| match to {
        Some(0) => fl!(words, "ops-age-one", from = 0),
        Some(to) if to == from => from.to_string(),
        Some(to) => format!("{from}–{to}"),
        None => format!("{from}+"),
    };
    let cases = |(from, to): (i64, Option<i64>)| {
        let mut more = vec![("from_days", from.to_string())];
        more.extend(to.map(|to| ("to_days", to.to_string())));
        view.cases(Figure::Open, &more)
    };
    let bars = bands
        .iter()
        .map(|band| {
            let pieces = ages::STATES.iter().zip(["b1", "b2", "b3"]).map(|(state, class)| {
                let n = n(band.0, Some(*state));
                Piece {
                    class,
                    n: n as f64,
                    says: format!("{} {n}", word(words, "state", state.as_str())),
                }
            });
            Bar {
                place: short(*band),
                pieces: pieces.collect(),
                href: cases(*band).filter(|_| n(band.0, None) > 0),
            }
        })
        .collect();
    let (all, old): (i64, i64) = (
        seen.ages.iter().map(|row| row.n).sum(),
        seen.ages
            .iter()
            .filter(|row| row.from_days >= 14)
            .map(|row| row.n)
            .sum(),
    );
    let title = match all {
        0 => fl!(words, "ops-ages-none"),
        _ => fl!(
            words,
            "ops-ages-title",
            n = Tell::number(all as f64),
            old = Tell::number(old as f64)
        ),
    };
    let scale = Scale {
        even: crate::review::even,
        tell: &Tell::number,
        most: None,
    };
    let mut heads = vec![fl!(words, "ops-age")];
    heads.extend(ages::STATES.iter().map(|state| word(words, "state", state.as_str())));
    heads.push(fl!(words, "ops-together"));
    let rows = bands.iter().map(|band| {
        let mut cells: Vec<Cell> = ages::STATES
            .iter()
            .map(|state| Cell::plain(Tell::number(n(band.0, Some(*state)) as f64)))
            .collect();
        let all = n(band.0, None);
        cells.push(Cell {
            text: Tell::number(all as f64),
            href: cases(*band).filter(|_| all > 0),
        });
        (name(*band), cells)
    });
    let states = ages::STATES.iter().zip(["b1", "b2", "b3"]);
    Ok(Part {
        id: "chart-ages",
        note: fl!(words, "ops-ages-note"),
        keys: states
            .map(|(state, class)| (class, word(words, "state", state.as_str())))
            .collect(),
        drawn: match all {
            0 => String::new(),
            _ => charts::bars(&title, bars, &scale)?,
        },
        table: Some(Table {
            heads,
            rows: rows.collect(),
        }),
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, Ages::NAME, Ages::DIMENSIONS, false),
        title,
        wide: false,
    })
}
