//! Files that come with a form, kept one after the other.

use crate::api::attachments::{self, NamedFile};
use crate::api::extract::Ctx;
use crate::api::upload::MoreFiles;
use crate::domain::complaints::attachments::Way;
use crate::error::{Code, Error, Result};
use crate::web::forms::{Findings, Form};
use crate::web::i18n::{self, Words, fl};

/// Keeps the files of a form with a complaint, each once however often the form is sent; says which could not be kept,
/// and why. One that cannot be kept keeps no other out.
///
/// # Errors
/// `resource.not_found`; when the form breaks off.
pub(crate) async fn keep_all(
    ctx: &Ctx,
    words: Words,
    (way, shared): (Way, bool),
    form: &Form,
    mut more: MoreFiles,
) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut number = 0_usize;
    while let Some((name, content)) = more.next().await? {
        number += 1;
        let key = form.key().map(|key| format!("{key}:{number}"));
        let file = NamedFile {
            name: name.clone(),
            shared,
            content,
        };
        let ctx = ctx.clone().with_key(key);
        match attachments::keep(&ctx, way.clone(), None, file).await {
            Ok(_) => {}
            // The button was pressed twice: the other sending keeps it, and says so when it cannot.
            Err(error) if error.code() == Code::IdempotencyInFlight => {}
            Err(Error::Problem(problem)) if problem.code != Code::NotFound => {
                let why = i18n::problem(words, problem.code);
                findings.add("files", fl!(words, "track-file-wrong", name = name, why = why));
                if problem.code == Code::AttachmentsFull {
                    break;
                }
            }
            Err(other) => return Err(other),
        }
    }
    if number == 0 {
        findings.add("files", fl!(words, "track-file-missing"));
    }
    if !findings.is_empty() {
        more.let_pass(ctx.app.policy.attachments.bytes_per_complaint).await;
    }
    Ok(findings)
}
