//! What the figures say of a corrective action, in words.

use super::{EffectPeriod, EffectView, Verdict};
use crate::domain::sla::explain::Language;

/// The finding in a few sentences.
pub(super) fn tell(view: &EffectView, language: Language) -> String {
    match language {
        Language::En => english(view),
        Language::ZhCn => chinese(view),
    }
}

fn number(value: f64) -> String {
    format!("{value:.2}")
}

fn of(period: &EffectPeriod) -> String {
    format!("{} of {}", period.with_cause, period.closed)
}

fn english(view: &EffectView) -> String {
    let (Some(before), Some(after)) = (&view.before, &view.after) else {
        return match view.effective_on {
            None => "It has not been done yet.".to_owned(),
            Some(day) => format!("It took effect on {day}; no whole day has passed since."),
        };
    };
    let days = match view.days {
        1 => "day".to_owned(),
        days => format!("{days} days"),
    };
    let counted = format!(
        "{} in the {days} before, {} in the {days} since.",
        of(before),
        of(after)
    );
    let ratio = view
        .ratio
        .map_or_else(String::new, |ratio| format!("That is {} times as many", number(ratio)));
    let limits = match (view.lower, view.upper) {
        (Some(lower), Some(upper)) => format!("95 % interval {} to {}", number(lower), number(upper)),
        (Some(lower), None) => format!("95 % interval {} and above", number(lower)),
        _ => String::new(),
    };
    let found = match view.verdict {
        Verdict::NotYet | Verdict::TooFew => "Cannot tell yet: too few.".to_owned(),
        Verdict::CannotTell if ratio.is_empty() => format!("{limits}: cannot tell."),
        Verdict::CannotTell => format!("{ratio} ({limits}): cannot tell."),
        Verdict::Fewer => format!("{ratio} ({limits}): fewer than before."),
        Verdict::More if ratio.is_empty() => format!("There were none before ({limits}): more than before."),
        Verdict::More => format!("{ratio} ({limits}): more than before."),
    };
    let open = match before.open + after.open {
        0 => String::new(),
        1 => " Not counted: 1 that is still open.".to_owned(),
        n => format!(" Not counted: {n} that are still open."),
    };
    format!("{counted} {found}{open}")
}

fn chinese(view: &EffectView) -> String {
    let (Some(before), Some(after)) = (&view.before, &view.after) else {
        return match view.effective_on {
            None => "尚未完成。".to_owned(),
            Some(day) => format!("自 {day} 起生效，还没有过完一整天。"),
        };
    };
    let part = |period: &EffectPeriod| format!("{} 件中有 {} 件", period.closed, period.with_cause);
    let counted = format!(
        "之前 {days} 天：{}；之后 {days} 天：{}。",
        part(before),
        part(after),
        days = view.days
    );
    let ratio = view
        .ratio
        .map_or_else(String::new, |ratio| format!("是之前的 {} 倍", number(ratio)));
    let limits = match (view.lower, view.upper) {
        (Some(lower), Some(upper)) => format!("95% 区间 {} 至 {}", number(lower), number(upper)),
        (Some(lower), None) => format!("95% 区间 {} 以上", number(lower)),
        _ => String::new(),
    };
    let found = match view.verdict {
        Verdict::NotYet | Verdict::TooFew => "数量太少，尚无法判断。".to_owned(),
        Verdict::CannotTell if ratio.is_empty() => format!("{limits}：无法判断。"),
        Verdict::CannotTell => format!("{ratio}（{limits}）：无法判断。"),
        Verdict::Fewer => format!("{ratio}（{limits}）：比之前少。"),
        Verdict::More if ratio.is_empty() => format!("之前没有（{limits}）：比之前多。"),
        Verdict::More => format!("{ratio}（{limits}）：比之前多。"),
    };
    let open = match before.open + after.open {
        0 => String::new(),
        n => format!("另有 {n} 件尚未结案，未计入。"),
    };
    format!("{counted}{found}{open}")
}
