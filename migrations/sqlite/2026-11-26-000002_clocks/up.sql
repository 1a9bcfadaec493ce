CREATE TABLE sla_policies (
    slug TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    active_version INTEGER,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- Rows are only ever added: a clock says under which version it runs.
CREATE TABLE sla_policy_versions (
    slug TEXT NOT NULL REFERENCES sla_policies (slug),
    version INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (slug, version)
);

-- Which version was in force from when; no version: none. Rows are only ever added.
CREATE TABLE sla_policy_turns (
    id BLOB NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER,
    turned_at INTEGER NOT NULL,
    turned_by TEXT NOT NULL,
    FOREIGN KEY (slug, version) REFERENCES sla_policy_versions (slug, version)
);
CREATE INDEX sla_policy_turns_by_time ON sla_policy_turns (turned_at, id);

-- One row, drawn anew with every change of what clocks go by; none until a policy comes into force.
CREATE TABLE sla_stamp (
    id INTEGER NOT NULL PRIMARY KEY,
    stamp BLOB NOT NULL
);

CREATE TABLE complaint_clocks (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    policy TEXT NOT NULL,
    policy_version INTEGER NOT NULL,
    metric TEXT NOT NULL,
    kind TEXT NOT NULL,
    regulatory BOOLEAN NOT NULL,
    cycle INTEGER NOT NULL,
    call_back_id BLOB REFERENCES call_backs (id),
    calendar TEXT,
    calendar_version INTEGER,
    started_at INTEGER NOT NULL,
    due_at INTEGER,
    state TEXT NOT NULL,
    breached_at INTEGER,
    ended_at INTEGER,
    next_at INTEGER,
    UNIQUE (complaint_id, policy, metric, cycle)
    -- No foreign key to the policy's version, which is never deleted: every arrival would lock the same row.
);
CREATE INDEX complaint_clocks_watched ON complaint_clocks (next_at, id) WHERE next_at IS NOT NULL;

CREATE TABLE clock_signals (
    clock_id BLOB NOT NULL REFERENCES complaint_clocks (id),
    kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    fired_at INTEGER NOT NULL,
    -- Each is given once, however many processes look.
    PRIMARY KEY (clock_id, kind, level)
);

ALTER TABLE complaints ADD COLUMN next_due_at INTEGER;
UPDATE complaints SET next_due_at = call_back_due_at WHERE call_back_due_at IS NOT NULL;
CREATE INDEX complaints_by_due ON complaints (next_due_at, seq) WHERE next_due_at IS NOT NULL;
