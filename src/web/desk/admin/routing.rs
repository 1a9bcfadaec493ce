//! Rules of routing: which complaints come to which team, who gets them, by when. The pages are those of `ruled`.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::conditions;
use super::document::{Kind, Leaf, Node};
use super::known::{Known, all, options};
use super::ruled::{self, Ruled, Says};
use super::screen::{Block, Card, Cell, Table};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::staff::{Act, Permission};
use crate::domain::work::routing::dry_run::{self, DryRunForm, RoutingDryRun};
use crate::domain::work::routing::rules::{RoutingMode, RoutingRule};
use crate::domain::work::routing::{self, RoutingForm, RoutingView};
use crate::error::Result;
use crate::web::desk::voice::Voice;
use crate::web::desk::words::word;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// How many cases of a trial are shown.
const SHOWN: usize = 30;

fn trial(words: Words, tried: &RoutingDryRun) -> Vec<Block> {
    let none = || fl!(words, "admin-no-team");
    let facts = vec![
        (fl!(words, "admin-trial-moved"), Cell::text(tried.moved.to_string())),
        (
            fl!(words, "admin-trial-soon"),
            Cell::text(tried.moved_due_soon.to_string()),
        ),
        (
            fl!(words, "admin-trial-unmatched"),
            Cell::text(tried.unmatched.to_string()),
        ),
    ];
    let loads = tried.loads.iter().map(|load| {
        vec![
            Cell::text(load.team_name.clone().unwrap_or_else(none)),
            Cell::text(format!("{} → {}", load.before, load.after)),
            Cell::text(format!("{} → {}", load.open_before, load.open_after)),
        ]
    });
    let cases = tried.cases.iter().filter(|case| case.moves).take(SHOWN).map(|case| {
        vec![
            Cell::text(case.reference.clone()),
            Cell::text(case.team_name.clone().unwrap_or_else(none)),
            Cell::text(case.would_team_name.clone().unwrap_or_else(none)),
            Cell::text(case.rule.clone().unwrap_or_default()),
        ]
    });
    vec![
        Block::Facts(fl!(words, "admin-trial", n = tried.cases.len()), facts),
        Block::Table(Table {
            title: fl!(words, "admin-trial-loads"),
            heads: vec![
                fl!(words, "admin-team"),
                fl!(words, "admin-trial-all"),
                fl!(words, "admin-trial-open"),
            ],
            rows: loads.collect(),
            empty: fl!(words, "admin-none"),
            more: None,
        }),
        Block::Table(Table {
            title: fl!(words, "admin-trial-cases"),
            heads: vec![
                fl!(words, "admin-case"),
                fl!(words, "admin-team"),
                fl!(words, "admin-trial-would"),
                fl!(words, "admin-rule"),
            ],
            rows: cases.collect(),
            empty: fl!(words, "admin-trial-nothing"),
            more: None,
        }),
    ]
}

/// A rule in words: if, then.
fn card(words: Words, rule: &RoutingRule, known: &Known) -> Result<Card> {
    let asked = conditions::said(words, &serde_json::to_value(&rule.conditions)?, known);
    let mut then = vec![fl!(
        words,
        "admin-routing-to",
        team = known.team(&rule.team.to_string()),
        mode = word(words, "mode", rule.mode.as_str())
    )];
    if let Some(minutes) = rule.within_minutes {
        let span = conditions::span(words, minutes.into());
        then.push(fl!(words, "admin-within-said", span = span));
    }
    let skills = &rule.skills;
    let mut takes = Vec::new();
    if skills.own_language {
        takes.push(fl!(words, "admin-skill-language"));
    }
    if skills.own_customer_type {
        takes.push(fl!(words, "admin-skill-type"));
    }
    if !skills.products.is_empty() {
        takes.push(fl!(
            words,
            "admin-pair",
            what = fl!(words, "admin-skill-products"),
            value = skills.products.join(&fl!(words, "admin-comma"))
        ));
    }
    let mut lines = vec![
        (
            fl!(words, "admin-if"),
            match asked.is_empty() {
                true => vec![fl!(words, "admin-if-any")],
                false => asked,
            },
        ),
        (fl!(words, "admin-then"), then),
        (fl!(words, "admin-skills"), takes),
    ];
    lines.retain(|(_, said)| !said.is_empty());
    Ok(Card {
        title: rule.name.clone().unwrap_or_else(|| rule.slug.clone()),
        lines,
        ..Card::default()
    })
}

/// The fields of a rule.
fn nodes(words: Words, known: &Known) -> Vec<Node> {
    let skills = vec![
        Leaf::new("own_language", fl!(words, "admin-skill-language"), Kind::Tick).into(),
        Leaf::new("own_customer_type", fl!(words, "admin-skill-type"), Kind::Tick).into(),
        Leaf::new("products", fl!(words, "admin-skill-products"), Kind::Words)
            .hint(fl!(words, "admin-products-hint"))
            .into(),
    ];
    vec![
        Leaf::new("name", fl!(words, "admin-rule-name"), Kind::Line)
            .hint(fl!(words, "admin-rule-name-hint"))
            .into(),
        Leaf::new("slug", fl!(words, "admin-slug"), Kind::Line)
            .hint(fl!(words, "admin-rule-slug-hint"))
            .needed()
            .into(),
        Node::Part {
            key: Some("conditions"),
            title: fl!(words, "admin-if-form"),
            hint: fl!(words, "admin-if-hint"),
            folded: false,
            when: &[],
            nodes: conditions::of_routing(words),
        },
        Node::Part {
            key: None,
            title: fl!(words, "admin-then"),
            hint: String::new(),
            folded: false,
            when: &[],
            nodes: vec![
                Leaf::new("team", fl!(words, "admin-team"), Kind::One(known.teams.clone()))
                    .needed()
                    .into(),
                Leaf::new(
                    "mode",
                    fl!(words, "admin-mode"),
                    Kind::One(options(words, "mode", all!(RoutingMode))),
                )
                .needed()
                .into(),
                Leaf::new("within_minutes", fl!(words, "admin-within"), Kind::Number)
                    .hint(fl!(words, "admin-within-hint"))
                    .into(),
            ],
        },
        Node::Part {
            key: Some("skills"),
            title: fl!(words, "admin-skills"),
            hint: String::new(),
            folded: false,
            when: &[],
            nodes: skills,
        },
    ]
}

/// Rules of routing.
struct Routing;

impl Ruled for Routing {
    type Rule = RoutingRule;
    type Tried = RoutingDryRun;
    const HOME: &'static str = "/admin/routing";
    const MANAGES: Permission = Permission::ManageRouting;

    fn ways(_: Words) -> Vec<(String, String)> {
        Vec::new()
    }

    fn says(words: Words) -> Says {
        Says {
            title: fl!(words, "admin-routing"),
            lead: fl!(words, "admin-rules-lead"),
            none: fl!(words, "admin-rules-none"),
        }
    }

    fn slug(rule: &RoutingRule) -> &String {
        &rule.slug
    }

    fn name(rule: &RoutingRule) -> Option<&str> {
        rule.name.as_deref()
    }

    fn list(conn: &mut Conn) -> Result<RoutingView> {
        routing::get(conn)
    }

    fn version(conn: &mut Conn, number: i32) -> Result<Vec<RoutingRule>> {
        routing::version(conn, number).map(|found| found.rules)
    }

    fn write(conn: &mut Conn, act: &Act, expected: i32, rules: &[RoutingRule]) -> Result<()> {
        let form = RoutingForm { rules: rules.to_vec() };
        routing::write(conn, act, Some(expected), &form).map(drop)
    }

    fn activate(conn: &mut Conn, act: &Act, number: i32, expected: i32) -> Result<()> {
        routing::activate(conn, act, number, Some(expected)).map(drop)
    }

    fn deactivate(conn: &mut Conn, act: &Act) -> Result<()> {
        routing::deactivate(conn, act).map(drop)
    }

    fn dry_run(conn: &mut Conn, act: &Act, rules: Vec<RoutingRule>) -> Result<RoutingDryRun> {
        let asked = DryRunForm {
            rules,
            from: None,
            before: None,
            last: None,
        };
        dry_run::dry_run(conn, act, &asked)
    }

    fn trial(voice: Voice, tried: &RoutingDryRun, _: &Known) -> Vec<Block> {
        trial(voice.words, tried)
    }

    fn card(words: Words, rule: &RoutingRule, known: &Known) -> Result<Card> {
        card(words, rule, known)
    }

    fn nodes(words: Words, known: &Known) -> Vec<Node> {
        nodes(words, known)
    }

    fn fresh() -> Value {
        json!({ "mode": RoutingMode::Queue })
    }
}

/// `GET /admin/routing`
pub(crate) async fn show_routing(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    ruled::show::<Routing>(ctx, visitor).await
}

/// `POST /admin/routing`: a new version of the whole list.
pub(crate) async fn write_routing(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::write_list::<Routing>(ctx, visitor, form).await
}

/// `POST /admin/routing/try`: what the rules of the form would have done; nothing is changed.
pub(crate) async fn try_routing(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::try_list::<Routing>(ctx, visitor, form).await
}

/// `POST /admin/routing/activate`: the version that the form names.
pub(crate) async fn activate_routing(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::activate::<Routing>(ctx, visitor, form).await
}

/// `POST /admin/routing/deactivate`
pub(crate) async fn deactivate_routing(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::deactivate::<Routing>(ctx, visitor, form).await
}

/// `GET /admin/routing/rule`: a new one.
pub(crate) async fn show_new(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    ruled::one::show::<Routing>(ctx, visitor, None).await
}

/// `POST /admin/routing/rule`
pub(crate) async fn add_rule(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::one::sent::<Routing>(ctx, visitor, None, form).await
}

/// `GET /admin/routing/rule/{slug}`
pub(crate) async fn show_rule(ctx: Ctx, visitor: Visitor, slug: Id<String>) -> Result<HttpResponse> {
    ruled::one::show::<Routing>(ctx, visitor, Some(slug.0)).await
}

/// `POST /admin/routing/rule/{slug}`
pub(crate) async fn change_rule(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    ruled::one::sent::<Routing>(ctx, visitor, Some(slug.0), form).await
}
