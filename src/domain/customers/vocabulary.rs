//! The words of customer records.

use crate::text_enum;

text_enum! {
    /// A person or an organisation.
    CustomerKind {
        /// A natural person.
        Person = "person",
        /// A company, an authority, a club.
        Organisation = "organisation",
    }
}

text_enum! {
    /// Tiers for routing and service (差异化服务).
    Tier {
        /// 大客户: a key account.
        KeyAccount = "key_account",
        /// 中等客户: a medium customer.
        Medium = "medium",
        /// 个体客户: an individual customer.
        Individual = "individual",
    }
}

text_enum! {
    /// What serving the customer earns (客户区隔的策略); each has a policy of service.
    ProfitSegment {
        /// 最赚钱: keep the relation excellent, lose none.
        MostProfitable = "most_profitable",
        /// 次赚钱: create what meets their needs.
        Profitable = "profitable",
        /// 不赚钱: lower the cost to serve.
        Unprofitable = "unprofitable",
        /// 赔钱: look into what they may yet contribute.
        LossMaking = "loss_making",
    }
}

text_enum! {
    /// Grades of key accounts, the most important first.
    Grade {
        /// The most important.
        A = "a",
        /// Important.
        B = "b",
        /// Of some importance.
        C = "c",
        /// The others.
        D = "d",
    }
}

text_enum! {
    /// How somebody likes to be spoken with (沟通风格).
    CommunicationStyle {
        /// 分析论: explain, with figures and comparisons.
        Thinker = "thinker",
        /// 行动论: the result first, in short, to be decided now.
        Sensor = "sensor",
        /// 人际论: people and recognition.
        Feeler = "feeler",
        /// 直观论: pictures, and what is new.
        Intuitor = "intuitor",
    }
}

text_enum! {
    /// How somebody stands towards us (立场).
    Stance {
        /// 帮助者: helps us.
        Helper = "helper",
        /// 支持者: is for us.
        Supporter = "supporter",
        /// 中立者: neither for nor against.
        Neutral = "neutral",
        /// 反对者: is against us.
        Opponent = "opponent",
        /// 不明确: we do not know.
        Unclear = "unclear",
    }
}

text_enum! {
    /// What may be done with a customer's data.
    PrivacyState {
        /// Everything the service is for.
        Active = "active",
        /// Kept, and read by those who manage privacy; complaints in progress are finished (GDPR article 18).
        Restricted = "restricted",
        /// Nobody can be recognised any more; the figures stay.
        Anonymised = "anonymised",
        /// Only the id and when it was erased are left.
        Erased = "erased",
    }
}

impl PrivacyState {
    /// Whether the data is gone.
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Anonymised | Self::Erased)
    }
}
