DROP TABLE spent_challenges;
DROP TABLE discarded_objects;
DROP TABLE attachments;
