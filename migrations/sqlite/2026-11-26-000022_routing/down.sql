DROP TABLE complaint_routings;
DROP TABLE routing_turns;
DROP TABLE routing_state;
DROP TABLE routing_versions;
