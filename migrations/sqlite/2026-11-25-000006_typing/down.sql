DROP TABLE typing_layers;
DROP TABLE typing_proposals;
