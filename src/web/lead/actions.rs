//! Corrective actions: asked for, ended, looked at, and what the figures say of each.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Choice, done, findings, frame, places, refusal, said, word};
use crate::api::extract::{Body, Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::complaints::listing;
use crate::domain::complaints::vocabulary::CauseCategory;
use crate::domain::improvement::actions::{self, Listing};
use crate::domain::improvement::effect::{self, EffectView};
use crate::domain::improvement::links;
use crate::domain::improvement::model::{ActionEndForm, ActionForm, ActionState, ActionView, Helped, VerificationForm};
use crate::domain::sla::explain::Language;
use crate::domain::staff::{Act, Permission};
use crate::error::{Error, FieldError, Result};
use crate::ids::CorrectiveActionId;
use crate::web::desk::voice::{Voice, names, voice, whom};
use crate::web::forms::{Findings, Form, patiently};
use crate::web::i18n::{Words, fl};
use crate::web::locale::Lang;
use crate::web::page::{NavItem, Page, Visitor};

/// How many actions of each kind the page shows.
const SHOWN: i64 = 50;

pub(super) struct Card {
    pub(super) id: String,
    pub(super) version: i32,
    pub(super) title: String,
    pub(super) cause: String,
    pub(super) category: String,
    pub(super) description: String,
    pub(super) owner: String,
    pub(super) due_on: String,
    pub(super) overdue: bool,
    pub(super) state_slug: &'static str,
    pub(super) state: String,
    pub(super) complaints: i64,
    pub(super) effective_on: String,
    pub(super) closing_note: String,
    pub(super) effect: String,
    pub(super) verdict_slug: &'static str,
    pub(super) verdict: String,
    pub(super) helped: String,
    pub(super) verification: String,
    pub(super) verified_by: String,
    pub(super) may_end: bool,
    pub(super) may_verify: bool,
    pub(super) may_link: bool,
    /// Whether it stands alone on its own page.
    pub(super) alone: bool,
}

#[derive(Template)]
#[template(path = "web/lead/actions.html")]
struct ActionsPage {
    page: Page,
    /// Who can be chosen where somebody is to be named: handle and name.
    people: Vec<(String, String)>,
    places: Vec<NavItem>,
    open: Vec<Card>,
    ended: Vec<Card>,
    mine: bool,
    manages: bool,
    causes: Vec<Choice>,
    helped: Vec<Choice>,
    today: String,
    form: Form,
    findings: Findings,
    done: Option<String>,
}

type Seen = Vec<(ActionView, Option<EffectView>)>;

fn look(conn: &mut Conn, act: &Act, mine: bool, language: Language) -> Result<Seen> {
    let mut seen = Seen::new();
    for state in [
        ActionState::Open,
        ActionState::Done,
        ActionState::Verified,
        ActionState::Dropped,
    ] {
        let listing = Listing {
            state: Some(state),
            owner: mine.then(|| act.actor.name.clone()),
            limit: SHOWN,
            ..Listing::default()
        };
        for view in actions::list(conn, act, &listing)? {
            let effect = match view.effective_on {
                Some(_) => Some(effect::effect(conn, act, view.id, language)?),
                None => None,
            };
            seen.push((view, effect));
        }
    }
    Ok(seen)
}

/// `GET /lead/actions`
pub(crate) async fn show_actions(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    show(&ctx, &visitor, Form::fresh(), Findings::default()).await
}

async fn show(ctx: &Ctx, visitor: &Visitor, form: Form, findings: Findings) -> Result<HttpResponse> {
    let mine = visitor.query("mine").is_some();
    let language = language(visitor.lang);
    let seen = ctx.read(move |conn, act| look(conn, act, mine, language)).await?;
    let names = names(ctx).await?;
    let voice = voice(ctx, visitor).knowing(&names);
    let me = ctx.actor().name.clone();
    let manages = visitor.may(Permission::ManageActions);
    let (mut open, mut ended) = (Vec::new(), Vec::new());
    for (view, effect) in &seen {
        let card = card(voice, (&me, manages), view, effect.as_ref());
        match view.state {
            ActionState::Open => open.push((view.due_on, card)),
            _ => ended.push(card),
        }
    }
    open.sort_by_key(|(due, _)| *due);
    let refused = !findings.is_empty();
    let page = ActionsPage {
        people: names.here().to_vec(),
        page: frame(visitor, fl!(voice.words, "lead-actions-title"), refused),
        places: places(visitor),
        open: open.into_iter().map(|(_, card)| card).collect(),
        ended,
        mine,
        manages,
        causes: causes(voice.words, form.text("action-cause")),
        helped: helped(voice.words),
        today: voice.now.with_timezone(&voice.zone).date_naive().to_string(),
        form,
        findings,
        done: visitor.query("done").map(|what| word(voice.words, "action-done", what)),
    };
    let status = if refused {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    visitor.show_as(status, &page)
}

/// The causes on our side, of which one is chosen.
pub(super) fn causes(words: Words, chosen: &str) -> Vec<Choice> {
    let choice = |cause: &CauseCategory| Choice {
        value: cause.to_string(),
        label: word(words, "cause", cause.as_str()),
        chosen: cause.as_str() == chosen,
    };
    CauseCategory::ALL.iter().map(choice).collect()
}

/// Whether an action helped.
pub(super) fn helped(words: Words) -> Vec<Choice> {
    let choice = |helped: &Helped| Choice {
        value: helped.to_string(),
        label: word(words, "helped", helped.as_str()),
        chosen: false,
    };
    Helped::ALL.iter().map(choice).collect()
}

/// The language of what the figures say.
pub(super) fn language(lang: Lang) -> Language {
    match lang {
        Lang::En => Language::En,
        Lang::Zh => Language::ZhCn,
    }
}

impl Card {
    /// The same on its own page.
    pub(super) fn alone(mut self) -> Self {
        self.alone = true;
        self
    }
}

pub(super) fn card(voice: Voice, (me, manages): (&str, bool), view: &ActionView, effect: Option<&EffectView>) -> Card {
    let words = voice.words;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Card {
        id: view.id.to_string(),
        version: view.version,
        title: view.title.clone(),
        cause: word(words, "cause", view.cause.as_str()),
        category: view
            .category
            .as_deref()
            .map_or_else(String::new, |slug| word(words, "category", slug)),
        description: text(&view.description),
        owner: voice.person(&view.owner),
        due_on: view.due_on.to_string(),
        overdue: view.overdue,
        state_slug: view.state.as_str(),
        state: word(words, "action", view.state.as_str()),
        complaints: view.complaints,
        effective_on: view.effective_on.map_or_else(String::new, |day| day.to_string()),
        closing_note: text(&view.closing_note),
        effect: effect.map_or_else(String::new, |effect| effect.words.clone()),
        verdict_slug: effect.map_or("", |effect| effect.verdict.as_str()),
        verdict: effect.map_or_else(String::new, |effect| word(words, "verdict", effect.verdict.as_str())),
        helped: view
            .helped
            .map_or_else(String::new, |helped| word(words, "helped", helped.as_str())),
        verification: text(&view.verification),
        verified_by: view.verified_by.as_deref().map_or(String::new(), |by| voice.person(by)),
        may_end: view.state == ActionState::Open && (manages || view.owner == me),
        may_verify: view.state == ActionState::Done && manages && view.owner != me,
        may_link: manages,
        alone: false,
    }
}

pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|_| {
        Error::invalid(vec![FieldError {
            pointer: String::new(),
            code: "malformed".to_owned(),
            detail: "a date or a choice cannot be read".to_owned(),
        }])
    })
}

/// A day as a field holds it; what is no day is found by the field.
pub(super) fn day(form: &Form, name: &str, pointer: &str) -> Result<Value> {
    let text = form.text(name).trim();
    match text.is_empty() || text.parse::<chrono::NaiveDate>().is_ok() {
        true => Ok(said(form, name)),
        false => Err(Error::invalid(vec![FieldError {
            pointer: pointer.to_owned(),
            code: "malformed".to_owned(),
            detail: "a day".to_owned(),
        }])),
    }
}

pub(super) async fn try_once<B, F>(ctx: &Ctx, form: &Form, key: &str, value: Result<B>, work: F) -> Result<ActionView>
where
    B: Clone + Send + 'static,
    F: Fn(&mut Conn, &Act, &B) -> Result<ActionView> + Clone + Send + 'static,
{
    let value = value?;
    let ctx = ctx.clone().with_key(form.key().map(|own| format!("{own}:{key}")));
    patiently(async || {
        let body = Body {
            value: value.clone(),
            raw: form.fingerprint(),
        };
        ctx.once(body, work.clone()).await
    })
    .await
}

async fn settle(
    ctx: &Ctx,
    visitor: &Visitor,
    mut form: Form,
    prefix: &str,
    what: &str,
    result: Result<ActionView>,
) -> Result<HttpResponse> {
    match result {
        Ok(_) => Ok(done(visitor, "/lead/actions", what)),
        Err(error) => {
            let problem = refusal(error)?;
            form.renew_key();
            let found = findings(&problem, visitor, prefix);
            show(ctx, visitor, form, found).await
        }
    }
}

/// `POST /lead/actions`
pub(crate) async fn create(ctx: Ctx, visitor: Visitor, mut form: Form) -> Result<HttpResponse> {
    whom(&ctx, &mut form, &["action-owner"]).await?;
    let required = |name: &str, pointer: &str| match form.given(name) {
        Some(text) => Ok(Value::String(text)),
        None => Err(FieldError {
            pointer: pointer.to_owned(),
            code: "required".to_owned(),
            detail: "is missing".to_owned(),
        }),
    };
    let value = || -> Result<ActionForm> {
        let fields = [
            required("action-cause", "/cause"),
            required("action-title", "/title"),
            required("action-owner", "/owner"),
            required("action-due_on", "/due_on"),
        ];
        let missing: Vec<FieldError> = fields.iter().filter_map(|field| field.clone().err()).collect();
        if !missing.is_empty() {
            return Err(Error::invalid(missing));
        }
        read(json!({
            "cause": said(&form, "action-cause"), "title": said(&form, "action-title"),
            "category": said(&form, "action-category"), "description": said(&form, "action-description"),
            "owner": said(&form, "action-owner"), "due_on": day(&form, "action-due_on", "/due_on")?,
        }))
    };
    let made = try_once(&ctx, &form, "create", value(), actions::create).await;
    settle(&ctx, &visitor, form, "action", "made", made).await
}

/// `POST /lead/actions/{id}/close`
pub(crate) async fn close(ctx: Ctx, visitor: Visitor, id: Id<CorrectiveActionId>, form: Form) -> Result<HttpResponse> {
    let (id, version) = (id.0, form.version()?);
    let value = || -> Result<ActionEndForm> {
        read(json!({
            "end": said(&form, "end"), "note": said(&form, "note"),
            "effective_on": match form.text("end") {
                "done" => day(&form, "effective_on", "/effective_on")?,
                _ => Value::Null,
            },
        }))
    };
    let key = format!("close:{id}");
    let work =
        move |conn: &mut Conn, act: &Act, form: &ActionEndForm| actions::close(conn, act, id, Some(version), form);
    let ended = try_once(&ctx, &form, &key, value(), work).await;
    settle(&ctx, &visitor, form, &format!("end-{id}"), "ended", ended).await
}

/// `POST /lead/actions/{id}/verify`
pub(crate) async fn verify(ctx: Ctx, visitor: Visitor, id: Id<CorrectiveActionId>, form: Form) -> Result<HttpResponse> {
    let (id, version) = (id.0, form.version()?);
    let value = read::<VerificationForm>(json!({ "helped": said(&form, "helped"), "note": form.text("note") }));
    let key = format!("verify:{id}");
    let work =
        move |conn: &mut Conn, act: &Act, form: &VerificationForm| actions::verify(conn, act, id, Some(version), form);
    let verified = try_once(&ctx, &form, &key, value, work).await;
    settle(&ctx, &visitor, form, &format!("verify-{id}"), "verified", verified).await
}

/// `POST /lead/actions/{id}/link`: a complaint by its reference.
pub(crate) async fn link(ctx: Ctx, visitor: Visitor, id: Id<CorrectiveActionId>, form: Form) -> Result<HttpResponse> {
    let id = id.0;
    let reference = form.text("reference").trim().replace('\0', "");
    let key = format!("link:{id}");
    let work = move |conn: &mut Conn, act: &Act, reference: &String| {
        let found = listing::find_by_reference(conn, reference)?;
        let complaint = found.ok_or_else(|| {
            Error::invalid(vec![FieldError {
                pointer: "/reference".to_owned(),
                code: "unknown".to_owned(),
                detail: "no complaint has this reference".to_owned(),
            }])
        })?;
        links::link(conn, act, id, complaint, None)
    };
    let linked = try_once(&ctx, &form, &key, Ok(reference), work).await;
    settle(&ctx, &visitor, form, &format!("link-{id}"), "linked", linked).await
}
