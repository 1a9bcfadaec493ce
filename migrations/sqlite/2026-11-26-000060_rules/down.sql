DROP TABLE rule_firings;
DROP TABLE rule_timers;
DROP TABLE rule_events;
DROP TABLE rule_turns;
DROP TABLE rule_state;
DROP TABLE rule_versions;
