-- The same actions on many complaints, done by the worker, one complaint after the other.
CREATE TABLE bulk_actions (
    id uuid PRIMARY KEY,
    state text NOT NULL,
    actions jsonb NOT NULL,
    requested_by text NOT NULL,
    principal_kind text NOT NULL,
    principal_id uuid NOT NULL,
    request_id text,
    total integer NOT NULL,
    next integer NOT NULL,
    done integer NOT NULL,
    unchanged integer NOT NULL,
    refused integer NOT NULL,
    failed integer NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    touched_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX bulk_actions_state ON bulk_actions (state, touched_at);
CREATE INDEX bulk_actions_requested_by ON bulk_actions (requested_by, id);

-- Each complaint of a bulk action, and what became of it.
CREATE TABLE bulk_items (
    bulk_id uuid NOT NULL REFERENCES bulk_actions (id),
    n integer NOT NULL,
    complaint_id uuid NOT NULL,
    outcome text NOT NULL,
    code text,
    done_at timestamptz,
    PRIMARY KEY (bulk_id, n)
);
