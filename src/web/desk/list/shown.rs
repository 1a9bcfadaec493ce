//! What the list shows of a complaint: the columns of the saved view, or the usual ones.

use std::collections::BTreeMap;

use crate::domain::casework::views::ViewColumn;
use crate::domain::complaints::list_filter::ListFilter;
use crate::domain::complaints::view::ComplaintSummary;
use crate::ids::TeamId;
use crate::web::desk::parts::{self, Row};
use crate::web::desk::voice::Voice;
use crate::web::desk::words::word;
use crate::web::forms::Form;

/// What the page shows of complaints when no view is chosen.
pub(super) const USUAL: &[ViewColumn] = &[
    ViewColumn::Reference,
    ViewColumn::Subject,
    ViewColumn::State,
    ViewColumn::Severity,
    ViewColumn::CustomerType,
    ViewColumn::Owner,
    ViewColumn::Tags,
    ViewColumn::DueAt,
    ViewColumn::ReceivedAt,
];

/// A column.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) slug: &'static str,
    pub(super) label: String,
}

/// The heads of these columns.
pub(super) fn columns(voice: Voice, columns: &[ViewColumn]) -> Vec<Column> {
    columns
        .iter()
        .map(|column| Column {
            slug: column.as_str(),
            label: word(voice.words, "column", column.as_str()),
        })
        .collect()
}

/// A complaint.
pub(super) struct Line {
    pub(super) row: Row,
    pub(super) tags: Vec<String>,
    pub(super) channel: String,
    pub(super) category: String,
    pub(super) team: String,
    pub(super) updated: String,
    pub(super) ticked: bool,
}

/// A complaint in the list.
pub(super) fn line(voice: Voice, teams: &BTreeMap<TeamId, String>, form: &Form, summary: &ComplaintSummary) -> Line {
    Line {
        row: parts::row(voice, summary),
        tags: summary.tags.clone(),
        channel: word(voice.words, "channel", summary.channel.as_str()),
        category: word(voice.words, "category", &summary.category),
        team: summary
            .team
            .and_then(|team| teams.get(&team).cloned())
            .unwrap_or_default(),
        updated: voice.short(summary.updated_at),
        ticked: form.is("id", &summary.id.to_string()),
    }
}

/// What a saved view says, in words: what it is called, and its value.
pub(super) fn told(voice: Voice, teams: &BTreeMap<TeamId, String>, filter: &ListFilter) -> Vec<(String, String)> {
    let words = voice.words;
    let day = |at| voice.short(at);
    let label = |key: &str| words.get(key);
    let kept: Vec<(String, Option<String>)> = vec![
        (label("desk-list-words"), filter.q.clone()),
        (
            label("desk-list-state"),
            filter.state.map(|state| word(words, "state", state.as_str())),
        ),
        (
            label("desk-list-state"),
            filter.open.map(|open| match open {
                true => label("desk-list-open"),
                false => word(words, "state", "closed"),
            }),
        ),
        (
            label("desk-kind"),
            filter.kind.map(|kind| word(words, "kind", kind.as_str())),
        ),
        (
            label("desk-channel"),
            filter.channel.map(|channel| word(words, "channel", channel.as_str())),
        ),
        (
            label("desk-category"),
            filter
                .category
                .as_ref()
                .map(|category| word(words, "category", category)),
        ),
        (
            label("desk-manner"),
            filter.customer_type.map(|of| word(words, "type", of.as_str())),
        ),
        (
            label("desk-owner"),
            filter.owner.as_deref().map(|owner| voice.person(owner)),
        ),
        (
            label("desk-team"),
            filter
                .team
                .map(|team| teams.get(&team).cloned().unwrap_or_else(|| team.to_string())),
        ),
        (label("desk-complaint"), filter.reference.clone()),
        (label("desk-list-elsewhere"), filter.external_ref.clone()),
        (label("desk-list-from"), filter.received_from.map(day)),
        (label("desk-list-before"), filter.received_before.map(day)),
        (label("desk-list-tag"), filter.tag.clone()),
        (
            label("desk-due"),
            filter.overdue.filter(|late| *late).map(|_| label("desk-list-overdue")),
        ),
        (label("desk-watchers"), filter.watched.map(|_| label("desk-list-me"))),
        (
            label("desk-list-order"),
            filter
                .order
                .map(|order| word(words, "order", super::asked::order_name(order))),
        ),
    ];
    kept.into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
