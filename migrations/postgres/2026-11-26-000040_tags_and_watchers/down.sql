DROP TABLE complaint_watchers;
DROP TABLE complaint_tags;
