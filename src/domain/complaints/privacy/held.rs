//! Everything held about a customer's complaints, a page at a time, for the customer to read.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::store;
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::complaints::attachments::{self, AttachmentView};
use crate::domain::complaints::call_backs::{self, CallBackView};
use crate::domain::complaints::history;
use crate::domain::complaints::marks;
use crate::domain::complaints::messages::MessageView;
use crate::domain::complaints::model::TimelineEntry;
use crate::domain::complaints::relations::{self, HeldRelation, MergeView};
use crate::domain::complaints::timeline::EntryView;
use crate::domain::complaints::view::{ClosureView, ComplaintSummary, StatementView, StepView};
use crate::domain::drafts::{self, HeldDraft};
use crate::domain::notifications;
use crate::domain::reviews::privacy::{self as reviews, HeldReview};
use crate::domain::sla::clocks::export as clocks;
use crate::domain::sla::clocks::view::ClockView;
use crate::domain::typing::{CustomerType, proposals};
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, CustomerId};

/// How the conversation was perceived, at one moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldManner {
    /// In neutral words.
    #[schema(example = "strongly affected by the matter")]
    pub manner: String,
    /// What showed it.
    pub note: Option<String>,
    /// Who noted it.
    pub agent: String,
    /// When.
    pub changed_at: Moment,
}

/// What a machine made of the customer's words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldProposal {
    /// In neutral words.
    #[schema(example = "strongly affected by the matter")]
    pub manner: String,
    /// How likely it held that, in thousandths.
    pub confidence_permille: i32,
    /// Which model.
    pub model_version: String,
    /// When.
    pub proposed_at: Moment,
}

/// A notice about the complaint, to the customer or among ourselves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldNotice {
    /// What it was about.
    #[schema(example = "acknowledge")]
    pub topic: String,
    /// When it was written.
    pub created_at: Moment,
    /// How often it was tried to send it.
    pub tries: i32,
    /// Why the last try failed, or why it was not sent.
    pub last_error: Option<String>,
    /// When it was done with.
    pub done_at: Option<Moment>,
}

/// A complaint with everything held about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldComplaint {
    /// What lists show; the manner in neutral words.
    #[schema(value_type = Object)]
    pub complaint: Value,
    /// What was said, and the first assessment.
    pub statement: Option<StatementView>,
    /// The steps of handling, with what was recorded.
    pub steps: Vec<StepView>,
    /// How the conversation was perceived.
    pub manners: Vec<HeldManner>,
    /// What a machine proposed; people decide.
    pub proposed_manner: Option<HeldProposal>,
    /// Promised calls, with every attempt.
    pub call_backs: Vec<CallBackView>,
    /// Messages both ways, and notes among ourselves (direction `internal`).
    pub messages: Vec<MessageView>,
    /// What staff have typed about it and not saved.
    pub drafts: Vec<HeldDraft>,
    /// Every closing.
    pub closures: Vec<ClosureView>,
    /// What the files are; their content is read one by one.
    pub attachments: Vec<AttachmentView>,
    /// Every change.
    pub timeline: Vec<EntryView>,
    /// By when what had to happen, and whether it did.
    pub clocks: Vec<ClockView>,
    /// What was said among ourselves about calls with the customer.
    pub call_reviews: Vec<HeldReview>,
    /// Notices about it.
    pub notices: Vec<HeldNotice>,
    /// Who watches it.
    pub watchers: Vec<String>,
    /// What it has to do with other complaints.
    pub relations: Vec<HeldRelation>,
    /// That it was merged into another, with every undoing.
    pub merges: Vec<MergeView>,
    /// When the personal content was removed, if it was.
    pub content_removed_at: Option<Moment>,
}

/// A manner in words that a customer may read about themselves.
fn neutral(customer_type: CustomerType) -> &'static str {
    match customer_type {
        CustomerType::Insistent => "clear about what they want",
        CustomerType::Hesitant => "weighing the options",
        CustomerType::Friendly => "at ease in the conversation",
        CustomerType::Angry => "strongly affected by the matter",
        CustomerType::NotClear => "not recorded",
    }
}

/// Puts neutral words in the place of types, wherever they are.
pub fn neutralise(value: &mut Value) {
    let Some(members) = value.as_object_mut() else { return };
    for (name, member) in members {
        let known = member.as_str().and_then(|word| word.parse::<CustomerType>().ok());
        match known {
            Some(known) if name == "customer_type" => *member = Value::from(neutral(known)),
            _ => neutralise(member),
        }
    }
}

fn entry(e: TimelineEntry) -> EntryView {
    let values = |json: Option<crate::db::types::Json<Value>>| {
        json.map(|json| {
            let mut value = json.0;
            neutralise(&mut value);
            value
        })
    };
    EntryView {
        id: e.id,
        action: e.action,
        actor_kind: e.actor_kind,
        actor: e.actor,
        before: values(e.before),
        after: values(e.after),
        request_id: e.request_id,
        happened_at: e.happened_at,
    }
}

/// Sorts rows to the complaint each belongs to.
fn by_complaint<R, V>(rows: Vec<R>, of: impl Fn(&R) -> ComplaintId, view: impl Fn(R) -> V) -> Groups<V> {
    let mut groups = Groups::new();
    for row in rows {
        groups.entry(of(&row)).or_insert_with(Vec::new).push(view(row));
    }
    groups
}

/// Sorts what is told with its complaint.
fn grouped<V>(told: Vec<(ComplaintId, V)>) -> Groups<V> {
    let mut groups = Groups::new();
    for (id, value) in told {
        groups.entry(id).or_insert_with(Vec::new).push(value);
    }
    groups
}

type Groups<V> = BTreeMap<ComplaintId, Vec<V>>;

fn of<V>(groups: &mut Groups<V>, id: ComplaintId) -> Vec<V> {
    groups.remove(&id).unwrap_or_default()
}

/// At most `limit` complaints of a customer after the place `after`, the oldest first, and where to go on. One
/// query for each table, however many complaints there are.
///
/// # Errors
/// When the database refuses.
pub fn page(
    conn: &mut Conn,
    customer: CustomerId,
    now: Moment,
    after: i64,
    limit: i64,
) -> Result<(Vec<HeldComplaint>, Option<i64>)> {
    let complaints = store::page(conn, customer, after, limit)?;
    let full = i64::try_from(complaints.len()).unwrap_or_default() == limit;
    let next = complaints.last().filter(|_| full).map(|complaint| complaint.seq);
    let ids: Vec<ComplaintId> = complaints.iter().map(|complaint| complaint.id).collect();
    let mut statements: BTreeMap<_, _> = store::statements(conn, &ids)?
        .into_iter()
        .map(|s| (s.complaint_id, StatementView::from(s)))
        .collect();
    let mut steps = by_complaint(store::steps(conn, &ids)?, |row| row.complaint_id, StepView::from);
    let mut manners = by_complaint(store::type_changes(conn, &ids)?, |row| row.complaint_id, manner);
    let mut closures = by_complaint(store::closures(conn, &ids)?, |row| row.complaint_id, ClosureView::from);
    let mut messages = by_complaint(store::messages(conn, &ids)?, |row| row.complaint_id, MessageView::from);
    let told = by_complaint(store::timeline(conn, &ids)?, |row| row.complaint_id, |row| row);
    let histories = complaints
        .iter()
        .map(|complaint| {
            let entries = told.get(&complaint.id).map_or(&[][..], Vec::as_slice);
            (complaint.id, history::read(complaint, entries))
        })
        .collect();
    let mut clocks = clocks::of_complaints(conn, now, &histories)?;
    let mut timeline: Groups<EntryView> = told
        .into_iter()
        .map(|(id, rows)| (id, rows.into_iter().map(entry).collect()))
        .collect();
    let promises = store::call_backs(conn, &ids)?;
    let promises = call_backs::views(conn, promises, now)?;
    let mut promises = by_complaint(promises, |view| view.complaint_id, |view| view);
    let mut proposals: BTreeMap<ComplaintId, HeldProposal> = proposals::of_all(conn, &ids)?
        .into_iter()
        .map(|told| (told.complaint_id, proposed(told)))
        .collect();
    let mut files = grouped(attachments::of_complaints(conn, &ids)?);
    let mut drafts = grouped(drafts::held(conn, &ids)?);
    let mut calls = grouped(reviews::held(conn, &ids)?);
    let mut notices = Groups::new();
    for row in notifications::about(conn, &ids)? {
        if let Some(id) = row.complaint_id {
            notices.entry(id).or_insert_with(Vec::new).push(HeldNotice {
                topic: row.topic,
                created_at: row.created_at,
                tries: row.tries,
                last_error: row.last_error,
                done_at: row.done_at,
            });
        }
    }
    let mut tags = marks::tags_of(conn, &ids)?;
    let mut watchers = marks::watchers_of(conn, &ids)?;
    let mut links: Groups<HeldRelation> = Groups::new();
    for (id, link) in relations::held(conn, &ids)? {
        links.entry(id).or_default().push(link);
    }
    let mut merges: Groups<MergeView> = Groups::new();
    for (id, merge) in relations::held_merges(conn, &ids)? {
        merges.entry(id).or_default().push(merge);
    }
    let mut gone: BTreeMap<ComplaintId, Moment> = store::gone_since(conn, &ids)?.into_iter().collect();
    let mut held = Vec::with_capacity(complaints.len());
    for complaint in complaints {
        let id = complaint.id;
        let summary = ComplaintSummary {
            tags: of(&mut tags, id),
            ..complaint.into()
        };
        let mut summary = serde_json::to_value(summary).map_err(Error::from)?;
        neutralise(&mut summary);
        held.push(HeldComplaint {
            complaint: summary,
            statement: statements.remove(&id),
            steps: of(&mut steps, id),
            manners: of(&mut manners, id),
            proposed_manner: proposals.remove(&id),
            call_backs: of(&mut promises, id),
            messages: of(&mut messages, id),
            drafts: of(&mut drafts, id),
            closures: of(&mut closures, id),
            attachments: of(&mut files, id),
            timeline: of(&mut timeline, id),
            clocks: of(&mut clocks, id),
            call_reviews: of(&mut calls, id),
            notices: of(&mut notices, id),
            watchers: of(&mut watchers, id),
            relations: of(&mut links, id),
            merges: of(&mut merges, id),
            content_removed_at: gone.remove(&id),
        });
    }
    Ok((held, next))
}

fn proposed(told: proposals::Told) -> HeldProposal {
    HeldProposal {
        manner: neutral(told.proposed).to_owned(),
        confidence_permille: told.confidence_permille,
        model_version: told.model_version,
        proposed_at: told.proposed_at,
    }
}

fn manner(change: crate::domain::complaints::model::TypeChange) -> HeldManner {
    HeldManner {
        manner: neutral(change.customer_type).to_owned(),
        note: change.note,
        agent: change.agent,
        changed_at: change.changed_at,
    }
}
