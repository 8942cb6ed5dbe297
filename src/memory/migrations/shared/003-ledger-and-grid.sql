CREATE TABLE ledger (
  start_ms BIGINT PRIMARY KEY,
  end_ms BIGINT NOT NULL,
  grid_w DOUBLE PRECISION NOT NULL,
  baseline_grid_w DOUBLE PRECISION NOT NULL,
  price_per_kwh DOUBLE PRECISION NOT NULL,
  export_price_per_kwh DOUBLE PRECISION NOT NULL,
  carbon_g_per_kwh DOUBLE PRECISION NOT NULL,
  cost DOUBLE PRECISION NOT NULL,
  baseline_cost DOUBLE PRECISION NOT NULL,
  carbon_g DOUBLE PRECISION NOT NULL,
  baseline_carbon_g DOUBLE PRECISION NOT NULL,
  saved_cost DOUBLE PRECISION NOT NULL,
  saved_carbon_g DOUBLE PRECISION NOT NULL,
  advisory INTEGER NOT NULL,
  measured_share DOUBLE PRECISION NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE grid_value (
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  unit TEXT NOT NULL,
  fetched_at_ms BIGINT NOT NULL,
  sample INTEGER NOT NULL,
  PRIMARY KEY (kind, source, at_ms)
);
CREATE INDEX grid_value_by_time ON grid_value (kind, at_ms);
