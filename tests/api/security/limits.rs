//! Who asks too often is told so, and nobody else.

use chrono::TimeDelta;
use hark::domain::staff::Role;
use hark::settings::edge::EdgeSettings;

use crate::fixtures::{COMPLAINTS, Case, PUBLIC, by_web};
use crate::on_both;
use crate::support::lenient;

on_both! {
    async fn filing_is_limited_by_address_and_says_when_to_come_back(desk) {
        let door = desk.door(EdgeSettings { rate_filing: 2, ..lenient() });
        for left in [1, 0] {
            let filed = door.anonymous().post(PUBLIC, &by_web()).await.expect(201);
            assert_eq!(filed.header("ratelimit-policy"), Some("\"filing\";q=2;w=3600"));
            assert!(filed.header("ratelimit").unwrap().starts_with(&format!("\"filing\";r={left};t=")));
        }
        let refused = door.anonymous().post(PUBLIC, &by_web()).await.expect_problem(429, "rate.limited");
        assert_eq!(refused.header("retry-after"), Some("1800"));
        assert_eq!(refused.header("ratelimit"), Some("\"filing\";r=0;t=1800"));
        assert_eq!(desk.rows("complaints"), 2);
        desk.anonymous().post(PUBLIC, &by_web()).await.expect(201);
        desk.pass(TimeDelta::seconds(1_801));
        door.anonymous().post(PUBLIC, &by_web()).await.expect(201);
    }
}

on_both! {
    async fn a_private_link_is_limited_wherever_it_is_used_from(desk) {
        let (_case, link) = Case::filed(&desk).await;
        let (_other, another) = Case::filed(&desk).await;
        let settings = EdgeSettings { rate_link: 2, trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..lenient() };
        let door = desk.door(settings);
        let from = |address: &str| door.anonymous().with("x-forwarded-for", address);
        from("198.51.100.1").get(&link).await.expect(200);
        from("198.51.100.2").get(&link).await.expect(200);
        from("198.51.100.3").get(&link).await.expect_problem(429, "rate.limited");
        from("198.51.100.3").get(&another).await.expect(200);
    }
}

on_both! {
    async fn guessing_at_links_is_limited_by_address_and_an_ipv6_network_is_one_address(desk) {
        let settings = EdgeSettings { rate_tracking: 2, trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..lenient() };
        let door = desk.door(settings);
        for (n, address) in ["2001:db8::1", "2001:db8::2:3", "2001:db8::ffff"].iter().enumerate() {
            let guess = door.anonymous().with("x-forwarded-for", address).get(&format!("{PUBLIC}/guess-{n}")).await;
            assert_eq!(guess.status, if n < 2 { 404 } else { 429 });
        }
        let elsewhere = door.anonymous().with("x-forwarded-for", "2001:db8:0:1::1").get(&format!("{PUBLIC}/guess")).await;
        elsewhere.expect(404);
    }
}

on_both! {
    async fn who_is_not_trusted_cannot_pass_for_somebody_else(desk) {
        let door = desk.door(EdgeSettings { rate_tracking: 1, ..lenient() });
        let mut told = Vec::new();
        for n in 0..3 {
            let client = door.anonymous().with("x-forwarded-for", &format!("198.51.100.{n}"));
            told.push(client.with("forwarded", &format!("for=198.51.100.{n}")).get(&format!("{PUBLIC}/x")).await.status);
        }
        assert_eq!(told, [404, 429, 429]);
    }
}

on_both! {
    async fn staff_are_limited_each_for_themselves(desk) {
        let door = desk.door(EdgeSettings { rate_staff: 3, ..lenient() });
        for _ in 0..3 {
            let answer = door.client(Role::Agent).get(COMPLAINTS).await.expect(200);
            assert_eq!(answer.header("ratelimit-policy"), Some("\"staff\";q=3;w=60"));
        }
        door.client(Role::Agent).get(COMPLAINTS).await.expect_problem(429, "rate.limited");
        door.client(Role::Lead).get(COMPLAINTS).await.expect(200);
        door.anonymous().get(COMPLAINTS).await.expect_problem(401, "auth.required");
    }
}

on_both! {
    async fn health_is_never_limited_and_documentation_is(desk) {
        let door = desk.door(EdgeSettings { rate_open: 1, ..lenient() });
        for _ in 0..3 {
            door.anonymous().get("/livez").await.expect(200);
            door.anonymous().get("/metrics").await.expect(200);
        }
        door.anonymous().get("/problems").await.expect(200);
        door.anonymous().get("/problems").await.expect_problem(429, "rate.limited");
        door.anonymous().get("/docs/").await.expect_problem(429, "rate.limited");
    }
}

on_both! {
    async fn the_address_behind_a_proxy_is_the_one_that_the_audit_keeps(desk) {
        let door = desk.door(EdgeSettings { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], ..lenient() });
        let agent = door.client(Role::Agent).with("x-forwarded-for", "9.9.9.9, 198.51.100.7");
        agent.get(COMPLAINTS).await.expect(200);
        let found = desk.count("SELECT count(*) AS n FROM audit_events WHERE address = '198.51.100.7'");
        assert_eq!(found, 1);
    }
}
