DROP TABLE complaint_merges;
DROP TABLE complaint_relations;
