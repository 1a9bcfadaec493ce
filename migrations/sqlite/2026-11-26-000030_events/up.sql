-- What happened at the desk, for those who listen; docs/adr/0023-events-in-the-order-of-transactions.md says why it is
-- ordered by transaction. With one writer the numbers ascend with the commits, so `xact` is always 0. The row that is
-- inserted here makes the last place known from the beginning; the newest row is never removed, so no number comes twice.
CREATE TABLE events (
    xact INTEGER NOT NULL DEFAULT 0,
    id INTEGER NOT NULL PRIMARY KEY,
    happened_at INTEGER NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO events (happened_at, body) VALUES (0, '');
