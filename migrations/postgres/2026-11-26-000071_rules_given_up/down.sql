DROP INDEX rule_firings_given_up;
