//! The customer's manner in one conversation, and how to meet it.

pub mod playbooks;

use crate::text_enum;

text_enum! {
    /// The customer's manner in this complaint's conversation (客户抱怨的类型). Not for the person
    /// for ever; a hint for the agent, not a verdict.
    CustomerType {
        /// 坚持己见型: overconfident, commanding, harsh conditions.
        Insistent = "insistent",
        /// 犹豫不决型: doubts, confusion, wavering.
        Hesitant = "hesitant",
        /// 和善型: friendly, co-operative, relaxed.
        Friendly = "friendly",
        /// 愤怒型: confrontation, endless argument, threats.
        Angry = "angry",
        /// No clear type, or nobody has said yet.
        NotClear = "not_clear",
    }
}
