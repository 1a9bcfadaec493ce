//! Call review: what was drawn, how it comes out, and drawing more. One call is in `call.rs`.

pub(crate) mod call;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::TimeDelta;
use serde_json::json;

use super::trend::{Trend, Value, trend};
use super::{Choice, done, findings, frame, places, refusal, said};
use crate::api::extract::{Body, Ctx};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::calls::CallKind;
use crate::domain::reporting::query::{By, ReportForm};
use crate::domain::reviews::listing::{self, Listing, ReviewView};
use crate::domain::reviews::picks::{self, PickForm, PickView};
use crate::domain::reviews::summary::{self, SummaryOf, SummaryRow, SummaryView};
use crate::domain::staff::{Act, Permission, teams};
use crate::error::{Error, FieldError, Result};
use crate::ids::{ReviewPickId, TeamId};
use crate::web::desk::voice::{Voice, names, voice, whom};
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::fl;
use crate::web::page::{NavItem, Page, Visitor};
use crate::web::time;

/// How many calls and picks the page shows.
const SHOWN: i64 = 50;
/// How many weeks the summary goes back.
const WEEKS: i64 = 12;

/// A call, as lists show it.
struct Row {
    id: String,
    reference: String,
    kind: String,
    agent: String,
    at: String,
    machine: String,
    reviewed: bool,
    score: String,
    comments: usize,
}

struct Pick {
    id: String,
    whose: String,
    days: String,
    drawn: i32,
    candidates: i32,
    reviewed: i64,
    seed: String,
}

/// How reviews come out of one person, team or criterion.
struct Line {
    name: String,
    n: i64,
    mean: String,
    interval: String,
}

#[derive(Template)]
#[template(path = "web/lead/reviews.html")]
struct ReviewsPage {
    page: Page,
    /// Who can be chosen where somebody is to be named: handle and name.
    here: Vec<(String, String)>,
    places: Vec<NavItem>,
    leads: bool,
    rows: Vec<Row>,
    more: bool,
    picks: Vec<Pick>,
    trend: Option<Trend>,
    says: String,
    people: Vec<Line>,
    teams: Vec<Line>,
    criteria: Vec<Line>,
    team_choices: Vec<Choice>,
    form: Form,
    findings: Findings,
    done: bool,
}

struct Seen {
    calls: Vec<ReviewView>,
    picks: Vec<PickView>,
    summary: Option<SummaryView>,
    teams: Vec<(TeamId, String)>,
}

fn look(conn: &mut Conn, act: &Act, pick: Option<ReviewPickId>, form: &ReportForm) -> Result<Seen> {
    let leads = act.actor.may(Permission::ReviewCalls);
    let listing = Listing {
        pick,
        limit: SHOWN + 1,
        ..Listing::default()
    };
    let known = match act.actor.may(Permission::WorkAcrossTeams) {
        true => teams::all_ids(conn)?,
        false => act.actor.teams.clone(),
    };
    let mut named: Vec<(TeamId, String)> = teams::names(conn, &known)?.into_iter().collect();
    named.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(Seen {
        calls: listing::list(conn, act, &listing)?,
        picks: if leads {
            picks::list(conn, act, None, 20)?
        } else {
            Vec::new()
        },
        summary: leads.then(|| summary::summary(conn, act, form, None)).transpose()?,
        teams: named,
    })
}

/// `GET /lead/reviews`
pub(crate) async fn show_reviews(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    show(&ctx, &visitor, Form::fresh(), Findings::default()).await
}

async fn show(ctx: &Ctx, visitor: &Visitor, form: Form, findings: Findings) -> Result<HttpResponse> {
    let pick = visitor
        .query("pick")
        .and_then(|text| text.parse().ok())
        .map(ReviewPickId);
    let names = names(ctx).await?;
    let voice = voice(ctx, visitor).knowing(&names);
    let today = voice.now.with_timezone(&voice.zone).date_naive();
    let asked = ReportForm {
        from: Some(today - TimeDelta::days(WEEKS * 7 - 1)),
        to: Some(today),
        by: Some(By::Week),
        ..ReportForm::default()
    };
    let mut seen = ctx.read(move |conn, act| look(conn, act, pick, &asked)).await?;
    let shown = usize::try_from(SHOWN).unwrap_or_default();
    let more = seen.calls.len() > shown;
    seen.calls.truncate(shown);
    let event = Event::about_many(ObjectKind::CallReview, "call_review.listed")
        .of(seen.calls.iter().map(|call| call.customer))
        .with(json!({ "calls": seen.calls.iter().map(|call| call.id).collect::<Vec<_>>() }));
    ctx.disclose(event).await?;
    let lines = |of: SummaryOf| lines(voice, seen.summary.as_ref(), of);
    let refused = !findings.is_empty();
    let chart = seen.summary.as_ref().map(|summary| chart(voice, summary));
    let (trend, says) = match chart {
        Some((trend, says)) => (trend, says),
        None => (None, String::new()),
    };
    let page = ReviewsPage {
        here: names.here().to_vec(),
        page: frame(visitor, fl!(voice.words, "lead-reviews-title"), refused),
        places: places(visitor),
        leads: visitor.may(Permission::ReviewCalls),
        rows: seen.calls.iter().map(|call| row(voice, call)).collect(),
        more,
        picks: seen
            .picks
            .iter()
            .map(|pick| pick_row(voice, pick, &seen.teams))
            .collect(),
        trend,
        says,
        people: lines(SummaryOf::Agent),
        teams: lines(SummaryOf::Team),
        criteria: lines(SummaryOf::Criterion),
        team_choices: seen
            .teams
            .iter()
            .map(|(id, name)| Choice {
                value: id.to_string(),
                label: name.clone(),
                chosen: form.is("pick-team", &id.to_string()),
            })
            .collect(),
        form: with_days(form, today),
        findings,
        done: visitor.query("done").is_some(),
    };
    let status = if refused {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    visitor.show_as(status, &page)
}

/// The last seven days, five of each, unless something else was typed.
fn with_days(mut form: Form, today: chrono::NaiveDate) -> Form {
    let usual = [
        ("pick-from", (today - TimeDelta::days(6)).to_string()),
        ("pick-to", today.to_string()),
        ("pick-per_agent", "5".to_owned()),
    ];
    for (name, value) in usual {
        if form.given(name).is_none() {
            form.set(name, value);
        }
    }
    form
}

fn kind(voice: Voice, kind: CallKind) -> String {
    super::word(voice.words, "call", kind.as_str())
}

fn score(score: Option<f64>) -> String {
    score.map_or_else(String::new, |score| format!("{score:.2}"))
}

fn row(voice: Voice, call: &ReviewView) -> Row {
    Row {
        id: call.id.to_string(),
        reference: call.reference.clone(),
        kind: kind(voice, call.kind),
        agent: voice.person(&call.agent),
        at: voice.short(call.spoken_at),
        machine: time::machine(call.spoken_at),
        reviewed: call.reviewed,
        score: score(call.score),
        comments: call.comments.len(),
    }
}

fn pick_row(voice: Voice, pick: &PickView, teams: &[(TeamId, String)]) -> Pick {
    let team = pick.team.and_then(|id| teams.iter().find(|(have, _)| *have == id));
    let whose = pick
        .agent
        .as_deref()
        .map(|agent| voice.person(agent))
        .or_else(|| team.map(|(_, name)| name.clone()));
    Pick {
        id: pick.id.to_string(),
        whose: whose.unwrap_or_default(),
        days: format!("{} – {}", pick.from, pick.to),
        drawn: pick.drawn,
        candidates: pick.candidates,
        reviewed: pick.reviewed,
        seed: pick.seed.clone(),
    }
}

fn interval(row: &SummaryRow) -> String {
    match (row.lower, row.upper) {
        (Some(lower), Some(upper)) => format!("{lower:.2} – {upper:.2}"),
        _ => String::new(),
    }
}

fn lines(voice: Voice, found: Option<&SummaryView>, of: SummaryOf) -> Vec<Line> {
    let rows = found
        .into_iter()
        .flat_map(|found| &found.totals)
        .filter(|row| row.of == of);
    rows.map(|row| Line {
        name: match of {
            SummaryOf::Criterion => super::word(voice.words, "criterion", row.value.as_deref().unwrap_or_default()),
            SummaryOf::Team => row.name.clone().unwrap_or_else(|| voice.words.get("lead-no-team")),
            SummaryOf::Agent | SummaryOf::All => row.value.as_deref().map_or(String::new(), |one| voice.person(one)),
        },
        n: row.n,
        mean: row
            .mean
            .map_or_else(|| voice.words.get("lead-few"), |mean| format!("{mean:.2}")),
        interval: interval(row),
    })
    .collect()
}

/// The mean of all reviews by week, and what the chart says.
fn chart(voice: Voice, found: &SummaryView) -> (Option<Trend>, String) {
    let rows: Vec<&SummaryRow> = found.rows.iter().filter(|row| row.of == SummaryOf::All).collect();
    let values: Vec<Value> = rows
        .iter()
        .map(|row| Value {
            label: row.period.clone(),
            value: row.mean,
            limits: row.lower.zip(row.upper),
            says: format!("{}: {} (n = {}) {}", row.period, score(row.mean), row.n, interval(row)),
        })
        .collect();
    let whole = found.totals.iter().find(|row| row.of == SummaryOf::All);
    let says = match whole.and_then(|row| Some((row.mean?, row.n))) {
        Some((mean, n)) => fl!(
            voice.words,
            "lead-score-says",
            mean = format!("{mean:.2}"),
            n = n.to_string()
        ),
        None => voice.words.get("lead-score-few"),
    };
    let grid: Vec<(f64, String)> = (1..=5).map(|score| (f64::from(score), score.to_string())).collect();
    let has_values = values.iter().any(|value| value.value.is_some());
    (has_values.then(|| trend(&values, (1.0, 5.0), &grid)), says)
}

/// `POST /lead/reviews`
pub(crate) async fn draw(ctx: Ctx, visitor: Visitor, mut form: Form) -> Result<HttpResponse> {
    whom(&ctx, &mut form, &["pick-agent"]).await?;
    let number = |name: &str| form.text(name).trim().parse::<i32>().ok();
    let value = json!({
        "agent": said(&form, "pick-agent"), "team": said(&form, "pick-team"), "from": said(&form, "pick-from"),
        "to": said(&form, "pick-to"), "per_agent": number("pick-per_agent"), "seed": said(&form, "pick-seed"),
        "recorded_only": form.given("pick-recorded_only").is_some(),
    });
    let value = serde_json::from_value::<PickForm>(value).map_err(|_| {
        Error::invalid(vec![FieldError {
            pointer: "/from".to_owned(),
            code: "malformed".to_owned(),
            detail: "two days and a number".to_owned(),
        }])
    });
    let ctx_keyed = ctx.clone().with_key(form.key());
    let drawn = match value {
        Err(error) => Err(error),
        Ok(value) => {
            patiently(async || {
                let body = Body {
                    value: value.clone(),
                    raw: form.fingerprint(),
                };
                ctx_keyed.once(body, picks::draw).await
            })
            .await
        }
    };
    match drawn {
        Ok(pick) => Ok(done(&visitor, &format!("/lead/reviews?pick={}", pick.id), "drawn")),
        Err(error) => {
            let problem = refusal(error)?;
            form.renew_key();
            let found = findings(&problem, &visitor, "pick");
            show(&ctx, &visitor, form, found).await
        }
    }
}
