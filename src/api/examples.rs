//! Example bodies for the OpenAPI file, one for every operation that takes a body. A test sends each of them.

use serde_json::{Value, json};

/// The example body of an operation.
pub(super) fn of(operation: &str) -> Option<Value> {
    Some(match operation {
        "create_service_token" => json!({ "name": "crm-sync", "role": "sales", "days": 90 }),
        "receive_complaint" => json!({
            "channel": "phone",
            "customer": { "name": "李娜", "phone": "138 0013 8000" },
            "subject": "路由器每晚掉线",
            "statement": "两周来每天晚上八点断网，打了三次电话都没有人来修！",
            "facts": ["每天 20:00 断网", "报修三次"],
            "opinions": ["没有人在乎"],
            "product": "家庭宽带 300M",
            "order_ref": "B20261108",
            "desired_remedy": "退还一个月的费用",
            "category": "repair",
            "severity": "high",
            "customer_type": "angry",
        }),
        "edit_complaint" => json!({ "category": "service_delay", "severity": "high", "order_ref": null }),
        "record_step" => json!({ "record": { "feeling": "angry and let down" } }),
        "record_steps" => json!({ "steps": [
            { "step": "listen", "record": { "own_words": "每天晚上断网", "facts": ["20:00"], "opinions": [] } },
            { "step": "accept_feelings", "record": { "feeling": "生气、失望" } },
            { "step": "apologise", "record": { "apologised_for": "三次报修没有人处理" } },
        ] }),
        "set_customer_type" => json!({ "customer_type": "friendly", "note": "thanked us for calling" }),
        "suggest_customer_type" => json!({ "text": "两周来每天晚上八点断网，打了三次电话都没有人来修！" }),
        "assign_complaint" => json!({ "owner": "li.na", "note": "knows the customer" }),
        "wait_complaint" => json!({ "ball_with": "third_party", "reason": "the carrier looks for the parcel" }),
        "resume_complaint" => json!({ "note": "the parcel is found" }),
        "close_complaint" => json!({
            "decision": "upheld",
            "reason": "three repair requests were not passed on",
            "redress": { "type": "credit", "minor_units": 9900, "currency": "CNY", "status": "accepted" },
            "cause_category": "attitude",
            "root_cause": "the evening shift has no repair queue",
        }),
        "put_presence" => json!({ "doing": "writing" }),
        "put_draft" => json!({ "typed": "Dear Ms Li, the new door", "based_on": 3 }),
        "put_intake_draft" => json!({ "typed": "The router drops out every evening" }),
        "progress_redress" => json!({ "status": "paid" }),
        "reopen_complaint" => json!({ "reason": "the same fault on the next evening" }),
        "withdraw_complaint" => json!({ "reason": "the customer found the mistake" }),
        "link_complaint" => json!({ "duplicate_of": "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20" }),
        "write_note" => json!({ "body": "Asked the repair team; they call before they come." }),
        "write_message" => json!({ "body": "王师傅明天上午九点上门，来之前会先打电话。" }),
        "promise_call_back" => json!({
            "purpose": "confirm_resolution",
            "window_start": "2026-11-24T06:00:00Z",
            "window_end": "2026-11-24T08:00:00Z",
            "note": "ask whether the evening was quiet",
        }),
        "record_attempt" => json!({ "result": "reached", "satisfied": true, "note": "the line is stable" }),
        "reschedule_call_back" => json!({
            "asked_by": "customer",
            "reason": "in a meeting",
            "window_start": "2026-11-25T06:00:00Z",
            "window_end": "2026-11-25T08:00:00Z",
        }),
        "cancel_call_back" => json!({ "reason": "says that all is well and no call is needed" }),
        "create_customer" | "put_customer_by_external_id" => json!({
            "name": "李娜",
            "phones": ["138 0013 8000"],
            "emails": ["li.na@example.com"],
            "preferred_language": "zh-CN",
            "time_zone": "Asia/Shanghai",
            "tier": "medium",
            "segment": "profitable",
        }),
        "change_customer" => json!({ "tier": "key_account", "grade": "a", "style": "sensor", "stance": "supporter" }),
        "file_complaint" => json!({
            "name": "Li Na",
            "email": "li.na@example.com",
            "statement": "The washing machine arrived with a broken door.",
            "order_ref": "W-10442",
            "desired_remedy": "A new door, or another machine",
            "language": "en",
            "time_zone": "Europe/Dublin",
        }),
        "write_to_desk" => json!({ "body": "Here is the serial number: 8841-A." }),
        "dispute_decision" => json!({ "reason": "The door was broken before it was unpacked." }),
        "take_back_complaint" => json!({ "reason": "The shop has solved it." }),
        "move_call_back" => json!({
            "window_start": "2026-11-24T18:00:00Z",
            "window_end": "2026-11-24T19:00:00Z",
            "reason": "I am at work until six",
        }),
        "decline_call_back" => json!({ "reason": "It works again, no call needed." }),
        _ => return of_privacy(operation),
    })
}

/// A policy for customers who matter most.
fn policy() -> Value {
    json!({
        "name": { "en": "Key accounts", "zh-CN": "大客户" },
        "family": "service",
        "calendar": "standard",
        "rank": 10,
        "conditions": { "kinds": ["complaint"], "tiers": ["key_account"] },
        "metrics": [
            {
                "slug": "first_response",
                "kind": "first_response",
                "name": { "en": "First response", "zh-CN": "首次答复" },
                "target": { "amount": 60, "unit": "business_minutes" },
                "warnings": [{ "percent": 75 }],
                "escalations": [{ "after_minutes": 0, "to": "lead" }],
            },
            {
                "slug": "resolve",
                "kind": "resolve",
                "name": { "en": "Resolution", "zh-CN": "解决" },
                "target": { "amount": 3, "unit": "business_days", "from_next_day": true },
                "start": "expressed",
                "pausable": true,
                "warnings": [{ "left_minutes": 480 }],
            },
        ],
    })
}

fn of_privacy(operation: &str) -> Option<Value> {
    Some(match operation {
        "restrict_customer" => {
            json!({ "reason": "says the address is not hers", "legal_basis": "accuracy_contested" })
        }
        "lift_restriction" => json!({ "reason": "the address has been put right" }),
        "anonymise_customer" => json!({ "reason": "no longer a customer", "legal_basis": "no_longer_needed" }),
        "erase_customer" => {
            json!({ "reason": "asks to be forgotten", "legal_basis": "customer_request", "dry_run": true })
        }
        "export_customer" => json!({ "reason": "access request by letter", "legal_basis": "customer_request" }),
        "hold_customer" | "hold_complaint" => {
            json!({ "reason": "a case before the district court", "until": "2028-12-31T00:00:00Z" })
        }
        "record_consent" => json!({
            "purpose": "satisfaction_survey",
            "given": true,
            "source": "phone",
            "wording": "May we ask you afterwards how satisfied you were?",
        }),
        "create_calendar" => json!({
            "slug": "night_desk",
            "name": "Night desk",
            "time_zone": "Asia/Shanghai",
            "notation": "Mo-Fr 22:00-06:00; PH off; 2026 Oct 10 22:00-06:00 \"调休\"",
            "holidays": [{ "date": "2026-10-01", "label": "国庆节" }],
            "source": "the State Council's notice on holidays in 2026",
        }),
        "change_calendar" => json!({
            "name": "Standard",
            "time_zone": "Asia/Shanghai",
            "notation": "Mo-Fr 09:00-12:00,13:30-18:00; PH off",
        }),
        "import_holidays" => json!({
            "icalendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nBEGIN:VEVENT\r\n\
                UID:1@example.com\r\nDTSTAMP:20251104T000000Z\r\nDTSTART;VALUE=DATE:20261001\r\n\
                DTEND;VALUE=DATE:20261008\r\nSUMMARY:国庆节\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            "source": "the State Council's notice on holidays in 2026",
            "dry_run": true,
        }),
        "create_policy" => json!({ "slug": "key_accounts", "policy": policy() }),
        "write_policy" => policy(),
        "preview_policy" => json!({
            "policy": policy(),
            "complaint": {
                "received_at": "2026-11-27T09:30:00Z",
                "tier": "key_account",
                "waits": [
                    { "ball_with": "customer", "from": "2026-11-27T10:00:00Z", "until": "2026-11-30T02:00:00Z" },
                ],
            },
        }),
        "install_pack" => json!({ "activate": false }),
        "set_retention_rules" => json!({
            "rules": [
                { "kind": "complaint", "keep_days": 1095, "then": "erase" },
                { "kind": "feedback", "keep_days": 365, "then": "anonymise" },
            ],
        }),
        _ => return of_people(operation),
    })
}

/// The same, for people and what lets them in.
fn of_people(operation: &str) -> Option<Value> {
    Some(match operation {
        "rotate_service_token" => json!({ "overlap_hours": 24 }),
        "create_staff_member" => json!({
            "handle": "zhang.min",
            "name": "张敏",
            "email": "zhang.min@example.com",
            "role": "agent",
            "language": "zh-CN",
        }),
        "change_staff_member" => json!({ "role": "lead" }),
        "deactivate_staff_member" => json!({ "successor": "li.na", "reason": "moved to the warehouse" }),
        "put_role" => json!({ "name": "Night desk", "permissions": ["read-complaints", "log-complaints"] }),
        "create_team" | "change_team" => json!({ "name": "Broadband" }),
        "write_routing" => json!({ "rules": [] }),
        "try_routing" => json!({ "rules": [], "last": 50 }),
        "write_rules" => json!({ "rules": [{
            "slug": "breach_of_key_account", "on": { "event": "clock_breached" },
            "conditions": { "complaint": { "tiers": ["key_account"] } },
            "then": [{ "do": "add_note", "body": "Late for a key account: the lead has it now." }],
        }] }),
        "try_rules" => json!({ "last": 50, "rules": [{
            "slug": "waits_too_long",
            "on": { "event": "time_passed", "time": { "minutes": 240, "since": "waiting_for_customer" } },
            "then": [{ "do": "add_note", "body": "Ask the customer again." }],
        }] }),
        "put_work_profile" => json!({
            "languages": ["zh-CN", "en"], "products": ["router"], "customer_types": ["angry"], "capacity": 12,
        }),
        "note_absence" => json!({
            "starts_at": "2027-02-06T00:00:00Z", "ends_at": "2027-02-13T00:00:00Z", "kind": "holiday",
        }),
        "put_team_member" => json!({ "leads": true }),
        _ => return of_casework(operation),
    })
}

/// The same, for what makes work on many complaints short.
fn of_casework(operation: &str) -> Option<Value> {
    Some(match operation {
        "set_tags" => json!({ "tags": ["router", "street_12"] }),
        "relate_complaint" => json!({ "kind": "child", "reason": "the same broken cable" }),
        "merge_complaint" => json!({
            "into": "019aad3f-9b9a-7c43-8a51-0f6b7a3c1d20", "reason": "the customer wrote and called about one fault",
        }),
        "unmerge_complaint" => json!({ "reason": "two faults after all" }),
        "put_canned_text" => json!({
            "title": "We call you",
            "wordings": [
                { "language": "zh", "body": "{customer.name}，您好：我们将在 {call_back.window} 致电您（{complaint.reference}）。" },
                { "language": "en", "body": "Dear {customer.name}, we call you {call_back.window} about {complaint.reference}." },
            ],
        }),
        "put_macro" => json!({
            "title": "Cable cut",
            "actions": [
                { "do": "set_category", "category": "repair" },
                { "do": "tag", "tags": ["cable_cut"] },
                { "do": "add_note", "body": "The cable is cut; the carrier is at it." },
            ],
        }),
        "ask_for_bulk_action" => json!({
            "filter": { "tag": "cable_cut", "open": true },
            "actions": [{ "do": "assign", "owner": "li.na" }],
        }),
        "create_view" | "change_view" => json!({
            "title": "Late repairs",
            "filter": { "category": "repair", "overdue": true, "order": "due" },
            "columns": ["reference", "subject", "owner", "due_at"],
        }),
        _ => return None,
    })
}
