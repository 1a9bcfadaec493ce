ALTER TABLE teams DROP COLUMN capacity;
ALTER TABLE teams DROP COLUMN calendar;
DROP TABLE absences;
DROP TABLE work_profiles;
