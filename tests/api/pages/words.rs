//! The words of the pages: the same in both languages, all of them used, one for every problem.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use hark::domain::audit::ObjectKind;
use hark::domain::casework::bulk::BulkOutcome;
use hark::domain::casework::macros::StepOutcome;
use hark::domain::casework::texts::Variable;
use hark::domain::casework::views::ViewColumn;
use hark::domain::complaints::calls::CallKind;
use hark::domain::complaints::vocabulary as v;
use hark::domain::customers::{CommunicationStyle, CustomerKind, Grade, ProfitSegment, Stance, Tier};
use hark::domain::improvement::effect::Verdict;
use hark::domain::improvement::model::{ActionState, Helped};
use hark::domain::reporting::measures::Time;
use hark::domain::rules::firings::{DeedOutcome, FiringOutcome};
use hark::domain::rules::model::{RuleEvent, RuleField, RuleSince};
use hark::domain::sla::calendars::ImportMode;
use hark::domain::sla::clocks::walk::ClockState;
use hark::domain::sla::deadline::Unit;
use hark::domain::sla::packs;
use hark::domain::sla::policies::model::{Family, MetricKind, Recipient, Reopening, StartEvent};
use hark::domain::staff::{Permission, Role};
use hark::domain::typing::CustomerType;
use hark::domain::work::item::WorkReason;
use hark::domain::work::routing::rules::RoutingMode;
use hark::error::Code;

/// Every message of a language with the arguments it takes.
fn messages(lang: &str) -> BTreeMap<String, BTreeSet<String>> {
    let file = root().join(format!("i18n/{lang}/hark.ftl"));
    let text = std::fs::read_to_string(&file).unwrap();
    let resource = fluent_syntax::parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{lang}: {errors:?}"));
    let mut found = BTreeMap::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else {
            assert!(
                matches!(
                    entry,
                    Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_)
                ),
                "{lang}: only messages and comments: {entry:?}"
            );
            continue;
        };
        let mut arguments = BTreeSet::new();
        gather(message.value.as_ref().unwrap(), &mut arguments);
        assert!(
            message.attributes.is_empty(),
            "{lang}: {} has attributes",
            message.id.name
        );
        let twice = found.insert(message.id.name.clone(), arguments);
        assert!(twice.is_none(), "{lang}: {} is there twice", message.id.name);
    }
    found
}

fn gather(pattern: &Pattern<String>, into: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => gather_inline(inline, into),
                Expression::Select { selector, variants } => {
                    gather_inline(selector, into);
                    variants.iter().for_each(|variant| gather(&variant.value, into));
                }
            }
        }
    }
}

fn gather_inline(inline: &InlineExpression<String>, into: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            into.insert(id.name.clone());
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        InlineExpression::Placeable { expression } => match expression.as_ref() {
            Expression::Inline(inner) => gather_inline(inner, into),
            other @ Expression::Select { .. } => panic!("take {other:?} out of its braces"),
        },
        other => panic!("plain words and arguments only: {other:?}"),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Everything that may name a word, in one text.
fn sources() -> String {
    fn gather(folder: &Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, into);
            } else {
                into.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut text = String::new();
    gather(&root().join("src/web"), &mut text);
    gather(&root().join("templates/web"), &mut text);
    text
}

#[test]
fn both_languages_have_the_same_words_with_the_same_arguments() {
    let (en, zh) = (messages("en"), messages("zh-CN"));
    let missing: Vec<_> = en.keys().filter(|key| !zh.contains_key(*key)).collect();
    let surplus: Vec<_> = zh.keys().filter(|key| !en.contains_key(*key)).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "not translated: {missing:?}; of nothing: {surplus:?}"
    );
    for (key, arguments) in &en {
        // A plural may name the number in one language and not in the other; any other argument stands in both.
        assert_eq!(&zh[key], arguments, "the arguments of {key}");
    }
}

#[test]
fn chinese_words_are_chinese() {
    let text = std::fs::read_to_string(root().join("i18n/zh-CN/hark.ftl")).unwrap();
    for line in text.lines().filter(|line| line.contains(" = ")) {
        let (key, value) = line.split_once(" = ").unwrap();
        let chinese = value.chars().any(|c| c > '\u{2e80}');
        let only_arguments = value
            .trim_start_matches(['“', '{'])
            .trim_end_matches(['”', '}'])
            .trim()
            .starts_with('$');
        assert!(chinese || only_arguments, "{key} is not translated: {value}");
        for half in [", ", "; ", "! ", "? "] {
            assert!(!value.contains(half), "{key}: full-width punctuation in {value}");
        }
    }
}

#[test]
fn every_word_is_used() {
    let sources = sources();
    let unused: Vec<String> = messages("en")
        .into_keys()
        .filter(|key| !key.starts_with("problem-") || key.starts_with("problem-title-") || key == "problem-id")
        .filter(|key| !key.starts_with("word-") || key.starts_with("word-done-"))
        .filter(|key| !sources.contains(&format!("\"{key}\"")) && !key.starts_with("word-done-"))
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn every_problem_has_words_and_no_others_have() {
    let known: BTreeSet<String> = Code::ALL
        .iter()
        .map(|code| format!("problem-{}", code.as_str().replace('.', "-")))
        .collect();
    let said: BTreeSet<String> = messages("en")
        .into_keys()
        .filter(|key| key.starts_with("problem-") && !key.starts_with("problem-title-") && key != "problem-id")
        .collect();
    assert_eq!(said, known);
}

#[test]
fn rule_packs_say_on_pages_where_they_come_from() {
    let file = |lang: &str| std::fs::read_to_string(root().join(format!("i18n/{lang}/hark.ftl"))).unwrap();
    let (en, zh) = (file("en"), file("zh-CN"));
    for pack in packs::all().unwrap() {
        let key = format!("word-pack-source-{}", pack.slug);
        let source = pack.policy.source.as_deref().unwrap();
        assert!(
            en.lines().any(|line| line == format!("{key} = {source}")),
            "{key} is another"
        );
        let said = zh.lines().find(|line| line.starts_with(&key)).unwrap();
        // The same figures of law and days in both.
        for figure in source
            .split(|c: char| !c.is_ascii_digit())
            .filter(|figure| figure.len() > 1)
        {
            assert!(said.contains(figure), "{key}: {figure}");
        }
    }
}

#[test]
fn every_value_that_the_desk_shows_has_a_word() {
    macro_rules! keys {
        ($($area:literal $values:path),+ $(,)?) => {
            [$(<$values>::ALL.iter().map(|value| format!("word-{}-{value}", $area)).collect::<Vec<_>>()),+].concat()
        };
    }
    let keys = keys! {
        "type" CustomerType, "seems" CustomerType, "step" v::HandlingStep, "step-advice" v::HandlingStep,
        "skip" v::SkipReason, "state" v::State, "level" v::Level, "kind" v::Kind, "channel" v::Channel,
        "purpose" v::CallBackPurpose, "promise" v::CallBackState, "result" v::AttemptResult,
        "not-counted" v::NotCounted, "outcome" v::CallBackOutcome, "tier" Tier, "customer-kind" CustomerKind,
        "medium" v::Medium, "clock" ClockState, "decision" v::Decision, "ground" v::ClosingGround,
        "redress" v::RedressType, "redress-status" v::RedressStatus, "cause" v::CauseCategory, "way" v::Direction,
        "asked" v::AskedBy, "reason" WorkReason, "action" ActionState, "verdict" Verdict, "helped" Helped,
        "call" CallKind, "time" Time, "ball" v::BallWith, "event" RuleEvent, "field" RuleField, "since" RuleSince,
        "firing" FiringOutcome, "deed-outcome" DeedOutcome, "step-outcome" StepOutcome, "mode" RoutingMode, "metric" MetricKind,
        "start" StartEvent, "reopening" Reopening, "recipient" Recipient, "family" Family, "unit" Unit, "segment" ProfitSegment,
        "grade" Grade, "style" CommunicationStyle, "style-hint" CommunicationStyle, "stance" Stance,
        "column" ViewColumn, "became" BulkOutcome, "role" Role, "permission" Permission, "import" ImportMode, "object" ObjectKind,
    };
    let variables = Variable::ALL
        .iter()
        .map(|one| format!("word-variable-{}", one.as_str().replace('.', "_")));
    let keys: Vec<String> = keys.into_iter().chain(variables).collect();
    let known = messages("en");
    let missing: Vec<_> = keys.iter().filter(|key| !known.contains_key(*key)).collect();
    assert!(missing.is_empty(), "no word for {missing:?}");
}

#[test]
fn the_templates_of_the_desk_name_words_that_there_are() {
    let known = messages("en");
    let sources = sources();
    let named = sources.split('"').filter(|text| {
        (text.starts_with("desk-") || text.starts_with("lead-") || text.starts_with("admin-"))
            && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    });
    let missing: BTreeSet<&str> = named.filter(|key| !known.contains_key(*key)).collect();
    assert!(missing.is_empty(), "no word for {missing:?}");
}
