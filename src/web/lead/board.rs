//! The board: how much each person and team has, what is due within the next hours, what nobody has; and giving it to
//! somebody else, several at once.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::{Value, json};

use super::{Choice, frame, places, word};
use crate::api::extract::{Body, Ctx};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::changes::{self, AssignForm};
use crate::domain::staff::Permission;
use crate::domain::work::item::{WorkItem, WorkReason};
use crate::domain::work::load::{self, LoadView, PersonLoad};
use crate::domain::work::queue::{self, Listing};
use crate::error::{Code, Result};
use crate::ids::{ComplaintId, TeamId};
use crate::web::desk::parts::Due;
use crate::web::desk::voice::{Voice, names, voice};
use crate::web::forms::{Form, patiently};
use crate::web::i18n::fl;
use crate::web::page::{NavItem, Page, Visitor};
use crate::web::time;

/// How many pieces of work the board shows.
const SHOWN: i64 = 60;

/// A person, as the board shows them.
struct Person {
    name: String,
    link: String,
    open: i64,
    overdue: i64,
    due_soon: i64,
    capacity: String,
    /// That they are away, and until when.
    away: String,
    full: bool,
    /// Of a hundred, how much of the bar is filled: of their capacity, or of the most that anybody has.
    filled: i64,
    teams: String,
}

struct Team {
    id: String,
    name: String,
    open: i64,
    overdue: i64,
    due_soon: i64,
    waiting: i64,
    longest: String,
}

struct Item {
    id: String,
    version: i32,
    reference: String,
    subject: String,
    lang: String,
    state_slug: &'static str,
    state: String,
    severity_slug: &'static str,
    severity: String,
    owner: String,
    team: String,
    why: String,
    due: Due,
    /// By when a call is promised, where the row stands for something else.
    call: String,
}

#[derive(Template)]
#[template(path = "web/lead/board.html")]
struct BoardPage {
    page: Page,
    places: Vec<NavItem>,
    people: Vec<Person>,
    teams: Vec<Team>,
    items: Vec<Item>,
    more: bool,
    team_choices: Vec<Choice>,
    owner_choices: Vec<Choice>,
    to_choices: Vec<Choice>,
    unowned: bool,
    assigns: bool,
    form: Form,
    /// What was given to whom.
    given: Option<String>,
    /// Whether it was not said what to give, or to whom.
    unsaid: bool,
    refused: Vec<String>,
    here: String,
}

/// Which part of the queue the board shows.
#[derive(Clone, Default)]
struct Asked {
    team: Option<TeamId>,
    teamless: bool,
    owner: Option<String>,
    unowned: bool,
}

impl Asked {
    fn of(visitor: &Visitor) -> Self {
        let given = |name: &str| {
            let text = visitor.query(name).unwrap_or_default().replace('\0', "");
            Some(text).filter(|text| !text.is_empty())
        };
        let owner = given("owner");
        Self {
            team: given("team").and_then(|text| text.parse().ok()).map(TeamId),
            teamless: given("team").as_deref() == Some("-"),
            unowned: owner.as_deref() == Some("-"),
            owner: owner.filter(|owner| owner != "-"),
        }
    }

    /// The address of the same part.
    fn here(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(team) = self.team {
            query.append_pair("team", &team.to_string());
        } else if self.teamless {
            query.append_pair("team", "-");
        }
        match &self.owner {
            Some(owner) => {
                query.append_pair("owner", owner);
            }
            None if self.unowned => {
                query.append_pair("owner", "-");
            }
            None => {}
        }
        match query.finish() {
            text if text.is_empty() => "/lead".to_owned(),
            text => format!("/lead?{text}"),
        }
    }
}

/// `GET /lead`
pub(crate) async fn show_board(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let asked = Asked::of(&visitor);
    let wanted = asked.clone();
    let (whole, page) = ctx
        .read(move |conn, act| {
            let listing = Listing {
                team: wanted.team,
                teamless: wanted.teamless,
                owner: wanted.owner.clone(),
                unowned: wanted.unowned,
                limit: SHOWN,
                ..Listing::default()
            };
            Ok((load::load(conn, act, None)?, queue::list(conn, act, &listing)?))
        })
        .await?;
    let ids: Vec<ComplaintId> = page.items.iter().map(|item| item.id).collect();
    let event = Event::about_many(ObjectKind::Complaint, "complaint.queue_listed")
        .of(page.items.iter().map(|item| item.customer.id))
        .with(json!({ "complaints": ids }));
    ctx.disclose(event).await?;
    let names = names(&ctx).await?;
    let voice = voice(&ctx, &visitor).knowing(&names);
    let refused = visitor.query("refused").unwrap_or_default();
    visitor.show(&BoardPage {
        places: places(&visitor),
        page: frame(&visitor, fl!(visitor.words, "lead-title"), false).script("countdown.js"),
        people: people(voice, &whole, asked.team),
        teams: teams(voice, &whole),
        items: page.items.iter().map(|item| row(voice, item)).collect(),
        more: page.next.is_some(),
        team_choices: team_choices(voice, &whole, &asked),
        owner_choices: owner_choices(voice, &whole, &asked),
        to_choices: to_choices(voice, &whole),
        unowned: asked.unowned,
        assigns: visitor.may(Permission::AssignComplaints),
        form: Form::fresh(),
        given: visitor.query("given").map(|n| {
            let who = match visitor.query("to").filter(|to| *to != "-") {
                Some(to) => voice.person(to),
                None => fl!(visitor.words, "lead-nobody"),
            };
            fl!(visitor.words, "lead-given", n = n, who = who)
        }),
        unsaid: visitor.query("unsaid").is_some(),
        refused: refused
            .split(',')
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect(),
        here: asked.here(),
    })
}

fn people(voice: Voice, whole: &LoadView, team: Option<TeamId>) -> Vec<Person> {
    let shown = || {
        whole
            .people
            .iter()
            .filter(|one| team.is_none_or(|team| one.teams.contains(&team)))
    };
    let most = shown().map(|one| one.open).max().unwrap_or_default().max(1);
    let name = |id: &TeamId| {
        let found = whole.teams.iter().find(|team| team.team.as_ref() == Some(id));
        found.and_then(|team| team.team_name.clone()).unwrap_or_default()
    };
    let person = |one: &PersonLoad| {
        let room = one.capacity.map(i64::from);
        Person {
            name: voice.person(&one.owner),
            link: Asked {
                owner: Some(one.owner.clone()),
                ..Asked::default()
            }
            .here(),
            open: one.open,
            overdue: one.overdue,
            due_soon: one.due_soon,
            capacity: room.map_or_else(|| voice.words.get("lead-no-limit"), |room| room.to_string()),
            away: match (one.away, one.away_until) {
                (true, Some(until)) => fl!(voice.words, "lead-away-until", at = voice.short(until)),
                (true, None) => voice.words.get("lead-away"),
                (false, _) => String::new(),
            },
            full: room.is_some_and(|room| one.open >= room),
            filled: (one.open * 100 / room.unwrap_or(most).max(1)).min(100),
            teams: one.teams.iter().map(name).collect::<Vec<_>>().join(" · "),
        }
    };
    shown().map(person).collect()
}

fn teams(voice: Voice, whole: &LoadView) -> Vec<Team> {
    let team = |team: &load::TeamLoad| Team {
        id: team.team.map(|id| id.to_string()).unwrap_or_default(),
        name: team
            .team_name
            .clone()
            .unwrap_or_else(|| voice.words.get("lead-no-team")),
        open: team.open,
        overdue: team.overdue,
        due_soon: team.due_soon,
        waiting: team.waiting,
        longest: team.longest_wait_seconds.map_or_else(String::new, |seconds| {
            time::span(voice.words, chrono::TimeDelta::seconds(seconds))
        }),
    };
    whole.teams.iter().map(team).collect()
}

fn row(voice: Voice, item: &WorkItem) -> Item {
    Item {
        id: item.id.to_string(),
        version: item.version,
        reference: item.reference.clone(),
        subject: item.subject.clone(),
        lang: item.language.clone(),
        state_slug: item.state.as_str(),
        state: word(voice.words, "state", item.state.as_str()),
        severity_slug: item.severity.as_str(),
        severity: word(voice.words, "level", item.severity.as_str()),
        owner: item.owner.as_deref().map_or(String::new(), |owner| voice.person(owner)),
        team: item.team_name.clone().unwrap_or_default(),
        why: word(voice.words, "reason", item.why.reason.as_str()),
        due: Due::of(voice, item.why.due_at),
        call: match (&item.promise, item.why.reason) {
            (Some(promise), WorkReason::Clock | WorkReason::Age) => voice.short(promise.window_end),
            _ => String::new(),
        },
    }
}

fn team_choices(voice: Voice, whole: &LoadView, asked: &Asked) -> Vec<Choice> {
    let all = Choice {
        value: String::new(),
        label: voice.words.get("lead-all-teams"),
        chosen: asked.team.is_none() && !asked.teamless,
    };
    let none = Choice {
        value: "-".to_owned(),
        label: voice.words.get("lead-no-team"),
        chosen: asked.teamless,
    };
    let named = whole.teams.iter().filter_map(|team| {
        Some(Choice {
            value: team.team?.to_string(),
            label: team.team_name.clone()?,
            chosen: team.team == asked.team,
        })
    });
    std::iter::once(all).chain(named).chain([none]).collect()
}

fn owner_choices(voice: Voice, whole: &LoadView, asked: &Asked) -> Vec<Choice> {
    let first = [
        ("", "lead-everybody", asked.owner.is_none() && !asked.unowned),
        ("-", "lead-nobody", asked.unowned),
    ];
    let mut choices: Vec<Choice> = first
        .into_iter()
        .map(|(value, key, chosen)| Choice {
            value: value.to_owned(),
            label: voice.words.get(key),
            chosen,
        })
        .collect();
    choices.extend(whole.people.iter().map(|one| Choice {
        value: one.owner.clone(),
        label: voice.person(&one.owner),
        chosen: asked.owner.as_ref() == Some(&one.owner),
    }));
    choices
}

/// To whom work can be given: those who are there, the one with the fewest first.
fn to_choices(voice: Voice, whole: &LoadView) -> Vec<Choice> {
    let mut there: Vec<&PersonLoad> = whole
        .people
        .iter()
        .filter(|one| !one.away && !one.teams.is_empty())
        .collect();
    there.sort_by_key(|one| (one.open, one.owner.clone()));
    there
        .into_iter()
        .map(|one| Choice {
            value: one.owner.clone(),
            label: match one.capacity {
                Some(room) => format!("{} ({}/{room})", voice.person(&one.owner), one.open),
                None => format!("{} ({})", voice.person(&one.owner), one.open),
            },
            chosen: false,
        })
        .collect()
}

/// `POST /lead/assign`: gives what is ticked to somebody, each by itself: one that cannot be given keeps no other back.
pub(crate) async fn assign(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    let back = back(&form);
    let mark = if back.contains('?') { '&' } else { '?' };
    let to = form.given("to").filter(|_| form.every("complaint").next().is_some());
    let Some(to) = to.map(|to| to.replace('\0', "")) else {
        return Ok(visitor.go(&format!("{back}{mark}unsaid=1")));
    };
    let owner = match to.as_str() {
        "-" => Value::Null,
        to => Value::String(to.to_owned()),
    };
    let value: AssignForm = serde_json::from_value(json!({ "owner": owner }))?;
    let (mut given, mut refused) = (0, Vec::new());
    for ticked in form.every("complaint") {
        let mut parts = ticked.split(':');
        let id = parts.next().and_then(|id| id.parse().ok()).map(ComplaintId);
        let version = parts.next().and_then(|version| version.parse::<i32>().ok());
        let (Some(id), Some(version)) = (id, version) else {
            continue;
        };
        // One key for the page, and many complaints on it.
        let ctx = ctx.clone().with_key(form.key().map(|key| format!("{key}:{id}")));
        let done = patiently(async || {
            let body = Body {
                value: value.clone(),
                raw: form.fingerprint(),
            };
            ctx.once(body, move |conn, act, form| {
                changes::assign(conn, act, id, Some(version), form)
            })
            .await
        })
        .await;
        match done {
            Ok(_) => given += 1,
            Err(error) if error.code() == Code::Internal => return Err(error),
            Err(_) => refused.push(parts.next().unwrap_or_default().to_owned()),
        }
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("given", &given.to_string());
    query.append_pair("to", &to);
    if !refused.is_empty() {
        query.append_pair("refused", &refused.join(","));
    }
    Ok(visitor.go(&format!("{back}{mark}{}", query.finish())))
}

/// The part of the board that the form came from; never another site.
fn back(form: &Form) -> &str {
    let here = form.text("here");
    let plain = here.bytes().all(|byte| byte.is_ascii_graphic());
    match plain && (here == "/lead" || here.starts_with("/lead?")) {
        true => here,
        false => "/lead",
    }
}
