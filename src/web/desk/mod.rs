//! The pages of those who work here. Every page of the desk is a line in `web/routes.rs` with its permission, and a
//! place in the navigation below if somebody should find it there.

use actix_web::HttpResponse;
use askama::Template;

use super::i18n::{Words, fl};
use super::page::{NavItem, Page, Visitor};
use crate::domain::staff::Permission;
use crate::error::Result;

/// A place in the navigation: where it leads, what it says, and the permission without which nobody sees it.
struct Place {
    href: &'static str,
    label: fn(Words) -> String,
    needs: Option<Permission>,
}

/// The navigation, in its order.
const PLACES: &[Place] = &[Place {
    href: "/desk",
    label: |words| fl!(words, "nav-desk"),
    needs: None,
}];

/// Where whoever is signed in can go; nothing for others.
pub(super) fn nav(visitor: &Visitor) -> Vec<NavItem> {
    if visitor.signed_in.is_none() {
        return Vec::new();
    }
    PLACES
        .iter()
        .filter(|place| place.needs.is_none_or(|permission| visitor.may(permission)))
        .map(|place| NavItem {
            href: place.href,
            label: (place.label)(visitor.words),
            current: visitor.path == place.href,
        })
        .collect()
}

#[derive(Template)]
#[template(path = "web/desk/start.html")]
struct DeskPage {
    page: Page,
}

/// `GET /desk`
pub(super) async fn show_desk(visitor: Visitor) -> Result<HttpResponse> {
    visitor.show(&DeskPage {
        page: visitor.page(fl!(visitor.words, "desk-title")),
    })
}
