-- What the model proposed for each complaint, and what the agents said.
CREATE TABLE typing_proposals (
    complaint_id BLOB NOT NULL PRIMARY KEY REFERENCES complaints (id),
    language TEXT NOT NULL,
    model_version TEXT NOT NULL,
    likeliest TEXT NOT NULL,
    second TEXT NOT NULL,
    confidence_permille INTEGER NOT NULL,
    confidence_bin INTEGER NOT NULL,
    unclear_permille INTEGER NOT NULL,
    abstained BOOLEAN NOT NULL,
    mode TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    first_type TEXT,
    agent_type TEXT,
    decided_at INTEGER,
    to_learn BOOLEAN NOT NULL,
    sample_key INTEGER NOT NULL
);
CREATE INDEX typing_proposals_to_learn ON typing_proposals (decided_at, complaint_id) WHERE to_learn;
CREATE INDEX typing_proposals_sample ON typing_proposals (language, sample_key) WHERE agent_type IS NOT NULL;
CREATE INDEX typing_proposals_by_time ON typing_proposals (proposed_at);

-- What was learnt, one row a version; one of them is live, or none.
CREATE TABLE typing_layers (
    version INTEGER NOT NULL PRIMARY KEY,
    edition INTEGER NOT NULL,
    state TEXT NOT NULL,
    lessons INTEGER NOT NULL,
    held_out INTEGER NOT NULL,
    right_before INTEGER NOT NULL,
    right_after INTEGER NOT NULL,
    weights BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    undone_by TEXT,
    undone_at INTEGER
);
CREATE UNIQUE INDEX typing_layers_one_live ON typing_layers (state) WHERE state = 'live';
