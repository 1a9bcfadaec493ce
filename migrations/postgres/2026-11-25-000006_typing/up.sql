-- What the model proposed for each complaint, and what the agents said.
CREATE TABLE typing_proposals (
    complaint_id uuid PRIMARY KEY REFERENCES complaints (id),
    language text NOT NULL,
    model_version text NOT NULL,
    likeliest text NOT NULL,
    second text NOT NULL,
    confidence_permille integer NOT NULL,
    confidence_bin integer NOT NULL,
    unclear_permille integer NOT NULL,
    abstained boolean NOT NULL,
    mode text NOT NULL,
    proposed_at timestamptz NOT NULL,
    first_type text,
    agent_type text,
    decided_at timestamptz,
    to_learn boolean NOT NULL,
    sample_key integer NOT NULL
);
CREATE INDEX typing_proposals_to_learn ON typing_proposals (decided_at, complaint_id) WHERE to_learn;
CREATE INDEX typing_proposals_sample ON typing_proposals (language, sample_key) WHERE agent_type IS NOT NULL;
CREATE INDEX typing_proposals_by_time ON typing_proposals (proposed_at);

-- What was learnt, one row a version; one of them is live, or none.
CREATE TABLE typing_layers (
    version integer PRIMARY KEY,
    edition integer NOT NULL,
    state text NOT NULL,
    lessons integer NOT NULL,
    held_out integer NOT NULL,
    right_before integer NOT NULL,
    right_after integer NOT NULL,
    weights bytea NOT NULL,
    created_at timestamptz NOT NULL,
    undone_by text,
    undone_at timestamptz
);
CREATE UNIQUE INDEX typing_layers_one_live ON typing_layers (state) WHERE state = 'live';
