import {
  type Connection,
  createConnection,
  createLongLivedTokenAuth,
  ERR_CANNOT_CONNECT,
  ERR_CONNECTION_LOST,
  ERR_INVALID_AUTH,
} from "home-assistant-js-websocket";
import { type Clock, every } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { Log } from "../domain/log.ts";
import { seldomLog } from "../domain/seldom-log.ts";
import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import { CORE_CONFIG_EVENT, parseCoreConfig } from "./core-config.ts";
import { type EntitiesEvent, EntityStore } from "./entity-store.ts";
import type { Ask, CoreConfig, HomeAssistant } from "./home-assistant.ts";
import { EventListeners, type HeardEvent } from "./event-listeners.ts";
import { Listeners } from "./listeners.ts";
import { type Registries, REGISTRY_EVENTS } from "./registries.ts";
import { RegistryWatch } from "./registry-watch.ts";
import { SessionState } from "./session-state.ts";

const FIRST_PAUSE_MS = MS_PER_SECOND;
const LONGEST_PAUSE_MS = 30 * MS_PER_SECOND;
/** Each refused sign-in is a notice in Home Assistant and counts towards a ban: ask seldom. */
const REFUSED_PAUSE_MS = 5 * MS_PER_MINUTE;
const PING_MS = 30 * MS_PER_SECOND;
const ANSWER_MS = 30 * MS_PER_SECOND;
const STARTING_POLL_MS = 2 * MS_PER_SECOND;

export type SessionParts = Readonly<{
  /** `http://host:8123`, or `http://supervisor/core` with the Supervisor's token; empty: none is configured. */
  url: string;
  token: string;
  clock: Clock;
  log: Log;
}>;

/** Why a connection ended, or did not come about. */
type Failure = Readonly<{ refused: boolean; detail: string }>;

/** Opens the conversation and returns at once; connecting goes on in the background until `close`. */
export function openWebsocketSession(parts: SessionParts): HomeAssistant {
  const { clock, log } = parts;
  const store = new EntityStore();
  /** A listener is told of everything that happens in the house: one that fails would fill the log. */
  const seldom = seldomLog(log, clock);
  const entityListeners = new Listeners<Parameters<Parameters<HomeAssistant["onEntityChange"]>[0]>>(seldom);
  const registryListeners = new Listeners<[Registries]>(seldom);
  const connectListeners = new Listeners<[]>(seldom);
  const disconnectListeners = new Listeners<[]>(seldom);
  const events = new EventListeners(seldom, [...REGISTRY_EVENTS, CORE_CONFIG_EVENT]);
  const registryEvents = new Set<string>(REGISTRY_EVENTS);
  const registries = new RegistryWatch({ clock, log, onRead: (read) => registryListeners.tell(read) });

  let connection: Connection | undefined;
  let ready = false;
  let closed = false;
  let failures = 0;
  let config: CoreConfig | null = null;
  let retry: { cancel(): void } | undefined;
  let pinging: { cancel(): void } | undefined;
  const state = new SessionState(clock);

  /** Rejects when Home Assistant does not answer in time: a socket can be open and dead. */
  const inTime = <T>(promise: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const limit = clock.after(ANSWER_MS, () => reject(unavailable("no answer within 30 s")));
      promise.then(resolve, reject).finally(() => limit.cancel());
    });

  const askOn = async (on: Connection, message: Parameters<Ask>[0]): Promise<unknown> => {
    try {
      return await inTime(on.sendMessagePromise<unknown>({ ...message }));
    } catch (error) {
      throw asHyperVoltError(error, message.type);
    }
  };

  /** Subscribes to every type somebody listens to by now; @returns how many were refused */
  const subscribeMissing = async (on: Connection): Promise<number> => {
    let refused = 0;
    for (let type = events.takeMissing(); type !== undefined; type = events.takeMissing()) {
      const eventType = type;
      const onEvent = (event: HeardEvent): void => {
        if (on !== connection) return;
        if (registryEvents.has(eventType)) registries.soon((message) => askOn(on, message));
        if (eventType === CORE_CONFIG_EVENT) void readConfig(on).then(() => events.tell(eventType, event));
        else events.tell(eventType, event);
      };
      const message = { type: "subscribe_events", event_type: eventType };
      await inTime(on.subscribeMessage(onEvent, message, { resubscribe: false })).catch((error: unknown) => {
        // Somebody who is no administrator may not hear every event; the rest works without.
        if (asHyperVoltError(error, eventType).code !== "HOME_ASSISTANT_REFUSED") throw error;
        refused += 1;
      });
    }
    return refused;
  };

  /** A person changed units, zone, currency, country or language: whoever listens for that finds the new ones. */
  const readConfig = async (on: Connection): Promise<void> => {
    try {
      const read = parseCoreConfig(await askOn(on, { type: "get_config" }));
      if (on === connection) config = read.config;
    } catch (error) {
      log.debug("Home Assistant's configuration was not read again; it is at the next connection", {
        detail: detailOf(error),
      });
    }
  };

  const fail = (failed: Connection | undefined, { refused, detail }: Failure): void => {
    if (closed || failed !== connection) return;
    connection?.close();
    connection = undefined;
    pinging?.cancel();
    registries.stop();
    failures += 1;
    const pauseMs = refused ? REFUSED_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    if (state.down(detail, refused, failures))
      log.warning("Home Assistant is away", { detail, refused, pauseS: pauseMs / MS_PER_SECOND });
    if (ready) {
      ready = false;
      disconnectListeners.tell();
    }
    retry = clock.after(pauseMs, connect);
  };

  const connect = async (): Promise<void> => {
    let on: Connection | undefined;
    try {
      const auth = createLongLivedTokenAuth(parts.url.replace(/\/+$/, ""), parts.token);
      const opening = createConnection({ auth, setupRetry: 0 });
      const opened = await inTime(opening).catch((error: unknown) => {
        opening.then((late) => late.close()).catch(() => {}); // it answered after we had stopped waiting
        throw error;
      });
      if (closed) {
        opened.close();
        return;
      }
      on = connection = opened;
      // The library would come back by itself, but stops for good at a refused token: this room does it instead.
      opened.addEventListener("disconnected", () =>
        fail(opened, { refused: false, detail: "the connection was lost" }),
      );
      await settle(opened);
    } catch (error) {
      fail(on, { refused: error === ERR_INVALID_AUTH, detail: detailOf(asHyperVoltError(error, "connect")) });
    }
  };

  /** Learns everything the rooms rely on, then says that it is ready. */
  const settle = async (on: Connection): Promise<void> => {
    const first = parseCoreConfig(await askOn(on, { type: "get_config" }));
    config = first.config;
    if (first.phase === "recovery") await untilRunning(on);
    store.restart();
    let gotStates = (): void => {};
    const firstStates = new Promise<void>((resolve) => (gotStates = resolve));
    const onEntities = (event: EntitiesEvent): void => {
      if (on !== connection) return;
      for (const { entityId, now, before } of store.apply(event)) entityListeners.tell(entityId, now, before);
      gotStates();
    };
    await inTime(on.subscribeMessage(onEntities, { type: "subscribe_entities" }, { resubscribe: false }));
    await inTime(firstStates);
    events.forget();
    let refused = await subscribeMissing(on);
    await registries.read((message) => askOn(on, message));
    await untilRunning(on);
    // Whoever came to listen meanwhile is heard, too.
    refused += await subscribeMissing(on);
    if (on !== connection) return;
    failures = 0;
    ready = true;
    state.ready(on.haVersion, refused);
    log.info("Home Assistant is there", { version: on.haVersion, entities: store.all().length });
    pinging = every(clock, PING_MS, () => ping(on));
    registryListeners.tell(registries.current());
    connectListeners.tell();
  };

  /** While Home Assistant starts or is being rescued, most entities are missing: nothing must be concluded from that. */
  const untilRunning = async (on: Connection): Promise<void> => {
    while (on === connection) {
      const answer = parseCoreConfig(await askOn(on, { type: "get_config" }));
      config = answer.config;
      if (answer.phase === "running") return;
      state.notWhole(answer.phase);
      await new Promise<void>((resolve) => void clock.after(STARTING_POLL_MS, resolve));
    }
  };

  const ping = async (on: Connection): Promise<void> => {
    try {
      await inTime(on.ping());
    } catch (error) {
      fail(on, { refused: false, detail: detailOf(asHyperVoltError(error, "ping")) });
    }
  };

  const ask: Ask = async (message) => {
    if (!connection || !ready) throw unavailable(state.now().detail ?? "not connected");
    return askOn(connection, message);
  };

  if (parts.url === "" || parts.token === "") state.off(parts.url === "" ? "address" : "token");
  else void connect();

  return {
    state: () => state.now(),
    connected: () => ready,
    entity: (entityId) => store.get(entityId),
    entities: () => store.all(),
    registries: () => registries.current(),
    config: () => config,
    onEntityChange: (run) => entityListeners.add(run),
    onRegistryChange: (run) => registryListeners.add(run),
    onConnect(run) {
      const subscription = connectListeners.add(run);
      if (ready) connectListeners.tellOne(run);
      return subscription;
    },
    onDisconnect: (run) => disconnectListeners.add(run),
    onEvent(eventType, run) {
      const subscription = events.add(eventType, run);
      if (connection && ready)
        subscribeMissing(connection).catch((error: unknown) =>
          log.warning("An event could not be subscribed to", {
            eventType,
            detail: detailOf(asHyperVoltError(error, eventType)),
          }),
        );
      return subscription;
    },
    async callService(domain, service, data = {}, target, options = {}) {
      const result = (await ask({
        type: "call_service",
        domain,
        service,
        service_data: data,
        ...(target ? { target } : {}),
        ...(options.returnResponse ? { return_response: true } : {}),
      })) as { context?: { id?: string }; response?: unknown } | null;
      return { contextId: result?.context?.id ?? null, response: result?.response ?? null };
    },
    ask,
    close() {
      closed = true;
      ready = false;
      retry?.cancel();
      pinging?.cancel();
      registries.stop();
      connection?.close();
      connection = undefined;
    },
  };
}

const unavailable = (detail: string): HyperVoltError => new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", detail);

const detailOf = (error: unknown): string =>
  error instanceof HyperVoltError ? error.detail : error instanceof Error ? error.message : String(error);

/** What the library throws: numbers for the connection, `{ code, message }` for a refused command. */
function asHyperVoltError(error: unknown, what: string): HyperVoltError {
  if (error instanceof HyperVoltError) return error;
  if (error === ERR_INVALID_AUTH)
    return new HyperVoltError("HOME_ASSISTANT_REFUSED", "Home Assistant refuses the token");
  if (error === ERR_CANNOT_CONNECT) return unavailable("it does not answer at its address");
  const { code, message } = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  if (error === ERR_CONNECTION_LOST || code === ERR_CONNECTION_LOST) return unavailable("the connection was lost");
  if (typeof code === "string")
    return new HyperVoltError("HOME_ASSISTANT_REFUSED", `${what}: ${code}: ${String(message)}`);
  return unavailable(`${what}: ${error instanceof Error ? error.message : String(error)}`);
}
