CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

-- body: what the publisher says (domain Sensor); correction: what the user says.
CREATE TABLE sensor (
  sensor_key INTEGER PRIMARY KEY,
  sensor_id TEXT NOT NULL UNIQUE,
  body TEXT,
  correction TEXT NOT NULL DEFAULT '{}',
  removed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE sensor_last (sensor_key INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, value REAL NOT NULL);

-- id = (sensor_key * 2^22 + hour) * 64 + part: a sensor's hours lie together, as they are read.
-- rollup: 5-minute buckets. The parts of an hour are disjoint in time.
CREATE TABLE chunk (
  id INTEGER PRIMARY KEY,
  hour INTEGER NOT NULL,
  sensor_key INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  count INTEGER NOT NULL,
  rollup BLOB NOT NULL
);
CREATE INDEX chunk_by_hour ON chunk (hour, sensor_key, count);
-- The readings of a chunk, as long as they are kept. id = (hour * 2^20 + sensor_key) * 64 + part: in order of time, so
-- that packing appends full pages and forgetting frees whole ones.
CREATE TABLE raw (id INTEGER PRIMARY KEY, readings BLOB NOT NULL);

-- id = sensor_key * 2^20 + day. rollup: hourly buckets. Days before meta.rolled_until_day.
CREATE TABLE day (id INTEGER PRIMARY KEY, rollup BLOB NOT NULL);
