//! What happens at the desk: a page of it, or a stream (Server-Sent Events) for those who ask for one.

use std::convert::Infallible;
use std::sync::Arc;

use actix_web::http::header::{ACCEPT, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior};
use utoipa::IntoParams;

use super::auth::Shown;
use super::extract::{Ctx, Query};
use super::{answer, page};
use crate::app::App;
use crate::app::live::{self, Seat, Told};
use crate::domain::events::{self, EventPage, Place, Wanted};
use crate::domain::staff::Permission;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, TeamId};

/// The most types that one asks for.
const TYPES: usize = 20;
/// How long the list of types may be.
const LONGEST_TYPES: usize = 1000;

/// Which events; everything that is said must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EventQuery {
    /// What came after this one: the `id` of an event, or `last` of a page; `0.0` for everything that is kept. The header
    /// `Last-Event-ID` goes before it. Without both, what comes from now on.
    #[param(pattern = "^[0-9]{1,18}\\.[0-9]{1,18}$", example = "0.0")]
    after: Option<String>,
    /// About this complaint.
    complaint: Option<ComplaintId>,
    /// About complaints that this team holds, or held until then.
    team: Option<TeamId>,
    /// About complaints that the caller handles, or handled until then.
    mine: Option<bool>,
    /// Of these types, with commas between them: `complaint.assigned`, or the first part alone: `call_back`. At most 20.
    #[param(max_length = 1000, example = "complaint,call_back.promised")]
    types: Option<String>,
    /// How many on a page, 1 to 200; 50 when left out. A stream has no end.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Read what happens at the desk.
///
/// One event for each change of a complaint or a promised call, for what the clocks tell, and for who is at a complaint:
/// ids, codes, and what changed by name; no texts. With `Accept: text/event-stream` the answer is a stream that goes on
/// until the caller or the service ends it: each event as a message with its id, `ready` at the beginning, `reset` instead
/// when what followed the place that was asked for is not kept any more, and comments that keep the line open. Otherwise it
/// is a page of what there is. Events are kept for three days.
#[utoipa::path(get, path = "/api/v1/events", tag = "live", params(EventQuery),
    responses((status = 200, description = "Events in their order, each once.",
        content((EventPage = "application/json"), (String = "text/event-stream")))))]
pub(super) async fn read_events(ctx: Ctx, request: HttpRequest, query: Query<EventQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let limit = usize::try_from(page::limit(query.limit)?).unwrap_or_default();
    let after = query.after.as_deref().map(str::parse::<Place>).transpose();
    let after = after.map_err(|why| page::refused("?after", "malformed", why))?;
    let wanted = Wanted {
        complaint: query.complaint,
        team: query.team,
        owner: query.mine.unwrap_or(false).then(|| ctx.actor().name.clone()),
        types: types(query.types.as_deref())?,
    };
    if !streams(request.headers()) {
        let page = ctx.read(move |conn, _| events::page(conn, &wanted, after, limit));
        return answer::ok(&page.await?);
    }
    let flow = Flow::begin(&ctx, &request, wanted, after).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(flow, Flow::next)))
}

fn types(text: Option<&str>) -> Result<Vec<String>> {
    if text.is_some_and(|text| text.chars().count() > LONGEST_TYPES) {
        return Err(page::refused("?types", "too_long", "at most 1000 characters"));
    }
    let types: Vec<String> = text
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(|one| one.trim().to_owned())
        .filter(|one| !one.is_empty())
        .collect();
    if types.len() > TYPES {
        return Err(page::refused("?types", "too_long", "at most 20 types"));
    }
    Ok(types)
}

/// Whether a stream is asked for before anything else.
fn streams(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let first = accept.and_then(|text| text.split([',', ';']).next());
    first.is_some_and(|first| first.trim().eq_ignore_ascii_case("text/event-stream"))
}

/// Where a client that was cut off goes on.
enum Begin {
    Now,
    After(Place),
    /// From a place that is none of ours.
    Nowhere,
}

fn begin(headers: &HeaderMap, after: Option<Place>) -> Begin {
    match headers.get("last-event-id").map(|value| value.to_str()) {
        Some(Ok(text)) if !text.is_empty() => text.parse().map_or(Begin::Nowhere, Begin::After),
        Some(Err(_)) => Begin::Nowhere,
        _ => after.map_or(Begin::Now, Begin::After),
    }
}

/// A stream under way.
struct Flow {
    app: App,
    shown: Shown,
    wanted: Wanted,
    told: Receiver<Arc<Told>>,
    /// Up to where the client knows everything.
    place: Place,
    /// Up to where it is read from the database; what comes after it is told.
    until: Place,
    beat: Interval,
    opening: Option<Bytes>,
    is_over: bool,
    _seat: Seat,
}

type Chunk = std::result::Result<Bytes, Infallible>;

fn comment(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

impl Flow {
    async fn begin(ctx: &Ctx, request: &HttpRequest, wanted: Wanted, after: Option<Place>) -> Result<Self> {
        let app = ctx.app.clone();
        let principal = ctx.actor().principal.ok_or_else(|| Error::internal("nobody listens"))?;
        let shown = Shown::of(&app, request).ok_or_else(|| Error::internal("nothing was shown"))?;
        let seat = app.live.seat(principal.uuid())?;
        let listening = app.live.listen().await?;
        let (place, is_lost) = match begin(request.headers(), after) {
            Begin::Now => (listening.from, false),
            Begin::Nowhere => (listening.from, true),
            Begin::After(after) => {
                let is_there = ctx.read(move |conn, _| events::from_place(conn, after)).await?;
                (if is_there { after } else { listening.from }, !is_there)
            }
        };
        let mut beat = tokio::time::interval(app.live.pace.beat);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.reset();
        let word = if is_lost { "reset" } else { "ready" };
        let opening = format!("retry: 3000\nid: {place}\nevent: {word}\ndata: {{\"id\":\"{place}\"}}\n\n");
        Ok(Self {
            app,
            shown,
            wanted,
            told: listening.told,
            place,
            until: listening.from,
            beat,
            opening: Some(opening.into()),
            is_over: false,
            _seat: seat,
        })
    }

    /// What is sent next. Nothing is made before it is wanted: who is slow finds the channel ahead of it.
    async fn next(mut self) -> Option<(Chunk, Self)> {
        if self.is_over {
            return None;
        }
        if let Some(opening) = self.opening.take() {
            return Some((Ok(opening), self));
        }
        while self.place < self.until {
            match self.read_on().await {
                Ok(Some(frames)) => return Some((Ok(frames), self)),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot read what happened");
                    return Some(self.over(": events cannot be read now; resume with Last-Event-ID\n\n"));
                }
            }
        }
        loop {
            tokio::select! {
                told = self.told.recv() => match told {
                    Ok(told) if told.place > self.place => {
                        self.place = told.place;
                        if self.wanted.fits(&told.event) {
                            return Some((Ok(told.frame.clone()), self));
                        }
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => {
                        return Some(self.over(": too far behind; resume with Last-Event-ID\n\n"));
                    }
                    Err(RecvError::Closed) => {
                        return Some(self.over(": the service is stopping; resume with Last-Event-ID\n\n"));
                    }
                },
                _ = self.beat.tick() => {
                    if !self.shown.still_opens(&self.app, Permission::ReadComplaints).await {
                        return Some(self.over(": signed out\n\n"));
                    }
                    return Some((Ok(comment(":\n\n")), self));
                }
            }
        }
    }

    fn over(mut self, why: &'static str) -> (Chunk, Self) {
        self.is_over = true;
        (Ok(comment(why)), self)
    }

    /// Some of what happened before the reader of this process was listened to; nothing when none of it is wanted.
    async fn read_on(&mut self) -> Result<Option<Bytes>> {
        let (place, until) = (self.place, self.until);
        let read = self.app.db.read(move |conn| events::between(conn, place, Some(until)));
        let (found, ended) = read.await?;
        self.place = ended.unwrap_or(until);
        let mut frames = BytesMut::new();
        for (_, event) in found.iter().filter(|(_, event)| self.wanted.fits(event)) {
            frames.extend_from_slice(&live::frame(event)?);
        }
        Ok((!frames.is_empty()).then(|| frames.freeze()))
    }
}
