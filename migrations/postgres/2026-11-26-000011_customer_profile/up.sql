ALTER TABLE customers ADD COLUMN segment text;
ALTER TABLE customers ADD COLUMN grade text;
ALTER TABLE customers ADD COLUMN style text;
ALTER TABLE customers ADD COLUMN stance text;
