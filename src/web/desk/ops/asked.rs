//! What the address of the dashboard asks for: the days, one property, which time, how it is counted, in which zone.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::domain::complaints::vocabulary::{Channel, Kind, Level};
use crate::domain::reporting::measures::{Dimension, Span, Time};
use crate::domain::reporting::operations::OperationsForm;
use crate::domain::reporting::query::{Ask, first_day};
use crate::domain::staff::teams::TeamView;
use crate::domain::typing::CustomerType;
use crate::error::Problem;
use crate::web::desk::words::{Choice, word};
use crate::web::forms::Findings;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// Where the cases behind a figure are.
pub(super) const CASES: &str = "/ops/cases";
/// Asks for the tables of all charts.
pub(super) const EVERY_TABLE: &str = "all";

/// What was asked, and what of it cannot be read.
pub(super) struct Asked {
    pub(super) form: OperationsForm,
    /// Of which chart the table is shown, too; [`EVERY_TABLE`] of all.
    pub(super) table: Option<String>,
    pub(super) findings: Findings,
}

impl Asked {
    /// Reads the address.
    pub(super) fn of(visitor: &Visitor) -> Self {
        let words = visitor.words;
        let mut findings = Findings::default();
        let given = |name: &str| visitor.query(name).filter(|text| !text.trim().is_empty());
        let mut wrong = |name: &str, text: String| findings.add(name, text);
        let mut day = |name: &str| {
            let text = given(name)?;
            let day = text.parse::<NaiveDate>().ok();
            if day.is_none() {
                wrong(name, fl!(words, "ops-wrong-day"));
            }
            day
        };
        let (from, to) = (day("from"), day("to"));
        let days = given("days").and_then(|text| {
            let days = text.trim().parse::<i64>().ok();
            if days.is_none() {
                // There is no field of its own for it.
                wrong("from", fl!(words, "ops-wrong-days"));
            }
            days
        });
        let zone = given("zone").and_then(|name| {
            let zone = name.trim().parse::<Tz>().ok();
            if zone.is_none() {
                wrong("zone", fl!(words, "ops-wrong-zone"));
            }
            zone
        });
        let (dimension, value) = match given("of").and_then(|text| text.split_once(':')) {
            Some((dimension, value)) => (
                dimension.parse::<Dimension>().ok(),
                Some(value.replace('\0', "")).filter(|value| !value.is_empty()),
            ),
            None => (None, None),
        };
        Self {
            form: OperationsForm {
                from,
                to,
                days,
                value: value.filter(|_| dimension.is_some()),
                dimension,
                span: given("span").and_then(|word| word.parse::<Span>().ok()),
                time: given("time").and_then(|word| word.parse::<Time>().ok()),
                zone,
            },
            table: given("table").map(str::to_owned),
            findings,
        }
    }

    /// What the domain found.
    pub(super) fn add(&mut self, words: Words, problem: &Problem) {
        for error in &problem.errors {
            let (field, text) = match error.pointer.as_str() {
                "?from" | "?days" => ("from", fl!(words, "ops-wrong-days")),
                "?to" => ("to", fl!(words, "ops-wrong-day")),
                _ => ("of", fl!(words, "ops-wrong-property")),
            };
            self.findings.add(field, text);
        }
    }
}

/// The address of this view as others can use it: what was asked, written out.
pub(super) struct Address {
    pairs: Vec<(&'static str, String)>,
    /// How many days up to today it is of; nothing when it ends on another day.
    running: Option<i64>,
}

impl Address {
    /// Of what is looked at.
    pub(super) fn of(ask: &Ask, span: Span, zone: Tz) -> Self {
        let mut pairs = Vec::new();
        // Hundreds of links are on a page: what goes without saying is left out.
        if ask.from != first_day(ask.to) {
            pairs.push(("from", ask.from.to_string()));
        }
        pairs.push(("to", ask.to.to_string()));
        if let Some(value) = &ask.value {
            pairs.push(("of", format!("{}:{value}", ask.dimension)));
        }
        pairs.push(("time", ask.time.to_string()));
        if span != Span::FirstResponse {
            pairs.push(("span", span.to_string()));
        }
        if zone != ask.zone {
            pairs.push(("zone", zone.to_string()));
        }
        let running = (ask.to == ask.today).then(|| (ask.to - ask.from).num_days() + 1);
        Self { pairs, running }
    }

    /// A path with it, and more, that goes on with the days: up to whichever day is today then, if it ends today now.
    pub(super) fn running(&self, path: &str, more: &[(&str, String)]) -> String {
        match self.running {
            Some(days) => self.last(path, days, more),
            None => self.at(path, more),
        }
    }

    /// A path with it, and more, for so many days up to whichever day is today then.
    pub(super) fn last(&self, path: &str, days: i64, more: &[(&str, String)]) -> String {
        let mut pairs = self.pairs.clone();
        pairs.retain(|(name, _)| !matches!(*name, "from" | "to"));
        pairs.insert(0, ("days", days.to_string()));
        let running = None;
        Self { pairs, running }.at(path, more)
    }

    /// A path with it, and more.
    pub(super) fn at(&self, path: &str, more: &[(&str, String)]) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix(format!("{path}?"), path.len() + 1);
        for (name, value) in &self.pairs {
            // Opening time goes without saying where the cases are; the dashboard goes by the objective.
            let is_usual = path == CASES && *name == "time" && value == Time::Business.as_str();
            if !is_usual && !more.iter().any(|(have, _)| have == name) {
                query.append_pair(name, value);
            }
        }
        query.extend_pairs(more);
        query.finish()
    }
}

/// Where a report is as CSV; nothing where it cannot be told apart by the property that was asked for.
pub(super) fn report(ask: &Ask, name: &str, dimensions: &[Dimension], has_times: bool) -> Option<String> {
    let path = format!("/api/v1/reports/{name}?");
    let start = path.len();
    let mut query = form_urlencoded::Serializer::for_suffix(path, start);
    query
        .append_pair("from", &ask.from.to_string())
        .append_pair("to", &ask.to.to_string())
        .append_pair("by", ask.by.as_str());
    if let Some(value) = &ask.value {
        if !dimensions.contains(&ask.dimension) {
            return None;
        }
        query
            .append_pair("dimension", ask.dimension.as_str())
            .append_pair("value", value);
    }
    if has_times {
        query.append_pair("time", ask.time.as_str());
    }
    Some(query.append_pair("format", "csv").finish())
}

/// Values of one property, to choose one of.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) choices: Vec<Choice>,
}

/// Everything by which the figures can be narrowed down.
pub(super) fn groups(words: Words, ask: &Ask, teams: &[TeamView]) -> Vec<Group> {
    let chosen = ask.value.as_ref().map(|value| format!("{}:{value}", ask.dimension));
    let group = |dimension: Dimension, name: String, values: Vec<(String, String)>| Group {
        name,
        choices: values
            .into_iter()
            .map(|(value, label)| {
                let value = format!("{dimension}:{value}");
                Choice {
                    chosen: chosen.as_ref() == Some(&value),
                    value,
                    label,
                }
            })
            .collect(),
    };
    let pairs = |area: &str, values: Vec<&str>| {
        values
            .into_iter()
            .map(|value| (value.to_owned(), word(words, area, value)))
            .collect::<Vec<_>>()
    };
    let names = teams.iter().map(|team| (team.id.to_string(), team.name.clone()));
    let mut groups = vec![
        group(Dimension::Team, fl!(words, "ops-by-team"), names.collect()),
        group(
            Dimension::Channel,
            fl!(words, "ops-by-channel"),
            pairs("channel", Channel::ALL.iter().map(|v| v.as_str()).collect()),
        ),
        group(
            Dimension::CustomerType,
            fl!(words, "ops-by-type"),
            pairs("type", CustomerType::ALL.iter().map(|v| v.as_str()).collect()),
        ),
        group(
            Dimension::Severity,
            fl!(words, "ops-by-severity"),
            pairs("level", Level::ALL.iter().map(|v| v.as_str()).collect()),
        ),
        group(
            Dimension::Kind,
            fl!(words, "ops-by-kind"),
            pairs("kind", Kind::ALL.iter().map(|v| v.as_str()).collect()),
        ),
    ];
    if let (Dimension::Category, Some(value)) = (ask.dimension, &ask.value) {
        let own = vec![(value.clone(), word(words, "category", value))];
        groups.push(group(Dimension::Category, fl!(words, "ops-by-category"), own));
    }
    groups.retain(|group| !group.choices.is_empty());
    groups
}
