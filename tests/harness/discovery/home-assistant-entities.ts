import { WebSocket } from "ws";
import type { ExpectedEntity } from "../discovery-scenes.ts";

type Answer = Readonly<{ success?: boolean; result?: unknown; error?: unknown }>;
type Command = Readonly<Record<string, unknown>>;
type RegistryEntry = Readonly<{
  entity_id: string;
  unique_id: string;
  platform: string;
  name: string | null;
  original_name: string | null;
  original_device_class: string | null;
  disabled_by: string | null;
}>;
type State = Readonly<{ entity_id: string; state: string; attributes: Readonly<Record<string, unknown>> }>;

/** One conversation with Home Assistant's websocket, command by command. */
export class HomeAssistantSocket {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Answer) => void>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(url: string, token: string): Promise<HomeAssistantSocket> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/api/websocket`, { maxPayload: 256 * 1024 * 1024 });
    const made = new HomeAssistantSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Answer & { type: string; id: number };
        if (message.type === "auth_required") socket.send(JSON.stringify({ type: "auth", access_token: token }));
        else if (message.type === "auth_ok") resolve();
        else if (message.type === "auth_invalid") reject(new Error("Home Assistant refuses the token"));
        else made.#waiting.get(message.id)?.(message);
      });
    });
    return made;
  }

  async ask<T>(command: Command): Promise<T> {
    const id = this.#nextId++;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ ...command, id }));
    });
    this.#waiting.delete(id);
    if (answer.success !== true) throw new Error(JSON.stringify(answer.error));
    return answer.result as T;
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** Every sensor and binary sensor Home Assistant has from MQTT, or from nobody it knows. */
export async function readEntities(socket: HomeAssistantSocket): Promise<ExpectedEntity[]> {
  const [states, registry] = await Promise.all([
    socket.ask<State[]>({ type: "get_states" }),
    socket.ask<RegistryEntry[]>({ type: "config/entity_registry/list" }),
  ]);
  const byId = new Map(states.map((state) => [state.entity_id, state]));
  const registered = new Map(registry.map((entry) => [entry.entity_id, entry]));
  const found: ExpectedEntity[] = [];
  const isSensor = (entityId: string): boolean => /^(binary_)?sensor\./.test(entityId);
  const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
  for (const entry of registry) {
    if (entry.platform !== "mqtt" || !isSensor(entry.entity_id)) continue;
    const state = byId.get(entry.entity_id);
    const live = state !== undefined && state.attributes["restored"] !== true;
    const availability = live
      ? state.state === "unavailable"
        ? "unavailable"
        : "available"
      : entry.disabled_by === null
        ? "unloaded"
        : "disabled";
    found.push({
      component: entry.entity_id.slice(0, entry.entity_id.indexOf(".")),
      unique_id: entry.unique_id,
      name: entry.original_name,
      friendly_name: textOf(state?.attributes["friendly_name"]) ?? "",
      unit_of_measurement: textOf(state?.attributes["unit_of_measurement"]),
      device_class: textOf(state?.attributes["device_class"]),
      state: state?.state ?? "unknown",
      availability,
    });
  }
  for (const { entity_id: entityId, state, attributes } of states) {
    if (registered.has(entityId) || !isSensor(entityId)) continue;
    found.push({
      component: entityId.slice(0, entityId.indexOf(".")),
      unique_id: null,
      name: null,
      friendly_name: textOf(attributes["friendly_name"]) ?? "",
      unit_of_measurement: textOf(attributes["unit_of_measurement"]),
      device_class: textOf(attributes["device_class"]),
      state,
      availability: state === "unavailable" ? "unavailable" : "available",
    });
  }
  return found;
}
