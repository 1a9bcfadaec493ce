//! Signing in, the second factor, signing out, and the page that sets a password, without scripts.

use chrono::TimeDelta;

use super::{Reader, with_hidden};
use crate::fixtures::Case;
use crate::on_both;
use crate::support::person::{self, PASSWORD};

on_both! {
    async fn somebody_sets_a_password_by_the_link_and_signs_in_and_out(desk) {
        let staff = person::add(&desk, "li.ming", "agent").await;
        let link = person::invite(&desk, &staff).await.replace("/api/v1/public/invitations/", "/invitation/");
        let mut reader = Reader::of(&desk);
        reader.get(&link).await.expect(200).says("li.ming").says("Wang Fang, choose a password");
        let differs = reader.post(&link, &[("password", PASSWORD), ("again", "x")]).await;
        assert_eq!(differs.expect(422).wrong_fields(), ["again"]);
        let easy = reader.post(&link, &[("password", "password12"), ("again", "password12")]).await;
        easy.expect(422).says("too easy to guess");
        let short = reader.post(&link, &[("password", "short"), ("again", "short")]).await;
        short.expect(422).says("at least 10 characters");
        let set = reader.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        let page = reader.follow(&set).await;
        page.expect(200).says("Your password is set");
        assert_eq!(page.value("handle"), "li.ming");
        reader.get(&link).await.expect(404).says("does not work any more");

        let wrong = reader.post("/sign-in", &[("handle", "li.ming"), ("password", "not that one"), ("next", "/desk?x=1")]).await;
        assert_eq!((wrong.expect(422).value("handle"), wrong.value("next")), ("li.ming".to_owned(), "/desk?x=1".to_owned()));
        wrong.says("is not right");
        assert!(!wrong.html.contains("not that one"), "a password is never sent back");
        let nothing = reader.post("/sign-in", &[]).await;
        assert_eq!(nothing.expect(422).wrong_fields(), ["handle", "password"]);
        let signed_in = reader.post("/sign-in", &[("handle", "li.ming"), ("password", PASSWORD), ("next", "/desk?x=1")]).await;
        assert_eq!(signed_in.expect(303).to(), "/desk?x=1");
        let desk_page = reader.get("/desk").await;
        desk_page.expect(200).says("Wang Fang").is_silent_about("li.ming");
        assert_eq!(reader.get("/").await.expect(303).to(), "/desk");
        assert_eq!(reader.get("/sign-in").await.expect(303).to(), "/desk");

        let hidden = desk_page.hidden("/sign-out");
        let forged = reader.post("/sign-out", &[("csrf_token", "x")]).await;
        forged.expect(403);
        let out = reader.post("/sign-out", &with_hidden(&hidden, &[])).await;
        assert_eq!(out.expect(303).to(), "/");
        assert_eq!(reader.get("/desk").await.expect(303).to(), "/sign-in?next=%2Fdesk");
    }
}

on_both! {
    async fn whoever_has_no_complaints_to_work_on_is_led_to_where_their_work_is(desk) {
        let mut reader = Reader::signed_in(&desk, "li.ming", "operations").await;
        assert_eq!(reader.get("/desk").await.expect(303).to(), "/ops");
        reader.get("/ops").await.expect(200).is_silent_about("My work");
        assert_eq!(reader.get("/desk/search?q=x").await.expect(303).to(), "/desk");
        // Those who sell find customers, and no complaints.
        let case = Case::logged(&desk).await;
        let reference = case.get().await.str("/reference").to_owned();
        let mut sales = Reader::signed_in(&desk, "wang.fang", "sales").await;
        assert_eq!(sales.get("/desk").await.expect(303).to(), "/desk/search");
        let found = sales.get("/desk/search?q=13800138000").await;
        found.expect(200).is_silent_about(&reference);
        assert!(found.html.contains("/desk/customers/"), "{}", found.html);
        let (_, rest) = found.html.split_once("/desk/customers/").unwrap();
        let record = format!("/desk/customers/{}", rest.split('"').next().unwrap());
        let seen = sales.get(&record).await;
        seen.expect(200).says(&reference).says("received").is_silent_about(case.get().await.str("/subject"));
        sales.get(&format!("/desk/search?q={reference}")).await.expect(200).says("No customer has this number");
    }
}

on_both! {
    async fn the_second_factor_is_asked_for_without_the_password_once_more(desk) {
        let mut browser = person::signed_in(&desk, "li.ming", "agent").await;
        let (app, _) = browser.enrol(&desk).await;
        desk.pass(TimeDelta::minutes(1));
        let mut reader = Reader::of(&desk);
        let asked = reader.post("/sign-in", &[("handle", "li.ming"), ("password", PASSWORD)]).await;
        asked.expect(422).says("Now we need a code");
        assert!(!asked.html.contains(PASSWORD));
        let hidden = asked.hidden("/sign-in");
        let wrong = reader.post("/sign-in", &with_hidden(&hidden, &[("code", "000000")])).await;
        wrong.expect(422).says("is not right");
        let code = app.code(&desk);
        let signed_in = reader.clone().post("/sign-in", &with_hidden(&hidden, &[("code", &code)])).await;
        assert_eq!(signed_in.expect(303).to(), "/desk");
        // What was sealed is good for a few minutes, and here alone.
        desk.pass(TimeDelta::minutes(6));
        let code = app.code(&desk);
        let late = reader.post("/sign-in", &with_hidden(&hidden, &[("code", &code)])).await;
        assert_eq!(late.expect(422).wrong_fields(), ["password"]);
    }
}

on_both! {
    async fn guessing_is_slowed_down_in_words(desk) {
        person::with_password(&desk, "li.ming", "agent").await;
        let mut reader = Reader::of(&desk);
        let mut said = String::new();
        for _ in 0..12 {
            let shown = reader.post("/sign-in", &[("handle", "li.ming"), ("password", "guess")]).await;
            shown.expect(422);
            said = shown.text();
        }
        assert!(said.contains("too many attempts"), "{said}");
    }
}
