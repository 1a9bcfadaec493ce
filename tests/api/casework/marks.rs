//! Tags and watchers.

use hark::domain::staff::Role;
use serde_json::json;

use super::macro_of;
use crate::fixtures::{COMPLAINTS, Case};
use crate::on_both;

on_both! {
    async fn a_complaint_is_tagged_and_found_by_its_tag(desk) {
        let (tagged, _other) = (Case::logged(&desk).await, Case::logged(&desk).await);
        let changed = tagged.put("tags", &json!({ "tags": ["street_12", "router", "router"] })).await.expect(200);
        assert_eq!(changed.at("/tags"), &json!(["router", "street_12"]));
        let found = desk.agent().get(&format!("{COMPLAINTS}?tag=router")).await.expect(200);
        assert_eq!(found.each("id"), std::slice::from_ref(&tagged.id));
        assert_eq!(found.at("/items/0/tags"), &json!(["router", "street_12"]));
        tagged.put("tags", &json!({ "tags": ["street_12"] })).await.expect(200);
        let none = desk.agent().get(&format!("{COMPLAINTS}?tag=router")).await.expect(200);
        assert!(none.items().is_empty());
        let entry = tagged.last_entry().await;
        assert_eq!((&entry["action"], &entry["after"]["tags"]), (&json!("tagged"), &json!(["street_12"])));
        let before = tagged.get().await;
        tagged.put("tags", &json!({ "tags": ["street_12"] })).await.expect(200);
        assert_eq!(tagged.get().await.etag(), before.etag(), "nothing changed");
    }
}

on_both! {
    async fn a_complaint_has_at_most_twenty_tags_and_they_are_slugs(desk) {
        let case = Case::logged(&desk).await;
        let many: Vec<String> = (0..20).map(|n| format!("tag_{n}")).collect();
        case.put("tags", &json!({ "tags": many })).await.expect(200);
        let more: Vec<String> = (0..21).map(|n| format!("tag_{n}")).collect();
        case.put("tags", &json!({ "tags": more })).await.expect_invalid(&["/tags"]);
        case.put("tags", &json!({ "tags": ["Two Words"] })).await.expect_invalid(&["/tags/0"]);
        let agent = case.agent.clone();
        macro_of(&desk, "one_more", &json!([{ "do": "tag", "tags": ["one_more"] }])).await;
        let refused = agent.post(&format!("{}/macros/one_more", case.path()), &json!({})).await;
        refused.expect_invalid(&["/tags"]);
    }
}

on_both! {
    async fn who_watches_is_listed_and_finds_it_again(desk) {
        let case = Case::logged(&desk).await;
        let path = format!("{}/watchers/me", case.path());
        let lead = desk.client(Role::Lead);
        let version = case.get().await.etag().to_owned();
        for _ in 0..2 {
            case.agent.put(&path, &json!({})).await.expect(200);
        }
        let watchers = lead.put(&path, &json!({})).await.expect(200);
        let names: Vec<&str> = watchers.at("/watchers").as_array().unwrap().iter().map(|one| one["watcher"].as_str().unwrap()).collect();
        assert_eq!(names, ["test agent", "test lead"]);
        assert_eq!(case.get().await.etag(), version, "watching is no change");
        let mine = format!("{COMPLAINTS}?watched=me");
        assert_eq!(case.agent.get(&mine).await.expect(200).each("id"), std::slice::from_ref(&case.id));
        assert!(desk.client(Role::Admin).get(&mine).await.expect(200).items().is_empty());
        case.agent.send(reqwest::Method::DELETE, &path, None).await.expect(200);
        assert!(case.agent.get(&mine).await.expect(200).items().is_empty());
    }
}
