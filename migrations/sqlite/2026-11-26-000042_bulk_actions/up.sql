-- The same actions on many complaints, done by the worker, one complaint after the other.
CREATE TABLE bulk_actions (
    id BLOB NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    actions TEXT NOT NULL CHECK (json_valid(actions)),
    requested_by TEXT NOT NULL,
    principal_kind TEXT NOT NULL,
    principal_id BLOB NOT NULL,
    request_id TEXT,
    total INTEGER NOT NULL,
    next INTEGER NOT NULL,
    done INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    touched_at INTEGER NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX bulk_actions_state ON bulk_actions (state, touched_at);
CREATE INDEX bulk_actions_requested_by ON bulk_actions (requested_by, id);

-- Each complaint of a bulk action, and what became of it.
CREATE TABLE bulk_items (
    bulk_id BLOB NOT NULL REFERENCES bulk_actions (id),
    n INTEGER NOT NULL,
    complaint_id BLOB NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT,
    done_at INTEGER,
    PRIMARY KEY (bulk_id, n)
);
