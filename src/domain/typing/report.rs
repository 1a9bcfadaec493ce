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
    let mut groups: BTreeMap<(String, String, Mode), Vec<Tally>> = BTreeMap::new();
    for tally in store::tallies(conn, from, before)? {
        let key = (tally.language.clone(), tally.model_version.clone(), tally.mode);
        groups.entry(key).or_default().push(tally);
    }
    let figures = groups
        .into_iter()
        .map(|((language, model_version, mode), tallies)| figures(language, model_version, mode, &tallies))
        .collect();
    Ok(TypingReport { from, before, figures })
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
    #[expect(clippy::cast_precision_loss, reason = "counts of complaints")]
    let share = |part: i64| part as f64 / n as f64;
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
}
