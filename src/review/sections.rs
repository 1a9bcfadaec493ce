//! The sections of the review: each a chart with its table.

use super::chart::{Chart, Series, Shape, chart, even, even_time};
use super::outcomes;
use super::words::{Language, percent, whole};
use crate::domain::reporting::measures::Span;
use crate::domain::reporting::reports::response_times::ResponseTimesRow;
use crate::domain::reporting::review::{Review, Whole};

/// A table; the first cell of a row is its head.
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// A section of the page.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) note: String,
    pub(super) chart: Option<Chart>,
    pub(super) tables: Vec<Table>,
}

/// Every section, in order.
pub(super) fn of(review: &Review, l: Language) -> Vec<Section> {
    vec![
        course(review, l),
        times(review, l),
        promises(review, l),
        outcomes::outcome(review, l),
        outcomes::causes(review, l),
        outcomes::manners(review, l),
        outcomes::open(review, l),
        outcomes::parts(review, l),
        outcomes::corrective(review, l),
    ]
}

pub(super) fn words(l: Language, pairs: &[(&str, &str)]) -> Vec<String> {
    pairs.iter().map(|(en, zh)| l.of(en, zh).to_owned()).collect()
}

pub(super) fn number(n: i64) -> Option<f64> {
    Some(n as f64)
}

pub(super) fn told(value: f64) -> String {
    whole(value.round() as i64)
}

pub(super) fn series(name: &str, shape: Shape, values: Vec<Option<f64>>) -> Series {
    Series {
        name: name.to_owned(),
        shape,
        values,
    }
}

fn course(review: &Review, l: Language) -> Section {
    let head = words(
        l,
        &[
            ("Period", "时期"),
            ("Received", "收到"),
            ("Opened again", "重新打开"),
            ("Closed", "关闭"),
            ("Open at the end", "期末未结"),
        ],
    );
    let places: Vec<String> = review.course.iter().map(|row| row.period.clone()).collect();
    let lines = [
        series(
            l.of("Received", "收到"),
            Shape::Bars,
            review.course.iter().map(|row| number(row.received)).collect(),
        ),
        series(
            l.of("Closed", "关闭"),
            Shape::Bars,
            review.course.iter().map(|row| number(row.closed)).collect(),
        ),
        series(
            l.of("Open at the end", "期末未结"),
            Shape::Line,
            review.course.iter().map(|row| number(row.open_at_end)).collect(),
        ),
    ];
    let rows = review.course.iter().map(|row| {
        vec![
            row.period.clone(),
            whole(row.received),
            whole(row.reopened),
            whole(row.closed),
            whole(row.open_at_end),
        ]
    });
    let says = l
        .of(
            "Received and closed, and what was open, by period.",
            "各时期收到、关闭与未结数量。",
        )
        .to_owned();
    Section {
        title: l.of("What came, went and stayed", "收到、关闭与未结").to_owned(),
        note: String::new(),
        chart: chart(says.clone(), &places, &lines, even, |_, value| told(value)),
        tables: vec![Table {
            caption: says,
            rows: rows.collect(),
            head,
        }],
    }
}

fn times(review: &Review, l: Language) -> Section {
    let mut places: Vec<String> = review.times.iter().map(|row| row.period.clone()).collect();
    places.dedup();
    let values = |span: Span, of: fn(&ResponseTimesRow) -> Option<f64>| -> Vec<Option<f64>> {
        review.times.iter().filter(|row| row.span == span).map(of).collect()
    };
    let lines = [
        series(
            l.of("First answer, median", "首次答复中位数"),
            Shape::Line,
            values(Span::FirstResponse, |row| row.p50_seconds),
        ),
        series(
            l.of("First answer, 9 of 10", "首次答复 90 分位"),
            Shape::Line,
            values(Span::FirstResponse, |row| row.p90_seconds),
        ),
        series(
            l.of("Resolution, median", "解决时长中位数"),
            Shape::Line,
            values(Span::Resolution, |row| row.p50_seconds),
        ),
    ];
    let says = l
        .of("Times by period, in business time.", "各时期时长（营业时间）。")
        .to_owned();
    let head = words(
        l,
        &[
            ("From the receipt to", "自收到至"),
            ("Number", "数量"),
            ("Mean", "平均"),
            ("Median", "中位数"),
            ("9 of 10", "90 分位"),
            ("99 of 100", "99 分位"),
            ("Median before", "上期中位数"),
        ],
    );
    let table = |caption: &str, of: fn(&Whole) -> &std::collections::BTreeMap<Span, ResponseTimesRow>| {
        let rows = of(&review.now).iter().map(|(span, row)| {
            let before = of(&review.before).get(span).and_then(|row| row.p50_seconds);
            let mut cells = vec![l.span(*span).to_owned(), whole(row.n)];
            let all = [
                row.mean_seconds,
                row.p50_seconds,
                row.p90_seconds,
                row.p99_seconds,
                before,
            ];
            cells.extend(all.map(|seconds| l.time(seconds)));
            cells
        });
        Table {
            caption: caption.to_owned(),
            head: head.clone(),
            rows: rows.collect(),
        }
    };
    Section {
        title: l.of("How long customers waited", "客户等待的时长").to_owned(),
        note: String::new(),
        chart: chart(says, &places, &lines, even_time, |_, value| l.time(Some(value))),
        tables: vec![
            table(l.of("In business time", "营业时间"), |of| &of.business),
            table(l.of("As time passes", "自然时间"), |of| &of.calendar),
        ],
    }
}

fn promises(review: &Review, l: Language) -> Section {
    let rows = &review.promises;
    let places: Vec<String> = rows.iter().map(|row| row.period.clone()).collect();
    let lines = [
        series(
            l.of("Late", "迟到"),
            Shape::Bars,
            rows.iter().map(|row| number(row.late)).collect(),
        ),
        series(
            l.of("Broken", "未兑现"),
            Shape::Bars,
            rows.iter().map(|row| number(row.broken)).collect(),
        ),
        series(
            l.of("Kept", "按时兑现"),
            Shape::Bars,
            rows.iter().map(|row| number(row.kept)).collect(),
        ),
    ];
    let says = l
        .of("Promised call-backs by what became of them.", "回访承诺的结果。")
        .to_owned();
    let head = words(
        l,
        &[
            ("Period", "时期"),
            ("Promised", "承诺"),
            ("Kept", "按时"),
            ("Late", "迟到"),
            ("Broken", "未兑现"),
            ("Moved by the customer", "客户改期"),
            ("Called off", "客户取消"),
            ("Share kept", "兑现率"),
        ],
    );
    let cells = rows.iter().map(|row| {
        let numbers = [
            row.promised,
            row.kept,
            row.late,
            row.broken,
            row.moved_by_customer,
            row.called_off,
        ];
        let mut cells = vec![row.period.clone()];
        cells.extend(numbers.map(whole));
        cells.push(percent(row.kept_share));
        cells
    });
    Section {
        title: l.of("Promises to call back", "回访承诺").to_owned(),
        note: String::new(),
        chart: chart(says.clone(), &places, &lines, even, |_, value| told(value)),
        tables: vec![Table {
            caption: says,
            rows: cells.collect(),
            head,
        }],
    }
}
