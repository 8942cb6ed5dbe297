-- What is kept of raw readings and since when, one row for each of `raw`. received_hour: the newest of its readings came
-- in this hour of the history's age (meta.age_ms). Readings of before this was known count as received now: when they
-- came nobody knows, and none may be kept for less than was promised.
CREATE TABLE kept (
  hour INTEGER NOT NULL,
  sensor_key INTEGER NOT NULL,
  part INTEGER NOT NULL,
  count INTEGER NOT NULL,
  received_hour INTEGER NOT NULL,
  PRIMARY KEY (hour, sensor_key, part)
) WITHOUT ROWID;
INSERT INTO kept
  SELECT chunk.hour, chunk.sensor_key, chunk.id % 64, chunk.count, 0 FROM raw JOIN chunk
  ON chunk.id = ((raw.id / 64 % 1048576) * 4194304 + raw.id / 67108864) * 64 + raw.id % 64
  ORDER BY raw.id;
CREATE INDEX kept_by_received ON kept (received_hour);

DROP INDEX chunk_by_hour;
CREATE INDEX chunk_by_hour ON chunk (hour, sensor_key);
DELETE FROM meta WHERE name = 'raw_since_hour';
