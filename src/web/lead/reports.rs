//! Reports for leads: how old the queue is, what the first contact settles, what is opened again, how long steps take, and
//! through how many hands complaints go. The full reports, with every property, are in the API.

use actix_web::HttpResponse;
use askama::Template;
use chrono::TimeDelta;

use super::trend::{Trend, Value, trend};
use super::{Choice, frame, places, word};
use crate::api::extract::Ctx;
use crate::db::conn::Conn;
use crate::domain::reporting::measures::Time;
use crate::domain::reporting::query::{By, ReportForm};
use crate::domain::reporting::reports::{Report, first_contact, hand_overs, queue_ages, reopen, report, step_times};
use crate::domain::staff::Act;
use crate::error::Result;
use crate::web::desk::voice::{Voice, voice};
use crate::web::i18n::fl;
use crate::web::page::{NavItem, Page, Visitor};
use crate::web::time;

/// The weeks that can be looked at.
const WEEKS: [i64; 3] = [4, 12, 26];

/// A band of ages of the queue.
struct Band {
    says: String,
    n: i64,
    /// Of a hundred, how much of the bar is filled.
    filled: i64,
}

struct Step {
    name: String,
    n: i64,
    p50: String,
    p90: String,
}

/// A share over time, with its table.
struct Share {
    trend: Trend,
    says: String,
    whole: String,
    rows: Vec<(String, i64, i64, String)>,
}

#[derive(Template)]
#[template(path = "web/lead/reports.html")]
struct ReportsPage {
    page: Page,
    places: Vec<NavItem>,
    weeks: Vec<Choice>,
    times: Vec<Choice>,
    queue: Vec<Band>,
    waiting: i64,
    longest: String,
    first: Share,
    again: Share,
    steps: Vec<Step>,
    hands: Vec<hand_overs::HandOversRow>,
    one_hand: String,
    changes: String,
}

struct Found {
    queue: Report<queue_ages::QueueAgesRow>,
    first: Report<first_contact::FirstContactRow>,
    again: Report<reopen::ReopenRow>,
    steps: Report<step_times::StepTimesRow>,
    hands: Report<hand_overs::HandOversRow>,
}

fn look(conn: &mut Conn, act: &Act, form: &ReportForm) -> Result<Found> {
    Ok(Found {
        queue: report::<queue_ages::QueueAges>(conn, act, form)?,
        first: report::<first_contact::FirstContact>(conn, act, form)?,
        again: report::<reopen::Reopen>(conn, act, form)?,
        steps: report::<step_times::StepTimes>(conn, act, form)?,
        hands: report::<hand_overs::HandOvers>(conn, act, form)?,
    })
}

/// `GET /lead/reports`
pub(crate) async fn show_reports(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let asked = |name: &str| visitor.query(name).unwrap_or_default().to_owned();
    let weeks = asked("weeks")
        .parse()
        .ok()
        .filter(|weeks| WEEKS.contains(weeks))
        .unwrap_or(12);
    let time: Time = asked("time").parse().unwrap_or(Time::Business);
    let voice = voice(&ctx, &visitor);
    let today = voice.now.with_timezone(&voice.zone).date_naive();
    let form = ReportForm {
        from: Some(today - TimeDelta::days(weeks * 7 - 1)),
        to: Some(today),
        by: Some(By::Week),
        time: Some(time),
        ..ReportForm::default()
    };
    let found = ctx.read(move |conn, act| look(conn, act, &form)).await?;
    let words = voice.words;
    let first = found
        .first
        .rows
        .iter()
        .map(|row| (row.period.as_str(), row.at_once, row.resolved));
    let again = found
        .again
        .rows
        .iter()
        .map(|row| (row.period.as_str(), row.reopened_by_desk + row.disputed, row.closed));
    let hands = found.hands.totals.first();
    visitor.show(&ReportsPage {
        page: frame(&visitor, fl!(words, "lead-reports-title"), false),
        places: places(&visitor),
        weeks: WEEKS
            .iter()
            .map(|n| Choice {
                value: n.to_string(),
                label: fl!(words, "lead-weeks", n = n.to_string()),
                chosen: *n == weeks,
            })
            .collect(),
        times: Time::ALL
            .iter()
            .map(|one| Choice {
                value: one.to_string(),
                label: word(words, "time", one.as_str()),
                chosen: *one == time,
            })
            .collect(),
        queue: bands(voice, time, &found.queue),
        waiting: found.queue.totals.iter().map(|row| row.n).sum(),
        longest: found
            .queue
            .totals
            .first()
            .and_then(|row| row.longest_seconds)
            .map_or_else(String::new, |seconds| time::counted(words, time, seconds as f64)),
        first: share(voice, &fl!(words, "lead-first-contact"), first),
        again: share(voice, &fl!(words, "lead-opened-again"), again),
        steps: found.steps.totals.iter().map(|row| step(voice, time, row)).collect(),
        one_hand: percent(voice, hands.and_then(|row| row.one_hand_share)),
        changes: hands
            .and_then(|row| row.mean_changes)
            .map_or_else(String::new, |mean| format!("{mean:.2}")),
        hands: found
            .hands
            .rows
            .iter()
            .cloned()
            .map(|row| hand_overs::HandOversRow {
                period: week(voice, &row.period, "lead-week-of"),
                ..row
            })
            .collect(),
    })
}

fn percent(voice: Voice, share: Option<f64>) -> String {
    share.map_or_else(
        || "–".to_owned(),
        |share| voice.lang.percent(format!("{:.0}", share * 100.0)),
    )
}

/// A week in words, long or short.
fn week(voice: Voice, period: &str, key: &str) -> String {
    let Some((year, n)) = period.split_once("-W") else {
        return period.to_owned();
    };
    let n = n.trim_start_matches('0');
    match key {
        "lead-week-short" => fl!(voice.words, "lead-week-short", n = n),
        _ => fl!(voice.words, "lead-week-of", n = n, year = year),
    }
}

fn bands(voice: Voice, time: Time, found: &Report<queue_ages::QueueAgesRow>) -> Vec<Band> {
    let most = found.rows.iter().map(|row| row.n).max().unwrap_or_default().max(1);
    let hours = |hours: i64| time::counted(voice.words, time, hours as f64 * 3_600.0);
    found
        .rows
        .iter()
        .map(|row| Band {
            says: match row.to_hours {
                Some(to) if row.from_hours == 0 => fl!(voice.words, "lead-under", time = hours(to)),
                Some(to) => format!("{} – {}", hours(row.from_hours), hours(to)),
                None => fl!(voice.words, "lead-over", time = hours(row.from_hours)),
            },
            n: row.n,
            filled: row.n * 100 / most,
        })
        .collect()
}

fn step(voice: Voice, time: Time, row: &step_times::StepTimesRow) -> Step {
    let told = |seconds: Option<f64>| {
        seconds.map_or_else(|| "–".to_owned(), |seconds| time::counted(voice.words, time, seconds))
    };
    Step {
        name: word(voice.words, "step", row.step.as_str()),
        n: row.n,
        p50: told(row.p50_seconds),
        p90: told(row.p90_seconds),
    }
}

/// A share by week: so many of so many.
fn share<'r>(voice: Voice, name: &str, rows: impl Iterator<Item = (&'r str, i64, i64)>) -> Share {
    let rows: Vec<(&str, i64, i64)> = rows.collect();
    let of = |n: i64, all: i64| (all > 0).then(|| n as f64 / all as f64);
    let (n, all) = rows.iter().fold((0, 0), |(n, all), row| (n + row.1, all + row.2));
    let values: Vec<Value> = rows
        .iter()
        .map(|(period, n, all)| Value {
            label: week(voice, period, "lead-week-short"),
            value: of(*n, *all),
            limits: crate::domain::intervals::of_share(*n, *all),
            says: format!(
                "{}{}{n}/{all}, {}",
                week(voice, period, "lead-week-of"),
                voice.lang.colon(),
                percent(voice, of(*n, *all))
            ),
        })
        .collect();
    let grid = [
        (0.0, voice.lang.percent(0)),
        (0.5, voice.lang.percent(50)),
        (1.0, voice.lang.percent(100)),
    ];
    let whole = percent(voice, of(n, all));
    Share {
        trend: trend(&values, (0.0, 1.0), &grid),
        says: fl!(
            voice.words,
            "lead-share-says",
            name = name,
            share = whole.as_str(),
            n = n.to_string(),
            all = all.to_string()
        ),
        whole,
        rows: rows
            .iter()
            .map(|(period, n, all)| {
                (
                    week(voice, period, "lead-week-of"),
                    *n,
                    *all,
                    percent(voice, of(*n, *all)),
                )
            })
            .collect(),
    }
}
