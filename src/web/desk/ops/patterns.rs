//! When complaints come in, and what becomes of the manner of customers.

use super::asked::report;
use super::charts::{self, Heat, Hour};
use super::parts::{Cell, Part, Table, View};
use super::tell::Tell;
use crate::domain::reporting::operations::cases::Figure;
use crate::domain::reporting::reports::Kind as _;
use crate::domain::reporting::reports::arrivals::Arrivals;
use crate::domain::reporting::reports::types::Types;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::web::desk::words::word;
use crate::web::i18n::fl;

/// When complaints came in.
///
/// # Errors
/// When it cannot be written.
pub(super) fn hours(view: &View<'_>) -> Result<Part> {
    let (seen, words) = (view.seen, view.words());
    let cells = seen.hours.iter().enumerate().flat_map(|(day, hours)| {
        let cell = move |(hour, n): (usize, &i64)| (*n, day, hour);
        hours.iter().enumerate().map(cell)
    });
    let most = cells.max_by_key(|(n, day, hour)| (*n, std::cmp::Reverse((*day, *hour))));
    let (most, at_day, at_hour) = most.unwrap_or_default();
    let all: i64 = seen.hours.iter().flatten().sum();
    let day_name = |day: usize| word(words, "weekday", &(day + 1).to_string());
    let cases = |day: Option<usize>, hour: Option<usize>, n: i64| view.cases_at(day, hour).filter(|_| n > 0);
    let days = seen.hours.iter().enumerate().map(|(day, hours)| {
        let total: i64 = hours.iter().sum();
        let hour = |(hour, n): (usize, &i64)| Hour {
            class: charts::tint(*n, most),
            n: *n,
            href: cases(Some(day), Some(hour), *n),
        };
        charts::Day {
            name: day_name(day).chars().take(3).collect(),
            rest: day_name(day).chars().skip(3).collect(),
            href: cases(Some(day), None, total),
            hours: hours.iter().enumerate().map(hour).collect(),
            total,
        }
    });
    let title = match all {
        0 => fl!(words, "ops-hours-none"),
        _ => fl!(words, "ops-hours-title", day = day_name(at_day), hour = at_hour),
    };
    let zone = crate::web::time::zone_name(words, view.tell.lang, seen.zone);
    let note = fl!(words, "ops-hours-note", n = Tell::number(all as f64), zone = zone);
    let heat = Heat {
        caption: note,
        day: fl!(words, "ops-weekday"),
        total: fl!(words, "ops-together"),
        hours: (0..24)
            .map(|hour| {
                let n: i64 = seen.hours.iter().filter_map(|day| day.get(hour)).sum();
                (hour, cases(None, Some(hour), n))
            })
            .collect(),
        days: days.collect(),
    };
    Ok(Part {
        id: "chart-hours",
        note: String::new(),
        keys: Vec::new(),
        drawn: match all {
            0 => String::new(),
            _ => charts::written(&heat)?,
        },
        table: None,
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, Arrivals::NAME, Arrivals::DIMENSIONS, false),
        title,
        wide: true,
    })
}

/// The manner of customers at first and at the closing.
///
/// # Errors
/// When it cannot be written.
pub(super) fn types(view: &View<'_>) -> Result<Option<Part>> {
    let (seen, tell, words) = (view.seen, view.tell, view.words());
    let Some(types) = &seen.types else { return Ok(None) };
    let n = |first: Option<CustomerType>, last: Option<CustomerType>| -> i64 {
        types
            .iter()
            .filter(|row| first.is_none_or(|first| row.first == first) && last.is_none_or(|last| row.last == last))
            .map(|row| row.n)
            .sum()
    };
    let name = |manner: &CustomerType| word(words, "type", manner.as_str());
    let parts = |of: &dyn Fn(CustomerType) -> i64| {
        let part = |manner: &CustomerType| (tint(*manner).to_owned(), name(manner), of(*manner));
        CustomerType::ALL.iter().map(part).collect::<Vec<_>>()
    };
    let all = n(None, None);
    let (angry, calmed) = (
        n(Some(CustomerType::Angry), None),
        n(Some(CustomerType::Angry), None) - n(Some(CustomerType::Angry), Some(CustomerType::Angry)),
    );
    let title = match (all, angry) {
        (0, _) => fl!(words, "ops-types-none"),
        (_, 0) => fl!(words, "ops-types-calm"),
        _ => fl!(words, "ops-types-title", angry = angry, calmed = calmed),
    };
    let stacks = [
        (fl!(words, "ops-types-first"), parts(&|manner| n(Some(manner), None))),
        (fl!(words, "ops-types-last"), parts(&|manner| n(None, Some(manner)))),
    ];
    let mut heads = vec![fl!(words, "ops-types-from")];
    heads.extend(CustomerType::ALL.iter().map(name));
    let rows = CustomerType::ALL.iter().map(|first| {
        let cell = |last: &CustomerType| {
            let n = n(Some(*first), Some(*last));
            let more = [("first", first.to_string()), ("last", last.to_string())];
            Cell {
                text: Tell::number(n as f64),
                href: view.cases(Figure::Types, &more).filter(|_| n > 0),
            }
        };
        (name(first), CustomerType::ALL.iter().map(cell).collect())
    });
    Ok(Some(Part {
        id: "chart-types",
        note: fl!(words, "ops-types-note", n = Tell::number(all as f64)),
        keys: CustomerType::ALL
            .iter()
            .map(|manner| (tint(*manner), name(manner)))
            .collect(),
        drawn: match all {
            0 => String::new(),
            _ => charts::stacks(&title, &stacks, &|share| tell.share(share))?,
        },
        table: Some(Table {
            heads,
            rows: rows.collect(),
        }),
        bare: false,
        turned: String::new(),
        csv: report(&seen.ask, Types::NAME, Types::DIMENSIONS, false),
        title,
        wide: false,
    }))
}

/// The class of a manner's colour.
const fn tint(manner: CustomerType) -> &'static str {
    match manner {
        CustomerType::Insistent => "type-insistent",
        CustomerType::Hesitant => "type-hesitant",
        CustomerType::Friendly => "type-friendly",
        CustomerType::Angry => "type-angry",
        CustomerType::NotClear => "type-not_clear",
    }
}
