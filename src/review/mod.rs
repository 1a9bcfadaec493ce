//! The management review (ISO 10002, 8.6) as one page: no script, nothing from elsewhere, ready to be printed.

mod chart;
pub(crate) use self::chart::{even, even_time};
mod outcomes;
mod sections;
mod words;

use askama::Template;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use self::sections::Section;
pub use self::words::Language;
use self::words::{percent, whole};
use crate::clock::Moment;
use crate::domain::reporting::measures::Span;
use crate::domain::reporting::review::{Review, Whole};
use crate::error::{Error, Result};

/// The style sheet of the page.
const CSS: &str = include_str!("../../templates/review/page.css");

/// A figure at the top of the page.
struct Key {
    name: String,
    value: String,
    before: String,
}

#[derive(Template)]
#[template(path = "review/page.html")]
struct Page<'r> {
    lang: &'static str,
    title: &'r str,
    period: String,
    lead: String,
    css: &'static str,
    key_title: &'r str,
    key: Vec<Key>,
    sections: Vec<Section>,
    footer: String,
}

/// The page.
///
/// # Errors
/// When it cannot be written.
pub fn page(review: &Review, language: Language, now: Moment) -> Result<String> {
    let zone = review.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let made = now.with_timezone(&zone).format("%Y-%m-%d %H:%M");
    let page = Page {
        lang: language.as_str(),
        title: language.of("Complaints: management review", "投诉处理管理评审"),
        period: format!("{} – {} ({})", review.from, review.to, review.time_zone),
        lead: language
            .of(
                "Figures for the review of complaints handling by management (ISO 10002, 8.6), beside those of the period \
                 before, of the same length.",
                "供最高管理者评审投诉处理过程之用（ISO 10002 第 8.6 条），并与此前同等长度的时期对照。",
            )
            .to_owned(),
        css: CSS,
        key_title: language.of("At a glance", "要点"),
        key: key(review, language),
        sections: sections::of(review, language),
        footer: match language {
            Language::En => format!(
                "Made by Hark on {made}. Numbers and means are exact; percentiles are within 2.5 %. Days are those of {}; \
                 business time is that of the standard calendar.",
                review.time_zone
            ),
            Language::Zh => format!(
                "由 Hark 于 {made} 生成。数量与平均值为精确值，分位数误差不超过 2.5 %。日期按 {} 计算，营业时间按标准日历计算。",
                review.time_zone
            ),
        },
    };
    page.render().map_err(|e| Error::internal(format!("review: {e}")))
}

/// What a browser may load with the page: its own style sheet, named by its hash.
pub fn content_security_policy() -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(CSS.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

fn key(review: &Review, l: Language) -> Vec<Key> {
    let figure = |name: (&str, &str), of: &dyn Fn(&Whole) -> String| Key {
        name: l.of(name.0, name.1).to_owned(),
        value: of(&review.now),
        before: format!("{} {}", l.of("before:", "上期："), of(&review.before)),
    };
    let number = |n: Option<i64>| n.map_or_else(|| "–".to_owned(), whole);
    let nine = |of: &Whole, span| l.time(of.business.get(&span).and_then(|row| row.p90_seconds));
    vec![
        figure(("Received", "收到"), &|of| {
            number(of.volumes.as_ref().map(|row| row.received))
        }),
        figure(("Closed", "关闭"), &|of| {
            number(of.volumes.as_ref().map(|row| row.closed))
        }),
        figure(("Open at the end", "期末未结"), &|of| {
            number(of.backlog.as_ref().map(|row| row.open_at_end))
        }),
        figure(
            (
                "First answer, 9 of 10 within (business time)",
                "首次答复 90 分位（营业时间）",
            ),
            &|of| nine(of, Span::FirstResponse),
        ),
        figure(
            (
                "Resolution, 9 of 10 within (business time)",
                "解决时长 90 分位（营业时间）",
            ),
            &|of| nine(of, Span::Resolution),
        ),
        figure(("Promises kept", "承诺兑现率"), &|of| {
            percent(of.call_backs.as_ref().and_then(|row| row.kept_share))
        }),
        figure(("Resolved on the spot", "当场解决率"), &|of| {
            percent(of.on_the_spot.as_ref().and_then(|row| row.share))
        }),
        figure(("Opened again", "重新打开率"), &|of| {
            percent(of.reopen.as_ref().and_then(|row| row.reopened_share))
        }),
    ]
}
