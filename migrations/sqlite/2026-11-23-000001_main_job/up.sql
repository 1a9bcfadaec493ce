CREATE TABLE customers (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    preferred_language TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    tier TEXT NOT NULL,
    preferred_medium TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX customers_by_creation ON customers (created_at, id);

CREATE TABLE contact_points (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    entered_as TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (value, kind)
);
CREATE INDEX contact_points_by_customer ON contact_points (customer_id);

CREATE TABLE complaints (
    id BLOB NOT NULL UNIQUE,
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    ball_with TEXT NOT NULL,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    on_behalf_of TEXT,
    subject TEXT NOT NULL,
    category TEXT NOT NULL,
    language TEXT NOT NULL,
    customer_type TEXT NOT NULL,
    severity TEXT NOT NULL,
    owner TEXT,
    round INTEGER NOT NULL,
    ever_waited BOOLEAN NOT NULL,
    step TEXT,
    call_back_due_at INTEGER,
    received_at INTEGER NOT NULL,
    first_expressed_at INTEGER NOT NULL,
    logged_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER,
    decision TEXT,
    on_the_spot BOOLEAN NOT NULL,
    reopened_count INTEGER NOT NULL,
    duplicate_of BLOB REFERENCES complaints (id),
    tracking_hash BLOB,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX complaints_reference ON complaints (reference);
CREATE UNIQUE INDEX complaints_tracking_hash ON complaints (tracking_hash) WHERE tracking_hash IS NOT NULL;
CREATE INDEX complaints_by_customer ON complaints (customer_id, seq);
CREATE INDEX complaints_by_state ON complaints (state, seq);
CREATE INDEX complaints_by_type ON complaints (customer_type, seq);
CREATE INDEX complaints_by_category ON complaints (category, seq);
CREATE INDEX complaints_by_channel ON complaints (channel, seq);
CREATE INDEX complaints_by_call_back ON complaints (call_back_due_at, seq) WHERE call_back_due_at IS NOT NULL;
CREATE INDEX complaints_by_owner ON complaints (owner, seq) WHERE owner IS NOT NULL;

CREATE TABLE complaint_statements (
    complaint_id BLOB NOT NULL PRIMARY KEY REFERENCES complaints (id),
    statement TEXT NOT NULL,
    facts TEXT NOT NULL CHECK (json_valid(facts)),
    opinions TEXT NOT NULL CHECK (json_valid(opinions)),
    product TEXT,
    order_ref TEXT,
    incident_at INTEGER,
    desired_remedy TEXT,
    safety BOOLEAN NOT NULL,
    complexity TEXT NOT NULL,
    impact TEXT NOT NULL,
    immediate_action BOOLEAN NOT NULL,
    preferred_medium TEXT,
    preferred_time TEXT,
    external_ref TEXT,
    given_contact TEXT NOT NULL CHECK (json_valid(given_contact))
);
CREATE INDEX complaint_statements_by_external_ref ON complaint_statements (external_ref) WHERE external_ref IS NOT NULL;

-- Contentless: the words are found here, the text lives in complaints. The row id is complaints.seq.
CREATE VIRTUAL TABLE complaint_search USING fts5 (
    tokens,
    content = '',
    contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0"
);

CREATE TABLE handling_steps (
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    round INTEGER NOT NULL,
    step TEXT NOT NULL,
    recorded TEXT CHECK (json_valid(recorded)),
    skip_reason TEXT,
    skip_note TEXT,
    agent TEXT NOT NULL,
    done_at INTEGER NOT NULL,
    amended_at INTEGER,
    PRIMARY KEY (complaint_id, round, step)
);

CREATE TABLE customer_type_changes (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    customer_type TEXT NOT NULL,
    note TEXT,
    agent TEXT NOT NULL,
    changed_at INTEGER NOT NULL
);
CREATE INDEX customer_type_changes_by_complaint ON customer_type_changes (complaint_id, id);

CREATE TABLE call_backs (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    window_start INTEGER NOT NULL,
    window_end INTEGER NOT NULL,
    time_zone TEXT NOT NULL,
    number TEXT NOT NULL,
    owner TEXT NOT NULL,
    note TEXT,
    round INTEGER NOT NULL,
    promised_by TEXT NOT NULL,
    promised_at INTEGER NOT NULL,
    rescheduled_from BLOB REFERENCES call_backs (id),
    changed_by TEXT,
    change_reason TEXT,
    first_attempt_at INTEGER,
    attempts INTEGER NOT NULL,
    outcome TEXT,
    settled_at INTEGER,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX call_backs_one_open_per_purpose ON call_backs (complaint_id, purpose) WHERE state = 'open';
CREATE INDEX call_backs_by_complaint ON call_backs (complaint_id, id);
-- `state` leads, though it says nothing: without it SQLite prefers call_backs_by_state, and sorts.
CREATE INDEX call_backs_open ON call_backs (state, window_end, id) WHERE state = 'open';
CREATE INDEX call_backs_by_state ON call_backs (state, id);

CREATE TABLE call_back_attempts (
    id BLOB NOT NULL PRIMARY KEY,
    call_back_id BLOB NOT NULL REFERENCES call_backs (id),
    result TEXT NOT NULL,
    satisfied BOOLEAN,
    note TEXT,
    recording_ref TEXT,
    agent TEXT NOT NULL,
    attempted_at INTEGER NOT NULL
);
CREATE INDEX call_back_attempts_by_call_back ON call_back_attempts (call_back_id, id);

CREATE TABLE closures (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    round INTEGER NOT NULL,
    decision TEXT NOT NULL,
    decision_reason TEXT NOT NULL,
    ground TEXT NOT NULL,
    redress_type TEXT,
    redress_minor_units INTEGER,
    redress_currency TEXT,
    redress_status TEXT,
    cause_category TEXT,
    root_cause TEXT,
    on_the_spot BOOLEAN NOT NULL,
    closed_by TEXT NOT NULL,
    closed_at INTEGER NOT NULL
);
CREATE INDEX closures_by_complaint ON closures (complaint_id, id);

CREATE TABLE timeline_entries (
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    id BLOB NOT NULL,
    action TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    before TEXT CHECK (json_valid(before)),
    after TEXT CHECK (json_valid(after)),
    request_id TEXT,
    happened_at INTEGER NOT NULL,
    PRIMARY KEY (complaint_id, id)
);

CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    direction TEXT NOT NULL,
    body TEXT NOT NULL,
    author TEXT NOT NULL,
    written_at INTEGER NOT NULL
);
CREATE INDEX messages_by_complaint ON messages (complaint_id, id);

CREATE TABLE state_tallies (
    state TEXT NOT NULL,
    slot INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (state, slot)
);

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    created_at INTEGER NOT NULL,
    next_try_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    last_error TEXT,
    done_at INTEGER
);
CREATE INDEX outbox_pending ON outbox (next_try_at, id) WHERE done_at IS NULL;

CREATE TABLE idempotency_keys (
    key_hash BLOB NOT NULL PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    sealed_answer BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

CREATE TABLE service_tokens (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
);
CREATE UNIQUE INDEX service_tokens_name ON service_tokens (name);
CREATE UNIQUE INDEX service_tokens_token_hash ON service_tokens (token_hash);

CREATE TABLE job_leases (
    job TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL
);
