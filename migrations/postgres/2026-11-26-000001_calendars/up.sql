CREATE TABLE calendars (
    slug text PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Rows are only ever added: a clock says under which version it runs.
CREATE TABLE calendar_versions (
    slug text NOT NULL REFERENCES calendars (slug),
    version integer NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    notation text NOT NULL,
    holidays jsonb NOT NULL,
    source text,
    reviewed_at timestamptz,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (slug, version)
);
