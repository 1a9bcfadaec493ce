//! `ETag` and `If-Match`: nobody's work is overwritten unseen.

use super::operations::{operations, sample};
use crate::fixtures::{COMPLAINTS, log};
use crate::journeys::by_phone;
use crate::on_both;

on_both! {
    async fn every_change_is_refused_on_a_stale_version_and_taken_on_the_present_one(desk) {
        for operation in operations().iter().filter(|operation| operation.takes("IfMatch")) {
            let name = operation.name();
            let sample = sample(&desk, operation).await;
            let before = sample.read().await;
            let footprint = desk.footprint();
            for stale in ["\"999\"", "\"0\"", "*", "W/\"1\"", "1", "\"x\""] {
                let refused = sample.with("if-match", stale).send().await;
                assert_eq!((refused.status, refused.code()), (412, "request.precondition_failed"), "{name} {stale}");
            }
            assert_eq!((sample.read().await.text, desk.footprint()), (before.text.clone(), footprint), "{name}");
            let taken = sample.with("if-match", before.etag()).send().await;
            assert!((200..300).contains(&taken.status), "{name}: {}", taken.text);
            let after = sample.read().await;
            assert_ne!(after.etag(), before.etag(), "{name} makes another version");
        }
    }
}

on_both! {
    async fn an_answer_carries_the_version_of_what_it_shows(desk) {
        let agent = desk.agent();
        let receipt = log(&agent, &by_phone()).await;
        let path = format!("{COMPLAINTS}/{}", receipt.id());
        let changed = agent.if_match(receipt.etag()).patch(&path, &serde_json::json!({ "severity": "high" })).await.expect(200);
        assert_eq!(changed.etag(), format!("\"{}\"", changed.at("/version")));
        assert_ne!(changed.etag(), receipt.etag());
        assert_eq!(agent.get(&path).await.expect(200).text, changed.text, "the change answers with the whole");
    }
}
