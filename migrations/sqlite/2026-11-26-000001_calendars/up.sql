CREATE TABLE calendars (
    slug TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- Rows are only ever added: a clock says under which version it runs.
CREATE TABLE calendar_versions (
    slug TEXT NOT NULL REFERENCES calendars (slug),
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    notation TEXT NOT NULL,
    holidays TEXT NOT NULL CHECK (json_valid(holidays)),
    source TEXT,
    reviewed_at INTEGER,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (slug, version)
);
