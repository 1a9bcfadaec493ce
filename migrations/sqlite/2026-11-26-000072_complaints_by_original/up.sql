-- Which complaints repeat this one: shown with each complaint.
CREATE INDEX complaints_by_original ON complaints (duplicate_of, seq) WHERE duplicate_of IS NOT NULL;
