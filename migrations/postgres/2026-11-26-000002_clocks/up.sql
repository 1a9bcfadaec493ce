CREATE TABLE sla_policies (
    slug text PRIMARY KEY,
    version integer NOT NULL,
    active_version integer,
    revision integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Rows are only ever added: a clock says under which version it runs.
CREATE TABLE sla_policy_versions (
    slug text NOT NULL REFERENCES sla_policies (slug),
    version integer NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (slug, version)
);

-- Which version was in force from when; no version: none. Rows are only ever added.
CREATE TABLE sla_policy_turns (
    id uuid PRIMARY KEY,
    slug text NOT NULL,
    version integer,
    turned_at timestamptz NOT NULL,
    turned_by text NOT NULL,
    FOREIGN KEY (slug, version) REFERENCES sla_policy_versions (slug, version)
);
CREATE INDEX sla_policy_turns_by_time ON sla_policy_turns (turned_at, id);

-- One row, drawn anew with every change of what clocks go by; none until a policy comes into force.
CREATE TABLE sla_stamp (
    id integer PRIMARY KEY,
    stamp uuid NOT NULL
);

CREATE TABLE complaint_clocks (
    id uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    policy text NOT NULL,
    policy_version integer NOT NULL,
    metric text NOT NULL,
    kind text NOT NULL,
    regulatory boolean NOT NULL,
    cycle integer NOT NULL,
    call_back_id uuid REFERENCES call_backs (id),
    calendar text,
    calendar_version integer,
    started_at timestamptz NOT NULL,
    due_at timestamptz,
    state text NOT NULL,
    breached_at timestamptz,
    ended_at timestamptz,
    next_at timestamptz,
    UNIQUE (complaint_id, policy, metric, cycle)
    -- No foreign key to the policy's version, which is never deleted: every arrival would lock the same row.
);
CREATE INDEX complaint_clocks_watched ON complaint_clocks (next_at, id) WHERE next_at IS NOT NULL;

CREATE TABLE clock_signals (
    clock_id uuid NOT NULL REFERENCES complaint_clocks (id),
    kind text NOT NULL,
    level integer NOT NULL,
    due_at timestamptz NOT NULL,
    fired_at timestamptz NOT NULL,
    -- Each is given once, however many processes look.
    PRIMARY KEY (clock_id, kind, level)
);

ALTER TABLE complaints ADD COLUMN next_due_at timestamptz;
UPDATE complaints SET next_due_at = call_back_due_at WHERE call_back_due_at IS NOT NULL;
CREATE INDEX complaints_by_due ON complaints (next_due_at, seq) WHERE next_due_at IS NOT NULL;
