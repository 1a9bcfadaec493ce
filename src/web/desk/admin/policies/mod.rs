//! Policies of deadlines: what is in force, and rule packs. One policy is in `one.rs`, its form in `form.rs`.

mod form;
pub(crate) mod one;

use actix_web::HttpResponse;

use super::screen::{self, Block, Cell, Deed, Screen, Sent, Table};
use crate::api::extract::{Ctx, Id};
use crate::db::conn::Conn;
use crate::domain::sla::packs::{self, InstallForm};
use crate::domain::sla::policies::operations::{self, PolicyView};
use crate::domain::staff::{Act, Permission};
use crate::error::Result;
use crate::web::desk::words::{named, word};
use crate::web::forms::Form;
use crate::web::i18n::{Words, fl};
use crate::web::page::Visitor;

/// `GET /admin/policies`
pub(crate) async fn show_policies(ctx: Ctx, visitor: Visitor) -> Result<HttpResponse> {
    match visitor.query("new").is_some() && visitor.may(Permission::ManagePolicies) {
        true => one::show_new(&ctx, &visitor).await,
        false => list(&ctx, &visitor, Sent::nothing()).await,
    }
}

fn stands(words: Words, policy: &PolicyView) -> Cell {
    match policy.active_version {
        Some(n) if n == policy.version => Cell::text(fl!(words, "admin-in-force")),
        Some(n) => Cell::text(fl!(words, "admin-in-force-older", n = n)),
        None => Cell::text(fl!(words, "admin-not-in-force")).with("soft"),
    }
}

fn table(visitor: &Visitor, found: &[PolicyView]) -> Table {
    let words = visitor.words;
    let rows = found.iter().map(|policy| {
        vec![
            Cell::link(
                named(visitor.lang, &policy.policy.name),
                format!("/admin/policies/{}", policy.slug),
            ),
            Cell::text(word(words, "family", policy.policy.family.as_str())),
            stands(words, policy),
            Cell::text(policy.version.to_string()),
        ]
    });
    Table {
        title: String::new(),
        heads: vec![
            fl!(words, "admin-name"),
            fl!(words, "admin-family"),
            fl!(words, "admin-stands"),
            fl!(words, "admin-version"),
        ],
        rows: rows.collect(),
        empty: fl!(words, "admin-policies-none"),
        more: None,
    }
}

/// Where a rule comes from; of a rule pack in the language of the page.
fn source(words: Words, text: &str) -> Result<String> {
    let pack = packs::all()?
        .iter()
        .find(|pack| pack.policy.source.as_deref() == Some(text));
    Ok(pack.map_or_else(|| text.to_owned(), |pack| word(words, "pack-source", &pack.slug)))
}

/// What can be installed.
fn pack_table(visitor: &Visitor, found: &[PolicyView], manages: bool) -> Result<Table> {
    let words = visitor.words;
    let packs = packs::all()?.iter().map(|pack| {
        let mut cells = vec![
            Cell::text(named(visitor.lang, &pack.policy.name)),
            Cell::text(word(words, "pack-source", &pack.slug)).with("soft"),
        ];
        let there = found.iter().any(|policy| policy.slug == pack.slug);
        if manages {
            cells.push(match there {
                true => Cell::text(fl!(words, "admin-pack-there")),
                false => Cell::deed(Deed {
                    class: "quiet",
                    action: format!("/admin/packs/{}", pack.slug),
                    label: fl!(words, "admin-pack-install"),
                    fields: Vec::new(),
                }),
            });
        }
        cells
    });
    let mut heads = vec![fl!(words, "admin-name"), fl!(words, "admin-source")];
    if manages {
        heads.push(fl!(words, "admin-pack-install"));
    }
    Ok(Table {
        title: fl!(words, "admin-packs"),
        heads,
        rows: packs.collect(),
        empty: String::new(),
        more: None,
    })
}

async fn list(ctx: &Ctx, visitor: &Visitor, sent: Sent) -> Result<HttpResponse> {
    let words = visitor.words;
    let found = ctx.read(|conn, _| operations::list(conn, None, 200)).await?;
    let manages = visitor.may(Permission::ManagePolicies);
    let table = table(visitor, &found);
    let packs = pack_table(visitor, &found, manages)?;
    let new = ("/admin/policies?new".to_owned(), fl!(words, "admin-policy-new"));
    let screen = Screen::new(fl!(words, "admin-policies"))
        .lead(fl!(words, "admin-policies-lead"))
        .with_if(manages, || Block::Ways(vec![new]))
        .with(Block::Table(table))
        .with(Block::Table(packs));
    screen::show(visitor, screen, sent)
}

/// `POST /admin/packs/{slug}`
pub(crate) async fn install_pack(ctx: Ctx, visitor: Visitor, slug: Id<String>, form: Form) -> Result<HttpResponse> {
    let pack = slug.0;
    let prefix = format!("pack-{pack}");
    let value = InstallForm {
        slug: None,
        calendar: None,
        activate: false,
    };
    let work = move |conn: &mut Conn, act: &Act, value: &InstallForm| packs::install(conn, act, &pack, value);
    match screen::once(&ctx, &form, &prefix, value, work).await {
        Ok(made) => Ok(visitor.go(&format!("/admin/policies/{}?done=added", made.slug))),
        Err(error) => list(&ctx, &visitor, Sent::refused(form, "policy", error, visitor.words)?).await,
    }
}
