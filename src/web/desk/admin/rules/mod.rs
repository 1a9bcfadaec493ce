//! Rules on events and time: what they wait for, which complaints they are for, what they do. The pages are those of
//! `ruled`; what rules did is in `log.rs`.

pub(crate) mod log;
mod said;

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::document::{Kind, Leaf, Node};
use super::known::{Known, all, options};
use super::ruled::{self, Ruled, Says};
use super::screen::{Block, Card};
use super::{conditions, deeds};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::complaints::vocabulary::{HandlingStep, State};
use crate::domain::rules::dry_run::{self, RuleDryRun, RuleDryRunForm};
use crate::domain::rules::model::{Rule, RuleEvent, RuleField, RuleSince};
use crate::domain::rules::{self, RuleListForm, RuleListView};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::web::desk::voice::Voice;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

const OF_CLOCKS: &[&str] = &["clock_warned", "clock_breached", "clock_escalated"];

/// What a rule waits for.
fn on(words: Words, known: &Known) -> Node {
    let time = vec![
        Leaf::new("minutes", fl!(words, "admin-minutes"), Kind::Number)
            .needed()
            .into(),
        Leaf::new(
            "since",
            fl!(words, "admin-counted-since"),
            Kind::One(options(words, "since", all!(RuleSince))),
        )
        .needed()
        .into(),
        Leaf::new(
            "calendar",
            fl!(words, "admin-calendar"),
            Kind::One(known.calendars.clone()),
        )
        .hint(fl!(words, "admin-counted-hint"))
        .into(),
    ];
    Node::Part {
        key: Some("on"),
        title: fl!(words, "admin-when"),
        hint: String::new(),
        folded: false,
        when: &[],
        nodes: vec![
            Leaf::new(
                "event",
                fl!(words, "admin-event"),
                Kind::One(options(words, "event", all!(RuleEvent))),
            )
            .needed()
            .picks()
            .into(),
            Leaf::new(
                "fields",
                fl!(words, "admin-on-fields"),
                Kind::Any(options(words, "field", all!(RuleField))),
            )
            .hint(fl!(words, "admin-any-hint"))
            .when(&["changed"])
            .into(),
            Leaf::new(
                "states",
                fl!(words, "admin-on-states"),
                Kind::Any(options(words, "state", all!(State))),
            )
            .hint(fl!(words, "admin-any-hint"))
            .when(&["state_changed"])
            .into(),
            Leaf::new(
                "steps",
                fl!(words, "admin-on-steps"),
                Kind::Any(options(words, "step", all!(HandlingStep))),
            )
            .hint(fl!(words, "admin-any-hint"))
            .when(&["step_done"])
            .into(),
            Leaf::new("metrics", fl!(words, "admin-on-metrics"), Kind::Words)
                .hint(fl!(words, "admin-metrics-hint"))
                .when(OF_CLOCKS)
                .into(),
            Leaf::new("satisfied", fl!(words, "admin-on-satisfied"), Kind::Maybe)
                .when(&["satisfaction_given"])
                .into(),
            Node::Part {
                key: Some("time"),
                title: fl!(words, "admin-counted"),
                hint: String::new(),
                folded: false,
                when: &["time_passed"],
                nodes: time,
            },
        ],
    }
}

/// Rules on events and time.
struct OnEvents;

impl Ruled for OnEvents {
    type Rule = Rule;
    type Tried = RuleDryRun;
    const HOME: &'static str = "/admin/rules";
    const MANAGES: Permission = Permission::ManageRules;

    fn ways(words: Words) -> Vec<(String, String)> {
        vec![("/admin/rules/log".to_owned(), fl!(words, "admin-events-log"))]
    }

    fn says(words: Words) -> Says {
        Says {
            title: fl!(words, "admin-events"),
            lead: fl!(words, "admin-events-lead"),
            none: fl!(words, "admin-events-none"),
        }
    }

    fn slug(rule: &Rule) -> &String {
        &rule.slug
    }

    fn name(rule: &Rule) -> Option<&str> {
        rule.name.as_deref()
    }

    fn list(conn: &mut Conn) -> Result<RuleListView> {
        rules::get(conn)
    }

    fn version(conn: &mut Conn, number: i32) -> Result<Vec<Rule>> {
        rules::version(conn, number).map(|found| found.rules)
    }

    fn write(conn: &mut Conn, act: &Act, expected: i32, rules: &[Rule]) -> Result<()> {
        let form = RuleListForm { rules: rules.to_vec() };
        rules::write(conn, act, Some(expected), &form).map(drop)
    }

    fn activate(conn: &mut Conn, act: &Act, number: i32, expected: i32) -> Result<()> {
        rules::activate(conn, act, number, Some(expected)).map(drop)
    }

    fn deactivate(conn: &mut Conn, act: &Act) -> Result<()> {
        rules::deactivate(conn, act).map(drop)
    }

    fn dry_run(conn: &mut Conn, act: &Act, rules: Vec<Rule>) -> Result<RuleDryRun> {
        let asked = RuleDryRunForm {
            rules,
            from: None,
            before: None,
            last: None,
        };
        dry_run::dry_run(conn, act, &asked)
    }

    fn trial(voice: Voice, tried: &RuleDryRun, known: &Known) -> Vec<Block> {
        said::trial(voice, tried, known)
    }

    fn card(words: Words, rule: &Rule, known: &Known) -> Result<Card> {
        said::card(words, rule, known)
    }

    fn nodes(words: Words, known: &Known) -> Vec<Node> {
        vec![
            Leaf::new("name", fl!(words, "admin-rule-name"), Kind::Line)
                .hint(fl!(words, "admin-rule-name-hint"))
                .into(),
            Leaf::new("slug", fl!(words, "admin-slug"), Kind::Line)
                .hint(fl!(words, "admin-rule-slug-hint"))
                .needed()
                .into(),
            Leaf::new("enabled", fl!(words, "admin-switched-on"), Kind::Tick).into(),
            on(words, known),
            Node::Part {
                key: Some("conditions"),
                title: fl!(words, "admin-if-form"),
                hint: fl!(words, "admin-if-hint"),
                folded: true,
                when: &[],
                nodes: conditions::of_rules(words, known),
            },
            deeds::list(words, "then", known, true),
            Leaf::new("stop", fl!(words, "admin-stop-form"), Kind::Tick)
                .hint(fl!(words, "admin-stop-hint"))
                .into(),
        ]
    }

    fn fresh() -> Value {
        json!({ "enabled": true })
    }
}

/// `GET /admin/rules`
pub(crate) async fn show_rules(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    ruled::show::<OnEvents>(ctx, visitor).await
}

/// `POST /admin/rules`: a new version of the whole list.
pub(crate) async fn write_rules(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::write_list::<OnEvents>(ctx, visitor, form).await
}

/// `POST /admin/rules/try`: what the rules of the form would have done; nothing is changed.
pub(crate) async fn try_rules(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::try_list::<OnEvents>(ctx, visitor, form).await
}

/// `POST /admin/rules/activate`: the version that the form names.
pub(crate) async fn activate_rules(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::activate::<OnEvents>(ctx, visitor, form).await
}

/// `POST /admin/rules/deactivate`
pub(crate) async fn deactivate_rules(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::deactivate::<OnEvents>(ctx, visitor, form).await
}

/// `GET /admin/rules/rule`: a new one.
pub(crate) async fn show_new(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    ruled::one::show::<OnEvents>(ctx, visitor, None).await
}

/// `POST /admin/rules/rule`
pub(crate) async fn add_rule(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    ruled::one::sent::<OnEvents>(ctx, visitor, None, form).await
}

/// `GET /admin/rules/rule/{slug}`
pub(crate) async fn show_rule(ctx: Ctx, visitor: Visitor, slug: Id<String>) -> Result<HttpResponse> {
    ruled::one::show::<OnEvents>(ctx, visitor, Some(slug.0)).await
}

/// `POST /admin/rules/rule/{slug}`
pub(crate) async fn change_rule(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    ruled::one::sent::<OnEvents>(ctx, visitor, Some(slug.0), form).await
}
