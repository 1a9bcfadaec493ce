//! What stands beside a complaint: tags and watchers, what it has to do with others, its files; and what helps to work on
//! it, canned texts and macros.

use super::Seen;
use crate::api::extract::Ctx;
use crate::db::conn::Conn;
use crate::domain::casework::macros::{self, MacroPreview, MacroView, StepOutcome};
use crate::domain::casework::texts::{self, FittingText};
use crate::domain::complaints::attachments::{self, AttachmentView, Scan, Way};
use crate::domain::complaints::marks::{self, WatcherView};
use crate::domain::complaints::relations::{self, LinkedComplaint, LinksView, MergeView};
use crate::domain::complaints::view::ComplaintSummary;
use crate::domain::staff::{Act, ActorKind, Permission, teams};
use crate::error::{Code, Result};
use crate::ids::{ComplaintId, CustomerId};
use crate::web::customers::language_of;
use crate::web::desk::agenda::{self, Agenda, SeenAgenda};
use crate::web::desk::doing::{self, Names};
use crate::web::desk::parts;
use crate::web::desk::voice::Voice;
use crate::web::desk::words::{Choice, choices, word};
use crate::web::forms::Form;
use crate::web::i18n::fl;
use crate::web::page::Visitor;

/// What is read of it.
pub(super) struct SeenExtras {
    watchers: Vec<WatcherView>,
    links: LinksView,
    files: Vec<AttachmentView>,
    texts: Vec<FittingText>,
    macros: Vec<MacroView>,
    names: Names,
    agenda: SeenAgenda,
}

impl SeenExtras {
    /// Whose complaints are named beside this one.
    pub(super) fn whose(&self) -> Vec<CustomerId> {
        self.links.whose()
    }
}

pub(super) fn look(conn: &mut Conn, act: &Act, summary: &ComplaintSummary) -> Result<SeenExtras> {
    let handles = act.actor.may(Permission::HandleComplaints);
    let id = summary.id;
    let macros = match handles {
        true => macros::list(conn)?.items,
        false => Vec::new(),
    };
    let mut names = Names::default();
    if !macros.is_empty() {
        let all = texts::list(conn)?.items;
        names.texts = all.into_iter().map(|text| (text.slug, text.title)).collect();
        let actions = macros.iter().flat_map(|one| &one.actions);
        let named: Vec<_> = actions.filter_map(doing::team_of).collect();
        names.teams = teams::names(conn, &named)?;
    }
    Ok(SeenExtras {
        watchers: marks::watchers(conn, id)?.watchers,
        links: relations::links(conn, id)?.1,
        files: attachments::list(conn, &Way::Staff(id))?.1,
        texts: match handles {
            true => texts::fitting_texts(conn, &summary.language, summary.customer_type)?,
            false => Vec::new(),
        },
        macros,
        names,
        agenda: agenda::look(conn, act, summary.team)?,
    })
}

/// A complaint that has something to do with this one.
pub(super) struct Tie {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) subject: String,
    pub(super) lang: &'static str,
    pub(super) state: String,
    pub(super) state_slug: &'static str,
    /// What it is to this one.
    pub(super) what: String,
    pub(super) reason: String,
    /// Who said so, and when.
    pub(super) who: String,
    /// Whether it can be taken back here.
    pub(super) loose: bool,
}

/// That a complaint goes on in another one.
pub(super) struct Merged {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) reason: String,
    pub(super) lang: &'static str,
    pub(super) who: String,
}

/// A file.
pub(super) struct FilePart {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) lang: &'static str,
    pub(super) says: String,
    pub(super) shared: bool,
    /// Whether it can be read: the virus scanner has seen it, or there is none.
    pub(super) ready: bool,
}

/// Canned texts for the same customers.
pub(super) struct TextGroup {
    pub(super) label: String,
    pub(super) texts: Vec<(String, String)>,
}

/// A macro, with what it does.
pub(super) struct MacroPart {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) does: Vec<String>,
}

/// What became of an action of a macro, or would.
pub(super) struct Came {
    pub(super) what: String,
    /// `done`, `same`, `refused` or `unreached`: the class, too.
    pub(super) stands: &'static str,
    pub(super) says: String,
}

/// A macro that was pressed.
pub(super) struct Pressed {
    pub(super) title: String,
    pub(super) done: bool,
    pub(super) each: Vec<Came>,
}

/// What the page shows of it.
pub(super) struct Extras {
    pub(super) tags: Vec<String>,
    pub(super) watchers: Vec<String>,
    pub(super) watched: bool,
    pub(super) ties: Vec<Tie>,
    pub(super) merged: Option<Merged>,
    pub(super) kinds: Vec<Choice>,
    pub(super) files: Vec<FilePart>,
    pub(super) texts: Vec<TextGroup>,
    pub(super) macros: Vec<MacroPart>,
    pub(super) pressed: Option<Pressed>,
    pub(super) agenda: Agenda,
}

fn tie(voice: Voice, linked: &LinkedComplaint, what: &str, loose: bool) -> Tie {
    let words = voice.words;
    let at = linked.linked_at.map(|at| voice.short(at));
    Tie {
        id: linked.id.to_string(),
        reference: linked.reference.clone(),
        lang: language_of(&linked.subject),
        subject: linked.subject.clone(),
        state: word(words, "state", linked.state.as_str()),
        state_slug: linked.state.as_str(),
        what: word(words, "tie", what),
        reason: linked.reason.clone().unwrap_or_default(),
        who: linked
            .linked_by
            .as_deref()
            .map(|by| voice.person(by))
            .into_iter()
            .chain(at)
            .collect::<Vec<_>>()
            .join(" · "),
        loose,
    }
}

fn ties(voice: Voice, links: &LinksView) -> Vec<Tie> {
    let one = |linked: &Option<LinkedComplaint>, what: &'static str, loose: bool| {
        linked.as_ref().map(|linked| tie(voice, linked, what, loose))
    };
    let many = |linked: &[LinkedComplaint], what: &'static str, loose: bool| {
        linked
            .iter()
            .map(|linked| tie(voice, linked, what, loose))
            .collect::<Vec<_>>()
    };
    one(&links.parent, "whole", true)
        .into_iter()
        .chain(many(&links.children, "part", true))
        .chain(many(&links.related, "related", true))
        .chain(one(&links.original, "original", false))
        .chain(many(&links.duplicates, "duplicate", false))
        .collect()
}

/// The merge that stands.
fn merged(voice: Voice, links: &LinksView) -> Option<Merged> {
    let MergeView {
        survivor_id,
        reason,
        merged_by,
        merged_at,
        ..
    } = links.merges.iter().find(|merge| merge.undone_at.is_none())?;
    let survivor = links.original.as_ref().filter(|original| original.id == *survivor_id);
    Some(Merged {
        id: survivor_id.to_string(),
        reference: survivor.map_or(String::new(), |survivor| survivor.reference.clone()),
        lang: language_of(reason),
        reason: reason.clone(),
        who: format!("{} · {}", voice.person(merged_by), voice.short(*merged_at)),
    })
}

fn file(voice: Voice, file: &AttachmentView) -> FilePart {
    let words = voice.words;
    // A file of some bytes is not one of none.
    let (kb, mb): (i64, i64) = ((file.bytes + 999) / 1_000, (file.bytes + 500_000) / 1_000_000);
    let size = match kb {
        kb if kb < 1_000 => fl!(words, "desk-file-kb", n = kb),
        _ => fl!(words, "desk-file-mb", n = mb),
    };
    let kind = file.media_type.as_str().split('/').next().unwrap_or_default();
    let kind = word(words, "media", kind);
    let at = voice.short(file.added_at);
    let by = match file.added_by_kind {
        ActorKind::Customer => words.get("desk-from-customer"),
        _ => voice.person(&file.added_by),
    };
    FilePart {
        id: file.id.to_string(),
        lang: language_of(&file.name),
        name: file.name.clone(),
        says: [kind, size, by, at].join(" · "),
        shared: file.shared,
        ready: file.scan != Scan::Quarantined,
    }
}

/// The texts for the customer's type, and those for everybody.
fn groups(voice: Voice, texts: &[FittingText]) -> Vec<TextGroup> {
    let mut groups: Vec<TextGroup> = Vec::new();
    for text in texts {
        let label = match text.customer_type {
            Some(of) => fl!(
                voice.words,
                "desk-text-for",
                of = word(voice.words, "type", of.as_str())
            ),
            None => fl!(voice.words, "desk-text-for-all"),
        };
        let pair = (text.slug.clone(), text.title.clone());
        match groups.last_mut().filter(|group| group.label == label) {
            Some(group) => group.texts.push(pair),
            None => groups.push(TextGroup {
                label,
                texts: vec![pair],
            }),
        }
    }
    groups
}

/// What the address says of a macro that was done: which, and of each action whether it changed something.
fn just_done(voice: Voice, visitor: &Visitor, seen: &SeenExtras) -> Option<Pressed> {
    let slug = visitor.query("macro")?;
    let done = seen.macros.iter().find(|one| one.slug == slug)?;
    let each = visitor.query("each")?;
    if each.len() != done.actions.len() {
        return None;
    }
    let came = done.actions.iter().zip(each.chars()).map(|(action, changed)| {
        let stands = if changed == '1' { "done" } else { "same" };
        Came {
            what: doing::said(voice.words, &seen.names, action),
            stands,
            says: word(voice.words, "came", stands),
        }
    });
    Some(Pressed {
        title: done.title.clone(),
        done: true,
        each: came.collect(),
    })
}

/// What a macro that was refused would do: what stands in its way, action by action.
fn in_the_way(voice: Voice, seen: &SeenExtras, slug: &str, preview: MacroPreview) -> Option<Pressed> {
    let words = voice.words;
    let pressed = seen.macros.iter().find(|one| one.slug == slug)?;
    let each = preview.steps.into_iter().map(|step| {
        let stands = match step.outcome {
            StepOutcome::Changes => "would",
            StepOutcome::Unchanged => "same",
            StepOutcome::Refused => "refused",
            StepOutcome::NotReached => "unreached",
        };
        let why = doing::refused(words, step.code.as_deref());
        Came {
            what: doing::said(words, &seen.names, &step.action),
            stands,
            says: match why.is_empty() {
                true => word(words, "came", stands),
                false => why,
            },
        }
    });
    Some(Pressed {
        title: pressed.title.clone(),
        done: false,
        each: each.collect(),
    })
}

/// What a macro would do now that was just refused, found by doing it and undoing it.
pub(super) async fn tried(ctx: &Ctx, id: ComplaintId, form: &Form) -> Result<Option<MacroPreview>> {
    let Some(slug) = form.given("macro-slug").filter(|_| form.text("deed") == "macro") else {
        return Ok(None);
    };
    match ctx.write(move |conn, act| macros::preview(conn, act, id, &slug)).await {
        Ok((_, preview)) => Ok(Some(preview)),
        // It is there no more; that is said already.
        Err(error) if error.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the page shows.
pub(super) fn build(
    voice: Voice,
    visitor: &Visitor,
    seen: &Seen,
    (form, me): (&Form, &str),
    preview: Option<MacroPreview>,
) -> Extras {
    let extras = &seen.extras;
    let kinds = ["related", "child", "parent"];
    let zone = parts::card(voice, seen.customer.as_ref()).1.unwrap_or(voice.zone);
    Extras {
        agenda: extras.agenda.shown(voice, zone),
        tags: seen.view.summary.tags.clone(),
        watched: extras.watchers.iter().any(|one| one.watcher == me),
        watchers: extras.watchers.iter().map(|one| voice.person(&one.watcher)).collect(),
        ties: ties(voice, &extras.links),
        merged: merged(voice, &extras.links),
        kinds: choices(voice.words, "relate", kinds, (form, "relate-kind"), "related"),
        files: extras.files.iter().map(|one| file(voice, one)).collect(),
        texts: groups(voice, &extras.texts),
        macros: extras
            .macros
            .iter()
            .map(|one| MacroPart {
                slug: one.slug.clone(),
                title: one.title.clone(),
                does: one
                    .actions
                    .iter()
                    .map(|action| doing::said(voice.words, &extras.names, action))
                    .collect(),
            })
            .collect(),
        pressed: match preview {
            Some(preview) => in_the_way(voice, extras, form.text("macro-slug"), preview),
            None => just_done(voice, visitor, extras),
        },
    }
}
