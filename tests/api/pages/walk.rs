//! Every page, opened by everybody: who is let in, what every page carries, and that what it names is there.

use std::collections::BTreeSet;

use hark::api::routes::{Access, Route};
use hark::domain::staff::Role;
use hark::web::routes::PAGES;

use super::{Reader, Shown};
use crate::fixtures::Case;
use crate::on_both;
use crate::support::Desk;

/// The heaviest that a page may be with everything it loads, without pictures and what somebody wrote.
const WEIGHT: usize = 100_000;

/// A private link to a complaint, to fill `{token}` in.
async fn private_link(desk: &Desk) -> String {
    let (_, link) = Case::filed(desk).await;
    link.rsplit('/').next().unwrap().to_owned()
}

/// The address of a page: with a private link that works, and ids that lead nowhere.
fn address(route: &Route, token: &str) -> String {
    let segment = |segment: &str| match segment {
        "{token}" if route.path.starts_with("/invitation") => "hark_link_nothing".to_owned(),
        "{token}" => token.to_owned(),
        "{name}" => "nothing.css".to_owned(),
        segment if segment.starts_with('{') => "00000000-0000-7000-8000-000000000000".to_owned(),
        other => other.to_owned(),
    };
    route.path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

async fn open(reader: &mut Reader, route: &Route, path: &str) -> Shown {
    match route.method {
        "GET" => reader.get(path).await,
        _ => reader.post(path, &[]).await,
    }
}

/// What every page carries.
fn check_frame(shown: &Shown) {
    let policy = shown.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{}: {policy}", shown.path);
    }
    assert!(!policy.contains("unsafe"), "{}: {policy}", shown.path);
    assert_eq!(
        shown.header("content-type"),
        "text/html; charset=utf-8",
        "{}",
        shown.path
    );
    assert_eq!(shown.header("cache-control"), "no-store", "{}", shown.path);
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert_eq!(shown.header("x-frame-options"), "DENY");
    assert_eq!(shown.header("referrer-policy"), "same-origin");
    let html = &shown.html;
    for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
        assert!(!html.contains(inline), "{}: {inline}", shown.path);
    }
    for part in [
        "<html lang=\"",
        "<title>",
        "href=\"#main\"",
        "<main id=\"main\"",
        "<header",
        "<footer",
    ] {
        assert!(html.contains(part), "{}: no {part}", shown.path);
    }
    assert_eq!(
        html.matches("<h1").count(),
        1,
        "{}: one heading of the first rank",
        shown.path
    );
}

/// The style sheets, scripts and pictures that a page names.
fn named(html: &str) -> BTreeSet<String> {
    html.split('"')
        .filter(|part| part.starts_with("/assets/"))
        .map(str::to_owned)
        .collect()
}

on_both! {
    async fn every_page_lets_in_whom_the_table_says_and_tells_others_in_words(desk) {
        let token = private_link(&desk).await;
        let mut callers: Vec<(Option<Role>, Reader)> = vec![(None, Reader::of(&desk))];
        for role in Role::ALL {
            callers.push((Some(*role), Reader::signed_in(&desk, &format!("the-{role}"), role.as_str()).await));
        }
        let before = desk.footprint();
        for route in PAGES.iter().filter(|route| route.path != "/assets/{name}") {
            let path = address(route, &token);
            for (role, reader) in &mut callers {
                let called = format!("{} {path} by {role:?}", route.method);
                let shown = open(reader, route, &path).await;
                let may = match route.access {
                    Access::Public => true,
                    Access::SignedIn | Access::Person => role.is_some(),
                    Access::Needs(permission) => role.is_some_and(|role| role.may(permission)),
                };
                match (may, role) {
                    (false, None) => assert!(shown.expect(303).to().starts_with("/sign-in?next="), "{called}"),
                    (false, Some(_)) => {
                        shown.expect(403);
                        check_frame(&shown);
                    }
                    // A change without the session's token is refused.
                    (true, Some(_)) if route.method != "GET" && route.access != Access::Public => {
                        shown.expect(403);
                        check_frame(&shown);
                    }
                    (true, _) => {
                        assert!(shown.status < 500 && shown.status != 403, "{called}: {}", shown.status);
                        if shown.status != 303 {
                            check_frame(&shown);
                        }
                    }
                }
            }
        }
        assert_eq!(desk.footprint(), before, "nothing was done on the way");
    }
}

on_both! {
    async fn what_a_page_names_is_there_and_together_it_is_light(desk) {
        let token = private_link(&desk).await;
        let mut nobody = Reader::of(&desk);
        let mut agent = Reader::signed_in(&desk, "agnes", "agent").await;
        for route in PAGES.iter().filter(|route| route.method == "GET" && route.path != "/assets/{name}") {
            let path = address(route, &token);
            for reader in [&mut nobody, &mut agent] {
                let shown = reader.get(&path).await;
                if shown.status == 303 {
                    continue;
                }
                let mut weight = shown.html.len();
                for asset in named(&shown.html) {
                    let found = reader.get(&asset).await;
                    found.expect(200);
                    assert_eq!(found.header("cache-control"), "public, max-age=31536000, immutable", "{asset}");
                    assert!(!found.header("etag").is_empty());
                    weight += found.html.len();
                }
                assert!(weight <= WEIGHT, "{path} weighs {weight}");
            }
        }
    }
}

#[test]
fn the_style_sheets_are_small_and_load_nothing() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/web");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(text.len() <= 20_000, "{name}: {} bytes", text.len());
        for outside in ["http:", "https:", "@import", "url("] {
            let allowed = name.ends_with(".svg") || (name.ends_with(".js") && outside == "https:");
            assert!(allowed || !text.contains(outside), "{name}: {outside}");
        }
    }
}

on_both! {
    async fn a_page_speaks_the_language_that_was_chosen_or_that_the_browser_likes(desk) {
        let mut reader = Reader::of(&desk);
        let shown = reader.get("/").await;
        assert!(shown.expect(200).html.contains("<html lang=\"en\""));
        let chosen = reader.get("/?lang=zh-CN").await;
        assert!(chosen.html.contains("<html lang=\"zh-CN\""));
        chosen.says("我要投诉");
        let next = reader.get("/complain").await;
        assert!(next.html.contains("<html lang=\"zh-CN\""), "kept in a cookie");
        let mut chinese = Reader::of(&desk).with("accept-language", "zh-TW,zh;q=0.9,en;q=0.5");
        assert!(chinese.get("/").await.html.contains("<html lang=\"zh-CN\""));
        let mut other = Reader::of(&desk).with("accept-language", "fr");
        assert!(other.get("/").await.html.contains("<html lang=\"zh-CN\""), "the desk's language");
        let dark = reader.get("/?theme=dark").await;
        assert!(dark.html.contains("data-theme=\"dark\""));
        assert!(reader.get("/track").await.html.contains("data-theme=\"dark\""), "kept in a cookie");
        assert!(!reader.get("/?theme=auto").await.html.contains("data-theme"));
    }
}

on_both! {
    async fn problems_are_pages_where_a_page_was_asked_for_and_json_elsewhere(desk) {
        let mut reader = Reader::of(&desk);
        let lost = reader.get("/nowhere").await;
        check_frame(lost.expect(404));
        lost.says("There is nothing here");
        let wrong = reader.post("/", &[]).await;
        check_frame(wrong.expect(405));
        assert_eq!(wrong.header("allow"), "GET");
        let api = reader.get("/api/v1/nowhere").await;
        assert_eq!(api.expect(404).header("content-type"), "application/problem+json");
        let elsewhere = reader.clone().with("origin", "https://evil.example").post("/complain", &[]).await;
        check_frame(elsewhere.expect(403));
        let chinese = reader.clone().with("accept-language", "zh").get("/nowhere").await;
        chinese.expect(404).says("这里没有内容");
        assert!(chinese.text().contains(chinese.header("x-request-id")), "with the number to ask by");
    }
}
