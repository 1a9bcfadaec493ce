-- One row: up to which event those who watch complaints have been told, and when that was looked at last. It begins at
-- the end: nobody is told of what happened before.
CREATE TABLE watcher_news (
    id INTEGER NOT NULL PRIMARY KEY,
    xact INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    looked_at INTEGER NOT NULL
);
INSERT INTO watcher_news SELECT 1, xact, id, 0 FROM events ORDER BY xact DESC, id DESC LIMIT 1;
