import { connectBroker, type MqttBroker } from "../../../src/sensing/mqtt-broker.ts";
import type { Log } from "../../../src/domain/log.ts";
import type { HomeAssistant } from "../../../src/home-assistant/home-assistant.ts";
import { AVAILABILITY_TOPIC } from "../../../src/home-assistant/hypervolt-device.ts";
import { openWebsocketSession } from "../../../src/home-assistant/websocket-session.ts";
import { systemClock } from "../../../src/commands/system-clock.ts";
import {
  type HomeAssistantCore,
  type Mosquitto,
  startCore,
  startMosquitto,
  until,
} from "../../harness/home-assistant-core.ts";

export const clock = systemClock;
export const log: Log = { debug() {}, info() {}, warning() {}, error() {} };

/** A real Home Assistant on a real broker, and our conversation with both. */
export type RealHome = Readonly<{
  mosquitto: Mosquitto;
  core: HomeAssistantCore;
  url: string;
  token: string;
  config: string;
  broker: MqttBroker;
  home: HomeAssistant;
  close(): Promise<void>;
}>;

export async function openRealHome(name: string): Promise<RealHome> {
  const mosquitto = await startMosquitto();
  const { core, started } = await startCore(name, mosquitto.host);
  const home = openWebsocketSession({ url: started.url, token: started.token, clock, log });
  const broker = connectBroker({
    url: mosquitto.url,
    clientId: `hypervolt-${name}`,
    clock,
    log,
    will: { topic: AVAILABILITY_TOPIC, payload: "offline" },
  });
  await until("connected to Home Assistant", () => home.connected());
  await until("connected to the broker", () => broker.state().state === "ok");
  return {
    mosquitto,
    core,
    url: started.url,
    token: started.token,
    config: started.config,
    broker,
    home,
    async close() {
      home.close();
      await broker.close();
      core.forget();
      await mosquitto.stop();
    },
  };
}

/** Somebody else than HyperVolt at the same Home Assistant, such as a person at the front end. */
export async function otherUser(url: string, token: string): Promise<HomeAssistant> {
  const other = openWebsocketSession({ url, token, clock, log });
  await until("the other user is connected", () => other.connected());
  return other;
}
