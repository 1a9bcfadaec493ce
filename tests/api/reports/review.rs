//! The management review: one page that stands alone.

use hark::domain::staff::Role;
use serde_json::json;

use super::{REPORTS, a_morning, watcher};
use crate::audit::EVENTS;
use crate::fixtures::merged;
use crate::journeys::by_phone;
use crate::on_both;

on_both! {
    async fn the_review_tells_the_figures_in_both_languages_and_loads_nothing(desk) {
        a_morning(&desk).await;
        let path = format!("{REPORTS}/review?from=2026-11-01&to=2026-11-30");
        let page = watcher(&desk).get(&format!("{path}&language=en")).await.expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'; style-src 'sha256-"), "{policy}");
        let text = &page.text;
        assert!(text.contains("<html lang=\"en\">") && text.contains("2026-11-01 – 2026-11-30 (Asia/Shanghai)"));
        for forbidden in ["<script", "http://", "https://", "src=", "style=", "@import", "url("] {
            assert!(!text.contains(forbidden), "{forbidden}");
        }
        assert_eq!((text.matches("<svg").count(), text.matches("</svg>").count()), (4, 4));
        assert_eq!(text.matches("<table>").count(), text.matches("</table>").count());
        assert!(text.contains("<tr><th scope=\"row\">2026-W48</th><td>2</td><td>0</td><td>1</td><td>1</td></tr>"), "{text}");
        assert!(text.contains("2 h 20 min") && text.contains("100.0 %") && text.contains("Attitude"));
        let page = watcher(&desk).get(&path).await.expect(200);
        assert!(page.text.contains("<html lang=\"zh-CN\">") && page.text.contains("投诉处理管理评审") && page.text.contains("2小时20分"));
        let events = desk.client(Role::Auditor).get(&format!("{EVENTS}?action=report.exported")).await.expect(200);
        assert_eq!(events.items().len(), 2);
        watcher(&desk).get(&format!("{REPORTS}/review?from=2024-01-01&to=2026-01-01")).await.expect_invalid(&["?from"]);
        watcher(&desk).get(&format!("{REPORTS}/review?language=de")).await.expect_invalid(&["?language"]);
        desk.agent().get(&path).await.expect_problem(403, "auth.forbidden");
    }
}

on_both! {
    async fn no_name_breaks_out_of_the_page(desk) {
        let admin = desk.client(Role::Admin);
        let team = admin.post("/api/v1/teams", &json!({ "name": "<script>alert(1)</script> & \"Co\"" })).await.expect(201);
        let body = merged(by_phone(), json!({ "team": team.id() }));
        admin.post("/api/v1/complaints", &body).await.expect(201);
        let page = watcher(&desk).get(&format!("{REPORTS}/review")).await.expect(200);
        assert!(!page.text.contains("<script>") && page.text.contains("&#60;script&#62;"), "{}", page.text);
    }
}
