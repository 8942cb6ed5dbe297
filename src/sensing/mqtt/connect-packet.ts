import type { IConnectPacket } from "mqtt-packet";
import type { MqttBrokerOptions } from "../mqtt-broker.ts";

/** A ping is due within it, s. */
export const KEEPALIVE_S = 30;
/** Messages that wait for our acknowledgement at once: half of the packet ids, so that none comes again too soon. */
const MOST_UNDER_WAY = 0x7fff;

type Login = Pick<MqttBrokerOptions, "clientId" | "username" | "password" | "will" | "sessionExpiryS">;

/** Our greeting: a session that outlives the connection, and a will. */
export function connectPacket(options: Login, protocolVersion: 4 | 5): IConnectPacket {
  const packet: IConnectPacket = {
    cmd: "connect",
    clientId: options.clientId,
    protocolVersion,
    protocolId: "MQTT",
    clean: false,
    keepalive: KEEPALIVE_S,
  };
  if (options.username !== undefined) packet.username = options.username;
  if (options.password !== undefined) packet.password = Buffer.from(options.password);
  if (options.will)
    packet.will = { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1, retain: true };
  if (protocolVersion === 5)
    packet.properties = { sessionExpiryInterval: options.sessionExpiryS ?? 86_400, receiveMaximum: MOST_UNDER_WAY };
  return packet;
}
