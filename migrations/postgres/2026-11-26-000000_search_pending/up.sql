-- What is newly indexed waits in a list that every search reads from end to end. With the default length of 4 MB a
-- search behind a busy intake took 60 ms for that alone; with this one, in kB, it is folded into the index sooner.
ALTER INDEX complaint_search_tokens SET (gin_pending_list_limit = 128);
