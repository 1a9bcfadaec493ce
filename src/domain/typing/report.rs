//! How good the proposals are at this desk: agreement with the agents, blind and shown, calibration,
//! abstention; by language and version of the model.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CustomerType;
use super::proposals::Mode;
use super::store::{self, Tally};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::error::Result;

/// One cell of the confusion matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cell {
    /// What was proposed; `not_clear` when nothing was.
    pub proposed: CustomerType,
    /// What the agent said first.
    pub said: CustomerType,
    /// How often.
    pub n: i64,
}

/// One point of the calibration curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CalibrationBin {
    /// The stated probability of the likeliest type, from this tenth on.
    #[schema(example = 0.8)]
    pub from: f64,
    /// How many proposals.
    pub n: i64,
    /// How many of them the agents agreed with.
    pub agreed: i64,
}

/// The figures of one language, version of the model and mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TypingFigures {
    /// The language the texts were read in.
    #[schema(example = "zh")]
    pub language: String,
    /// Edition of the model and number of what was learnt.
    #[schema(example = "1.0")]
    pub model_version: String,
    /// What the agents knew of the proposal; only `blind` measures agreement without anchoring.
    pub mode: Mode,
    /// How many proposals were kept.
    pub proposals: i64,
    /// For how many of them no type was clear.
    pub abstained: i64,
    /// How many the agents have decided.
    pub decided: i64,
    /// How many decisions are what was proposed.
    pub agreed: i64,
    /// Agreement beyond chance (Cohen's kappa), of what was proposed and what the agents said; nothing without decisions.
    pub kappa: Option<f64>,
    /// What was proposed against what the agents said first.
    pub confusion: Vec<Cell>,
    /// Stated probability against agreement, where agents named one of the four types.
    pub calibration: Vec<CalibrationBin>,
}

/// How good the proposals are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TypingReport {
    /// Proposals made from this moment on.
    pub from: Moment,
    /// And before this one.
    pub before: Moment,
    /// The figures, by language, version and mode.
    pub figures: Vec<TypingFigures>,
}

/// The time that is reported on when none is named.
const DAYS: i64 = 90;

/// Reports on the proposals of a time.
///
/// # Errors
/// When the database refuses.
pub fn report(conn: &mut Conn, now: Moment, from: Option<Moment>, before: Option<Moment>) -> Result<TypingReport> {
    let before = before.unwrap_or_else(|| now + TimeDelta::minutes(1));
    let from = from.unwrap_or_else(|| now + TimeDelta::days(-DAYS));
    let figures = grouped(store::tallies(conn, from, before)?);
    Ok(TypingReport { from, before, figures })
}

/// How many days figures for operations look back.
pub const RECENT_DAYS: i64 = 30;
/// How many versions of the model figures for operations tell apart, the latest ones.
const TOLD_APART: usize = 3;
/// What the versions before are called.
const EARLIER: &str = "earlier";

/// The figures of the last [`RECENT_DAYS`] days, for operations: the latest versions each, all others together, so
/// that there are never more than some dozens however often a desk learns.
///
/// # Errors
/// When the database refuses.
pub fn recent(conn: &mut Conn, now: Moment) -> Result<Vec<TypingFigures>> {
    let from = now + TimeDelta::days(-RECENT_DAYS);
    let mut tallies = store::tallies(conn, from, now + TimeDelta::minutes(1))?;
    fold_earlier(&mut tallies);
    Ok(grouped(tallies))
}

fn fold_earlier(tallies: &mut [Tally]) {
    let mut versions: Vec<(u32, u32)> = tallies.iter().map(|tally| number(&tally.model_version)).collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions.dedup();
    versions.truncate(TOLD_APART);
    for tally in tallies {
        if !versions.contains(&number(&tally.model_version)) {
            EARLIER.clone_into(&mut tally.model_version);
        }
    }
}

/// Edition and layer of a version's name.
fn number(version: &str) -> (u32, u32) {
    let (edition, layer) = version.split_once('.').unwrap_or((version, "0"));
    (edition.parse().unwrap_or(0), layer.parse().unwrap_or(0))
}

fn grouped(tallies: Vec<Tally>) -> Vec<TypingFigures> {
    let mut groups: BTreeMap<(String, String, Mode), Vec<Tally>> = BTreeMap::new();
    for tally in tallies {
        let key = (tally.language.clone(), tally.model_version.clone(), tally.mode);
        groups.entry(key).or_default().push(tally);
    }
    groups
        .into_iter()
        .map(|((language, model_version, mode), tallies)| figures(language, model_version, mode, &tallies))
        .collect()
}

impl TypingFigures {
    /// How far stated probabilities are from agreement, 0 to 1, each tenth of probability taken at its middle;
    /// nothing without decisions for one of the four types.
    pub fn calibration_error(&self) -> Option<f64> {
        let n: i64 = self.calibration.iter().map(|bin| bin.n).sum();
        let off = |bin: &CalibrationBin| ((bin.from + 0.05) * real(bin.n) - real(bin.agreed)).abs();
        (n > 0).then(|| self.calibration.iter().map(off).sum::<f64>() / real(n))
    }

    /// Decisions that are what was proposed, a share of all decisions.
    pub fn agreement(&self) -> Option<f64> {
        (self.decided > 0).then(|| real(self.agreed) / real(self.decided))
    }

    /// Proposals that left the type open, a share of all proposals.
    pub fn abstention(&self) -> Option<f64> {
        (self.proposals > 0).then(|| real(self.abstained) / real(self.proposals))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of complaints")]
const fn real(n: i64) -> f64 {
    n as f64
}

fn figures(language: String, model_version: String, mode: Mode, tallies: &[Tally]) -> TypingFigures {
    let mut cells: BTreeMap<(CustomerType, CustomerType), i64> = BTreeMap::new();
    let mut bins: BTreeMap<i32, (i64, i64)> = BTreeMap::new();
    for tally in tallies {
        let Some(said) = tally.first_type else { continue };
        let proposed = if tally.abstained {
            CustomerType::NotClear
        } else {
            tally.likeliest
        };
        *cells.entry((proposed, said)).or_default() += tally.n;
        if said != CustomerType::NotClear {
            let (n, agreed) = bins.entry(tally.confidence_bin).or_default();
            *n += tally.n;
            *agreed += if said == tally.likeliest { tally.n } else { 0 };
        }
    }
    let sum = |wanted: &dyn Fn(&Tally) -> bool| tallies.iter().filter(|t| wanted(t)).map(|t| t.n).sum();
    TypingFigures {
        language,
        model_version,
        mode,
        proposals: sum(&|_| true),
        abstained: sum(&|tally| tally.abstained),
        decided: cells.values().sum(),
        agreed: cells.iter().filter(|((a, b), _)| a == b).map(|(_, n)| n).sum(),
        kappa: kappa(&cells),
        confusion: cells
            .into_iter()
            .map(|((proposed, said), n)| Cell { proposed, said, n })
            .collect(),
        calibration: bins
            .into_iter()
            .map(|(bin, (n, agreed))| CalibrationBin {
                from: f64::from(bin) / 10.0,
                n,
                agreed,
            })
            .collect(),
    }
}

/// Cohen's kappa: how much oftener two agree than they would by chance.
fn kappa(cells: &BTreeMap<(CustomerType, CustomerType), i64>) -> Option<f64> {
    let n: i64 = cells.values().sum();
    if n == 0 {
        return None;
    }
    let share = |part: i64| real(part) / real(n);
    let agreed = share(cells.iter().filter(|((a, b), _)| a == b).map(|(_, n)| n).sum());
    let by_chance: f64 = CustomerType::ALL
        .iter()
        .map(|t| {
            let proposed = cells.iter().filter(|((a, _), _)| a == t).map(|(_, n)| n).sum();
            let said = cells.iter().filter(|((_, b), _)| b == t).map(|(_, n)| n).sum();
            share(proposed) * share(said)
        })
        .sum();
    if by_chance >= 1.0 {
        // Both always say the same one thing.
        return Some(1.0);
    }
    Some(((agreed - by_chance) / (1.0 - by_chance) * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CustomerType::{Angry, Friendly};

    #[test]
    fn kappa_is_one_for_agreement_and_nought_for_chance() {
        let cells = |list: &[(CustomerType, CustomerType, i64)]| list.iter().map(|(a, b, n)| ((*a, *b), *n)).collect();
        assert_eq!(kappa(&cells(&[])), None);
        assert_eq!(kappa(&cells(&[(Angry, Angry, 5), (Friendly, Friendly, 5)])), Some(1.0));
        let chance = [
            (Angry, Angry, 5),
            (Angry, Friendly, 5),
            (Friendly, Angry, 5),
            (Friendly, Friendly, 5),
        ];
        assert_eq!(kappa(&cells(&chance)), Some(0.0));
        assert_eq!(kappa(&cells(&[(Angry, Angry, 9)])), Some(1.0));
    }

    fn tally(version: &str, said: CustomerType, bin: i32, n: i64) -> Tally {
        Tally {
            language: "zh".to_owned(),
            model_version: version.to_owned(),
            mode: Mode::Blind,
            likeliest: Angry,
            abstained: false,
            first_type: Some(said),
            confidence_bin: bin,
            n,
        }
    }

    #[test]
    fn figures_for_operations_stay_few_however_many_versions_there_are() {
        let mut tallies: Vec<Tally> = (0..40).map(|n| tally(&format!("1.{n}"), Angry, 9, 1)).collect();
        tallies.push(tally("2.0", Friendly, 9, 1));
        fold_earlier(&mut tallies);
        let told = grouped(tallies);
        let versions: Vec<_> = told.iter().map(|f| (f.model_version.as_str(), f.proposals)).collect();
        assert_eq!(
            versions,
            [("1.38", 1), ("1.39", 1), ("2.0", 1), ("earlier", 38)],
            "by number, not by letter"
        );
    }

    #[test]
    fn the_calibration_error_is_how_far_agreement_is_from_what_was_stated() {
        let told = grouped(vec![
            tally("1.0", Angry, 9, 19),
            tally("1.0", Friendly, 9, 1),
            tally("1.0", Friendly, 4, 20),
        ]);
        // 20 at 0.95 of which 19 agreed; 20 at 0.45 of which none.
        let error = told[0].calibration_error().unwrap();
        assert!((error - 0.225).abs() < 1e-9, "{error}");
        assert_eq!(told[0].agreement(), Some(19.0 / 40.0));
        assert_eq!(told[0].abstention(), Some(0.0));
    }
}
