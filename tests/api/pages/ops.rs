//! The pages of operations: what they say, and that every figure opens as many cases as it counts.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::json;

use super::{Reader, Shown, plain};
use crate::clocks::{enforce, metric, policy};
use crate::fixtures::{Case, reason};
use crate::journeys::{by_phone, upheld};
use crate::on_both;
use crate::reports::a_morning;
use crate::support::Desk;

/// A week at a desk with deadlines: closed and open cases, kept and broken promises, missed deadlines, something due.
pub async fn a_week(desk: &Desk) {
    let clocks = [
        metric("first", "first_response", 120),
        metric("resolve", "resolve", 240),
    ];
    enforce(desk, "ours", &policy(&clocks)).await;
    a_morning(desk).await;
    let again = Case::worked(desk).await;
    again.promise(10, 20).await;
    desk.pass(TimeDelta::days(2));
    desk.run_jobs().await;
    let spot = Case::of(desk, &by_phone()).await;
    spot.work().await;
    spot.skip("call_back", "customer_declined").await.expect(200);
    spot.post("close", &upheld()).await.expect(200);
    spot.post("reopen", &reason("it is broken again")).await.expect(200);
    for _ in 0..3 {
        Case::filed(desk).await;
    }
    desk.run_jobs().await;
    desk.pass(TimeDelta::minutes(5));
}

/// Where the page leads to cases, with the figure that it says there.
fn figures(shown: &Shown) -> BTreeSet<(String, i64)> {
    let mut found = BTreeSet::new();
    for part in shown.html.split("<a ").skip(1) {
        let Some((_, rest)) = part.split_once("href=\"/ops/cases?") else {
            continue;
        };
        let Some((query, rest)) = rest.split_once('"') else {
            continue;
        };
        let (tag, text) = rest.split_once('>').unwrap();
        // A bar says its figure after its place.
        let said = match tag.split_once("aria-label=\"") {
            Some((_, label)) => label.split('"').next().unwrap().rsplit(": ").next().unwrap().to_owned(),
            None => text.split('<').next().unwrap().to_owned(),
        };
        // A share or a time has its cases, too, but does not count them; hours name a row or a column.
        let at = query.split_once("at=").map(|(_, at)| at.split('&').next().unwrap());
        let is_head = at.is_some_and(|at| at.starts_with('-') || at.ends_with('-'));
        if let Some(n) = said.replace('\u{202f}', "").parse().ok().filter(|_| !is_head) {
            found.insert((format!("/ops/cases?{}", plain(query)), n));
        }
    }
    found
}

/// How often the cases behind a figure count together, page by page.
async fn counted(reader: &mut Reader, path: &str) -> i64 {
    let (mut next, mut n) = (Some(path.to_owned()), 0);
    while let Some(path) = next {
        let shown = reader.get(&path).await;
        shown.expect(200);
        let marks = shown.html.split("data-n=\"").skip(1);
        n += marks
            .map(|rest| rest.split('"').next().unwrap().parse::<i64>().unwrap())
            .sum::<i64>();
        next = shown
            .html
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .find(|href| href.contains("after="))
            .map(plain);
    }
    n
}

on_both! {
    async fn every_figure_opens_as_many_cases_as_it_counts(desk) {
        a_week(&desk).await;
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        let mut seen = 0;
        for query in ["", "&of=channel:phone", "&of=customer_type:angry", "&span=resolution&time=calendar"] {
            let page = lead.get(&format!("/ops?table=all{query}")).await;
            page.expect(200);
            let figures = figures(&page);
            for (path, n) in &figures {
                assert_eq!(counted(&mut lead, path).await, *n, "{path}");
            }
            seen += figures.iter().filter(|(_, n)| *n > 0).count();
        }
        assert!(seen > 40, "only {seen} figures had cases");
    }
}

on_both! {
    async fn the_dashboard_says_what_it_found_and_compares_it(desk) {
        a_week(&desk).await;
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        let page = lead.get("/ops").await;
        page.expect(200);
        page.says("Late now").says("objective 0").says("objective 2 h").says("goal 2 h");
        page.says("Call-backs kept: 50 %");
        page.says("Angry at first: 1; no longer at the closing: 1");
        page.says("Most comes in on");
        page.says("nothing in the days before");
        // By the customer's manner there is no backlog, and nothing of how that changed.
        let angry = lead.get("/ops?of=customer_type:angry").await;
        angry.expect(200).is_silent_about("The backlog");
        angry.is_silent_about("At the closing");
        let chinese = lead.clone().with("accept-language", "zh-CN").get("/ops").await;
        chinese.says("现已逾期").says("回访履约率：50%");
    }
}

on_both! {
    async fn the_table_of_a_chart_is_shown_when_it_is_asked_for(desk) {
        a_week(&desk).await;
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        let tables = |page: &Shown| page.html.matches("-table\"").count();
        let page = lead.get("/ops?of=channel:phone").await;
        page.expect(200);
        assert_eq!(tables(&page), 0);
        let way = |page: &Shown, chart: &str| {
            let (_, rest) = page.html.split_once(&format!("id=\"chart-{chart}\"")).unwrap();
            let (_, rest) = rest.split_once("class=\"turn\" href=\"").unwrap();
            plain(rest.split('"').next().unwrap())
        };
        let there = way(&page, "times");
        let with = lead.get(there.trim_end_matches("#chart-times")).await;
        with.says("Without the table");
        assert!(with.html.contains("id=\"chart-times-table\"") && tables(&with) == 1);
        // What is looked at stays so, there and back.
        assert!(there.contains("of=channel%3Aphone") && way(&with, "times").contains("of=channel%3Aphone"));
        assert!(!way(&with, "times").contains("table="));
        assert_eq!(tables(&lead.get("/ops?table=all").await), 8);
        // A bookmark of it goes on with the calendar.
        let week = lead.get("/ops?days=7").await;
        assert!(plain(&week.html).contains("href=\"/ops?days=7&time=business&table=all\""), "{}", week.html);
        let back = lead.get("/ops?days=7&table=all").await;
        assert!(plain(&back.html).contains("href=\"/ops?days=7&time=business\""), "{}", back.html);
        assert_eq!(tables(&lead.get("/ops?table=nothing").await), 0);
    }
}

on_both! {
    async fn a_question_that_does_not_fit_is_said_and_the_usual_is_shown(desk) {
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        for (query, field) in [
            ("from=yesterday", "from"), ("to=2026-13-01", "to"), ("zone=Moon", "zone"), ("of=team:x", "of"),
            ("from=2026-11-24&to=2026-11-01", "from"), ("from=2020-01-01", "from"), ("of=channel:", "of"),
        ] {
            let page = lead.get(&format!("/ops?{query}")).await;
            page.expect(422).says("Late now");
            assert_eq!(page.wrong_fields(), [field], "{query}");
        }
        lead.get("/ops?of=channel:%00%27&zone=Europe/Dublin").await.expect(200).says("Dublin");
        lead.get("/ops/cases?figure=nothing").await.expect(404);
        lead.get("/ops/cases?figure=open&after=x").await.expect(422);
        lead.get("/ops/cases?at=x-1").await.expect(422);
        lead.get("/ops/cases").await.expect(404);
        lead.get("/ops/wall?from=x").await.expect(422);
        for days in ["0", "-3", "401", "9223372036854775807", "week"] {
            let page = lead.get(&format!("/ops?days={days}")).await;
            page.expect(422).says("Late now");
            assert_eq!(page.wrong_fields(), ["from"], "{days}");
        }
    }
}

on_both! {
    async fn a_screen_left_alone_follows_the_days(desk) {
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        let day = |n: i64| (desk.now() + TimeDelta::days(n)).date_naive().to_string();
        let wall_of = |shown: &Shown| {
            let (_, rest) = shown.html.split_once("href=\"/ops/wall").unwrap();
            format!("/ops/wall{}", plain(rest.split('"').next().unwrap()))
        };
        let week = wall_of(&lead.get("/ops?days=7").await);
        let usual = wall_of(&lead.get("/ops").await);
        let (first, last) = (day(-9), day(-3));
        let past = wall_of(&lead.get(&format!("/ops?from={first}&to={last}")).await);
        lead.get(&week).await.expect(200).says(&format!("{} to {}", day(-6), day(0)));
        desk.pass(TimeDelta::days(1));
        let mut lead = Reader::signed_in(&desk, "zhao.lei", "lead").await;
        lead.get(&week).await.expect(200).says(&format!("{} to {}", day(-6), day(0)));
        lead.get(&usual).await.expect(200).says(&format!("{} to {}", day(-29), day(0)));
        // Days of the past stay what they are.
        lead.get(&past).await.expect(200).says(&format!("{first} to {last}"));
    }
}

on_both! {
    async fn whoever_may_not_see_cases_sees_figures_without_links_and_the_wall_has_none(desk) {
        a_week(&desk).await;
        let mut watcher = Reader::signed_in(&desk, "zhao.lei", "operations").await;
        let page = watcher.get("/ops").await;
        page.expect(200).says("Your role sees figures, not the cases behind them");
        assert!(!page.html.contains("/ops/cases") && !page.html.contains("/desk/complaints/"));
        watcher.get("/ops/cases?figure=open").await.expect(403);
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        let wall = lead.get("/ops/wall").await;
        wall.expect(200).says("Late now").is_silent_about("Your role");
        assert!(!wall.html.contains("/ops/cases") && wall.html.contains("data-theme=\"dark\""));
        assert!(lead.get("/ops/wall?theme=light").await.html.contains("data-theme=\"light\""));
    }
}

on_both! {
    async fn the_files_of_the_charts_are_there_and_say_the_same(desk) {
        a_week(&desk).await;
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        for query in ["", "?of=channel:phone", "?of=severity:high"] {
            let page = lead.get(&format!("/ops{query}")).await;
            let files: BTreeSet<String> = page
                .html
                .split("href=\"")
                .skip(1)
                .map(|rest| plain(rest.split('"').next().unwrap()))
                .filter(|href| href.starts_with("/api/v1/reports/"))
                .collect();
            assert!(files.len() >= 8, "{files:?}");
            for file in files {
                let found = lead.get(&file).await;
                found.expect(200);
                assert_eq!(found.header("content-type"), "text/csv; charset=utf-8", "{file}");
                let rows = found.html.lines().count() - 1;
                assert!(rows > 0 || file.contains("/types?") || query.contains("high"), "{file}: {}", found.html);
            }
        }
    }
}

on_both! {
    async fn the_reports_of_arrivals_and_of_what_is_ahead_count_what_the_page_counts(desk) {
        a_week(&desk).await;
        let arrivals = crate::reports::report(&desk, "arrivals?from=2026-11-23&to=2026-11-29").await;
        assert_eq!(arrivals.at("/totals/0/received"), &json!(7));
        let there = crate::reports::fields(arrivals.at("/rows"), &["weekday", "hour", "received"]);
        assert_eq!(there.len(), 168);
        let some: Vec<_> = there.into_iter().filter(|row| row[2] != 0).collect();
        assert_eq!(some, [json!([1, 9, 1]), json!([1, 11, 1]), json!([1, 12, 1]), json!([3, 12, 4])]);
        let by = crate::reports::report(&desk, "arrivals?dimension=channel").await;
        assert_eq!(crate::reports::fields(by.at("/totals"), &["value", "received"]), [json!(["phone", 3]), json!(["web", 4])]);
        let ahead = crate::reports::report(&desk, "ahead").await;
        let sum: i64 = crate::reports::fields(ahead.at("/rows"), &["due"]).iter().map(|row| row[0].as_i64().unwrap()).sum();
        assert_eq!((sum, ahead.at("/rows").as_array().unwrap().len()), (ahead.at("/totals/0/due").as_i64().unwrap(), 8));
        assert!(sum >= 3, "those who filed wait for a first answer");
        let mut lead = Reader::signed_in(&desk, "wang.fang", "lead").await;
        let path = "/ops/cases?figure=ahead";
        assert_eq!(counted(&mut lead, path).await, sum);
        let read = desk.client(hark::domain::staff::Role::Auditor).get("/api/v1/audit/events?action=complaint.listed&limit=1").await;
        assert!(!read.expect(200).items().is_empty(), "that cases were looked at is told");
    }
}
