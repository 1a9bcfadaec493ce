CREATE TABLE staff_credentials (
    staff_id BLOB NOT NULL PRIMARY KEY REFERENCES staff_members (id),
    password_hash TEXT,
    password_set_at INTEGER,
    -- Sealed with a key that is not in the database.
    totp_sealed BLOB,
    -- Not set: the person has yet to show that their app makes the right codes.
    totp_confirmed_at INTEGER,
    -- The time step of the last code that was taken: it and those before are spent.
    totp_last_step BIGINT
);

CREATE TABLE recovery_codes (
    staff_id BLOB NOT NULL REFERENCES staff_members (id),
    code_hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (staff_id, code_hash)
);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES staff_members (id),
    secret_hash BLOB NOT NULL,
    method TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX sessions_secret_hash ON sessions (secret_hash);
CREATE INDEX sessions_by_staff ON sessions (staff_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE staff_invitations (
    id BLOB NOT NULL PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES staff_members (id),
    token_hash BLOB NOT NULL,
    purpose TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX staff_invitations_staff ON staff_invitations (staff_id);
CREATE UNIQUE INDEX staff_invitations_token_hash ON staff_invitations (token_hash);

CREATE TABLE staff_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    staff_id BLOB NOT NULL REFERENCES staff_members (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX staff_identities_by_staff ON staff_identities (staff_id);

-- The key is a keyed hash: neither handles nor addresses can be read from it.
CREATE TABLE sign_in_failures (
    key_hash BLOB NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_failed_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_failed_at);
