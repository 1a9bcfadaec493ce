//! The desk's rules that are settings rather than law.

use chrono::TimeDelta;

/// What an installation decides for itself. The defaults are for a desk in mainland China.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Unanswered attempts after which a customer counts as unreachable.
    pub call_back_attempts: i32,
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
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            call_back_attempts: 3,
            call_back_grace: TimeDelta::hours(24),
            on_the_spot_within: TimeDelta::minutes(60),
            duplicate_within: TimeDelta::days(30),
            default_region: "CN".to_owned(),
            default_time_zone: "Asia/Shanghai".to_owned(),
            default_language: "zh-CN".to_owned(),
            typing_blind_percent: 10,
            idempotency_kept: TimeDelta::hours(48),
        }
    }
}
