//! The desk's own figures in the words of Prometheus (text exposition format), beside those of the process.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::clock::Moment;
use crate::domain::complaints::vocabulary::{Channel, Level};
use crate::domain::reporting::desk::{Desk, TIMES};
use crate::domain::reporting::histogram::BOUNDS;
use crate::domain::reporting::measures::{Measure, Time};
use crate::domain::reporting::reports::ages::BANDS;
use crate::domain::reporting::rollup::Cell;
use crate::domain::typing::CustomerType;

/// Counters by channel.
const COUNTERS: &[(&str, &str, Measure)] = &[
    (
        "received",
        "Complaints, questions and feedback that reached us",
        Measure::Received,
    ),
    ("closed", "Closings of any kind", Measure::Closed),
    (
        "closed_on_merits",
        "Closings on the merits: upheld, partly, rejected",
        Measure::OnMerits,
    ),
    ("on_the_spot", "Closings in the first contact", Measure::OnTheSpot),
    (
        "reopened",
        "Closed complaints that the desk opened again",
        Measure::Reopened,
    ),
    (
        "disputed",
        "Closed complaints whose decision the customer did not accept",
        Measure::Disputed,
    ),
    (
        "promises_made",
        "Promised call-backs, those that replace others included",
        Measure::Promised,
    ),
    ("promises_kept", "Promises kept within the window", Measure::Kept),
    ("promises_late", "Promises kept after the window", Measure::Late),
    ("promises_broken", "Promises that were not kept", Measure::Broken),
];

/// Writes the figures.
pub(super) fn text(desk: &Desk, now: Moment) -> String {
    let mut out = Text::default();
    let channels: Vec<&str> = Channel::ALL.iter().map(|channel| channel.as_str()).collect();
    let types: Vec<&str> = CustomerType::ALL
        .iter()
        .map(|customer_type| customer_type.as_str())
        .collect();
    let levels: Vec<&str> = Level::ALL.iter().map(|level| level.as_str()).collect();
    for (name, help, measure) in TIMES {
        let name_by_channel = format!("hark_desk_{name}_seconds");
        out.head(&name_by_channel, &format!("{help}, by channel."), "histogram");
        out.histograms(&name_by_channel, ("channel", &channels), &desk.by_channel, measure);
        let name_by_type = format!("hark_desk_{name}_by_type_seconds");
        out.head(
            &name_by_type,
            &format!("{help}, by customer type at that moment."),
            "histogram",
        );
        out.histograms(&name_by_type, ("customer_type", &types), &desk.by_type, measure);
        let name_by_severity = format!("hark_desk_{name}_by_severity_seconds");
        out.head(
            &name_by_severity,
            &format!("{help}, by severity at that moment."),
            "histogram",
        );
        out.histograms(&name_by_severity, ("severity", &levels), &desk.by_severity, measure);
    }
    for (name, help, measure) in COUNTERS {
        let name = format!("hark_desk_{name}_total");
        out.head(&name, &format!("{help}, by channel."), "counter");
        for channel in &channels {
            let n = desk
                .by_channel
                .get(&(*measure, (*channel).to_owned()))
                .map_or(0, |cell| cell.n);
            out.line(&name, &format!("channel=\"{channel}\""), n);
        }
    }
    out.head(
        "hark_desk_breaches_total",
        "Deadlines that passed, by policy.",
        "counter",
    );
    for (policy, n) in &desk.breaches {
        out.line("hark_desk_breaches_total", &format!("policy=\"{policy}\""), *n);
    }
    standing(&mut out, desk, now);
    out.0
}

/// What stands where at this moment.
fn standing(out: &mut Text, desk: &Desk, now: Moment) {
    out.head(
        "hark_desk_open",
        "Open complaints by state and by age in whole days.",
        "gauge",
    );
    for ((state, band), n) in &desk.open {
        let from = BANDS.get(*band).copied().unwrap_or_default();
        let age = match BANDS.get(band + 1) {
            Some(next) => format!("{from}-{}", next - 1),
            None => format!("{from}+"),
        };
        out.line("hark_desk_open", &format!("state=\"{state}\",age_days=\"{age}\""), *n);
    }
    out.one(
        "hark_desk_unacknowledged",
        "Open complaints of which the customer does not know that we have them.",
        desk.unacknowledged,
    );
    out.one(
        "hark_desk_oldest_unacknowledged_seconds",
        "Age of the oldest of them, to the minute; 0 when there is none.",
        desk.unacknowledged_since
            .map_or(0, |since| (now - since).num_seconds().max(0)),
    );
    out.one(
        "hark_desk_oldest_unacknowledged_business_seconds",
        "For how long the desk has been open since the oldest of them came.",
        desk.unacknowledged_business,
    );
    out.one(
        "hark_desk_sweep_lag_seconds",
        "For how long the oldest warning, breach or escalation of a clock has waited to be given; 0 when none waits.",
        desk.signal_since.map_or(0, |since| (now - since).num_seconds().max(0)),
    );
    out.one(
        "hark_desk_reports_waiting",
        "Appended rows that wait to be folded into the sums of the reports.",
        desk.waiting,
    );
    let actions = "hark_desk_corrective_actions";
    out.head(
        actions,
        "Corrective actions that are open, overdue, or done and not yet looked at.",
        "gauge",
    );
    out.line(actions, "state=\"open\"", desk.actions.open);
    out.line(actions, "state=\"overdue\"", desk.actions.overdue);
    out.line(actions, "state=\"done\"", desk.actions.done);
    out.one(
        "hark_desk_rules_given_up",
        "Rules on events and time that failed again and again and were given up within the last day.",
        desk.rules_given_up,
    );
    out.head(
        "hark_desk_job_age_seconds",
        "How long ago each background job was last begun, by any process.",
        "gauge",
    );
    for (job, at) in &desk.jobs {
        let age = (now - *at).num_seconds().max(0);
        out.line("hark_desk_job_age_seconds", &format!("task=\"{job}\""), age);
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, n: i64) {
        let _ = writeln!(self.0, "{name}{{{labels}}} {n}");
    }

    fn one(&mut self, name: &str, help: &str, n: i64) {
        self.head(name, help, "gauge");
        let _ = writeln!(self.0, "{name} {n}");
    }

    /// One histogram for each value and way of counting time, also of what has not happened yet: what first appears with
    /// its first event hides it from `increase()`.
    fn histograms(
        &mut self,
        name: &str,
        (label, values): (&str, &[&str]),
        cells: &BTreeMap<(Measure, String), Cell>,
        measure: fn(Time) -> Measure,
    ) {
        let nothing = Cell::default();
        for value in values {
            for time in Time::ALL {
                let cell = cells.get(&(measure(*time), (*value).to_owned())).unwrap_or(&nothing);
                let labels = format!("{label}=\"{value}\",time=\"{time}\"");
                for bound in BOUNDS {
                    let n = cell.histogram.at_most(bound);
                    self.line(&format!("{name}_bucket"), &format!("{labels},le=\"{bound}\""), n);
                }
                self.line(&format!("{name}_bucket"), &format!("{labels},le=\"+Inf\""), cell.n);
                self.line(&format!("{name}_sum"), &labels, cell.total);
                self.line(&format!("{name}_count"), &labels, cell.n);
            }
        }
    }
}
