-- Texts that are written once and sent often, with wordings for languages and customer types.
CREATE TABLE canned_texts (
    slug text PRIMARY KEY,
    title text NOT NULL,
    wordings jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    version integer NOT NULL
);

-- Several actions under one name.
CREATE TABLE macros (
    slug text PRIMARY KEY,
    title text NOT NULL,
    actions jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    version integer NOT NULL
);
