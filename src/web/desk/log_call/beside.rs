//! What stands beside the form of a call: who calls, and how they sound. The script beside it asks for both while one
//! types; the page shows them at first, and after the button for those without scripts.

use actix_web::HttpResponse;
use askama::Template;

use crate::api::extract::Ctx;
use crate::db::conn::Conn;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::call_backs::{self, CallBackView};
use crate::domain::complaints::listing::{self, Listing, Order};
use crate::domain::complaints::vocabulary::CallBackState;
use crate::domain::customers::model::SeenCustomer;
use crate::domain::customers::record::{self, Lookup};
use crate::domain::staff::{Act, Permission};
use crate::domain::typing::CustomerType;
use crate::domain::typing::playbooks::{self, Guidance};
use crate::domain::typing::suggestion::{self, Suggestion, SuggestionForm};
use crate::error::Result;
use crate::web::desk::parts::{self, Card, Row};
use crate::web::desk::voice::{Voice, voice};
use crate::web::desk::words::{guidance, word};
use crate::web::forms::Form;
use crate::web::page::{Page, Visitor};

/// Who calls, as far as we know.
pub(super) struct Caller {
    /// Whether a number was given at all.
    pub(super) asked: bool,
    pub(super) card: Option<Card>,
    /// How many others have the number, too.
    pub(super) others: usize,
    pub(super) open: Vec<Row>,
    pub(super) earlier: Vec<Row>,
    /// The last promise to call, in words.
    pub(super) promise: String,
}

impl Caller {
    /// The time zone of the customer, if we know them.
    pub(super) fn zone(&self) -> Option<String> {
        let known = self.card.as_ref().map(|card| card.time_zone.clone());
        known.filter(|zone| !zone.is_empty())
    }
}

#[derive(Template)]
#[template(path = "web/desk/caller.html")]
pub(super) struct CallerPart {
    pub(super) page: Page,
    pub(super) caller: Caller,
}

/// A word of the proposal's evidence.
pub(super) struct Proposal {
    /// `none` while there is too little text, `blind`, `unclear` or `clear`: the class, too.
    pub(super) stands: &'static str,
    pub(super) slug: &'static str,
    pub(super) says: String,
    pub(super) percent: i64,
    pub(super) nearest: Vec<String>,
    pub(super) pieces: Vec<String>,
    pub(super) guide: Guidance,
}

#[derive(Template)]
#[template(path = "web/desk/proposal.html")]
pub(super) struct ProposalPart {
    pub(super) page: Page,
    pub(super) proposal: Proposal,
}

/// `POST /desk/new/caller`: who has this number, for the script beside the field.
pub(crate) async fn show_caller(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let caller = recognise(&ctx, &visitor, &form).await?;
    visitor.show(&CallerPart {
        page: visitor.page(""),
        caller,
    })
}

/// `POST /desk/new/proposal`: what the words so far suggest, for the script beside the field.
pub(crate) async fn show_proposal(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let proposal = propose(&ctx, voice(&ctx, &visitor), &form).await?;
    visitor.show(&ProposalPart {
        page: visitor.page(""),
        proposal,
    })
}

type Known = (Vec<SeenCustomer>, Vec<Row>, String);

fn look(conn: &mut Conn, act: &Act, voice: Voice, number: &str) -> Result<Known> {
    let lookup = Lookup {
        contact: Some(number.replace('\0', "")),
        after: None,
        limit: 5,
    };
    let found = record::list(conn, act, &lookup)?;
    let Some(SeenCustomer::Whole(customer)) = found.first() else {
        return Ok((found, Vec::new(), String::new()));
    };
    let listing = Listing {
        customer_id: Some(customer.id),
        order: Order::Newest,
        limit: 8,
        ..Listing::default()
    };
    let complaints = listing::list(conn, act, &listing)?.items;
    let mut promised: Vec<CallBackView> = Vec::new();
    for complaint in complaints.iter().take(3) {
        promised.append(&mut call_backs::of_complaint(conn, act.now, complaint.id)?);
    }
    promised.sort_by_key(|call| (call.state != CallBackState::Open, std::cmp::Reverse(call.promised_at)));
    let promise = promised.first().map_or(String::new(), |call| {
        let part = parts::call(voice, call);
        let colon = voice.lang.colon();
        format!("{}{colon}{} · {}", part.purpose, part.window, part.state)
    });
    Ok((
        found,
        complaints.iter().map(|summary| parts::row(voice, summary)).collect(),
        promise,
    ))
}

/// Whoever has the number that was typed.
pub(super) async fn recognise(ctx: &Ctx, visitor: &Visitor, form: &Form) -> Result<Caller> {
    let nobody = |asked| Caller {
        asked,
        card: None,
        others: 0,
        open: Vec::new(),
        earlier: Vec::new(),
        promise: String::new(),
    };
    let number = form.text("caller").trim().to_owned();
    if number.chars().filter(char::is_ascii_digit).count() < 5 || !visitor.may(Permission::ReadCustomers) {
        return Ok(nobody(false));
    }
    let voice = voice(ctx, visitor);
    let (found, rows, promise) = ctx.read(move |conn, act| look(conn, act, voice, &number)).await?;
    if found.is_empty() {
        return Ok(nobody(true));
    }
    let event = Event::about_many(ObjectKind::Customer, "customer.listed").of(found.iter().map(SeenCustomer::id));
    ctx.disclose(event).await?;
    let (open, earlier): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.open);
    Ok(Caller {
        card: Some(parts::card(voice, found.first()).0),
        others: found.len() - 1,
        open,
        earlier,
        promise,
        ..nobody(true)
    })
}

/// What the words so far suggest.
pub(super) async fn propose(ctx: &Ctx, voice: Voice<'_>, form: &Form) -> Result<Proposal> {
    let words = voice.words;
    let said = form
        .given("customer_type")
        .and_then(|slug| slug.parse::<CustomerType>().ok());
    let text = form.text("statement").replace("\r\n", "\n");
    let live = ctx.app.typing().await;
    let suggested: Option<Suggestion> = match text.trim().chars().count() {
        0..4 => None,
        _ => {
            let asked = SuggestionForm {
                text,
                lang: None,
                draft: form.text("draft").parse().ok(),
                customer_type: said,
            };
            suggestion::suggest(&live, &asked, ctx.app.policy.typing_blind_percent).ok()
        }
    };
    let proposed = suggested.as_ref().and_then(|suggested| suggested.proposed);
    let guided = said.or(proposed).unwrap_or(CustomerType::NotClear);
    let stands = match (&suggested, proposed) {
        (None, _) => "none",
        (Some(suggested), _) if suggested.blind => "blind",
        (Some(_), None | Some(CustomerType::NotClear)) => "unclear",
        (Some(_), Some(_)) => "clear",
    };
    let slug = proposed.unwrap_or(CustomerType::NotClear);
    let best = suggested
        .as_ref()
        .and_then(|s| s.types.first())
        .map_or(0.0, |first| first.probability);
    Ok(Proposal {
        stands,
        slug: slug.as_str(),
        says: match stands {
            "none" => words.get("desk-proposal-none"),
            "blind" => words.get("desk-proposal-blind"),
            "unclear" => words.get("desk-proposal-unclear"),
            _ => word(words, "seems", slug.as_str()),
        },
        #[expect(clippy::cast_possible_truncation, reason = "a percentage")]
        percent: (best * 100.0).round() as i64,
        nearest: suggested.as_ref().map_or(Vec::new(), |s| {
            s.nearest
                .iter()
                .map(|kind| word(words, "type", kind.as_str()))
                .collect()
        }),
        pieces: suggested.map_or(Vec::new(), |s| s.evidence.into_iter().map(|e| e.text).collect()),
        guide: guidance(voice.lang, playbooks::of(guided)?),
    })
}
