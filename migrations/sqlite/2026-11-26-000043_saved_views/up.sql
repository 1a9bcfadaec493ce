-- Lists of complaints under a name: of one person, or of a team.
CREATE TABLE saved_views (
    id BLOB NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    owner TEXT NOT NULL,
    team_id BLOB REFERENCES teams (id),
    filter TEXT NOT NULL CHECK (json_valid(filter)),
    shown TEXT NOT NULL CHECK (json_valid(shown)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX saved_views_owner ON saved_views (owner, id);
CREATE INDEX saved_views_team ON saved_views (team_id, id);
