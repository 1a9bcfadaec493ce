//! Roles: the built-in ones, and those of the installation's own.

use actix_web::HttpResponse;
use serde_json::json;

use super::document::{Draft, Kind, Leaf, Node};
use super::known::{Known, all, options};
use super::named::{self, Named, Says};
use super::screen::{self, Block, Card, Screen, Sent};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::staff::custom_roles::{self, RoleForm, RoleView};
use crate::domain::staff::{Act, Permission};
use crate::error::{Code, Result};
use crate::web::desk::words::word;
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// What a role is called: the built-in ones in the language of the page.
pub(super) fn called(words: Words, role: &RoleView) -> String {
    match role.built_in {
        true => word(words, "role", &role.slug),
        false => role.name.clone(),
    }
}

fn card(words: Words, role: &RoleView) -> Card {
    let may = role
        .permissions
        .iter()
        .map(|one| word(words, "permission", one.as_str()));
    Card {
        title: called(words, role),
        href: (!role.built_in).then(|| named::address::<Roles>(Some(&role.slug))),
        note: match role.built_in {
            true => fl!(words, "admin-role-built-in"),
            false => role.slug.clone(),
        },
        lines: vec![(
            fl!(words, "admin-role-may"),
            match role.permissions.len() == Permission::ALL.len() {
                true => vec![fl!(words, "admin-role-all")],
                false => vec![may.collect::<Vec<_>>().join(&fl!(words, "admin-semicolon"))],
            },
        )],
        ..Card::default()
    }
}

/// `GET /admin/roles`
pub(crate) async fn show_roles(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    let words = visitor.words;
    let (built_in, own): (Vec<RoleView>, Vec<RoleView>) = ctx
        .read(|conn, _| custom_roles::list(conn))
        .await?
        .into_iter()
        .partition(|role| role.built_in);
    let cards = |roles: &[RoleView]| roles.iter().map(|role| card(words, role)).collect();
    let way = (named::address::<Roles>(None), fl!(words, "admin-role-new"));
    let screen = Screen::new(fl!(words, "admin-roles"))
        .lead(fl!(words, "admin-roles-lead"))
        .with_if(visitor.may(Permission::ManageStaff), || Block::Ways(vec![way]))
        .with(Block::Cards(
            fl!(words, "admin-roles-own"),
            fl!(words, "admin-roles-none"),
            cards(&own),
        ))
        .with(Block::Cards(
            fl!(words, "admin-roles-built-in"),
            String::new(),
            cards(&built_in),
        ));
    screen::show(&visitor, screen, Sent::nothing())
}

/// Roles of the installation's own.
struct Roles;

impl Named for Roles {
    type Form = RoleForm;
    const HOME: &'static str = "/admin/roles";
    const ID: &'static str = "role";

    fn says(words: Words) -> Says {
        Says {
            new: fl!(words, "admin-role-new"),
            change: fl!(words, "admin-role-change"),
            retire: fl!(words, "admin-role-retire"),
        }
    }

    fn nodes(words: Words, _: &Known) -> Vec<Node> {
        vec![
            Leaf::new("name", fl!(words, "admin-name"), Kind::Line).needed().into(),
            Leaf::new(
                "permissions",
                fl!(words, "admin-role-may"),
                Kind::Any(options(words, "permission", all!(Permission))),
            )
            .hint(fl!(words, "admin-role-may-hint"))
            .needed()
            .into(),
        ]
    }

    fn exists(conn: &mut Conn, slug: &str) -> Result<bool> {
        match custom_roles::get(conn, slug) {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Code::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn put(conn: &mut Conn, act: &Act, slug: &str, expected: Option<i32>, form: &RoleForm) -> Result<()> {
        custom_roles::put(conn, act, slug, expected, form).map(drop)
    }

    fn delete(conn: &mut Conn, act: &Act, slug: &str, expected: i32) -> Result<()> {
        custom_roles::delete(conn, act, slug, Some(expected)).map(drop)
    }

    fn changed(ctx: &Ctx) {
        ctx.app.doubt_all_tokens();
        ctx.app.doubt_sessions();
    }

    async fn page(ctx: &Ctx, visitor: &Visitor, slug: Option<String>, draft: Option<Draft>) -> Result<HttpResponse> {
        let words = visitor.words;
        let role = match slug.clone() {
            Some(slug) => Some(ctx.read(move |conn, _| custom_roles::get(conn, &slug)).await?),
            None => None,
        };
        let title = role
            .as_ref()
            .map_or_else(|| fl!(words, "admin-role-new"), |role| called(words, role));
        let changes = visitor.may(Permission::ManageStaff) && role.as_ref().is_none_or(|role| !role.built_in);
        let value = role.as_ref().map_or_else(
            || json!({}),
            |role| json!({ "name": role.name, "permissions": role.permissions }),
        );
        let draft = draft.unwrap_or_else(|| Draft::of(value));
        let nodes = named::nodes::<Self>(words, &Known::default(), slug.is_none());
        let (parts, findings) = draft.laid(&nodes, Self::ID, words);
        let sent = Sent {
            form: Form::fresh(),
            findings,
            status: draft.status(),
        };
        let asking = named::asking::<Self>(words, slug.as_deref(), role.as_ref().map(|role| role.version));
        let mut screen = Screen::new(title).back(Self::HOME, fl!(words, "admin-roles"));
        if let Some(role) = role.as_ref().filter(|_| !changes) {
            screen = screen.with(Block::Cards(
                String::new(),
                String::new(),
                vec![card(words, role).plain()],
            ));
        }
        screen = screen.with_if(changes, || Block::Form(asking.parts(parts)));
        screen::show(visitor, screen, sent)
    }
}

/// `GET /admin/roles/role`: a new one.
pub(crate) async fn show_new(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    Roles::page(&ctx, &visitor, None, None).await
}

/// `GET /admin/roles/role/{slug}`
pub(crate) async fn show_role(ctx: Ctx, visitor: Visitor, slug: Id<String>) -> Result<HttpResponse> {
    Roles::page(&ctx, &visitor, Some(slug.0), None).await
}

/// `POST /admin/roles/role`
pub(crate) async fn add_role(ctx: Ctx, visitor: Visitor, form: Form) -> Result<HttpResponse> {
    named::add::<Roles>(ctx, visitor, form).await
}

/// `POST /admin/roles/role/{slug}`
pub(crate) async fn change_role(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    named::change::<Roles>(ctx, visitor, slug.0, form).await
}
