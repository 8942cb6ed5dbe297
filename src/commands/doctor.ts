import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { randomUUID } from "node:crypto";
import type { DependencyState } from "../domain/log.ts";
import { openWebsocketSession } from "../home-assistant/websocket-session.ts";
import { openPostgresHistory } from "../memory/postgres-history.ts";
import { openRedisHotWindow } from "../memory/redis-hot-window.ts";
import { lockDataFolder } from "../memory/sqlite-folder-lock.ts";
import { openSqliteHistory } from "../memory/sqlite-history.ts";
import { HyperVoltError } from "../domain/errors.ts";
import { type Options, parseOptions } from "../options/options.ts";
import { connectBroker, type MqttBrokerOptions } from "../sensing/mqtt-broker.ts";
import { connectSupervisor } from "../supervisor/supervisor.ts";
import { parseArguments } from "./arguments.ts";
import { readOptionsFile } from "./options-file.ts";
import { systemClock } from "./system-clock.ts";

const USAGE = `hypervolt doctor [--options FILE] [--data DIR]

Checks options, broker, Redis, history, Home Assistant, clock and disk; one line each, and what to do.`;
const ANSWER_MS = 6_000;
const LEAST_FREE_MB = 200;
const MOST_CLOCK_ERROR_S = 60;
const HOME_ASSISTANT_TODO = "check that Home Assistant runs and that home_assistant_url is right";

type Finding = Readonly<{ what: string; right: boolean; detail: string; todo?: string | null | undefined }>;
const quiet = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

/** @returns 1 when something is not right */
export async function runDoctorCommand(argv: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const given = parseArguments(argv, { options: text, data: text }, USAGE);
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const findings: Finding[] = [];
  const say = (finding: Finding): void => {
    findings.push(finding);
    const { what, right, detail, todo } = finding;
    process.stdout.write(`${right ? "✔" : "✖"} ${what}: ${detail}${!right && todo ? ` → ${todo}` : ""}\n`);
  };
  const options = await checkOptions(given.options, say);
  const supervisorToken = process.env["SUPERVISOR_TOKEN"] || null;
  const supervisor = supervisorToken === null ? null : connectSupervisor(supervisorToken);
  if (options) {
    const offered = options.mqtt_url === "" ? await supervisor?.broker().catch(() => null) : null;
    const url = options.mqtt_url || offered?.url || "";
    say(
      await checkBroker({
        url,
        username: offered?.username ?? options.mqtt_username,
        password: offered?.password ?? options.mqtt_password,
        caFile: options.mqtt_ca_file || undefined,
      }),
    );
    say(await checkRedis(options.redis_url || "redis://127.0.0.1:6379"));
    const way =
      options.home_assistant_url === ""
        ? supervisor?.homeAssistant
        : { url: options.home_assistant_url, token: options.home_assistant_token };
    for (const finding of await checkHomeAssistant(way)) say(finding);
  }
  for (const finding of await checkFolder(given.data ?? "/data", options)) say(finding);
  return findings.every(({ right }) => right) ? 0 : 1;
}

async function checkOptions(file: string | undefined, say: (finding: Finding) => void): Promise<Options | null> {
  try {
    const options = parseOptions(await readOptionsFile(file ?? "/data/options.json", file !== undefined));
    say({
      what: "options",
      right: true,
      detail: `valid, mode ${options.mode}, ${options.allowed_entities.length} entities allowed`,
    });
    return options;
  } catch (error) {
    const detail = error instanceof HyperVoltError ? error.detail.trim().replaceAll("\n", "\n    ") : String(error);
    say({ what: "options", right: false, detail, todo: "correct the options named above" });
    return null;
  }
}

/** @param todo what to do where the part itself knows nothing better */
const finding = (what: string, state: DependencyState, todo?: string): Finding => ({
  what,
  right: state.state === "ok",
  detail: (state.detail ?? state.state).replace(`${what}: `, ""),
  todo: state.todo ?? todo,
});

async function settled(ok: () => boolean): Promise<void> {
  const untilMs = performance.now() + ANSWER_MS;
  while (!ok() && performance.now() < untilMs)
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 50);
    });
}

async function checkBroker(way: Pick<MqttBrokerOptions, "url" | "username" | "password" | "caFile">): Promise<Finding> {
  if (way.url === "")
    return {
      what: "broker",
      right: false,
      detail: "none is known",
      todo: "install the Mosquitto app, or enter mqtt_url",
    };
  const broker = connectBroker({
    ...way,
    clientId: `hypervolt-doctor-${randomUUID().slice(0, 8)}`,
    clock: systemClock,
    log: quiet,
    sessionExpiryS: 0,
  });
  await settled(() => broker.state().state === "ok");
  const state = broker.state();
  await broker.close();
  return finding("broker", state);
}

async function checkRedis(url: string): Promise<Finding> {
  if (url === "memory") return { what: "Redis", right: true, detail: "not used: the window is kept in the process" };
  const window = await openRedisHotWindow({ url, clock: systemClock, log: quiet });
  await settled(() => window.state().state === "ok");
  const state = window.state();
  await window.close();
  return finding("Redis", state);
}

async function checkHomeAssistant(way: Readonly<{ url: string; token: string }> | undefined): Promise<Finding[]> {
  if (!way)
    return [
      {
        what: "Home Assistant",
        right: false,
        detail: "no address is known",
        todo: "enter home_assistant_url and home_assistant_token",
      },
    ];
  const session = openWebsocketSession({ ...way, clock: systemClock, log: quiet });
  await settled(() => session.connected());
  const findings = [finding("Home Assistant", session.state(), HOME_ASSISTANT_TODO)];
  if (session.connected()) {
    const admin = await session.ask({ type: "config/auth/list" }).then(
      () => true,
      () => false,
    );
    findings.push({
      what: "permissions",
      right: admin,
      detail: admin ? "the token is an administrator's" : "the token is not an administrator's",
      todo: "make the token as an administrator",
    });
    const energy = await session.ask({ type: "energy/get_prefs" }).then(
      (prefs) => prefs !== null,
      () => false,
    );
    findings.push({
      what: "energy preferences",
      right: energy,
      detail: energy ? "set" : "not set",
      todo: "set up the energy dashboard; without it HyperVolt goes by the sensors it recognises",
    });
  }
  session.close();
  return findings;
}

/** Looks at the folder that `run` writes to; makes nothing that is not there. */
async function checkFolder(folder: string, options: Options | null): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const there = nearestThere(path.resolve(folder));
    accessSync(there, constants.W_OK);
    const { bavail, bsize } = statfsSync(there);
    const freeMb = Math.round((bavail * bsize) / 1e6);
    findings.push({
      what: "disk",
      right: freeMb >= LEAST_FREE_MB,
      detail: `${freeMb} MB free in ${folder}${there === path.resolve(folder) ? "" : ", which is made at the first start"}`,
      todo: "free some space: the history stops being written when the disk is full",
    });
  } catch (error) {
    return [
      {
        what: "disk",
        right: false,
        detail: `${folder} cannot be written: ${(error as Error).message}`,
        todo: "check the folder and its permissions, or give another --data",
      },
    ];
  }
  findings.push(await checkHistory(folder, options));
  const year = new Date(systemClock.nowMs()).getUTCFullYear();
  findings.push({
    what: "clock",
    right: year >= 2025 && year < 2100,
    detail: new Date(systemClock.nowMs()).toISOString(),
    todo: `set the machine's clock: it must be right to about ${MOST_CLOCK_ERROR_S} s`,
  });
  return findings;
}

const nearestThere = (folder: string): string => (existsSync(folder) ? folder : nearestThere(path.dirname(folder)));

async function checkHistory(folder: string, options: Options | null): Promise<Finding> {
  const what = "history";
  const url = options?.history_url ?? "";
  if (url === "memory") return { what, right: true, detail: "not kept: it is in memory only" };
  const inPostgres = url.startsWith("postgres");
  if (!inPostgres && !existsSync(path.join(folder, "history")))
    return { what, right: true, detail: "none yet: it is made at the first start" };
  let lock: ReturnType<typeof lockDataFolder> | null = null;
  try {
    const parts = { clock: systemClock, log: quiet };
    lock = inPostgres ? null : lockDataFolder(folder);
    const history = inPostgres
      ? await openPostgresHistory({ url, ...parts, ingest: "hypervolt-doctor" })
      : await openSqliteHistory({ folder: path.join(folder, "history"), ...parts });
    const state = history.state();
    await history.close();
    return finding(what, { ...state, detail: state.detail ?? "opens" });
  } catch (error) {
    const running = error instanceof HyperVoltError && error.code === "DATA_FOLDER_LOCKED";
    return {
      what,
      right: running,
      detail: running ? "in use by a running HyperVolt" : (error as Error).message,
      todo: inPostgres ? "check history_url and that the database runs" : "see the error's code in docs/errors.md",
    };
  } finally {
    lock?.release();
  }
}
