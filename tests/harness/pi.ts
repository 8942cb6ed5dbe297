import type { Broker } from "../../src/domain/broker.ts";

/** A Raspberry Pi with one lamp and one relay on the native topics, that does as it is told. */
export class Pi {
  readonly #broker: Broker;
  readonly location: string;
  readonly levels = new Map<string, number>();
  readonly commands: { device: string; command: unknown; value: unknown; timestamp: unknown }[] = [];
  /** Devices that no longer listen. */
  readonly deaf = new Set<string>();

  constructor(broker: Broker, location: string) {
    this.#broker = broker;
    this.location = location;
    broker.subscribe(`HyperVolt/commands/${location}/+`, 1, ({ topic, payload, acknowledge }) => {
      acknowledge();
      const device = topic.split("/").at(-1) ?? "";
      const { command, value, timestamp } = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>;
      this.commands.push({ device, command, value, timestamp });
      if (this.deaf.has(device)) return;
      this.levels.set(device, command === "turn_off" ? 0 : command === "set_brightness" ? Number(value) : 100);
      void this.report(device);
    });
  }
  stateTopic = (device: string): string => `pi/${this.location}/${device}/state`;
  /** As after every change, whoever made it. */
  report(device: string): Promise<void> {
    const level = this.levels.get(device) ?? 0;
    const state = { state: level > 0 ? "ON" : "OFF", brightness: level };
    return this.#broker.publish(this.stateTopic(device), JSON.stringify(state), { qos: 1, retain: true });
  }
  async set(device: string, level: number): Promise<void> {
    this.levels.set(device, level);
    await this.report(device);
  }
}
