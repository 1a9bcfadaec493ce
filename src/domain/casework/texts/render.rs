//! Filling a canned text in for a complaint.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::template::{self, Part, Variable};
use super::{Text, Wording, load};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::casework::named::Content as _;
use crate::domain::complaints::model::Complaint;
use crate::domain::complaints::{standing, view};
use crate::domain::customers::{Customer, PrivacyState, record};
use crate::domain::staff::{Act, Permission, people, teams};
use crate::domain::typing::CustomerType;
use crate::error::{Code, Error, Result};
use crate::ids::{ComplaintId, CustomerId};

/// A canned text as it would be sent for a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RenderedText {
    /// Its slug.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// The language of the wording.
    pub language: String,
    /// For whom the wording is; for everybody, when it is absent.
    pub customer_type: Option<CustomerType>,
    /// The text, with the variables filled in.
    pub body: String,
}

/// The wording that fits best: the language as it is before its first part, the type before everybody.
fn fitting<'w>(wordings: &'w [Wording], language: &str, customer_type: CustomerType) -> Option<&'w Wording> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
    let rank = |wording: &Wording| {
        let exact = wording.language.eq_ignore_ascii_case(language);
        if !exact && primary(&wording.language) != primary(language) {
            return None;
        }
        match wording.customer_type {
            Some(of) if of != customer_type => None,
            of => Some((of.is_none(), !exact)),
        }
    };
    let ranked = wordings
        .iter()
        .filter_map(|wording| rank(wording).map(|rank| (rank, wording)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, wording)| wording)
}

/// A canned text that has a wording for a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FittingText {
    /// Its slug.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// For whom the wording is; for everybody, when it is absent.
    pub customer_type: Option<CustomerType>,
}

/// The canned texts that have a wording in this language for customers of this type; those that are for the type before
/// those that are for everybody.
///
/// # Errors
/// When the database refuses.
pub fn fitting_texts(conn: &mut Conn, language: &str, customer_type: CustomerType) -> Result<Vec<FittingText>> {
    let fits = |row: Text| {
        let of = fitting(&row.content, language, customer_type)?.customer_type;
        Some(FittingText {
            slug: row.slug,
            title: row.title,
            customer_type: of,
        })
    };
    let mut texts: Vec<FittingText> = Vec::<Wording>::all(conn)?.into_iter().filter_map(fits).collect();
    texts.sort_by_key(|text| text.customer_type.is_none());
    Ok(texts)
}

/// The words of a canned text for a complaint.
///
/// # Errors
/// `text.no_wording`; `text.no_value`; `request.invalid` when there is no such text.
pub fn rendered(conn: &mut Conn, act: &Act, slug: &str, complaint: &Complaint) -> Result<String> {
    render(conn, act, slug, complaint).map(|(_, text)| text.body)
}

/// A canned text as it would be sent for a complaint, and whose complaint it is.
///
/// # Errors
/// As [`rendered`]; `resource.not_found`.
pub fn preview(conn: &mut Conn, act: &Act, id: ComplaintId, slug: &str) -> Result<(CustomerId, RenderedText)> {
    let found = standing::load(conn, &[id])?.pop();
    let complaint = found.ok_or_else(|| Error::not_found("complaint"))?.complaint;
    render(conn, act, slug, &complaint)
}

fn render(conn: &mut Conn, act: &Act, slug: &str, complaint: &Complaint) -> Result<(CustomerId, RenderedText)> {
    let row = load(conn, slug)?;
    let wording = fitting(&row.content, &complaint.language, complaint.customer_type).ok_or_else(|| {
        let detail = format!("`{}` has no wording in `{}`", row.slug, complaint.language);
        Error::problem(Code::TextNoWording, detail)
    })?;
    let parts = template::parse(&wording.body).map_err(Error::internal)?;
    let mut body = String::with_capacity(wording.body.len());
    let mut values = Values::of(conn, act, complaint)?;
    for part in parts {
        match part {
            Part::Words(words) => body.push_str(&words),
            Part::Value(variable) => {
                let value = values.get(conn, variable)?.filter(|value| !value.trim().is_empty());
                let value = value.ok_or_else(|| {
                    let detail = format!("`{{{variable}}}` has no value for this complaint");
                    Error::problem(Code::TextNoValue, detail)
                })?;
                body.push_str(&value);
            }
        }
    }
    let text = RenderedText {
        slug: row.slug.clone(),
        title: row.title.clone(),
        language: wording.language.clone(),
        customer_type: wording.customer_type,
        body,
    };
    Ok((complaint.customer_id, text))
}

/// Where the values of variables come from.
struct Values<'a> {
    act: &'a Act,
    complaint: &'a Complaint,
    customer: Customer,
    zone: Tz,
}

impl<'a> Values<'a> {
    fn of(conn: &mut Conn, act: &'a Act, complaint: &'a Complaint) -> Result<Self> {
        let found = record::by_ids(conn, &[complaint.customer_id])?.pop();
        let customer = found.ok_or_else(|| Error::internal("a complaint of nobody"))?;
        Ok(Self {
            act,
            complaint,
            zone: customer.time_zone.parse().unwrap_or(Tz::UTC),
            customer,
        })
    }

    fn get(&mut self, conn: &mut Conn, variable: Variable) -> Result<Option<String>> {
        let complaint = self.complaint;
        Ok(match variable {
            Variable::CustomerName => {
                let hidden =
                    self.customer.privacy == PrivacyState::Restricted && !self.act.actor.may(Permission::ManagePrivacy);
                (!hidden).then(|| self.customer.name.clone())
            }
            Variable::ComplaintReference => Some(complaint.reference.clone()),
            Variable::ComplaintSubject => Some(complaint.subject.clone()),
            Variable::ComplaintReceivedOn => Some(local(self.zone, complaint.received_at, "%Y-%m-%d")),
            Variable::ComplaintProduct => {
                let found = view::products_of(conn, &[complaint.id])?.pop();
                found.and_then(|(_, product)| product)
            }
            Variable::CallBackWindow => self.window(conn)?,
            Variable::AgentName => {
                let person = people::find_by_handle(conn, &self.act.actor.name)?;
                Some(person.map_or_else(|| self.act.actor.name.clone(), |person| person.name))
            }
            Variable::TeamName => match complaint.team_id {
                Some(team) => teams::names(conn, &[team])?.remove(&team),
                None => None,
            },
        })
    }

    /// The first promised call: `2026-11-24 10:00–12:00 (Asia/Shanghai)`.
    fn window(&self, conn: &mut Conn) -> Result<Option<String>> {
        let standing = standing::load(conn, &[self.complaint.id])?.pop();
        let promise = standing.and_then(|standing| standing.promises.into_iter().next());
        Ok(promise.map(|promise| {
            let zone: Tz = promise.time_zone.parse().unwrap_or(self.zone);
            let day = local(zone, promise.window_start, "%Y-%m-%d");
            let start = local(zone, promise.window_start, "%Y-%m-%d %H:%M");
            let end = match local(zone, promise.window_end, "%Y-%m-%d") == day {
                true => local(zone, promise.window_end, "%H:%M"),
                false => local(zone, promise.window_end, "%Y-%m-%d %H:%M"),
            };
            format!("{start}–{end} ({zone})")
        }))
    }
}

fn local(zone: Tz, at: Moment, form: &str) -> String {
    at.with_timezone(&zone).format(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(language: &str, customer_type: Option<CustomerType>) -> Wording {
        Wording {
            language: language.to_owned(),
            customer_type,
            body: "x".to_owned(),
        }
    }

    #[test]
    fn the_type_goes_before_the_place_and_another_language_is_never_taken() {
        let all = [
            wording("en", None),
            wording("zh", None),
            wording("zh-TW", None),
            wording("zh", Some(CustomerType::Angry)),
        ];
        let pick =
            |language, of| fitting(&all, language, of).map(|found| (found.language.as_str(), found.customer_type));
        assert_eq!(
            pick("zh-CN", CustomerType::Angry),
            Some(("zh", Some(CustomerType::Angry)))
        );
        assert_eq!(pick("zh-TW", CustomerType::Friendly), Some(("zh-TW", None)));
        assert_eq!(pick("en-GB", CustomerType::Angry), Some(("en", None)));
        assert_eq!(pick("fr", CustomerType::Angry), None);
    }
}
