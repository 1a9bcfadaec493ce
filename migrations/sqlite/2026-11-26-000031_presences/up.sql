-- Who is looking at a complaint, or writing on it. No foreign key: the complaint need not be looked up every half minute.
CREATE TABLE presences (
    complaint_id BLOB NOT NULL,
    who BLOB NOT NULL,
    name TEXT NOT NULL,
    doing TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (complaint_id, who)
);
