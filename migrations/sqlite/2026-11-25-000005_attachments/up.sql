-- Files that belong to a complaint: what they are. Their content lies in the object store, under
-- COMPLAINT/ATTACHMENT.
CREATE TABLE attachments (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    scan TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    added_by_kind TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at INTEGER NOT NULL
);
CREATE INDEX attachments_by_complaint ON attachments (complaint_id, id);
CREATE INDEX attachments_quarantined ON attachments (id) WHERE scan = 'quarantined';

-- Objects whose row is gone; a job deletes them from the object store.
CREATE TABLE discarded_objects (
    object_key TEXT NOT NULL PRIMARY KEY,
    discarded_at INTEGER NOT NULL
);

-- Challenges of the public form that were used, until they have expired.
CREATE TABLE spent_challenges (
    nonce_hash BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
);
CREATE INDEX spent_challenges_by_end ON spent_challenges (expires_at);
