//! What answers tell browsers.

use hark::settings::edge::EdgeSettings;
use reqwest::Method;

use crate::fixtures::{COMPLAINTS, PUBLIC};
use crate::on_both;
use crate::support::lenient;

on_both! {
    async fn every_answer_forbids_what_no_page_of_ours_needs(desk) {
        let stranger = desk.anonymous();
        for (method, path) in [
            (Method::GET, "/livez"), (Method::GET, "/docs/"), (Method::GET, "/nothing"), (Method::DELETE, COMPLAINTS),
            (Method::GET, COMPLAINTS), (Method::POST, PUBLIC), (Method::GET, "/openapi.json"), (Method::OPTIONS, PUBLIC),
        ] {
            let answer = stranger.send(method, path, None).await;
            for (name, value) in [
                ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path}");
            }
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert!(answer.header("permissions-policy").unwrap().contains("camera=()"));
            assert_eq!(answer.header("strict-transport-security"), None, "not behind TLS");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
}

on_both! {
    async fn the_documentation_needs_no_script_or_style_within_the_page(desk) {
        let page = desk.anonymous().send(Method::GET, "/docs/", None).await.expect(200).text.to_lowercase();
        assert!(page.contains("<script"));
        for tag in page.split("<script").skip(1) {
            let (head, rest) = tag.split_once('>').unwrap();
            assert!(head.contains("src="), "a script within the page");
            assert!(rest.trim_start().starts_with("</script"), "a script within the page");
        }
        assert!(!page.contains("<style") && !page.contains(" onload=") && !page.contains("http://") , "{page}");
    }
}

on_both! {
    async fn behind_tls_browsers_are_told_to_stay_with_it(desk) {
        let door = desk.door(EdgeSettings { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], ..lenient() });
        let behind = door.anonymous().with("x-forwarded-for", "198.51.100.1").with("x-forwarded-proto", "https");
        let answer = behind.get("/livez").await.expect(200);
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
        let made_up = desk.anonymous().with("x-forwarded-for", "198.51.100.1").with("x-forwarded-proto", "https");
        assert_eq!(made_up.get("/livez").await.header("strict-transport-security"), None);
    }
}

on_both! {
    async fn only_listed_origins_may_use_the_api_from_a_page_elsewhere(desk) {
        let door = desk.door(EdgeSettings { cors_origins: vec!["https://shop.example.com".to_owned()], ..lenient() });
        let from = |origin: &str| door.anonymous().with("origin", origin);
        let allowed = from("https://shop.example.com").get("/problems").await.expect(200);
        assert_eq!(allowed.header("access-control-allow-origin"), Some("https://shop.example.com"));
        assert_eq!(allowed.header("access-control-allow-credentials"), None);
        let preflight = from("https://shop.example.com")
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", "content-type,x-challenge")
            .send(Method::OPTIONS, PUBLIC, None).await.expect(200);
        assert!(preflight.header("access-control-allow-methods").unwrap().contains("POST"));
        for origin in ["https://evil.example.com", "https://shop.example.com.evil.com", "http://shop.example.com", "null"] {
            assert_eq!(from(origin).get("/problems").await.header("access-control-allow-origin"), None, "{origin}");
        }
        let closed = desk.anonymous().with("origin", "https://shop.example.com").get("/problems").await.expect(200);
        assert_eq!(closed.header("access-control-allow-origin"), None);
    }
}
