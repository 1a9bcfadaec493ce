-- Every text also holds the block of 1,024 complaints it belongs to (`db/dialect.rs`), so that the newest hits of a
-- common word are found without fetching and sorting all of its hits.
UPDATE complaint_search SET tokens = tokens || ('''#' || (seq >> 10) || '''')::tsvector;
