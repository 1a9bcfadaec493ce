ALTER TABLE customers ADD COLUMN privacy text NOT NULL DEFAULT 'active';
ALTER TABLE customers ADD COLUMN privacy_since timestamptz;

ALTER TABLE messages ADD COLUMN not_sent text;

-- Whose notice it is, so that it can be stopped, shown and forgotten without reading every payload.
ALTER TABLE outbox ADD COLUMN complaint_id uuid;
UPDATE outbox SET complaint_id = (payload ->> 'complaint_id')::uuid;
CREATE INDEX outbox_by_complaint ON outbox (complaint_id) WHERE complaint_id IS NOT NULL;

-- What a kept answer is about: the id of the thing, or the hash of the private link.
ALTER TABLE idempotency_keys ADD COLUMN subject bytea;
CREATE INDEX idempotency_keys_by_subject ON idempotency_keys (subject) WHERE subject IS NOT NULL;

-- Complaints whose personal content is gone. The row is also what keeps them from being changed.
CREATE TABLE anonymised_complaints (
    complaint_id uuid PRIMARY KEY REFERENCES complaints (id),
    anonymised_at timestamptz NOT NULL
);
CREATE INDEX complaints_by_closing ON complaints (kind, closed_at, seq) WHERE closed_at IS NOT NULL;

CREATE TABLE consents (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    purpose text NOT NULL,
    given boolean NOT NULL,
    source text NOT NULL,
    wording text,
    evidence_ref text,
    note text,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX consents_by_customer ON consents (customer_id, id);

CREATE TABLE legal_holds (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    complaint_id uuid REFERENCES complaints (id),
    reason text NOT NULL,
    until timestamptz,
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL,
    lifted_by text,
    lifted_at timestamptz
);
CREATE INDEX legal_holds_by_customer ON legal_holds (customer_id, id);

CREATE TABLE privacy_events (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers (id),
    complaint_id uuid REFERENCES complaints (id),
    action text NOT NULL,
    legal_basis text,
    reason text,
    actor_kind text NOT NULL,
    actor text NOT NULL,
    happened_at timestamptz NOT NULL
);
CREATE INDEX privacy_events_by_customer ON privacy_events (customer_id, id);

CREATE TABLE retention_rules (
    version integer PRIMARY KEY,
    rules jsonb NOT NULL,
    active boolean NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    dry_run_at timestamptz,
    dry_run jsonb
);

CREATE TABLE retention_runs (
    id uuid PRIMARY KEY,
    rules_version integer NOT NULL REFERENCES retention_rules (version),
    day text NOT NULL,
    complaints integer NOT NULL,
    customers integer NOT NULL,
    kept integer NOT NULL,
    finished boolean NOT NULL,
    started_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX retention_runs_day ON retention_runs (day);

-- Words of erased complaints that the index still has to forget (SQLite merges them away, step by step).
CREATE TABLE word_purges (
    id uuid PRIMARY KEY,
    asked_at timestamptz NOT NULL
);
