//! The private link: unguessable, revocable, and nowhere to be read.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::fixtures::{Case, PUBLIC};
use crate::on_both;

on_both! {
    async fn a_link_that_is_taken_back_stops_working_until_there_is_a_new_one(desk) {
        let (case, link) = Case::filed(&desk).await;
        let customer = desk.anonymous();
        customer.get(&link).await.expect(200);
        let path = format!("{}/tracking-link", case.path());
        let revoked = case.agent.send(reqwest::Method::DELETE, &path, None).await.expect(200);
        customer.get(&link).await.expect_problem(404, "resource.not_found");
        let message = json!({ "body": "hello" });
        customer.post(&format!("{link}/messages"), &message).await.expect_problem(404, "resource.not_found");
        let again = case.agent.send(reqwest::Method::DELETE, &path, None).await.expect(200);
        assert_eq!(again.text, revoked.text, "twice is once");
        assert_eq!(case.actions().await, ["received", "link_revoked"]);
        let fresh = case.post("tracking-link", &json!(null)).await.expect(200);
        customer.get(&format!("{PUBLIC}/{}", fresh.str("/tracking_token"))).await.expect(200);
        customer.get(&link).await.expect_problem(404, "resource.not_found");
    }
}

on_both! {
    async fn a_link_has_256_bits_and_only_its_hash_is_kept(desk) {
        let (_case, link) = Case::filed(&desk).await;
        let token = link.rsplit('/').next().unwrap();
        assert_eq!(token.len(), 43, "256 bits in base 64");
        let kept = desk.count("SELECT count(*) AS n FROM complaints WHERE length(tracking_hash) = 32");
        assert_eq!(kept, 1);
        for almost in [&token[..42], &token.to_uppercase(), &format!("{token}="), &format!("{token}%20")] {
            desk.anonymous().get(&format!("{PUBLIC}/{almost}")).await.expect_problem(404, "resource.not_found");
        }
    }
}

/// Log lines, as they are written.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

on_both! {
    async fn no_log_line_figure_or_problem_holds_the_secret(desk) {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        // For the whole process: the threads that serve are others. A second test of its kind would be refused.
        let ours = tracing::subscriber::set_global_default(subscriber).is_ok();
        let (_case, link) = Case::filed(&desk).await;
        let token = link.rsplit('/').next().unwrap();
        let customer = desk.anonymous();
        customer.get(&link).await.expect(200);
        let mut refusals = vec![customer.send(reqwest::Method::DELETE, &link, None).await.expect(405)];
        let unread = json!({ "body": "" });
        refusals.push(customer.post(&format!("{link}/messages"), &unread).await.expect(422));
        refusals.push(customer.post(&format!("{link}/withdraw"), &json!([])).await.expect(422));
        refusals.push(customer.get(&format!("{link}x")).await.expect(404));
        refusals.push(customer.get(&format!("{link}/nothing")).await.expect(404));
        for refusal in refusals {
            assert!(!refusal.text.contains(token), "{}", refusal.text);
        }
        let figures = customer.get("/metrics").await.expect(200);
        assert!(!figures.text.contains(token));
        if ours {
            let written = String::from_utf8_lossy(&lines.0.lock().unwrap()).into_owned();
            assert!(written.contains("refused"), "log lines were caught");
            let at = written.find(token).map(|at| written[at.saturating_sub(300)..at].to_owned());
            assert_eq!(at, None, "the secret stands in a log line");
        }
    }
}
