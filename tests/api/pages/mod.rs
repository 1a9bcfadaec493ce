//! The pages: without a browser on both databases, and in Chromium.

mod admin;
mod beside;
mod browser;
mod complain;
mod desk;
mod lead;
mod list;
mod names;
pub mod ops;
mod sign_in;
mod track;
mod walk;
mod words;

use reqwest::Method;
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};

use crate::support::{Desk, person};

/// Somebody who opens pages without scripts: keeps cookies, follows nothing by itself.
#[derive(Clone)]
pub struct Reader {
    http: reqwest::Client,
    pub url: String,
    pub cookies: std::collections::BTreeMap<String, String>,
    headers: HeaderMap,
}

/// A page that came back.
#[derive(Debug, Clone)]
pub struct Shown {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
    /// The address that was asked for.
    pub path: String,
}

impl Reader {
    pub fn at(url: &str) -> Self {
        let http = crate::support::http::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            http,
            url: url.to_owned(),
            cookies: std::collections::BTreeMap::new(),
            headers: HeaderMap::new(),
        }
    }

    pub fn of(desk: &Desk) -> Self {
        Self::at(&desk.url).with("accept-language", "en")
    }

    /// Somebody with this role, signed in.
    pub async fn signed_in(desk: &Desk, handle: &str, role: &str) -> Self {
        let browser = person::signed_in(desk, handle, role).await;
        let mut reader = Self::of(desk);
        reader.cookies = browser.cookies;
        reader
    }

    /// The same with another header.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut reader = self.clone();
        reader.headers.insert(name, value.parse().unwrap());
        reader
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, path: &str) -> Shown {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = request.headers(self.headers.clone()).header("accept", "text/html");
        if !pairs.is_empty() {
            request = request.header("cookie", pairs.join("; "));
        }
        let response = request.send().await.unwrap();
        for value in response.headers().get_all(SET_COOKIE) {
            let text = value.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Shown {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            path: path.to_owned(),
            html: response.text().await.unwrap(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Shown {
        let request = self.http.get(format!("{}{path}", self.url));
        self.send(request, path).await
    }

    /// Sends a form of fields.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .http
            .request(Method::POST, format!("{}{path}", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        self.send(request, path).await
    }

    /// Sends a form of fields and files, as a browser does.
    pub async fn post_files(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Shown {
        let mark = "----a-mark-between-the-parts";
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--{mark}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        // Where nothing was chosen a browser sends an empty file without a name.
        let none: &[(&str, &[u8])] = &[("", b"")];
        for (name, content) in if files.is_empty() { none } else { files } {
            let head = format!(
                "--{mark}\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 content-type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{mark}--\r\n").as_bytes());
        let request = self
            .http
            .request(Method::POST, format!("{}{path}", self.url))
            .header("content-type", format!("multipart/form-data; boundary={mark}"))
            .body(body);
        self.send(request, path).await
    }

    /// Goes where a page sends on to.
    pub async fn follow(&mut self, shown: &Shown) -> Shown {
        let to = shown.expect(303).to().to_owned();
        self.get(to.split('#').next().unwrap()).await
    }
}

impl Shown {
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.html);
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it sends on to.
    #[track_caller]
    pub fn to(&self) -> &str {
        self.headers.get(LOCATION).expect("sends on").to_str().unwrap()
    }

    /// Whether the page says this, as a reader sees it.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(
            self.text().contains(text),
            "{}: no “{text}” in {}",
            self.path,
            self.text()
        );
        self
    }

    /// Whether the page says this nowhere.
    #[track_caller]
    pub fn is_silent_about(&self, text: &str) -> &Self {
        assert!(
            !self.text().contains(text),
            "{}: “{text}” in {}",
            self.path,
            self.text()
        );
        self
    }

    /// The page without its marks.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut within = false;
        for c in self.html.chars() {
            match c {
                '<' => within = true,
                '>' => within = false,
                c if !within => text.push(c),
                _ => {}
            }
        }
        let words: Vec<String> = plain(&text).split_whitespace().map(str::to_owned).collect();
        words.join(" ")
    }

    /// The value of the first field of this name; what a text area holds is its value.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let marks = [format!(" name=\"{name}\" "), format!(" name=\"{name}\">")];
        let at = marks.iter().find_map(|mark| self.html.find(mark));
        let at = at.unwrap_or_else(|| panic!("{}: no field {name}", self.path));
        let start = self.html[..at].rfind('<').unwrap();
        let tag = &self.html[start..];
        let end = tag.find('>').unwrap();
        if tag.starts_with("<textarea") {
            let content = &tag[end + 1..tag.find("</textarea>").unwrap()];
            return plain(content.trim_start_matches('\n'));
        }
        let tag = &tag[..end];
        tag.split_once(" value=\"")
            .map_or(String::new(), |(_, rest)| plain(rest.split('"').next().unwrap()))
    }

    /// The fields that are hidden, of the form with this action.
    #[track_caller]
    pub fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let form = format!("action=\"{action}\"");
        let at = self.html.find(&form);
        let at = at.unwrap_or_else(|| panic!("{}: no form for {action}", self.path));
        let rest = &self.html[at..self.html[at..].find("</form>").unwrap() + at];
        let attribute = |tag: &str, name: &str| {
            let found = tag.split_once(&format!(" {name}=\""));
            found.map_or(String::new(), |(_, rest)| plain(rest.split('"').next().unwrap()))
        };
        rest.split('<')
            .filter(|tag| tag.starts_with("input type=\"hidden\""))
            .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
            .collect()
    }

    /// Every field of the form with this action as a browser would send it, but for its buttons.
    #[track_caller]
    pub fn fields(&self, action: &str) -> Vec<(String, String)> {
        let form = format!("action=\"{action}\"");
        let at = self.html.find(&form);
        let at = at.unwrap_or_else(|| panic!("{}: no form for {action}", self.path));
        let mut rest = &self.html[at..self.html[at..].find("</form>").unwrap() + at];
        let attribute = |tag: &str, name: &str| {
            let found = tag.split_once(&format!(" {name}=\""));
            found.map_or(String::new(), |(_, rest)| plain(rest.split('"').next().unwrap()))
        };
        let mut fields = Vec::new();
        while let Some(start) = rest.find('<') {
            rest = &rest[start..];
            let (tag, after) = rest.split_at(rest.find('>').unwrap_or(rest.len()));
            let name = attribute(tag, "name");
            match tag.split([' ', '>']).next().unwrap() {
                "<input"
                    if !matches!(attribute(tag, "type").as_str(), "checkbox" | "radio" | "file")
                        || tag.contains(" checked") =>
                {
                    fields.push((name, attribute(tag, "value")));
                }
                "<textarea" => {
                    let text = &after[1..after.find("</textarea>").unwrap()];
                    fields.push((name, plain(text.trim_start_matches('\n'))));
                }
                "<select" => {
                    let options: Vec<&str> = after[..after.find("</select>").unwrap()]
                        .split("<option")
                        .skip(1)
                        .collect();
                    let chosen = options
                        .iter()
                        .find(|option| option.split('>').next().unwrap().contains(" selected"));
                    if let Some(option) = chosen.or(options.first()) {
                        fields.push((name, attribute(option, "value")));
                    }
                }
                _ => {}
            }
            rest = after;
        }
        fields
    }

    /// The values that do not fit, as the summary names their fields.
    pub fn wrong_fields(&self) -> Vec<String> {
        let Some((_, rest)) = self.html.split_once("id=\"errors\"") else {
            return Vec::new();
        };
        let summary = rest.split("</ul>").next().unwrap();
        summary
            .split("<a href=\"#")
            .skip(1)
            .map(|link| link.split('"').next().unwrap().to_owned())
            .collect()
    }
}

/// Text without the marks that HTML needs.
fn plain(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

/// The fields of a form with those that are hidden in it.
pub fn with_hidden<'f>(hidden: &'f [(String, String)], fields: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let hidden = hidden
        .iter()
        .filter(|(name, _)| !fields.iter().any(|(have, _)| have == name));
    let mut all: Vec<(&str, &str)> = hidden.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend_from_slice(fields);
    all
}
