//! Stored calendars: versions, holidays, the preview, and what to see to.

use hark::domain::staff::Role;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{Client, Desk, Reply};

const CALENDARS: &str = "/api/v1/calendars";
const STANDARD: &str = "/api/v1/calendars/standard";
const HOURS: &str = "Mo-Fr 09:00-12:00,13:30-18:00; PH off";

fn form(notation: &str) -> Value {
    json!({ "name": "Night desk", "time_zone": "Asia/Shanghai", "notation": notation })
}

async fn made(desk: &Desk, notation: &str) -> (Client, String) {
    let client = desk.client(Role::Operations);
    let mut body = form(notation);
    body["slug"] = json!("night");
    let made = client.post(CALENDARS, &body).await.expect(201);
    assert_eq!(made.header("location"), Some("/api/v1/calendars/night"));
    (client, format!("{CALENDARS}/night"))
}

fn ics(events: &[&str]) -> String {
    let event = |event: &&str| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", event.replace('\n', "\r\n"));
    let events: String = events.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{events}END:VCALENDAR\r\n")
}

/// Kind, label and windows of the days of a preview.
fn days(preview: &Reply) -> Vec<(String, String, String)> {
    let days = preview.json["days"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let windows = |day: &Value| {
        day["windows"]
            .as_array()
            .unwrap()
            .iter()
            .map(text)
            .collect::<Vec<_>>()
            .join(",")
    };
    days.iter()
        .map(|day| (text(&day["kind"]), text(&day["label"]), windows(day)))
        .collect()
}

on_both! {
    async fn the_standard_calendar_is_always_there(desk) {
        let agent = desk.agent();
        let found = agent.get(STANDARD).await.expect(200);
        assert_eq!(found.str("/notation"), "Mo-Fr 09:00-18:00; PH off");
        assert_eq!(found.str("/time_zone"), "Asia/Shanghai");
        assert_eq!((found.etag(), desk.rows("calendars")), ("\"1\"", 0));
        assert_eq!(*found.at("/warnings"), json!(["not_reviewed_for_a_year", "no_holidays_ahead"]));
        let list = agent.get(CALENDARS).await.expect(200);
        assert_eq!(list.str("/0/slug"), "standard");
        assert_eq!(agent.get(&format!("{STANDARD}/versions/1")).await.expect(200).json, found.json);

        // The first change puts it into the database as it was, and adds a version.
        let client = desk.client(Role::Admin).if_match("\"1\"");
        let changed = client.put(STANDARD, &form("Mo-Sa 09:00-20:00")).await.expect(200);
        assert_eq!((changed.etag(), desk.rows("calendar_versions")), ("\"2\"", 2));
        assert_eq!(agent.get(&format!("{STANDARD}/versions/1")).await.expect(200).str("/notation"), found.str("/notation"));
        assert_eq!(agent.get(CALENDARS).await.expect(200).json.as_array().unwrap().len(), 1);
    }
}

on_both! {
    async fn versions_are_added_and_never_changed(desk) {
        let (client, path) = made(&desk, HOURS).await;
        let first = client.get(&path).await.expect(200);
        client.if_match("\"7\"").put(&path, &form("24/7")).await.expect_problem(412, "request.precondition_failed");
        let second = client.if_match(first.etag()).put(&path, &form("24/7")).await.expect(200);
        assert_eq!(second.str("/notation"), "24/7");
        assert_eq!(client.get(&path).await.expect(200).json, second.json);
        for (version, seen) in [(1, &first), (2, &second)] {
            assert_eq!(client.get(&format!("{path}/versions/{version}")).await.expect(200).json, seen.json);
        }
        for nothing in ["3", "0", "-1", "x", "99999999999", "1%00"] {
            client.get(&format!("{path}/versions/{nothing}")).await.expect_problem(404, "resource.not_found");
        }
        let mut again = form(HOURS);
        for slug in ["night", "standard"] {
            again["slug"] = json!(slug);
            client.post(CALENDARS, &again).await.expect_problem(409, "resource.name_taken");
        }
        client.put(&format!("{CALENDARS}/day"), &form(HOURS)).await.expect_problem(404, "resource.not_found");
        let told = desk.client(Role::Auditor).get("/api/v1/audit/events?object_kind=calendar").await.expect(200);
        let actions: Vec<&str> = told.items().iter().map(|event| event["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["calendar.changed", "calendar.created"]);
        assert_eq!(told.items()[0]["fields"]["before"]["notation"], HOURS);
        assert_eq!(told.items()[0]["fields"]["after"]["notation"], "24/7");
    }
}

on_both! {
    async fn what_does_not_fit_is_named_all_at_once(desk) {
        let client = desk.client(Role::Operations);
        let body = json!({
            "slug": "Night desk", "name": " ", "time_zone": "Asia/Nowhere", "notation": "Mo-Fr 09:00-18:00; 2026 Feb 30 off",
            "holidays": [
                { "date": "2026-10-01", "label": "a \"b\"", "hours": "nine" },
                { "date": "2026-10-01", "label": "x", "hours": "09:00-10:00", "works_like": "monday" },
                { "date": "1900-10-01", "label": "x" },
            ],
            "reviewed_at": "2099-01-01T00:00:00Z",
        });
        let refused = client.post(CALENDARS, &body).await.expect_invalid(&[
            "/slug", "/holidays/0/label", "/holidays/0/hours", "/holidays/1/hours", "/holidays/1/date", "/holidays/2/date",
            "/name", "/time_zone", "/notation", "/reviewed_at",
        ]);
        assert!(refused.text.contains("at character 20: 2026 has no 30 Feb"), "{}", refused.text);
        for notation in ["off", "PH off", "", "Mo-Fr"] {
            let mut body = form(notation);
            body["slug"] = json!("night");
            let reply = client.post(CALENDARS, &body).await;
            assert_eq!(reply.status, if notation == "Mo-Fr" { 201 } else { 422 }, "{notation}: {}", reply.text);
        }
        assert_eq!(desk.rows("calendars"), 1);
    }
}

on_both! {
    async fn a_file_of_holidays_is_tried_then_taken_in(desk) {
        let (client, path) = made(&desk, HOURS).await;
        let import = format!("{path}/holidays");
        let text = ics(&[
            "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261008\nSUMMARY:国庆节",
            "DTSTART;VALUE=DATE:20261010\nSUMMARY:国庆节 补班\nX-WORKS-LIKE:TH",
        ]);
        let tried = client.post(&import, &json!({ "icalendar": text, "dry_run": true })).await.expect(200);
        assert_eq!(tried.json["added"].as_array().unwrap().len(), 8);
        assert_eq!((tried.at("/dry_run"), desk.rows("calendar_versions")), (&json!(true), 1));
        assert_eq!(client.get(&path).await.expect(200).etag(), "\"1\"");

        let body = json!({ "icalendar": text, "source": "the notice" });
        let taken = client.post(&import, &body).await.expect(200);
        assert_eq!((taken.etag(), taken.str("/calendar/source")), ("\"2\"", "the notice"));
        assert_eq!(taken.json["added"], tried.json["added"]);
        let calendar = client.get(&path).await.expect(200);
        assert_eq!(calendar.json, taken.json["calendar"]);
        assert_eq!(calendar.at("/holidays/7"), &json!({ "date": "2026-10-10", "label": "国庆节 补班", "works_like": "thursday" }));

        let preview = client.get(&format!("{path}/preview?from=2026-09-30&days=11")).await.expect(200);
        let days = days(&preview);
        let usual = "09:00-12:00,13:30-18:00".to_owned();
        assert_eq!(days[0], ("usual".to_owned(), String::new(), usual.clone()));
        for day in &days[1..8] {
            assert_eq!(day, &("holiday".to_owned(), "国庆节".to_owned(), String::new()));
        }
        assert_eq!(days[10], ("make_up".to_owned(), "国庆节 补班".to_owned(), usual));
        assert_eq!(preview.at("/days/10/open_minutes"), &json!(450));

        // Other dates join them; in the other mode they take their place.
        let more = json!({ "holidays": [{ "date": "2026-10-01", "label": "National Day" }, { "date": "2027-01-01", "label": "元旦" }] });
        let merged = client.post(&import, &more).await.expect(200);
        let counts = |reply: &Reply| ["added", "changed", "removed"].map(|key| reply.json[key].as_array().unwrap().len());
        assert_eq!(counts(&merged), [1, 1, 0]);
        let mut instead = more.clone();
        instead["mode"] = json!("replace");
        let replaced = client.post(&import, &instead).await.expect(200);
        assert_eq!(counts(&replaced), [0, 0, 7]);
        assert_eq!(replaced.str("/calendar/source"), "the notice");
    }
}

on_both! {
    async fn a_file_in_which_something_does_not_fit_changes_nothing(desk) {
        let (client, path) = made(&desk, HOURS).await;
        let before = (client.get(&path).await.text, desk.footprint());
        let good = "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节";
        for (text, part) in [
            (ics(&[good, "DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=HOURLY\nSUMMARY:New Year"]), "event 2: its RRULE repeats within a day"),
            (ics(&[good, "DTSTART:20270101T090000\nSUMMARY:Meeting"]), "event 2: it is at a time of day"),
            ("BEGIN:VCALENDAR".to_owned(), "cannot be read"),
            (String::new(), "no calendar"),
        ] {
            let refused = client.post(&format!("{path}/holidays"), &json!({ "icalendar": text })).await;
            let refused = refused.expect_invalid(&["/icalendar"]);
            assert!(refused.text.contains(part), "{part}: {}", refused.text);
        }
        client.post(&format!("{path}/holidays"), &json!({})).await.expect_invalid(&["/icalendar"]);
        let both = json!({ "icalendar": ics(&[good]), "holidays": [] });
        client.post(&format!("{path}/holidays"), &both).await.expect_invalid(&["/holidays"]);
        assert_eq!((client.get(&path).await.text, desk.footprint()), before);
    }
}

on_both! {
    async fn the_preview_says_what_the_clocks_do(desk) {
        let client = desk.client(Role::Operations);
        let body = json!({ "slug": "night", "name": "Night", "time_zone": "Europe/Dublin", "notation": "Sa 22:00-06:00" });
        client.post(CALENDARS, &body).await.expect(201);
        let minutes = async |from: &str| {
            let path = format!("{CALENDARS}/night/preview?from={from}&days=1");
            client.get(&path).await.expect(200).at("/days/0/open_minutes").clone()
        };
        assert_eq!(minutes("2026-03-28").await, json!(420));
        assert_eq!(minutes("2026-10-24").await, json!(540));
        assert_eq!(minutes("2026-10-31").await, json!(480));
        for (query, pointer) in [("days=0", "?days"), ("days=401", "?days"), ("days=x", "?days"), ("from=2026-02-30", "?from"), ("from=1800-01-01", "?from")] {
            client.get(&format!("{CALENDARS}/night/preview?{query}")).await.expect_invalid(&[pointer]);
        }
        let whole = client.get(&format!("{CALENDARS}/night/preview")).await.expect(200);
        assert_eq!(whole.json["days"].as_array().unwrap().len(), 60);
    }
}

on_both! {
    async fn a_calendar_says_when_it_is_to_be_looked_after(desk) {
        let (client, path) = made(&desk, HOURS).await;
        let warnings = async |path: &str| client.get(path).await.expect(200).at("/warnings").clone();
        let body = json!({ "holidays": [{ "date": "2027-02-11", "label": "春节" }] });
        client.post(&format!("{path}/holidays"), &body).await.expect(200);
        assert_eq!(warnings(&path).await, json!([]));
        // Within 60 days of its last holiday; and a year after somebody looked.
        desk.pass(chrono::TimeDelta::days(30));
        assert_eq!(warnings(&path).await, json!(["no_holidays_ahead"]));
        let mut old = form(HOURS);
        old["reviewed_at"] = json!(desk.in_minutes(-366 * 24 * 60));
        client.put(&path, &old).await.expect(200);
        assert_eq!(warnings(&format!("{path}/preview")).await, json!(["not_reviewed_for_a_year", "no_holidays_ahead"]));
        // Where holidays make no difference none are missed.
        let mut always = form("24/7");
        always["reviewed_at"] = json!(desk.in_minutes(-1));
        client.put(&path, &always).await.expect(200);
        assert_eq!(warnings(&path).await, json!([]));
    }
}
