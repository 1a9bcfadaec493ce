-- The rules by which complaints come to teams. Rows are only ever added: a complaint says under which version it was
-- routed.
CREATE TABLE routing_versions (
    version integer PRIMARY KEY,
    rules jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);

-- One row: which version is in force.
CREATE TABLE routing_state (
    id integer PRIMARY KEY,
    active_version integer,
    revision integer NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Which version was in force from when; no version: none. Rows are only ever added.
CREATE TABLE routing_turns (
    id uuid PRIMARY KEY,
    version integer,
    turned_at timestamptz NOT NULL,
    turned_by text NOT NULL
);

-- What the rules said of a complaint when it was last routed.
CREATE TABLE complaint_routings (
    complaint_id uuid PRIMARY KEY REFERENCES complaints (id),
    version integer NOT NULL,
    rule text NOT NULL,
    needs text NOT NULL,
    within_minutes integer,
    routed_at timestamptz NOT NULL
);
