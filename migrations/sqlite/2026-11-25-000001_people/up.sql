-- Roles of the installation's own; the built-in ones are in the program.
CREATE TABLE custom_roles (
    slug TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    permissions TEXT NOT NULL CHECK (json_valid(permissions)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE staff_members (
    id BLOB NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deactivated_at INTEGER,
    successor_id BLOB REFERENCES staff_members (id),
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX staff_members_handle ON staff_members (handle);
CREATE UNIQUE INDEX staff_members_email ON staff_members (email) WHERE email IS NOT NULL;
CREATE INDEX staff_members_by_role ON staff_members (role);

CREATE TABLE teams (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX teams_name ON teams (name);

CREATE TABLE team_members (
    team_id BLOB NOT NULL REFERENCES teams (id),
    staff_id BLOB NOT NULL REFERENCES staff_members (id),
    leads BOOLEAN NOT NULL,
    PRIMARY KEY (team_id, staff_id)
);
CREATE INDEX team_members_by_staff ON team_members (staff_id, team_id);

-- What somebody handed over when they left: ids and states, no names and numbers, so that erasing a
-- customer need not look in here.
CREATE TABLE hand_overs (
    id BLOB NOT NULL PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES staff_members (id),
    successor_id BLOB NOT NULL REFERENCES staff_members (id),
    reason TEXT NOT NULL,
    brief TEXT NOT NULL CHECK (json_valid(brief)),
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL
);
CREATE INDEX hand_overs_by_staff ON hand_overs (staff_id, id);

ALTER TABLE complaints ADD COLUMN team_id BLOB REFERENCES teams (id);
CREATE INDEX complaints_by_team ON complaints (team_id, seq) WHERE team_id IS NOT NULL;
-- `state` leads for the reason told at call_backs_open.
CREATE INDEX call_backs_open_by_owner ON call_backs (state, owner, window_end, id) WHERE state = 'open';

ALTER TABLE service_tokens ADD COLUMN scopes TEXT CHECK (json_valid(scopes));
ALTER TABLE service_tokens ADD COLUMN teams TEXT CHECK (json_valid(teams));
ALTER TABLE service_tokens ADD COLUMN last_used_at INTEGER;
-- After a rotation the secret before works until then.
ALTER TABLE service_tokens ADD COLUMN previous_hash BLOB;
ALTER TABLE service_tokens ADD COLUMN previous_until INTEGER;
ALTER TABLE service_tokens ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX service_tokens_previous_hash ON service_tokens (previous_hash) WHERE previous_hash IS NOT NULL;
