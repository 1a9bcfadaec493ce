-- Which attempts count towards the policy's number, and when the last of them was: the next one counts only some
-- time after it.
ALTER TABLE call_back_attempts ADD COLUMN not_counted text;
ALTER TABLE call_backs ADD COLUMN last_attempt_at timestamptz;

-- What is there already, by the rules of then.
UPDATE call_back_attempts SET not_counted = 'wrong_number' WHERE result = 'wrong_number';
UPDATE call_back_attempts SET not_counted = 'before_window'
    WHERE result IN ('no_answer', 'voicemail')
      AND attempted_at < (SELECT window_start FROM call_backs WHERE call_backs.id = call_back_attempts.call_back_id);
UPDATE call_backs SET last_attempt_at = (
    SELECT max(attempted_at) FROM call_back_attempts
    WHERE call_back_attempts.call_back_id = call_backs.id AND not_counted IS NULL
) WHERE attempts > 0;
