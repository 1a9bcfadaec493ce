//! A proposal with its reasons: the ranked types, the words it rests on, how to meet the customer.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::layer::Live;
use super::model::Verdict;
use super::playbooks::{self, Playbook};
use super::{CustomerType, Language, reading};
use crate::domain::check::Check;
use crate::error::Result;

/// The longest text that a proposal is made for, characters.
const LONGEST: usize = 50_000;

/// What a proposal is wanted for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestionForm {
    /// The customer's words, or the agent's account of them, as far as written.
    #[schema(
        min_length = 1,
        max_length = 50000,
        example = "两周来每天晚上断网，打了三次电话都没人管！"
    )]
    pub text: String,
    /// BCP 47; needed only for a text without letters: otherwise the characters tell.
    #[schema(example = "zh-CN", max_length = 35)]
    pub lang: Option<String>,
    /// A name of the caller's making for the complaint that is being written; send it again when the complaint is
    /// logged. A share of them is blind: the agent decides before seeing a proposal, so that agreement can be measured.
    pub draft: Option<Uuid>,
    /// The type that the agent has chosen already; with it, a blind draft gets its proposal as well.
    pub customer_type: Option<CustomerType>,
}

/// A type with its probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RankedType {
    /// The type.
    #[serde(rename = "type")]
    pub customer_type: CustomerType,
    /// How likely it is, if the customer shows one of the four types; the four add up to 1.
    #[schema(example = 0.87)]
    pub probability: f64,
}

/// Words that a proposal rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Where they begin in the text that was sent, characters (Unicode code points) from 0.
    #[schema(example = 5)]
    pub start: u32,
    /// Where they end: one past the last character.
    #[schema(example = 9)]
    pub end: u32,
    /// The words.
    #[schema(example = "没人管")]
    pub text: String,
    /// How much they speak for the first type rather than the others: a share of the model's score.
    #[schema(example = 0.42)]
    pub weight: f64,
}

/// A proposal. The agent decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    /// The four types, the likeliest first; empty while a blind draft waits for the agent.
    pub types: Vec<RankedType>,
    /// Whether no type is clear enough to be proposed.
    pub abstained: bool,
    /// The probability that no type is clear; 0 while a blind draft waits.
    #[schema(example = 0.08)]
    pub unclear: f64,
    /// The proposed type; `not_clear` when the proposal is to leave it open; nothing while a blind draft waits.
    pub proposed: Option<CustomerType>,
    /// When no type is clear: the two that come nearest.
    pub nearest: Vec<CustomerType>,
    /// The words that the first type rests on, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// How to meet a customer of the proposed type.
    pub playbook: Option<Playbook>,
    /// The language that the text was read in: `zh` or `en`.
    #[schema(example = "zh")]
    pub language: String,
    /// Whether the agent is to decide first.
    pub blind: bool,
    /// Edition of the model and number of what this installation has learnt.
    #[schema(example = "1.0")]
    pub model_version: String,
}

/// Whether a draft belongs to the blind share.
pub fn is_blind(draft: Uuid, percent: u8) -> bool {
    let [first, second, ..] = <[u8; 32]>::from(Sha256::digest(draft.as_bytes()));
    u32::from(u16::from_be_bytes([first, second])) * 100 < u32::from(percent) * 65_536
}

/// Makes a proposal for a text.
///
/// # Errors
/// `request.invalid`.
pub fn suggest(live: &Live, form: &SuggestionForm, blind_percent: u8) -> Result<Suggestion> {
    let mut check = Check::new();
    let said = form.lang.as_deref().map(|lang| check.language("/lang", lang));
    let length = form.text.chars().count();
    if length == 0 {
        check.fail("/text", "too_short", "at least one character");
    } else if length > LONGEST {
        check.fail("/text", "too_long", format!("at most {LONGEST} characters"));
    }
    check.finish(())?;
    let language = Language::of(&form.text, said.as_deref());
    let blind = form.draft.is_some_and(|draft| is_blind(draft, blind_percent)) && form.customer_type.is_none();
    if blind {
        return Ok(Suggestion {
            types: Vec::new(),
            abstained: false,
            unclear: 0.0,
            proposed: None,
            nearest: Vec::new(),
            evidence: Vec::new(),
            playbook: None,
            language: language.as_str().to_owned(),
            blind,
            model_version: live.name(),
        });
    }
    let (verdict, evidence) = reading::explain(live, language, &form.text);
    told(live, language, &verdict, evidence)
}

fn told(live: &Live, language: Language, verdict: &Verdict, evidence: Vec<Evidence>) -> Result<Suggestion> {
    let ranked = verdict.ranked();
    let proposed = verdict.proposed();
    Ok(Suggestion {
        types: ranked
            .iter()
            .map(|(customer_type, p)| RankedType {
                customer_type: *customer_type,
                probability: rounded(*p),
            })
            .collect(),
        abstained: verdict.abstained,
        unclear: rounded(verdict.unclear),
        proposed: Some(proposed),
        nearest: match verdict.abstained {
            true => ranked.iter().take(2).map(|(customer_type, _)| *customer_type).collect(),
            false => Vec::new(),
        },
        evidence,
        playbook: Some(playbooks::of(proposed)?.clone()),
        language: language.as_str().to_owned(),
        blind: false,
        model_version: live.name(),
    })
}

/// To four places.
pub(super) fn rounded(p: f32) -> f64 {
    (f64::from(p) * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blind_share_is_about_as_large_as_it_was_set() {
        let drafts = (0..4_000_u128).map(Uuid::from_u128);
        let blind = drafts.filter(|draft| is_blind(*draft, 10)).count();
        assert!((320..480).contains(&blind), "{blind}");
        assert!(!is_blind(Uuid::nil(), 0) && is_blind(Uuid::nil(), 100));
    }

    #[test]
    fn an_angry_text_is_proposed_as_angry_with_the_words_that_say_so() {
        let live = Live::shipped().unwrap();
        let form = SuggestionForm {
            text: "你们就是一群骗子，黑心商家，等着上新闻吧！".to_owned(),
            lang: None,
            draft: None,
            customer_type: None,
        };
        let told = suggest(&live, &form, 0).unwrap();
        assert_eq!(told.proposed, Some(CustomerType::Angry));
        assert!(
            told.evidence.iter().any(|e| e.text.contains("骗子")),
            "{:?}",
            told.evidence
        );
        let sum: f64 = told.types.iter().map(|t| t.probability).sum();
        assert!((sum - 1.0).abs() < 0.001);
        let blind = suggest(
            &live,
            &SuggestionForm {
                draft: Some(Uuid::nil()),
                ..form
            },
            100,
        )
        .unwrap();
        assert!(blind.blind && blind.types.is_empty() && blind.playbook.is_none());
    }
}
