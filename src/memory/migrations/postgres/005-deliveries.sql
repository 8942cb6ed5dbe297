-- One message may bring readings of many sensors.
ALTER TABLE delivery DROP CONSTRAINT delivery_pkey;
ALTER TABLE delivery ADD PRIMARY KEY (ingest, packet_id, sensor_key);
