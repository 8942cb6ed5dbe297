CREATE TABLE decision (
  decision_id TEXT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  device TEXT NOT NULL,
  action TEXT NOT NULL,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX decision_by_time ON decision (at_ms);
CREATE INDEX decision_by_device ON decision (device, at_ms);

CREATE TABLE document (
  kind TEXT NOT NULL,
  document_id TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  subject TEXT NOT NULL,
  status TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (kind, document_id)
);
CREATE INDEX document_by_time ON document (kind, at_ms);

CREATE TABLE preference (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE outbox (
  action_id TEXT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  closed_at_ms BIGINT,
  body TEXT NOT NULL
);
CREATE INDEX outbox_open ON outbox (closed_at_ms, at_ms);
