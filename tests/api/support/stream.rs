//! A reader of Server-Sent Events.

use std::time::Duration;

use serde_json::Value;

use super::Client;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A stream that has been opened.
pub struct Stream {
    response: reqwest::Response,
    rest: String,
}

/// What came.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A message of some name.
    Event { name: String, id: String, data: Value },
    /// A comment.
    Comment(String),
}

impl Stream {
    /// Opens a stream, which must succeed.
    pub async fn open(client: &Client, path: &str) -> Self {
        let response = client.open(path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self {
            response,
            rest: String::new(),
        }
    }

    /// Opens a stream and reads what it begins with; gives it with the place.
    pub async fn begun(client: &Client, path: &str) -> (Self, String) {
        let mut stream = Self::open(client, path).await;
        match stream.next().await {
            Some(Message::Event { name, id, .. }) if name == "ready" => (stream, id),
            other => panic!("it begins with {other:?}"),
        }
    }

    /// What comes next, comments too; `None` at the end.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let message = read(block);
                self.rest = rest.to_owned();
                return Some(message);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.expect("nothing came").ok().flatten()?;
            self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event, which must come.
    pub async fn event(&mut self) -> Value {
        loop {
            match self.next().await {
                Some(Message::Event { name, id, data }) => {
                    assert_eq!((name.as_str(), data["id"].as_str()), ("message", Some(id.as_str())));
                    return data;
                }
                Some(Message::Comment(_)) => {}
                None => panic!("the stream has ended"),
            }
        }
    }

    /// The types of the next events.
    pub async fn types(&mut self, n: usize) -> Vec<String> {
        let mut types = Vec::new();
        for _ in 0..n {
            types.push(self.event().await["type"].as_str().unwrap().to_owned());
        }
        types
    }

    /// Reads to the end; gives the comment that came last, and the events until then.
    pub async fn end(&mut self) -> (String, Vec<Value>) {
        let (mut last, mut events) = (String::new(), Vec::new());
        while let Some(message) = self.next().await {
            match message {
                Message::Comment(text) => last = text,
                Message::Event { data, .. } => events.push(data),
            }
        }
        (last, events)
    }
}

fn read(block: &str) -> Message {
    let (mut name, mut id, mut data) = ("message", "", "");
    for line in block.lines() {
        match line.split_once(':') {
            Some(("", comment)) => return Message::Comment(comment.trim().to_owned()),
            Some(("event", value)) => name = value.trim(),
            Some(("id", value)) => id = value.trim(),
            Some(("data", value)) => data = value.trim(),
            Some(("retry", value)) => assert_eq!(value.trim(), "3000"),
            _ => panic!("no line of a stream: {line}"),
        }
    }
    Message::Event {
        name: name.to_owned(),
        id: id.to_owned(),
        data: serde_json::from_str(data).unwrap(),
    }
}
