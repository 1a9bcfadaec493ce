-- By which criteria calls are reviewed, in versions; without a row, the one that Hark is delivered with.
CREATE TABLE review_form_versions (
    version INTEGER NOT NULL PRIMARY KEY,
    criteria TEXT NOT NULL CHECK (json_valid(criteria)),
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

-- Calls that were drawn for review. The same seed draws the same calls.
CREATE TABLE review_picks (
    id BLOB NOT NULL PRIMARY KEY,
    seed TEXT NOT NULL,
    agent TEXT,
    team_id BLOB REFERENCES teams (id),
    from_day INTEGER NOT NULL,
    to_day INTEGER NOT NULL,
    per_agent INTEGER NOT NULL,
    recorded_only BOOLEAN NOT NULL,
    candidates INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    drawn_by TEXT NOT NULL,
    drawn_at INTEGER NOT NULL
);

CREATE TABLE call_reviews (
    id BLOB NOT NULL PRIMARY KEY,
    pick_id BLOB NOT NULL REFERENCES review_picks (id),
    kind TEXT NOT NULL,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    attempt_id BLOB,
    agent TEXT NOT NULL,
    team_id BLOB REFERENCES teams (id),
    spoken_at INTEGER NOT NULL,
    form_version INTEGER,
    scores TEXT CHECK (scores IS NULL OR json_valid(scores)),
    score INTEGER,
    comment TEXT,
    reviewer TEXT,
    reviewed_at INTEGER,
    answer TEXT,
    answered_at INTEGER,
    version INTEGER NOT NULL
);
CREATE INDEX call_reviews_by_pick ON call_reviews (pick_id, id);
CREATE INDEX call_reviews_by_agent ON call_reviews (agent, id);
CREATE INDEX call_reviews_by_team ON call_reviews (team_id, id);
CREATE INDEX call_reviews_by_complaint ON call_reviews (complaint_id, id);
CREATE INDEX call_reviews_by_call ON call_reviews (spoken_at, id) WHERE reviewed_at IS NOT NULL;

CREATE TABLE call_review_comments (
    id BLOB NOT NULL PRIMARY KEY,
    review_id BLOB NOT NULL REFERENCES call_reviews (id),
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    written_at INTEGER NOT NULL
);
CREATE INDEX call_review_comments_by_review ON call_review_comments (review_id, id);
CREATE INDEX call_review_comments_by_complaint ON call_review_comments (complaint_id, id);
