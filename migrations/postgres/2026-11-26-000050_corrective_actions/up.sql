-- What is done about a root cause. Texts are of the desk, not of customers; days are numbers since 1 January 1970.
CREATE TABLE corrective_actions (
    id uuid PRIMARY KEY,
    state text NOT NULL,
    cause text NOT NULL,
    category text,
    title text NOT NULL,
    description text,
    owner text NOT NULL,
    due_day integer NOT NULL,
    effective_day integer,
    window_days integer NOT NULL,
    closing_note text,
    closed_by text,
    closed_at timestamptz,
    helped text,
    verification text,
    verified_by text,
    verified_at timestamptz,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE INDEX corrective_actions_by_state ON corrective_actions (state, due_day, id);
CREATE INDEX corrective_actions_by_owner ON corrective_actions (owner, state, id);

-- The complaints that an action is about.
CREATE TABLE corrective_action_complaints (
    action_id uuid NOT NULL REFERENCES corrective_actions (id),
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    linked_by text NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (action_id, complaint_id)
);
CREATE INDEX corrective_action_complaints_by_complaint ON corrective_action_complaints (complaint_id, action_id);
