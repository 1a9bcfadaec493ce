//! A complaint that was merged into another is one complaint with it, in every figure alike; undone, it counts again.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{build_anew, everything, fields, report};
use crate::fixtures::{Case, reason};
use crate::on_both;
use crate::support::Desk;

const DAY: &str = "from=2026-11-23&to=2026-11-23";

/// What the reports count of complaints on that day.
async fn counted(desk: &Desk) -> Value {
    let volumes = report(desk, &format!("volumes?{DAY}")).await;
    let backlog = report(desk, &format!("backlog?{DAY}")).await;
    let reopen = report(desk, &format!("reopen?{DAY}")).await;
    let times = report(desk, &format!("response-times?{DAY}")).await;
    let arrivals = report(desk, &format!("arrivals?{DAY}")).await;
    let hands = report(desk, &format!("hand-overs?{DAY}")).await;
    json!({
        "volumes": fields(volumes.at("/totals"), &["received", "acknowledged", "closed", "reopened", "messages_out"]),
        "backlog": fields(backlog.at("/totals"), &["received", "reopened", "closed", "open_at_end"]),
        "reopen": fields(reopen.at("/totals"), &["closed", "reopened_by_desk"]),
        "times": fields(times.at("/totals"), &["span", "n"]),
        "arrivals": fields(arrivals.at("/totals"), &["received"]),
        "hands": fields(hands.at("/totals"), &["closed", "one_hand"]),
        "types": fields(report(desk, &format!("types?{DAY}")).await.at("/totals"), &["n"]),
    })
}

/// What the counters of `/metrics` say of what came in by the web, was closed and opened again.
async fn counters(desk: &Desk) -> [i64; 3] {
    // The figures of the desk are at most a few seconds old.
    desk.pass(TimeDelta::seconds(10));
    let text = desk.anonymous().get("/metrics").await.expect(200).text;
    ["received", "closed", "reopened"].map(|name| {
        let head = format!("hark_desk_{name}_total{{channel=\"web\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&head)).unwrap();
        line.parse().unwrap()
    })
}

on_both! {
    async fn a_merged_complaint_counts_once_everywhere_and_again_when_that_is_undone(desk) {
        let (survivor, _) = Case::filed(&desk).await;
        survivor.post("messages", &json!({ "body": "We are on it." })).await.expect(200);
        let alone = counted(&desk).await;
        let (case, _) = Case::filed(&desk).await;
        case.post("messages", &json!({ "body": "We are on it." })).await.expect(200);
        let both = counted(&desk).await;
        assert_eq!(both["volumes"], json!([[2, 2, 0, 0, 2]]));
        assert_eq!(counters(&desk).await, [2, 0, 0]);
        case.post("merge", &json!({ "into": survivor.id, "reason": "the same door" })).await.expect(200);
        let merged = counted(&desk).await;
        for name in ["backlog", "reopen", "times", "arrivals", "hands", "types"] {
            assert_eq!(merged[name], alone[name], "{name}: as if there were one");
        }
        assert_eq!(merged["volumes"], json!([[1, 1, 0, 0, 2]]), "what was written to the customer was written");
        assert_eq!(counters(&desk).await, [2, 1, 0], "counters never fall");
        case.post("unmerge", &reason("two doors")).await.expect(200);
        assert_eq!(counted(&desk).await, both, "as if they had never been merged");
        assert_eq!(counters(&desk).await, [2, 1, 1]);
        let sums = everything(&desk);
        build_anew(&desk);
        assert_eq!(everything(&desk), sums);
    }
}

on_both! {
    async fn a_deadline_that_a_merged_complaint_missed_stays_missed(desk) {
        let clock = crate::clocks::metric("resolve", "resolve", 60);
        crate::clocks::enforce(&desk, "ours", &crate::clocks::policy(&[clock])).await;
        let (survivor, _) = Case::filed(&desk).await;
        let (case, _) = Case::filed(&desk).await;
        desk.pass(TimeDelta::minutes(61));
        desk.run_jobs().await;
        let missed = async || report(&desk, &format!("breaches?{DAY}")).await.at("/totals/0").clone();
        let before = missed().await;
        case.post("merge", &json!({ "into": survivor.id, "reason": "the same door" })).await.expect(200);
        assert_eq!(missed().await, before);
    }
}
