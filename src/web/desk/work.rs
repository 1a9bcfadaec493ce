//! My work: what is most urgent, the calls promised today, what nobody has taken yet.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;
use serde_json::json;

use super::parts::{self, Due, Row};
use super::voice::{Voice, names, voice};
use super::words::word;
use crate::api::extract::Ctx;
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::listing::{self, Listing, Order};
use crate::domain::complaints::view::{self, ComplaintSummary};
use crate::domain::complaints::{beside, history, watching};
use crate::domain::events;
use crate::domain::sla::clocks::export as clocks;
use crate::domain::sla::clocks::view::ClockView;
use crate::domain::staff::{Act, Permission};
use crate::domain::work::mine::{self, MyCall};
use crate::domain::work::queue;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, CustomerId, TeamId};
use crate::web::forms::Form;
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};
use crate::web::{customers, time};

/// How many complaints the lists show.
const SHOWN: i64 = 50;
/// How many the list of what waits shows.
const FREE: i64 = 20;
/// For how many of them the page says why they are due when they are.
const EXPLAINED: usize = 20;

/// A complaint of mine, and why it is due when it is.
struct Mine {
    row: Row,
    what: String,
    why: String,
}

/// A call that is promised for today.
struct Call {
    id: String,
    purpose: String,
    /// When, on the clock of the desk.
    hours: String,
    /// The same on the customer's clock, where it is another one.
    theirs: String,
    due: Due,
    who: String,
    who_lang: &'static str,
    complaint: String,
    reference: String,
    subject: String,
    subject_lang: &'static str,
    /// Who promised it, where it was somebody else who is away.
    instead_of: String,
}

fn call(voice: Voice, me: &str, call: &MyCall) -> Call {
    let window = |zone| {
        let same = |at: crate::clock::Moment| at.with_timezone(&zone).date_naive();
        let from = match same(call.window_start) == voice.now.with_timezone(&zone).date_naive() {
            true => time::clock(zone, call.window_start),
            false => time::short(voice.lang, zone, voice.now, call.window_start),
        };
        format!("{from}–{}", time::clock(zone, call.window_end))
    };
    let zone = time::zone(&call.time_zone);
    let naive = |zone: chrono_tz::Tz| call.window_start.with_timezone(&zone).naive_local();
    Call {
        id: call.id.to_string(),
        purpose: word(voice.words, "purpose", call.purpose.as_str()),
        hours: window(voice.zone),
        theirs: match naive(zone) == naive(voice.zone) {
            true => String::new(),
            false => format!("{} {}", window(zone), time::zone_name(voice.words, voice.lang, zone)),
        },
        due: Due::of(voice, call.window_end),
        who_lang: customers::language_of(&call.customer.name),
        who: call.customer.name.clone(),
        complaint: call.complaint_id.to_string(),
        reference: call.reference.clone(),
        subject_lang: customers::language_of(&call.subject),
        subject: call.subject.clone(),
        instead_of: match call.owner == me {
            true => String::new(),
            false => voice.person(&call.owner),
        },
    }
}

#[derive(Template)]
#[template(path = "web/desk/work.html")]
struct WorkPage {
    page: Page,
    works: bool,
    mine: Vec<Mine>,
    late: usize,
    calls: Vec<Call>,
    free: Vec<Row>,
    in_a_team: bool,
    assigns: bool,
    takes: bool,
    nothing_waits: bool,
    form: Form,
    today: String,
    more: bool,
    me: String,
    teams: String,
    from: String,
}

/// What the page is made of.
struct Seen {
    mine: Vec<(ComplaintSummary, Option<(String, String)>)>,
    more: bool,
    calls: Vec<MyCall>,
    free: Vec<ComplaintSummary>,
    whose: Vec<CustomerId>,
    /// What happens after the page was made.
    from: events::Place,
}

fn look(conn: &mut Conn, act: &Act, voice: Voice) -> Result<Seen> {
    // First: what happens while the rest is read is told.
    let from = events::last(conn)?;
    let own = |order| Listing {
        open: Some(true),
        owner: Some(act.actor.name.clone()),
        order,
        limit: SHOWN,
        ..Listing::default()
    };
    let page = listing::list(conn, act, &own(Order::Due))?;
    let mut summaries = page.items;
    // What waits for nothing stands at the end.
    for summary in listing::list(conn, act, &own(Order::Newest))?.items {
        if summary.next_due_at.is_none() && !summaries.iter().any(|have| have.id == summary.id) {
            summaries.push(summary);
        }
    }
    let explained = summaries.iter().take(EXPLAINED);
    let explained: Vec<ComplaintId> = explained
        .filter(|summary| summary.next_due_at.is_some())
        .map(|summary| summary.id)
        .collect();
    let mut why = why(conn, act, voice, &explained)?;
    let mine: Vec<_> = summaries
        .into_iter()
        .map(|summary| {
            let why = why.remove(&summary.id);
            (summary, why)
        })
        .collect();
    let calls = mine::calls(conn, act)?;
    let free = free(conn, act)?;
    let mut ids: Vec<ComplaintId> = mine.iter().map(|(summary, _)| summary.id).collect();
    ids.extend(free.iter().map(|summary| summary.id));
    ids.extend(calls.iter().map(|call| call.complaint_id));
    ids.sort();
    ids.dedup();
    Ok(Seen {
        mine,
        more: page.next.is_some(),
        calls,
        free,
        whose: view::customers_of(conn, &ids)?,
        from,
    })
}

/// What waits for somebody in the caller's teams, then what no team holds, each the most urgent first: as it is given to
/// who asks for the next piece.
fn free(conn: &mut Conn, act: &Act) -> Result<Vec<ComplaintSummary>> {
    let mut wait = |team: Option<TeamId>| {
        let listing = queue::Listing {
            team,
            teamless: team.is_none(),
            unowned: true,
            limit: FREE,
            ..queue::Listing::default()
        };
        let items = queue::list(conn, act, &listing)?.items;
        Ok::<_, Error>(
            items
                .into_iter()
                .map(|item| (item.why.due_at, item.id))
                .collect::<Vec<_>>(),
        )
    };
    let mut waiting = Vec::new();
    for team in act.actor.teams.iter().take(10) {
        waiting.extend(wait(Some(*team))?);
    }
    waiting.sort();
    waiting.extend(wait(None)?);
    waiting.truncate(usize::try_from(FREE).unwrap_or_default());
    let ids: Vec<ComplaintId> = waiting.into_iter().map(|(_, id)| id).collect();
    let mut rows: BTreeMap<ComplaintId, ComplaintSummary> = beside::look_at_all(conn, &ids)?
        .into_iter()
        .map(|complaint| (complaint.id, complaint.into()))
        .collect();
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}

/// The clock of each of these complaints that is due next: what it is called, and why then.
fn why(
    conn: &mut Conn,
    act: &Act,
    voice: Voice,
    ids: &[ComplaintId],
) -> Result<BTreeMap<ComplaintId, (String, String)>> {
    let histories = watching::load(conn, ids)?
        .into_iter()
        .map(|watched| {
            (
                watched.complaint.id,
                history::read(&watched.complaint, &watched.entries),
            )
        })
        .collect();
    let clocks = clocks::of_complaints(conn, act.now, &histories)?;
    let next = |(id, clocks): (ComplaintId, Vec<ClockView>)| {
        let running = clocks.into_iter().filter(|clock| clock.ended_at.is_none());
        let first = running.min_by_key(|clock| (clock.due_at.is_none(), clock.due_at, clock.id))?;
        let part = parts::clock(voice, &first);
        Some((id, (part.name, part.why)))
    };
    Ok(clocks.into_iter().filter_map(next).collect())
}

/// What is due where no clock runs: the call that was promised.
fn promised(voice: Voice, summary: &ComplaintSummary) -> (String, String) {
    match summary.call_back_due_at.is_some() && summary.next_due_at == summary.call_back_due_at {
        true => (
            fl!(voice.words, "desk-promised-call"),
            fl!(voice.words, "desk-clock-promise"),
        ),
        false => (String::new(), String::new()),
    }
}

/// `GET /desk`
pub(crate) async fn show_desk(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let voice = voice(&ctx, &visitor);
    let works = visitor.may(Permission::ReadComplaints);
    // Whoever has no complaints to work on goes where their work is.
    if let Some(place) = super::nav(&visitor).first().filter(|_| !works) {
        return Ok(visitor.go(place.href));
    }
    let seen = match works {
        true => {
            let seen = ctx.read(move |conn, act| look(conn, act, voice)).await?;
            let ids: Vec<ComplaintId> = seen.mine.iter().map(|(summary, _)| summary.id).collect();
            let event = Event::about_many(ObjectKind::Complaint, "complaint.listed").of(seen.whose.clone());
            ctx.disclose(event.with(json!({ "complaints": ids }))).await?;
            Some(seen)
        }
        false => None,
    };
    let mine: Vec<Mine> = seen.as_ref().map_or(Vec::new(), |seen| {
        seen.mine
            .iter()
            .map(|(summary, why)| {
                let (what, why) = why.clone().unwrap_or_else(|| promised(voice, summary));
                Mine {
                    row: parts::row(voice, summary),
                    what,
                    why,
                }
            })
            .collect()
    });
    let names = names(&ctx).await?;
    let voice = voice.knowing(&names);
    let late = |mine: &&Mine| mine.row.due.as_ref().is_some_and(|due| due.stands == "late");
    visitor.show(&WorkPage {
        page: visitor
            .page(fl!(visitor.words, "desk-title"))
            .style("desk.css")
            .script("keys.js")
            .script("countdown.js")
            .script("events.js")
            .script("desk-live.js"),
        works,
        late: mine.iter().filter(late).count(),
        mine,
        calls: seen.as_ref().map_or(Vec::new(), |seen| {
            seen.calls
                .iter()
                .map(|one| call(voice, &ctx.actor().name, one))
                .collect()
        }),
        free: seen.as_ref().map_or(Vec::new(), |seen| {
            seen.free.iter().map(|summary| parts::row(voice, summary)).collect()
        }),
        in_a_team: !ctx.actor().teams.is_empty(),
        assigns: visitor.may(Permission::AssignComplaints),
        takes: visitor.may(Permission::HandleComplaints),
        nothing_waits: visitor.query("nothing").is_some(),
        form: Form::fresh(),
        today: time::day(voice.lang, voice.zone, voice.now),
        more: seen.as_ref().is_some_and(|seen| seen.more),
        me: ctx.actor().name.clone(),
        teams: ctx
            .actor()
            .teams
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" "),
        from: seen.map_or(String::new(), |seen| seen.from.to_string()),
    })
}
