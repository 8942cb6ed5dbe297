import { hostname } from "node:os";
import { awaitHistory } from "../composition/await-history.ts";
import { calibrationsOf, correctionsOf } from "../composition/said-of-sensors.ts";
import { Zone } from "../domain/civil-time.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { openPostgresHistory } from "../memory/postgres-history.ts";
import { isAway } from "../memory/postgres-session.ts";
import { openRedisHotWindow } from "../memory/redis-hot-window.ts";
import { parseOptions } from "../options/options.ts";
import { connectBroker } from "../sensing/mqtt-broker.ts";
import { watchNativeSensors } from "../sensing/native/native-sensors.ts";
import { Refusals } from "../sensing/refusals.ts";
import { SensorBook } from "../sensing/sensor-book.ts";
import { parseArguments } from "./arguments.ts";
import { readOptionsFile } from "./options-file.ts";
import { signalled } from "./run.ts";
import { streamLog } from "./stream-log.ts";
import { systemClock } from "./system-clock.ts";

const USAGE = `hypervolt ingest [--name NAME] [--options FILE]

One of several processes that take in the readings of HyperVolt/sensors/# together, beside the engine. Needs mqtt_url,
mqtt_share and a postgres:// history_url in the options; --name (default: this machine's) is its own among them, and
must be the same after a restart.`;

/** Takes its share of the readings until SIGTERM or SIGINT. @returns exit status */
export async function runIngestCommand(argv: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const given = parseArguments(argv, { options: text, name: text }, USAGE);
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const options = parseOptions(
    await readOptionsFile(given.options ?? "/data/options.json", given.options !== undefined),
  );
  const name = given.name ?? hostname();
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name)) throw new HyperVoltError("USAGE", `--name: ${name}\n${USAGE}`);
  if (options.mqtt_url === "" || options.mqtt_share === "" || !options.history_url.startsWith("postgres"))
    throw new HyperVoltError("OPTIONS_INVALID", "ingest needs mqtt_url, mqtt_share and a postgres:// history_url");
  const clock = systemClock;
  const log = streamLog(process.stderr, options.log_level, options.log_format, Date.now);
  const stopped = signalled();
  const stopping = new AbortController();
  void stopped.then(() => stopping.abort());

  await using opened = new AsyncDisposableStack();
  const ingest = `ingest-${name}`;
  const awaited = await awaitHistory({
    open: () => openPostgresHistory({ url: options.history_url, clock, log, keepRawDays: options.raw_days, ingest }),
    isAway,
    clock,
    log,
    stopping: stopping.signal,
  }).catch((error: unknown) => {
    if (stopping.signal.aborted) return null;
    throw error;
  });
  if (awaited === null) return 0;
  const history = opened.adopt(awaited, (one) => one.close());
  const window =
    options.redis_url === "memory" || options.redis_url === ""
      ? null
      : opened.adopt(await openRedisHotWindow({ url: options.redis_url, clock, log }), (one) => one.close());
  const broker = opened.adopt(
    connectBroker({
      url: options.mqtt_url,
      username: options.mqtt_username,
      password: options.mqtt_password,
      caFile: options.mqtt_ca_file || undefined,
      clientId: `hypervolt-${ingest}`,
      clock,
      log,
    }),
    (one) => one.close(),
  );
  const stored = await history.sensors();
  const calibrations = new Map(Object.entries(calibrationsOf(options)));
  const corrections = new Map(Object.entries(correctionsOf(options, stored)));
  const described = new Set<string>();
  const book = new SensorBook(
    (sensorId) => corrections.get(sensorId),
    ({ sensor }) => {
      if (described.has(sensor.sensorId)) return;
      described.add(sensor.sensorId);
      history.upsertSensor(sensor).catch(() => described.delete(sensor.sensorId));
    },
  );
  const sensors = watchNativeSensors({
    broker,
    clock,
    zone: new Zone(options.timezone || process.env["TZ"] || "UTC"),
    book,
    refusals: new Refusals(clock, log),
    known: stored.map(({ sensor, last }) => ({ sensor, heardMs: last?.atMs ?? null })),
    calibrationOf: (sensorId) => calibrations.get(sensorId),
    correctionOf: (sensorId) => corrections.get(sensorId),
    onReading: (reading) => {
      window?.push([reading]);
      history
        .append([reading])
        .catch((error: unknown) => log.debug("Readings wait for the history", { error: String(error) }));
      if (!history.congested()) return;
      broker.pause();
      void history.uncongested().then(() => broker.resume());
    },
    onLeft: () => undefined,
    share: options.mqtt_share,
  });
  opened.defer(() => sensors.close());
  log.info(`ready as ${name}, sharing with ${options.mqtt_share}`);
  log.info("Ending", { signal: await stopped });
  return 0;
}
