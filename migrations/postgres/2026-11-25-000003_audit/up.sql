-- Who did what and who read what. Rows are only ever added; a job gives each its seal and its place in it.
CREATE TABLE audit_events (
    id uuid NOT NULL PRIMARY KEY,
    happened_at timestamptz NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_id uuid,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id uuid,
    fields jsonb,
    purpose TEXT,
    request_id TEXT,
    address TEXT,
    seal BIGINT,
    place BIGINT
);
CREATE INDEX audit_events_by_object ON audit_events (object_id, id) WHERE object_id IS NOT NULL;
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_events_by_seal ON audit_events (seal, place) WHERE seal IS NOT NULL;
CREATE INDEX audit_events_unsealed ON audit_events (id) WHERE seal IS NULL;

-- Whose personal data an event is about. No reference to customers: it outlives them.
CREATE TABLE audit_subjects (
    event_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    PRIMARY KEY (customer_id, event_id)
);
CREATE INDEX audit_subjects_by_event ON audit_subjects (event_id);

-- What personal fields held. Events refer to these rows; an erasure deletes them.
CREATE TABLE audit_values (
    id uuid NOT NULL PRIMARY KEY,
    customer_id uuid NOT NULL,
    salt bytea NOT NULL,
    value jsonb NOT NULL
);
CREATE INDEX audit_values_by_customer ON audit_values (customer_id);

CREATE TABLE audit_seals (
    number BIGINT NOT NULL PRIMARY KEY,
    events BIGINT NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL
);
