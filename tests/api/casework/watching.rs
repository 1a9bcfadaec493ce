//! Who watches a complaint is told what becomes of it: once, of others' doing alone, and only while they may see it.

use std::time::Duration;

use chrono::TimeDelta;
use hark::domain::events;
use hark::domain::notifications::{News, Notice, Told};
use hark::web::letters::{self, Letter};
use hark::worker::Worker;
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixtures::{COMPLAINTS, Case, reason};
use crate::on_both;
use crate::privacy::{officer, on_customer};
use crate::staff::{admin, id_of, team};
use crate::support::Desk;
use crate::support::person::{self, Browser};

/// Changes what is known of somebody who works here.
async fn change(desk: &Desk, handle: &str, form: &Value) {
    let path = format!("/api/v1/staff/{}", id_of(desk, handle).await);
    let there = admin(desk).get(&path).await.expect(200);
    let changed = admin(desk).if_match(there.etag()).patch(&path, form).await;
    changed.expect(200);
}

/// Signs somebody in who watches the complaint, and works in this language.
async fn watcher(desk: &Desk, handle: &str, language: &str, case: &Case<'_>) -> Browser {
    let mut browser = person::signed_in(desk, handle, "agent").await;
    change(desk, handle, &json!({ "language": language })).await;
    let watching = browser.put(&format!("{}/watchers/me", case.path()), &json!({})).await;
    watching.expect(200);
    browser
}

/// The notices to those who watch, in their order.
fn notices(desk: &Desk) -> Vec<Notice> {
    let told = desk.outbox_payloads().into_iter();
    told.filter(|text| text.contains("\"watched\""))
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect()
}

/// To whom, and what, in the order of the outbox.
async fn told(desk: &Desk, handles: &[&str]) -> Vec<(String, Vec<News>)> {
    let mut ids = Vec::new();
    for handle in handles {
        ids.push((id_of(desk, handle).await, (*handle).to_owned()));
    }
    let found = notices(desk).into_iter().map(|notice| {
        let Notice::Watched { staff_id, news, .. } = notice else {
            panic!("{notice:?}")
        };
        let who = ids.iter().find(|(id, _)| *id == staff_id.to_string()).unwrap();
        (who.1.clone(), news.iter().map(|one: &Told| one.what).collect())
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Waits until nothing can come in before the last event any more. On PostgreSQL that hangs on whoever else writes in the
/// same cluster, other tests among them.
async fn settled(desk: &Desk) {
    let newest = desk.count("SELECT max(id) AS n FROM events");
    while desk.app.db.read(events::last).await.unwrap().pair().1 != newest {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Lets the news be gathered, and tells them.
async fn gather(desk: &Desk) {
    settled(desk).await;
    desk.pass(hark::domain::complaints::marks::news::GATHERED);
    desk.execute("DELETE FROM job_leases");
    desk.run_each_job().await;
}

/// The letter of a notice, as it would be sent now.
async fn letter(desk: &Desk, notice: &Notice) -> Option<Letter> {
    let Notice::Watched {
        complaint_id,
        staff_id,
        news,
    } = notice.clone()
    else {
        panic!("{notice:?}")
    };
    let policy = std::sync::Arc::clone(&desk.app.policy);
    let read = move |conn: &mut hark::db::conn::Conn| {
        letters::watched(conn, &policy, "https://desk.example", (complaint_id, staff_id), &news)
    };
    desk.app.db.read(read).await.unwrap()
}

on_both! {
    async fn what_happens_within_a_few_minutes_is_one_notice_of_others_doing_alone(desk) {
        let case = Case::worked(&desk).await;
        let mut wang = watcher(&desk, "wang.fang", "en", &case).await;
        watcher(&desk, "sun.li", "zh-CN", &case).await;
        gather(&desk).await;
        assert!(notices(&desk).is_empty(), "nothing has happened since they began to watch");
        case.promise(10, 60).await;
        let given = wang.post(&format!("{}/assign", case.path()), &json!({ "owner": "mary" })).await;
        given.expect(200);
        case.post("notes", &json!({ "body": "not told" })).await.expect(200);
        gather(&desk).await;
        let both = ["sun.li", "wang.fang"];
        let own = ("wang.fang".to_owned(), vec![News::Promised]);
        assert_eq!(told(&desk, &both).await, [("sun.li".to_owned(), vec![News::Promised, News::Given]), own]);
        // Looked at again and again, it is told no second time.
        for _ in 0..3 {
            gather(&desk).await;
        }
        let broken: Vec<_> = notices(&desk).into_iter().skip(2).collect();
        assert!(broken.is_empty(), "{broken:?}");
        let stop = wang.send(Method::DELETE, &format!("{}/watchers/me", case.path()), None).await;
        stop.expect(200);
        case.post("withdraw", &reason("found it")).await.expect(200);
        gather(&desk).await;
        let all = told(&desk, &both).await;
        assert_eq!(all.len(), 3, "who has stopped watching is told nothing more: {all:?}");
        assert_eq!(all[1], ("sun.li".to_owned(), vec![News::Closed]));
    }
}

on_both! {
    async fn deadlines_and_what_is_opened_again_are_told(desk) {
        let clock = crate::fixtures::merged(crate::clocks::metric("resolve", "resolve", 60), json!({ "warnings": [{ "percent": 50 }] }));
        crate::clocks::enforce(&desk, "ours", &crate::clocks::policy(&[clock])).await;
        let case = Case::worked(&desk).await;
        watcher(&desk, "sun.li", "en", &case).await;
        desk.pass(TimeDelta::minutes(31));
        desk.run_each_job().await;
        desk.pass(TimeDelta::minutes(31));
        desk.execute("DELETE FROM job_leases");
        desk.run_each_job().await;
        gather(&desk).await;
        case.skip("call_back", "customer_declined").await.expect(200);
        case.post("close", &crate::journeys::upheld()).await.expect(200);
        gather(&desk).await;
        case.post("reopen", &reason("it is broken again")).await.expect(200);
        gather(&desk).await;
        let news: Vec<News> = told(&desk, &["sun.li"]).await.into_iter().flat_map(|(_, news)| news).collect();
        assert_eq!(news, [News::ClockWarned, News::ClockBreached, News::Closed, News::Reopened]);
    }
}

on_both! {
    async fn who_may_not_see_it_any_more_or_has_left_or_has_no_address_is_not_told(desk) {
        let case = Case::logged(&desk).await;
        for handle in ["sun.li", "wang.fang", "qian.duo", "zhao.min"] {
            watcher(&desk, handle, "en", &case).await;
        }
        // A program that watches reads the events.
        desk.agent().put(&format!("{}/watchers/me", case.path()), &json!({})).await.expect(200);
        change(&desk, "wang.fang", &json!({ "role": "sales" })).await;
        change(&desk, "qian.duo", &json!({ "email": null })).await;
        let leave = json!({ "successor": "mary", "reason": "moved" });
        let path = format!("/api/v1/staff/{}/deactivate", id_of(&desk, "zhao.min").await);
        admin(&desk).post(&path, &leave).await.expect(200);
        case.post("withdraw", &reason("found it")).await.expect(200);
        gather(&desk).await;
        let found = told(&desk, &["sun.li", "wang.fang", "qian.duo", "zhao.min"]).await;
        assert_eq!(found, [("sun.li".to_owned(), vec![News::Closed])]);
        // Written, and not sent yet: the role is taken away in between.
        let notice = notices(&desk).remove(0);
        assert!(letter(&desk, &notice).await.is_some());
        change(&desk, "sun.li", &json!({ "role": "sales" })).await;
        assert_eq!(letter(&desk, &notice).await, None);
    }
}

on_both! {
    async fn a_letter_is_in_the_language_of_its_reader_and_says_where_the_complaint_stands(desk) {
        let case = Case::worked(&desk).await;
        watcher(&desk, "sun.li", "zh-CN", &case).await;
        watcher(&desk, "wang.fang", "en", &case).await;
        case.promise(10, 60).await;
        case.post("assign", &json!({ "owner": "mary" })).await.expect(200);
        gather(&desk).await;
        let mut letters = Vec::new();
        for notice in notices(&desk) {
            letters.push(letter(&desk, &notice).await.unwrap());
        }
        letters.sort_by_key(|letter| letter.language);
        let reference = case.get().await.str("/reference").to_owned();
        let link = format!("https://desk.example/desk{}", case.path().strip_prefix("/api/v1").unwrap());
        let [en, zh] = letters.try_into().unwrap();
        assert_eq!((en.to.as_str(), zh.to.as_str()), ("wang.fang@desk.example", "sun.li@desk.example"));
        assert_eq!(en.subject, format!("{reference}: 2 changes"));
        let lines = [
            format!("Wang Fang, this happened to the complaint {reference}, which you watch:"), String::new(),
            "- Mon 23 Nov 09:00  a call was promised, or its time moved".to_owned(),
            "- Mon 23 Nov 09:00  another person or team has it".to_owned(), String::new(),
            "It is with mary now.".to_owned(), link.clone(), String::new(),
            "You get this because you watch the complaint. Stop watching it, and you hear no more of it.".to_owned(),
        ];
        assert_eq!(en.text.trim_end(), lines.join("\n"));
        assert_eq!(zh.language, "zh-CN");
        for words in ["您关注的投诉", "已转交他人或其他团队", "现由 mary 负责。", link.as_str()] {
            assert!(zh.text.contains(words), "{words}: {}", zh.text);
        }
    }
}

on_both! {
    async fn an_erased_complaint_is_in_no_letter(desk) {
        let case = Case::closed(&desk).await;
        watcher(&desk, "sun.li", "en", &case).await;
        case.post("reopen", &reason("again")).await.expect(200);
        case.post("withdraw", &reason("found it")).await.expect(200);
        gather(&desk).await;
        let notice = notices(&desk).remove(0);
        assert!(letter(&desk, &notice).await.is_some());
        let customer = case.get().await.str("/customer_id").to_owned();
        let gone = on_customer(&officer(&desk), &customer, "erase", &json!({ "reason": "a letter" })).await;
        gone.expect(200);
        assert_eq!(letter(&desk, &notice).await, None);
    }
}

on_both! {
    async fn two_processes_that_tell_at_once_tell_it_once(desk) {
        let held = team(&desk, "North", &[]).await;
        let mut cases = Vec::new();
        for n in 0..6 {
            let phone = json!({ "customer": { "phone": format!("139 0013 70{n:02}") } });
            cases.push(Case::of(&desk, &crate::fixtures::merged(crate::journeys::by_phone(), phone)).await);
        }
        let mut browser = watcher(&desk, "sun.li", "en", &cases[0]).await;
        for case in &cases {
            browser.put(&format!("{}/watchers/me", case.path()), &json!({})).await.expect(200);
            let path = format!("{COMPLAINTS}/{}/assign", case.id);
            admin(&desk).post(&path, &json!({ "team": held })).await.expect(200);
        }
        desk.pass(TimeDelta::minutes(6));
        settled(&desk).await;
        // Past the lease, both at the same moment.
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let app = desk.app.clone();
            tasks.spawn(async move {
                let act = app.own_act();
                app.db.write(move |conn| hark::domain::complaints::marks::news::tell(conn, &act)).await
            });
        }
        let told: usize = tasks.join_all().await.into_iter().map(|done| done.unwrap_or_default()).sum();
        assert_eq!((told, notices(&desk).len()), (6, 6));
        let worker = Worker::new(desk.app.clone(), std::time::Duration::from_secs(1));
        desk.pass(TimeDelta::minutes(6));
        worker.run_once().await.unwrap();
        assert_eq!(notices(&desk).len(), 6);
        let ids: Vec<Value> = notices(&desk).iter().map(|notice| serde_json::to_value(notice).unwrap()["complaint_id"].clone()).collect();
        for case in &cases {
            assert_eq!(ids.iter().filter(|id| **id == case.id.as_str()).count(), 1, "{}", case.id);
        }
    }
}
