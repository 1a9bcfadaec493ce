//! Who looks at a page, in which language and colours, and what every page has: the frame.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;

use super::assets;
use super::i18n::{self, Words, fl};
use super::locale::{self, Lang, Theme};
use super::time;
use crate::api::cookies::Cookie;
use crate::app::{App, SignedIn};
use crate::clock::Moment;
use crate::domain::staff::Permission;
use crate::error::{Error, Result};

/// What a page may load: from here alone, and nothing that stands in the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// How long a browser keeps what somebody chose.
const A_YEAR: chrono::TimeDelta = chrono::TimeDelta::days(365);

/// Who looks at a page, and how they like it.
pub(crate) struct Visitor {
    /// The words of their language.
    pub(crate) words: Words,
    /// Their language.
    pub(crate) lang: Lang,
    /// Their colours.
    pub(crate) theme: Theme,
    /// When the page is made.
    now: Moment,
    /// Who they are, on pages that ask for it.
    pub(crate) signed_in: Option<SignedIn>,
    /// The path of the page.
    pub(crate) path: String,
    query: Vec<(String, String)>,
    said_language: bool,
    /// What the browser is to keep.
    keep: Vec<(HeaderName, HeaderValue)>,
}

impl FromRequest for Visitor {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(req))
    }
}

impl Visitor {
    /// Whoever sent this request.
    ///
    /// # Errors
    /// When there is no application.
    pub(crate) fn of(req: &HttpRequest) -> Result<Self> {
        let app = req
            .app_data::<web::Data<App>>()
            .ok_or_else(|| Error::internal("no application"))?;
        let query: Vec<(String, String)> = form_urlencoded::parse(req.query_string().as_bytes())
            .into_owned()
            .collect();
        let mut visitor = Self {
            words: i18n::words(Lang::En),
            lang: Lang::En,
            theme: Theme::Auto,
            now: app.clock.now(),
            signed_in: req.extensions().get::<SignedIn>().cloned(),
            path: req.path().to_owned(),
            query,
            said_language: true,
            keep: Vec::new(),
        };
        let (front, headers) = (&app.front, req.headers());
        let kept = |cookie: Cookie| cookie.read(front, headers);
        if let Some(theme) = visitor.query("theme").and_then(|word| word.parse::<Theme>().ok()) {
            visitor.theme = theme;
            let value = theme.as_str();
            visitor.keep.push(Cookie::Theme.set(front, value, Some(A_YEAR))?);
        } else if let Some(theme) = kept(Cookie::Theme).and_then(|word| word.parse().ok()) {
            visitor.theme = theme;
        }
        let lang = if let Some(lang) = visitor.query("lang").and_then(Lang::of_tag) {
            visitor.keep.push(Cookie::Lang.set(front, lang.as_str(), Some(A_YEAR))?);
            lang
        } else if let Some(lang) = kept(Cookie::Lang).as_deref().and_then(Lang::of_tag) {
            lang
        } else if let Some(lang) = locale::preferred(headers) {
            lang
        } else {
            visitor.said_language = false;
            Lang::of_tag(&app.policy.default_language).unwrap_or(Lang::En)
        };
        visitor.speak(lang);
        Ok(visitor)
    }

    /// A value of the address.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(have, _)| have == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Speaks this language from here on.
    pub(crate) fn speak(&mut self, lang: Lang) {
        self.lang = lang;
        self.words = i18n::words(lang);
    }

    /// Speaks the language that somebody's record names, if they have not said one in this browser.
    pub(crate) fn speak_unless_said(&mut self, app: &App, tag: &str) -> Result<()> {
        if let Some(lang) = Lang::of_tag(tag).filter(|_| !self.said_language) {
            self.speak(lang);
            self.keep
                .push(Cookie::Lang.set(&app.front, lang.as_str(), Some(A_YEAR))?);
        }
        Ok(())
    }

    /// Takes over what the buttons for language and colours of a page with a form say.
    ///
    /// # Errors
    /// When a cookie cannot be written.
    pub(crate) fn switch(&mut self, app: &App, lang: Option<Lang>, theme: Option<Theme>) -> Result<()> {
        if let Some(lang) = lang {
            self.speak(lang);
            self.keep
                .push(Cookie::Lang.set(&app.front, lang.as_str(), Some(A_YEAR))?);
        }
        if let Some(theme) = theme {
            self.theme = theme;
            self.keep
                .push(Cookie::Theme.set(&app.front, theme.as_str(), Some(A_YEAR))?);
        }
        Ok(())
    }

    /// Whether whoever is signed in may do this.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.signed_in.as_ref().is_some_and(|own| own.actor.may(permission))
    }

    /// The frame of a page with this title.
    pub(crate) fn page(&self, title: impl Into<String>) -> Page {
        let who = self.signed_in.as_ref().map(|own| Who {
            name: own.called.to_string(),
            csrf: own.csrf_token.to_string(),
        });
        Page {
            words: self.words,
            lang: self.lang,
            theme: self.theme,
            title: title.into(),
            nav: super::desk::nav(self),
            who,
            css: vec![assets::url("hark.css")],
            scripts: Vec::new(),
            form: None,
            now: time::machine(self.now),
            at: String::new(),
            here: self
                .query
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "lang" | "theme"))
                .cloned()
                .collect(),
        }
    }

    /// The frame of a page of which values did not fit: its title says so.
    pub(crate) fn page_with_errors(&self, title: &str) -> Page {
        self.page(fl!(self.words, "title-with-errors", title = title))
    }

    /// A page.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn show(&self, page: &impl Template) -> Result<HttpResponse> {
        self.show_as(StatusCode::OK, page)
    }

    /// A page with another status.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn show_as(&self, status: StatusCode, page: &impl Template) -> Result<HttpResponse> {
        let html = page.render().map_err(|e| Error::internal(format!("page: {e}")))?;
        let mut response = HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            // Not `no-referrer`: with that, a browser sends the forms of a page without saying whose they are.
            .insert_header((REFERRER_POLICY, "same-origin"))
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(html);
        self.leave(&mut response);
        Ok(response)
    }

    /// To another page, after something was done.
    pub(crate) fn go(&self, to: &str) -> HttpResponse {
        let mut response = HttpResponse::SeeOther()
            .insert_header((LOCATION, to))
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish();
        self.leave(&mut response);
        response
    }

    fn leave(&self, response: &mut HttpResponse) {
        for (name, value) in &self.keep {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
}

/// Who is signed in, for the frame.
pub(crate) struct Who {
    /// Their handle.
    pub(crate) name: String,
    /// The session's token, for the forms of the page.
    pub(crate) csrf: String,
}

/// A place in the navigation.
pub(crate) struct NavItem {
    /// Where it leads.
    pub(crate) href: &'static str,
    /// What it says.
    pub(crate) label: String,
    /// Whether the page is there.
    pub(crate) current: bool,
}

/// What the frame of a page shows: the field `page` of every template that extends `web/layout.html`.
pub(crate) struct Page {
    /// The words of the page.
    pub(crate) words: Words,
    /// Its language.
    pub(crate) lang: Lang,
    /// Its colours.
    pub(crate) theme: Theme,
    /// Its title, for the window.
    pub(crate) title: String,
    /// Where somebody who is signed in can go.
    pub(crate) nav: Vec<NavItem>,
    /// Who is signed in.
    pub(crate) who: Option<Who>,
    /// Style sheets, the common one first.
    pub(crate) css: Vec<&'static str>,
    /// Scripts: modules, one for each behaviour.
    pub(crate) scripts: Vec<&'static str>,
    /// The id of the form that holds what somebody has typed: the buttons for language and colours send it along.
    pub(crate) form: Option<&'static str>,
    /// When it was made, as a machine reads it: scripts count from here, whatever the clock of the device says.
    pub(crate) now: String,
    /// Where it can be opened, when that is not where it was sent from.
    at: String,
    here: Vec<(String, String)>,
}

impl Page {
    /// The same with a script of `assets/web/`.
    #[must_use]
    pub(crate) fn script(mut self, plain: &str) -> Self {
        self.scripts.push(assets::url(plain));
        self
    }

    /// The same with another style sheet of `assets/web/`.
    #[must_use]
    pub(crate) fn style(mut self, plain: &str) -> Self {
        self.css.push(assets::url(plain));
        self
    }

    /// The same, which can be opened at this path: a page that answers a form that was sent to another one.
    #[must_use]
    pub(crate) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.at);
        self
    }

    /// The same, holding what somebody has typed into the form with this id.
    #[must_use]
    pub(crate) fn holding(mut self, form: &'static str) -> Self {
        self.form = Some(form);
        self
    }

    /// A word of the desk's templates; `tests/api/pages/words.rs` sees to it that there is one for every key they name.
    pub(crate) fn say(&self, key: &str) -> String {
        self.words.get(key)
    }

    /// What stands between a label and what it labels, in a line.
    pub(crate) const fn colon(&self) -> &'static str {
        self.lang.colon()
    }

    /// The session's token for the forms of the page; empty where nobody is signed in.
    pub(crate) fn csrf(&self) -> &str {
        self.who.as_ref().map_or("", |who| &who.csrf)
    }

    /// The address of this page with something else in it.
    pub(crate) fn here_with(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.here).append_pair(name, value);
        format!("{}?{}", self.at, query.finish())
    }
}
