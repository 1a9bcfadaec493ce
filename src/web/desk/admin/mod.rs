//! Administration: the same operations as the API, one file for each area. A page is a list of blocks (`screen.rs`); a
//! form is one operation of the domain, and what it finds goes back to the fields, which are named `<form>-<value>`.

pub(crate) mod account;
mod asking;
pub(crate) mod audit;
mod browser;
pub(crate) mod calendars;
mod conditions;
mod deeds;
mod document;
pub(crate) mod holidays;
mod hours;
mod known;
pub(crate) mod macros;
mod named;
mod order;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod policies;
mod qr;
pub(crate) mod review_form;
pub(crate) mod roles;
pub(crate) mod routing;
mod ruled;
pub(crate) mod rules;
mod screen;
pub(crate) mod teams;
pub(crate) mod texts;
pub(crate) mod tokens;
mod trying;
pub(crate) mod typing;

use actix_web::HttpResponse;

use crate::domain::staff::Permission;
use crate::error::{Code, Error, Result};
use crate::web::i18n::{Words, fl};
use crate::web::page::{NavItem, Visitor};

/// An area, and the permission without which nobody sees it.
struct Area {
    href: &'static str,
    label: fn(Words) -> String,
    needs: Permission,
}

/// The areas, in their order.
const AREAS: &[Area] = &[
    Area {
        href: "/admin/people",
        label: |words| fl!(words, "admin-people"),
        needs: Permission::ReadStaff,
    },
    Area {
        href: "/admin/teams",
        label: |words| fl!(words, "admin-teams"),
        needs: Permission::ReadStaff,
    },
    Area {
        href: "/admin/roles",
        label: |words| fl!(words, "admin-roles"),
        needs: Permission::ReadStaff,
    },
    Area {
        href: "/admin/tokens",
        label: |words| fl!(words, "admin-tokens"),
        needs: Permission::ManageTokens,
    },
    Area {
        href: "/admin/policies",
        label: |words| fl!(words, "admin-policies"),
        needs: Permission::ReadPolicies,
    },
    Area {
        href: "/admin/calendars",
        label: |words| fl!(words, "admin-calendars"),
        needs: Permission::ReadCalendars,
    },
    Area {
        href: "/admin/routing",
        label: |words| fl!(words, "admin-routing"),
        needs: Permission::ReadRouting,
    },
    Area {
        href: "/admin/rules",
        label: |words| fl!(words, "admin-events"),
        needs: Permission::ReadRules,
    },
    Area {
        href: "/admin/texts",
        label: |words| fl!(words, "admin-texts"),
        needs: Permission::ManageTexts,
    },
    Area {
        href: "/admin/macros",
        label: |words| fl!(words, "admin-macros"),
        needs: Permission::ManageTexts,
    },
    Area {
        href: "/admin/review-form",
        label: |words| fl!(words, "admin-review-form"),
        needs: Permission::ReviewCalls,
    },
    Area {
        href: "/admin/typing",
        label: |words| fl!(words, "admin-typing"),
        needs: Permission::ReadFigures,
    },
    Area {
        href: "/admin/audit",
        label: |words| fl!(words, "admin-audit"),
        needs: Permission::ReadAudit,
    },
];

/// The areas that whoever is signed in may see.
fn sections(visitor: &Visitor) -> Vec<NavItem> {
    // One's own account is no area of it.
    let within = visitor.path.starts_with("/admin");
    AREAS
        .iter()
        .filter(|area| within && visitor.may(area.needs))
        .map(|area| NavItem {
            href: area.href,
            label: (area.label)(visitor.words),
            current: visitor.path.starts_with(area.href),
        })
        .collect()
}

/// `GET /admin`: the first area that may be seen.
pub(crate) async fn show_admin(visitor: Visitor) -> Result<HttpResponse> {
    match AREAS.iter().find(|area| visitor.may(area.needs)) {
        Some(area) => Ok(visitor.go(area.href)),
        None => Err(Error::problem(
            Code::Forbidden,
            "nothing of the administration is open to the role",
        )),
    }
}
