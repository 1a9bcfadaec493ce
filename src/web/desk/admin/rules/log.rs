//! What rules did, and why.

use std::collections::BTreeMap;

use actix_web::HttpResponse;

use super::super::asking::{Asking, Field, Input};
use super::super::conditions;
use super::super::known::Known;
use super::super::screen::{self, Block, Card, Screen, Sent};
use crate::api::extract::Ctx;
use crate::domain::rules;
use crate::domain::rules::firings::{self, DeedOutcome, FiringOutcome, FiringQuery, FiringView};
use crate::error::Result;
use crate::ids::{ComplaintId, RuleFiringId};
use crate::web::desk::voice::{Voice, voice};
use crate::web::desk::words::{Choice, word};
use crate::web::i18n::fl;
use crate::web::page::Visitor;

/// How many firings a page shows.
const SHOWN: i64 = 50;
/// Where the page is, with what is asked for.
const PATH: &str = "/admin/rules/log?";

/// What rules are called, by slug.
type Titles = BTreeMap<String, String>;

/// What a rule is called; one that there is no longer goes by its slug.
fn titled<'a>(titles: &'a Titles, slug: &'a str) -> &'a str {
    titles.get(slug).map_or(slug, String::as_str)
}

/// A firing in words: on which complaint, on what, under which conditions, and what became of each action.
fn card(voice: Voice, fired: &FiringView, known: &Known, titles: &Titles) -> Card {
    let words = voice.words;
    let at = voice.short(fired.fired_at);
    let mut why = vec![match &fired.detail {
        Some(detail) => fl!(
            words,
            "admin-pair",
            what = word(words, "event", fired.event.as_str()),
            value = detail.as_str()
        ),
        None => word(words, "event", fired.event.as_str()),
    }];
    why.extend(
        fired
            .conditions
            .iter()
            .map(|finding| conditions::found(words, &finding.condition, finding.found.as_deref(), known)),
    );
    let deeds = fired.actions.iter().map(|deed| {
        let outcome = word(words, "deed-outcome", deed.outcome.as_str());
        let what = word(words, "do", &deed.action);
        let why = deed.code.as_deref().filter(|_| deed.outcome == DeedOutcome::Refused);
        let key = why.map(|code| format!("problem-{}", code.replace('.', "-")));
        match key.filter(|key| words.has(key)) {
            Some(key) => fl!(
                words,
                "admin-pair-why",
                what = what,
                value = outcome,
                why = words.get(&key)
            ),
            None => fl!(words, "admin-pair", what = what, value = outcome),
        }
    });
    let mut lines = vec![
        (
            fl!(words, "admin-rule"),
            vec![fl!(
                words,
                "admin-rule-of-version",
                rule = titled(titles, &fired.rule),
                n = fired.version
            )],
        ),
        (fl!(words, "admin-at"), vec![at]),
        (fl!(words, "admin-why"), why),
        (fl!(words, "admin-did"), deeds.collect()),
    ];
    let chain: Vec<&str> = fired.chain.iter().map(|slug| titled(titles, slug)).collect();
    if chain.len() > 1 {
        lines.push((fl!(words, "admin-chain"), vec![chain.join(" → ")]));
    }
    lines.retain(|(_, said)| !said.is_empty());
    Card {
        title: fired
            .reference
            .clone()
            .unwrap_or_else(|| fired.complaint_id.to_string()),
        href: Some(format!("/desk/complaints/{}", fired.complaint_id)),
        note: word(words, "firing", fired.outcome.as_str()),
        class: match fired.outcome {
            FiringOutcome::Done => "good",
            FiringOutcome::Partly | FiringOutcome::HeldBack => "soon",
            FiringOutcome::Refused | FiringOutcome::Failed => "late",
        },
        lines,
        deeds: Vec::new(),
    }
}

/// Which firings are asked for.
fn asked(visitor: &Visitor) -> FiringQuery {
    let given = |name: &str| {
        let text = visitor.query(name).unwrap_or_default().trim().replace('\0', "");
        Some(text).filter(|text| !text.is_empty())
    };
    FiringQuery {
        rule: given("log-rule"),
        complaint_id: given("complaint").and_then(|id| id.parse().ok()).map(ComplaintId),
        outcome: given("log-outcome").and_then(|word| word.parse().ok()),
        below: given("below").and_then(|id| id.parse().ok()).map(RuleFiringId),
        limit: SHOWN + 1,
    }
}

/// The form by which they are asked for.
fn filter(visitor: &Visitor, asked: &FiringQuery, titles: &Titles) -> Asking {
    let words = visitor.words;
    let choice = |value: &str, label: String, chosen: bool| Choice {
        value: value.to_owned(),
        label,
        chosen,
    };
    let all = |chosen: bool| choice("", fl!(words, "admin-all"), chosen);
    let mut rules = vec![all(asked.rule.is_none())];
    rules.extend(
        titles
            .iter()
            .map(|(slug, title)| choice(slug, title.clone(), asked.rule.as_ref() == Some(slug))),
    );
    let mut outcomes = vec![all(asked.outcome.is_none())];
    outcomes.extend(FiringOutcome::ALL.iter().map(|outcome| {
        let label = word(words, "firing", outcome.as_str());
        choice(outcome.as_str(), label, asked.outcome == Some(*outcome))
    }));
    let mut asking = Asking::new(
        "log",
        fl!(words, "admin-audit-filter"),
        "/admin/rules/log",
        fl!(words, "admin-show"),
    )
    .field(Field::plain(
        "log-rule",
        fl!(words, "admin-rule"),
        Input::One(rules),
        String::new(),
    ))
    .field(Field::plain(
        "log-outcome",
        fl!(words, "admin-outcome"),
        Input::One(outcomes),
        String::new(),
    ))
    .open();
    asking.get = true;
    asking
}

/// `GET /admin/rules/log`
pub(crate) async fn show_log(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let words = visitor.words;
    let asked = asked(&visitor);
    let query = asked.clone();
    let (mut fired, mut titles, known) = ctx
        .read(move |conn, act| {
            let rules = rules::get(conn)?.rules.into_iter();
            let titles: Titles = rules
                .map(|rule| (rule.slug.clone(), rule.name.unwrap_or(rule.slug)))
                .collect();
            Ok((firings::list(conn, &query)?, titles, Known::load(conn, act)?))
        })
        .await?;
    // A rule that there is no longer did things too.
    if let Some(rule) = &asked.rule {
        titles.entry(rule.clone()).or_insert_with(|| rule.clone());
    }
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let more = fired.len() > shown;
    fired.truncate(shown);
    let voice = voice(&ctx, &visitor);
    let cards = fired.iter().map(|fired| card(voice, fired, &known, &titles)).collect();
    let mut screen = Screen::new(fl!(words, "admin-events-log"))
        .back("/admin/rules", fl!(words, "admin-events"))
        .with(Block::Form(filter(&visitor, &asked, &titles)))
        .with(Block::Cards(String::new(), fl!(words, "admin-events-log-none"), cards));
    if let Some(last) = fired.last().filter(|_| more) {
        let mut query = form_urlencoded::Serializer::for_suffix(PATH.to_owned(), PATH.len());
        query.append_pair("log-rule", asked.rule.as_deref().unwrap_or_default());
        query.append_pair("log-outcome", asked.outcome.map_or("", FiringOutcome::as_str));
        query.append_pair("below", &last.id.to_string());
        screen = screen.with(Block::Ways(vec![(query.finish(), fl!(words, "admin-more"))]));
    }
    screen::show(&visitor, screen, Sent::nothing())
}
