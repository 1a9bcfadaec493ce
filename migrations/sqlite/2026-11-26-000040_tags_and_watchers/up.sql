-- Words that the desk sorts complaints by.
CREATE TABLE complaint_tags (
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (complaint_id, tag)
);
CREATE INDEX complaint_tags_tag ON complaint_tags (tag, complaint_id);

-- Who wants to see what becomes of a complaint.
CREATE TABLE complaint_watchers (
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    watcher TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (complaint_id, watcher)
);
CREATE INDEX complaint_watchers_watcher ON complaint_watchers (watcher, complaint_id);
