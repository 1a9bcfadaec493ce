use super::*;

fn period(with_cause: i64, closed: i64) -> EffectPeriod {
    let day = |text: &str| text.parse().unwrap();
    EffectPeriod {
        from: day("2026-11-01"),
        to: day("2026-11-30"),
        taken_in: closed + 2,
        open: 2,
        closed,
        with_cause,
    }
}

fn found(before: (i64, i64), after: (i64, i64)) -> EffectView {
    let mut view = compare(period(before.0, before.1), period(after.0, after.1));
    view.days = 30;
    view
}

#[test]
fn a_verdict_is_given_only_when_the_interval_leaves_one_out() {
    let verdict = |before, after| found(before, after).verdict;
    assert_eq!(verdict((31, 240), (14, 262)), Verdict::Fewer);
    assert_eq!(verdict((14, 262), (31, 240)), Verdict::More);
    assert_eq!(verdict((0, 200), (6, 200)), Verdict::More);
    assert_eq!(verdict((12, 240), (9, 250)), Verdict::CannotTell);
    // Even if all five had come before, the interval would have had one in it.
    assert_eq!(verdict((3, 240), (2, 240)), Verdict::TooFew);
    assert_eq!(verdict((5, 100), (0, 100)), Verdict::TooFew);
    assert_eq!(verdict((6, 100), (0, 100)), Verdict::Fewer);
    assert_eq!(verdict((0, 100), (0, 100)), Verdict::TooFew);
    assert_eq!(verdict((0, 0), (4, 100)), Verdict::TooFew);
}

#[test]
fn the_finding_is_told_in_both_languages() {
    let tell = |view: &EffectView, language| words::tell(view, language);
    let fewer = found((31, 240), (14, 262));
    assert_eq!(
        tell(&fewer, Language::En),
        "31 of 240 in the 30 days before, 14 of 262 in the 30 days since. That is 0.41 times as many (95 % interval 0.20 to \
         0.80): fewer than before. Not counted: 4 that are still open."
    );
    assert_eq!(
        tell(&fewer, Language::ZhCn),
        "之前 30 天：240 件中有 31 件；之后 30 天：262 件中有 14 件。是之前的 0.41 倍（95% 区间 0.20 至 0.80）：比之前少。另有 4 \
         件尚未结案，未计入。"
    );
    let few = found((3, 240), (2, 240));
    assert!(tell(&few, Language::En).contains("Cannot tell yet: too few."));
    let none_before = found((0, 200), (6, 200));
    assert!(tell(&none_before, Language::En).contains("There were none before (95 % interval 1.18 and above)"));
}

#[test]
fn both_periods_are_equally_long_and_of_whole_days() {
    let days = |effective: i32, window: i32, today: i32| {
        let now = crate::clock::Moment::EPOCH;
        let row = ActionRow {
            id: CorrectiveActionId::new(now),
            state: super::super::model::ActionState::Done,
            cause: crate::domain::complaints::vocabulary::CauseCategory::Speech,
            category: None,
            title: String::new(),
            description: None,
            owner: String::new(),
            due_day: 0,
            effective_day: Some(effective),
            window_days: window,
            closing_note: None,
            closed_by: None,
            closed_at: None,
            helped: None,
            verification: None,
            verified_by: None,
            verified_at: None,
            created_by: String::new(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        periods(&row, today)
    };
    assert_eq!(days(100, 90, 100), None, "the first day is not over");
    assert_eq!(days(100, 90, 101), Some((1, [(99, 99), (100, 100)])));
    assert_eq!(days(100, 7, 150), Some((7, [(93, 99), (100, 106)])));
}
