-- Nothing to do: FTS5 keeps no such list. See the same migration for PostgreSQL.
SELECT 1;
