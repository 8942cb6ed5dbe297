import type { Broker } from "../../src/domain/broker.ts";

/** A smart plug with a power meter, announced by MQTT discovery as one device, that does as it is told. */
export class SmartPlug {
  readonly #broker: Broker;
  readonly id: string;
  readonly #watts: number;
  on = false;
  /** Everything it was told, in order. */
  readonly told: string[] = [];
  /** It does nothing, or does it only this much later. */
  deaf = false;
  delayMs = 0;

  constructor(broker: Broker, id: string, watts: number) {
    this.#broker = broker;
    this.id = id;
    this.#watts = watts;
    broker.subscribe(`plug/${id}/set`, 1, ({ payload, acknowledge }) => {
      acknowledge();
      const wanted = Buffer.from(payload).toString();
      this.told.push(wanted);
      if (this.deaf) return;
      if (this.delayMs > 0) setTimeout(() => void this.turn(wanted === "ON"), this.delayMs).unref();
      else void this.turn(wanted === "ON");
    });
  }
  async announce(name: string): Promise<void> {
    const device = { identifiers: [`plug-${this.id}`], name };
    const config = (kind: string, more: object): Promise<void> =>
      this.#broker.publish(
        `homeassistant/${kind}/${this.id}/config`,
        JSON.stringify({ unique_id: `${this.id}_${kind}`, device, default_entity_id: `${kind}.${this.id}`, ...more }),
        { qos: 1, retain: true },
      );
    await config("switch", { name: null, state_topic: `plug/${this.id}/state`, command_topic: `plug/${this.id}/set` });
    await config("sensor", {
      name: "Power",
      device_class: "power",
      unit_of_measurement: "W",
      state_class: "measurement",
      state_topic: `plug/${this.id}/power`,
    });
    await this.turn(false);
  }
  /** As a hand at the plug, or as it was told. */
  async turn(on: boolean): Promise<void> {
    this.on = on;
    await this.#broker.publish(`plug/${this.id}/state`, on ? "ON" : "OFF", { qos: 1, retain: true });
    await this.#broker.publish(`plug/${this.id}/power`, String(on ? this.#watts : 0), { qos: 1, retain: true });
  }
}

/** A meter without a home: one sensor of Home Assistant's MQTT integration. */
export async function announceMeter(broker: Broker, id: string, name: string, watts: number): Promise<void> {
  await broker.publish(
    `homeassistant/sensor/${id}/config`,
    JSON.stringify({
      unique_id: id,
      name: null,
      default_entity_id: `sensor.${id}`,
      device: { identifiers: [id], name },
      device_class: "power",
      unit_of_measurement: "W",
      state_class: "measurement",
      state_topic: `meter/${id}`,
    }),
    { qos: 1, retain: true },
  );
  await broker.publish(`meter/${id}`, String(watts), { qos: 1, retain: true });
}
