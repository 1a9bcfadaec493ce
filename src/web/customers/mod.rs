//! What customers use, without an account: the form, the receipt, the page behind the private link.

pub(crate) mod actions;
pub(crate) mod complain;
pub(crate) mod entrance;
pub(crate) mod track;

use super::i18n::{Words, fl};
use super::locale::Lang;
use super::time;
use crate::clock::Moment;
use crate::domain::sla::clocks::outlook::Expected;
use crate::domain::sla::policies::model::MetricKind;
use crate::domain::typing::language::Language;

/// What will happen, and by when, as a customer reads it.
pub(crate) struct Ahead {
    /// What.
    pub(crate) what: String,
    /// By when, for a machine.
    pub(crate) machine: String,
    /// By when.
    pub(crate) by: String,
    /// How far away that is.
    pub(crate) away: String,
    /// Whether it should have happened already.
    pub(crate) late: bool,
}

/// The deadlines that a customer is told of.
fn ahead(words: Words, lang: Lang, zone: chrono_tz::Tz, now: Moment, expected: &[Expected]) -> Vec<Ahead> {
    expected
        .iter()
        .filter_map(|expected| {
            let what = match expected.kind {
                MetricKind::FirstResponse => fl!(words, "ahead-first-response"),
                MetricKind::NextResponse => fl!(words, "ahead-next-response"),
                MetricKind::KeepInformed => fl!(words, "ahead-keep-informed"),
                MetricKind::Resolve => fl!(words, "ahead-resolve"),
                MetricKind::Acknowledge | MetricKind::CallBack => return None,
            };
            Some(Ahead {
                what,
                machine: time::machine(expected.due_at),
                by: time::moment(lang, zone, expected.due_at),
                away: time::relative(words, now, expected.due_at),
                late: expected.due_at < now,
            })
        })
        .collect()
}

/// The language in which somebody wrote, for the attribute `lang`.
pub(crate) fn language_of(text: &str) -> &'static str {
    Language::of(text, None).as_str()
}
