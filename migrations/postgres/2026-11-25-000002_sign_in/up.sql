CREATE TABLE staff_credentials (
    staff_id uuid PRIMARY KEY REFERENCES staff_members (id),
    password_hash text,
    password_set_at timestamptz,
    -- Sealed with a key that is not in the database.
    totp_sealed bytea,
    -- Not set: the person has yet to show that their app makes the right codes.
    totp_confirmed_at timestamptz,
    -- The time step of the last code that was taken: it and those before are spent.
    totp_last_step bigint
);

CREATE TABLE recovery_codes (
    staff_id uuid NOT NULL REFERENCES staff_members (id),
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (staff_id, code_hash)
);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff_members (id),
    secret_hash bytea NOT NULL,
    method text NOT NULL,
    address text,
    user_agent text,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX sessions_secret_hash ON sessions (secret_hash);
CREATE INDEX sessions_by_staff ON sessions (staff_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE staff_invitations (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff_members (id),
    token_hash bytea NOT NULL,
    purpose text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX staff_invitations_staff ON staff_invitations (staff_id);
CREATE UNIQUE INDEX staff_invitations_token_hash ON staff_invitations (token_hash);

CREATE TABLE staff_identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    staff_id uuid NOT NULL REFERENCES staff_members (id),
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX staff_identities_by_staff ON staff_identities (staff_id);

-- The key is a keyed hash: neither handles nor addresses can be read from it.
CREATE TABLE sign_in_failures (
    key_hash bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_failed_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_failed_at);
