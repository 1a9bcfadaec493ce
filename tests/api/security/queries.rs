//! Hostile text in the parameters of addresses finds nothing, and breaks nothing.

use hark::domain::staff::Role;

use crate::contract::operations::{Operation, operations};
use crate::fixtures::Case;
use crate::on_both;

/// As they stand in an address.
const HOSTILE: &[&str] = &[
    "%27%20OR%20%271%27%3D%271",
    "%22%3B%20DROP%20TABLE%20complaints%3B%20--",
    "%25",
    "_",
    "%00",
    "a%00b",
    "%5C",
    "*%20NEAR%20%22",
    "%E2%80%AE%E2%80%8B",
    "Z%CC%81%CC%82%CC%83",
    "%F0%A0%AE%B7",
    "%ED%A0%80",
    "%FF%FE",
    "%0D%0ASet-Cookie%3A%20a%3Db",
    "-1",
    "99999999999999999999",
    "1e400",
    "null",
    "[]",
];

/// The names of the parameters that take a text.
fn parameters(operation: &Operation) -> Vec<String> {
    let all = operation.value["parameters"].as_array().into_iter().flatten();
    let named = all.filter(|parameter| parameter["in"] == "query");
    named
        .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
        .collect()
}

on_both! {
    async fn no_parameter_of_a_list_is_taken_for_an_order(desk) {
        let (case, _) = Case::filed(&desk).await;
        case.work().await;
        case.promise(0, 60).await;
        let admin = desk.client(Role::Admin);
        let mut tried = 0;
        for operation in operations().iter().filter(|operation| operation.method == "GET") {
            let path = operation.path.replace("{id}", &case.id);
            for parameter in parameters(operation) {
                for text in HOSTILE {
                    tried += 1;
                    let reply = admin.get(&format!("{path}?{parameter}={text}")).await;
                    let name = format!("{}?{parameter}={text}", operation.name());
                    assert!(matches!(reply.status, 200 | 400 | 422), "{name}: {}", reply.text);
                    assert!(reply.header("set-cookie").is_none(), "{name}");
                    let found = reply.json["items"].as_array().map_or(0, Vec::len);
                    let filters = !matches!(parameter.as_str(), "limit" | "cursor" | "order");
                    // Nothing but the emptied text, which asks for everything.
                    assert!(found == 0 || !filters || *text == "%00", "{name} found {}", reply.text);
                }
                let twice = admin.get(&format!("{path}?{parameter}=1&{parameter}=2")).await;
                assert_eq!(twice.status, 422, "{} takes `{parameter}` twice: {}", operation.name(), twice.text);
            }
        }
        assert!(tried > 500, "only {tried} were tried");
    }
}

on_both! {
    async fn no_part_of_a_path_leads_out_of_its_place(desk) {
        Case::filed(&desk).await;
        let admin = desk.client(Role::Admin);
        let before = desk.footprint();
        for operation in operations().iter().filter(|operation| operation.path.contains('{') && operation.method != "PUT") {
            for text in HOSTILE.iter().chain(&["..%2F..%2Fetc%2Fpasswd", "..;", "%252e%252e%252f"]) {
                let parts = operation.path.split('/').map(|part| if part.starts_with('{') { text } else { part });
                let path = parts.collect::<Vec<_>>().join("/");
                let body = (operation.method != "GET").then(|| serde_json::json!({}));
                let reply = admin.if_match("\"1\"").send(operation.method.parse().unwrap(), &path, body.as_ref()).await;
                // 422 where the body is looked at before the address is.
                assert!(matches!(reply.status, 400 | 404 | 405 | 415 | 422), "{} {path}: {} {}", operation.method, reply.status, reply.text);
            }
        }
        assert_eq!(desk.footprint(), before);
    }
}
