DROP TABLE audit_seals;
DROP TABLE audit_values;
DROP TABLE audit_subjects;
DROP TABLE audit_events;
