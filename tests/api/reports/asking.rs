//! What can be asked, and by whom.

use hark::domain::staff::Role;
use serde_json::json;

use super::{REPORTS, a_morning, report, watcher};
use crate::audit::EVENTS;
use crate::on_both;

on_both! {
    async fn every_report_that_is_listed_is_there(desk) {
        let list = watcher(&desk).get(REPORTS).await.expect(200);
        assert_eq!(list.items().len(), 18);
        for info in list.items() {
            let name = info["name"].as_str().unwrap();
            let found = report(&desk, name).await;
            assert_eq!(found.str("/name"), name);
            assert_eq!(found.at("/time").is_null(), info["has_times"] == false, "{name}");
            for dimension in info["dimensions"].as_array().unwrap() {
                let by = report(&desk, &format!("{name}?dimension={}", dimension.as_str().unwrap())).await;
                assert_eq!(by.at("/dimension"), dimension);
            }
        }
    }
}

on_both! {
    async fn a_report_covers_the_last_thirty_days_when_nothing_is_said(desk) {
        let found = report(&desk, "volumes").await;
        assert_eq!((found.str("/from"), found.str("/to"), found.str("/by")), ("2026-10-25", "2026-11-23", "day"));
        assert_eq!(found.at("/rows").as_array().unwrap().len(), 30);
        let later = report(&desk, "volumes?from=2026-12-01").await;
        assert_eq!((later.str("/from"), later.str("/to")), ("2026-12-01", "2026-12-01"));
    }
}

on_both! {
    async fn what_cannot_be_asked_is_refused_by_name(desk) {
        let ask = async |query: &str| watcher(&desk).get(&format!("{REPORTS}/{query}")).await;
        ask("volumes?from=2026-11-24&to=2026-11-23").await.expect_invalid(&["?from"]);
        ask("volumes?from=2020-01-01&to=2026-11-23").await.expect_invalid(&["?from"]);
        ask("volumes?from=1960-01-01&to=1960-01-02").await.expect_invalid(&["?from", "?to"]);
        ask("volumes?value=phone").await.expect_invalid(&["?value"]);
        ask("volumes?time=business").await.expect_invalid(&["?time"]);
        ask("backlog?dimension=customer_type").await.expect_invalid(&["?dimension"]);
        ask("volumes?dimension=agent").await.expect_invalid(&["?dimension"]);
        ask("volumes?from=yesterday").await.expect_invalid(&["?from"]);
        ask("volumes?format=pdf").await.expect_invalid(&["?format"]);
        ask("volumes?limit=3").await.expect_invalid(&["?limit"]);
        ask("nothing").await.expect_problem(404, "resource.not_found");
    }
}

on_both! {
    async fn agents_see_no_reports_and_those_who_watch_do(desk) {
        a_morning(&desk).await;
        for role in Role::ALL {
            let may = matches!(role, Role::Lead | Role::Operations | Role::Auditor | Role::Admin);
            let reply = desk.client(*role).get(&format!("{REPORTS}/agents")).await;
            assert_eq!(reply.status, if may { 200 } else { 403 }, "{role}");
        }
    }
}

on_both! {
    async fn exports_and_what_is_told_of_people_are_told_to_the_audit(desk) {
        let lead = desk.client(Role::Lead);
        lead.get(&format!("{REPORTS}/volumes")).await.expect(200);
        lead.get(&format!("{REPORTS}/agents?from=2026-11-01&to=2026-11-23")).await.expect(200);
        lead.get(&format!("{REPORTS}/causes?format=csv&dimension=channel&value=phone")).await.expect(200);
        let events = desk.client(Role::Auditor).get(&format!("{EVENTS}?object_kind=report")).await.expect(200);
        let told: Vec<_> = events.items().iter().rev().map(|event| (event["action"].clone(), event["fields"].clone())).collect();
        let common = json!({ "from": "2026-11-01", "to": "2026-11-23", "by": "day", "time": null });
        let agents = crate::fixtures::merged(common.clone(),
            json!({ "report": "agents", "dimension": "agent", "value": null, "format": "json" }));
        let causes = crate::fixtures::merged(common,
            json!({ "report": "causes", "from": "2026-10-25", "dimension": "channel", "value": "phone", "format": "csv" }));
        assert_eq!(told, [(json!("report.read"), agents), (json!("report.exported"), causes)]);
    }
}
