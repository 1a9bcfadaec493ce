//! Identifiers: one newtype per thing, all UUID version 7 (RFC 9562), so that they sort by creation.

use std::sync::{LazyLock, Mutex};

use crate::clock::Moment;
use uuid::timestamp::context::ContextV7;
use uuid::{Timestamp, Uuid};

static CONTEXT: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));

/// A new UUIDv7 for the moment `now`. Identifiers made by one process for the same
/// millisecond still ascend in the order they were made.
pub fn new(now: Moment) -> Uuid {
    let context = CONTEXT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos()))
}

/// A UUIDv7 for the moment `now` with the given bits where others are random: for rows that must
/// come out the same every time.
pub fn with_bits(now: Moment, bits: &[u8; 10]) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, bits).into_uuid()
}

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
                 serde::Serialize, serde::Deserialize, utoipa::ToSchema,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = crate::db::types::Uid)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid, example = "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier for the moment `now`.
            pub fn new(now: Moment) -> Self {
                Self(new(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl diesel::serialize::ToSql<crate::db::types::Uid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                <Uuid as diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        impl diesel::serialize::ToSql<crate::db::types::Uid, diesel::sqlite::Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>) -> diesel::serialize::Result {
                crate::db::types::uid_to_sqlite(&self.0, out)
            }
        }

        impl diesel::serialize::ToSql<crate::db::types::Uid, crate::db::conn::MultiBackend> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, crate::db::conn::MultiBackend>) -> diesel::serialize::Result {
                out.set_value((crate::db::types::Uid, self));
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl diesel::deserialize::FromSql<crate::db::types::Uid, diesel::pg::Pg> for $name {
            fn from_sql(bytes: <diesel::pg::Pg as diesel::backend::Backend>::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <Uuid as diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::from_sql(bytes).map(Self)
            }
        }

        impl diesel::deserialize::FromSql<crate::db::types::Uid, diesel::sqlite::Sqlite> for $name {
            fn from_sql(bytes: <diesel::sqlite::Sqlite as diesel::backend::Backend>::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                crate::db::types::uid_from_sqlite(bytes).map(Self)
            }
        }

        impl diesel::deserialize::FromSql<crate::db::types::Uid, crate::db::conn::MultiBackend> for $name {
            fn from_sql(bytes: <crate::db::conn::MultiBackend as diesel::backend::Backend>::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                bytes.from_sql::<Self, crate::db::types::Uid>()
            }
        }
    )+};
}

id! {
    /// Names a complaint (or question, or feedback).
    ComplaintId,
    /// Names a customer.
    CustomerId,
    /// Names a promise to call back.
    CallBackId,
    /// Names one attempt to keep a promise.
    AttemptId,
    /// Names an entry of a complaint's timeline.
    EntryId,
    /// Names a message or internal note.
    MessageId,
    /// Names a row of the outbox; it is the delivery id towards receivers.
    OutboxId,
    /// Names a service token.
    TokenId,
    /// Names a change of the customer type.
    TypeChangeId,
    /// Names one closing of a complaint.
    ClosureId,
    /// Names a file that belongs to a complaint.
    AttachmentId,
    /// Names a person who works here.
    StaffId,
    /// Names a session of a person who signed in.
    SessionId,
    /// Names a link by which a person sets a password.
    InvitationId,
    /// Names a team.
    TeamId,
    /// Names an entry about a consent.
    ConsentId,
    /// Names a legal hold.
    HoldId,
    /// Names something that was done about a customer's privacy.
    PrivacyEventId,
    /// Names a run of the retention rules.
    RetentionRunId,
    /// Names something that the word index still has to forget.
    PurgeId,
    /// Names an event of the audit.
    AuditEventId,
    /// Names a value that an event of the audit refers to.
    AuditValueId,
    /// Names anything that the audit tells of; the kind stands beside it.
    AnyId,
    /// Names what somebody handed over when they left.
    HandOverId,
    /// Names a clock of a complaint.
    ClockId,
    /// Names an absence of somebody who works here.
    AbsenceId,
    /// Names a turn of the rules of routing: that a version came into force, or none is any more.
    RoutingTurnId,
    /// Names a turn of the rules on events and time: that a version came into force, or none is any more.
    RuleTurnId,
    /// Names something that a rule did.
    RuleFiringId,
    /// Names a turn of a policy: that it came into force, or out of it.
    PolicyTurnId,
    /// Names a bulk action: the same actions on many complaints.
    BulkActionId,
    /// Names a saved view of the list of complaints.
    ViewId,
    /// Names a merge of a complaint into another.
    MergeId,
    /// Names a corrective action.
    CorrectiveActionId,
    /// Names a pick of calls that are to be reviewed.
    ReviewPickId,
    /// Names a call that is to be reviewed, or was.
    CallReviewId,
    /// Names what somebody said about a call.
    ReviewCommentId,
}
