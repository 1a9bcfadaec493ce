//! Who complains. Numbers in English come from ranges that are kept free for films and books
//! wherever there are such ranges; e-mail addresses from domains kept for examples (RFC 2606).

use super::corpus::{Corpus, Tongue};
use super::draw::{Draw, is_daytime};
use super::history::Told;
use super::places::{Directory, Place};
use crate::clock::Moment;
use crate::domain::complaints::bulk::Batch;
use crate::domain::customers::model::{ContactPoint, Customer};
use crate::domain::customers::{CustomerKind, Grade, ProfitSegment, Tier};
use crate::error::Result;
use crate::ids::CustomerId;

/// How many customers can come back; of more, the demo forgets some.
const REMEMBERED: usize = 50_000;

/// How many of a hundred complaints come from a customer who has complained before: 1.6 for each customer.
const COMING_BACK: f64 = 37.5;

/// A customer.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: CustomerId,
    pub(super) tongue: Tongue,
    /// The person who speaks.
    pub(super) name: String,
    /// For whom, when the customer is an organisation.
    pub(super) organisation: Option<String>,
    /// E.164.
    pub(super) phone: Option<String>,
    /// The number as they write it.
    pub(super) phone_as_written: Option<String>,
    pub(super) email: Option<String>,
    pub(super) place: &'static Place,
    /// The last matter they told us of.
    pub(super) last: Option<Told>,
}

/// Everybody who has complained so far.
pub(super) struct People {
    directory: Directory,
    remembered: Vec<Person>,
    count: u64,
}

impl People {
    pub(super) fn new() -> Self {
        Self {
            directory: Directory::default(),
            remembered: Vec::new(),
            count: 0,
        }
    }

    /// How many there are.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Somebody who complains at `now`: the place to remember them at, who, and whether they are known.
    pub(super) fn caller(
        &mut self,
        draw: &mut Draw,
        corpus: &Corpus,
        now: Moment,
        batch: &mut Batch,
    ) -> Result<(usize, Person, bool)> {
        if draw.chance(COMING_BACK) {
            // Somebody for whom it is day, if one is found soon.
            for _ in 0..4 {
                let place = draw.place(self.remembered.len());
                if let Some(known) = self
                    .remembered
                    .get(place)
                    .filter(|known| is_daytime(now, known.place.offset))
                {
                    return Ok((place, known.clone(), true));
                }
            }
        }
        let person = self.newcomer(draw, corpus, now, batch)?;
        let place = if self.remembered.len() < REMEMBERED {
            self.remembered.len()
        } else {
            draw.place(REMEMBERED)
        };
        Ok((place, person, false))
    }

    /// Remembers somebody with the matter they told of.
    pub(super) fn remember(&mut self, place: usize, person: Person) {
        match self.remembered.get_mut(place) {
            Some(there) => *there = person,
            None => self.remembered.push(person),
        }
    }

    fn newcomer(&mut self, draw: &mut Draw, corpus: &Corpus, now: Moment, batch: &mut Batch) -> Result<Person> {
        self.count += 1;
        let tongue = if draw.chance(66.0) {
            Tongue::Chinese
        } else {
            Tongue::English
        };
        let voices = corpus.voices(tongue);
        let (given, family) = (draw.pick(&voices.given_names)?, draw.pick(&voices.family_names)?);
        let name = match tongue {
            Tongue::Chinese => format!("{family}{given}"),
            Tongue::English => format!("{given} {family}"),
        };
        let organisation = if draw.chance(12.0) {
            Some(draw.pick(&voices.organisations)?.clone())
        } else {
            None
        };
        let (place, number) = self.directory.home(draw, tongue, now);
        let phone = number.filter(|_| draw.chance(93.0));
        let email = (phone.is_none() || draw.chance(35.0)).then(|| self.email(draw, tongue, given, family));
        let (phone, phone_as_written) = phone.unzip();
        let id = CustomerId(draw.id(now));
        let person = Person {
            id,
            tongue,
            name,
            organisation,
            phone,
            phone_as_written,
            email,
            place,
            last: None,
        };
        self.put_on_record(draw, now, &person, batch);
        Ok(person)
    }

    fn email(&self, draw: &mut Draw, tongue: Tongue, given: &str, family: &str) -> String {
        let domain = draw.saying(&["example.com", "example.org", "mail.example", "post.example"]);
        let local = match tongue {
            Tongue::English => format!("{given}.{family}"),
            Tongue::Chinese => {
                let syllables = [
                    "an", "bo", "chun", "dong", "fei", "hai", "jia", "lan", "ming", "ning", "qing", "rui", "shan",
                    "xue", "yun", "zhi",
                ];
                format!("{}{}", draw.saying(&syllables), draw.saying(&syllables))
            }
        };
        format!("{}{}@{domain}", local.to_lowercase(), self.count)
    }

    fn put_on_record(&self, draw: &mut Draw, now: Moment, person: &Person, batch: &mut Batch) {
        let tier = match person.organisation {
            Some(_) => draw.weighted(&[(0.25, Tier::KeyAccount), (0.5, Tier::Medium)], Tier::Medium),
            None => draw.weighted(&[(0.06, Tier::Medium), (0.94, Tier::Individual)], Tier::Individual),
        };
        let segment = draw.weighted(
            &[(0.15, ProfitSegment::MostProfitable), (0.6, ProfitSegment::Profitable)],
            ProfitSegment::Unprofitable,
        );
        let grade = draw.weighted(&[(0.2, Grade::A), (0.3, Grade::B), (0.3, Grade::C)], Grade::D);
        let kind = if person.organisation.is_some() {
            CustomerKind::Organisation
        } else {
            CustomerKind::Person
        };
        batch.customers.push(Customer {
            name: person.organisation.clone().unwrap_or_else(|| person.name.clone()),
            tier,
            segment: (tier != Tier::Individual).then_some(segment),
            grade: (tier == Tier::KeyAccount).then_some(grade),
            ..Customer::new(person.id, kind, person.tongue.tag(), person.place.time_zone, now)
        });
        let mut point = |kind: &str, value: &str, entered_as: &str| {
            batch.contact_points.push(ContactPoint {
                kind: kind.to_owned(),
                value: value.to_owned(),
                customer_id: person.id,
                entered_as: entered_as.to_owned(),
                is_primary: true,
                created_at: now,
            });
        };
        if let (Some(phone), Some(written)) = (&person.phone, &person.phone_as_written) {
            point("phone", phone, written);
        }
        if let Some(email) = &person.email {
            point("email", email, email);
        }
        if draw.chance(8.0) {
            let number = format!("C-{}", 20_000 + self.count);
            point("external:crm", &number, &number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::customers::contact;
    use std::collections::BTreeSet;

    #[test]
    fn contact_points_are_found_again_and_belong_to_one_customer_only() {
        let (corpus, mut draw, mut batch) = (Corpus::load().unwrap(), Draw::new(3), Batch::default());
        let mut people = People::new();
        let now: Moment = "2026-11-23T06:00:00Z".parse().unwrap();
        for _ in 0..3_000 {
            people.newcomer(&mut draw, &corpus, now, &mut batch).unwrap();
        }
        let mut seen = BTreeSet::new();
        for point in &batch.contact_points {
            assert!(seen.insert((&point.kind, &point.value)), "{} twice", point.value);
            match point.kind.as_str() {
                "phone" => assert_eq!(
                    contact::phone(&point.entered_as, "CN").as_deref(),
                    Ok(point.value.as_str())
                ),
                "email" => assert_eq!(contact::email(&point.entered_as).as_deref(), Ok(point.value.as_str())),
                _ => {}
            }
        }
        assert!(batch.contact_points.len() > 3_600);
    }
}
