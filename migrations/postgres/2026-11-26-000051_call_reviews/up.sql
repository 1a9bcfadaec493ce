-- By which criteria calls are reviewed, in versions; without a row, the one that Hark is delivered with.
CREATE TABLE review_form_versions (
    version integer PRIMARY KEY,
    criteria jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Calls that were drawn for review. The same seed draws the same calls.
CREATE TABLE review_picks (
    id uuid PRIMARY KEY,
    seed text NOT NULL,
    agent text,
    team_id uuid REFERENCES teams (id),
    from_day integer NOT NULL,
    to_day integer NOT NULL,
    per_agent integer NOT NULL,
    recorded_only boolean NOT NULL,
    candidates integer NOT NULL,
    drawn integer NOT NULL,
    drawn_by text NOT NULL,
    drawn_at timestamptz NOT NULL
);

CREATE TABLE call_reviews (
    id uuid PRIMARY KEY,
    pick_id uuid NOT NULL REFERENCES review_picks (id),
    kind text NOT NULL,
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    attempt_id uuid,
    agent text NOT NULL,
    team_id uuid REFERENCES teams (id),
    spoken_at timestamptz NOT NULL,
    form_version integer,
    scores jsonb,
    score integer,
    comment text,
    reviewer text,
    reviewed_at timestamptz,
    answer text,
    answered_at timestamptz,
    version integer NOT NULL
);
CREATE INDEX call_reviews_by_pick ON call_reviews (pick_id, id);
CREATE INDEX call_reviews_by_agent ON call_reviews (agent, id);
CREATE INDEX call_reviews_by_team ON call_reviews (team_id, id);
CREATE INDEX call_reviews_by_complaint ON call_reviews (complaint_id, id);
CREATE INDEX call_reviews_by_call ON call_reviews (spoken_at, id) WHERE reviewed_at IS NOT NULL;

CREATE TABLE call_review_comments (
    id uuid PRIMARY KEY,
    review_id uuid NOT NULL REFERENCES call_reviews (id),
    complaint_id uuid NOT NULL REFERENCES complaints (id),
    author text NOT NULL,
    body text NOT NULL,
    written_at timestamptz NOT NULL
);
CREATE INDEX call_review_comments_by_review ON call_review_comments (review_id, id);
CREATE INDEX call_review_comments_by_complaint ON call_review_comments (complaint_id, id);
