//! What the people of the demo say and are called, in English and in Chinese.

use serde::Deserialize;

use crate::domain::complaints::vocabulary::{CauseCategory, Decision, Kind, Level, RedressType};
use crate::domain::typing::CustomerType;
use crate::error::Result;

/// The language of a customer and of everything said in the complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    Chinese,
}

impl Tongue {
    /// BCP 47.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

/// One matter that somebody may complain about, with all that is said on the way to its end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) kind: Kind,
    pub(super) category: String,
    pub(super) product: String,
    pub(super) customer_type: CustomerType,
    pub(super) severity: Level,
    pub(super) safety: bool,
    pub(super) subject: String,
    /// May hold `{order}`, `{days}` and `{amount}`.
    pub(super) statement: String,
    pub(super) facts: Vec<String>,
    pub(super) opinions: Vec<String>,
    pub(super) desired_remedy: String,
    pub(super) feeling: String,
    pub(super) apology: String,
    pub(super) need: String,
    pub(super) worry: String,
    pub(super) options: Vec<String>,
    pub(super) agreed: String,
    pub(super) action: String,
    pub(super) cause: CauseCategory,
    pub(super) root_cause: String,
    pub(super) decision: Decision,
    redress: String,
    pub(super) call_back_satisfied: String,
    pub(super) call_back_unsatisfied: String,
    pub(super) customer_message: String,
    pub(super) reply: String,
    pub(super) note: String,
}

impl Scenario {
    /// What puts it right, if anything is given.
    pub(super) fn redress(&self) -> Option<RedressType> {
        self.redress.parse().ok()
    }
}

/// A product; its name is all that is used.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Product {
    #[expect(
        dead_code,
        reason = "the list documents the invented brands; the scenarios name their product"
    )]
    name: String,
    #[expect(dead_code, reason = "as above")]
    category_hint: String,
}

/// Everything in one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Voices {
    pub(super) given_names: Vec<String>,
    pub(super) family_names: Vec<String>,
    pub(super) organisations: Vec<String>,
    pub(super) agents: Vec<String>,
    #[expect(
        dead_code,
        reason = "the list documents the invented brands; the scenarios name their product"
    )]
    products: Vec<Product>,
    pub(super) scenarios: Vec<Scenario>,
}

/// Both languages.
#[derive(Debug, Clone)]
pub(super) struct Corpus {
    english: Voices,
    chinese: Voices,
}

impl Corpus {
    /// Reads what is in the binary.
    pub(super) fn load() -> Result<Self> {
        Ok(Self {
            english: serde_json::from_str(include_str!("corpus/en.json"))?,
            chinese: serde_json::from_str(include_str!("corpus/zh.json"))?,
        })
    }

    pub(super) const fn voices(&self, tongue: Tongue) -> &Voices {
        match tongue {
            Tongue::English => &self.english,
            Tongue::Chinese => &self.chinese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_can_be_told_without_a_gap() {
        let corpus = Corpus::load().unwrap();
        for tongue in [Tongue::English, Tongue::Chinese] {
            let voices = corpus.voices(tongue);
            assert!(voices.agents.len() >= 12 && voices.scenarios.len() >= 60);
            for scenario in &voices.scenarios {
                assert!(scenario.options.contains(&scenario.agreed), "{}", scenario.subject);
                assert!(scenario.options.len() >= 2, "{}", scenario.subject);
                let other = scenario
                    .statement
                    .replace("{order}", "")
                    .replace("{days}", "")
                    .replace("{amount}", "");
                assert!(!other.contains('{'), "{other}");
                assert!(
                    scenario.redress == "none" || scenario.redress().is_some(),
                    "{}",
                    scenario.redress
                );
                let ours = [Decision::Upheld, Decision::Partly, Decision::Rejected].contains(&scenario.decision);
                assert!(ours, "{}", scenario.subject);
            }
        }
    }
}
