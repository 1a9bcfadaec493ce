//! A customer: how to reach them, what they complained about, what was promised, and how they came across.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use askama::Template;

use super::parts::{self, CallPart, Card, Row};
use super::voice::{Voice, names, voice};
use super::words::word;
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::call_backs::{self, CallBackView};
use crate::domain::complaints::hand_over;
use crate::domain::complaints::listing::{self, Listing};
use crate::domain::complaints::states::{self, ComplaintStateView};
use crate::domain::complaints::view::{ComplaintSummary, TypeChangeView};
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::record;
use crate::domain::staff::{Act, Permission};
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::{ComplaintId, CustomerId};
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};

/// How many complaints the page shows.
const SHOWN: i64 = 50;
/// Of how many complaints it shows the promised calls.
const PROMISES_OF: usize = 10;

#[derive(Template)]
#[template(path = "web/desk/customer.html")]
struct CustomerPage {
    page: Page,
    who: Card,
    since: String,
    ids: Vec<(String, String)>,
    rows: Vec<(Row, Vec<String>)>,
    more: bool,
    reads: bool,
    calls: Vec<CallPart>,
    states: Vec<Stands>,
}

/// Where a complaint stands, for those who may know no more of it.
struct Stands {
    reference: String,
    kind: String,
    state: String,
    state_slug: &'static str,
    received: String,
    closed: String,
    decision: String,
}

impl Stands {
    fn of(voice: Voice, seen: &ComplaintStateView) -> Self {
        Self {
            reference: seen.reference.clone(),
            kind: word(voice.words, "kind", seen.kind.as_str()),
            state: word(voice.words, "state", seen.state.as_str()),
            state_slug: seen.state.as_str(),
            received: voice.short(seen.received_at),
            closed: seen.closed_at.map_or(String::new(), |at| voice.short(at)),
            decision: seen.decision.map_or(String::new(), |decision| {
                word(voice.words, "decision", decision.as_str())
            }),
        }
    }
}

struct Seen {
    customer: SeenCustomer,
    states: Vec<ComplaintStateView>,
    complaints: Vec<ComplaintSummary>,
    /// How the customer's manner went in each of them.
    courses: BTreeMap<ComplaintId, Vec<TypeChangeView>>,
    more: bool,
    calls: Vec<CallBackView>,
}

fn look(conn: &mut Conn, act: &Act, id: CustomerId) -> Result<Seen> {
    let customer = record::see(conn, act, id)?;
    let mut seen = Seen {
        customer,
        states: Vec::new(),
        complaints: Vec::new(),
        courses: BTreeMap::new(),
        more: false,
        calls: Vec::new(),
    };
    if !act.actor.may(Permission::ReadComplaints) {
        if act.actor.may(Permission::ReadComplaintStates) {
            let states = states::of_customer(conn, act, id, None, SHOWN)?;
            seen.states = states.into_iter().map(|(_, state)| state).collect();
        }
        return Ok(seen);
    }
    let listing = Listing {
        customer_id: Some(id),
        limit: SHOWN,
        ..Listing::default()
    };
    let page = listing::list(conn, act, &listing)?;
    for complaint in page.items.iter().take(PROMISES_OF) {
        seen.calls
            .append(&mut call_backs::of_complaint(conn, act.now, complaint.id)?);
    }
    seen.calls.sort_by_key(|call| std::cmp::Reverse(call.window_start));
    let ids: Vec<ComplaintId> = page.items.iter().map(|complaint| complaint.id).collect();
    seen.courses = hand_over::type_courses(conn, &ids)?;
    seen.more = page.next.is_some();
    seen.complaints = page.items;
    Ok(seen)
}

/// The manners before the present one, the first impression first.
fn earlier(voice: Voice, row: &ComplaintSummary, courses: &BTreeMap<ComplaintId, Vec<TypeChangeView>>) -> Vec<String> {
    let mut course: Vec<CustomerType> = courses
        .get(&row.id)
        .into_iter()
        .flatten()
        .map(|change| change.customer_type)
        .collect();
    course.dedup();
    course.pop_if(|last| *last == row.customer_type);
    course
        .iter()
        .map(|manner| word(voice.words, "type", manner.as_str()))
        .collect()
}

/// `GET /desk/customers/{id}`
pub(crate) async fn show_customer(ctx: Ctx, visitor: Visitor, id: Id<CustomerId>) -> Result<HttpResponse> {
    let id = id.0;
    let seen = ctx.read(move |conn, act| look(conn, act, id)).await?;
    ctx.disclose(Event::on(ObjectKind::Customer, id.0, "customer.read").of([id]))
        .await?;
    if !seen.states.is_empty() {
        let event = Event::on(ObjectKind::Customer, id.0, "customer.complaints_listed");
        ctx.disclose(event.of([id])).await?;
    }
    let names = names(&ctx).await?;
    let voice = voice(&ctx, &visitor).knowing(&names);
    let who = parts::card(voice, Some(&seen.customer)).0;
    let (since, ids) = match &seen.customer {
        SeenCustomer::Whole(customer) => (
            voice.short(customer.created_at),
            customer
                .external_ids
                .iter()
                .map(|id| (id.system.clone(), id.id.clone()))
                .collect(),
        ),
        SeenCustomer::Masked(_) => (String::new(), Vec::new()),
    };
    visitor.show(&CustomerPage {
        page: visitor
            .page(fl!(visitor.words, "desk-customer-title"))
            .style("desk.css")
            .script("keys.js")
            .script("countdown.js"),
        who,
        since,
        ids,
        rows: seen
            .complaints
            .iter()
            .map(|row| (parts::row(voice, row), earlier(voice, row, &seen.courses)))
            .collect(),
        more: seen.more,
        reads: visitor.may(Permission::ReadComplaints),
        calls: seen.calls.iter().map(|call| parts::call(voice, call)).collect(),
        states: seen.states.iter().map(|seen| Stands::of(voice, seen)).collect(),
    })
}
