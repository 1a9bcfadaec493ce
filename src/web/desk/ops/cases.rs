//! The cases behind a figure.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::json;

use super::asked::{Address, Asked, CASES};
use crate::api::extract::Ctx;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::reporting::measures::{Span, Time};
use crate::domain::reporting::operations::cases::{self, CasesForm, Figure};
use crate::domain::typing::CustomerType;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;
use crate::web::desk::parts::{self, Row};
use crate::web::desk::voice::{names, voice};
use crate::web::desk::words::word;
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};
use crate::web::time;

/// How many cases a page shows.
const SHOWN: usize = 50;

/// A case, and how often it counts.
struct Counted {
    row: Row,
    n: i64,
}

#[derive(Template)]
#[template(path = "web/desk/ops/cases.html")]
struct CasesPage {
    page: Page,
    title: String,
    of: Vec<String>,
    back: String,
    rows: Vec<Counted>,
    often: bool,
    more: Option<String>,
    later: bool,
}

fn asked(visitor: &Visitor) -> Result<CasesForm> {
    let refused = || Error::problem(Code::Invalid, "the address of the figure does not fit");
    let read = Asked::of(visitor);
    if !read.findings.is_empty() {
        return Err(refused());
    }
    let number = |name: &str| -> Result<Option<i64>> {
        match visitor.query(name).filter(|text| !text.is_empty()) {
            Some(text) => text.parse().map(Some).map_err(|_| refused()),
            None => Ok(None),
        }
    };
    let small = |text: &str| -> Result<Option<usize>> {
        match text.is_empty() {
            true => Ok(None),
            false => text.parse().map(Some).map_err(|_| refused()),
        }
    };
    let at = visitor
        .query("at")
        .map(|text| text.split_once('-').unwrap_or((text, "")));
    let (weekday, hour) = at.unwrap_or_default();
    let manner = |name: &str| visitor.query(name).and_then(|word| word.parse::<CustomerType>().ok());
    let figure = match visitor.query("figure") {
        Some(word) => word.parse::<Figure>().ok(),
        // When something came is asked of nothing else.
        None => at.map(|_| Figure::Received),
    };
    Ok(CasesForm {
        figure: figure.ok_or_else(|| Error::not_found("figure"))?,
        of: read.form,
        longer: number("longer")?,
        from_days: number("from_days")?,
        to_days: number("to_days")?,
        first: manner("first"),
        last: manner("last"),
        weekday: small(weekday)?,
        hour: small(hour)?,
        after: number("after")?,
        limit: SHOWN,
    })
}

/// What else the cases have in common.
fn common(visitor: &Visitor, form: &CasesForm, time: Time) -> Vec<String> {
    let words = visitor.words;
    let mut of = Vec::new();
    if let Some(seconds) = form.longer {
        let tell = super::tell::Tell {
            words,
            lang: visitor.lang,
            time,
            by: crate::domain::reporting::query::By::Day,
        };
        of.push(fl!(words, "ops-cases-longer", value = tell.span(seconds as f64)));
    }
    match (form.from_days, form.to_days) {
        (Some(from), Some(to)) if from == to => of.push(fl!(words, "ops-age-one", from = from)),
        (Some(from), Some(to)) => of.push(fl!(words, "ops-age-some", from = from, to = to)),
        (Some(from), None) => of.push(fl!(words, "ops-age-more", from = from)),
        (None, _) => {}
    }
    if let Some(first) = form.first {
        of.push(fl!(
            words,
            "ops-cases-first",
            manner = word(words, "type", first.as_str())
        ));
    }
    if let Some(last) = form.last {
        of.push(fl!(
            words,
            "ops-cases-last",
            manner = word(words, "type", last.as_str())
        ));
    }
    if let Some(day) = form.weekday {
        of.push(word(words, "weekday", &(day + 1).to_string()));
    }
    if let Some(hour) = form.hour {
        of.push(fl!(words, "ops-cases-hour", hour = hour));
    }
    of
}

/// `GET /ops/cases`
pub(crate) async fn show_cases(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let form = asked(&visitor)?;
    let wanted = form.clone();
    let (found, ask) = ctx
        .read(move |conn, act| {
            let mut ask = wanted.of.check(act)?;
            ask.time = wanted.of.time.unwrap_or(Time::Business);
            Ok((cases::cases(conn, act, &wanted)?, ask))
        })
        .await?;
    let ids: Vec<ComplaintId> = found.items.iter().map(|(case, _)| case.id).collect();
    let whose = found.items.iter().map(|(case, _)| case.customer_id);
    let event = Event::about_many(ObjectKind::Complaint, "complaint.listed").of(whose);
    ctx.disclose(event.with(json!({ "complaints": ids }))).await?;

    let names = names(&ctx).await?;
    let voice = voice(&ctx, &visitor).knowing(&names);
    let words = visitor.words;
    let zone = form.of.zone.unwrap_or(ask.zone);
    let address = Address::of(&ask, form.of.span.unwrap_or(Span::FirstResponse), zone);
    let mut of = Vec::new();
    if !matches!(form.figure, Figure::Late | Figure::Ahead | Figure::Open) {
        of.push(fl!(
            words,
            "ops-days",
            from = ask.from.to_string(),
            to = ask.to.to_string()
        ));
    }
    of.extend(common(&visitor, &form, ask.time));
    if form.weekday.is_some() || form.hour.is_some() {
        of.push(time::zone_name(words, visitor.lang, zone));
    }
    let here: Vec<(&str, String)> = ["figure", "longer", "from_days", "to_days", "first", "last", "at"]
        .into_iter()
        .filter_map(|name| Some((name, visitor.query(name)?.to_owned())))
        .collect();
    let more = found.next.map(|next| {
        let mut pairs = here.clone();
        pairs.push(("after", next.to_string()));
        address.at(CASES, &pairs)
    });
    let title = word(words, "figure", form.figure.as_str());
    visitor.show(&CasesPage {
        page: visitor
            .page(title.clone())
            .style("desk.css")
            .style("ops.css")
            .script("keys.js"),
        title,
        of,
        back: address.at("/ops", &[]),
        often: found.items.iter().any(|(_, n)| *n > 1),
        later: form.after.is_some(),
        rows: found
            .items
            .iter()
            .map(|(case, n)| Counted {
                row: parts::row(voice, case),
                n: *n,
            })
            .collect(),
        more,
    })
}
