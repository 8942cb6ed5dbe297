CREATE TABLE sensor (
  sensor_key SERIAL PRIMARY KEY,
  sensor_id TEXT NOT NULL UNIQUE,
  body TEXT,
  correction TEXT NOT NULL DEFAULT '{}',
  removed INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE reading (
  sensor_key INTEGER NOT NULL,
  at_ms BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (sensor_key, at_ms)
);
CREATE INDEX reading_by_time ON reading (at_ms, sensor_key);

-- 5-minute buckets of readings that were forgotten; what is in `reading` is not in here.
CREATE TABLE rollup (
  sensor_key INTEGER NOT NULL,
  start_ms BIGINT NOT NULL,
  count BIGINT NOT NULL,
  sum DOUBLE PRECISION NOT NULL,
  min DOUBLE PRECISION NOT NULL,
  max DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (sensor_key, start_ms)
);
-- The newest of a sensor's forgotten readings.
CREATE TABLE sensor_last (sensor_key INTEGER PRIMARY KEY, at_ms BIGINT NOT NULL, value DOUBLE PRECISION NOT NULL);

-- What each ingest process committed last under each of its broker's packet ids.
CREATE TABLE delivery (
  ingest TEXT NOT NULL,
  packet_id INTEGER NOT NULL,
  sensor_key INTEGER NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (ingest, packet_id)
);
