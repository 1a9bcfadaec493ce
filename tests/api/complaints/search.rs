//! `GET /complaints?q=`: words, in any language.

use serde_json::{Value, json};

use crate::fixtures::{COMPLAINTS, Case, field, log, merged, walk};
use crate::journeys::by_phone;
use crate::on_both;
use crate::support::Desk;

/// A complaint with these texts and nothing else to be found by.
fn saying(subject: &str, statement: &str) -> Value {
    let plain = json!({ "product": null, "desired_remedy": null, "subject": subject, "statement": statement });
    merged(by_phone(), plain)
}

async fn logged(desk: &Desk, subject: &str, statement: &str) -> String {
    log(&desk.agent(), &saying(subject, statement)).await.id().to_owned()
}

/// The ids of what is found, the newest first.
async fn found(desk: &Desk, words: &str) -> Vec<String> {
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", words)
        .finish();
    desk.agent()
        .get(&format!("{COMPLAINTS}?{query}"))
        .await
        .expect(200)
        .each("id")
}

on_both! {
    async fn a_chinese_word_of_two_characters_and_an_english_word_are_found_alike(desk) {
        let first = logged(&desk, "账单问题", "我要求退款，已经等了两周").await;
        let second = logged(&desk, "Billing", "I want a REFUND for my iPhone-15 now").await;
        let third = logged(&desk, "两样都要", "退款 refund ＡＢＣ１２３").await;
        assert_eq!(found(&desk, "退款").await, [third.as_str(), first.as_str()]);
        assert_eq!(found(&desk, "refund").await, [third.as_str(), second.as_str()]);
        assert_eq!(found(&desk, "Refund 退款").await, [third.as_str()], "every word must be there");
        assert_eq!(found(&desk, "已经等了").await, [first.as_str()], "a longer phrase");
        assert_eq!(found(&desk, "iphone 15").await, [second.as_str()]);
        assert_eq!(found(&desk, "abc123").await, [third.as_str()], "full width is folded");
        for nothing in ["退货", "fund", "refunds", "款退", "，。!?", "  "] {
            let expected: &[&str] = if nothing.trim().is_empty() { &[&third, &second, &first] } else { &[] };
            assert_eq!(found(&desk, nothing).await, expected, "{nothing:?}");
        }
    }
}

on_both! {
    async fn a_phrase_does_not_reach_across_a_boundary(desk) {
        let apart = logged(&desk, "我要投诉", "电话没有人接。服务很差").await;
        let together = logged(&desk, "投诉电话", "打不通").await;
        assert_eq!(found(&desk, "投诉电话").await, [together.as_str()], "not from the subject into the statement");
        assert_eq!(found(&desk, "投诉 电话").await, [together.as_str(), apart.as_str()]);
        assert_eq!(found(&desk, "人接服务").await, [] as [&str; 0], "not across a full stop");
        assert_eq!(found(&desk, "诉电").await, [together.as_str()]);
    }
}

on_both! {
    async fn a_single_character_finds_the_words_that_begin_with_it(desk) {
        let inside = logged(&desk, "账单", "我要求退款").await;
        let alone = logged(&desk, "单字", "退").await;
        logged(&desk, "其他", "没有这个字").await;
        assert_eq!(found(&desk, "退").await, [alone.as_str(), inside.as_str()]);
    }
}

on_both! {
    async fn signs_of_the_query_languages_are_only_signs(desk) {
        let id = logged(&desk, "not near", "it's 100% \"broken\" & AND (or) NOT:* a<->b").await;
        for words in ["not", "near AND or", "it's", "\"broken\"", "100%", "a<->b", "broken*", "(or)", "NOT:*", "'broken' | \\"] {
            assert_eq!(found(&desk, words).await, [id.as_str()], "{words}");
        }
        assert_eq!(found(&desk, "brok*").await, [] as [&str; 0]);
        let endless = "断".repeat(300);
        assert_eq!(found(&desk, &endless).await, [] as [&str; 0]);
    }
}

on_both! {
    async fn product_order_remedy_and_external_reference_are_searched_too(desk) {
        let details = json!({ "product": "洗衣机 W700", "order_ref": "ORD-4711", "desired_remedy": "换新机器", "external_ref": "HOTLINE77" });
        let id = log(&desk.agent(), &merged(by_phone(), details)).await.id().to_owned();
        log(&desk.agent(), &saying("别的", "别的事情")).await;
        for words in ["洗衣机", "w700", "4711", "换新", "hotline77", "路由器", "断网"] {
            assert_eq!(found(&desk, words).await, [id.as_str()], "{words}");
        }
    }
}

on_both! {
    async fn a_corrected_text_is_found_by_its_new_words_only(desk) {
        let case = Case::of(&desk, &saying("发票", "发票抬头写错了 oldword")).await;
        case.edit(&json!({ "statement": "收据金额写错了 newword" })).await.expect(200);
        for (words, hits) in [("抬头", 0), ("oldword", 0), ("金额", 1), ("newword", 1), ("发票", 1)] {
            assert_eq!(found(&desk, words).await.len(), hits, "{words}");
        }
    }
}

on_both! {
    async fn words_and_filters_hold_together_and_page_by_page(desk) {
        let mut expected = Vec::new();
        for n in 0..7 {
            let channel = if n % 2 == 0 { "phone" } else { "letter" };
            let form = merged(saying("退款", &format!("第{n}次要求退款")), json!({ "channel": channel }));
            let receipt = log(&desk.agent(), &form).await;
            if n % 2 == 0 {
                expected.insert(0, receipt.id().to_owned());
            }
        }
        let newer = async || { logged(&desk, "退款", "又一次").await; };
        let pages = walk(&desk.agent(), &format!("{COMPLAINTS}?q=%E9%80%80%E6%AC%BE&channel=phone"), 1, newer).await;
        assert_eq!(field(&pages, "id"), expected, "the pages stay put while new ones arrive");
    }
}
