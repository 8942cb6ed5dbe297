import type { ActingDevice, ActingHome, ActingSettings } from "../../src/acting/acting-home.ts";
import { type Acting, createActing, type Situation } from "../../src/acting/acting.ts";
import { memoryOutbox, type Hold, type OutboxStore } from "../../src/acting/outbox.ts";
import type { Interlock } from "../../src/acting/transfer-switch.ts";
import { Zone } from "../../src/domain/civil-time.ts";
import type { Clock } from "../../src/domain/clock.ts";
import type { Decision } from "../../src/domain/decision.ts";
import type { EntityState } from "../../src/domain/entity.ts";
import { HyperVoltError } from "../../src/domain/errors.ts";
import type { Log } from "../../src/domain/log.ts";

export const START_MS = Date.UTC(2026, 0, 15, 10, 0);
const silent: Log = { debug() {}, info() {}, warning() {}, error() {} };

/** A clock that stands until a test moves it on; what is due runs in order, each to its end. */
export class TestClock implements Clock {
  #nowMs = START_MS;
  #timers: { atMs: number; task: () => void | Promise<void> }[] = [];
  nowMs(): number {
    return this.#nowMs;
  }
  after(delayMs: number, task: () => void | Promise<void>): { cancel(): void } {
    const timer = { atMs: this.#nowMs + delayMs, task };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }
  /** Whoever waited is dead. */
  forget(): void {
    this.#timers = [];
  }
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      await next.task();
    }
    this.#nowMs = untilMs;
  }
}

export type Call = { atMs: number; service: string; entityId: string; data: Readonly<Record<string, unknown>> };

/** Home Assistant as far as acting sees it, with entities that do as told, or do not. */
export class FakeHome implements ActingHome {
  readonly calls: Call[] = [];
  readonly clock: TestClock;
  /** What an entity does with a call; absent: as told, at once, under the call's context. */
  readonly deaf = new Set<string>();
  isConnected = true;
  #entities = new Map<string, EntityState>();
  #changes = new Set<Parameters<ActingHome["onEntityChange"]>[0]>();
  #connects = new Set<() => void | Promise<void>>();
  #events = new Set<Parameters<ActingHome["onEvent"]>[1]>();
  #contexts = 0;

  constructor(clock: TestClock) {
    this.clock = clock;
  }
  connected = (): boolean => this.isConnected;
  entity = (entityId: string): EntityState | undefined => this.#entities.get(entityId);
  onEntityChange(run: Parameters<ActingHome["onEntityChange"]>[0]): { stop(): void } {
    this.#changes.add(run);
    return { stop: () => void this.#changes.delete(run) };
  }
  onConnect(run: () => void | Promise<void>): { stop(): void } {
    this.#connects.add(run);
    if (this.isConnected) void run();
    return { stop: () => void this.#connects.delete(run) };
  }
  onEvent(_type: string, run: Parameters<ActingHome["onEvent"]>[1]): { stop(): void } {
    this.#events.add(run);
    return { stop: () => void this.#events.delete(run) };
  }
  /** Whoever listened is dead. */
  forget(): void {
    this.#changes.clear();
    this.#connects.clear();
    this.#events.clear();
  }
  reconnect(): void {
    this.isConnected = true;
    for (const run of this.#connects) void run();
  }
  /** Puts an entity into a state, under a context. */
  set(entityId: string, state: string, brightnessPct: number | null = null, contextId = this.newContext()): void {
    const before = this.#entities.get(entityId);
    const attributes = brightnessPct === null ? {} : { brightness: Math.round(brightnessPct * 2.55) };
    const atMs = this.clock.nowMs();
    const lastChangedMs = before?.state === state ? before.lastChangedMs : atMs;
    const now = { entityId, state, attributes, lastChangedMs, lastUpdatedMs: atMs, contextId };
    this.#entities.set(entityId, now);
    for (const run of this.#changes) run(entityId, now, before);
  }
  remove(entityId: string): void {
    const before = this.#entities.get(entityId);
    this.#entities.delete(entityId);
    for (const run of this.#changes) run(entityId, undefined, before);
  }
  /** A person calls a service, as the front end does. */
  person(entityId: string, on: boolean, brightnessPct: number | null = null): void {
    const context = this.newContext();
    const service_data = { entity_id: entityId, ...(brightnessPct === null ? {} : { brightness_pct: brightnessPct }) };
    for (const run of this.#events) run({ domain: entityId.split(".")[0], service: "turn_on", service_data }, context);
    this.set(entityId, on ? "on" : "off", on && entityId.startsWith("light.") ? (brightnessPct ?? 100) : null, context);
  }
  newContext = (): string => `context-${++this.#contexts}`;
  callService: ActingHome["callService"] = async (domain, service, data, target) => {
    if (!this.isConnected) throw new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", "the connection was lost");
    const entityId = target.entity_id;
    this.calls.push({ atMs: this.clock.nowMs(), service: `${domain}.${service}`, entityId, data });
    const contextId = this.newContext();
    if (!this.deaf.has(entityId)) {
      const on = service === "turn_on";
      const pct = typeof data["brightness_pct"] === "number" ? data["brightness_pct"] : 100;
      this.set(entityId, on ? "on" : "off", on && domain === "light" ? pct : null, contextId);
    }
    return { contextId };
  };
}

export const NOTHING: Situation = { due: null, batteries: [], rooms: [], grid: null, devicePowerW: {}, sources: [] };

/** What the plan says for now: these loads on, the other known ones off. */
export const due = (loadsW: Record<string, number>): Situation["due"] => ({
  loadsW,
  reasons: {},
  untilMs: Number.MAX_SAFE_INTEGER,
});

export const device = (deviceId: string, more: Partial<ActingDevice> = {}): ActingDevice => ({
  deviceId,
  entityId: `switch.${deviceId}`,
  name: deviceId,
  kind: "switch",
  areaId: null,
  maxW: 1_000,
  dimmable: false,
  ...more,
});

/** A fake house under real acting, on a clock of its own. */
export class ActingHouse {
  readonly clock = new TestClock();
  readonly home = new FakeHome(this.clock);
  readonly decisions: Decision[] = [];
  readonly holds: [string, Hold][] = [];
  readonly outbox: OutboxStore = memoryOutbox();
  devices: ActingDevice[] = [];
  interlocks: Interlock[] = [];
  settings: ActingSettings;
  acting: Acting;

  constructor(devices: ActingDevice[], settings: Partial<ActingSettings> = {}) {
    this.devices = devices;
    this.settings = {
      mode: "auto",
      allowedEntities: devices.map(({ entityId }) => entityId),
      lightTargetLx: 300,
      lightFloorPct: 10,
      handsOffMinutes: 120,
      quietHours: null,
      gridMaxImportW: null,
      ...settings,
    };
    this.acting = this.start();
  }
  /** Starts acting again on the same outbox; whoever ran before is as good as killed. */
  start(): Acting {
    this.home.forget();
    this.clock.forget();
    this.acting = createActing({
      homeAssistant: this.home,
      clock: this.clock,
      log: silent,
      zone: new Zone("Europe/Berlin"),
      outbox: this.outbox,
      settings: () => this.settings,
      devices: () => this.devices,
      interlocks: () => this.interlocks,
      onDecision: (decision) => void this.decisions.push(decision),
      onHold: (deviceId, hold) => void this.holds.push([deviceId, hold]),
    });
    return this.acting;
  }
  tick(situation: Partial<Situation> = {}): Promise<void> {
    return this.acting.tick({ ...NOTHING, ...situation });
  }
  /** Ticks every 10 s for a time. */
  async run(ms: number, situation: () => Partial<Situation>): Promise<void> {
    for (let t = 0; t < ms; t += 10_000) {
      await this.tick(situation());
      await this.clock.advance(10_000);
    }
  }
  /** Ends acting while its clock goes on. */
  async close(): Promise<void> {
    let ended = false;
    const closing = this.acting.close().finally(() => (ended = true));
    while (!ended) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (!ended) await this.clock.advance(50);
    }
    await closing;
  }
  statuses = (): string[] => this.decisions.map(({ deviceId, status }) => `${deviceId} ${status}`);
  services = (): string[] => this.home.calls.map(({ service, entityId }) => `${service} ${entityId}`);
}
