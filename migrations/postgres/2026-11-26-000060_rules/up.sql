-- Rules on events and on time. Versions are only ever added: a firing says under which one it happened.
CREATE TABLE rule_versions (
    version integer PRIMARY KEY,
    rules jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);

-- One row: which version is in force; a stamp that is drawn anew whenever what is in force changes; and how far open
-- complaints have been walked through to set the timers of the rules on time.
CREATE TABLE rule_state (
    id integer PRIMARY KEY,
    active_version integer,
    revision integer NOT NULL,
    updated_at timestamptz NOT NULL,
    stamp uuid NOT NULL,
    walking boolean NOT NULL,
    walked_to uuid
);

-- Which version was in force from when; no version: none. Rows are only ever added.
CREATE TABLE rule_turns (
    id uuid PRIMARY KEY,
    version integer,
    turned_at timestamptz NOT NULL,
    turned_by text NOT NULL
);

-- What happened to complaints and is still to be looked at: written in the transaction of the change, under the id of
-- its entry in the timeline, and deleted in the transaction of what followed from it.
CREATE TABLE rule_events (
    id uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    told jsonb NOT NULL,
    chain jsonb NOT NULL,
    happened_at timestamptz NOT NULL,
    tries integer NOT NULL,
    next_at timestamptz NOT NULL
);

CREATE INDEX rule_events_waiting ON rule_events (next_at, id);

-- When a rule on time comes due for a complaint. Without a next moment it was looked at, and waits for a change.
CREATE TABLE rule_timers (
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    rule text NOT NULL,
    since_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    next_at timestamptz,
    fired_at timestamptz,
    tries integer NOT NULL,
    PRIMARY KEY (complaint_id, rule)
);

CREATE INDEX rule_timers_watched ON rule_timers (next_at, complaint_id) WHERE next_at IS NOT NULL;

-- What rules did, and why. The occasion is what they fired on: an entry of the timeline, or the moment since which they
-- count; once each.
CREATE TABLE rule_firings (
    id uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    rule text NOT NULL,
    version integer NOT NULL,
    occasion text NOT NULL,
    event text NOT NULL,
    happened_at timestamptz NOT NULL,
    fired_at timestamptz NOT NULL,
    outcome text NOT NULL,
    messages integer NOT NULL,
    told jsonb NOT NULL
);

CREATE UNIQUE INDEX rule_firings_once ON rule_firings (complaint_id, rule, occasion);
CREATE INDEX rule_firings_of_complaint ON rule_firings (complaint_id, fired_at);
CREATE INDEX rule_firings_of_rule ON rule_firings (rule, id);
