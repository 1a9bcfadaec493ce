DROP TABLE corrective_action_complaints;
DROP TABLE corrective_actions;
