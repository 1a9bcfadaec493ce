-- One row: up to which event those who watch complaints have been told, and when that was looked at last. It begins at
-- the end: nobody is told of what happened before.
CREATE TABLE watcher_news (
    id integer PRIMARY KEY,
    xact bigint NOT NULL,
    event_id bigint NOT NULL,
    looked_at timestamptz NOT NULL
);
INSERT INTO watcher_news SELECT 1, xact, id, to_timestamp(0) FROM events ORDER BY xact DESC, id DESC LIMIT 1;
