import { readFileSync } from "node:fs";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, rootCertificates } from "node:tls";
import { generate, type Packet } from "mqtt-packet";
import type { Broker } from "../domain/broker.ts";
import type { Clock } from "../domain/clock.ts";
import { HyperVoltError } from "../domain/errors.ts";
import type { DependencyState, Log } from "../domain/log.ts";
import { seldomLog } from "../domain/seldom-log.ts";
import { clamp, MS_PER_SECOND } from "../domain/units.ts";
import { Acknowledgements } from "./mqtt/acknowledgements.ts";
import { Asking } from "./mqtt/asking.ts";
import { connectPacket, KEEPALIVE_S } from "./mqtt/connect-packet.ts";
import { type IncomingPublish, PacketReader } from "./mqtt/packet-reader.ts";
import { Subscriptions } from "./mqtt/subscriptions.ts";
import { Unclaimed } from "./mqtt/unclaimed.ts";
import { KEEPS_BREAKING, TAKEN_OVER, whatToDo } from "./mqtt/what-to-do.ts";

const CONNACK = 2;
const PUBACK = 4;
const SUBACK = 9;
const DISCONNECT = 14;
/** Reason of a DISCONNECT: somebody else signed in under our client id. */
const SESSION_TAKEN_OVER = 0x8e;
/** A connection that lasted so long was none that breaks as soon as it is made. */
const STEADY_MS = 10 * MS_PER_SECOND;
const BREAKS_IN_A_ROW = 3;
const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30 * MS_PER_SECOND;
const ANSWER_WITHIN_MS = 10 * MS_PER_SECOND;
const MAX_PACKET_BYTES = 4 * 1024 * 1024;
const ONCE = { packetId: 0, redelivered: false } as const;

export type MqttBrokerOptions = Readonly<{
  /** mqtt://host:1883 or mqtts://host:8883 */
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  /** Certificates in PEM form of who may vouch for the broker's, beside those everybody trusts. */
  caFile?: string | undefined;
  /** Stable over restarts: the broker keeps unacknowledged QoS 1 messages under this name. */
  clientId: string;
  /** Published retained by the broker when we vanish, and by us on `close`. */
  will?: Readonly<{ topic: string; payload: string }>;
  clock: Clock;
  log: Log;
  /** For how long the broker keeps our session while we are away. */
  sessionExpiryS?: number;
}>;

/** A `Broker` whose flow can be held back: while paused, TCP makes the broker wait. */
export type MqttBroker = Broker & Readonly<{ pause(): void; resume(): void }>;

type Pending = Readonly<{ resolve: () => void; reject: (error: Error) => void }>;
type Link = {
  socket: Socket;
  version: 4 | 5;
  /** Set by CONNACK. */
  open: boolean;
  openedAtMs: number;
  heardAtMs: number;
  acknowledgements: Acknowledgements;
};

/**
 * A conversation with an MQTT broker (5, falling back to 3.1.1) that starts at once and never gives up. QoS 1 messages
 * are acknowledged when every handler has; until then the broker keeps them, over our death too.
 */
export function connectBroker(options: MqttBrokerOptions): MqttBroker {
  const { clock } = options;
  /** What others publish, and how often they end our connection, is up to them. */
  const log = seldomLog(options.log, clock);
  const url = new URL(options.url);
  const secure = url.protocol === "mqtts:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (secure ? 8883 : 1883) : Number(url.port);
  const where = `${host}:${port}`;

  const subscriptions = new Subscriptions();
  const asking = new Asking(clock, subscriptions, (filters) =>
    log.warning("the broker refuses subscriptions; allow its user to read them", {
      refused: filters.length,
      first: filters[0],
    }),
  );
  const onConnects: (() => void)[] = [];
  const onDisconnects: (() => void)[] = [];
  const pending = new Map<number, Pending>();
  const unclaimed = new Unclaimed(clock, (count) => log.info("messages of sensors that are no more", { count }));
  let version: 4 | 5 = 5;
  let link: Link | undefined;
  let closed = false;
  let paused = false;
  let failures = 0;
  /** Connections in a row that broke soon after they were made. */
  let breaks = 0;
  let nextPacketId = 1;
  let timer: { cancel(): void } | undefined;
  let state: DependencyState = {
    name: "broker",
    state: "down",
    sinceMs: clock.nowMs(),
    detail: `connecting to ${where}`,
    todo: null,
  };

  const setState = (next: "ok" | "down", detail: string, todo: string | null): void => {
    if (state.state === next && state.detail === detail) return;
    const sinceMs = state.state === next ? state.sinceMs : clock.nowMs();
    state = { name: "broker", state: next, sinceMs, detail, todo };
  };

  const packetId = (): number => {
    do nextPacketId = (nextPacketId % 0xffff) + 1;
    while (pending.has(nextPacketId));
    return nextPacketId;
  };

  const send = (packet: Packet): void => {
    if (link) link.socket.write(generate(packet, { protocolVersion: link.version }));
  };

  function openLink(): void {
    if (closed) return;
    try {
      connect();
    } catch (error) {
      tryLater(`the certificate file cannot be read: ${(error as Error).message}`);
    }
  }

  function connect(): void {
    const socket = secure
      ? connectTls({ host, port, ...tlsOptions(host, options.caFile) })
      : connectTcp({ host, port });
    const mine: Link = {
      socket,
      version,
      open: false,
      openedAtMs: Number.POSITIVE_INFINITY,
      heardAtMs: clock.nowMs(),
      acknowledgements: new Acknowledgements((bytes) => {
        if (link === mine && !socket.destroyed) socket.write(bytes);
      }),
    };
    link = mine;
    socket.setNoDelay(true);
    const reader = new PacketReader(
      {
        publish: (message) => receive(mine, message),
        tooLarge: ({ topic, qos, packetId: id }, bytes) => {
          log.warning("a message is too large and not taken; correct its publisher", { topic, bytes });
          if (qos === 1) acknowledgeLater(mine, id);
        },
        other: (type, body) => answer(mine, type, body),
      },
      MAX_PACKET_BYTES,
    );
    reader.protocolVersion = version;
    socket.on(secure ? "secureConnect" : "connect", () => send(connectPacket(options, version)));
    socket.on("data", (chunk: Buffer) => {
      mine.heardAtMs = clock.nowMs();
      try {
        reader.push(chunk);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    let failure: Error | undefined;
    socket.on("error", (error) => (failure = error));
    socket.on("close", () => lost(mine, failure?.message ?? "connection closed"));
    timer?.cancel();
    timer = clock.after(ANSWER_WITHIN_MS, () => watch(mine));
  }

  /** Keep-alive: a ping each half interval; no sign of life for a whole one ends the connection. */
  function watch(mine: Link): void {
    if (link !== mine || closed) return;
    const silentMs = clock.nowMs() - mine.heardAtMs;
    if (!mine.open || (silentMs > KEEPALIVE_S * MS_PER_SECOND && !paused)) {
      mine.socket.destroy(new Error(mine.open ? "no answer to keep-alive" : "no answer to our greeting"));
      return;
    }
    send({ cmd: "pingreq" });
    timer = clock.after((KEEPALIVE_S * MS_PER_SECOND) / 2, () => watch(mine));
  }

  function answer(mine: Link, type: number, body: Buffer): void {
    if (type === CONNACK) greet(mine, body);
    else if (type === PUBACK) {
      const id = body.readUInt16BE(0);
      const waiting = pending.get(id);
      pending.delete(id);
      const reason = mine.version === 5 && body.length > 2 ? (body[2] ?? 0) : 0;
      if (reason >= 0x80) {
        log.warning("the broker refuses what HyperVolt publishes; allow its user to", { broker: where, reason });
        waiting?.reject(away(`the broker refuses what we publish (reason ${reason})`));
      } else waiting?.resolve();
    } else if (type === SUBACK) asking.answered(body);
    else if (type === DISCONNECT && mine.version === 5)
      mine.socket.destroy(
        new Error(
          body[0] === SESSION_TAKEN_OVER ? TAKEN_OVER : `the broker ended the connection (reason ${body[0] ?? 0})`,
        ),
      );
  }

  function greet(mine: Link, body: Buffer): void {
    const code = body[1] ?? 0;
    if (code !== 0) {
      const foreignVersion =
        (mine.version === 5 && (code === 1 || code === 0x84)) || (mine.version === 4 && code === 1);
      if (foreignVersion && version === 5) version = 4;
      const refused = code === 4 || code === 5 || code === 0x86 || code === 0x87;
      mine.socket.destroy(
        new Error(refused ? "the broker refuses our user name or password" : `the broker refuses us (code ${code})`),
      );
      return;
    }
    mine.open = true;
    mine.openedAtMs = clock.nowMs();
    unclaimed.begin();
    setState("ok", `connected to ${where}`, null);
    log.info("connected to the broker", { broker: where, protocol: mine.version === 5 ? "MQTT 5" : "MQTT 3.1.1" });
    asking.begin({ version: mine.version, send, packetId });
    for (const run of onConnects) run();
  }

  function receive(mine: Link, message: IncomingPublish): void {
    const handlers = subscriptions.receivers(message.topic, message.retain, message.subscriptionIds);
    const { topic, qos, retain, payload } = message;
    const delivery = qos === 0 ? ONCE : { packetId: message.packetId, redelivered: message.redelivered };
    if (handlers.length === 0) {
      if (qos !== 1) return;
      const acknowledge = (): void => acknowledgeLater(mine, message.packetId);
      if (!unclaimed.keeps({ topic, payload, qos, retain, acknowledge, delivery })) acknowledge();
      return;
    }
    let open = handlers.length;
    const acknowledge =
      qos === 1
        ? (): void => {
            if (--open === 0) acknowledgeLater(mine, message.packetId);
          }
        : doNothing;
    for (const handle of handlers) {
      try {
        handle({ topic, payload, qos, retain, acknowledge, delivery });
      } catch (error) {
        log.error("a message could not be handled", { topic, error: String(error) });
        acknowledge();
      }
    }
  }

  function acknowledgeLater(mine: Link, id: number): void {
    if (link === mine && mine.open) mine.acknowledgements.add(id);
  }

  function lost(mine: Link, why: string): void {
    if (link !== mine) return;
    const greeted = mine.open;
    link = undefined;
    timer?.cancel();
    unclaimed.forget();
    asking.end();
    for (const { reject } of pending.values()) reject(away(why));
    pending.clear();
    if (closed) return;
    if (!greeted && mine.version === 5 && (version === 4 || why === "connection closed")) {
      // A broker that speaks only 3.1.1 is no fault, whether it says so or hangs up: it is asked again at once.
      version = 4;
      log.debug("the broker does not speak MQTT 5", { broker: where, why });
      setState("down", `${where}: ${why}`, whatToDo(why));
      timer = clock.after(0, openLink);
      return;
    }
    // After a restart it may speak another version.
    if (greeted) version = 5;
    const steady = clock.nowMs() - mine.openedAtMs >= STEADY_MS;
    if (steady) failures = 0;
    breaks = greeted && !steady ? breaks + 1 : 0;
    tryLater(breaks >= BREAKS_IN_A_ROW && why !== TAKEN_OVER ? `${KEEPS_BREAKING}: ${why}` : why);
    if (greeted) for (const run of onDisconnects) run();
  }

  function tryLater(why: string): void {
    if (failures === 0 || why === TAKEN_OVER || why.startsWith(KEEPS_BREAKING))
      log.warning("no connection to the broker", { broker: where, why, todo: whatToDo(why) });
    setState("down", `${where}: ${why}`, whatToDo(why));
    const waitMs = clamp(SHORTEST_WAIT_MS * 2 ** failures, SHORTEST_WAIT_MS, LONGEST_WAIT_MS);
    failures++;
    timer = clock.after(waitMs * (0.75 + Math.random() / 2), openLink);
  }

  const away = (why: string): HyperVoltError => new HyperVoltError("BROKER_UNAVAILABLE", `${where}: ${why}`);

  function publish(
    topic: string,
    payload: string | Uint8Array,
    { qos = 0, retain = false }: Readonly<{ qos?: 0 | 1; retain?: boolean }> = {},
  ): Promise<void> {
    const mine = link;
    if (!mine?.open) return Promise.reject(away(state.detail ?? "not connected"));
    if (asking.isWaiting) asking.now();
    const messageId = qos === 1 ? packetId() : undefined;
    const packet: Packet = {
      cmd: "publish",
      topic,
      payload: typeof payload === "string" ? payload : Buffer.from(payload),
      qos,
      retain,
      dup: false,
      ...(messageId !== undefined && { messageId }),
    };
    if (messageId === undefined) {
      send(packet);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      pending.set(messageId, { resolve, reject });
      send(packet);
    });
  }

  openLink();
  return {
    publish,
    subscribe(filter, qos, onMessage) {
      const subscription = subscriptions.add(filter, qos, onMessage);
      asking.soon();
      for (const message of unclaimed.claim((messages) => subscription.partition(messages))) onMessage(message);
      return {
        unsubscribe: () => {
          subscriptions.delete(subscription);
          asking.soon();
        },
      };
    },
    onConnect(run) {
      onConnects.push(run);
      if (link?.open) run();
    },
    onDisconnect: (run) => void onDisconnects.push(run),
    state: () => state,
    pause() {
      paused = true;
      link?.socket.pause();
    },
    resume() {
      paused = false;
      link?.socket.resume();
    },
    async close() {
      if (closed) return;
      // What was given up before must be known to the broker: it would keep messages for us that others are to have.
      asking.now();
      if (link?.open && options.will)
        await publish(options.will.topic, options.will.payload, { qos: 1, retain: true }).catch(doNothing);
      closed = true;
      timer?.cancel();
      unclaimed.close();
      asking.end();
      const last = link;
      link = undefined;
      for (const { reject } of pending.values()) reject(away("closing"));
      pending.clear();
      if (!last || last.socket.destroyed) return;
      const bytes = generate({ cmd: "disconnect" } as Packet, { protocolVersion: last.version });
      await new Promise<void>((resolve) => {
        const late = clock.after(MS_PER_SECOND, () => void last.socket.destroy());
        last.socket.once("close", () => {
          late.cancel();
          resolve();
        });
        last.socket.end(bytes);
      });
    },
  };
}

/** A server name is sent for names only: an address is none. */
function tlsOptions(host: string, caFile: string | undefined): ConnectionOptions {
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ...(caFile !== undefined && { ca: [...rootCertificates, readFileSync(caFile, "utf8")] }),
  };
}

const doNothing = (): void => undefined;
