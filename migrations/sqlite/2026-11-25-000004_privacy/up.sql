ALTER TABLE customers ADD COLUMN privacy TEXT NOT NULL DEFAULT 'active';
ALTER TABLE customers ADD COLUMN privacy_since INTEGER;

ALTER TABLE messages ADD COLUMN not_sent TEXT;

-- Whose notice it is, so that it can be stopped, shown and forgotten without reading every payload.
ALTER TABLE outbox ADD COLUMN complaint_id BLOB;
UPDATE outbox SET complaint_id = unhex(replace(json_extract(payload, '$.complaint_id'), '-', ''));
CREATE INDEX outbox_by_complaint ON outbox (complaint_id) WHERE complaint_id IS NOT NULL;

-- What a kept answer is about: the id of the thing, or the hash of the private link.
ALTER TABLE idempotency_keys ADD COLUMN subject BLOB;
CREATE INDEX idempotency_keys_by_subject ON idempotency_keys (subject) WHERE subject IS NOT NULL;

-- Complaints whose personal content is gone. The row is also what keeps them from being changed.
CREATE TABLE anonymised_complaints (
    complaint_id BLOB NOT NULL PRIMARY KEY REFERENCES complaints (id),
    anonymised_at INTEGER NOT NULL
);
CREATE INDEX complaints_by_closing ON complaints (kind, closed_at, seq) WHERE closed_at IS NOT NULL;

CREATE TABLE consents (
    id BLOB NOT NULL PRIMARY KEY,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    purpose TEXT NOT NULL,
    given BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    wording TEXT,
    evidence_ref TEXT,
    note TEXT,
    recorded_by TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
);
CREATE INDEX consents_by_customer ON consents (customer_id, id);

CREATE TABLE legal_holds (
    id BLOB NOT NULL PRIMARY KEY,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    complaint_id BLOB REFERENCES complaints (id),
    reason TEXT NOT NULL,
    until INTEGER,
    placed_by TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    lifted_by TEXT,
    lifted_at INTEGER
);
CREATE INDEX legal_holds_by_customer ON legal_holds (customer_id, id);

CREATE TABLE privacy_events (
    id BLOB NOT NULL PRIMARY KEY,
    customer_id BLOB NOT NULL REFERENCES customers (id),
    complaint_id BLOB REFERENCES complaints (id),
    action TEXT NOT NULL,
    legal_basis TEXT,
    reason TEXT,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    happened_at INTEGER NOT NULL
);
CREATE INDEX privacy_events_by_customer ON privacy_events (customer_id, id);

CREATE TABLE retention_rules (
    version INTEGER NOT NULL PRIMARY KEY,
    rules TEXT NOT NULL CHECK (json_valid(rules)),
    active BOOLEAN NOT NULL,
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    dry_run_at INTEGER,
    dry_run TEXT CHECK (json_valid(dry_run))
);

CREATE TABLE retention_runs (
    id BLOB NOT NULL PRIMARY KEY,
    rules_version INTEGER NOT NULL REFERENCES retention_rules (version),
    day TEXT NOT NULL,
    complaints INTEGER NOT NULL,
    customers INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    finished BOOLEAN NOT NULL,
    started_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX retention_runs_day ON retention_runs (day);

-- Words of erased complaints that the index still has to forget (SQLite merges them away, step by step).
CREATE TABLE word_purges (
    id BLOB NOT NULL PRIMARY KEY,
    asked_at INTEGER NOT NULL
);
