-- Rules that were given up are counted every few seconds.
CREATE INDEX rule_firings_given_up ON rule_firings (fired_at) WHERE outcome = 'failed';
