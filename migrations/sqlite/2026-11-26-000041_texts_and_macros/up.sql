-- Texts that are written once and sent often, with wordings for languages and customer types.
CREATE TABLE canned_texts (
    slug TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    wordings TEXT NOT NULL CHECK (json_valid(wordings)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    version INTEGER NOT NULL
);

-- Several actions under one name.
CREATE TABLE macros (
    slug TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    actions TEXT NOT NULL CHECK (json_valid(actions)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    version INTEGER NOT NULL
);
