-- Who did what and who read what. Rows are only ever added; a job gives each its seal and its place in it.
CREATE TABLE audit_events (
    id BLOB NOT NULL PRIMARY KEY,
    happened_at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_id BLOB,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id BLOB,
    fields TEXT CHECK (json_valid(fields)),
    purpose TEXT,
    request_id TEXT,
    address TEXT,
    seal INTEGER,
    place INTEGER
);
CREATE INDEX audit_events_by_object ON audit_events (object_id, id) WHERE object_id IS NOT NULL;
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_events_by_seal ON audit_events (seal, place) WHERE seal IS NOT NULL;
CREATE INDEX audit_events_unsealed ON audit_events (id) WHERE seal IS NULL;

-- Whose personal data an event is about. No reference to customers: it outlives them.
CREATE TABLE audit_subjects (
    event_id BLOB NOT NULL,
    customer_id BLOB NOT NULL,
    PRIMARY KEY (customer_id, event_id)
) WITHOUT ROWID;
CREATE INDEX audit_subjects_by_event ON audit_subjects (event_id);

-- What personal fields held. Events refer to these rows; an erasure deletes them.
CREATE TABLE audit_values (
    id BLOB NOT NULL PRIMARY KEY,
    customer_id BLOB NOT NULL,
    salt BLOB NOT NULL,
    value TEXT NOT NULL CHECK (json_valid(value))
);
CREATE INDEX audit_values_by_customer ON audit_values (customer_id);

CREATE TABLE audit_seals (
    number INTEGER NOT NULL PRIMARY KEY,
    events INTEGER NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    sealed_at INTEGER NOT NULL
);
