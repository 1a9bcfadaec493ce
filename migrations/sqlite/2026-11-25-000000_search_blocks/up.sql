-- Nothing to do: the word index of SQLite gives its hits in order, one by one. See the same migration for PostgreSQL.
SELECT 1;
