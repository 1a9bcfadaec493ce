//! Who is at a complaint.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use reqwest::Method;
use serde_json::json;

use super::EVENTS;
use super::events::kept;
use crate::fixtures::{COMPLAINTS, Case, field};
use crate::on_both;
use crate::support::person;
use crate::support::stream::Stream;

on_both! {
    async fn one_sees_who_else_is_there_until_they_go_or_have_not_been_heard_of_for_a_minute(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("{}/presence", case.path());
        let sun_li = person::signed_in(&desk, "sun.li", "agent").await.client();
        let zhao_lei = person::signed_in(&desk, "zhao.lei", "agent").await.client();
        let own = sun_li.put(&path, &json!({ "doing": "looking" })).await.expect(200);
        assert_eq!((own.str("/name"), own.at("/own")), ("sun.li", &json!(true)));
        desk.pass(TimeDelta::seconds(40));
        zhao_lei.put(&path, &json!({ "doing": "writing" })).await.expect(200);
        let there = sun_li.get(&path).await.expect(200);
        assert_eq!(there.each("name"), ["sun.li", "zhao.lei"]);
        assert_eq!((there.at("/0/own"), there.at("/1/own"), there.str("/1/doing")), (&json!(true), &json!(false), "writing"));
        // She says so again, in time, and has been there since then.
        let since = own.str("/since").to_owned();
        let again = sun_li.put(&path, &json!({ "doing": "writing" })).await.expect(200);
        assert_eq!(again.str("/since"), since);
        desk.pass(TimeDelta::seconds(59));
        assert_eq!(sun_li.get(&path).await.expect(200).items().len(), 2);
        desk.pass(TimeDelta::seconds(1));
        assert_eq!(zhao_lei.get(&path).await.expect(200).items().len(), 0);
        let back = sun_li.put(&path, &json!({ "doing": "looking" })).await.expect(200);
        assert_ne!(back.str("/since"), since);
        sun_li.send(Method::DELETE, &path, None).await.expect(204);
        sun_li.send(Method::DELETE, &path, None).await.expect(204);
        assert_eq!(sun_li.get(&path).await.expect(200).items().len(), 0);
        sun_li.get(&format!("{COMPLAINTS}/019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20/presence")).await.expect(404);
        sun_li.put(&path, &json!({ "doing": "sleeping" })).await.expect_invalid(&["/doing"]);
        desk.client(Role::Sales).get(&path).await.expect(403);
    }
}

on_both! {
    async fn coming_writing_and_going_is_told_once_each_and_the_complaint_is_not_changed(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("{}/presence", case.path());
        let sun_li = person::signed_in(&desk, "sun.li", "agent").await.client();
        let (mut stream, _) = Stream::begun(&desk.agent(), &format!("{EVENTS}?complaint={}&types=presence", case.id)).await;
        for doing in ["looking", "looking", "writing", "writing"] {
            sun_li.put(&path, &json!({ "doing": doing })).await.expect(200);
            desk.pass(TimeDelta::seconds(30));
        }
        let (began, changed) = (stream.event().await, stream.event().await);
        assert_eq!((began["type"].as_str(), began["by"].as_str(), began["doing"].as_str()), (Some("presence.began"), Some("sun.li"), Some("looking")));
        assert_eq!((changed["type"].as_str(), changed["doing"].as_str()), (Some("presence.changed"), Some("writing")));
        desk.pass(TimeDelta::seconds(30));
        assert_eq!(desk.run_each_job().await["end_presences"], 1);
        assert_eq!(stream.types(1).await, ["presence.ended"]);
        assert_eq!((desk.rows("presences"), case.get().await.etag()), (0, "\"1\""));
        sun_li.put(&path, &json!({ "doing": "looking" })).await.expect(200);
        sun_li.send(Method::DELETE, &path, None).await.expect(204);
        let (all, _) = kept(&desk, &case.agent, "types=presence").await;
        assert_eq!(field(&all, "type"), ["presence.began", "presence.changed", "presence.ended", "presence.began", "presence.ended"]);
    }
}
