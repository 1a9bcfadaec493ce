//! Figures in words: times, shares, days, and what they are compared with.

use chrono::{Datelike as _, NaiveDate};

use crate::domain::reporting::measures::Time;
use crate::domain::reporting::query::By;
use crate::web::i18n::{Words, fl};
use crate::web::locale::Lang;
use crate::web::time;

/// How figures are told.
#[derive(Clone, Copy)]
pub(super) struct Tell {
    pub(super) words: Words,
    pub(super) lang: Lang,
    pub(super) time: Time,
    pub(super) by: By,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Tell {
    /// A time.
    pub(super) fn span(self, seconds: f64) -> String {
        time::counted(self.words, self.time, seconds)
    }

    /// A time, in its largest unit.
    pub(super) fn short_span(self, seconds: f64) -> String {
        let minutes = (seconds / 60.0).round() as i64;
        let (hours, days) = (minutes / 60, minutes / 1_440);
        if minutes < 60 {
            fl!(self.words, "span-m", m = minutes)
        } else if hours < 48 || self.time == Time::Business {
            fl!(self.words, "span-h", h = hours)
        } else {
            fl!(self.words, "span-d", d = days)
        }
    }

    /// A time as one large figure: minutes, or hours to a tenth.
    pub(super) fn figure(self, seconds: f64) -> String {
        if seconds < 3_600.0 {
            return self.short_span(seconds);
        }
        let hours = seconds / 3_600.0;
        if self.time == Time::Calendar && hours >= 96.0 {
            return self.short_span(seconds);
        }
        fl!(self.words, "span-h", h = format!("{hours:.1}"))
    }

    /// A share of 1.
    pub(super) fn share(self, share: f64) -> String {
        let percent = (share * 100.0).round() as i64;
        fl!(self.words, "ops-percent", n = percent)
    }

    /// A number.
    pub(super) fn number(n: f64) -> String {
        let digits = format!("{n:.0}");
        let mut text = String::new();
        for (nth, digit) in digits.chars().enumerate() {
            if nth > 0 && (digits.len() - nth).is_multiple_of(3) && text != "-" {
                text.push('\u{202f}');
            }
            text.push(digit);
        }
        text
    }

    /// A day, a week by its Monday, or a month.
    pub(super) fn period(self, starts_on: NaiveDate) -> String {
        let month = usize::try_from(starts_on.month0()).ok().and_then(|n| MONTHS.get(n));
        let month = month.copied().unwrap_or_default();
        match (self.lang, self.by) {
            (Lang::En, By::Month) => format!("{month} {}", starts_on.year()),
            (Lang::Zh, By::Month) => format!("{}年{}月", starts_on.year(), starts_on.month()),
            (Lang::En, By::Day | By::Week) => format!("{} {month}", starts_on.day()),
            (Lang::Zh, By::Day | By::Week) => format!("{}月{}日", starts_on.month(), starts_on.day()),
        }
    }

    /// The same as short as can be, for the foot of a chart.
    pub(super) fn short_period(self, starts_on: NaiveDate) -> String {
        match (self.lang, self.by) {
            (Lang::Zh, By::Month) => format!("{}/{}", starts_on.year(), starts_on.month()),
            (Lang::Zh, By::Day | By::Week) => format!("{}/{}", starts_on.month(), starts_on.day()),
            (Lang::En, _) => self.period(starts_on),
        }
    }

    /// How it was before: an arrow and the figure.
    pub(super) fn before(
        self,
        now: Option<f64>,
        before: Option<f64>,
        days: i64,
        tell: impl Fn(f64) -> String,
    ) -> String {
        let Some(before) = before else {
            return fl!(self.words, "ops-before-none");
        };
        let value = tell(before);
        match now {
            Some(now) if tell(now) == value => fl!(self.words, "ops-before-same", days = days),
            Some(now) if now > before => fl!(self.words, "ops-before-less", value = value, days = days),
            _ => fl!(self.words, "ops-before-more", value = value, days = days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::words;

    fn tell(lang: Lang, time: Time) -> Tell {
        Tell {
            words: words(lang),
            lang,
            time,
            by: By::Day,
        }
    }

    #[test]
    fn business_time_has_no_days() {
        assert_eq!(tell(Lang::En, Time::Business).span(190_000.0), "53 h");
        assert_eq!(tell(Lang::En, Time::Calendar).span(190_000.0), "2 days 4 h");
        assert_eq!(tell(Lang::Zh, Time::Business).short_span(1_800.0), "30 分钟");
    }

    #[test]
    fn numbers_are_read_in_groups_of_three() {
        assert_eq!(
            [0.0, 999.0, 12_345.0, 1_234_567.0].map(Tell::number),
            ["0", "999", "12\u{202f}345", "1\u{202f}234\u{202f}567"]
        );
    }
}
