//! `POST /complaints/{id}/call-backs`: making the promise.

use serde_json::json;

use crate::fixtures::{CALL_BACKS, Case, merged, reason};
use crate::journeys::by_phone;
use crate::on_both;

on_both! {
    async fn one_promise_can_be_open_for_each_purpose(desk) {
        let case = Case::logged(&desk).await;
        let first = case.promise(10, 20).await;
        assert_eq!(case.get().await.str("/state"), "in_handling");
        case.refuses("call-backs", &case.window(30, 40), 409, "call_back.already_promised").await;
        case.promise_for("give_answer", 30, 40).await;
        case.promise_for("report_progress", 5, 15).await;
        assert_eq!(case.get().await.str("/call_back_due_at"), desk.in_minutes(15), "the one that is due first");
        case.call_back(&first, "cancel", &reason("no need")).await.expect(200);
        case.promise(50, 60).await;
        assert_eq!(case.list("call-backs").await.each("purpose"), [
            "confirm_resolution", "give_answer", "report_progress", "confirm_resolution",
        ]);
    }
}

on_both! {
    async fn number_and_time_zone_are_the_customers_and_the_caller_is_who_promised(desk) {
        let abroad = json!({ "customer": { "phone": "+1 (415) 555-2671", "time_zone": "America/Los_Angeles" } });
        let case = Case::of(&desk, &merged(by_phone(), abroad)).await;
        let made = case.post("call-backs", &case.window(10, 20)).await.expect(201);
        assert_eq!(made.header("location"), Some(format!("{CALL_BACKS}/{}", made.id()).as_str()));
        assert_eq!((made.str("/number"), made.str("/time_zone")), ("+14155552671", "America/Los_Angeles"));
        assert_eq!((made.str("/owner"), made.str("/promised_by")), ("test agent", "test agent"));
        assert_eq!((made.str("/purpose"), made.str("/state")), ("confirm_resolution", "open"));
        assert_eq!((made.str("/window_start"), made.str("/window_end")), (desk.in_minutes(10).as_str(), desk.in_minutes(20).as_str()));
        let read = case.promised(made.id()).await;
        assert_eq!((&read.text, read.etag()), (&made.text, made.etag()));

        let own = json!({ "purpose": "give_answer", "number": "０１０-8888 8888 转 12", "time_zone": "Asia/Urumqi", "owner": "mary", "note": "the bill" });
        let made = case.post("call-backs", &merged(case.window(10, 20), own)).await.expect(201);
        assert_eq!((made.str("/number"), made.str("/time_zone")), ("+861088888888;ext=12", "Asia/Urumqi"));
        assert_eq!((made.str("/owner"), made.str("/note")), ("mary", "the bill"));
        let entry = case.last_entry().await;
        assert_eq!((&entry["action"], &entry["after"]["call_back_id"]), (&json!("call_back_promised"), made.at("/id")));
    }
}

on_both! {
    async fn a_promise_that_cannot_be_kept_is_refused_by_its_pointers(desk) {
        let case = Case::logged(&desk).await;
        let before = case.everything().await;
        for ((from, to), pointers) in [
            ((20, 10), &["/window_end"][..]),
            ((10, 10), &["/window_end"]),
            ((-20, -10), &["/window_end"]),
            ((-10, 0), &["/window_end"]),
            ((10, 10 + 7 * 1440 + 1), &["/window_end"]),
            ((366 * 1440 + 1, 366 * 1440 + 2), &["/window_start"]),
        ] {
            case.post("call-backs", &case.window(from, to)).await.expect_invalid(pointers);
        }
        let wrong = json!({ "number": "abc", "time_zone": "Mars/Olympus", "owner": "x".repeat(101), "note": "x".repeat(2_001) });
        let pointers = ["/window_end", "/number", "/time_zone", "/owner", "/note"];
        case.post("call-backs", &merged(case.window(20, 10), wrong)).await.expect_invalid(&pointers);
        assert_eq!(case.everything().await, before);
        let longest = case.window(366 * 1440, 366 * 1440 + 7 * 1440);
        case.post("call-backs", &longest).await.expect(201);
    }
}

on_both! {
    async fn a_promise_needs_a_number_and_a_complaint(desk) {
        let by_mail = json!({ "customer": { "phone": null, "email": "li.na@example.com" } });
        let case = Case::of(&desk, &merged(by_phone(), by_mail)).await;
        case.post("call-backs", &case.window(10, 20)).await.expect_invalid(&["/number"]);
        let given = merged(case.window(10, 20), json!({ "number": "13800138000" }));
        case.post("call-backs", &given).await.expect(201);
        let nobody = "/api/v1/complaints/00000000-0000-7000-8000-000000000000/call-backs";
        case.agent.post(nobody, &case.window(10, 20)).await.expect_problem(404, "resource.not_found");
    }
}
