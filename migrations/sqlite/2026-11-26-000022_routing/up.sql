-- The rules by which complaints come to teams. Rows are only ever added: a complaint says under which version it was
-- routed.
CREATE TABLE routing_versions (
    version INTEGER NOT NULL PRIMARY KEY,
    rules TEXT NOT NULL CHECK (json_valid(rules)),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
);

-- One row: which version is in force.
CREATE TABLE routing_state (
    id INTEGER NOT NULL PRIMARY KEY,
    active_version INTEGER,
    revision INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- Which version was in force from when; no version: none. Rows are only ever added.
CREATE TABLE routing_turns (
    id BLOB NOT NULL PRIMARY KEY,
    version INTEGER,
    turned_at INTEGER NOT NULL,
    turned_by TEXT NOT NULL
);

-- What the rules said of a complaint when it was last routed.
CREATE TABLE complaint_routings (
    complaint_id BLOB NOT NULL PRIMARY KEY REFERENCES complaints (id),
    version INTEGER NOT NULL,
    rule TEXT NOT NULL,
    needs TEXT NOT NULL,
    within_minutes INTEGER,
    routed_at INTEGER NOT NULL
);
