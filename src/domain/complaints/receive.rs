//! Receiving complaints. Written for groups: many callers' complaints go through one set of
//! multi-row statements in one transaction; a single complaint is a group of one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::earlier::{self, EarlierComplaint};
use super::intake::Intake;
use super::model::{Complaint, Statement, TimelineEntry, TypeChange};
use super::vocabulary::{BallWith, HandlingStep, State};
use super::{followers, placing, reference, store, tallies, timeline};
use crate::db::conn::Conn;
use crate::db::dialect::{self, SearchRow};
use crate::db::types::Json;
use crate::domain::audit;
use crate::domain::challenges::{self, Proof};
use crate::domain::check::Check;
use crate::domain::customers::recognise::{self, Recognised};
use crate::domain::customers::{Customer, privacy as customers};
use crate::domain::idempotency::{self, Claim};
use crate::domain::notifications::{self, Notice, OutboxRow};
use crate::domain::privacy::{ConsentPurpose, consents};
use crate::domain::search;
use crate::domain::staff::Act;
use crate::domain::staff::owners::{self, Owners};
use crate::domain::staff::tokens::{self, Secret};
use crate::domain::typing::CustomerType;
use crate::domain::typing::proposals::{self, Proposal};
use crate::domain::work::routing::place::Placed;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, CustomerId, TypeChangeId};

/// One complaint on its way in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Who logs it, when, under which rules.
    pub act: Act,
    /// The complaint.
    pub intake: Intake,
    /// The caller's idempotency key, if any.
    pub claim: Option<Claim>,
    /// What the model proposes as the customer's type.
    pub proposal: Option<Proposal>,
    /// The challenge that a stranger has solved for it, if one was asked for.
    pub proof: Option<Proof>,
}

/// Who the complaint was filed under.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReceiptCustomer {
    /// The customer.
    pub id: CustomerId,
    /// What it is called; empty for callers who may not see the record.
    pub name: String,
    /// Whether we knew the customer before.
    pub recognised: bool,
    /// What they were recognised by: `phone`, `email`, `external:SYSTEM` or `id`.
    #[schema(example = "phone")]
    pub matched_by: Option<String>,
    /// Other customers that one of the contact points belongs to: perhaps the same person.
    pub also_known_as: Vec<CustomerId>,
}

/// What the one who logged the complaint is told.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// The complaint.
    pub id: ComplaintId,
    /// What people call it on the phone.
    #[schema(example = "K7QM-3R9X")]
    pub reference: String,
    /// Where it stands.
    pub state: State,
    /// The step to begin with.
    pub step: Option<HandlingStep>,
    /// The customer's manner, as far as it is known.
    pub customer_type: CustomerType,
    /// Counts the changes; the ETag is made of it.
    pub version: i32,
    /// Who it was filed under.
    pub customer: ReceiptCustomer,
    /// Earlier complaints of the customer, the newest first; none for callers who do not read complaints.
    pub earlier: Vec<EarlierComplaint>,
    /// The secret in the customer's private link, when one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_token: Option<Secret>,
}

/// Takes in a group of complaints: one receipt for each, in order, or nothing at all. Arrivals
/// whose idempotency key has an answer already get that answer.
///
/// # Errors
/// [`Error::Retry`] when another process took in the same person or key at the same moment;
/// otherwise what is wrong with one of them.
pub fn receive_all(conn: &mut Conn, arrivals: &[Arrival]) -> Result<Vec<Receipt>> {
    let claims: Vec<Option<&Claim>> = arrivals.iter().map(|arrival| arrival.claim.as_ref()).collect();
    let answered: Vec<Option<Receipt>> = idempotency::recall(conn, &claims)?;
    let fresh: Vec<&Arrival> = arrivals
        .iter()
        .zip(&answered)
        .filter(|(_, answer)| answer.is_none())
        .map(|(arrival, _)| arrival)
        .collect();
    let proofs: Vec<&Proof> = fresh.iter().filter_map(|arrival| arrival.proof.as_ref()).collect();
    challenges::spend_all(conn, &proofs)?;
    let mut receipts = take_in(conn, &fresh)?.into_iter();
    answered
        .into_iter()
        .map(|answer| {
            answer
                .or_else(|| receipts.next())
                .ok_or_else(|| Error::internal("a receipt is missing"))
        })
        .collect()
}

fn take_in(conn: &mut Conn, arrivals: &[&Arrival]) -> Result<Vec<Receipt>> {
    let Some(first) = arrivals.first() else {
        return Ok(Vec::new());
    };
    check_owners(conn, arrivals)?;
    let people: Vec<_> = arrivals
        .iter()
        .map(|arrival| (arrival.act.now, &arrival.intake.identity))
        .collect();
    let people = recognise::recognise_all(conn, &people)?;
    let mut earlier = Vec::with_capacity(arrivals.len());
    for (arrival, person) in arrivals.iter().zip(&people) {
        earlier.push(match person.matched_by {
            Some(_) => earlier::seen_from(conn, &arrival.act, person.customer.id, &arrival.intake)?,
            None => Vec::new(),
        });
    }
    let secrets: Vec<Option<String>> = arrivals
        .iter()
        .map(|arrival| arrival.intake.with_link.then(tokens::random_secret))
        .collect();
    let mut complaints: Vec<Complaint> = arrivals
        .iter()
        .zip(&people)
        .zip(&secrets)
        .map(|((arrival, person), secret)| complaint(arrival, person, secret.as_deref()))
        .collect();
    let placed = placing::arrivals(conn, arrivals, &people, &mut complaints)?;
    write(conn, arrivals, &people, &mut complaints, &placed)?;
    let receipts: Vec<Receipt> = complaints
        .into_iter()
        .zip(people)
        .zip(earlier)
        .zip(secrets)
        .zip(arrivals)
        .map(|((((complaint, person), earlier), secret), arrival)| {
            receipt(conn, &arrival.act, complaint, person, earlier, secret)
        })
        .collect::<Result<_>>()?;
    let answers: Vec<(&Claim, &Receipt)> = arrivals
        .iter()
        .zip(&receipts)
        .filter_map(|(arrival, receipt)| arrival.claim.as_ref().map(|claim| (claim, receipt)))
        .collect();
    idempotency::keep(conn, &first.act, &answers)?;
    // Last, because it is the row that others may be waiting for.
    let slot = receipts.first().map_or(0, |receipt| tallies::slot(receipt.id));
    let received = i64::try_from(receipts.len()).unwrap_or(i64::MAX);
    tallies::add(conn, slot, &BTreeMap::from([(State::Received, received)]))?;
    Ok(receipts)
}

/// Keeps what was said about consents, and gives the customers who may be told that their complaint has arrived.
fn told_of(conn: &mut Conn, arrivals: &[&Arrival], people: &[Recognised]) -> Result<BTreeSet<CustomerId>> {
    let mut told = BTreeSet::new();
    let known = |person: &Recognised| person.matched_by.is_some();
    for (arrival, person) in arrivals.iter().zip(people) {
        if !arrival.intake.consents.is_empty() {
            let said = [(person.customer.id, known(person), arrival.intake.consents.as_slice())];
            consents::keep_filed(conn, &arrival.act, &said)?;
        }
    }
    let (asked, new): (Vec<_>, Vec<_>) = arrivals
        .iter()
        .zip(people)
        .filter(|(arrival, _)| arrival.intake.given_contact.email.is_some())
        .partition(|(arrival, person)| known(person) || !arrival.intake.consents.is_empty());
    told.extend(new.into_iter().map(|(_, person)| person.customer.id));
    let asked: Vec<Customer> = asked.into_iter().map(|(_, person)| person.customer.clone()).collect();
    if let Some(first) = arrivals.first().filter(|_| !asked.is_empty()) {
        let purpose = ConsentPurpose::ServiceMessages;
        told.extend(consents::allowed_among(conn, &first.act, &asked, purpose)?);
    }
    Ok(told)
}

/// Whether the complaints go to those who may be given them.
fn check_owners(conn: &mut Conn, arrivals: &[&Arrival]) -> Result<()> {
    let given = arrivals.iter().filter_map(|arrival| arrival.intake.owner.as_deref());
    let owners = Owners::hold(conn, given)?;
    for Arrival { act, intake, .. } in arrivals {
        let mut check = Check::new();
        if let Some(team) = intake.team {
            owners::check_team(conn, &mut check, "/team", &act.actor, team)?;
        }
        if let Some(owner) = &intake.owner {
            owners.check(&mut check, "/owner", &act.actor, owner, intake.team);
        }
        check.finish(())?;
    }
    Ok(())
}

fn write(
    conn: &mut Conn,
    arrivals: &[&Arrival],
    people: &[Recognised],
    complaints: &mut [Complaint],
    placed: &[Option<Placed>],
) -> Result<()> {
    let may_be_told = told_of(conn, arrivals, people)?;
    let entries: Vec<TimelineEntry> = arrivals
        .iter()
        .zip(people)
        .zip(&*complaints)
        .zip(placed)
        .map(|(((arrival, person), complaint), placed)| {
            let told = arrival.intake.given_contact.email.is_some();
            let told = told.then(|| is_told(arrival, complaint, &may_be_told));
            timeline::arrival(&arrival.act, complaint, person, told, placing::told(placed.as_ref()))
        })
        .collect();
    let begun = followers::coming_in(conn, complaints, &entries)?;
    store::insert_complaints(conn, complaints)?;
    let known: Vec<CustomerId> = people
        .iter()
        .filter(|person| person.matched_by.is_some())
        .map(|person| person.customer.id)
        .collect();
    customers::check_still_here(conn, &known)?;
    let (mut statements, mut words, mut told) = (vec![], vec![], vec![]);
    let (mut types, mut notices, mut proposed) = (vec![], vec![], vec![]);
    for ((arrival, entry), complaint) in arrivals.iter().zip(&entries).zip(&*complaints) {
        let (act, intake) = (&arrival.act, &arrival.intake);
        let statement = statement(complaint, intake);
        words.push(SearchRow {
            seq: complaint.seq,
            words: words_of(complaint, &statement),
        });
        statements.push(statement);
        told.push(audit::Entry::of(act, timeline::told(entry, complaint.customer_id)));
        if let Some(proposal) = &arrival.proposal {
            let decided = intake.said();
            proposed.push((complaint.id, proposal, decided, act.now));
        }
        if complaint.customer_type != CustomerType::NotClear {
            types.push(first_type(act, complaint));
        }
        if is_told(arrival, complaint, &may_be_told) {
            notices.push(OutboxRow::new(
                act.now,
                Notice::Acknowledge {
                    complaint_id: complaint.id,
                },
            ));
        }
    }
    store::insert_statements(conn, &statements)?;
    dialect::index_words(conn, &words)?;
    store::insert_entries(conn, &entries)?;
    audit::record_all(conn, &told)?;
    store::insert_type_changes(conn, &types)?;
    proposals::keep_all(conn, &proposed)?;
    notifications::post_all(conn, &notices)?;
    match arrivals.first() {
        Some(first) => followers::came_in(conn, &first.act.policy, &begun, (complaints, &entries), placed),
        None => Ok(()),
    }
}

/// Whether the customer is sent a notice that the complaint has arrived.
fn is_told(arrival: &Arrival, complaint: &Complaint, may_be_told: &BTreeSet<CustomerId>) -> bool {
    arrival.intake.given_contact.email.is_some() && may_be_told.contains(&complaint.customer_id)
}

fn complaint(arrival: &Arrival, person: &Recognised, secret: Option<&str>) -> Complaint {
    let (act, intake) = (&arrival.act, &arrival.intake);
    Complaint {
        id: ComplaintId::new(act.now),
        seq: 0,
        reference: reference::new(),
        kind: intake.kind,
        channel: intake.channel,
        state: State::Received,
        ball_with: BallWith::Us,
        customer_id: person.customer.id,
        on_behalf_of: intake.on_behalf_of.clone(),
        subject: intake.subject.clone(),
        category: intake.category.clone(),
        language: intake.language.clone(),
        customer_type: intake.customer_type,
        severity: intake.severity,
        owner: intake.owner.clone(),
        team_id: intake.team,
        round: 1,
        ever_waited: false,
        step: Some(HandlingStep::Listen),
        call_back_due_at: None,
        next_due_at: None,
        received_at: intake.received_at,
        first_expressed_at: intake.first_expressed_at,
        logged_at: act.now,
        updated_at: act.now,
        closed_at: None,
        decision: None,
        on_the_spot: false,
        reopened_count: 0,
        duplicate_of: None,
        tracking_hash: secret.map(tokens::hash),
        version: 1,
    }
}

fn statement(complaint: &Complaint, intake: &Intake) -> Statement {
    Statement {
        complaint_id: complaint.id,
        statement: intake.statement.clone(),
        facts: Json(intake.facts.clone()),
        opinions: Json(intake.opinions.clone()),
        product: intake.product.clone(),
        order_ref: intake.order_ref.clone(),
        incident_at: intake.incident_at,
        desired_remedy: intake.desired_remedy.clone(),
        safety: intake.safety,
        complexity: intake.complexity,
        impact: intake.impact,
        immediate_action: intake.immediate_action,
        preferred_medium: intake.preferred_medium,
        preferred_time: intake.preferred_time.clone(),
        external_ref: intake.external_ref.clone(),
        given_contact: Json(intake.given_contact.clone()),
    }
}

/// What a complaint can be found by.
pub(crate) fn words_of(complaint: &Complaint, statement: &Statement) -> Vec<search::Position> {
    let texts = [Some(complaint.subject.as_str()), Some(&statement.statement)];
    let more = [
        &statement.product,
        &statement.order_ref,
        &statement.external_ref,
        &statement.desired_remedy,
    ];
    search::tokens(
        texts
            .into_iter()
            .flatten()
            .chain(more.into_iter().filter_map(Option::as_deref)),
    )
}

fn first_type(act: &Act, complaint: &Complaint) -> TypeChange {
    TypeChange {
        id: TypeChangeId::new(act.now),
        complaint_id: complaint.id,
        customer_type: complaint.customer_type,
        note: None,
        agent: act.actor.name.clone(),
        changed_at: act.now,
    }
}

fn receipt(
    conn: &mut Conn,
    act: &Act,
    complaint: Complaint,
    person: Recognised,
    earlier: Vec<EarlierComplaint>,
    secret: Option<String>,
) -> Result<Receipt> {
    let name = match &person.matched_by {
        Some(_) => customers::name_for(conn, act, &person.customer)?,
        None => person.customer.name,
    };
    Ok(Receipt {
        id: complaint.id,
        reference: complaint.reference,
        state: complaint.state,
        step: complaint.step,
        customer_type: complaint.customer_type,
        version: complaint.version,
        customer: ReceiptCustomer {
            id: person.customer.id,
            name,
            recognised: person.matched_by.is_some(),
            matched_by: person.matched_by,
            also_known_as: person.also_known_as,
        },
        earlier,
        tracking_token: secret.map(Secret::new),
    })
}
