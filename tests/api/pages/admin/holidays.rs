//! Holidays from an iCalendar file, without scripts.

use hark::domain::staff::Role;
use serde_json::json;

use super::admin;
use crate::on_both;
use crate::pages::{Reader, with_hidden};

/// The clock of the tests stands in November 2026.
const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

on_both! {
    async fn a_file_is_looked_at_before_it_is_taken_in(desk) {
        let mut admin = admin(&desk).await;
        let page = admin.get("/admin/calendars/standard").await;
        let path = "/admin/calendars/standard/holidays";
        let client = desk.client(Role::Operations);
        let known = client.get("/api/v1/calendars/standard").await.expect(200).json["holidays"].as_array().unwrap().len();
        let hidden = page.hidden(path);
        let none = admin.post_files(path, &with_hidden(&hidden, &[("import-mode", "merge"), ("do", "try")]), &[]).await;
        assert_eq!(none.expect(422).wrong_fields(), ["import-icalendar"]);
        let bad = admin.post_files(path, &with_hidden(&hidden, &[("import-mode", "merge"), ("do", "save")]), &[("x.ics", b"no calendar")]).await;
        assert_eq!(bad.expect(422).wrong_fields(), ["import-icalendar"]);
        let tried = admin.post_files(path, &with_hidden(&hidden, &[("import-mode", "merge"), ("do", "try")]), &[("holidays.ics", FILE.as_bytes())]).await;
        tried.expect(200).says("What would change: 1 new, 0 otherwise than before, 0 gone").says("Christmas Day").says("as they would be");
        assert_eq!(client.get("/api/v1/calendars/standard").await.expect(200).json["version"], 1, "nothing is changed");
        // The text of the file came back with the page: it need not be chosen again.
        let text = tried.value("import-icalendar");
        assert!(text.contains("SUMMARY:Christmas Day"));
        let hidden = tried.hidden(path);
        let kept = admin.post_files(path, &with_hidden(&hidden, &[("import-mode", "merge"), ("import-icalendar", &text), ("import-source", "The gazette"), ("do", "save")]), &[]).await;
        admin.follow(&kept).await.says("The new version is kept").says("The gazette").says("Christmas Day");
        let now = client.get("/api/v1/calendars/standard").await.expect(200).json;
        assert_eq!((&now["version"], now["holidays"].as_array().unwrap().len()), (&json!(2), known + 1));
        let late = admin.post_files(path, &with_hidden(&page.hidden(path), &[("import-icalendar", FILE), ("do", "save")]), &[]).await;
        late.expect(412);
        let large = vec![b'x'; 300_000];
        let hidden = admin.get("/admin/calendars/standard").await.hidden(path);
        let refused = admin.post_files(path, &with_hidden(&hidden, &[("do", "save")]), &[("large.ics", &large)]).await;
        refused.expect(413);
        let mut agent = Reader::signed_in(&desk, "li.ming", "agent").await;
        agent.get("/admin/calendars/standard").await.expect(200).is_silent_about("Take in holidays");
    }
}
