import { Cluster, Redis } from "ioredis";
import { type Clock, every } from "../domain/clock.ts";
import type { DependencyState, Log } from "../domain/log.ts";
import type { Reading } from "../domain/reading.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { Columns } from "./columns.ts";
import type { SensorWindow } from "./history.ts";
import { type HotWindow, WINDOW_SILENCE_MS } from "./hot-window.ts";
import { MemoryHotWindow } from "./memory-hot-window.ts";
import { unpackWindow } from "./window-ring.ts";

type Client = Redis | Cluster;
type Target = Readonly<{
  set: (key: string, bytes: Buffer, unit: "PX", leftMs: number) => void;
  sadd: (key: string, ...members: string[]) => void;
}>;

const INDEX = "hypervolt:windows";
const keyOf = (sensorId: string): string => `hypervolt:window:${sensorId}`;
const RETRY_AT_MOST_MS = 5_000;
const CONNECT_PATIENCE_MS = 2_000;
/** Windows written in one go, so that a mirror of thousands does not hold up the event loop. */
const FLUSH_SENSORS = 500;

export type RedisHotWindowOptions = Readonly<{
  /** `redis://…`; several separated by commas are nodes of a cluster. */
  url: string;
  clock: Clock;
  log: Log;
}>;

/**
 * Connects a client: one server or a cluster.
 * @param quiet what it does with its connection's errors; they come again with every retry
 */
export function connectRedis(url: string, quiet: (error: Error) => void): Client {
  const urls = url.split(",").map((one) => one.trim());
  const retry = (attempt: number): number => Math.min(attempt * 100, RETRY_AT_MOST_MS);
  const options = {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: CONNECT_PATIENCE_MS,
    commandTimeout: 5_000,
  };
  const client =
    urls.length === 1
      ? new Redis(urls[0] ?? "", { ...options, retryStrategy: retry })
      : new Cluster(urls, {
          enableAutoPipelining: true,
          enableOfflineQueue: false,
          clusterRetryStrategy: retry,
          redisOptions: options,
        });
  client.on("error", quiet);
  return client;
}

/**
 * The hot window in the process, mirrored in Redis for other processes: of each sensor one packed string that expires
 * by itself. Redis may be down, flushed or restarted at any time: the mirror is written again as a whole. Resolves
 * when the first connection is made or could not be made in two seconds.
 */
export async function openRedisHotWindow(options: RedisHotWindowOptions): Promise<HotWindow> {
  const window = new RedisHotWindow(options);
  await window.opened();
  return window;
}

class RedisHotWindow implements HotWindow {
  readonly #ring: MemoryHotWindow;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #dirty = new Set<string>();
  /** Sensors known to be in the index. */
  readonly #listed = new Set<string>();
  readonly #check: { cancel(): void };
  #flushing: Promise<void> | null = null;
  #scheduled = false;
  #closed = false;
  #up = false;
  #sinceMs: number;
  #error = "not connected yet";

  constructor({ url, clock, log }: RedisHotWindowOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#sinceMs = clock.nowMs();
    this.#ring = new MemoryHotWindow(clock);
    this.#client = connectRedis(url, (error) => this.#lost(error.message));
    this.#client.on("ready", () => this.#restored());
    this.#client.on("close", () => this.#lost("the connection was closed"));
    this.#check = every(clock, MS_PER_MINUTE, () => this.#mirrorIfGone());
  }

  async opened(): Promise<void> {
    const ready = new Promise<void>((resolve) => void this.#client.once("ready", () => resolve()));
    const tooLong = AbortSignal.timeout(CONNECT_PATIENCE_MS);
    await Promise.race([ready, new Promise<void>((resolve) => tooLong.addEventListener("abort", () => resolve()))]);
    if (!this.#up)
      this.#log.warning("Redis is not reached; the hot window is kept in the process", { detail: this.#error });
  }

  push(readings: readonly Reading[]): void {
    this.#ring.push(readings);
    for (const { sensorId } of readings) this.#dirty.add(sensorId);
    this.#schedule();
  }

  restore(windows: readonly SensorWindow[]): void {
    this.#ring.restore(windows);
    for (const { sensorId } of windows) this.#dirty.add(sensorId);
    this.#schedule();
  }

  window(sensorId: string): readonly Reading[] {
    return this.#ring.window(sensorId);
  }

  windows(): readonly SensorWindow[] {
    return this.#ring.windows();
  }

  latest(sensorId: string): Reading | null {
    return this.#ring.latest(sensorId);
  }

  size(): Readonly<{ sensors: number; readings: number }> {
    return this.#ring.size();
  }

  state(): DependencyState {
    return {
      name: "hot window",
      state: this.#up ? "ok" : "degraded",
      sinceMs: this.#sinceMs,
      detail: this.#up ? null : `Redis: ${this.#error}; the window is kept in the process meanwhile`,
      todo: this.#up ? null : "Check redis_url and that Redis runs; it is tried again by itself.",
    };
  }

  async mirrored(): Promise<void> {
    while (this.#up && !this.#closed && (this.#flushing !== null || this.#dirty.size > 0))
      await (this.#flushing ?? this.#flush());
  }

  async close(): Promise<void> {
    this.#check.cancel();
    await this.mirrored();
    this.#closed = true;
    this.#client.disconnect();
  }

  /** At the end of the tick, and not before the last one is through: Redis' own pace is the back-pressure. */
  #schedule(): void {
    if (this.#scheduled || this.#flushing !== null || !this.#up || this.#closed || this.#dirty.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = null;
      this.#schedule();
    });
    return this.#flushing;
  }

  async #write(): Promise<void> {
    const sensorIds = [...this.#dirty].slice(0, FLUSH_SENSORS);
    for (const sensorId of sensorIds) this.#dirty.delete(sensorId);
    const nowMs = this.#clock.nowMs();
    const failure = await this.#send((target) => {
      const held = sensorIds.filter((sensorId) => {
        const ring = this.#ring.ring(sensorId);
        if (!ring) return false;
        const leftMs = Math.max(1, Math.ceil(ring.heardMs + WINDOW_SILENCE_MS - nowMs));
        target.set(keyOf(sensorId), ring.packed(), "PX", leftMs);
        return true;
      });
      const unlisted = held.filter((sensorId) => !this.#listed.has(sensorId));
      if (unlisted.length > 0) target.sadd(INDEX, ...unlisted);
      for (const sensorId of unlisted) this.#listed.add(sensorId);
    });
    if (failure === null) return;
    for (const sensorId of sensorIds) this.#dirty.add(sensorId);
    this.#lost(failure instanceof Error ? failure.message : "a write failed");
    if (this.#client.status === "ready") setTimeout(() => this.#restored(), 500).unref();
  }

  /** One write for one server; in a cluster one for each node, which the client sees to. */
  async #send(write: (target: Target) => void): Promise<unknown> {
    if (this.#client instanceof Redis) {
      const pipeline = this.#client.pipeline();
      write({ set: (...args) => void pipeline.set(...args), sadd: (...args) => void pipeline.sadd(...args) });
      const results = await pipeline.exec().catch((error: unknown) => [[error]] as const);
      return results?.find(([error]) => error != null)?.[0] ?? null;
    }
    const client = this.#client;
    const sent: Promise<unknown>[] = [];
    write({
      set: (...args) => void sent.push(client.set(...args)),
      sadd: (...args) => void sent.push(client.sadd(...args)),
    });
    return (await Promise.allSettled(sent)).find((result) => result.status === "rejected")?.reason ?? null;
  }

  #restored(): void {
    if (this.#closed) return;
    if (!this.#up) {
      this.#sinceMs = this.#clock.nowMs();
      this.#log.info("Redis is reached; the hot window is mirrored");
    }
    this.#up = true;
    this.#listed.clear();
    for (const sensorId of this.#ring.sensorIds()) this.#dirty.add(sensorId);
    this.#schedule();
  }

  #lost(error: string): void {
    this.#error = error;
    if (!this.#up || this.#closed) return;
    this.#up = false;
    this.#sinceMs = this.#clock.nowMs();
    this.#log.warning("Redis was lost; the hot window is kept in the process", { detail: error });
  }

  /** Somebody flushed Redis: silent sensors would be missing until their next reading. */
  async #mirrorIfGone(): Promise<void> {
    if (!this.#up || this.#ring.size().sensors === 0) return;
    const there = await this.#client.exists(INDEX).catch(() => 1);
    if (there === 0) this.#restored();
  }
}

/** A sensor's mirrored window: instants in ms, oldest first, and values. */
export type MirroredWindow = Columns & Readonly<{ sensorId: string }>;

/** Reads the mirror, as any other process may: the windows of these sensors, or of all, that are not silent. */
export async function readMirroredWindows(
  client: Client,
  sensorIds?: readonly string[],
): Promise<readonly MirroredWindow[]> {
  const ids = sensorIds ?? (await client.smembers(INDEX));
  if (ids.length === 0) return [];
  const found =
    client instanceof Cluster
      ? await Promise.all(ids.map((sensorId) => client.getBuffer(keyOf(sensorId))))
      : await client.mgetBuffer(ids.map(keyOf));
  return ids.flatMap((sensorId, i) => {
    const bytes = found[i];
    return bytes ? [{ sensorId, ...unpackWindow(bytes) }] : [];
  });
}
