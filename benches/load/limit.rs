//! The limit: the statements of one request, one after the other, by pgbench.

use std::io::Write as _;

use super::client::Kind;
use super::postgres::Cluster;

/// One intake of a new customer, statement by statement as the service sends them for a group of one.
const INTAKE: &str = r"\set phone random(0, 99999999)
\set order random(0, 99999999)
BEGIN;
SELECT key_hash, fingerprint, sealed_answer FROM idempotency_keys WHERE key_hash = ANY (ARRAY[sha256((:phone || '-' || :order)::bytea)]);
SELECT kind, value, customer_id FROM contact_points WHERE value = ANY (ARRAY['+86158' || :phone]);
INSERT INTO customers (id, kind, name, preferred_language, time_zone, tier, created_at, updated_at, version) VALUES (gen_random_uuid(), 'person', '压测客户', 'zh-CN', 'Asia/Shanghai', 'individual', now(), now(), 1) RETURNING id AS kid \gset
INSERT INTO contact_points (kind, value, customer_id, entered_as, is_primary, created_at) VALUES ('phone', '+86158' || :phone, :kid::uuid, '+86158' || :phone, true, now()) ON CONFLICT DO NOTHING;
INSERT INTO complaints (id, reference, kind, channel, state, ball_with, customer_id, subject, category, language, customer_type, severity, round, ever_waited, step, received_at, first_expressed_at, logged_at, updated_at, on_the_spot, reopened_count, version) VALUES (gen_random_uuid(), 'P' || :phone || :order, 'complaint', 'phone', 'received', 'us', :kid::uuid, '路由器每天晚上掉线，报修三次没有人来', 'repair', 'zh-CN', 'not_clear', 'medium', 1, false, 'listen', now(), now(), now(), now(), false, 0, 1) RETURNING id AS cid, seq AS seq \gset
INSERT INTO complaint_statements (complaint_id, statement, facts, opinions, product, order_ref, desired_remedy, safety, complexity, impact, immediate_action, given_contact) VALUES (:cid::uuid, '两周来每天晚上八点准时断网，打了三次电话都说会派人来，结果没有人来。孩子要上网课，这样下去我只能退订了，请你们退还这两周的费用。', '[]', '[]', '家庭宽带', 'B' || :order, '退费', false, 'medium', 'medium', false, '{}');
INSERT INTO complaint_search (seq, tokens) VALUES (:seq, ('TOKENS ''#' || (:seq >> 10) || '''')::tsvector) ON CONFLICT (seq) DO UPDATE SET tokens = excluded.tokens;
INSERT INTO timeline_entries (complaint_id, id, action, actor_kind, actor, after, happened_at) VALUES (:cid::uuid, gen_random_uuid(), 'received', 'staff', 'load', '{}', now());
INSERT INTO report_deltas (facts) VALUES ('[]' || repeat(' ', 500));
INSERT INTO audit_events (id, happened_at, actor_kind, actor, actor_id, action, object_kind, object_id, fields, request_id, address) VALUES (gen_random_uuid(), now(), 'staff', 'load', gen_random_uuid(), 'complaint.received', 'complaint', :cid::uuid, FIELDS, gen_random_uuid()::text, '127.0.0.1') RETURNING id AS eid \gset
INSERT INTO audit_subjects (event_id, customer_id) VALUES (:eid::uuid, :kid::uuid);
INSERT INTO idempotency_keys (key_hash, fingerprint, sealed_answer, created_at, expires_at) VALUES (sha256((:phone || '-' || :order)::bytea), '\x00', decode(repeat('ab', 300), 'hex'), now(), now()) ON CONFLICT DO NOTHING;
INSERT INTO state_tallies (state, slot, n) VALUES ('received', :order % 16, 1) ON CONFLICT (state, slot) DO UPDATE SET n = state_tallies.n + excluded.n;
COMMIT;
";

const READ_ONE: &str = r"SELECT * FROM complaints WHERE id = 'ID'::uuid;
SELECT * FROM complaint_statements WHERE complaint_id = 'ID'::uuid;
SELECT * FROM handling_steps WHERE complaint_id = 'ID'::uuid ORDER BY round, done_at;
SELECT * FROM customer_type_changes WHERE complaint_id = 'ID'::uuid ORDER BY id;
SELECT * FROM closures WHERE complaint_id = 'ID'::uuid ORDER BY id;
";

/// What tells the audit of a read, before it is answered.
const DISCLOSE: &str = r"BEGIN;
INSERT INTO audit_events (id, happened_at, actor_kind, actor, actor_id, action, object_kind, fields, request_id, address) VALUES (gen_random_uuid(), now(), 'staff', 'load', gen_random_uuid(), 'complaint.listed', 'complaint', FIELDS, gen_random_uuid()::text, '127.0.0.1') RETURNING id AS eid \gset
INSERT INTO audit_subjects (event_id, customer_id) SELECT :eid::uuid, gen_random_uuid() FROM generate_series(1, SUBJECTS);
COMMIT;
";

const LIST: &str = "SELECT * FROM complaints WHERE state = ANY (ARRAY['received', 'in_handling', 'waiting']) ORDER BY seq DESC LIMIT 51;\n";

const SEARCH: &str = "SELECT seq FROM complaint_search WHERE seq < 9223372036854775807 ORDER BY seq DESC LIMIT 1;
SELECT seq FROM (SELECT seq FROM complaint_search WHERE tokens @@ '''退款'' & (''#BLOCK'' | ''#BEFORE'')'::tsquery OFFSET 0) AS hits WHERE seq < 9223372036854775807 ORDER BY seq DESC LIMIT 51;
SELECT * FROM complaints WHERE seq = ANY (ARRAY[SEQS]);
";

/// What a report over sixty days asks. What is not yet folded is whatever the intake before has left.
const REPORT: &str = r"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT * FROM report_state WHERE id = 1;
SELECT * FROM report_rollups WHERE generation = 1 AND dimension = 'all'
 AND measure = ANY (ARRAY['took.acknowledgement.business', 'took.first_response.business', 'took.resolution.business'])
 AND day BETWEEN current_date - '1970-01-01'::date - 59 AND current_date - '1970-01-01'::date;
SELECT facts FROM report_deltas;
ROLLBACK;
";

/// What taking the next piece asks and writes; the piece stays in the queue.
const TAKE_NEXT: &str = r"BEGIN;
SELECT * FROM work_queue WHERE owner IS NULL AND line = '00000000-0000-0000-0000-000000000000' AND reserved = TRUE AND promised_from IS NOT NULL AND promised_from <= now() AND free_from <= now() ORDER BY urgent_at, complaint_id LIMIT 16;
SELECT needs FROM work_queue WHERE owner IS NULL AND line = '00000000-0000-0000-0000-000000000000' AND reserved = FALSE ORDER BY needs LIMIT 1;
SELECT needs FROM work_queue WHERE owner IS NULL AND line = '00000000-0000-0000-0000-000000000000' AND reserved = FALSE AND needs > '' ORDER BY needs LIMIT 1;
SELECT * FROM work_queue WHERE owner IS NULL AND line = '00000000-0000-0000-0000-000000000000' AND reserved = FALSE AND needs = '' ORDER BY urgent_at, complaint_id LIMIT 16;
SELECT needs FROM work_queue WHERE owner IS NULL AND line = '00000000-0000-0000-0000-000000000000' AND reserved = TRUE ORDER BY needs LIMIT 1;
SELECT id AS cid FROM complaints WHERE id = coalesce((SELECT complaint_id FROM work_queue WHERE owner IS NULL AND line = '00000000-0000-0000-0000-000000000000' AND reserved = FALSE AND needs = '' ORDER BY urgent_at, complaint_id OFFSET :client_id LIMIT 1), (SELECT complaint_id FROM work_queue LIMIT 1)) FOR NO KEY UPDATE \gset
SELECT * FROM work_queue WHERE complaint_id = :cid::uuid;
SELECT * FROM complaints WHERE id = :cid::uuid;
SELECT * FROM handling_steps WHERE complaint_id = :cid::uuid;
SELECT * FROM call_backs WHERE complaint_id = :cid::uuid ORDER BY id;
SELECT * FROM timeline_entries WHERE complaint_id = :cid::uuid ORDER BY id;
UPDATE complaints SET updated_at = now() WHERE id = :cid::uuid;
INSERT INTO timeline_entries (complaint_id, id, action, actor_kind, actor, after, happened_at) VALUES (:cid::uuid, gen_random_uuid(), 'note_written', 'staff', 'load', '{}', now());
INSERT INTO audit_events (id, happened_at, actor_kind, actor, actor_id, action, object_kind, object_id, fields, request_id, address) VALUES (gen_random_uuid(), now(), 'staff', 'load', gen_random_uuid(), 'complaint.taken', 'complaint', :cid::uuid, '{}', gen_random_uuid()::text, '127.0.0.1');
UPDATE work_queue SET entered_at = now() WHERE complaint_id = :cid::uuid;
SELECT * FROM complaint_statements WHERE complaint_id = :cid::uuid;
SELECT * FROM customer_type_changes WHERE complaint_id = :cid::uuid ORDER BY id;
SELECT * FROM closures WHERE complaint_id = :cid::uuid ORDER BY id;
SELECT count(*) FROM (SELECT 1 FROM work_queue WHERE owner IS NULL AND line = '00000000-0000-0000-0000-000000000000' AND reserved = FALSE LIMIT 1000) AS few;
COMMIT;
";

const QUEUE: &str = r"SELECT * FROM work_queue ORDER BY urgent_at, complaint_id LIMIT 51;
SELECT * FROM call_backs WHERE state = 'open' AND complaint_id = ANY (ARRAY(SELECT complaint_id FROM work_queue ORDER BY urgent_at, complaint_id LIMIT 50)) ORDER BY window_end, id;
SELECT * FROM complaints WHERE id = ANY (ARRAY(SELECT complaint_id FROM work_queue ORDER BY urgent_at, complaint_id LIMIT 50));
SELECT k.* FROM customers AS k JOIN complaints AS c ON c.customer_id = k.id WHERE c.id = ANY (ARRAY(SELECT complaint_id FROM work_queue ORDER BY urgent_at, complaint_id LIMIT 50));
";

/// Transactions a second of the statements of one request.
pub fn measure(cluster: &Cluster, kind: Kind, connections: usize, seconds: u64) -> f64 {
    let ask = |sql: &str| cluster.psql("hark", sql).unwrap_or_default();
    let disclose = |subjects: usize| {
        DISCLOSE
            .replace(
                "FIELDS",
                &format!("'{{\"complaints\": \"{}\"}}'", "x".repeat(39 * subjects)),
            )
            .replace("SUBJECTS", &subjects.to_string())
    };
    let one = match kind {
        Kind::Intake => {
            let texts = different_tokens(cluster);
            let of = |tokens: &str| {
                INTAKE
                    .replace("TOKENS", &tokens.replace('\'', "''"))
                    .replace("FIELDS", &format!("'{{\"after\": \"{}\"}}'", "x".repeat(300)))
            };
            return run(cluster, texts.lines().map(of), connections, seconds);
        }
        Kind::ReadOne => {
            let id = ask("SELECT id FROM complaints ORDER BY seq DESC LIMIT 1");
            READ_ONE.replace("ID", &id) + &disclose(1)
        }
        Kind::List => LIST.to_owned() + &disclose(50),
        Kind::TakeNext => TAKE_NEXT.to_owned(),
        Kind::Queue => QUEUE.to_owned() + &disclose(50),
        Kind::Search => {
            let seqs = ask(
                "SELECT string_agg(seq::text, ',') FROM (SELECT seq FROM complaints ORDER BY seq DESC LIMIT 51) AS s",
            );
            let block: i64 = ask("SELECT max(seq) >> 10 FROM complaints").parse().unwrap_or_default();
            let search = SEARCH.replace("SEQS", &seqs).replace("BLOCK", &block.to_string());
            search.replace("BEFORE", &(block - 1).to_string()) + &disclose(50)
        }
        Kind::Report => {
            // What the limit's own intake has appended adds nothing.
            ask("DELETE FROM report_deltas WHERE facts LIKE '[]%'");
            REPORT.to_owned()
        }
    };
    run(cluster, std::iter::once(one), connections, seconds)
}

/// The words of complaints about different things, as the load's are: a line each. Without their block: it is the one
/// of the row that is inserted, as the service writes it.
fn different_tokens(cluster: &Cluster) -> String {
    let sql = "SELECT DISTINCT ON (c.subject) ts_delete(s.tokens, '#' || (s.seq >> 10))
               FROM complaint_search AS s JOIN complaints AS c ON c.seq = s.seq
               WHERE c.seq > (SELECT max(seq) - 300 FROM complaints) ORDER BY c.subject LIMIT 12";
    cluster.psql("hark", sql).unwrap_or_default()
}

fn run(cluster: &Cluster, scripts: impl Iterator<Item = String>, connections: usize, seconds: u64) -> f64 {
    let files: Vec<_> = scripts
        .map(|script| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(script.as_bytes()).unwrap();
            file
        })
        .collect();
    let paths: Vec<&std::path::Path> = files.iter().map(tempfile::NamedTempFile::path).collect();
    cluster.pgbench(&paths, connections, seconds)
}
