-- What somebody has typed and not saved yet. `about` is the complaint, zeroes for none: what is NULL cannot be part of
-- a key.
CREATE TABLE drafts (
    about uuid NOT NULL,
    kind text NOT NULL,
    who uuid NOT NULL,
    customer_id uuid,
    typed text NOT NULL,
    based_on integer,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (about, kind, who)
);
CREATE INDEX drafts_by_who ON drafts (who, updated_at);
CREATE INDEX drafts_by_customer ON drafts (customer_id) WHERE customer_id IS NOT NULL;
