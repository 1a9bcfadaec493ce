//! Messages from and to the customer, and notes among ourselves.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::model::{Complaint, Message};
use super::procedure::Action;
use super::store;
use super::vocabulary::{BallWith, Direction, State};
use super::work::{Work, check_read};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::notifications::{self, Notice};
use crate::domain::privacy::{NotSent, consents};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::ids::{ComplaintId, MessageId};

/// A text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageForm {
    /// The text.
    #[schema(min_length = 1, max_length = 10000)]
    pub body: String,
}

/// A message that staff write to the customer, or enter for the customer (told on the phone, come by letter).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffMessageForm {
    /// The text.
    #[schema(min_length = 1, max_length = 10000)]
    pub body: String,
    /// `out` (the default) to the customer, `in` from the customer. Notes have an address of their own.
    pub direction: Option<Direction>,
}

/// A message or note.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MessageView {
    /// Its name here.
    pub id: MessageId,
    /// From the customer, to the customer, or among ourselves.
    pub direction: Direction,
    /// The text.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub written_at: Moment,
    /// Why it was kept and not sent to the customer, when it was to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_sent: Option<NotSent>,
}

impl From<Message> for MessageView {
    fn from(m: Message) -> Self {
        Self {
            id: m.id,
            direction: m.direction,
            body: m.body,
            author: m.author,
            written_at: m.written_at,
            not_sent: m.not_sent,
        }
    }
}

/// Writes a message or note on a complaint, closed or open. A message to the customer goes
/// through the outbox, unless they refuse messages: then it is kept, and marked. One from the customer ends a
/// wait for the customer.
///
/// # Errors
/// `request.invalid`; `resource.not_found`.
pub fn write(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    direction: Direction,
    form: &MessageForm,
) -> Result<MessageView> {
    let complaint = store::load(conn, id)?;
    check_read(conn, act, &complaint, expected)?;
    write_on(conn, act, complaint, direction, form)
}

/// Writes what staff send to the customer or enter for them.
///
/// # Errors
/// As [`write()`].
pub fn write_as_staff(
    conn: &mut Conn,
    act: &Act,
    id: ComplaintId,
    expected: Option<i32>,
    form: &StaffMessageForm,
) -> Result<MessageView> {
    let direction = form.direction.unwrap_or(Direction::Out);
    if direction == Direction::Internal {
        let mut check = Check::new();
        check.fail(
            "/direction",
            "not_allowed",
            "`in` or `out`; notes have an address of their own",
        );
        check.finish(())?;
    }
    write(
        conn,
        act,
        id,
        expected,
        direction,
        &MessageForm {
            body: form.body.clone(),
        },
    )
}

/// [`write()`] on a complaint that has been loaded.
pub(super) fn write_on(
    conn: &mut Conn,
    act: &Act,
    complaint: Complaint,
    direction: Direction,
    form: &MessageForm,
) -> Result<MessageView> {
    let mut work = Work::of(conn, act, complaint)?;
    work.take(&Action::Write)?;
    let mut check = Check::new();
    let body = check.text("/body", &form.body, 1, 10_000);
    check.finish(())?;
    let not_sent = match direction {
        Direction::Out => consents::why_not_sent(conn, act, work.after.customer_id)?,
        Direction::In | Direction::Internal => None,
    };
    let message = Message {
        id: MessageId::new(act.now),
        complaint_id: work.after.id,
        direction,
        body,
        author: act.actor.name.clone(),
        written_at: act.now,
        not_sent,
    };
    store::insert_message(conn, &message)?;
    let action = match direction {
        Direction::In => "message_received",
        Direction::Out if not_sent.is_some() => "message_not_sent",
        Direction::Out => "message_sent",
        Direction::Internal => "note_written",
    };
    if direction == Direction::Out && not_sent.is_none() {
        let notice = Notice::SendMessage {
            complaint_id: message.complaint_id,
            message_id: message.id,
        };
        notifications::post(conn, act.now, notice)?;
    }
    if direction == Direction::In && work.after.state == State::Waiting && work.after.ball_with == BallWith::Customer {
        work.take(&Action::Resume)?;
        work.after.ball_with = BallWith::Us;
    }
    let told = match not_sent {
        Some(why) => json!({ "message_id": message.id, "not_sent": why }),
        None => json!({ "message_id": message.id }),
    };
    work.finish(conn, act, action, None, Some(told))?;
    Ok(message.into())
}

/// A page of a complaint's messages and notes, the oldest first.
///
/// # Errors
/// `resource.not_found`.
pub fn page(conn: &mut Conn, id: ComplaintId, after: Option<MessageId>, limit: i64) -> Result<Vec<MessageView>> {
    store::load(conn, id)?;
    let messages = store::messages_of(conn, id, true, after, limit)?;
    Ok(messages.into_iter().map(MessageView::from).collect())
}
