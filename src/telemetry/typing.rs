//! Figures of the proposals of customer types.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use prometheus::{GaugeVec, Histogram, HistogramOpts, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

use super::registered;
use crate::clock::Moment;
use crate::domain::typing::report::TypingFigures;
use crate::error::Result;

/// How long figures of what is stored are good for, minutes: counting a month of proposals is work.
const GOOD_FOR: i64 = 5;

/// Figures of the proposals of customer types.
pub struct TypingMetrics {
    /// Proposals of a customer type that were asked for, by language and outcome.
    pub suggestions: IntCounterVec,
    /// Decisions of agents on a customer type, by whether they are what was proposed.
    pub decisions: IntCounterVec,
    /// How long a proposal took, seconds.
    pub seconds: Histogram,
    /// The number of what was learnt that is in use.
    pub layer: IntGauge,
    recent: Recent,
    due: Mutex<Moment>,
}

/// What is told of the stored proposals of the last days, by language, version of the model and mode.
struct Recent {
    proposals: IntGaugeVec,
    abstention: GaugeVec,
    agreement: GaugeVec,
    kappa: GaugeVec,
    calibration_error: GaugeVec,
    confusion: IntGaugeVec,
    calibration: IntGaugeVec,
}

const GROUP: [&str; 3] = ["language", "model_version", "mode"];

impl TypingMetrics {
    pub(super) fn new(r: &Registry) -> Result<Self> {
        Ok(Self {
            suggestions: registered(
                r,
                IntCounterVec::new(
                    Opts::new(
                        "hark_typing_suggestions_total",
                        "Proposals of a customer type that were asked for.",
                    ),
                    &["language", "outcome"],
                ),
            )?,
            decisions: registered(
                r,
                IntCounterVec::new(
                    Opts::new("hark_typing_decisions_total", "Decisions of agents on a customer type."),
                    &["mode", "result"],
                ),
            )?,
            seconds: registered(
                r,
                Histogram::with_opts(
                    HistogramOpts::new("hark_typing_duration_seconds", "How long a proposal took.")
                        .buckets(vec![0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.005, 0.025]),
                ),
            )?,
            layer: registered(
                r,
                IntGauge::new(
                    "hark_typing_layer_version",
                    "The number of what was learnt that is in use.",
                ),
            )?,
            recent: Recent::new(r)?,
            due: Mutex::new(Moment::EPOCH),
        })
    }

    /// Whether the stored proposals are to be counted again; says yes once in five minutes.
    pub fn is_due(&self, now: Moment) -> bool {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let is = *due <= now;
        if is {
            *due = now + TimeDelta::minutes(GOOD_FOR);
        }
        is
    }

    /// Takes over what became of the stored proposals.
    pub fn set_recent(&self, all: &[TypingFigures]) {
        self.recent.set(all);
    }
}

impl Recent {
    fn new(r: &Registry) -> Result<Self> {
        let count = |name: &str, help: &str, more: &[&str]| {
            let labels: Vec<&str> = GROUP.iter().chain(more).copied().collect();
            registered(r, IntGaugeVec::new(Opts::new(name, help), &labels))
        };
        let share = |name: &str, help: &str| registered(r, GaugeVec::new(Opts::new(name, help), &GROUP));
        Ok(Self {
            proposals: count(
                "hark_typing_proposals",
                "Proposals kept with complaints, 30 days; this and the following are at most five minutes old.",
                &[],
            )?,
            abstention: share(
                "hark_typing_abstention_ratio",
                "Of the proposals of 30 days: the share that left the type open.",
            )?,
            agreement: share(
                "hark_typing_agreement_ratio",
                "Of the decisions on proposals of 30 days: the share that is what was proposed.",
            )?,
            kappa: share(
                "hark_typing_kappa",
                "Agreement of proposals of 30 days with agents beyond chance (Cohen's kappa); only mode \"blind\" is free of anchoring.",
            )?,
            calibration_error: share(
                "hark_typing_calibration_error",
                "How far stated probabilities of 30 days are from agreement, mean over the decisions.",
            )?,
            confusion: count(
                "hark_typing_confusion",
                "Decisions on proposals of 30 days, by what was proposed and what the agent said first.",
                &["proposed", "said"],
            )?,
            calibration: count(
                "hark_typing_calibration",
                "Decisions for one of the four types on proposals of 30 days, by the tenth of the stated probability; result is \"decided\" or, for those of them that agree, \"agreed\".",
                &["from", "result"],
            )?,
        })
    }

    fn set(&self, all: &[TypingFigures]) {
        // Versions come and go: what is not told any more is forgotten.
        for counts in [&self.proposals, &self.confusion, &self.calibration] {
            counts.reset();
        }
        for shares in [&self.abstention, &self.agreement, &self.kappa, &self.calibration_error] {
            shares.reset();
        }
        for figures in all {
            let group = [
                figures.language.as_str(),
                figures.model_version.as_str(),
                figures.mode.as_str(),
            ];
            self.proposals.with_label_values(&group).set(figures.proposals);
            for (shares, value) in [
                (&self.abstention, figures.abstention()),
                (&self.agreement, figures.agreement()),
                (&self.kappa, figures.kappa),
                (&self.calibration_error, figures.calibration_error()),
            ] {
                if let Some(value) = value {
                    shares.with_label_values(&group).set(value);
                }
            }
            let [language, version, mode] = group;
            for cell in &figures.confusion {
                let labels = [language, version, mode, cell.proposed.as_str(), cell.said.as_str()];
                self.confusion.with_label_values(&labels).set(cell.n);
            }
            for bin in &figures.calibration {
                let from = format!("{:.1}", bin.from);
                for (result, n) in [("decided", bin.n), ("agreed", bin.agreed)] {
                    let labels = [language, version, mode, from.as_str(), result];
                    self.calibration.with_label_values(&labels).set(n);
                }
            }
        }
    }
}
