-- One row for every open complaint: how urgent it is, and who may have it next. Written with every change of a
-- complaint; docs/adr/0020-the-queue-is-a-table.md says why.
CREATE TABLE work_queue (
    complaint_id BLOB NOT NULL PRIMARY KEY REFERENCES complaints (id),
    -- No foreign key: the complaint has it, and every arrival would look the team up.
    team_id BLOB,
    -- The team once more, zeroes for none: what is NULL cannot lead an index in whose order rows are read.
    line BLOB NOT NULL,
    owner TEXT,
    urgent_at INTEGER NOT NULL,
    basis TEXT NOT NULL,
    promised_from INTEGER,
    held_by TEXT,
    reserved BOOLEAN NOT NULL,
    free_from INTEGER,
    needs TEXT NOT NULL,
    within_minutes INTEGER,
    entered_at INTEGER NOT NULL
);

-- What is open already. The spans are those of src/domain/work/rank.rs, in microseconds.
INSERT INTO work_queue
    (complaint_id, team_id, line, owner, urgent_at, basis, promised_from, held_by, reserved, free_from, needs,
     entered_at)
SELECT id, team_id, coalesce(team_id, X'00000000000000000000000000000000'),
       owner, urgent_at, basis, window_start - 900000000, held_by, free_from IS NOT NULL, free_from,
       '', logged_at
FROM (
    SELECT id, team_id, owner, urgent_at, basis, window_start, held_by, logged_at,
        CASE WHEN window_start IS NOT NULL AND basis = 'clock'
             THEN min(window_start + (window_end - window_start) / 2, urgent_at - 14400000000)
             WHEN window_start IS NOT NULL THEN window_start + (window_end - window_start) / 2
             WHEN state = 'waiting' THEN urgent_at - 14400000000 END AS free_from
    FROM (
        SELECT c.id, c.team_id, c.owner, c.state, c.logged_at, p.window_start, p.window_end, p.owner AS held_by,
            coalesce(c.next_due_at, c.received_at
                + CASE c.severity WHEN 'critical' THEN 14400000000 WHEN 'high' THEN 86400000000
                       WHEN 'medium' THEN 259200000000 ELSE 604800000000 END
                + CASE c.state WHEN 'waiting' THEN 604800000000 ELSE 0 END) AS urgent_at,
            CASE WHEN c.next_due_at IS NULL THEN 'age' WHEN c.next_due_at = c.call_back_due_at THEN 'call_back'
                 ELSE 'clock' END AS basis
        FROM complaints c
        LEFT JOIN call_backs p ON p.id = (
            SELECT id FROM call_backs WHERE complaint_id = c.id AND state = 'open' ORDER BY window_end, id LIMIT 1)
        WHERE c.state IN ('received', 'in_handling', 'waiting')
    ) AS ranked
) AS placed;

-- What somebody may have, by what it needs, the most urgent first.
CREATE INDEX work_queue_line ON work_queue (line, reserved, needs, urgent_at, complaint_id) WHERE owner IS NULL;
-- `reserved` is true of all of them, and is there so that SQLite prefers this index to the one by team.
CREATE INDEX work_queue_calls ON work_queue (line, reserved, urgent_at, complaint_id) WHERE promised_from IS NOT NULL;
-- The pages.
CREATE INDEX work_queue_by_urgency ON work_queue (urgent_at, complaint_id);
CREATE INDEX work_queue_by_team ON work_queue (line, urgent_at, complaint_id);
CREATE INDEX work_queue_by_owner ON work_queue (owner, urgent_at, complaint_id) WHERE owner IS NOT NULL;
