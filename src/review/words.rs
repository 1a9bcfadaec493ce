//! The words of the review, in both languages.

use crate::domain::complaints::vocabulary::{CauseCategory, Channel, Level, State};
use crate::domain::reporting::measures::{Dimension, Span};
use crate::domain::typing::CustomerType;
use crate::text_enum;

text_enum! {
    /// A language that the review speaks.
    Language {
        /// English.
        En = "en",
        /// Chinese, in simplified characters.
        Zh = "zh-CN",
    }
}

impl Language {
    /// One of two texts.
    pub(super) const fn of<'t>(self, en: &'t str, zh: &'t str) -> &'t str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    pub(super) const fn span(self, span: Span) -> &'static str {
        match span {
            Span::Acknowledgement => self.of("Acknowledgement", "确认收到"),
            Span::FirstResponse => self.of("First answer", "首次答复"),
            Span::Resolution => self.of("Resolution", "解决"),
        }
    }

    pub(super) const fn state(self, state: State) -> &'static str {
        match state {
            State::Received => self.of("received", "已收到"),
            State::InHandling => self.of("in handling", "处理中"),
            State::Waiting => self.of("waiting", "等待中"),
            State::Closed => self.of("closed", "已关闭"),
        }
    }

    pub(super) const fn manner(self, manner: CustomerType) -> &'static str {
        match manner {
            CustomerType::Insistent => self.of("insistent", "坚持己见型"),
            CustomerType::Hesitant => self.of("hesitant", "犹豫不决型"),
            CustomerType::Friendly => self.of("friendly", "和善型"),
            CustomerType::Angry => self.of("angry", "愤怒型"),
            CustomerType::NotClear => self.of("not clear", "不明确"),
        }
    }

    pub(super) const fn cause(self, cause: CauseCategory) -> &'static str {
        match cause {
            CauseCategory::Appearance => self.of("Appearance", "穿着"),
            CauseCategory::Speech => self.of("Speech", "谈吐"),
            CauseCategory::Attitude => self.of("Attitude", "态度"),
            CauseCategory::Mindset => self.of("Mindset", "观念"),
            CauseCategory::Expertise => self.of("Expertise", "专业"),
            CauseCategory::Tools => self.of("Tools", "辅助工具"),
            CauseCategory::Materials => self.of("Materials", "辅助资料"),
        }
    }

    pub(super) const fn dimension(self, dimension: Dimension) -> &'static str {
        match dimension {
            Dimension::All => self.of("Together", "合计"),
            Dimension::Channel => self.of("Channel", "渠道"),
            Dimension::Kind => self.of("Kind", "类别"),
            Dimension::CustomerType => self.of("Customer type", "客户类型"),
            Dimension::Category => self.of("Subject", "主题"),
            Dimension::Severity => self.of("Severity", "严重程度"),
            Dimension::Team => self.of("Team", "团队"),
            Dimension::Decision => self.of("Decision", "决定"),
            Dimension::Agent => self.of("Agent", "坐席"),
            Dimension::Policy => self.of("Policy", "时限政策"),
            Dimension::Metric => self.of("Deadline", "时限"),
        }
    }

    /// A value of a property: words of the vocabulary are translated, names and slugs stay.
    pub(super) fn value(self, dimension: Dimension, value: &str) -> String {
        let word = match dimension {
            Dimension::Channel => value.parse().ok().map(|channel| self.channel(channel)),
            Dimension::Severity => value.parse().ok().map(|level| self.level(level)),
            _ => None,
        };
        word.map_or_else(|| value.replace('_', " "), str::to_owned)
    }

    const fn channel(self, channel: Channel) -> &'static str {
        match channel {
            Channel::Phone => self.of("phone", "电话"),
            Channel::Web => self.of("web", "网页"),
            Channel::Email => self.of("e-mail", "电子邮件"),
            Channel::Counter => self.of("counter", "柜台"),
            Channel::Letter => self.of("letter", "信函"),
            Channel::Api => self.of("other program", "其他程序"),
        }
    }

    const fn level(self, level: Level) -> &'static str {
        match level {
            Level::Low => self.of("low", "低"),
            Level::Medium => self.of("medium", "中"),
            Level::High => self.of("high", "高"),
            Level::Critical => self.of("critical", "严重"),
        }
    }

    /// A time, in its two largest units.
    pub(super) fn time(self, seconds: Option<f64>) -> String {
        let Some(seconds) = seconds else {
            return "–".to_owned();
        };
        let seconds = seconds.round() as i64;
        let (d, h, m) = (self.of(" d", "天"), self.of(" h", "小时"), self.of(" min", "分"));
        let two = |n: i64, one: &str, rest: i64, next: &str| match (self, rest) {
            (_, 0) => format!("{n}{one}"),
            (Self::En, rest) => format!("{n}{one} {rest}{next}"),
            (Self::Zh, rest) => format!("{n}{one}{rest}{next}"),
        };
        match seconds {
            86_400.. => two(seconds / 86_400, d, seconds % 86_400 / 3_600, h),
            3_600.. => two(seconds / 3_600, h, seconds % 3_600 / 60, m),
            60.. => two(seconds / 60, m, 0, ""),
            _ => format!("{seconds}{}", self.of(" s", "秒")),
        }
    }
}

/// A whole number with groups of three.
pub(super) fn whole(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if n < 0 { format!("−{out}") } else { out }
}

/// A share as percent.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_out() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567, -12_000].map(whole),
            ["0", "999", "1,000", "1,234,567", "−12,000"]
        );
        let times = [
            None,
            Some(59.0),
            Some(60.0),
            Some(8_400.0),
            Some(7_200.0),
            Some(200_000.0),
        ];
        let of = |language: Language| times.map(|time| language.time(time));
        assert_eq!(of(Language::En), ["–", "59 s", "1 min", "2 h 20 min", "2 h", "2 d 7 h"]);
        assert_eq!(of(Language::Zh), ["–", "59秒", "1分", "2小时20分", "2小时", "2天7小时"]);
        assert_eq!(
            (percent(Some(2.0 / 3.0)), percent(None)),
            ("66.7 %".to_owned(), "–".to_owned())
        );
    }
}
