//! The desk's rules that are settings rather than law.

use chrono::TimeDelta;

use crate::domain::staff::sign_in::open_id::RoleMap;

/// What an installation decides for itself. The defaults are for a desk in mainland China.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Unanswered attempts after which a customer counts as unreachable.
    pub call_back_attempts: i32,
    /// How far apart these attempts are at least: one that comes sooner after the last does not count.
    pub call_back_gap: TimeDelta,
    /// How long after the end of its window a promise without any attempt counts as broken.
    pub call_back_grace: TimeDelta,
    /// A case closed within this time of its receipt, in the first contact, was resolved on the spot.
    pub on_the_spot_within: TimeDelta,
    /// How far back a complaint of the same customer may be a duplicate.
    pub duplicate_within: TimeDelta,
    /// The region of phone numbers written without a country code (ISO 3166-1).
    pub default_region: String,
    /// The time zone of customers who have not told theirs (IANA).
    pub default_time_zone: String,
    /// The language of customers who have not told theirs (BCP 47).
    pub default_language: String,
    /// Of a hundred drafts, for how many the agent decides on the customer's type before seeing a proposal.
    pub typing_blind_percent: u8,
    /// How long the answer to an idempotency key is kept.
    pub idempotency_kept: TimeDelta,
    /// Whether the sales modules see customers who have not said whether they may.
    pub share_with_sales: bool,
    /// How people sign in.
    pub sign_in: SignIn,
    /// How much may be attached.
    pub attachments: AttachmentLimits,
}

/// How people sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// A session that nobody uses for this long is over.
    pub session_idle: TimeDelta,
    /// A session is over after this long, however much it is used.
    pub session_life: TimeDelta,
    /// How long a link that sets a password works.
    pub link_life: TimeDelta,
    /// Roles that can do nothing with a password alone.
    pub second_factor_roles: Vec<String>,
    /// Which roles of the OpenID provider are which of ours.
    pub open_id_roles: RoleMap,
    /// Whether somebody whom the provider vouches for, and whom nobody here knows, is added to the staff.
    pub open_id_create: bool,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            session_idle: TimeDelta::minutes(60),
            session_life: TimeDelta::hours(12),
            link_life: TimeDelta::hours(72),
            second_factor_roles: Vec::new(),
            open_id_roles: RoleMap::default(),
            open_id_create: false,
        }
    }
}

/// How many attachments there may be, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachmentLimits {
    /// The largest one, bytes.
    pub bytes: u64,
    /// The most of one complaint.
    pub per_complaint: u32,
    /// Those of one complaint together, bytes.
    pub bytes_per_complaint: u64,
    /// All together, bytes.
    pub bytes_total: u64,
}

impl Default for AttachmentLimits {
    fn default() -> Self {
        Self {
            bytes: 20 << 20,
            per_complaint: 20,
            bytes_per_complaint: 100 << 20,
            bytes_total: u64::MAX,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            call_back_attempts: 3,
            call_back_gap: TimeDelta::minutes(30),
            call_back_grace: TimeDelta::hours(24),
            on_the_spot_within: TimeDelta::minutes(60),
            duplicate_within: TimeDelta::days(30),
            default_region: "CN".to_owned(),
            default_time_zone: "Asia/Shanghai".to_owned(),
            default_language: "zh-CN".to_owned(),
            typing_blind_percent: 10,
            idempotency_kept: TimeDelta::hours(48),
            share_with_sales: true,
            sign_in: SignIn::default(),
            attachments: AttachmentLimits::default(),
        }
    }
}
