//! The charts of the time that is looked at, each named by what it shows.

use super::asked::report;
use super::charts::{self, Bar, Piece, Scale, Series};
use super::parts::{Cell, Part, Table, View};
use super::tell::Tell;
use crate::domain::reporting::operations::cases::Figure;
use crate::domain::reporting::reports::Kind as _;
use crate::domain::reporting::reports::backlog::Backlog;
use crate::domain::reporting::reports::breaches::Breaches;
use crate::domain::reporting::reports::call_backs::CallBacks;
use crate::domain::reporting::reports::on_the_spot::OnTheSpot;
use crate::domain::reporting::reports::response_times::{ResponseTimes, ResponseTimesRow};
use crate::error::Result;
use crate::review::{even, even_time};
use crate::web::i18n::fl;

/// Numbers from zero.
fn numbers() -> Scale<'static> {
    Scale {
        even,
        tell: &Tell::number,
        most: None,
    }
}

/// How long customers waited.
///
/// # Errors
/// When it cannot be written.
pub(super) fn times(view: &View<'_>) -> Result<Part> {
    let (seen, tell, words) = (view.seen, view.tell, view.words());
    let rows: Vec<&ResponseTimesRow> = seen.times.rows.iter().filter(|row| row.span == seen.span).collect();
    let whole = seen.times.whole.iter().find(|row| row.span == seen.span);
    let places: Vec<String> = rows.iter().map(|row| tell.short_period(row.starts_on)).collect();
    let series = |name: &str, class, of: fn(&ResponseTimesRow) -> Option<f64>| Series {
        name: name.to_owned(),
        class,
        values: rows.iter().map(|row| of(row)).collect(),
    };
    let lines = [
        series("p50", "l1", |row| row.p50_seconds),
        series("p90", "l2", |row| row.p90_seconds),
        series("p99", "l3", |row| row.p99_seconds),
    ];
    let objective = seen.objective.map(|objective| {
        let seconds = objective.seconds as f64;
        (seconds, fl!(words, "ops-goal", value = tell.short_span(seconds)))
    });
    let percentiles = whole.and_then(|row| row.p50_seconds.zip(row.p90_seconds));
    let title = match percentiles {
        Some((half, most)) => fl!(
            words,
            "ops-times-title",
            what = view.span_name(),
            half = tell.span(half),
            most = tell.span(most)
        ),
        None => fl!(words, "ops-times-none", what = view.span_name()),
    };
    let short = |seconds: f64| tell.short_span(seconds);
    let scale = Scale {
        even: even_time,
        tell: &short,
        most: None,
    };
    let span = |value: Option<f64>| Cell::plain(value.map_or_else(|| "–".to_owned(), |value| tell.span(value)));
    let table = rows.iter().rev().map(|row| {
        let mut cells = vec![view.cell(row.n, view.span_figure(), row.starts_on)];
        cells.extend([row.p50_seconds, row.p90_seconds, row.p99_seconds].map(span));
        (tell.period(row.starts_on), cells)
    });
    Ok(Part {
        id: "chart-times",
        note: fl!(
            words,
            "ops-times-note",
            n = Tell::number(whole.map_or(0, |row| row.n) as f64),
            time = view.time_name()
        ),
        keys: Vec::new(),
        drawn: match percentiles {
            None => String::new(),
            Some(_) => charts::line(&title, &places, &lines, objective, &scale)?,
        },
        table: Some(Table {
            heads: vec![
                fl!(words, "ops-period"),
                fl!(words, "ops-cases"),
                "p50".to_owned(),
                "p90".to_owned(),
                "p99".to_owned(),
            ],
            rows: table.collect(),
        }),
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, ResponseTimes::NAME, ResponseTimes::DIMENSIONS, true),
        title,
        wide: false,
    })
}

/// What became of promises.
///
/// # Errors
/// When it cannot be written.
pub(super) fn promises(view: &View<'_>) -> Result<Part> {
    let (seen, tell, words) = (view.seen, view.tell, view.words());
    let names = [
        ("b1", fl!(words, "ops-promise-kept")),
        ("b4", fl!(words, "ops-promise-late")),
        ("b5", fl!(words, "ops-promise-broken")),
    ];
    let mut bars = Vec::new();
    let mut rows = Vec::new();
    for row in &seen.promises.rows {
        let pieces = names
            .iter()
            .zip([row.kept, row.late, row.broken])
            .map(|((class, name), n)| Piece {
                class,
                n: n as f64,
                says: format!("{name} {n}"),
            });
        bars.push(Bar {
            place: tell.short_period(row.starts_on),
            pieces: pieces.collect(),
            href: None,
        });
        let cells = vec![
            view.cell(row.kept, Figure::Kept, row.starts_on),
            view.cell(row.late, Figure::KeptLate, row.starts_on),
            view.cell(row.broken, Figure::Broken, row.starts_on),
            Cell::plain(row.kept_share.map_or_else(|| "–".to_owned(), |share| tell.share(share))),
        ];
        rows.push((tell.period(row.starts_on), cells));
    }
    rows.reverse();
    let whole = seen.promises.whole.first();
    let share = whole.and_then(|row| row.kept_share);
    let title = match share {
        Some(share) => fl!(words, "ops-promises-title", share = tell.share(share)),
        None => fl!(words, "ops-promises-none"),
    };
    let before = seen.promises.before.first().and_then(|row| row.kept_share);
    let mut heads = vec![fl!(words, "ops-period")];
    heads.extend(names.iter().map(|(_, name)| name.clone()));
    heads.push(fl!(words, "ops-kept"));
    Ok(Part {
        id: "chart-promises",
        note: tell.before(share, before, view.days(), |value| tell.share(value)),
        keys: names.to_vec(),
        drawn: match share {
            None => String::new(),
            Some(_) => charts::bars(&title, bars, &numbers())?,
        },
        table: Some(Table { heads, rows }),
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, CallBacks::NAME, CallBacks::DIMENSIONS, true),
        title,
        wide: false,
    })
}

/// What was open.
///
/// # Errors
/// When it cannot be written.
pub(super) fn backlog(view: &View<'_>) -> Result<Option<Part>> {
    let (seen, tell, words) = (view.seen, view.tell, view.words());
    let Some(backlog) = &seen.backlog else { return Ok(None) };
    let places: Vec<String> = backlog
        .rows
        .iter()
        .map(|row| tell.short_period(row.starts_on))
        .collect();
    let line = Series {
        name: fl!(words, "ops-open-short"),
        class: "l1",
        values: backlog.rows.iter().map(|row| Some(row.open_at_end as f64)).collect(),
    };
    let (came, went) = backlog
        .whole
        .first()
        .map_or((0, 0), |row| (row.received + row.reopened, row.closed));
    let (in_words, out_words) = (Tell::number(came as f64), Tell::number(went as f64));
    let title = if came > went {
        fl!(words, "ops-backlog-grows", came = in_words, went = out_words)
    } else if came < went {
        fl!(words, "ops-backlog-shrinks", came = in_words, went = out_words)
    } else {
        fl!(words, "ops-backlog-stays", came = in_words, went = out_words)
    };
    let rows = backlog.rows.iter().rev().map(|row| {
        let cells = vec![
            view.cell(row.received, Figure::Received, row.starts_on),
            Cell::plain(Tell::number(row.reopened as f64)),
            view.cell(row.closed, Figure::Closed, row.starts_on),
            Cell::plain(Tell::number(row.open_at_end as f64)),
        ];
        (tell.period(row.starts_on), cells)
    });
    Ok(Some(Part {
        id: "chart-backlog",
        note: fl!(words, "ops-backlog-note"),
        keys: Vec::new(),
        drawn: charts::line(&title, &places, &[line], None, &numbers())?,
        table: Some(Table {
            heads: vec![
                fl!(words, "ops-period"),
                fl!(words, "ops-came"),
                fl!(words, "ops-again"),
                fl!(words, "ops-went"),
                fl!(words, "ops-open"),
            ],
            rows: rows.collect(),
        }),
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, Backlog::NAME, Backlog::DIMENSIONS, false),
        title,
        wide: false,
    }))
}

/// Deadlines that passed.
///
/// # Errors
/// When it cannot be written.
pub(super) fn breaches(view: &View<'_>) -> Result<Part> {
    let (seen, tell, words) = (view.seen, view.tell, view.words());
    let bars = seen.breaches.rows.iter().map(|row| Bar {
        place: tell.short_period(row.starts_on),
        pieces: vec![Piece {
            class: "b5",
            n: row.breached as f64,
            says: Tell::number(row.breached as f64),
        }],
        href: None,
    });
    let n: i64 = seen.breaches.whole.iter().map(|row| row.breached).sum();
    let before: i64 = seen.breaches.before.iter().map(|row| row.breached).sum();
    let title = match n {
        0 => fl!(words, "ops-breaches-none"),
        _ => fl!(words, "ops-breaches-title", n = Tell::number(n as f64)),
    };
    let rows = seen.breaches.rows.iter().rev().map(|row| {
        (
            tell.period(row.starts_on),
            vec![view.cell(row.breached, Figure::Breached, row.starts_on)],
        )
    });
    Ok(Part {
        id: "chart-breaches",
        note: tell.before(Some(n as f64), Some(before as f64), view.days(), Tell::number),
        keys: Vec::new(),
        drawn: match n {
            0 => String::new(),
            _ => charts::bars(&title, bars.collect(), &numbers())?,
        },
        table: Some(Table {
            heads: vec![fl!(words, "ops-period"), fl!(words, "ops-breached")],
            rows: rows.collect(),
        }),
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, Breaches::NAME, Breaches::DIMENSIONS, false),
        title,
        wide: false,
    })
}

/// What was resolved in the first contact.
///
/// # Errors
/// When it cannot be written.
pub(super) fn spot(view: &View<'_>) -> Result<Part> {
    let (seen, tell, words) = (view.seen, view.tell, view.words());
    let places: Vec<String> = seen
        .spot
        .rows
        .iter()
        .map(|row| tell.short_period(row.starts_on))
        .collect();
    let line = Series {
        name: fl!(words, "ops-spot-short"),
        class: "l1",
        values: seen.spot.rows.iter().map(|row| row.share).collect(),
    };
    let whole = seen.spot.whole.first();
    let share = whole.and_then(|row| row.share);
    let before = seen.spot.before.first().and_then(|row| row.share);
    let title = match share {
        Some(share) => fl!(words, "ops-spot-title", share = tell.share(share)),
        None => fl!(words, "ops-spot-none"),
    };
    let percent = |share: f64| tell.share(share);
    let scale = Scale {
        even,
        tell: &percent,
        most: Some(1.0),
    };
    let rows = seen.spot.rows.iter().rev().map(|row| {
        let cells = vec![
            view.cell(row.closed_on_merits, Figure::OnMerits, row.starts_on),
            view.cell(row.on_the_spot, Figure::OnTheSpot, row.starts_on),
            Cell::plain(row.share.map_or_else(|| "–".to_owned(), |share| tell.share(share))),
        ];
        (tell.period(row.starts_on), cells)
    });
    Ok(Part {
        id: "chart-spot",
        note: tell.before(share, before, view.days(), |value| tell.share(value)),
        keys: Vec::new(),
        drawn: match share {
            None => String::new(),
            Some(_) => charts::line(&title, &places, &[line], None, &scale)?,
        },
        table: Some(Table {
            heads: vec![
                fl!(words, "ops-period"),
                fl!(words, "ops-merits"),
                fl!(words, "ops-spot-short"),
                fl!(words, "ops-share"),
            ],
            rows: rows.collect(),
        }),
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, OnTheSpot::NAME, OnTheSpot::DIMENSIONS, false),
        title,
        wide: false,
    })
}
