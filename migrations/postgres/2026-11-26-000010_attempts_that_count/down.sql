ALTER TABLE call_backs DROP COLUMN last_attempt_at;
ALTER TABLE call_back_attempts DROP COLUMN not_counted;
