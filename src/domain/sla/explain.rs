//! The working of a deadline in words, in English and in Chinese. Times are those of the calendar's zone.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::deadline::{Deadline, Target, Unit};
use super::local;
use super::working::{Day, Working};
use crate::clock::Moment;
use crate::text_enum;

text_enum! {
    /// A language in which deadlines are explained.
    Language {
        /// English.
        En = "en",
        /// Simplified Chinese.
        ZhCn = "zh-CN",
    }
}

/// The most stretches that are named one by one.
const NAMED: usize = 8;

/// Why something is due when it is due, as a few sentences.
pub fn explain(zone: Tz, target: &Target, start: Moment, deadline: &Deadline, language: Language) -> String {
    let words = Words { zone, language };
    let working = &deadline.working;
    let mut said = vec![words.began(start), words.given(target)];
    if working.counted_from != start {
        said.push(words.counted_from(working));
    }
    said.extend(words.used(working));
    said.extend(words.skipped(working));
    said.extend(words.other_hours(working));
    said.extend(words.paused(working));
    said.push(words.outcome(target, deadline));
    said.join(words.either(" ", ""))
}

struct Words {
    zone: Tz,
    language: Language,
}

impl Words {
    fn either<'a>(&self, en: &'a str, zh: &'a str) -> &'a str {
        match self.language {
            Language::En => en,
            Language::ZhCn => zh,
        }
    }

    /// `Fri 25 Sep 2026, 16:40`, `2026年9月25日（周五）16:40`.
    fn at(&self, at: Moment) -> String {
        let wall = local::wall(self.zone, at);
        let date = self.date(wall.date(), true);
        match self.language {
            Language::En => format!("{date}, {}", wall.format("%H:%M")),
            Language::ZhCn => format!("{date}{}", wall.format("%H:%M")),
        }
    }

    fn date(&self, date: NaiveDate, with_year: bool) -> String {
        match self.language {
            Language::En if with_year => date.format("%a %-d %b %Y").to_string(),
            Language::En => date.format("%a %-d %b").to_string(),
            Language::ZhCn => {
                let weekday = match date.weekday() {
                    chrono::Weekday::Mon => "周一",
                    chrono::Weekday::Tue => "周二",
                    chrono::Weekday::Wed => "周三",
                    chrono::Weekday::Thu => "周四",
                    chrono::Weekday::Fri => "周五",
                    chrono::Weekday::Sat => "周六",
                    chrono::Weekday::Sun => "周日",
                };
                let year = if with_year {
                    format!("{}年", date.year())
                } else {
                    String::new()
                };
                format!("{year}{}月{}日（{weekday}）", date.month(), date.day())
            }
        }
    }

    /// `6 h 40 min`, `6 小时 40 分钟`; what is less than a minute is said to be.
    fn length(&self, seconds: i64) -> String {
        let minutes = seconds.max(0) / 60;
        let (hours, minutes) = (minutes / 60, minutes % 60);
        let (h, min) = (self.either("h", "小时"), self.either("min", "分钟"));
        match (hours, minutes) {
            (0, 0) if seconds > 0 => self.either("less than a minute", "不到 1 分钟").to_owned(),
            (0, minutes) => format!("{minutes} {min}"),
            (hours, 0) => format!("{hours} {h}"),
            (hours, minutes) => format!("{hours} {h} {minutes} {min}"),
        }
    }

    /// A clock may begin with receipt, or with a question, or with the last contact: the words hold for all.
    fn began(&self, start: Moment) -> String {
        let at = self.at(start);
        match self.language {
            Language::En => format!("From {at} ({}).", self.zone),
            Language::ZhCn => format!("{at} 开始（{}）。", self.zone),
        }
    }

    fn given(&self, target: &Target) -> String {
        let n = target.amount;
        let s = if n == 1 { "" } else { "s" };
        let amount = match (target.unit, self.language) {
            (Unit::BusinessMinutes, Language::En) => format!("{} of opening time", self.length(i64::from(n) * 60)),
            (Unit::BusinessMinutes, Language::ZhCn) => format!("{}营业时间", self.length(i64::from(n) * 60)),
            (Unit::BusinessDays, Language::En) => format!("{n} business day{s}"),
            (Unit::BusinessDays, Language::ZhCn) => format!("{n} 个工作日"),
            (Unit::CalendarDays, Language::En) => format!("{n} day{s}"),
            (Unit::CalendarDays, Language::ZhCn) => format!("{n} 天"),
            (Unit::CalendarWeeks, Language::En) => format!("{n} week{s}"),
            (Unit::CalendarWeeks, Language::ZhCn) => format!("{n} 周"),
        };
        match self.language {
            Language::En => format!("Time given: {amount}."),
            Language::ZhCn => format!("时限：{amount}。"),
        }
    }

    fn counted_from(&self, working: &Working) -> String {
        let at = self.at(working.counted_from);
        match (working.from_next_day, self.language) {
            (true, Language::En) => format!("Counted from the day after: {at}."),
            (true, Language::ZhCn) => format!("自次日起计：{at}。"),
            (false, Language::En) => format!("Outside opening hours, so counted from the next opening: {at}."),
            (false, Language::ZhCn) => format!("当时不在营业时间，自下次营业起计：{at}。"),
        }
    }

    fn used(&self, working: &Working) -> Option<String> {
        // What was used of one day, together.
        let mut days: Vec<(NaiveDate, i64, usize)> = Vec::new();
        for window in &working.windows {
            let date = local::date(self.zone, window.from);
            match days.last_mut() {
                Some((last, seconds, windows)) if *last == date => {
                    *seconds += window.seconds;
                    *windows += 1;
                }
                _ => days.push((date, window.seconds, 1)),
            }
        }
        let of = |(date, seconds, _): &(NaiveDate, i64, usize)| match self.language {
            Language::En => format!("{} of {}", self.length(*seconds), self.date(*date, false)),
            Language::ZhCn => format!("{}计 {}", self.date(*date, false), self.length(*seconds)),
        };
        let more = days.iter().skip(NAMED).map(|(_, _, windows)| windows).sum::<usize>() + working.windows_left_out;
        let list = self.list(days.iter().map(of), more, ("window", "段"))?;
        Some(match self.language {
            Language::En => format!("Used: {list}."),
            Language::ZhCn => format!("已计：{list}。"),
        })
    }

    fn skipped(&self, working: &Working) -> Option<String> {
        let spans = spans(&working.closed);
        let of = |span: &Span<'_>| match (span.label, self.language) {
            (Some(label), _) => format!("{label}{}{}", self.either(" ", ""), self.span(span)),
            (None, Language::En) => format!("closed {}", self.span(span)),
            (None, Language::ZhCn) => format!("休息 {}", self.span(span)),
        };
        let more = spans.iter().skip(NAMED).map(|span| span.days).sum::<usize>() + working.closed_left_out;
        let list = self.list(spans.iter().map(of), more, ("day", "天"))?;
        Some(match self.language {
            Language::En => format!("Skipped: {list}."),
            Language::ZhCn => format!("跳过：{list}。"),
        })
    }

    fn other_hours(&self, working: &Working) -> Option<String> {
        let of = |day: &Day| match &day.label {
            Some(label) => match self.language {
                Language::En => format!("{} ({label})", self.date(day.date, false)),
                Language::ZhCn => format!("{}{label}", self.date(day.date, false)),
            },
            None => self.date(day.date, false),
        };
        let more = working.other_hours.len().saturating_sub(NAMED) + working.other_hours_left_out;
        let list = self.list(working.other_hours.iter().map(of), more, ("day", "天"))?;
        Some(match self.language {
            Language::En => format!("Open at other hours than usual: {list}."),
            Language::ZhCn => format!("营业时间与平日不同：{list}。"),
        })
    }

    /// Whom a complaint waits for, in words; another cause as it was given.
    fn cause<'a>(&self, cause: &'a str) -> &'a str {
        match cause {
            "customer" => self.either("waiting for the customer", "等待客户"),
            "third_party" => self.either("waiting for a third party", "等待第三方"),
            other => other,
        }
    }

    fn paused(&self, working: &Working) -> Option<String> {
        let ended = working.pauses.iter().filter_map(|pause| Some((pause, pause.until?)));
        let of = ended.clone().map(|(pause, until)| {
            let (from, until, took) = (self.at(pause.from), self.at(until), self.length(pause.seconds));
            match self.language {
                Language::En => format!("{from} to {until} ({}), {took}", self.cause(&pause.cause)),
                Language::ZhCn => format!("{from}至{until}（{}），计 {took}", self.cause(&pause.cause)),
            }
        });
        let more = ended.count().saturating_sub(NAMED) + working.pauses_left_out;
        let list = self.list(of, more, ("time", "次"))?;
        Some(match self.language {
            Language::En => format!("Stood still: {list}."),
            Language::ZhCn => format!("暂停计时：{list}。"),
        })
    }

    fn outcome(&self, target: &Target, deadline: &Deadline) -> String {
        if let Some(due) = deadline.due {
            let at = self.due(target, due);
            return match self.language {
                Language::En => format!("Due {at}."),
                Language::ZhCn => format!("到期时间：{at}。"),
            };
        }
        let left = self.length(deadline.left_seconds.unwrap_or_default());
        let open = deadline.working.pauses.iter().find(|pause| pause.until.is_none());
        let since = open.map_or_else(String::new, |pause| self.at(pause.from));
        let cause = open.map_or("", |pause| self.cause(&pause.cause));
        match self.language {
            Language::En => format!("Stands still since {since} ({cause}) with {left} left."),
            Language::ZhCn => format!("自{since}起暂停（{cause}），剩余 {left}。"),
        }
    }

    /// A deadline at midnight is the end of the day before.
    fn due(&self, target: &Target, due: Moment) -> String {
        let wall = local::wall(self.zone, due);
        let ends_day = target.from_next_day && !target.unit.is_business() && is_midnight(wall);
        match wall.date().pred_opt().filter(|_| ends_day) {
            Some(day) => match self.language {
                Language::En => format!("at the end of {}", self.date(day, true)),
                Language::ZhCn => format!("{}结束时", self.date(day, true)),
            },
            None => self.at(due),
        }
    }

    /// `1–7 Oct` or one day.
    fn span(&self, span: &Span<'_>) -> String {
        if span.from == span.until {
            return self.date(span.from, false);
        }
        let one_month = (span.from.year(), span.from.month()) == (span.until.year(), span.until.month());
        match self.language {
            Language::En if one_month => {
                format!("{}–{}", span.from.format("%-d"), span.until.format("%-d %b"))
            }
            Language::En => format!("{}–{}", span.from.format("%-d %b"), span.until.format("%-d %b")),
            Language::ZhCn if one_month => format!("{}月{}–{}日", span.from.month(), span.from.day(), span.until.day()),
            Language::ZhCn => format!(
                "{}月{}日–{}月{}日",
                span.from.month(),
                span.from.day(),
                span.until.month(),
                span.until.day()
            ),
        }
    }

    /// The first entries, and how many more there are of what; none for none.
    fn list(&self, entries: impl Iterator<Item = String>, more: usize, what: (&str, &str)) -> Option<String> {
        let mut entries: Vec<String> = entries.take(NAMED).collect();
        if more > 0 {
            let s = if more == 1 { "" } else { "s" };
            entries.push(match self.language {
                Language::En => format!("and {more} more {}{s}", what.0),
                Language::ZhCn => format!("另有 {more} {}", what.1),
            });
        }
        (!entries.is_empty()).then(|| entries.join(self.either("; ", "；")))
    }
}

fn is_midnight(wall: NaiveDateTime) -> bool {
    wall.time() == chrono::NaiveTime::MIN
}

/// Days that follow each other and are called the same.
struct Span<'a> {
    from: NaiveDate,
    until: NaiveDate,
    days: usize,
    label: Option<&'a str>,
}

fn spans(days: &[Day]) -> Vec<Span<'_>> {
    let mut spans: Vec<Span<'_>> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some(last) if last.label == day.label.as_deref() && last.until.succ_opt() == Some(day.date) => {
                last.until = day.date;
                last.days += 1;
            }
            _ => spans.push(Span {
                from: day.date,
                until: day.date,
                days: 1,
                label: day.label.as_deref(),
            }),
        }
    }
    spans
}
