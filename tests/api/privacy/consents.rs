//! What a customer refuses is blocked at the source: mail is not written, the record is not shared.

use hark::domain::staff::Role;
use serde_json::{Value, json};

use super::{dump, on_customer, says};
use crate::fixtures::{COMPLAINTS, CUSTOMERS, Case, PUBLIC, by_web, log, merged};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::{Desk, Reply};

async fn customer_of(case: &Case<'_>) -> String {
    case.get().await.str("/customer_id").to_owned()
}

async fn say(desk: &Desk, customer: &str, purpose: &str, given: bool) -> Reply {
    on_customer(&desk.agent(), customer, "consents", &says(purpose, given))
        .await
        .expect(201)
}

fn allowed(reply: &Reply, purpose: &str) -> (bool, String) {
    let purposes = reply.at("/purposes").as_array().unwrap();
    let found = purposes.iter().find(|one| one["purpose"] == purpose).unwrap();
    (
        found["allowed"].as_bool().unwrap(),
        found["decided_by"].as_str().unwrap().to_owned(),
    )
}

on_both! {
    async fn the_newest_word_of_the_customer_holds_and_the_default_before_it(desk) {
        let customer = customer_of(&Case::logged(&desk).await).await;
        let path = format!("{CUSTOMERS}/{customer}/consents");
        let silent = desk.agent().get(&path).await.expect(200);
        for (purpose, expected) in [("service_messages", true), ("share_with_sales", true), ("marketing", false), ("satisfaction_survey", false), ("call_recording", false)] {
            assert_eq!(allowed(&silent, purpose), (expected, "default".to_owned()), "{purpose}");
        }
        let given = say(&desk, &customer, "marketing", true).await;
        assert_eq!(allowed(&given, "marketing"), (true, "customer".to_owned()));
        let withdrawn = say(&desk, &customer, "marketing", false).await;
        assert_eq!(allowed(&withdrawn, "marketing"), (false, "customer".to_owned()));
        let entries = withdrawn.at("/entries").as_array().unwrap();
        assert_eq!(entries.len(), 2, "both are kept, with the proof");
        assert_eq!((&entries[0]["wording"], &entries[0]["recorded_by"]), (&json!("May we?"), &json!("test agent")));
        let bare = json!({ "purpose": "marketing", "given": true, "source": "letter" });
        on_customer(&desk.agent(), &customer, "consents", &bare).await.expect_invalid(&["/wording"]);
    }
}

on_both! {
    async fn who_refuses_messages_gets_none_and_the_agent_sees_why(desk) {
        let case = Case::of(&desk, &merged(by_phone(), json!({ "customer": { "email": "li@example.com" } }))).await;
        let customer = customer_of(&case).await;
        case.post("messages", &json!({ "body": "We are on it." })).await.expect(200);
        assert_eq!(desk.outbox(), ["acknowledge", "send_message"]);
        say(&desk, &customer, "service_messages", false).await;
        let stopped = dump::everything(&desk).into_iter().filter(|(place, v)| place == "outbox.last_error" && v.contains("refused"));
        assert_eq!(stopped.count(), 2, "those that waited are stopped");
        let kept = case.post("messages", &json!({ "body": "It is done." })).await.expect(200);
        assert_eq!(kept.str("/not_sent"), "refused");
        let entry = case.last_entry().await;
        assert_eq!((&entry["action"], &entry["after"]["not_sent"]), (&json!("message_not_sent"), &json!("refused")));
        assert_eq!(case.list("messages").await.items().len(), 2, "it is kept");
        // Neither by phone nor through the form is anything acknowledged.
        let again = log(&desk.agent(), &merged(by_phone(), json!({ "customer": { "email": "li@example.com" } }))).await;
        let timeline = desk.agent().get(&format!("{COMPLAINTS}/{}/timeline", again.id())).await.expect(200);
        assert_eq!(timeline.at("/items/0/after/acknowledged"), &json!(false));
        desk.anonymous().post(PUBLIC, &by_web()).await.expect(201);
        assert_eq!(desk.outbox().len(), 2);
        // The worker tells the lead of a broken promise, and the customer nothing.
        case.promise(10, 20).await;
        desk.pass(chrono::TimeDelta::hours(30));
        desk.run_jobs().await;
        assert_eq!(desk.outbox(), ["acknowledge", "send_message", "promise_broken"]);
        say(&desk, &customer, "service_messages", true).await;
        let sent = case.post("messages", &json!({ "body": "Good to hear." })).await.expect(200);
        assert_eq!(sent.json.get("not_sent"), None);
        assert_eq!(desk.outbox().len(), 4);
    }
}

on_both! {
    async fn the_form_takes_a_refusal_of_anybody_and_a_consent_only_of_a_new_customer(desk) {
        let filing = |consents: Value| merged(by_web(), json!({ "consents": consents }));
        let yes = json!({ "purpose": "marketing", "given": true, "wording": "News, please" });
        let no = json!({ "purpose": "service_messages", "given": false });
        desk.anonymous().post(PUBLIC, &filing(json!([yes, no]))).await.expect(201);
        assert_eq!(desk.outbox(), Vec::<String>::new(), "refused with the complaint itself");
        let customer = desk.agent().get(COMPLAINTS).await.expect(200).str("/items/0/customer_id").to_owned();
        let path = format!("{CUSTOMERS}/{customer}/consents");
        let said = desk.agent().get(&path).await.expect(200);
        assert!(allowed(&said, "marketing").0 && !allowed(&said, "service_messages").0);
        let survey = json!({ "purpose": "satisfaction_survey", "given": true, "wording": "Ask me" });
        let less = json!({ "purpose": "marketing", "given": false });
        desk.anonymous().post(PUBLIC, &filing(json!([survey, less]))).await.expect(201);
        let said = desk.agent().get(&path).await.expect(200);
        assert!(!allowed(&said, "marketing").0 && !allowed(&said, "satisfaction_survey").0);
        let twice = desk.anonymous().post(PUBLIC, &filing(json!([less, less]))).await;
        twice.expect_invalid(&["/consents/1/purpose"]);
        let bare = desk.anonymous().post(PUBLIC, &filing(json!([{ "purpose": "marketing", "given": true }]))).await;
        bare.expect_invalid(&["/consents/0/wording"]);
    }
}

on_both! {
    async fn sales_sees_no_more_of_a_customer_who_does_not_share_than_that_there_is_one(desk) {
        let sales = desk.client(Role::Sales);
        let customer = customer_of(&Case::logged(&desk).await).await;
        let path = format!("{CUSTOMERS}/{customer}");
        let find = format!("{CUSTOMERS}?contact=13800138000");
        assert_eq!(sales.get(&path).await.expect(200).str("/name"), "李娜");
        assert_eq!(sales.get(&find).await.expect(200).items().len(), 1);
        say(&desk, &customer, "share_with_sales", false).await;
        let seen = sales.get(&path).await.expect(200);
        assert_eq!(seen.json, json!({ "id": customer, "version": 2, "restricted": true }));
        assert_eq!(sales.get(&find).await.expect(200).items().len(), 0);
        assert_eq!(sales.get(CUSTOMERS).await.expect(200).items(), std::slice::from_ref(&seen.json));
        let changed = sales.if_match(seen.etag()).patch(&path, &json!({ "name": "Li" })).await;
        changed.expect_problem(409, "customer.restricted");
        let said = on_customer(&sales, &customer, "consents", &says("share_with_sales", true)).await;
        said.expect_problem(409, "customer.restricted");
        let consents = sales.get(&format!("{path}/consents")).await.expect(200);
        assert_eq!((consents.at("/entries"), consents.at("/purposes")), (&json!([]), &json!([])));
        let complaints = format!("{path}/complaints");
        assert_eq!(sales.get(&complaints).await.expect(200).items().len(), 0);
        let agent = desk.agent();
        assert_eq!(agent.get(&complaints).await.expect(200).items().len(), 1);
        assert_eq!(agent.get(&path).await.expect(200).str("/name"), "李娜", "the desk sees them all the same");
        say(&desk, &customer, "share_with_sales", true).await;
        assert_eq!(sales.get(&path).await.expect(200).str("/name"), "李娜");
        assert_eq!(sales.get(&complaints).await.expect(200).items().len(), 1);
    }
}

on_both! {
    async fn a_restricted_customer_may_refuse_and_agrees_to_nothing_but_by_those_who_manage_privacy(desk) {
        let (agent, sales, officer) = (desk.agent(), desk.client(Role::Sales), desk.client(Role::Admin));
        let customer = customer_of(&Case::logged(&desk).await).await;
        let path = format!("{CUSTOMERS}/{customer}");
        on_customer(&officer, &customer, "restrict", &json!({ "reason": "contested" })).await.expect(200);
        for list in ["complaints", "consents"] {
            let seen = sales.get(&format!("{path}/{list}")).await.expect(200);
            assert!(seen.json.as_object().unwrap().values().all(|v| v.as_array().is_none_or(Vec::is_empty)), "{}", seen.text);
        }
        assert_eq!(agent.get(&format!("{path}/complaints")).await.expect(200).items().len(), 1, "those who work on them");
        let agreed = on_customer(&agent, &customer, "consents", &says("marketing", true)).await;
        agreed.expect_problem(409, "customer.restricted");
        let refused = on_customer(&agent, &customer, "consents", &says("marketing", false)).await.expect(201);
        assert_eq!(refused.at("/entries"), &json!([]));
        on_customer(&officer, &customer, "consents", &says("marketing", true)).await.expect(201);
        let said = officer.get(&format!("{path}/consents")).await.expect(200);
        assert_eq!((said.at("/entries/0/given"), said.at("/entries/1/given")), (&json!(false), &json!(true)));
    }
}

on_both! {
    async fn an_installation_may_share_only_what_customers_agreed_to(desk) {
        let customer = customer_of(&Case::logged(&desk).await).await;
        let id = hark::ids::CustomerId(customer.parse().unwrap());
        let policy = hark::domain::policy::Policy { share_with_sales: false, ..hark::domain::policy::Policy::default() };
        let act = hark::domain::staff::Act::of_system(desk.now(), policy.into());
        let asked = move |conn: &mut hark::db::conn::Conn| {
            use hark::domain::privacy::{ConsentPurpose, consents};
            consents::allows(conn, &act, id, ConsentPurpose::ShareWithSales).unwrap()
        };
        assert!(!dump::read(&desk, asked.clone()));
        say(&desk, &customer, "share_with_sales", true).await;
        assert!(dump::read(&desk, asked));
    }
}

on_both! {
    async fn who_does_not_want_to_be_recorded_is_not(desk) {
        let case = Case::worked(&desk).await;
        let customer = customer_of(&case).await;
        let promise = case.promise(0, 60).await;
        let recorded = json!({ "result": "no_answer", "recording_ref": "rec/7.wav" });
        say(&desk, &customer, "call_recording", false).await;
        let before = case.everything().await;
        let refused = case.call_back(&promise, "attempts", &recorded).await;
        let refused = refused.expect_problem(409, "privacy.recording_refused");
        assert_eq!(refused.pointers(), ["/recording_ref"]);
        let keyed = case.agent.with("idempotency-key", "1");
        let path = format!("/api/v1/call-backs/{promise}/attempts");
        keyed.post(&path, &recorded).await.expect_problem(409, "privacy.recording_refused");
        assert_eq!(case.everything().await, before, "not even the attempt is kept");
        // Nor as a file, whatever it is called; what is no sound is taken.
        let sound = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1eOpusHead";
        let send = crate::attachments::send;
        let refused = send(&case.agent, &case.path(), "photo.jpg", sound).await;
        refused.expect_problem(409, "privacy.recording_refused");
        send(&case.agent, &case.path(), "photo.jpg", crate::attachments::PHOTO).await.expect(201);
        assert_eq!(desk.rows("attachments"), 1);
        // The call itself is on record; and what was agreed afterwards holds.
        case.attempt(&promise, &json!({ "result": "no_answer" })).await;
        say(&desk, &customer, "call_recording", true).await;
        case.attempt(&promise, &recorded).await;
        send(&case.agent, &case.path(), "call.ogg", sound).await.expect(201);
        // Withdrawn is refused.
        say(&desk, &customer, "call_recording", false).await;
        case.call_back(&promise, "attempts", &recorded).await.expect_problem(409, "privacy.recording_refused");
        // And while the data is restricted nothing is recorded either.
        say(&desk, &customer, "call_recording", true).await;
        on_customer(&crate::privacy::officer(&desk), &customer, "restrict", &crate::fixtures::reason("wrong number")).await.expect(200);
        case.call_back(&promise, "attempts", &recorded).await.expect_problem(409, "privacy.recording_refused");
        case.attempt(&promise, &json!({ "result": "no_answer" })).await;
    }
}

on_both! {
    async fn customers_send_what_they_recorded_themselves(desk) {
        let (case, link) = Case::filed(&desk).await;
        say(&desk, &customer_of(&case).await, "call_recording", false).await;
        let sound = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1eOpusHead";
        let sent = crate::attachments::send(&desk.anonymous(), &link, "noise.ogg", sound).await.expect(201);
        assert_eq!(sent.str("/media_type"), "audio/ogg");
    }
}
