DROP INDEX complaints_by_original;
