-- Roles of the installation's own; the built-in ones are in the program.
CREATE TABLE custom_roles (
    slug text PRIMARY KEY,
    name text NOT NULL,
    permissions jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);

CREATE TABLE staff_members (
    id uuid PRIMARY KEY,
    handle text NOT NULL,
    name text NOT NULL,
    email text,
    role text NOT NULL,
    language text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deactivated_at timestamptz,
    successor_id uuid REFERENCES staff_members (id),
    version integer NOT NULL
);
CREATE UNIQUE INDEX staff_members_handle ON staff_members (handle);
CREATE UNIQUE INDEX staff_members_email ON staff_members (email) WHERE email IS NOT NULL;
CREATE INDEX staff_members_by_role ON staff_members (role);

CREATE TABLE teams (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);
CREATE UNIQUE INDEX teams_name ON teams (name);

CREATE TABLE team_members (
    team_id uuid NOT NULL REFERENCES teams (id),
    staff_id uuid NOT NULL REFERENCES staff_members (id),
    leads boolean NOT NULL,
    PRIMARY KEY (team_id, staff_id)
);
CREATE INDEX team_members_by_staff ON team_members (staff_id, team_id);

-- What somebody handed over when they left: ids and states, no names and numbers, so that erasing a
-- customer need not look in here.
CREATE TABLE hand_overs (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff_members (id),
    successor_id uuid NOT NULL REFERENCES staff_members (id),
    reason text NOT NULL,
    brief jsonb NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX hand_overs_by_staff ON hand_overs (staff_id, id);

ALTER TABLE complaints ADD COLUMN team_id uuid REFERENCES teams (id);
CREATE INDEX complaints_by_team ON complaints (team_id, seq) WHERE team_id IS NOT NULL;
-- `state` leads for the reason told at call_backs_open.
CREATE INDEX call_backs_open_by_owner ON call_backs (state, owner, window_end, id) WHERE state = 'open';

ALTER TABLE service_tokens ADD COLUMN scopes jsonb;
ALTER TABLE service_tokens ADD COLUMN teams jsonb;
ALTER TABLE service_tokens ADD COLUMN last_used_at timestamptz;
-- After a rotation the secret before works until then.
ALTER TABLE service_tokens ADD COLUMN previous_hash bytea;
ALTER TABLE service_tokens ADD COLUMN previous_until timestamptz;
ALTER TABLE service_tokens ADD COLUMN version integer NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX service_tokens_previous_hash ON service_tokens (previous_hash) WHERE previous_hash IS NOT NULL;
