-- What is reported, added up by day and by one property at a time.
CREATE TABLE report_rollups (
    generation INTEGER NOT NULL,
    dimension TEXT NOT NULL,
    measure TEXT NOT NULL,
    day INTEGER NOT NULL,
    value TEXT NOT NULL,
    n INTEGER NOT NULL,
    total INTEGER NOT NULL,
    histogram BLOB,
    PRIMARY KEY (generation, dimension, measure, day, value)
) WITHOUT ROWID;

-- What writers have added and the worker has not yet folded into the sums. Writers only append.
CREATE TABLE report_deltas (
    id INTEGER NOT NULL PRIMARY KEY,
    facts TEXT NOT NULL
);

-- Which sums are the present ones; one row.
CREATE TABLE report_state (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL,
    folds INTEGER NOT NULL,
    paused_until INTEGER,
    basis TEXT NOT NULL,
    rebuilt_at INTEGER
);
INSERT INTO report_state (id, generation, folds, basis) VALUES (1, 1, 0, '');
