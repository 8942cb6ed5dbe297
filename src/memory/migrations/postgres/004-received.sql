-- The history's age and the like.
CREATE TABLE meta (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
-- The hour of the history's age (meta.age_ms) a reading came in. Readings of before this was known count as received
-- now: when they came nobody knows, and none may be kept for less than was promised.
ALTER TABLE reading ADD COLUMN received_hour INTEGER NOT NULL DEFAULT 0;
CREATE INDEX reading_by_received ON reading USING brin (received_hour) WITH (autosummarize = on);
