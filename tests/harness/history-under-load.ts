/** A process that appends to a history as fast as it can and prints what was acknowledged, until it is killed. */
import { openSqliteHistory } from "../../src/memory/sqlite-history.ts";

const [folder = "", first = "0"] = process.argv.slice(2);
const silent = (): void => undefined;
const clock = { nowMs: () => Date.now(), after: () => ({ cancel: silent }) };
const log = {
  debug: silent,
  info: silent,
  warning: (text: string) => process.stderr.write(`${text}\n`),
  error: silent,
};
const store = await openSqliteHistory({ folder, clock, log, packAtReadings: 3_000 });
process.stdout.write("ready\n");
for (let n = Number(first); ; n += 50) {
  const readings = Array.from({ length: 50 }, (_, i) => ({
    sensorId: `s${(n + i) % 20}`,
    atMs: 1_790_000_000_000 + (n + i) * 500,
    value: n + i,
    committed: () => process.stdout.write(`${n + i}\n`),
  }));
  await store.append(readings);
  if (n % 5_000 === 0) await store.setPreferences({ seen: n });
}
