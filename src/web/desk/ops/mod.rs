//! What operations look at, from three metres: large figures with what they are compared with, then charts, each with a
//! table; every figure opens the cases behind it. The same on a screen on the wall.

mod asked;
mod cases;
mod charts;
mod now;
mod parts;
mod patterns;
mod sections;
mod tell;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use self::asked::{Address, Asked, EVERY_TABLE, Group};
pub(crate) use self::cases::show_cases;
use self::parts::{Card, Part, View};
use self::tell::Tell;
use super::words::Choice;
use crate::api::extract::Ctx;
use crate::clock::Moment;
use crate::domain::reporting::measures::{Span, Time};
use crate::domain::reporting::operations::{self, Operations, OperationsForm};
use crate::domain::staff::Permission;
use crate::domain::staff::names::Names;
use crate::domain::staff::teams::{self, TeamView};
use crate::error::{Code, Error, Result};
use crate::web::errors::problem_in;
use crate::web::forms::Findings;
use crate::web::i18n::fl;
use crate::web::locale::Theme;
use crate::web::page::{Page, Visitor};
use crate::web::time;

/// The most teams that can be chosen from.
const TEAMS: i64 = 200;

/// Everything that was asked for, and when.
struct Looked {
    seen: Operations,
    teams: Vec<TeamView>,
    names: Names,
    findings: Findings,
    table: Option<String>,
    now: Moment,
}

/// Gathers what the address asks for; what does not fit is said, and the usual shown instead.
async fn look(ctx: &Ctx, visitor: &Visitor) -> Result<Looked> {
    let mut asked = Asked::of(visitor);
    let gather = async |form: OperationsForm| {
        ctx.read(move |conn, act| {
            let seen = operations::operations(conn, act, &form)?;
            let names = Names::seen_by(conn, act)?;
            Ok((seen, teams::list(conn, None, TEAMS)?, names, act.now))
        })
        .await
    };
    let found = match gather(asked.form.clone()).await {
        Err(error) if error.code() == Code::Invalid => {
            asked.add(visitor.words, &problem_in(error)?);
            gather(OperationsForm::default()).await?
        }
        other => other?,
    };
    let (seen, teams, names, now) = found;
    Ok(Looked {
        seen,
        teams,
        names,
        findings: asked.findings,
        table: asked.table,
        now,
    })
}

impl Looked {
    fn view(&self, visitor: &Visitor) -> View<'_> {
        View {
            tell: Tell {
                words: visitor.words,
                lang: visitor.lang,
                time: self.seen.ask.time,
                by: self.seen.ask.by,
            },
            seen: &self.seen,
            address: Address::of(&self.seen.ask, self.seen.span, self.seen.zone),
            opens: visitor.may(Permission::ReadComplaints),
            now: self.now,
            names: &self.names,
            table: self.table.as_deref(),
        }
    }

    /// What the figures are of, in a line.
    fn scope(&self, visitor: &Visitor) -> String {
        let groups = asked::groups(visitor.words, &self.seen.ask, &self.teams);
        let chosen = groups
            .into_iter()
            .flat_map(|group| group.choices)
            .find(|choice| choice.chosen);
        let of = match (chosen, &self.seen.ask.value) {
            (Some(choice), _) => choice.label,
            (None, Some(value)) => value.clone(),
            (None, None) => fl!(visitor.words, "ops-everything"),
        };
        let days = fl!(
            visitor.words,
            "ops-days",
            from = self.seen.ask.from.to_string(),
            to = self.seen.ask.to.to_string()
        );
        match self.seen.zone == self.seen.ask.zone {
            true => format!("{of} · {days}"),
            false => {
                let zone = time::zone_name(visitor.words, visitor.lang, self.seen.zone);
                format!("{of} · {days} · {zone}")
            }
        }
    }

    /// When the figures were read, in the zone of the desk.
    fn fresh(&self, visitor: &Visitor) -> String {
        fl!(visitor.words, "ops-fresh", at = time::clock(self.seen.zone, self.now))
    }
}

#[derive(Template)]
#[template(path = "web/desk/ops/dashboard.html")]
struct OpsPage {
    page: Page,
    findings: Findings,
    scope: String,
    fresh: String,
    machine: String,
    from: String,
    to: String,
    groups: Vec<Group>,
    spans: Vec<Choice>,
    times: Vec<Choice>,
    zone: String,
    zones: Vec<&'static str>,
    quick: Vec<(String, String, bool)>,
    wall: String,
    bare: bool,
    turned: String,
    cards: Vec<Card>,
    parts: Vec<Part>,
    opens: bool,
}

/// Zones that are offered; any other can be typed.
const ZONES: [&str; 8] = [
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/Dublin",
    "Europe/London",
    "America/New_York",
    "UTC",
];

/// `GET /ops`
pub(crate) async fn show_ops(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let looked = look(&ctx, &visitor).await?;
    let view = looked.view(&visitor);
    let (seen, words) = (&looked.seen, visitor.words);
    let choice = |value: &str, label: String, chosen: bool| Choice {
        value: value.to_owned(),
        label,
        chosen,
    };
    let spans = [
        (Span::Acknowledgement, fl!(words, "ops-span-acknowledgement")),
        (Span::FirstResponse, fl!(words, "ops-span-first")),
        (Span::Resolution, fl!(words, "ops-span-resolution")),
    ];
    let times = [
        (Time::Business, fl!(words, "ops-time-business")),
        (Time::Calendar, fl!(words, "ops-time-calendar")),
    ];
    let bare = view.table == Some(EVERY_TABLE);
    let today = seen.ask.today;
    let quick = [1, 7, 30, 90].map(|days| {
        let from = today - chrono::TimeDelta::days(days - 1);
        let here = seen.ask.from == from && seen.ask.to == today;
        (
            view.address.last("/ops", days, &[]),
            fl!(words, "ops-last-days", days = days),
            here,
        )
    });
    let title = fl!(words, "ops-title");
    let status = match looked.findings.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = match looked.findings.is_empty() {
        true => visitor.page(title),
        false => visitor.page_with_errors(&title),
    };
    let shown = OpsPage {
        page: page
            .style("desk.css")
            .style("ops.css")
            .script("keys.js")
            .script("live.js"),
        scope: looked.scope(&visitor),
        fresh: looked.fresh(&visitor),
        machine: time::machine(looked.now),
        from: seen.ask.from.to_string(),
        to: seen.ask.to.to_string(),
        groups: asked::groups(words, &seen.ask, &looked.teams),
        spans: spans
            .into_iter()
            .map(|(span, label)| choice(span.as_str(), label, span == seen.span))
            .collect(),
        times: times
            .into_iter()
            .map(|(time, label)| choice(time.as_str(), label, time == seen.ask.time))
            .collect(),
        zone: seen.zone.to_string(),
        zones: ZONES.to_vec(),
        quick: quick.to_vec(),
        wall: view.address.running("/ops/wall", &[]),
        bare,
        turned: match bare {
            true => view.address.running("/ops", &[]),
            false => view.address.running("/ops", &[("table", EVERY_TABLE.to_owned())]),
        },
        cards: parts::cards(&view),
        parts: parts::parts(&view)?,
        opens: view.opens,
        findings: looked.findings.clone(),
    };
    visitor.show_as(status, &shown)
}

#[derive(Template)]
#[template(path = "web/desk/ops/wall.html")]
struct WallPage {
    page: Page,
    scope: String,
    fresh: String,
    machine: String,
    back: String,
    cards: Vec<Card>,
    parts: Vec<Part>,
}

/// `GET /ops/wall`: what a screen on the wall shows, and nothing to press.
pub(crate) async fn show_wall(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let looked = look(&ctx, &visitor).await?;
    if !looked.findings.is_empty() {
        return Err(Error::problem(
            Code::Invalid,
            "the address of the wall screen does not fit",
        ));
    }
    let mut view = looked.view(&visitor);
    // Nobody presses anything there.
    view.opens = false;
    let mut page = visitor.page(fl!(visitor.words, "ops-wall-title"));
    if page.theme == Theme::Auto {
        page.theme = Theme::Dark;
    }
    let mut shown = vec![now::ahead(&view)?, sections::times(&view)?, sections::promises(&view)?];
    shown.push(now::ages(&view)?);
    shown.extend(sections::backlog(&view)?);
    shown.push(sections::breaches(&view)?);
    visitor.show(&WallPage {
        page: page
            .style("desk.css")
            .style("ops.css")
            .style("wall.css")
            .script("live.js"),
        scope: looked.scope(&visitor),
        fresh: looked.fresh(&visitor),
        machine: time::machine(looked.now),
        back: view.address.running("/ops", &[]),
        cards: parts::cards(&view).into_iter().take(6).collect(),
        parts: shown,
    })
}
