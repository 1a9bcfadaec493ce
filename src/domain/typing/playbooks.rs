//! How to handle each customer type, in both languages. The texts are part of the program.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CustomerType;
use crate::error::{Error, Result};

/// How to handle one customer type, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// The name of the type.
    #[schema(example = "Angry")]
    pub title: String,
    /// The one line to remember.
    pub advice: String,
    /// How to tell the type.
    pub traits: Vec<String>,
    /// What helps.
    #[serde(rename = "do")]
    pub dos: Vec<String>,
    /// What makes it worse.
    #[serde(rename = "do_not")]
    pub donts: Vec<String>,
    /// Things to say.
    pub phrases: Vec<String>,
    /// How to lead the call-back.
    pub call_back_script: Vec<String>,
}

/// How to handle one customer type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Which type.
    #[serde(rename = "type")]
    pub customer_type: CustomerType,
    /// The edition of the text.
    pub version: u32,
    /// In English.
    pub en: Guidance,
    /// In Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: Guidance,
}

static PLAYBOOKS: LazyLock<Result<Vec<Playbook>, String>> = LazyLock::new(|| {
    [
        include_str!("playbooks/insistent.json"),
        include_str!("playbooks/hesitant.json"),
        include_str!("playbooks/friendly.json"),
        include_str!("playbooks/angry.json"),
        include_str!("playbooks/not_clear.json"),
    ]
    .iter()
    .map(|text| serde_json::from_str(text).map_err(|e| format!("playbook: {e}")))
    .collect()
});

/// Every playbook, in the order of the types.
///
/// # Errors
/// When a text built into the program cannot be read (a test rules that out).
pub fn all() -> Result<&'static [Playbook]> {
    PLAYBOOKS.as_deref().map_err(Error::internal)
}

/// The playbook of one type.
///
/// # Errors
/// As [`all`].
pub fn of(customer_type: CustomerType) -> Result<&'static Playbook> {
    all()?
        .iter()
        .find(|playbook| playbook.customer_type == customer_type)
        .ok_or_else(|| Error::internal("a customer type has no playbook"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_playbook_in_both_languages() {
        for customer_type in CustomerType::ALL {
            let playbook = of(*customer_type).unwrap();
            for guidance in [&playbook.en, &playbook.zh_cn] {
                assert!(!guidance.advice.is_empty());
                for list in [
                    &guidance.traits,
                    &guidance.dos,
                    &guidance.donts,
                    &guidance.phrases,
                    &guidance.call_back_script,
                ] {
                    assert!(list.len() >= 3, "{customer_type}: {guidance:?}");
                }
            }
            assert!(playbook.zh_cn.title.chars().any(|c| c > '\u{4e00}'));
        }
    }
}
