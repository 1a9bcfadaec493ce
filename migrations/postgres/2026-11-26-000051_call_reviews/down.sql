DROP TABLE call_review_comments;
DROP TABLE call_reviews;
DROP TABLE review_picks;
DROP TABLE review_form_versions;
