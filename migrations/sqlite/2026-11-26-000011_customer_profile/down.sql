ALTER TABLE customers DROP COLUMN stance;
ALTER TABLE customers DROP COLUMN style;
ALTER TABLE customers DROP COLUMN grade;
ALTER TABLE customers DROP COLUMN segment;
