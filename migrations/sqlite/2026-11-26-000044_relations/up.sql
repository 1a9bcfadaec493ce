-- What complaints have to do with each other; `child`: the first is part of the second.
CREATE TABLE complaint_relations (
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    other_id BLOB NOT NULL REFERENCES complaints (id),
    kind TEXT NOT NULL,
    reason TEXT,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (complaint_id, other_id)
);
CREATE INDEX complaint_relations_other ON complaint_relations (other_id, kind);

-- That a complaint was merged into another; undone or not.
CREATE TABLE complaint_merges (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    survivor_id BLOB NOT NULL REFERENCES complaints (id),
    original_before BLOB,
    reason TEXT NOT NULL,
    merged_at INTEGER NOT NULL,
    merged_by TEXT NOT NULL,
    undone_at INTEGER,
    undone_by TEXT,
    undone_reason TEXT
);
CREATE UNIQUE INDEX complaint_merges_standing ON complaint_merges (complaint_id) WHERE undone_at IS NULL;
CREATE INDEX complaint_merges_survivor ON complaint_merges (survivor_id);
