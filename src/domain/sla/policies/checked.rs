//! Everything that is wrong with a policy.

use std::collections::BTreeSet;

use super::model::{
    Conditions, Escalation, Metric, MetricKind, PolicyBody, Recipient, Reopening, StartEvent, Warning, Words,
};
use crate::domain::check::Check;
use crate::domain::complaints::vocabulary::{Channel, Kind, Level};
use crate::domain::customers::{Grade, ProfitSegment, Tier};
use crate::domain::sla::deadline::{Target, Unit};
use crate::domain::typing::CustomerType;
use crate::error::Result;

/// The longest time of a warning or an escalation: a year, minutes.
const LONGEST_MINUTES: u32 = 525_600;
/// The longest target in days; in weeks and minutes as much.
const LONGEST_DAYS: u32 = 3_660;

/// The policy with its texts trimmed; `at` is the pointer to it.
///
/// # Errors
/// `request.invalid`.
pub fn checked(body: &PolicyBody, at: &str) -> Result<PolicyBody> {
    let mut check = Check::new();
    let mut body = body.clone();
    words(&mut check, &format!("{at}/name"), &mut body.name);
    body.source = check.optional_text(&format!("{at}/source"), body.source.as_deref(), 1_000);
    body.calendar = check.slug(&format!("{at}/calendar"), &body.calendar);
    if !(-1_000..=1_000).contains(&body.rank) {
        check.fail(format!("{at}/rank"), "out_of_range", "-1000 to 1000");
    }
    conditions(&mut check, &format!("{at}/conditions"), &body.conditions);
    if !(1..=20).contains(&body.metrics.len()) {
        check.fail(format!("{at}/metrics"), "out_of_range", "1 to 20 clocks");
    }
    let mut slugs = BTreeSet::new();
    for (n, metric) in body.metrics.iter_mut().enumerate().take(20) {
        let at = format!("{at}/metrics/{n}");
        metric_of(&mut check, &at, metric);
        if !slugs.insert(metric.slug.clone()) {
            check.fail(format!("{at}/slug"), "not_allowed", "another clock has this slug");
        }
    }
    check.finish(body)
}

fn words(check: &mut Check, at: &str, words: &mut Words) {
    words.en = check.text(&format!("{at}/en"), &words.en, 1, 200);
    words.zh_cn = check.text(&format!("{at}/zh-CN"), &words.zh_cn, 1, 200);
}

/// Lists are as long as there are words to choose from; twice the same word says nothing more.
fn conditions(check: &mut Check, at: &str, conditions: &Conditions) {
    let c = conditions;
    for (list, n, most) in [
        ("kinds", c.kinds.len(), Kind::ALL.len()),
        ("categories", c.categories.len(), 50),
        ("channels", c.channels.len(), Channel::ALL.len()),
        ("severities", c.severities.len(), Level::ALL.len()),
        ("customer_types", c.customer_types.len(), CustomerType::ALL.len()),
        ("tiers", c.tiers.len(), Tier::ALL.len()),
        ("segments", c.segments.len(), ProfitSegment::ALL.len()),
        ("grades", c.grades.len(), Grade::ALL.len()),
    ] {
        if n > most {
            check.fail(format!("{at}/{list}"), "out_of_range", format_args!("at most {most}"));
        }
    }
    for (n, category) in c.categories.iter().enumerate().take(50) {
        check.slug(&format!("{at}/categories/{n}"), category);
    }
}

fn metric_of(check: &mut Check, at: &str, metric: &mut Metric) {
    metric.slug = check.slug(&format!("{at}/slug"), &metric.slug);
    words(check, &format!("{at}/name"), &mut metric.name);
    match (&metric.target, metric.kind) {
        (Some(_), MetricKind::CallBack) => {
            check.fail(format!("{at}/target"), "not_allowed", "the promise says by when");
        }
        (None, MetricKind::CallBack) => {}
        (None, _) => check.fail(format!("{at}/target"), "required", "how much time there is"),
        (Some(target), _) => target_of(check, &format!("{at}/target"), target),
    }
    let never_still = matches!(metric.kind, MetricKind::KeepInformed | MetricKind::CallBack);
    if metric.pausable && metric.regulatory {
        check.fail(
            format!("{at}/pausable"),
            "not_allowed",
            "a regulator's clock never stands still",
        );
    } else if metric.pausable && never_still {
        check.fail(
            format!("{at}/pausable"),
            "not_allowed",
            format_args!("`{}` never stands still", metric.kind),
        );
    }
    if metric.start != StartEvent::Received && !metric.kind.counts_from_the_beginning() {
        check.fail(
            format!("{at}/start"),
            "not_allowed",
            format_args!("`{}` has a beginning of its own", metric.kind),
        );
    }
    if metric.reopening != Reopening::Anew && metric.kind != MetricKind::Resolve {
        check.fail(format!("{at}/reopening"), "not_allowed", "only for `resolve`");
    }
    for (list, n, most) in [
        ("warnings", metric.warnings.len(), 5),
        ("escalations", metric.escalations.len(), 10),
    ] {
        if n > most {
            check.fail(format!("{at}/{list}"), "out_of_range", format_args!("at most {most}"));
        }
    }
    for (n, warning) in metric.warnings.iter().enumerate().take(5) {
        warning_of(check, &format!("{at}/warnings/{n}"), *warning);
    }
    for (n, level) in metric.escalations.iter_mut().enumerate().take(10) {
        escalation_of(check, &format!("{at}/escalations/{n}"), level);
    }
}

fn target_of(check: &mut Check, at: &str, target: &Target) {
    let most = match target.unit {
        Unit::BusinessMinutes => LONGEST_MINUTES,
        Unit::BusinessDays | Unit::CalendarDays => LONGEST_DAYS,
        Unit::CalendarWeeks => LONGEST_DAYS / 7,
    };
    if target.amount > most {
        check.fail(format!("{at}/amount"), "out_of_range", format_args!("0 to {most}"));
    }
}

fn warning_of(check: &mut Check, at: &str, warning: Warning) {
    match (warning.percent, warning.left_minutes) {
        (Some(percent), None) if (1..=99).contains(&percent) => {}
        (Some(_), None) => check.fail(format!("{at}/percent"), "out_of_range", "1 to 99"),
        (None, Some(minutes)) => minutes_of(check, &format!("{at}/left_minutes"), 1, minutes),
        _ => check.fail(at, "required", "either `percent` or `left_minutes`"),
    }
}

fn escalation_of(check: &mut Check, at: &str, level: &mut Escalation) {
    match (level.before_minutes, level.after_minutes) {
        (Some(minutes), None) => minutes_of(check, &format!("{at}/before_minutes"), 1, minutes),
        (None, Some(minutes)) => minutes_of(check, &format!("{at}/after_minutes"), 0, minutes),
        _ => check.fail(at, "required", "either `before_minutes` or `after_minutes`"),
    }
    match (level.to, &level.role) {
        (Recipient::Role, Some(role)) => level.role = Some(check.slug(&format!("{at}/role"), role)),
        (Recipient::Role, None) => check.fail(format!("{at}/role"), "required", "which role is told"),
        (_, Some(_)) => check.fail(format!("{at}/role"), "not_allowed", "only when a role is told"),
        (_, None) => {}
    }
}

fn minutes_of(check: &mut Check, at: &str, least: u32, minutes: u32) {
    if !(least..=LONGEST_MINUTES).contains(&minutes) {
        check.fail(at, "out_of_range", format_args!("{least} to {LONGEST_MINUTES}"));
    }
}
