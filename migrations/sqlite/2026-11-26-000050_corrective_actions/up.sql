-- What is done about a root cause. Texts are of the desk, not of customers; days are numbers since 1 January 1970.
CREATE TABLE corrective_actions (
    id BLOB NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    cause TEXT NOT NULL,
    category TEXT,
    title TEXT NOT NULL,
    description TEXT,
    owner TEXT NOT NULL,
    due_day INTEGER NOT NULL,
    effective_day INTEGER,
    window_days INTEGER NOT NULL,
    closing_note TEXT,
    closed_by TEXT,
    closed_at INTEGER,
    helped TEXT,
    verification TEXT,
    verified_by TEXT,
    verified_at INTEGER,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX corrective_actions_by_state ON corrective_actions (state, due_day, id);
CREATE INDEX corrective_actions_by_owner ON corrective_actions (owner, state, id);

-- The complaints that an action is about.
CREATE TABLE corrective_action_complaints (
    action_id BLOB NOT NULL REFERENCES corrective_actions (id),
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    linked_by TEXT NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (action_id, complaint_id)
);
CREATE INDEX corrective_action_complaints_by_complaint ON corrective_action_complaints (complaint_id, action_id);
