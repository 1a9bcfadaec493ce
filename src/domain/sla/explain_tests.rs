//! The working in words, in both languages.

use chrono_tz::Tz;

use super::deadline::{Pause, Target, Unit, deadline};
use super::explain::{Language, explain};
use super::notation;

const SHANGHAI: Tz = chrono_tz::Asia::Shanghai;

fn said(text: &str, target: Target, start: &str, pauses: &[Pause]) -> (String, String) {
    let calendar = notation::parse(text, SHANGHAI).unwrap();
    let start = start.parse().unwrap();
    let deadline = deadline(&calendar, &target, start, pauses).unwrap();
    let said = |language| explain(SHANGHAI, &target, start, &deadline, language);
    (said(Language::En), said(Language::ZhCn))
}

const CHINA: &str = "Mo-Fr 09:00-12:00,13:30-18:00; 2026 Oct 01-07 off \"国庆节\"; \
                     2026 Sep 20 09:00-18:00 \"调休\"; 2026 Oct 10 09:00-18:00 \"调休\"";

#[test]
fn a_deadline_over_a_holiday_says_what_it_skipped() {
    let target = Target {
        amount: 480,
        unit: Unit::BusinessMinutes,
        from_next_day: false,
    };
    let (en, zh) = said(CHINA, target, "2026-09-30T09:40:00Z", &[]);
    assert_eq!(
        en,
        "From Wed 30 Sep 2026, 17:40 (Asia/Shanghai). Time given: 8 h of opening time. \
         Used: 20 min of Wed 30 Sep; 7 h 30 min of Thu 8 Oct; 10 min of Fri 9 Oct. \
         Skipped: 国庆节 1–7 Oct. Due Fri 9 Oct 2026, 09:10."
    );
    assert_eq!(
        zh,
        "2026年9月30日（周三）17:40 开始（Asia/Shanghai）。时限：8 小时营业时间。\
         已计：9月30日（周三）计 20 分钟；10月8日（周四）计 7 小时 30 分钟；10月9日（周五）计 10 分钟。\
         跳过：国庆节10月1–7日。到期时间：2026年10月9日（周五）09:10。"
    );
}

#[test]
fn a_make_up_day_and_a_pause_are_told() {
    let target = Target {
        amount: 600,
        unit: Unit::BusinessMinutes,
        from_next_day: false,
    };
    let pause = Pause {
        from: "2026-10-09T03:00:00Z".parse().unwrap(),
        until: Some("2026-10-09T06:00:00Z".parse().unwrap()),
        cause: "customer".to_owned(),
    };
    let (en, zh) = said(CHINA, target, "2026-10-08T23:00:00Z", &[pause]);
    assert_eq!(
        en,
        "From Fri 9 Oct 2026, 07:00 (Asia/Shanghai). Time given: 10 h of opening time. \
         Outside opening hours, so counted from the next opening: Fri 9 Oct 2026, 09:00. \
         Used: 6 h of Fri 9 Oct; 4 h of Sat 10 Oct. \
         Open at other hours than usual: Sat 10 Oct (调休). \
         Stood still: Fri 9 Oct 2026, 11:00 to Fri 9 Oct 2026, 14:00 (waiting for the customer), 1 h 30 min. \
         Due Sat 10 Oct 2026, 13:00."
    );
    assert!(zh.contains("营业时间与平日不同：10月10日（周六）调休。"), "{zh}");
    assert!(
        zh.contains(
            "暂停计时：2026年10月9日（周五）11:00至2026年10月9日（周五）14:00（等待客户），计 1 小时 30 分钟。"
        ),
        "{zh}"
    );
}

#[test]
fn a_clock_that_stands_still_says_since_when_and_what_is_left() {
    let target = Target {
        amount: 2,
        unit: Unit::CalendarDays,
        from_next_day: false,
    };
    let pause = Pause {
        from: "2026-10-02T02:30:00Z".parse().unwrap(),
        until: None,
        cause: "等待客户".to_owned(),
    };
    let (en, zh) = said(CHINA, target, "2026-10-01T02:00:00Z", &[pause]);
    assert_eq!(
        en,
        "From Thu 1 Oct 2026, 10:00 (Asia/Shanghai). Time given: 2 days. \
         Stands still since Fri 2 Oct 2026, 10:30 (等待客户) with 23 h 30 min left."
    );
    assert_eq!(
        zh,
        "2026年10月1日（周四）10:00 开始（Asia/Shanghai）。时限：2 天。\
         自2026年10月2日（周五）10:30起暂停（等待客户），剩余 23 小时 30 分钟。"
    );
}

#[test]
fn eight_weeks_end_with_their_last_day() {
    let target = Target {
        amount: 8,
        unit: Unit::CalendarWeeks,
        from_next_day: true,
    };
    let (en, zh) = said("24/7", target, "2026-03-03T02:00:00Z", &[]);
    assert!(en.ends_with("Due at the end of Tue 28 Apr 2026."), "{en}");
    assert!(
        en.contains("Counted from the day after: Wed 4 Mar 2026, 00:00."),
        "{en}"
    );
    assert!(zh.ends_with("到期时间：2026年4月28日（周二）结束时。"), "{zh}");
}

#[test]
fn a_long_list_ends_with_how_much_more_there_is() {
    let target = Target {
        amount: 30,
        unit: Unit::BusinessDays,
        from_next_day: true,
    };
    let (en, zh) = said(CHINA, target, "2026-03-03T02:00:00Z", &[]);
    assert!(en.contains("of Fri 13 Mar; and 44 more windows."), "{en}");
    assert!(en.contains("closed 7–8 Mar; closed 14–15 Mar"), "{en}");
    assert!(zh.contains("；另有 44 段。"), "{zh}");
}
