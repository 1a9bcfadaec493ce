//! Forms as browsers send them: read, checked that they come from a page of ours, and shown again with everything
//! that was typed and what does not fit.

use std::future::{Ready, ready};
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::i18n::{Words, fl};
use super::locale::{Lang, Theme};
use crate::api::auth;
use crate::api::edge::Edge;
use crate::api::extract::{BodyLimit, read_all};
use crate::api::unread::Reading;
use crate::api::upload::{MoreFiles, Upload};
use crate::app::SignedIn;
use crate::error::{Code, Error, FieldError, Problem, Result};

/// The field with the session's token.
const CSRF: &str = "csrf_token";
/// The field with the key under which a form is done once.
const KEY: &str = "form_key";
/// The field with the version of what the form was made from.
const VERSION: &str = "version";
/// The most fields that are read.
const MOST: usize = 2_000;

/// What a form holds, in the order of the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// A form that nobody has filled in, under a key of its own.
    pub(crate) fn fresh() -> Self {
        let mut form = Self::default();
        form.renew_key();
        form
    }

    /// What a browser sends.
    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Self {
        Self {
            fields: form_urlencoded::parse(text.as_bytes()).into_owned().collect(),
        }
    }

    fn of(fields: Vec<(String, String)>, signed_in: Option<&SignedIn>) -> Result<Self> {
        let form = Self { fields };
        if let Some(signed_in) = signed_in {
            auth::check_token(form.text(CSRF).as_bytes(), &signed_in.csrf_token)?;
        }
        Ok(form)
    }

    /// What a field holds, as it was sent; nothing when it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(have, _)| have == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// What a field holds, unless it is blank.
    pub(crate) fn given(&self, name: &str) -> Option<String> {
        Some(self.text(name))
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
    }

    /// What every field of this name holds: boxes that are ticked.
    pub(crate) fn every<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.fields
            .iter()
            .filter(move |(have, _)| have == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every field with what it holds, in the order of the page.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a field of this name holds this value: for `checked` and `selected`.
    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.every(name).any(|have| have == value)
    }

    /// Sets a field, in place of what it held.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.retain(|(have, _)| have != name);
        self.fields.push((name.to_owned(), value.into()));
    }

    /// The key under which the form is done once, if it has one that can be used.
    pub(crate) fn key(&self) -> Option<String> {
        let key = self.text(KEY);
        let fits = (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| key.to_owned())
    }

    /// A new key: what is sent next is another thing.
    pub(crate) fn renew_key(&mut self) {
        let drawn: [u8; 18] = rand::random();
        self.set(KEY, URL_SAFE_NO_PAD.encode(drawn));
    }

    /// The version of what the form was made from.
    ///
    /// # Errors
    /// `request.precondition_failed` when it is missing or no number.
    pub(crate) fn version(&self) -> Result<i32> {
        let version = self.text(VERSION).parse();
        version.map_err(|_| Error::problem(Code::PreconditionFailed, "the form does not say which version it is of"))
    }

    /// What makes a repeated form the same: everything but what differs between two sendings.
    pub(crate) fn fingerprint(&self) -> web::Bytes {
        let own = [CSRF, KEY, "challenge"];
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(self.fields.iter().filter(|(name, _)| !own.contains(&name.as_str())));
        text.finish().into()
    }

    /// Whether a button for language or colours sent the form, and which it is to be: then it is only shown again.
    pub(crate) fn switched(&self) -> Option<(Option<Lang>, Option<Theme>)> {
        let lang = Lang::of_tag(self.text("switch_lang"));
        let theme = self.text("switch_theme").parse().ok();
        (lang.is_some() || theme.is_some()).then_some((lang, theme))
    }
}

fn is_multipart(req: &HttpRequest) -> bool {
    let text = req.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    text.is_some_and(|text| {
        text.trim_start()
            .to_ascii_lowercase()
            .starts_with("multipart/form-data")
    })
}

impl FromRequest for Form {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = req.app_data::<web::Data<BodyLimit>>().map_or(262_144, |limit| limit.0);
        let edge = req.app_data::<web::Data<Edge>>();
        let pace = edge.map(|edge| edge.pace).unwrap_or_default();
        let signed_in = req.extensions().get::<SignedIn>().cloned();
        if is_multipart(req) {
            return Box::pin(ready(Err(Error::problem(Code::BadRequest, "this form takes no files"))));
        }
        let mut reading = Reading::of(req, payload);
        Box::pin(async move {
            let raw = read_all(&mut reading, pace, limit).await?;
            let fields: Vec<_> = form_urlencoded::parse(&raw).into_owned().take(MOST).collect();
            Self::of(fields, signed_in.as_ref())
        })
    }
}

/// A form that may hold files. Its fields come before its files, on the page and in the body, so they can be checked
/// before any file is read.
pub(crate) struct FormWithFiles {
    upload: Upload,
    limit: usize,
    signed_in: Option<SignedIn>,
}

impl FromRequest for FormWithFiles {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = req.app_data::<web::Data<BodyLimit>>().map_or(262_144, |limit| limit.0);
        let signed_in = req.extensions().get::<SignedIn>().cloned();
        // What is no form has no field with the token.
        if let Some(own) = signed_in.as_ref().filter(|_| !is_multipart(req))
            && let Err(error) = auth::check_token(b"", &own.csrf_token)
        {
            return ready(Err(error));
        }
        ready(Upload::extract_now(req, payload).map(|upload| Self {
            upload,
            limit,
            signed_in,
        }))
    }
}

impl FormWithFiles {
    /// The fields; and the files, which are still to be read.
    ///
    /// # Errors
    /// `request.malformed`; `request.too_large`; `request.too_slow`; `auth.cross_site`.
    pub(crate) async fn open(self) -> Result<(Form, MoreFiles)> {
        let (mut fields, files) = match (self.upload.fields(self.limit).await, &self.signed_in) {
            (Ok(read), _) => read,
            (Err(error), Some(own)) if error.code() == Code::BadRequest => {
                // What cannot be read does not say whose it is.
                auth::check_token(&[], &own.csrf_token)?;
                return Err(error);
            }
            (Err(error), _) => return Err(error),
        };
        fields.truncate(MOST);
        Ok((Form::of(fields, self.signed_in.as_ref())?, files))
    }
}

/// How often, and how far apart, a form is tried again while the same one is being worked on.
const AGAIN: (u32, Duration) = (50, Duration::from_millis(200));

/// Does what a form asks for; again while the same form is being worked on, because a button was pressed twice.
///
/// # Errors
/// What `work` answers.
pub(crate) async fn patiently<T>(mut work: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let (mut left, pause) = AGAIN;
    loop {
        match work().await {
            Err(error) if error.code() == Code::IdempotencyInFlight && left > 0 => {
                left -= 1;
                tokio::time::sleep(pause).await;
            }
            other => return other,
        }
    }
}

/// A value that does not fit, as the page says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The id of the field; empty for the form as a whole.
    pub(crate) field: String,
    /// What is wrong, and what to do.
    pub(crate) text: String,
}

/// Everything that does not fit, in the order of the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    all: Vec<Finding>,
}

impl Findings {
    /// Adds one.
    pub(crate) fn add(&mut self, field: &str, text: impl Into<String>) {
        self.all.push(Finding {
            field: field.to_owned(),
            text: text.into(),
        });
    }

    /// What the domain found. `say` names the field for a pointer and may have better words for what is wrong with
    /// it; a pointer that it does not know concerns the form as a whole.
    pub(crate) fn of(
        problem: &Problem,
        words: Words,
        say: impl Fn(&FieldError) -> Option<(String, Option<String>)>,
    ) -> Self {
        let mut findings = Self::default();
        // What may be skipped for what reason is said in better words than those for a value.
        let errors = match problem.code {
            Code::SkipNotAllowed => &[][..],
            _ => problem.errors.as_slice(),
        };
        for error in errors {
            let (field, text) = say(error).unwrap_or_default();
            let text = text.unwrap_or_else(|| usual(words, &error.code));
            findings.add(&field, text);
        }
        if errors.is_empty() {
            findings.add("", super::i18n::problem(words, problem.code));
        }
        findings
    }

    /// Puts them into the order in which the page has these fields.
    #[must_use]
    pub(crate) fn in_order(mut self, fields: &[&str]) -> Self {
        self.all
            .sort_by_key(|finding| fields.iter().position(|field| *field == finding.field));
        self
    }

    /// Every one.
    pub(crate) fn all(&self) -> &[Finding] {
        &self.all
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What is wrong with a field.
    pub(crate) fn at(&self, field: &str) -> Option<&str> {
        let found = self.all.iter().find(|finding| finding.field == field);
        found.map(|finding| finding.text.as_str())
    }
}

/// What is wrong with a value, when nothing better is said.
fn usual(words: Words, code: &str) -> String {
    match code {
        "required" => fl!(words, "wrong-required"),
        "too_long" => fl!(words, "wrong-too-long"),
        "too_short" => fl!(words, "wrong-too-short"),
        "out_of_range" => fl!(words, "wrong-out-of-range"),
        "unknown" => fl!(words, "wrong-unknown"),
        "not_allowed" => fl!(words, "wrong-not-allowed"),
        _ => fl!(words, "wrong-malformed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_form_sent_twice_is_the_same_whatever_its_key() {
        let (one, two) = (
            Form::of_text("a=1&form_key=x&challenge=y"),
            Form::of_text("a=1&form_key=z"),
        );
        assert_eq!(one.fingerprint(), two.fingerprint());
        assert_ne!(one.fingerprint(), Form::of_text("a=2&form_key=x").fingerprint());
        assert_ne!(Form::fresh().key(), Form::fresh().key());
    }

    #[test]
    fn findings_stand_in_the_order_of_the_page() {
        let mut findings = Findings::default();
        for field in ["b", "", "a"] {
            findings.add(field, field);
        }
        let order: Vec<_> = findings
            .in_order(&["a", "b"])
            .all()
            .iter()
            .map(|f| f.field.clone())
            .collect();
        assert_eq!(order, ["", "a", "b"]);
    }
}
