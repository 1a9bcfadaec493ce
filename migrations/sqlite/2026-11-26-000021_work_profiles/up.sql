-- How much of which work somebody takes. Who has no row takes everything, without a limit.
CREATE TABLE work_profiles (
    staff_id BLOB NOT NULL PRIMARY KEY REFERENCES staff_members (id),
    languages TEXT NOT NULL CHECK (json_valid(languages)),
    products TEXT NOT NULL CHECK (json_valid(products)),
    customer_types TEXT NOT NULL CHECK (json_valid(customer_types)),
    capacity INTEGER,
    calendar TEXT,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE absences (
    id BLOB NOT NULL PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES staff_members (id),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    deputy_id BLOB REFERENCES staff_members (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
);
CREATE INDEX absences_by_staff ON absences (staff_id, ends_at, id);
CREATE INDEX absences_by_end ON absences (ends_at);

ALTER TABLE teams ADD COLUMN calendar TEXT;
ALTER TABLE teams ADD COLUMN capacity INTEGER;
