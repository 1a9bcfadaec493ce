//! Intake: what is asked for when a complaint comes in, and how it is checked.

use chrono::TimeDelta;
use serde::Deserialize;
use utoipa::ToSchema;

use super::model::GivenContact;
use super::vocabulary::{Channel, Kind, Level, Medium};
use crate::clock::Moment;
use crate::domain::check::Check;
use crate::domain::customers::CustomerKind;
use crate::domain::customers::contact;
use crate::domain::customers::model::{ContactKind, ExternalId};
use crate::domain::customers::recognise::{Identity, Key};
use crate::domain::privacy::consents::{self, FiledConsent};
use crate::domain::staff::Act;
use crate::domain::typing::proposals::{Mode, Proposal};
use crate::domain::typing::{CustomerType, Live, suggestion};
use crate::error::Result;
use crate::ids::{CustomerId, TeamId};

/// The longest statement, characters.
pub const LONGEST_STATEMENT: usize = 50_000;

/// Who complains. At least one of `customer_id`, `external_id`, `phone`, `email` and `name`.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerForm {
    /// The customer, if it has been picked already.
    pub customer_id: Option<CustomerId>,
    /// An id that another system gives the customer.
    pub external_id: Option<ExternalId>,
    /// What they are called.
    #[schema(max_length = 200, example = "李娜")]
    pub name: Option<String>,
    /// A phone number, however it is written; without a country code it is one of the default region.
    #[schema(max_length = 60, example = "138 0013 8000")]
    pub phone: Option<String>,
    /// An e-mail address.
    #[schema(max_length = 254, example = "li.na@example.com")]
    pub email: Option<String>,
    /// Person (the default) or organisation; used when the customer is new.
    pub kind: Option<CustomerKind>,
    /// IANA time zone; used when the customer is new.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: Option<String>,
}

/// A complaint as an agent or a program logs it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntakeForm {
    /// Complaint (the default), question or feedback.
    pub kind: Option<Kind>,
    /// How it came in.
    pub channel: Channel,
    /// Who complains.
    pub customer: CustomerForm,
    /// On whose behalf, if not their own.
    #[schema(max_length = 200)]
    pub on_behalf_of: Option<String>,
    /// What it is about, in a line.
    #[schema(min_length = 1, max_length = 200, example = "Router drops out every evening")]
    pub subject: String,
    /// In the customer's own words.
    #[schema(
        min_length = 1,
        max_length = 50000,
        example = "For two weeks the connection has failed every evening at eight."
    )]
    pub statement: String,
    /// What can be verified.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub facts: Vec<String>,
    /// What is a personal view.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub opinions: Vec<String>,
    /// The product.
    #[schema(max_length = 200)]
    pub product: Option<String>,
    /// The order, contract or account.
    #[schema(max_length = 100)]
    pub order_ref: Option<String>,
    /// When it happened.
    pub incident_at: Option<Moment>,
    /// What the customer wants (ISO 10002).
    #[schema(max_length = 2000)]
    pub desired_remedy: Option<String>,
    /// How grave it is (ISO 10002); medium when left out.
    pub severity: Option<Level>,
    /// Whether somebody may be hurt (ISO 10002).
    #[serde(default)]
    pub safety: bool,
    /// How involved it is (ISO 10002); medium when left out.
    pub complexity: Option<Level>,
    /// How far it reaches (ISO 10002); medium when left out.
    pub impact: Option<Level>,
    /// Whether something must be done at once (ISO 10002).
    #[serde(default)]
    pub immediate_action: bool,
    /// The subject category, a slug; `other` when left out.
    #[schema(example = "service_delay", max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub category: Option<String>,
    /// BCP 47; the desk's language when left out.
    #[schema(example = "zh-CN", max_length = 35)]
    pub language: Option<String>,
    /// How the customer wants to be reached about this.
    pub preferred_medium: Option<Medium>,
    /// When, in the customer's words.
    #[schema(max_length = 200, example = "weekdays after 18:00")]
    pub preferred_time: Option<String>,
    /// When it reached us, if that was before now (a letter, a call written down later).
    pub received_at: Option<Moment>,
    /// When dissatisfaction was first expressed, if that was before it reached us; clocks count from here.
    pub first_expressed_at: Option<Moment>,
    /// The customer's manner, if the agent has seen it.
    pub customer_type: Option<CustomerType>,
    /// The team that holds it, one of the caller's.
    pub team: Option<TeamId>,
    /// Who will handle it: somebody who works here and, if a team holds it, is in that team.
    #[schema(max_length = 100)]
    pub owner: Option<String>,
    /// Its id in another system.
    #[schema(max_length = 100)]
    pub external_ref: Option<String>,
    /// The name under which proposals of a customer type were asked for while it was written.
    pub draft: Option<uuid::Uuid>,
}

/// A complaint as a customer files it, without an account. A phone number or an e-mail address is needed to answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicForm {
    /// Complaint (the default), question or feedback.
    pub kind: Option<Kind>,
    /// What they are called.
    #[schema(max_length = 200, example = "Li Na")]
    pub name: Option<String>,
    /// A phone number, however it is written.
    #[schema(max_length = 60, example = "138 0013 8000")]
    pub phone: Option<String>,
    /// An e-mail address.
    #[schema(max_length = 254, example = "li.na@example.com")]
    pub email: Option<String>,
    /// What it is about, in a line; the beginning of the statement when left out.
    #[schema(max_length = 200)]
    pub subject: Option<String>,
    /// What happened, in the customer's own words.
    #[schema(
        min_length = 1,
        max_length = 50000,
        example = "The washing machine arrived with a broken door."
    )]
    pub statement: String,
    /// The product.
    #[schema(max_length = 200)]
    pub product: Option<String>,
    /// The order, contract or account.
    #[schema(max_length = 100)]
    pub order_ref: Option<String>,
    /// When it happened.
    pub incident_at: Option<Moment>,
    /// What would put it right.
    #[schema(max_length = 2000)]
    pub desired_remedy: Option<String>,
    /// BCP 47.
    #[schema(example = "zh-CN", max_length = 35)]
    pub language: Option<String>,
    /// IANA time zone.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: Option<String>,
    /// How the customer wants to be reached.
    pub preferred_medium: Option<Medium>,
    /// When, in the customer's words.
    #[schema(max_length = 200, example = "weekdays after 18:00")]
    pub preferred_time: Option<String>,
    /// What the customer allows or refuses, each purpose once.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub consents: Vec<FiledConsent>,
}

/// A complaint that has been checked and can be taken in.
#[derive(Debug, Clone)]
pub struct Intake {
    pub(super) kind: Kind,
    pub(super) channel: Channel,
    pub(super) identity: Identity,
    pub(super) given_contact: GivenContact,
    pub(super) on_behalf_of: Option<String>,
    pub(super) subject: String,
    pub(super) statement: String,
    pub(super) facts: Vec<String>,
    pub(super) opinions: Vec<String>,
    pub(super) product: Option<String>,
    pub(super) order_ref: Option<String>,
    pub(super) incident_at: Option<Moment>,
    pub(super) desired_remedy: Option<String>,
    pub(super) severity: Level,
    pub(super) safety: bool,
    pub(super) complexity: Level,
    pub(super) impact: Level,
    pub(super) immediate_action: bool,
    pub(super) category: String,
    pub(super) language: String,
    pub(super) preferred_medium: Option<Medium>,
    pub(super) preferred_time: Option<String>,
    pub(super) received_at: Moment,
    pub(super) first_expressed_at: Moment,
    pub(super) customer_type: CustomerType,
    /// Whether somebody has said the type, even that none is clear.
    pub(super) typed: bool,
    pub(super) draft: Option<uuid::Uuid>,
    pub(super) team: Option<TeamId>,
    pub(super) owner: Option<String>,
    pub(super) external_ref: Option<String>,
    /// Whether the customer gets a private link with the answer.
    pub(super) with_link: bool,
    pub(super) consents: Vec<FiledConsent>,
}

impl Intake {
    /// Checks what an agent or a program logs.
    ///
    /// # Errors
    /// `request.invalid` with everything that does not fit.
    pub fn by_staff(form: IntakeForm, act: &Act) -> Result<Self> {
        Self::checked(form, Vec::new(), act, true, "/customer")
    }

    /// Checks what a customer files.
    ///
    /// # Errors
    /// `request.invalid` with everything that does not fit.
    pub fn by_public(form: PublicForm, act: &Act) -> Result<Self> {
        let filed = form.consents;
        let subject = form.subject.filter(|subject| !subject.trim().is_empty());
        let subject = subject.unwrap_or_else(|| first_line(&form.statement));
        let form = IntakeForm {
            kind: form.kind,
            channel: Channel::Web,
            customer: CustomerForm {
                name: form.name,
                phone: form.phone,
                email: form.email,
                time_zone: form.time_zone,
                ..CustomerForm::default()
            },
            on_behalf_of: None,
            subject,
            statement: form.statement,
            facts: Vec::new(),
            opinions: Vec::new(),
            product: form.product,
            order_ref: form.order_ref,
            incident_at: form.incident_at,
            desired_remedy: form.desired_remedy,
            severity: None,
            safety: false,
            complexity: None,
            impact: None,
            immediate_action: false,
            category: None,
            language: form.language,
            preferred_medium: form.preferred_medium,
            preferred_time: form.preferred_time,
            received_at: None,
            first_expressed_at: None,
            customer_type: None,
            team: None,
            owner: None,
            external_ref: None,
            draft: None,
        };
        Self::checked(form, filed, act, false, "")
    }

    fn checked(form: IntakeForm, filed: Vec<FiledConsent>, act: &Act, trusted: bool, who: &str) -> Result<Self> {
        let mut check = Check::new();
        let language = form.language.unwrap_or_else(|| act.policy.default_language.clone());
        let language = check.language("/language", &language);
        let (identity, given_contact) = identity(&mut check, &form.customer, act, trusted, who, &language);
        let (received_at, first_expressed_at) = times(&mut check, form.received_at, form.first_expressed_at, act.now);
        if let Some(at) = form.incident_at {
            past(&mut check, "/incident_at", at, act.now);
        }
        let intake = Self {
            kind: form.kind.unwrap_or(Kind::Complaint),
            channel: form.channel,
            identity,
            given_contact,
            on_behalf_of: check.optional_text("/on_behalf_of", form.on_behalf_of.as_deref(), 200),
            subject: check.text("/subject", &form.subject, 1, 200),
            statement: check.text("/statement", &form.statement, 1, LONGEST_STATEMENT),
            facts: check.texts("/facts", &form.facts, 50, 2_000),
            opinions: check.texts("/opinions", &form.opinions, 50, 2_000),
            product: check.optional_text("/product", form.product.as_deref(), 200),
            order_ref: check.optional_text("/order_ref", form.order_ref.as_deref(), 100),
            incident_at: form.incident_at,
            desired_remedy: check.optional_text("/desired_remedy", form.desired_remedy.as_deref(), 2_000),
            severity: form.severity.unwrap_or(Level::Medium),
            safety: form.safety,
            complexity: form.complexity.unwrap_or(Level::Medium),
            impact: form.impact.unwrap_or(Level::Medium),
            immediate_action: form.immediate_action,
            category: check.slug("/category", form.category.as_deref().unwrap_or("other")),
            language,
            preferred_medium: form.preferred_medium,
            preferred_time: check.optional_text("/preferred_time", form.preferred_time.as_deref(), 200),
            received_at,
            first_expressed_at,
            customer_type: form.customer_type.unwrap_or(CustomerType::NotClear),
            typed: form.customer_type.is_some(),
            draft: form.draft,
            team: form.team,
            owner: check.optional_text("/owner", form.owner.as_deref(), 100),
            external_ref: check.optional_text("/external_ref", form.external_ref.as_deref(), 100),
            with_link: !trusted,
            consents: consents::checked(&mut check, filed),
        };
        check.finish(intake)
    }

    /// The customer's type, if somebody has said it.
    pub fn said(&self) -> Option<CustomerType> {
        self.typed.then_some(self.customer_type)
    }

    /// What the model proposes for it, to be kept with it.
    pub fn proposal(&self, live: &Live, blind_percent: u8) -> Proposal {
        let mode = match self.draft {
            Some(draft) if suggestion::is_blind(draft, blind_percent) => Mode::Blind,
            Some(_) => Mode::Shown,
            None => Mode::Unseen,
        };
        Proposal::of(live, &self.statement, &self.language, mode)
    }

    /// Complaints with the same key are taken in one after the other, so that parallel first
    /// complaints of one person need not collide.
    pub fn lane_key(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::collections::hash_map::DefaultHasher::new();
        match self.identity.keys.first() {
            Some(key) => key.value.hash(&mut hasher),
            None => self.subject.hash(&mut hasher),
        }
        hasher.finish()
    }
}

fn first_line(statement: &str) -> String {
    let line = statement.trim().lines().next().unwrap_or_default();
    let sentence = line
        .split_inclusive(['。', '！', '？', '.', '!', '?'])
        .next()
        .unwrap_or(line);
    // What is wrong with the statement is told once, and not of a subject that nobody wrote.
    let sentence: String = sentence.trim().chars().filter(|c| !c.is_control()).collect();
    if sentence.is_empty() {
        return "…".to_owned();
    }
    if sentence.chars().count() <= 80 {
        return sentence;
    }
    let cut: String = sentence.chars().take(79).collect();
    format!("{cut}…")
}

fn identity(
    check: &mut Check,
    form: &CustomerForm,
    act: &Act,
    trusted: bool,
    who: &str,
    language: &str,
) -> (Identity, GivenContact) {
    let at = |field: &str| format!("{who}/{field}");
    let name = check.optional_text(&at("name"), form.name.as_deref(), 200);
    let phone_text = check.optional_text(&at("phone"), form.phone.as_deref(), 60);
    let email_text = check.optional_text(&at("email"), form.email.as_deref(), 254);
    let mut keys = Vec::new();
    if let Some(external) = &form.external_id {
        let system = check.slug(&at("external_id/system"), &external.system);
        let value = check.text(&at("external_id/id"), &external.id, 1, 100);
        keys.push(Key {
            kind: ContactKind::External(system),
            entered_as: value.clone(),
            value,
        });
    }
    if let Some(text) = &phone_text
        && let Some(value) = check.parsed(&at("phone"), contact::phone(text, &act.policy.default_region))
    {
        keys.push(Key {
            kind: ContactKind::Phone,
            value,
            entered_as: text.clone(),
        });
    }
    if let Some(text) = &email_text
        && let Some(value) = check.parsed(&at("email"), contact::email(text))
    {
        keys.push(Key {
            kind: ContactKind::Email,
            value,
            entered_as: text.clone(),
        });
    }
    if !trusted && phone_text.is_none() && email_text.is_none() {
        check.fail(
            at("phone"),
            "required",
            "a phone number or an e-mail address, so that we can answer",
        );
    } else if form.customer_id.is_none() && keys.is_empty() && name.is_none() && check.is_clean() {
        check.fail(
            who,
            "required",
            "at least one of customer_id, external_id, phone, email and name",
        );
    }
    let time_zone = form
        .time_zone
        .clone()
        .unwrap_or_else(|| act.policy.default_time_zone.clone());
    let identity = Identity {
        customer_id: form.customer_id,
        keys,
        name: name.clone().unwrap_or_default(),
        kind: form.kind.unwrap_or(CustomerKind::Person),
        language: language.to_owned(),
        time_zone: check.time_zone(&at("time_zone"), &time_zone),
        trusted,
    };
    (
        identity,
        GivenContact {
            name,
            phone: phone_text,
            email: email_text,
        },
    )
}

fn times(
    check: &mut Check,
    received_at: Option<Moment>,
    first_expressed_at: Option<Moment>,
    now: Moment,
) -> (Moment, Moment) {
    let received = received_at.unwrap_or(now);
    past(check, "/received_at", received, now);
    let first = first_expressed_at.unwrap_or(received);
    past(check, "/first_expressed_at", first, now);
    if first > received {
        check.fail("/first_expressed_at", "out_of_range", "not after received_at");
    }
    (received.min(now), first.min(now))
}

/// A moment that lies in the past (clocks may differ by five minutes), and not before 1970.
pub(super) fn past(check: &mut Check, pointer: &str, at: Moment, now: Moment) {
    if at > now + TimeDelta::minutes(5) {
        check.fail(pointer, "out_of_range", "not in the future");
    } else if at < Moment::EPOCH {
        check.fail(pointer, "out_of_range", "not before 1970");
    }
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn the_subject_of_a_public_complaint_is_its_first_sentence() {
        assert_eq!(first_line("洗衣机坏了。第二天又坏了。"), "洗衣机坏了。");
        assert_eq!(first_line("  It broke\nagain"), "It broke");
        assert_eq!(first_line(" \n"), "…");
        assert_eq!(first_line(&"长".repeat(300)).chars().count(), 80);
    }
}
