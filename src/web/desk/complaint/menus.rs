//! What can be chosen in the forms of a complaint's page.

use crate::domain::complaints::view::ComplaintSummary;
use crate::domain::complaints::vocabulary::{
    CallBackPurpose, CauseCategory, Decision, Kind, Level, RedressStatus, RedressType,
};
use crate::domain::staff::teams::TeamView;
use crate::web::desk::voice::Voice;
use crate::web::desk::words::{Choice, choices, or_none};
use crate::web::forms::Form;

/// The subjects that a complaint may be about, beside what a desk calls by names of its own.
pub(in crate::web::desk) const CATEGORIES: &[&str] = &[
    "other",
    "service_delay",
    "billing",
    "product_quality",
    "delivery",
    "repair",
    "contract",
    "information",
    "staff_conduct",
    "unwanted_contact",
    "unsolved",
];

/// What can be chosen in the forms of the page.
pub(super) struct Menus {
    pub(super) decision: Vec<Choice>,
    pub(super) redress: Vec<Choice>,
    pub(super) redress_status: Vec<Choice>,
    pub(super) progress: Vec<Choice>,
    pub(super) cause: Vec<Choice>,
    pub(super) purpose: Vec<Choice>,
    pub(super) ball: Vec<Choice>,
    pub(super) way: Vec<Choice>,
    pub(super) severity: Vec<Choice>,
    pub(super) category: Vec<Choice>,
    pub(super) kind: Vec<Choice>,
    pub(super) team: Vec<Choice>,
}

/// What can be chosen, and what is.
pub(super) fn menus(voice: Voice, summary: &ComplaintSummary, teams: &[TeamView], form: &Form) -> Menus {
    let words = voice.words;
    let decisions = Decision::ALL
        .iter()
        .filter(|decision| **decision != Decision::Withdrawn)
        .map(|decision| decision.as_str());
    let mut categories = CATEGORIES.to_vec();
    if !categories.contains(&summary.category.as_str()) {
        categories.push(&summary.category);
    }
    let status = || RedressStatus::ALL.iter().map(|status| status.as_str());
    Menus {
        decision: or_none(
            words,
            choices(words, "decision", decisions, (form, "close-decision"), ""),
        ),
        redress: or_none(
            words,
            choices(
                words,
                "redress",
                RedressType::ALL.iter().map(|r| r.as_str()),
                (form, "close-redress-type"),
                "",
            ),
        ),
        redress_status: choices(
            words,
            "redress-status",
            status(),
            (form, "close-redress-status"),
            "offered",
        ),
        progress: choices(words, "redress-status", status(), (form, "redress-status"), "paid"),
        cause: or_none(
            words,
            choices(
                words,
                "cause",
                CauseCategory::ALL.iter().map(|c| c.as_str()),
                (form, "close-cause_category"),
                "",
            ),
        ),
        purpose: choices(
            words,
            "purpose",
            CallBackPurpose::ALL.iter().map(|p| p.as_str()),
            (form, "promise-purpose"),
            "confirm_resolution",
        ),
        ball: choices(
            words,
            "ball",
            ["customer", "third_party"],
            (form, "wait-ball_with"),
            "customer",
        ),
        way: choices(
            words,
            "way",
            ["internal", "out", "in"],
            (form, "write-direction"),
            "internal",
        ),
        severity: choices(
            words,
            "level",
            Level::ALL.iter().map(|level| level.as_str()),
            (form, "sort-severity"),
            summary.severity.as_str(),
        ),
        category: choices(
            words,
            "category",
            categories,
            (form, "sort-category"),
            &summary.category,
        ),
        kind: choices(
            words,
            "kind",
            Kind::ALL.iter().map(|kind| kind.as_str()),
            (form, "sort-kind"),
            summary.kind.as_str(),
        ),
        team: team_choices(voice, summary, teams, form),
    }
}

fn team_choices(voice: Voice, summary: &ComplaintSummary, teams: &[TeamView], form: &Form) -> Vec<Choice> {
    let present = summary.team.map_or(String::new(), |team| team.to_string());
    let chosen = form.given("assign-team").unwrap_or(present);
    let none = Choice {
        value: String::new(),
        label: voice.words.get("desk-no-team"),
        chosen: chosen.is_empty(),
    };
    let teams = teams.iter().map(|team| Choice {
        chosen: team.id.to_string() == chosen,
        value: team.id.to_string(),
        label: team.name.clone(),
    });
    std::iter::once(none).chain(teams).collect()
}
