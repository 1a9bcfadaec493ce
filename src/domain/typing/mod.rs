//! The customer's manner in one conversation, and how to meet it.
//!
//! A linear model proposes it from the text of the complaint, with the words that the proposal rests
//! on; the agent decides. `docs/typing.md` tells what it is made of and how good it is.

pub mod corpus;
mod cues;
pub mod evaluate;
mod features;
pub mod language;
pub mod layer;
pub mod learning;
pub mod model;
mod numbers;
mod phrases;
pub mod playbooks;
pub mod proposals;
pub mod reading;
pub mod report;
mod store;
pub mod suggestion;
mod text;
pub mod train;
pub mod undo;
mod valence;

use crate::text_enum;

pub use self::features::Feature;
pub use self::language::Language;
pub use self::layer::Live;

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
