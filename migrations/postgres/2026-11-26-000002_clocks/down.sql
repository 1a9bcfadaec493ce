DROP INDEX complaints_by_due;
ALTER TABLE complaints DROP COLUMN next_due_at;
DROP TABLE clock_signals;
DROP TABLE complaint_clocks;
DROP TABLE sla_stamp;
DROP TABLE sla_policy_turns;
DROP TABLE sla_policy_versions;
DROP TABLE sla_policies;
