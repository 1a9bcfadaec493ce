//! The sections of the review about what came of complaints, why there were any, and what is left.

use super::chart::{Shape, chart, even};
use super::sections::{Section, Table, number, series, told, words};
use super::words::{Language, percent, whole};
use crate::domain::reporting::reports::ages::BANDS;
use crate::domain::reporting::review::{Review, Whole};

pub(super) fn outcome(review: &Review, l: Language) -> Section {
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

pub(super) fn causes(review: &Review, l: Language) -> Section {
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
        chart: chart(says.clone(), &places, &lines, even, |series, value| {
            match series.shape {
                Shape::Share => percent(Some(value)),
                Shape::Bars | Shape::Line => told(value),
            }
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

pub(super) fn manners(review: &Review, l: Language) -> Section {
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

pub(super) fn open(review: &Review, l: Language) -> Section {
    let mut head = vec![l.of("State", "状态").to_owned()];
    head.extend(
        BANDS
            .iter()
            .enumerate()
            .map(|(place, from)| match BANDS.get(place + 1) {
                Some(next) if *from == next - 1 => format!("{from} {}", l.of("d", "天")),
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

pub(super) fn parts(review: &Review, l: Language) -> Section {
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
pub(super) fn corrective(review: &Review, l: Language) -> Section {
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
