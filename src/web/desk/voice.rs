//! How a page of the desk speaks: language, zone, the present, and what people are called.

use chrono_tz::Tz;

use crate::api::extract::Ctx;
use crate::clock::Moment;
use crate::domain::staff::names::Names;
use crate::error::Result;
use crate::web::forms::Form;
use crate::web::i18n::Words;
use crate::web::locale::Lang;
use crate::web::page::Visitor;
use crate::web::time;

/// How a page of the desk tells the time and speaks.
#[derive(Clone, Copy)]
pub(in crate::web) struct Voice<'n> {
    pub(in crate::web) words: Words,
    pub(in crate::web) lang: Lang,
    /// The zone of the desk.
    pub(in crate::web) zone: Tz,
    pub(in crate::web) now: Moment,
    /// What people are called.
    pub(in crate::web) names: &'n Names,
}

impl Voice<'_> {
    /// Calls people by their names.
    pub(in crate::web) fn knowing(self, names: &Names) -> Voice<'_> {
        Voice { names, ..self }
    }

    /// What somebody is called.
    pub(in crate::web) fn person(self, handle: &str) -> String {
        self.names.of(handle).to_owned()
    }

    /// Day and time in the zone of the desk.
    pub(in crate::web) fn short(self, at: Moment) -> String {
        time::short(self.lang, self.zone, self.now, at)
    }
}

/// What people are called, for those who may know.
///
/// # Errors
/// When the database fails.
pub(in crate::web) async fn names(ctx: &Ctx) -> Result<Names> {
    ctx.read(Names::seen_by).await
}

/// Puts the handles of those who are meant in the place of the names that these fields hold.
///
/// # Errors
/// When the database fails.
pub(in crate::web) async fn whom(ctx: &Ctx, form: &mut Form, fields: &[&str]) -> Result<()> {
    let said: Vec<(&str, String)> = fields
        .iter()
        .filter_map(|field| Some((*field, form.given(field)?)))
        .collect();
    if !said.is_empty() {
        let names = names(ctx).await?;
        for (field, said) in said {
            form.set(field, names.meant(&said));
        }
    }
    Ok(())
}

/// What a field shows that holds a handle: the name of one of those who are offered.
pub(in crate::web) fn called<'a>(offered: &'a [(String, String)], handle: &'a str) -> &'a str {
    let found = offered.iter().find(|(one, _)| one == handle);
    found.map_or(handle, |(_, name)| name)
}

/// How the page speaks, in the zone of the desk; people go by their handles until [`Voice::knowing`].
pub(in crate::web) fn voice(ctx: &Ctx, visitor: &Visitor) -> Voice<'static> {
    Voice {
        words: visitor.words,
        lang: visitor.lang,
        zone: time::zone(&ctx.app.policy.default_time_zone),
        now: ctx.app.clock.now(),
        names: Names::NONE,
    }
}
