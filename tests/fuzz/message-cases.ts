import assert from "node:assert/strict";
import fc from "fast-check";
import { Zone } from "../../src/domain/civil-time.ts";
import { PacketReader } from "../../src/sensing/mqtt/packet-reader.ts";
import { readNative } from "../../src/sensing/native/native-reading.ts";
import { createSensing } from "../../src/sensing/sensing.ts";
import { fakeBroker, handClock, silentLog } from "../../src/sensing/testing.ts";
import { type FuzzRun, timely } from "./fuzz-run.ts";
import { json } from "./template-cases.ts";

const NOW_MS = 1_790_000_000_000;
const ZONE = new Zone("Europe/Berlin");

const option = fc.constantFrom(
  "name",
  "stat_t",
  "state_topic",
  "uniq_id",
  "unique_id",
  "~",
  "avty",
  "avty_t",
  "avty_mode",
  "dev",
  "device",
  "o",
  "cmps",
  "cdevs",
  "dev_cla",
  "unit_of_meas",
  "val_tpl",
  "exp_aft",
  "off_dly",
  "p",
  "migr_discvry",
  "__proto__",
  "constructor",
  "e",
  "qos",
  "opts",
);
const { config } = fc.letrec<{ config: unknown }>((tie) => ({
  config: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      "t/state",
      "a",
      "sensor",
      "W",
      "power",
      "{{ value_json.x }}",
      "{{",
      "",
      null,
      true,
      1,
      -1,
      1.5,
      "~",
      "~/x",
      "+/#",
    ),
    fc.dictionary(option, tie("config")),
    fc.array(tie("config"), { maxLength: 4 }),
  ),
}));
const message = fc.record({
  topic: fc.constantFrom(
    "homeassistant/sensor/a/config",
    "homeassistant/sensor/n/a/config",
    "homeassistant/binary_sensor/a/config",
    "homeassistant/device/a/config",
    "homeassistant/device/n/a/config",
    "homeassistant/light/a/config",
    "homeassistant/sensor/__proto__/config",
    "t/state",
    "a",
    "HyperVolt/sensors/room/ldr",
    "HyperVolt/devices/room/lamp",
  ),
  payload: fc.oneof(
    config.map((one) => JSON.stringify(one)),
    json,
    fc.constant(""),
  ),
});

/** Any discovery payload, state and announcement is survived: tables stay small and the log quiet. */
export const fuzzDiscovery: FuzzRun = (numRuns, seed) =>
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 12 }),
      timely((messages) => {
        const broker = fakeBroker();
        const clock = handClock();
        const { log, lines } = silentLog();
        const sensing = createSensing({
          broker,
          clock,
          log,
          timezone: "Europe/Berlin",
          onReading: ({ value }) => assert.ok(Number.isFinite(value)),
        });
        for (const { topic, payload } of messages) broker.deliver(topic, payload);
        clock.advance(10_000);
        for (const { sensor, value, available } of sensing.sensors()) {
          assert.match(sensor.sensorId, /./);
          if (!available) assert.equal(value, null);
        }
        assert.ok(sensing.sensors().length < 30);
        assert.ok(lines().length < 20, "the log is flooded");
        sensing.close();
        assert.equal(broker.subscriptions(), 0);
      }),
    ),
    { numRuns, seed },
  );

const nativeField = fc.constantFrom(
  "sensor_type",
  "sensor_id",
  "value",
  "unit",
  "location",
  "timestamp",
  "samples",
  "__proto__",
);
const nativeValue = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.double()),
  fc.date().map(String),
);

/** Any native message is a reading or refused with a reason. */
export const fuzzReadings: FuzzRun = (numRuns, seed) =>
  fc.assert(
    fc.property(
      fc.dictionary(nativeField, nativeValue),
      fc.webPath(),
      timely((body, place) => {
        const payload = Buffer.from(JSON.stringify({ sensor_id: "a", value: 1, ...body }));
        const outcome = readNative(`HyperVolt/sensors${place}`, payload, NOW_MS, ZONE);
        if (outcome.kind === "refused") assert.notEqual(outcome.detail, "");
        else for (const one of [outcome.value].flat()) assert.ok(Number.isFinite(one));
      }),
    ),
    { numRuns, seed },
  );

function packetsOf(parts: readonly Uint8Array[]): string[] {
  const seen: string[] = [];
  const reader = new PacketReader(
    {
      publish: ({ topic, payload, qos }) => seen.push(`${topic} ${payload.length} ${qos}`),
      tooLarge: ({ topic, qos }, bytes) => seen.push(`${topic} ${bytes} ${qos} too large`),
      other: (type, body) => seen.push(`${type} ${body.length}`),
    },
    100_000,
  );
  try {
    for (const part of parts) reader.push(Buffer.from(part));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return seen;
}

/** Any bytes are cut into packets or given up, however they are split. */
export const fuzzPackets: FuzzRun = (numRuns, seed) =>
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }),
      timely((chunks) => assert.deepEqual(packetsOf(chunks), packetsOf([Buffer.concat(chunks)]))),
    ),
    { numRuns, seed },
  );
