import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Deliveries, REDELIVERED } from "./deliveries.ts";
import { keepRemains, keptRemains } from "./journal-remains.ts";
import type { SensorKey } from "./journal.ts";
import { openSqliteHistory } from "./sqlite-history.ts";

const T0 = Date.UTC(2026, 2, 28);
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warning: silent, error: silent };
const clock = { nowMs: () => T0, after: () => ({ cancel: silent }) };

function folderForTest(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "deliveries-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
const delivered = (first: number, redelivered: boolean, atMs = T0 + first) =>
  Array.from({ length: 1_000 }, (_, n) => ({
    sensorId: `s${n % 7}`,
    atMs: atMs + n * 100,
    value: (first + n) / 10,
    delivery: { packetId: first + n + 1, redelivered },
  }));

it("keeps names, and what was committed under each packet id, and nothing of a file that is not whole", () => {
  const folder = folderForTest();
  const delivered = [
    { packetId: 1, key: 3, value: 0.1 },
    { packetId: 7, key: 1, value: -2 },
    { packetId: 7, key: 2, value: 1e300 },
    { packetId: 65_535, key: 900, value: 0 },
  ];
  const keys: SensorKey[] = [
    [3, "küche"],
    [900, "x".repeat(255)],
  ];
  const deliveries = new Deliveries();
  deliveries.restore(delivered);
  expect(deliveries.delivered()).toEqual(delivered);
  keepRemains(folder, { keys, delivered });
  expect(keptRemains(folder)).toEqual({ keys, delivered });
  const file = path.join(folder, "remains.bin");
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(file, whole.subarray(0, length));
    expect(keptRemains(folder)).toEqual({ keys: [], delivered: [] });
  }
});

it("takes a packet id that came round again for a new message, though sensor and value are the same", () => {
  const deliveries = new Deliveries();
  const message = (packetId: number, redelivered: boolean) => ({
    keys: Uint32Array.of(1),
    times: Float64Array.of(T0),
    values: Float64Array.of(20),
    deliveries: Uint32Array.of(packetId + (redelivered ? REDELIVERED : 0)),
  });
  for (let packetId = 1; packetId < 2 ** 16; packetId++) deliveries.remember(message(packetId, false));
  // The oldest of what can be under way was committed; the one after the newest has its number from a round ago.
  const taken = (packetId: number): number => deliveries.withoutRepeated(message(packetId, true)).keys.length;
  expect([taken(2 ** 16 - 1), taken(2 ** 15 + 1)]).toEqual([0, 0]);
  expect([taken(1), taken(2 ** 15 - 1)]).toEqual([1, 1]);
  expect(deliveries.delivered()).toHaveLength(2 ** 15);
});

it("keeps no journal of what is packed, and stores nothing twice that is delivered again after a restart", async () => {
  const folder = folderForTest();
  const open = () => openSqliteHistory({ folder, clock, log, packAtReadings: 1_000 });
  let store = await open();
  const packed = async (): Promise<void> => {
    await store.maintain(T0 + 86_400_000);
    await store.maintain(T0 + 2 * 86_400_000);
    expect(store.figures().unpackedReadings).toBe(0);
  };
  await store.append(delivered(0, false));
  await store.append(delivered(1_000, false));
  await packed();
  const journal = readdirSync(path.join(folder, "journal"));
  expect(journal.map((name) => statSync(path.join(folder, "journal", name)).size).reduce((a, b) => a + b)).toBeLessThan(
    2_000 * 12 + 100,
  );
  expect(journal.filter((name) => name.startsWith("journal-"))).toEqual([]);

  for (const first of [1_000, 0]) {
    await store.close();
    store = await open();
    await store.append(delivered(first, true, T0 + 500_000));
    expect((await store.readings({}, { offset: 0, limit: 1 })).count).toBe(2_000);
  }
  await store.append(delivered(0, false, T0 + 500_000));
  expect((await store.readings({}, { offset: 0, limit: 1 })).count).toBe(3_000);
  await store.close();
  store = await open();
  expect((await store.readings({}, { offset: 0, limit: 1 })).count).toBe(3_000);
  await store.close();
});
