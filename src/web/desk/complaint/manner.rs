//! How the customer comes across: what was said of it, what is proposed, and the words that speak for it.

use crate::domain::complaints::view::ComplaintView;
use crate::domain::typing::suggestion::{self, Evidence, SuggestionForm};
use crate::domain::typing::{CustomerType, Live};
use crate::error::Result;
use crate::web::desk::voice::Voice;
use crate::web::desk::words::{Choice, choices, word};
use crate::web::forms::Form;

/// A piece of the statement: plain, or words that a proposal rests on.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) marked: bool,
}

/// The customer's manner: what is said, and what is proposed.
pub(super) struct TypePart {
    pub(super) slug: &'static str,
    pub(super) name: String,
    /// The proposal, while nobody has said anything.
    pub(super) proposed: Option<(&'static str, String)>,
    pub(super) percent: i64,
    /// Whether the agent is to say it before a proposal is shown.
    pub(super) blind: bool,
    pub(super) others: Vec<Choice>,
    pub(super) history: Vec<String>,
}

/// The manner that is said and proposed, and the words that a proposal rests on.
pub(super) fn manner(
    voice: Voice,
    live: &Live,
    view: &ComplaintView,
    form: &Form,
) -> Result<(TypePart, Vec<Evidence>)> {
    let words = voice.words;
    let present = view.summary.customer_type;
    let proposal = view.type_proposal.as_ref();
    let undecided = proposal.is_some_and(|proposal| proposal.decided.is_none());
    let proposed = proposal
        .filter(|_| undecided)
        .and_then(|proposal| proposal.proposed)
        .filter(|proposed| *proposed != CustomerType::NotClear);
    let evidence = match proposal.and_then(|proposal| proposal.proposed) {
        Some(_) => {
            let asked = SuggestionForm {
                text: view.statement.statement.clone(),
                lang: Some(view.summary.language.clone()),
                draft: None,
                customer_type: None,
            };
            suggestion::suggest(live, &asked, 0)?.evidence
        }
        None => Vec::new(),
    };
    let values = CustomerType::ALL.iter().map(|kind| kind.as_str());
    let part = TypePart {
        slug: present.as_str(),
        name: word(words, "type", present.as_str()),
        proposed: proposed.map(|kind| (kind.as_str(), word(words, "seems", kind.as_str()))),
        percent: i64::from(proposal.and_then(|p| p.confidence_permille).unwrap_or(0)) / 10,
        blind: undecided && proposal.is_some_and(|proposal| proposal.proposed.is_none()),
        others: choices(words, "type", values, (form, "type-customer_type"), present.as_str()),
        history: view
            .type_changes
            .iter()
            .map(|change| {
                let name = word(words, "type", change.customer_type.as_str());
                let at = voice.short(change.changed_at);
                let note = change.note.as_ref().map_or(String::new(), |note| format!(" · {note}"));
                format!("{name} · {} · {at}{note}", voice.person(&change.agent))
            })
            .collect(),
    };
    Ok((part, evidence))
}

/// The statement in pieces, the evidence marked.
pub(super) fn pieces(text: &str, evidence: &[Evidence]) -> Vec<Piece> {
    let mut spans: Vec<(u32, u32)> = evidence.iter().map(|found| (found.start, found.end)).collect();
    spans.sort_unstable();
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, c) in (0_u32..).zip(text.chars()) {
        let marked = spans.iter().any(|(start, end)| (*start..*end).contains(&at));
        match pieces.last_mut() {
            Some(piece) if piece.marked == marked => piece.text.push(c),
            _ => pieces.push(Piece {
                text: c.to_string(),
                marked,
            }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_evidence_are_marked_where_they_stand() {
        let found = Evidence {
            start: 2,
            end: 5,
            text: "没人管".to_owned(),
            weight: 0.4,
        };
        let pieces = pieces("三次没人管！", &[found]);
        let told: Vec<_> = pieces.iter().map(|piece| (piece.text.as_str(), piece.marked)).collect();
        assert_eq!(told, [("三次", false), ("没人管", true), ("！", false)]);
    }
}
