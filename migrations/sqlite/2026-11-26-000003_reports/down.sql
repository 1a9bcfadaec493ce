DROP TABLE report_state;
DROP TABLE report_deltas;
DROP TABLE report_rollups;
