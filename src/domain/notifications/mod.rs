//! What leaves the process is first a row, written in the same transaction as the change it tells of.

mod store;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::db::schema::outbox;
use crate::db::types::Json;
use crate::domain::sla::clocks::signals::Addressee;
use crate::domain::tries;
use crate::error::Result;
use crate::ids::{CallBackId, ClockId, ComplaintId, InvitationId, MessageId, OutboxId, StaffId};
use crate::text_enum;

/// Something somebody outside has to be told. It names the thing; the text is read when it is
/// sent, so that an erasure in between is honoured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
pub enum Notice {
    /// Tell the customer that the complaint has arrived.
    Acknowledge {
        /// Which complaint.
        complaint_id: ComplaintId,
    },
    /// Send the customer a message.
    SendMessage {
        /// Which complaint.
        complaint_id: ComplaintId,
        /// Which message.
        message_id: MessageId,
    },
    /// Tell the lead that a promise was broken.
    PromiseBroken {
        /// Which complaint.
        complaint_id: ComplaintId,
        /// Which promise.
        call_back_id: CallBackId,
    },
    /// Warn that the time of a clock runs out.
    ClockWarning {
        /// Which complaint.
        complaint_id: ComplaintId,
        /// Which clock.
        clock_id: ClockId,
        /// Who is told.
        to: Addressee,
    },
    /// Tell that a clock is late.
    ClockBreached {
        /// Which complaint.
        complaint_id: ComplaintId,
        /// Which clock.
        clock_id: ClockId,
        /// Who is told.
        to: Addressee,
    },
    /// Bring a clock to somebody, by its chain.
    ClockEscalated {
        /// Which complaint.
        complaint_id: ComplaintId,
        /// Which clock.
        clock_id: ClockId,
        /// Which level of the chain, from 1.
        level: i32,
        /// Who is told.
        to: Addressee,
    },
    /// Tell somebody what became of a complaint that they watch.
    Watched {
        /// Which complaint.
        complaint_id: ComplaintId,
        /// Who watches it.
        staff_id: StaffId,
        /// What happened, in its order.
        news: Vec<Told>,
    },
    /// Send a person the link by which they set a password. The link is made again from the
    /// installation's secret when it is sent; the outbox does not hold it.
    InviteStaff {
        /// Whom.
        staff_id: StaffId,
        /// Which link.
        invitation_id: InvitationId,
    },
}

impl Notice {
    const fn complaint(&self) -> Option<ComplaintId> {
        match self {
            Self::Acknowledge { complaint_id }
            | Self::SendMessage { complaint_id, .. }
            | Self::PromiseBroken { complaint_id, .. }
            | Self::ClockWarning { complaint_id, .. }
            | Self::ClockBreached { complaint_id, .. }
            | Self::ClockEscalated { complaint_id, .. }
            | Self::Watched { complaint_id, .. } => Some(*complaint_id),
            Self::InviteStaff { .. } => None,
        }
    }

    const fn topic(&self) -> &'static str {
        match self {
            Self::Acknowledge { .. } => "acknowledge",
            Self::SendMessage { .. } => "send_message",
            Self::PromiseBroken { .. } => "promise_broken",
            Self::ClockWarning { .. } => "clock_warning",
            Self::ClockBreached { .. } => "clock_breached",
            Self::ClockEscalated { .. } => "clock_escalated",
            Self::Watched { .. } => "watched",
            Self::InviteStaff { .. } => "invite_staff",
        }
    }
}

text_enum! {
    /// What became of a complaint that somebody watches.
    News {
        /// Another person or team has it.
        Given = "given",
        /// A call was promised, or its time moved.
        Promised = "promised",
        /// A promised call was not made.
        PromiseBroken = "promise_broken",
        /// A deadline comes near.
        ClockWarned = "clock_warned",
        /// A deadline passed.
        ClockBreached = "clock_breached",
        /// It was closed.
        Closed = "closed",
        /// It was opened again.
        Reopened = "reopened",
    }
}

/// A piece of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What.
    pub what: News,
    /// When, to the second.
    #[serde(with = "seconds")]
    pub at: Moment,
}

/// Seconds since 1970: the outbox holds no text, nor anything that looks like it.
mod seconds {
    use chrono::TimeDelta;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::clock::Moment;

    pub(super) fn serialize<S: Serializer>(at: &Moment, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(at.timestamp())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Moment, D::Error> {
        let seconds = TimeDelta::try_seconds(i64::deserialize(from)?);
        let seconds = seconds.ok_or_else(|| serde::de::Error::custom("no moment"))?;
        Ok(Moment::EPOCH + seconds)
    }
}

/// A row of the outbox.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
pub struct OutboxRow {
    /// The delivery id towards the receiver: a receiver that has seen it need not act again.
    pub id: OutboxId,
    /// What it is about.
    pub topic: String,
    /// What to tell.
    pub payload: Json<Notice>,
    /// When it was written.
    pub created_at: Moment,
    /// When it is to be tried next.
    pub next_try_at: Moment,
    /// How often it was tried.
    pub tries: i32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was delivered.
    pub done_at: Option<Moment>,
    /// Which complaint it is about.
    pub complaint_id: Option<ComplaintId>,
}

impl OutboxRow {
    /// A new row that may be delivered at once.
    pub fn new(now: Moment, notice: Notice) -> Self {
        Self {
            id: OutboxId::new(now),
            topic: notice.topic().to_owned(),
            complaint_id: notice.complaint(),
            payload: Json(notice),
            created_at: now,
            next_try_at: now,
            tries: 0,
            last_error: None,
            done_at: None,
        }
    }
}

/// Puts notices into the outbox.
///
/// # Errors
/// When the database refuses.
pub fn post_all(conn: &mut Conn, rows: &[OutboxRow]) -> Result<()> {
    store::insert_all(conn, rows)
}

/// Puts one notice into the outbox.
///
/// # Errors
/// When the database refuses.
pub fn post(conn: &mut Conn, now: Moment, notice: Notice) -> Result<()> {
    store::insert_all(conn, &[OutboxRow::new(now, notice)])
}

/// What customers are told; everything else is among ourselves.
const TO_CUSTOMERS: [&str; 2] = ["acknowledge", "send_message"];

/// Stops what still waits to be sent to the customer about these complaints; says how many notices.
///
/// # Errors
/// When the database refuses.
pub fn stop(conn: &mut Conn, now: Moment, complaints: &[ComplaintId], why: &str) -> Result<usize> {
    let mut stopped = 0;
    for some in complaints.chunks(AT_ONCE) {
        stopped += store::stop(conn, now, some, &TO_CUSTOMERS, why)?;
    }
    Ok(stopped)
}

/// Takes out of the notices about these complaints what a receiver's answer may have left there.
///
/// # Errors
/// When the database refuses.
pub fn wipe(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<()> {
    store::forget_errors(conn, complaints)
}

/// How many notices there are about these complaints.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<i64> {
    store::count(conn, complaints)
}

/// The notices about these complaints, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn about(conn: &mut Conn, complaints: &[ComplaintId]) -> Result<Vec<OutboxRow>> {
    store::about(conn, complaints)
}

/// The most complaints that one statement names.
const AT_ONCE: usize = 500;

/// What has not been sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many notices wait to be sent.
    pub notices: usize,
    /// Since when the oldest of them does.
    pub oldest: Option<Moment>,
    /// How many were given up.
    pub dead: usize,
}

/// What has not been sent, counted up to `limit`.
///
/// # Errors
/// When the database refuses.
pub fn waiting(conn: &mut Conn, limit: i64) -> Result<Waiting> {
    let (dead, live): (Vec<_>, Vec<_>) = store::unsent(conn, limit)?
        .into_iter()
        .partition(|(_, tries)| *tries >= tries::MOST);
    Ok(Waiting {
        notices: live.len(),
        oldest: live.into_iter().map(|(since, _)| since).min(),
        dead: dead.len(),
    })
}
