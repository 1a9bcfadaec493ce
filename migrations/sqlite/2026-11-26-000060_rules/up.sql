-- Rules on events and on time. Versions are only ever added: a firing says under which one it happened.
CREATE TABLE rule_versions (
    version INTEGER NOT NULL PRIMARY KEY,
    rules TEXT NOT NULL CHECK (json_valid(rules)),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
);

-- One row: which version is in force; a stamp that is drawn anew whenever what is in force changes; and how far open
-- complaints have been walked through to set the timers of the rules on time.
CREATE TABLE rule_state (
    id INTEGER NOT NULL PRIMARY KEY,
    active_version INTEGER,
    revision INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    stamp BLOB NOT NULL,
    walking BOOLEAN NOT NULL,
    walked_to BLOB
);

-- Which version was in force from when; no version: none. Rows are only ever added.
CREATE TABLE rule_turns (
    id BLOB NOT NULL PRIMARY KEY,
    version INTEGER,
    turned_at INTEGER NOT NULL,
    turned_by TEXT NOT NULL
);

-- What happened to complaints and is still to be looked at: written in the transaction of the change, under the id of
-- its entry in the timeline, and deleted in the transaction of what followed from it.
CREATE TABLE rule_events (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    told TEXT NOT NULL CHECK (json_valid(told)),
    chain TEXT NOT NULL CHECK (json_valid(chain)),
    happened_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    next_at INTEGER NOT NULL
);

CREATE INDEX rule_events_waiting ON rule_events (next_at, id);

-- When a rule on time comes due for a complaint. Without a next moment it was looked at, and waits for a change.
CREATE TABLE rule_timers (
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    rule TEXT NOT NULL,
    since_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    next_at INTEGER,
    fired_at INTEGER,
    tries INTEGER NOT NULL,
    PRIMARY KEY (complaint_id, rule)
);

CREATE INDEX rule_timers_watched ON rule_timers (next_at, complaint_id) WHERE next_at IS NOT NULL;

-- What rules did, and why. The occasion is what they fired on: an entry of the timeline, or the moment since which they
-- count; once each.
CREATE TABLE rule_firings (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    rule TEXT NOT NULL,
    version INTEGER NOT NULL,
    occasion TEXT NOT NULL,
    event TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    fired_at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    messages INTEGER NOT NULL,
    told TEXT NOT NULL CHECK (json_valid(told))
);

CREATE UNIQUE INDEX rule_firings_once ON rule_firings (complaint_id, rule, occasion);
CREATE INDEX rule_firings_of_complaint ON rule_firings (complaint_id, fired_at);
CREATE INDEX rule_firings_of_rule ON rule_firings (rule, id);
