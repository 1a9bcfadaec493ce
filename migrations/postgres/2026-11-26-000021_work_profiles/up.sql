-- How much of which work somebody takes. Who has no row takes everything, without a limit.
CREATE TABLE work_profiles (
    staff_id uuid PRIMARY KEY REFERENCES staff_members (id),
    languages jsonb NOT NULL,
    products jsonb NOT NULL,
    customer_types jsonb NOT NULL,
    capacity integer,
    calendar text,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL
);

CREATE TABLE absences (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff_members (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    kind text NOT NULL,
    deputy_id uuid REFERENCES staff_members (id),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
);
CREATE INDEX absences_by_staff ON absences (staff_id, ends_at, id);
CREATE INDEX absences_by_end ON absences (ends_at);

ALTER TABLE teams ADD COLUMN calendar text;
ALTER TABLE teams ADD COLUMN capacity integer;
