//! The rules by which complaints come to teams: an ordered list of which the first that fits applies. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::check::{Check, object};
use crate::domain::complaints::vocabulary::{Channel, Kind, Level};
use crate::domain::customers::{Grade, Importance, ProfitSegment, Tier};
use crate::domain::typing::CustomerType;
use crate::domain::work::skills::Needs;
use crate::error::Result;
use crate::ids::TeamId;
use crate::text_enum;

/// The most rules.
pub const MOST: usize = 200;
/// The most entries of a list of words.
const WORDS: usize = 50;

text_enum! {
    /// Who gets what comes to a team.
    RoutingMode {
        /// Whoever asks for the next piece of work.
        Queue = "queue",
        /// Of those who are there, have the skills and have room, the one with the fewest open complaints; the queue,
        /// when there is none.
        LeastLoaded = "least_loaded",
    }
}

/// Which complaints a rule is for: one of each list; an empty list is all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingConditions {
    /// How it came in.
    #[schema(max_items = 6)]
    pub channels: Vec<Channel>,
    /// Complaint, question or feedback.
    #[schema(max_items = 3)]
    pub kinds: Vec<Kind>,
    /// The subject categories.
    #[schema(max_items = 50)]
    pub categories: Vec<String>,
    /// The customer's tier.
    #[schema(max_items = 3)]
    pub tiers: Vec<Tier>,
    /// What serving the customer earns; one of whom it is not known meets none.
    #[schema(max_items = 4)]
    pub segments: Vec<ProfitSegment>,
    /// The customer's grade; one without a grade meets none.
    #[schema(max_items = 4)]
    pub grades: Vec<Grade>,
    /// The customer's manner.
    #[schema(max_items = 5)]
    pub customer_types: Vec<CustomerType>,
    /// Languages, BCP 47; `zh` is every Chinese, `zh-TW` only that.
    #[schema(max_items = 50, example = json!(["en"]))]
    pub languages: Vec<String>,
    /// How grave it is.
    #[schema(max_items = 4)]
    pub severities: Vec<Level>,
    /// Words of which the product's name holds one, whatever the case.
    #[schema(max_items = 50, example = json!(["router"]))]
    pub products: Vec<String>,
}

/// The skills that a piece of work takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingSkills {
    /// Whether it takes somebody who works in the language of the complaint.
    pub own_language: bool,
    /// Words of products that it takes somebody to know.
    #[schema(max_items = 50)]
    pub products: Vec<String>,
    /// Whether it takes somebody who has a way with the manner of the customer.
    pub own_customer_type: bool,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingRule {
    /// Its name in explanations; each once.
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]*$", example = "english_routers")]
    pub slug: String,
    /// What it is for, in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// Which complaints it is for.
    #[serde(default, deserialize_with = "object")]
    pub conditions: RoutingConditions,
    /// The team that gets them.
    pub team: TeamId,
    /// The skills that they take.
    #[serde(default, deserialize_with = "object")]
    pub skills: RoutingSkills,
    /// Who gets them.
    #[serde(default = "queue")]
    pub mode: RoutingMode,
    /// Within how many minutes of its receipt something is to be done when no policy says so; it only shortens what the
    /// severity gives. Not for a rule whose only condition is the manner of the customer: who shouts is not served first
    /// for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_080, example = 120)]
    pub within_minutes: Option<i32>,
}

const fn queue() -> RoutingMode {
    RoutingMode::Queue
}

/// What rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// How it came in.
    pub channel: Channel,
    /// Complaint, question or feedback.
    pub kind: Kind,
    /// The subject category.
    pub category: String,
    /// What the customer is to us.
    pub customer: Importance,
    /// The customer's manner.
    pub customer_type: CustomerType,
    /// BCP 47.
    pub language: String,
    /// How grave it is.
    pub severity: Level,
    /// The product.
    pub product: Option<String>,
}

fn one_of<T: PartialEq>(list: &[T], fact: &T) -> bool {
    list.is_empty() || list.contains(fact)
}

fn known<T: PartialEq>(list: &[T], fact: Option<T>) -> bool {
    list.is_empty() || fact.is_some_and(|fact| list.contains(&fact))
}

/// Whether a language is the given one, or a kind of it.
fn is_a(language: &str, of: &str) -> bool {
    let (language, of) = (language.to_ascii_lowercase(), of.to_ascii_lowercase());
    language == of || language.strip_prefix(&of).is_some_and(|rest| rest.starts_with('-'))
}

impl RoutingConditions {
    /// Whether a complaint meets all of them.
    pub fn hold(&self, facts: &Facts) -> bool {
        let product = facts.product.as_deref().unwrap_or_default().to_lowercase();
        let holds = |word: &String| product.contains(&word.to_lowercase());
        one_of(&self.channels, &facts.channel)
            && one_of(&self.kinds, &facts.kind)
            && one_of(&self.categories, &facts.category)
            && one_of(&self.tiers, &facts.customer.tier)
            && known(&self.segments, facts.customer.segment)
            && known(&self.grades, facts.customer.grade)
            && one_of(&self.customer_types, &facts.customer_type)
            && (self.languages.is_empty() || self.languages.iter().any(|of| is_a(&facts.language, of)))
            && one_of(&self.severities, &facts.severity)
            && (self.products.is_empty() || self.products.iter().any(holds))
    }

    /// Notes what is wrong with them; `at` is the pointer to them.
    pub fn check(&mut self, check: &mut Check, at: &str) {
        let c = &*self;
        for (list, n, most) in [
            ("channels", c.channels.len(), Channel::ALL.len()),
            ("kinds", c.kinds.len(), Kind::ALL.len()),
            ("categories", c.categories.len(), WORDS),
            ("tiers", c.tiers.len(), Tier::ALL.len()),
            ("segments", c.segments.len(), ProfitSegment::ALL.len()),
            ("grades", c.grades.len(), Grade::ALL.len()),
            ("customer_types", c.customer_types.len(), CustomerType::ALL.len()),
            ("languages", c.languages.len(), WORDS),
            ("severities", c.severities.len(), Level::ALL.len()),
        ] {
            if n > most {
                check.fail(format!("{at}/{list}"), "out_of_range", format_args!("at most {most}"));
            }
        }
        for (n, category) in c.categories.iter().enumerate().take(WORDS) {
            check.slug(&format!("{at}/categories/{n}"), category);
        }
        for (n, language) in c.languages.iter().enumerate().take(WORDS) {
            check.language(&format!("{at}/languages/{n}"), language);
        }
        self.products = check.texts(&format!("{at}/products"), &c.products, WORDS, 100);
    }

    /// The names of those that say something.
    pub fn said(&self) -> Vec<&'static str> {
        let Self {
            channels,
            kinds,
            categories,
            tiers,
            segments,
            grades,
            customer_types,
            languages,
            severities,
            products,
        } = self;
        let all = [
            ("channel", channels.is_empty()),
            ("kind", kinds.is_empty()),
            ("category", categories.is_empty()),
            ("tier", tiers.is_empty()),
            ("segment", segments.is_empty()),
            ("grade", grades.is_empty()),
            ("customer_type", customer_types.is_empty()),
            ("language", languages.is_empty()),
            ("severity", severities.is_empty()),
            ("product", products.is_empty()),
        ];
        all.into_iter()
            .filter(|(_, empty)| !empty)
            .map(|(name, _)| name)
            .collect()
    }
}

impl RoutingRule {
    /// The skills that a complaint takes by this rule.
    pub fn needs(&self, facts: &Facts) -> Needs {
        let mut needs = Needs::none();
        if self.skills.own_language {
            needs.language(&facts.language);
        }
        if self.skills.own_customer_type && facts.customer_type != CustomerType::NotClear {
            needs.customer_type(facts.customer_type);
        }
        self.skills.products.iter().for_each(|word| needs.product(word));
        needs
    }
}

/// The first rule that fits.
pub fn fitting<'r>(rules: &'r [RoutingRule], facts: &Facts) -> Option<&'r RoutingRule> {
    rules.iter().find(|rule| rule.conditions.hold(facts))
}

/// The rules with their texts trimmed, if nothing is wrong with them.
///
/// # Errors
/// `request.invalid` with every finding.
pub fn checked(rules: &[RoutingRule]) -> Result<Vec<RoutingRule>> {
    let mut check = Check::new();
    if rules.len() > MOST {
        check.fail("/rules", "too_long", format_args!("at most {MOST} rules"));
    }
    let mut slugs = BTreeSet::new();
    let mut rules: Vec<RoutingRule> = rules.iter().take(MOST).cloned().collect();
    for (n, rule) in rules.iter_mut().enumerate() {
        let at = format!("/rules/{n}");
        rule.slug = check.slug(&format!("{at}/slug"), &rule.slug);
        if !slugs.insert(rule.slug.clone()) {
            check.fail(format!("{at}/slug"), "not_allowed", "another rule has this slug");
        }
        rule.name = check.optional_text(&format!("{at}/name"), rule.name.as_deref(), 200);
        rule.conditions.check(&mut check, &format!("{at}/conditions"));
        let skills = &mut rule.skills.products;
        *skills = check.texts(&format!("{at}/skills/products"), skills, WORDS, 100);
        let Some(minutes) = rule.within_minutes else { continue };
        if !(1..=10_080).contains(&minutes) {
            check.fail(format!("{at}/within_minutes"), "out_of_range", "1 to 10080");
        }
        if rule.conditions.said() == ["customer_type"] {
            check.fail(
                format!("{at}/within_minutes"),
                "not_allowed",
                "the manner of the customer alone makes nothing more urgent",
            );
        }
    }
    check.finish(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;

    fn facts() -> Facts {
        Facts {
            channel: Channel::Phone,
            kind: Kind::Complaint,
            category: "repair".to_owned(),
            customer: Importance::UNKNOWN,
            customer_type: CustomerType::Angry,
            language: "zh-CN".to_owned(),
            severity: Level::High,
            product: Some("家庭宽带 Router X".to_owned()),
        }
    }

    fn rule(slug: &str, conditions: RoutingConditions) -> RoutingRule {
        RoutingRule {
            slug: slug.to_owned(),
            name: None,
            conditions,
            team: TeamId::new(Moment::EPOCH),
            skills: RoutingSkills::default(),
            mode: RoutingMode::Queue,
            within_minutes: None,
        }
    }

    #[test]
    fn a_grade_or_segment_that_is_not_known_meets_no_condition_on_it() {
        let grades = RoutingConditions {
            grades: vec![Grade::A, Grade::B],
            segments: vec![ProfitSegment::MostProfitable],
            ..RoutingConditions::default()
        };
        let of = |grade, segment| Facts {
            customer: Importance {
                grade,
                segment,
                ..Importance::UNKNOWN
            },
            ..facts()
        };
        assert_eq!(grades.said(), ["segment", "grade"]);
        assert!(grades.hold(&of(Some(Grade::B), Some(ProfitSegment::MostProfitable))));
        assert!(!grades.hold(&of(Some(Grade::C), Some(ProfitSegment::MostProfitable))));
        assert!(!grades.hold(&of(None, Some(ProfitSegment::MostProfitable))));
        assert!(!grades.hold(&of(Some(Grade::A), None)));
        assert!(RoutingConditions::default().hold(&of(None, None)));
    }

    #[test]
    fn the_first_rule_whose_every_condition_holds_applies() {
        let english = RoutingConditions {
            languages: vec!["en".to_owned()],
            ..RoutingConditions::default()
        };
        let routers = RoutingConditions {
            products: vec!["phone".to_owned(), "ROUTER".to_owned()],
            languages: vec!["zh".to_owned()],
            severities: vec![Level::High, Level::Critical],
            ..RoutingConditions::default()
        };
        let rules = [
            rule("english", english),
            rule("routers", routers),
            rule("rest", RoutingConditions::default()),
        ];
        let slug = |facts: &Facts| fitting(&rules, facts).unwrap().slug.clone();
        assert_eq!(slug(&facts()), "routers");
        let low = Facts {
            severity: Level::Low,
            ..facts()
        };
        assert_eq!(slug(&low), "rest");
        let english = Facts {
            language: "en-GB".to_owned(),
            ..facts()
        };
        assert_eq!(slug(&english), "english");
        assert!(!is_a("english", "en") && is_a("EN-gb", "en"));
    }

    #[test]
    fn the_manner_of_a_customer_alone_makes_nothing_more_urgent() {
        let angry = RoutingConditions {
            customer_types: vec![CustomerType::Angry],
            ..RoutingConditions::default()
        };
        let mut alone = rule("angry", angry);
        assert!(checked(std::slice::from_ref(&alone)).is_ok());
        alone.within_minutes = Some(60);
        assert!(checked(std::slice::from_ref(&alone)).is_err());
        alone.conditions.severities = vec![Level::High];
        assert!(checked(std::slice::from_ref(&alone)).is_ok());
    }
}
