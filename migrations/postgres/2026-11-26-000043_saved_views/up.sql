-- Lists of complaints under a name: of one person, or of a team.
CREATE TABLE saved_views (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    owner text NOT NULL,
    team_id uuid REFERENCES teams (id),
    filter jsonb NOT NULL,
    shown jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    version integer NOT NULL
);
CREATE INDEX saved_views_owner ON saved_views (owner, id);
CREATE INDEX saved_views_team ON saved_views (team_id, id);
