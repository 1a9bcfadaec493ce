-- Who is looking at a complaint, or writing on it. No foreign key: it would lock the complaint every half minute.
CREATE TABLE presences (
    complaint_id uuid NOT NULL,
    who uuid NOT NULL,
    name text NOT NULL,
    doing text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, who)
);
