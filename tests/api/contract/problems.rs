//! Every problem is documented at the address that its `type` names.

use hark::error::Code;
use serde_json::json;

use crate::on_both;

on_both! {
    async fn every_problem_code_is_documented_where_its_type_points(desk) {
        let anybody = desk.anonymous();
        let all = anybody.get("/problems").await.expect(200);
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(all.each("code"), codes);
        for (code, listed) in Code::ALL.iter().zip(all.items()) {
            let documented = anybody.get(&code.doc_url()).await.expect(200);
            assert_eq!(&documented.json, listed);
            assert_eq!(documented.at("/status"), &json!(code.status()));
            assert_eq!(documented.str("/title"), code.title());
            assert!(documented.str("/explanation").len() > 20, "{}", code.as_str());
        }
        anybody.get("/problems/nothing.known").await.expect_problem(404, "resource.not_found");
    }
}

#[test]
fn the_words_of_the_problems_differ() {
    let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Code::ALL.len());
}
