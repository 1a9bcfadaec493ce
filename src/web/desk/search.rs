//! The search: a complaint by its reference or its words, a customer by a contact point. Whoever may read customers and no
//! complaints finds customers.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::json;

use super::parts::{self, Row};
use super::voice::{names, voice};
use crate::api::extract::Ctx;
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::listing::{self, Listing};
use crate::domain::complaints::view;
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::record::{self, Lookup};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::ids::ComplaintId;
use crate::web::customers;
use crate::web::i18n::fl;
use crate::web::page::{Page, Visitor};

/// How many complaints are shown.
const SHOWN: i64 = 50;

/// A customer that was found by a contact point.
struct Found {
    card: parts::Card,
}

#[derive(Template)]
#[template(path = "web/desk/search.html")]
struct SearchPage {
    page: Page,
    q: String,
    q_lang: &'static str,
    rows: Vec<Row>,
    found: Vec<Found>,
    more: bool,
    /// Whether complaints are found, too, and not customers alone.
    reads: bool,
}

/// `GET /desk/search`: a reference, a number or an address of a customer, or words of the complaint.
pub(crate) async fn show_search(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let (reads, may) = (
        visitor.may(Permission::ReadComplaints),
        visitor.may(Permission::ReadCustomers),
    );
    if !reads && !may {
        return Ok(visitor.go("/desk"));
    }
    let q = visitor.query("q").unwrap_or_default().trim().replace('\0', "");
    let q: String = q.chars().take(200).collect();
    let names = names(&ctx).await?;
    let voice = voice(&ctx, &visitor).knowing(&names);
    let (mut rows, mut people, mut more) = (Vec::new(), Vec::new(), false);
    if !q.is_empty() {
        let words = q.clone();
        let looked = move |conn: &mut Conn, act: &Act| {
            let found = match reads {
                true => listing::find_by_reference(conn, &words)?,
                false => None,
            };
            if let Some(id) = found {
                let found = view::get(conn, id)?.summary;
                return Ok((vec![found], Vec::new(), false));
            }
            let contact = words.contains('@') || words.chars().filter(char::is_ascii_digit).count() >= 5;
            let lookup = Lookup {
                contact: Some(words.clone()),
                after: None,
                limit: 10,
            };
            let people = match may && contact {
                true => record::list(conn, act, &lookup)?,
                false => Vec::new(),
            };
            if !reads {
                return Ok((Vec::new(), people, false));
            }
            let listing = Listing {
                words: people.is_empty().then(|| words.clone()),
                customer_id: people.first().map(SeenCustomer::id),
                limit: SHOWN,
                ..Listing::default()
            };
            let page = listing::list(conn, act, &listing)?;
            Ok((page.items, people, page.next.is_some()))
        };
        (rows, people, more) = ctx.read(looked).await?;
        let ids: Vec<ComplaintId> = rows.iter().map(|row| row.id).collect();
        let whose = rows
            .iter()
            .map(|row| row.customer_id)
            .chain(people.iter().map(SeenCustomer::id));
        let event = match reads {
            true => Event::about_many(ObjectKind::Complaint, "complaint.listed").with(json!({ "complaints": ids })),
            false => Event::about_many(ObjectKind::Customer, "customer.listed"),
        };
        ctx.disclose(event.of(whose)).await?;
    }
    visitor.show(&SearchPage {
        page: visitor
            .page(fl!(visitor.words, "desk-search-title"))
            .style("desk.css")
            .script("keys.js"),
        q_lang: customers::language_of(&q),
        q,
        rows: rows.iter().map(|summary| parts::row(voice, summary)).collect(),
        found: people
            .iter()
            .map(|person| Found {
                card: parts::card(voice, Some(person)).0,
            })
            .collect(),
        more,
        reads,
    })
}
