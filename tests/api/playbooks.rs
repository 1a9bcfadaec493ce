//! `/api/v1/playbooks`: how to handle each customer type.

use hark::domain::typing::CustomerType;

use crate::on_both;

on_both! {
    async fn every_customer_type_has_a_playbook_in_both_languages(desk) {
        let agent = desk.agent();
        let all = agent.get("/api/v1/playbooks").await.expect(200);
        let types: Vec<String> = CustomerType::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(all.each("type"), types);
        for (one, listed) in types.iter().zip(all.items()) {
            let playbook = agent.get(&format!("/api/v1/playbooks/{one}")).await.expect(200);
            assert_eq!(&playbook.json, listed);
            for part in ["title", "advice", "traits", "do", "do_not", "phrases", "call_back_script"] {
                let (en, zh) = (playbook.at(&format!("/en/{part}")), playbook.at(&format!("/zh-CN/{part}")));
                assert!(en.to_string().len() > 4 && en != zh, "{one} {part}");
                assert!(zh.to_string().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{one} {part} in Chinese");
            }
        }
        agent.get("/api/v1/playbooks/grumpy").await.expect_problem(404, "resource.not_found");
    }
}
