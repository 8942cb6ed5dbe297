import { readFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import type { Broker } from "../domain/broker.ts";
import { isoUtc } from "../domain/civil-time.ts";
import type { Clock } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { connectBroker } from "../sensing/mqtt-broker.ts";
import { instantArgument, numberArgument, parseArguments, requiredArgument } from "./arguments.ts";
import { type RecordedColumn, type Recording, readRecording } from "./recording.ts";
import { sayWarnings } from "./say-warnings.ts";
import { streamLog } from "./stream-log.ts";
import { systemClock } from "./system-clock.ts";
import { terminalProgress } from "./terminal-progress.ts";

const USAGE = `hypervolt replay --series CSV --site JSON --broker URL [--speed FACTOR] [--from T] [--to T] [--username U --password P]

Publishes a recorded home as Raspberry Pis would, announced by discovery, at QoS 1, and ends when all is published.
A broker that goes away is waited for, for a minute.
A sensor log (light, humidity, CO2, occupancy) needs no --site. --speed 60 plays an hour in a minute.`;
const CONNECT_WITHIN_MS = 15_000;
/** Home Assistant subscribes to a state topic a moment after its config arrived. */
const SETTLE_MS = 1_500;
const IN_FLIGHT = 500;
/** A broker that restarts is waited for. */
const AWAY_AT_MOST_MS = 60_000;
const AGAIN_MS = 500;

/** @returns exit status */
export async function runReplayCommand(argv: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const given = parseArguments(
    argv,
    { series: text, site: text, broker: text, speed: text, from: text, to: text, username: text, password: text },
    USAGE,
  );
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const csvFile = requiredArgument("series", given.series, USAGE);
  const url = requiredArgument("broker", given.broker, USAGE);
  const speed = numberArgument("speed", given.speed, 1, 1e-3, 1e9);
  const [fromMs, toMs] = [instantArgument("from", given.from), instantArgument("to", given.to)];
  if (!URL.canParse(url) || !/^mqtts?:\/\//.test(url))
    throw new HyperVoltError("USAGE", `--broker takes mqtt://host:1883, not "${url}"`);
  const recording = readRecording(
    await readText(csvFile),
    csvFile,
    given.site === undefined ? undefined : await readText(given.site),
    given.site ?? "",
  );
  sayWarnings(recording.warnings);
  const rows = recording.rows.filter(
    ({ atMs }) => atMs >= (fromMs ?? Number.NEGATIVE_INFINITY) && atMs < (toMs ?? Number.POSITIVE_INFINITY),
  );

  const log = streamLog(process.stderr, "warning", "text", Date.now);
  const broker = connectBroker({
    url,
    username: given.username,
    password: given.password,
    clientId: `hypervolt-replay-${randomUUID().slice(0, 8)}`,
    sessionExpiryS: 0,
    clock: systemClock,
    log,
  });
  const progress = terminalProgress(process.stderr);
  try {
    await connected(broker, systemClock);
    await announce(broker, recording);
    await wait(systemClock, SETTLE_MS);
    const published = await play(broker, { ...recording, rows }, speed, systemClock, (share, atMs) =>
      progress.show(share, isoUtc(atMs)),
    );
    progress.end();
    process.stderr.write(`${published} readings of ${rows.length} times published\n`);
    return 0;
  } finally {
    await broker.close();
  }
}

/** Announces each column as a sensor of one device, retained. */
export async function announce(broker: Broker, recording: Recording): Promise<void> {
  const device = {
    identifiers: [`hypervolt_replay_${recording.id}`],
    name: recording.id,
    manufacturer: "HyperVolt replay",
  };
  await Promise.all(
    recording.columns.map((column) =>
      broker.publish(
        `homeassistant/${column.component}/replay_${recording.id}/${column.column}/config`,
        JSON.stringify({
          name: column.name,
          unique_id: `replay_${recording.id}_${column.column}`,
          state_topic: stateTopic(recording.id, column),
          ...(column.deviceClass && { device_class: column.deviceClass }),
          ...(column.unit && { unit_of_measurement: column.unit.replace("{currency}", recording.currency) }),
          ...(column.component === "sensor" && { state_class: "measurement" }),
          device,
          origin: { name: "hypervolt replay" },
        }),
        { qos: 1, retain: true },
      ),
    ),
  );
}

/** Publishes every row when it is due; resolves with the number of readings the broker has acknowledged. */
export async function play(
  broker: Broker,
  recording: Recording,
  speed: number,
  clock: Clock,
  onProgress: (share: number, atMs: number) => void,
): Promise<number> {
  const startMs = clock.nowMs();
  const firstMs = recording.rows[0]?.atMs ?? 0;
  const inFlight = new Set<Promise<void>>();
  let failed: unknown;
  let published = 0;
  for (const [i, { atMs, values }] of recording.rows.entries()) {
    const dueMs = startMs + (atMs - firstMs) / speed;
    if (dueMs - clock.nowMs() > 2) await wait(clock, dueMs - clock.nowMs());
    // What the broker did not take comes before anything newer.
    if (broker.state().state !== "ok") await Promise.all(inFlight);
    for (const column of recording.columns) {
      const value = values.get(column.column);
      if (value === undefined) continue;
      const payload = column.component === "binary_sensor" ? (value > 0 ? "ON" : "OFF") : String(value);
      const sending: Promise<void> = delivered(broker, stateTopic(recording.id, column), payload, clock)
        .then(
          () => void published++,
          (error: unknown) => void (failed = error),
        )
        .finally(() => void inFlight.delete(sending));
      inFlight.add(sending);
      if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
    }
    if (failed !== undefined) throw failed;
    onProgress((i + 1) / recording.rows.length, atMs);
  }
  await Promise.all(inFlight);
  if (failed !== undefined) throw failed;
  return published;
}

/** Publishes until the broker has it; one that is away is waited for, as a Pi does. @throws HyperVoltError BROKER_UNAVAILABLE */
async function delivered(broker: Broker, topic: string, payload: string, clock: Clock): Promise<void> {
  const untilMs = clock.nowMs() + AWAY_AT_MOST_MS;
  for (;;) {
    try {
      return await broker.publish(topic, payload, { qos: 1 });
    } catch (error) {
      const away = error instanceof HyperVoltError && error.code === "BROKER_UNAVAILABLE";
      if (!away || clock.nowMs() >= untilMs) throw error;
      await wait(clock, AGAIN_MS);
    }
  }
}

const stateTopic = (id: string, { column }: RecordedColumn): string => `replay/${id}/${column}`;
const wait = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => void clock.after(delayMs, resolve));

async function connected(broker: Broker, clock: Clock): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = clock.after(CONNECT_WITHIN_MS, () =>
      reject(new HyperVoltError("BROKER_UNAVAILABLE", broker.state().detail ?? "the broker did not answer")),
    );
    broker.onConnect(() => {
      timer.cancel();
      resolve();
    });
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new HyperVoltError("USAGE", `cannot read ${file}: ${(error as Error).message}`);
  }
}
