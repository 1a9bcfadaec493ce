//! The pages: HTML from the same program, over the same operations of the domain as the API.
//!
//! # Adding a page
//!
//! 1. **The route**: a line in [`routes`], with what it needs (`Public`, `Person`, `Needs(permission)`) and, where it
//!    is not the usual, what it counts as. `tests/api/pages/walk.rs` opens every page as everybody.
//! 2. **The handler**, `show_<page>` for a GET and a verb for a POST, in the file of its area. It takes
//!    `page::Visitor` (language, colours, who is signed in) and `Ctx` (`ctx.read`, `ctx.write`, `ctx.once`), makes
//!    one call of the domain, and answers with `visitor.show(&template)`, or after a change with `visitor.go("/…")`.
//!    No rules here, and no HTTP to ourselves. Who reads personal data is told to the audit with `ctx.disclose`.
//! 3. **The form**: a POST takes `forms::Form` (or `forms::FormWithFiles`); reading it checks the session's token,
//!    so every POST of somebody signed in takes one. `ctx.with_key(form.key())` and
//!    `Body { value, raw: form.fingerprint() }` make `ctx.once` do it once, however often the button is pressed.
//!    What the domain refuses (`request.invalid`) becomes `forms::Findings`; the page is shown again with status
//!    422, the form as it was typed, and the summary. Any other error that a handler returns becomes a page of its
//!    own (`errors`); a text for its code stands in the words as `problem-…`.
//! 4. **The template** in `templates/web/`, a struct with a field `page` from `visitor.page(title)`:
//!    `{% extends "web/layout.html" %}`, `{% block main %}` with one `<h1>`; on the desk also
//!    `{% block kind %}desk{% endblock %}`. `web/parts.html` has the summary of errors, the error beside a field, and
//!    the hidden fields (`{% call parts::hidden(page, form) %}`), which every form that changes something holds.
//!    It works without scripts.
//! 5. **The words**, in both languages: `{{ fl!(self.page.words, "area-what", n = self.n) }}` in a template (write
//!    `self.`: arguments of the macro stand as they are), `fl!(visitor.words, "…")` in Rust; keys begin with the area.
//!    Times are written by `time`. Words that staff and customers chose are shown as they are, with their `lang`.
//! 6. **Style**: the parts of `assets/web/hark.css` (tokens, fields, buttons, notes, tables); what an area needs
//!    beside that in a file of its own (`page.style("desk.css")`). No `style=`, no `<style>`: the policy of the pages
//!    allows neither. **Scripts**: one module for one behaviour in `assets/web/`, named with `page.script("….js")`.

pub(crate) mod assets;
pub(crate) mod customers;
pub(crate) mod desk;
pub(crate) mod errors;
mod files;
pub(crate) mod forms;
pub(crate) mod i18n;
mod invitations;
pub(crate) mod lead;
pub mod letters;
pub(crate) mod locale;
pub(crate) mod page;
pub mod routes;
mod sign_in;
mod start;
pub(crate) mod time;
