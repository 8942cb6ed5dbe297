import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteHistory } from "../../src/memory/sqlite-history.ts";

const KILLS = Number(process.env["KILLS"] ?? 8);
const LOAD = path.join(import.meta.dirname, "../harness/history-under-load.ts");
const silent = (): void => undefined;
const clock = { nowMs: () => 1_790_000_000_000, after: () => ({ cancel: silent }) };
const log = { debug: silent, info: silent, warning: silent, error: silent };

/** Runs the load until it is killed `afterMs` after its first acknowledgement. Returns what it acknowledged. */
async function killUnderLoad(folder: string, first: number, afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [LOAD, folder, String(first)], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (bytes: Buffer) => {
    if (printed === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
    printed += bytes.toString();
  });
  await once(child, "close");
  return printed
    .slice(0, printed.lastIndexOf("\n"))
    .split("\n")
    .filter((line) => line !== "ready" && line !== "")
    .map(Number);
}

it(`loses nothing acknowledged and stores nothing twice when killed ${KILLS} times, also while packing`, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "history-crash-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const acknowledged = new Set<number>();
  let first = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    for (const n of await killUnderLoad(folder, first, 30 + ((kill * 7_919) % 170))) acknowledged.add(n);
    first = Math.ceil((Math.max(-1, ...acknowledged) + 1) / 50) * 50 + 5_000;
  }
  expect(acknowledged.size).toBeGreaterThan(KILLS * 500);

  const store = await openSqliteHistory({ folder, clock, log });
  const stored = new Map<string, number>();
  let total = 0;
  for await (const batch of store.exportReadings({}))
    for (const { sensorId, atMs, value } of batch) {
      total++;
      stored.set(`${sensorId}@${atMs}`, value);
    }
  expect(total).toBe(stored.size);
  const missing = [...acknowledged].filter((n) => stored.get(`s${n % 20}@${1_790_000_000_000 + n * 500}`) !== n);
  expect(missing).toEqual([]);
  expect((await store.readings({}, { offset: 0, limit: 1 })).count).toBe(total);
  expect(store.state()).toMatchObject({ state: "ok" });
  await store.close();

  const db = new Sqlite(path.join(folder, "history.sqlite"));
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(db.prepare("SELECT count(*) FROM chunk").pluck().get()).toBeGreaterThan(0);
  db.close();
});
