//! The sections of the review: each a chart with its table.

use super::chart::{Chart, Series, Shape, chart};
use super::words::{Language, percent, whole};
use crate::domain::reporting::measures::Span;
use crate::domain::reporting::reports::ages::BANDS;
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
        outcome(review, l),
        causes(review, l),
        manners(review, l),
        open(review, l),
        parts(review, l),
        corrective(review, l),
    ]
}

fn words(l: Language, pairs: &[(&str, &str)]) -> Vec<String> {
    pairs.iter().map(|(en, zh)| l.of(en, zh).to_owned()).collect()
}

fn number(n: i64) -> Option<f64> {
    Some(n as f64)
}

fn told(value: f64) -> String {
    whole(value.round() as i64)
}

fn series(name: &str, shape: Shape, values: Vec<Option<f64>>) -> Series {
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
        chart: chart(says.clone(), &places, &lines, |_, value| told(value)),
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
        chart: chart(says, &places, &lines, |_, value| l.time(Some(value))),
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
        chart: chart(says.clone(), &places, &lines, |_, value| told(value)),
        tables: vec![Table {
            caption: says,
            rows: cells.collect(),
            head,
        }],
    }
}

fn outcome(review: &Review, l: Language) -> Section {
    let row = |name: (&str, &str), of: &dyn Fn(&Whole) -> String| {
        vec![l.of(name.0, name.1).to_owned(), of(&review.now), of(&review.before)]
    };
    let n = |n: Option<i64>| n.map_or_else(|| "–".to_owned(), whole);
    let rows = vec![
        row(("Closed on the merits", "依据事实作出决定"), &|of| {
            n(of.on_the_spot.as_ref().map(|row| row.closed_on_merits))
        }),
        row(("Resolved on the spot", "当场解决"), &|of| {
            n(of.on_the_spot.as_ref().map(|row| row.on_the_spot))
        }),
        row(("Share on the spot", "当场解决率"), &|of| {
            percent(of.on_the_spot.as_ref().and_then(|row| row.share))
        }),
        row(("Not satisfied on the call-back", "回访时仍不满意"), &|of| {
            n(of.reopen.as_ref().map(|row| row.not_satisfied))
        }),
        row(
            ("Decision not accepted by the customer", "客户不接受决定"),
            &|of| n(of.reopen.as_ref().map(|row| row.disputed)),
        ),
        row(("Opened again by the desk", "服务台重新打开"), &|of| {
            n(of.reopen.as_ref().map(|row| row.reopened_by_desk))
        }),
    ];
    Section {
        title: l.of("What came of it", "处理结果").to_owned(),
        note: String::new(),
        chart: None,
        tables: vec![Table {
            caption: l
                .of("Closings, and what was not settled by them", "关闭情况及未了结的情况")
                .to_owned(),
            head: words(l, &[("Figure", "指标"), ("This period", "本期"), ("Before", "上期")]),
            rows,
        }],
    }
}

fn causes(review: &Review, l: Language) -> Section {
    let places: Vec<String> = review.causes.iter().map(|row| l.cause(row.cause).to_owned()).collect();
    let lines = [
        series(
            l.of("Complaints", "投诉数"),
            Shape::Bars,
            review.causes.iter().map(|row| number(row.n)).collect(),
        ),
        series(
            l.of("Together", "累计占比"),
            Shape::Share,
            review.causes.iter().map(|row| row.cumulative_share).collect(),
        ),
    ];
    let before = |cause| {
        review
            .causes_before
            .iter()
            .find(|row| row.cause == cause)
            .map_or(0, |row| row.n)
    };
    let rows = review.causes.iter().map(|row| {
        vec![
            l.cause(row.cause).to_owned(),
            whole(row.n),
            percent(row.share),
            percent(row.cumulative_share),
            whole(before(row.cause)),
        ]
    });
    let says = l
        .of("Causes on our side, the commonest first.", "我方原因，由多到少。")
        .to_owned();
    Section {
        title: l.of("Root causes", "根本原因").to_owned(),
        note: String::new(),
        chart: chart(says.clone(), &places, &lines, |series, value| match series.shape {
            Shape::Share => percent(Some(value)),
            Shape::Bars | Shape::Line => told(value),
        }),
        tables: vec![Table {
            caption: says,
            head: words(
                l,
                &[
                    ("Cause", "原因"),
                    ("Complaints", "投诉数"),
                    ("Share", "占比"),
                    ("Together", "累计占比"),
                    ("Before", "上期"),
                ],
            ),
            rows: rows.collect(),
        }],
    }
}

fn manners(review: &Review, l: Language) -> Section {
    let rows = review.types.iter().map(|row| {
        vec![
            l.manner(row.first).to_owned(),
            l.manner(row.last).to_owned(),
            whole(row.n),
            percent(row.share_of_first),
        ]
    });
    Section {
        title: l.of("How customers came and went", "客户情绪的变化").to_owned(),
        note: String::new(),
        chart: None,
        tables: vec![Table {
            caption: l
                .of(
                    "The customer type at first and when the complaint was closed",
                    "投诉开始与关闭时的客户类型",
                )
                .to_owned(),
            head: words(
                l,
                &[
                    ("At first", "开始"),
                    ("At last", "结束"),
                    ("Complaints", "投诉数"),
                    ("Of those at first", "占开始类型"),
                ],
            ),
            rows: rows.collect(),
        }],
    }
}

fn open(review: &Review, l: Language) -> Section {
    let mut head = vec![l.of("State", "状态").to_owned()];
    head.extend(
        BANDS
            .iter()
            .enumerate()
            .map(|(place, from)| match BANDS.get(place + 1) {
                Some(next) => format!("{from}–{} {}", next - 1, l.of("d", "天")),
                None => format!("{from}+ {}", l.of("d", "天")),
            }),
    );
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in &review.ages {
        if row.from_days == 0 {
            rows.push(vec![l.state(row.state).to_owned()]);
        }
        if let Some(last) = rows.last_mut() {
            last.push(whole(row.n));
        }
    }
    Section {
        title: l.of("What is open today", "当前未结").to_owned(),
        note: String::new(),
        chart: None,
        tables: vec![Table {
            caption: l
                .of("Open complaints by state and age", "未结投诉的状态与时长")
                .to_owned(),
            head,
            rows,
        }],
    }
}

fn parts(review: &Review, l: Language) -> Section {
    let tables = review
        .parts
        .iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(dimension, rows)| Table {
            caption: l.dimension(*dimension).to_owned(),
            head: words(
                l,
                &[
                    ("", ""),
                    ("Received", "收到"),
                    ("Closed", "关闭"),
                    ("Opened again", "重新打开"),
                    ("Promises", "承诺"),
                ],
            )
            .into_iter()
            .enumerate()
            .map(|(place, word)| {
                if place == 0 {
                    l.dimension(*dimension).to_owned()
                } else {
                    word
                }
            })
            .collect(),
            rows: rows
                .iter()
                .map(|row| {
                    let name = l.value(*dimension, row.value.as_deref().unwrap_or_default());
                    vec![
                        name,
                        whole(row.received),
                        whole(row.closed),
                        whole(row.reopened),
                        whole(row.promised),
                    ]
                })
                .collect(),
        });
    Section {
        title: l.of("Where it came from", "来源分布").to_owned(),
        note: l.of("The twelve largest of each.", "各取前十二项。").to_owned(),
        chart: None,
        tables: tables.collect(),
    }
}

/// The causes that make up four fifths, with room for what is to be done about each.
fn corrective(review: &Review, l: Language) -> Section {
    let mut rows = Vec::new();
    let mut covered = 0.0;
    for row in &review.causes {
        if covered >= 0.8 {
            break;
        }
        covered = row.cumulative_share.unwrap_or(1.0);
        let mut cells = vec![l.cause(row.cause).to_owned(), whole(row.n)];
        cells.extend(std::iter::repeat_n(String::new(), 3));
        rows.push(cells);
    }
    Section {
        title: l.of("Corrective and preventive action", "纠正与预防措施").to_owned(),
        note: l
            .of(
                "The causes that make up four fifths of the complaints upheld. To be filled in by the review.",
                "占成立投诉五分之四的原因，由评审填写。",
            )
            .to_owned(),
        chart: None,
        tables: vec![Table {
            caption: l.of("Decisions of the review", "评审决定").to_owned(),
            head: words(
                l,
                &[
                    ("Cause", "原因"),
                    ("Complaints", "投诉数"),
                    ("Action", "措施"),
                    ("Who", "负责人"),
                    ("By when", "期限"),
                ],
            ),
            rows,
        }],
    }
}
