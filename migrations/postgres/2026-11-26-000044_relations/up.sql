-- What complaints have to do with each other; `child`: the first is part of the second.
CREATE TABLE complaint_relations (
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    other_id uuid NOT NULL REFERENCES complaints (id),
    kind text NOT NULL,
    reason text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (complaint_id, other_id)
);
CREATE INDEX complaint_relations_other ON complaint_relations (other_id, kind);

-- That a complaint was merged into another; undone or not.
CREATE TABLE complaint_merges (
    id uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    survivor_id uuid NOT NULL REFERENCES complaints (id),
    original_before uuid,
    reason text NOT NULL,
    merged_at timestamptz NOT NULL,
    merged_by text NOT NULL,
    undone_at timestamptz,
    undone_by text,
    undone_reason text
);
CREATE UNIQUE INDEX complaint_merges_standing ON complaint_merges (complaint_id) WHERE undone_at IS NULL;
CREATE INDEX complaint_merges_survivor ON complaint_merges (survivor_id);
