//! How a complaint comes in: what is said, through which channel, and who writes it down.

use chrono::TimeDelta;

use super::corpus::{Corpus, Scenario, Tongue};
use super::draw::{Draw, is_daytime};
use super::history::Told;
use super::people::Person;
use super::phrases::Phrases;
use super::staff;
use crate::clock::Moment;
use crate::db::types::Json;
use crate::domain::complaints::model::{Complaint, GivenContact, Statement};
use crate::domain::complaints::vocabulary::{BallWith, Channel, HandlingStep, Kind, Level, Medium, State};
use crate::domain::staff::tokens;
use crate::domain::typing::CustomerType;
use crate::error::Result;
use crate::ids::ComplaintId;

/// The program that logs complaints by itself.
const PROGRAM: &str = "shop-app";

/// A complaint as it was logged.
pub(super) struct Logged<'c> {
    pub(super) complaint: Complaint,
    pub(super) statement: Statement,
    /// Its place in the corpus.
    pub(super) scenario: usize,
    /// Who will handle it.
    pub(super) agent: &'c str,
    /// Who logged it; `None` when the customer did.
    pub(super) logged_by: Option<&'c str>,
    /// The secret in the customer's private link.
    pub(super) secret: Option<String>,
}

/// Logs a complaint of `person` at `now`; the same matter as before when `again` says so.
pub(super) fn log<'c>(
    draw: &mut Draw,
    corpus: &'c Corpus,
    person: &Person,
    now: Moment,
    again: Option<&Told>,
) -> Result<Logged<'c>> {
    let voices = corpus.voices(person.tongue);
    let place = again.map_or_else(|| draw.place(voices.scenarios.len()), |told| told.scenario);
    let scenario = voices
        .scenarios
        .get(place)
        .map_or_else(|| draw.pick(&voices.scenarios), Ok)?;
    let agent = draw.pick(staff::agents(corpus, person.tongue))?.as_str();
    let channel = channel(draw, person, now);
    let logged_by = match channel {
        Channel::Web => None,
        Channel::Api => Some(PROGRAM),
        _ => Some(agent),
    };
    let secret = (channel == Channel::Web).then(|| draw.secret());
    let mut complaint = complaint(draw, scenario, person, now, channel, (agent, secret.as_deref()));
    // Whoever takes it takes it for their team.
    complaint.team_id = complaint.owner.as_ref().map(|_| staff::team(person.tongue));
    let statement = match again {
        Some(told) => Statement {
            complaint_id: complaint.id,
            statement: format!(
                "{}{}",
                draw.saying(Phrases::of(person.tongue).told_before),
                told.statement.statement
            ),
            external_ref: None,
            ..told.statement.clone()
        },
        None => statement(draw, scenario, person, &complaint),
    };
    Ok(Logged {
        complaint,
        statement,
        scenario: place,
        agent,
        logged_by,
        secret,
    })
}

fn channel(draw: &mut Draw, person: &Person, now: Moment) -> Channel {
    let live = f64::from(u8::from(is_daytime(now, person.place.offset)));
    let calls = f64::from(u8::from(person.phone.is_some()));
    draw.weighted(
        &[
            (48.0 * live * calls, Channel::Phone),
            (24.0, Channel::Web),
            (12.0, Channel::Email),
            (7.0 * live, Channel::Counter),
            (3.0 * live, Channel::Letter),
            (6.0, Channel::Api),
        ],
        Channel::Web,
    )
}

fn complaint(
    draw: &mut Draw,
    scenario: &Scenario,
    person: &Person,
    now: Moment,
    channel: Channel,
    (agent, secret): (&str, Option<&str>),
) -> Complaint {
    let received_at = match channel {
        Channel::Email => now - TimeDelta::seconds(draw.between(300, 10_000)),
        Channel::Letter => now - TimeDelta::seconds(draw.between(20_000, 200_000)),
        _ => now,
    };
    let hesitated = draw.chance(15.0);
    let first_expressed_at = if hesitated {
        received_at - TimeDelta::seconds(draw.between(3_600, 700_000))
    } else {
        received_at
    };
    let public = channel == Channel::Web;
    let sees_type = match channel {
        Channel::Phone | Channel::Counter => 85.0,
        Channel::Email | Channel::Letter => 50.0,
        Channel::Web | Channel::Api => 0.0,
    };
    let takes_it = match channel {
        Channel::Phone | Channel::Counter => 75.0,
        Channel::Email | Channel::Letter => 40.0,
        Channel::Web | Channel::Api => 0.0,
    };
    Complaint {
        id: ComplaintId(draw.id(now)),
        seq: 0,
        reference: draw.reference(),
        kind: scenario.kind,
        channel,
        state: State::Received,
        ball_with: BallWith::Us,
        customer_id: person.id,
        on_behalf_of: on_behalf_of(draw, person, scenario.kind),
        subject: scenario.subject.clone(),
        category: if public {
            "other".to_owned()
        } else {
            scenario.category.clone()
        },
        language: person.tongue.tag().to_owned(),
        customer_type: if draw.chance(sees_type) {
            scenario.customer_type
        } else {
            CustomerType::NotClear
        },
        severity: if public { Level::Medium } else { scenario.severity },
        owner: draw.chance(takes_it).then(|| agent.to_owned()),
        team_id: None,
        round: 1,
        ever_waited: false,
        step: Some(HandlingStep::Listen),
        call_back_due_at: None,
        next_due_at: None,
        received_at,
        first_expressed_at,
        logged_at: now,
        updated_at: now,
        closed_at: None,
        decision: None,
        on_the_spot: false,
        reopened_count: 0,
        duplicate_of: None,
        tracking_hash: secret.map(tokens::hash),
        version: 1,
    }
}

fn on_behalf_of(draw: &mut Draw, person: &Person, kind: Kind) -> Option<String> {
    if person.organisation.is_some() || kind != Kind::Complaint || !draw.chance(5.0) {
        return None;
    }
    let who = match person.tongue {
        Tongue::Chinese => draw.saying(&["母亲", "父亲", "爱人", "邻居"]),
        Tongue::English => draw.saying(&["mother", "father", "partner", "neighbour"]),
    };
    Some(who.to_owned())
}

fn statement(draw: &mut Draw, scenario: &Scenario, person: &Person, complaint: &Complaint) -> Statement {
    let staff = complaint.channel != Channel::Web;
    let days = draw.between(2, 9);
    let minor_units = amount(draw);
    let order = order(draw, person.tongue, complaint.first_expressed_at);
    let has_order = scenario.statement.contains("{order}") || draw.chance(45.0);
    let has_date = scenario.statement.contains("{days}") || draw.chance(50.0);
    let money = format!(
        "{}{}.{:02}",
        person.place.currency_sign,
        minor_units / 100,
        minor_units % 100
    );
    let text = scenario
        .statement
        .replace("{order}", &order)
        .replace("{days}", &days.to_string())
        .replace("{amount}", &money);
    let level = |draw: &mut Draw| {
        draw.weighted(
            &[(30.0, Level::Low), (50.0, Level::Medium), (20.0, Level::High)],
            Level::Medium,
        )
    };
    let phrases = Phrases::of(person.tongue);
    let medium = if person.phone.is_some() {
        Medium::Phone
    } else {
        Medium::Email
    };
    Statement {
        complaint_id: complaint.id,
        statement: text,
        facts: Json(if staff { scenario.facts.clone() } else { Vec::new() }),
        opinions: Json(if staff { scenario.opinions.clone() } else { Vec::new() }),
        product: Some(scenario.product.clone()),
        order_ref: has_order.then_some(order),
        incident_at: has_date.then(|| complaint.first_expressed_at - TimeDelta::days(days)),
        desired_remedy: (staff || draw.chance(60.0)).then(|| scenario.desired_remedy.clone()),
        safety: staff && scenario.safety,
        complexity: if staff { level(draw) } else { Level::Medium },
        impact: if staff { level(draw) } else { Level::Medium },
        immediate_action: staff && (scenario.safety || scenario.severity == Level::Critical),
        preferred_medium: draw.chance(25.0).then_some(medium),
        preferred_time: draw
            .chance(12.0)
            .then(|| draw.saying(phrases.preferred_time).to_owned()),
        external_ref: (complaint.channel == Channel::Api).then(|| format!("T-{:08}", draw.between(0, 99_999_999))),
        given_contact: Json(GivenContact {
            name: Some(person.name.clone()),
            phone: person.phone_as_written.clone(),
            email: person
                .email
                .clone()
                .filter(|_| person.phone.is_none() || draw.chance(50.0)),
        }),
    }
}

/// An amount of money in minor units, more often small than large.
pub(super) fn amount(draw: &mut Draw) -> i64 {
    let most = draw.weighted(&[(30.0, 60), (45.0, 300), (25.0, 1_500)], 300);
    let cents = draw.weighted(&[(50.0, 0), (20.0, 90), (15.0, 50), (15.0, 99)], 0);
    draw.between(8, most) * 100 + cents
}

fn order(draw: &mut Draw, tongue: Tongue, about: Moment) -> String {
    let number = draw.between(0, 999_999);
    match tongue {
        Tongue::Chinese => format!("DD{}{number:06}", about.format("%y%m%d")),
        Tongue::English => format!("A-{}{number:06}", about.format("%y%m")),
    }
}
