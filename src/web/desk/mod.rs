//! The pages of those who work here. Every page of the desk is a line in `web/routes.rs` with its permission, and a
//! place in the navigation below if somebody should find it there.
//!
//! A deed on a complaint or a promise is one form, one line of `routes`, and one function in `deeds.rs`: its fields are
//! named `<deed>-<value>`, read by `fields.rs` into the form of the domain, and what the domain finds goes back to them.

pub(crate) mod admin;
mod agenda;
pub(crate) mod call_back;
pub(crate) mod complaint;
pub(crate) mod customer;
pub(crate) mod deeds;
mod doing;
mod fields;
mod kept;
pub(crate) mod list;
pub(crate) mod log_call;
pub(crate) mod ops;
pub(super) mod parts;
pub(crate) mod search;
mod steps;
pub(crate) mod take;
pub(super) mod voice;
pub(super) mod words;
pub(crate) mod work;

use super::i18n::{Words, fl};
use super::page::{NavItem, Visitor};
use crate::domain::staff::Permission;

/// A place in the navigation: where it leads, what it says, and the permissions of which one needs one to see it.
struct Place {
    href: &'static str,
    label: fn(Words) -> String,
    needs: &'static [Permission],
}

/// The navigation, in its order.
const PLACES: &[Place] = &[
    Place {
        href: "/desk",
        label: |words| fl!(words, "nav-desk"),
        needs: &[Permission::ReadComplaints],
    },
    Place {
        href: "/desk/new",
        label: |words| fl!(words, "nav-new"),
        needs: &[Permission::LogComplaints],
    },
    Place {
        href: "/desk/complaints",
        label: |words| fl!(words, "nav-list"),
        needs: &[Permission::ReadComplaints],
    },
    Place {
        href: "/desk/search",
        label: |words| fl!(words, "nav-search"),
        needs: &[Permission::ReadComplaints, Permission::ReadCustomers],
    },
    Place {
        href: "/lead",
        label: |words| fl!(words, "nav-lead"),
        needs: &[Permission::ManageWork],
    },
    Place {
        href: "/lead/reviews",
        label: |words| fl!(words, "lead-reviews-title"),
        needs: &[Permission::ReadReviews],
    },
    Place {
        href: "/ops",
        label: |words| fl!(words, "nav-ops"),
        needs: &[Permission::ReadReports],
    },
    Place {
        href: "/admin",
        label: |words| fl!(words, "nav-admin"),
        needs: &[Permission::ReadRouting],
    },
];

/// Where whoever is signed in can go; nothing for others.
pub(super) fn nav(visitor: &Visitor) -> Vec<NavItem> {
    if visitor.signed_in.is_none() {
        return Vec::new();
    }
    PLACES
        .iter()
        .filter(|place| place.needs.iter().any(|needed| visitor.may(*needed)))
        .map(|place| NavItem {
            href: place.href,
            label: (place.label)(visitor.words),
            current: visitor.path == place.href,
        })
        .collect()
}
