-- What somebody has typed and not saved yet. `about` is the complaint, zeroes for none: what is NULL cannot be part of
-- a key.
CREATE TABLE drafts (
    about BLOB NOT NULL,
    kind TEXT NOT NULL,
    who BLOB NOT NULL,
    customer_id BLOB,
    typed TEXT NOT NULL,
    based_on INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (about, kind, who)
);
CREATE INDEX drafts_by_who ON drafts (who, updated_at);
CREATE INDEX drafts_by_customer ON drafts (customer_id) WHERE customer_id IS NOT NULL;
