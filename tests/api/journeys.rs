//! The main job, from the phone call to the kept call-back.

mod endings;
mod on_the_spot;
mod outcomes;
mod public;

use serde_json::{Value, json};

use crate::on_both;
use crate::support::{Client, Desk};

/// A complaint by phone.
pub fn by_phone() -> Value {
    json!({
        "channel": "phone",
        "customer": { "name": "李娜", "phone": "138 0013 8000" },
        "subject": "路由器每晚掉线",
        "statement": "两周来每天晚上八点断网，打了三次电话都没有人来修！",
        "facts": ["每天 20:00 断网"],
        "opinions": ["没有人在乎"],
        "product": "家庭宽带 300M",
        "desired_remedy": "退还一个月的费用",
        "customer_type": "angry",
    })
}

/// Steps 1 to 6, as one phone call yields them.
pub fn six_steps(by_when: &str) -> Value {
    json!({ "steps": [
        { "step": "listen", "record": { "own_words": "每天晚上断网", "facts": ["20:00"], "opinions": ["没有人在乎"] } },
        { "step": "accept_feelings", "record": { "feeling": "生气、失望" } },
        { "step": "apologise", "record": { "apologised_for": "三次报修没有人处理" } },
        { "step": "understand_needs", "record": { "need": "晚上能上网课", "worry": "孩子考试前修不好" } },
        { "step": "seek_solutions", "record": { "options": ["换路由器", "退费"], "agreed": "换路由器" } },
        { "step": "explain_actions", "record": { "who": "王师傅", "what": "上门换路由器", "by_when": by_when } },
    ] })
}

/// Logs a complaint and works steps 1 to 6; gives its id.
pub async fn worked(desk: &Desk, agent: &Client) -> String {
    let id = agent
        .post("/api/v1/complaints", &by_phone())
        .await
        .expect(201)
        .id()
        .to_owned();
    let steps = six_steps(&desk.in_minutes(600));
    agent
        .put(&format!("/api/v1/complaints/{id}/steps"), &steps)
        .await
        .expect(200);
    id
}

/// Promises a call-back in two hours; gives its id.
pub async fn promised(desk: &Desk, agent: &Client, complaint: &str) -> String {
    let window = json!({ "window_start": desk.in_minutes(120), "window_end": desk.in_minutes(180) });
    agent
        .post(&format!("/api/v1/complaints/{complaint}/call-backs"), &window)
        .await
        .expect(201)
        .id()
        .to_owned()
}

pub fn upheld() -> Value {
    json!({ "decision": "upheld", "reason": "三次报修没有派单", "cause_category": "attitude",
            "redress": { "type": "credit", "minor_units": 9900, "currency": "CNY", "status": "accepted" } })
}

on_both! {
    async fn a_phone_complaint_is_worked_promised_called_back_and_closed(desk) {
        let agent = desk.agent();
        let id = worked(&desk, &agent).await;
        let refused = agent.post(&format!("/api/v1/complaints/{id}/close"), &upheld()).await;
        refused.expect_problem(409, "closing.no_call_back_outcome");
        let promise = promised(&desk, &agent, &id).await;
        let refused = agent.post(&format!("/api/v1/complaints/{id}/close"), &upheld()).await;
        refused.expect_problem(409, "closing.open_promise");
        desk.pass(chrono::TimeDelta::minutes(130));
        let attempt = json!({ "result": "reached", "satisfied": true, "note": "网好了" });
        let kept = agent.post(&format!("/api/v1/call-backs/{promise}/attempts"), &attempt).await.expect(200);
        assert_eq!((kept.str("/state"), kept.str("/outcome")), ("kept", "satisfied"));
        let closed = agent.post(&format!("/api/v1/complaints/{id}/close"), &upheld()).await.expect(200);
        assert_eq!(closed.str("/state"), "closed");
        assert_eq!(closed.str("/closures/0/ground"), "satisfied");
        assert_eq!(closed.json["on_the_spot"], false, "two hours are not on the spot");
        assert_eq!(closed.json["closures"][0]["redress_minor_units"], 9900);
        let timeline = agent.get(&format!("/api/v1/complaints/{id}/timeline")).await.expect(200);
        let actions: Vec<&str> = timeline.json["items"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["received", "steps_recorded", "call_back_promised", "call_back_attempted", "closed"]);
        let counts = agent.get("/api/v1/complaints/counts").await.expect(200);
        assert_eq!(counts.json["by_state"], json!({ "received": 0, "in_handling": 0, "waiting": 0, "closed": 1 }));
    }
}
