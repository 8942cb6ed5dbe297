import { type Payload, type Template, TemplateFault } from "../template/template.ts";
import type { Value } from "../template/values.ts";
import { MqttEntity } from "./entity.ts";
import type { SensorConfig } from "./sensor-config.ts";
import { stateOfSensor } from "./sensor-state.ts";

/** A sensor: numbers are shown as they were sent, everything else as its class wants it. */
export class SensorEntity extends MqttEntity<SensorConfig> {
  #native: string | null = null;
  /** An update without a template keeps the former one. */
  #template: Template | undefined;

  protected override onConfig(): void {
    this.#template = this.config.valueTemplate ?? this.#template;
  }

  protected override onClose(): void {
    this.#native = null;
  }

  protected override receive(payload: Payload): boolean {
    let value: Value = payload.raw;
    if (this.#template)
      try {
        value = this.render(this.#template, payload);
      } catch (error) {
        if (!(error instanceof TemplateFault) || error.kind !== "undefined") throw error;
        return false;
      }
    if (typeof value !== "string") return false;
    return this.#take(value) || this.config.forceUpdate;
  }

  #take(value: string): boolean {
    const { deviceClass, options } = this.config;
    let next: string | null;
    if (value === "None") next = null;
    else if (isNumericSensor(this.config)) {
      if (value === "") return false;
      next = value;
    } else if (options && !options.includes(value)) return false;
    else if (deviceClass === null || deviceClass === "enum") {
      if (value.length > 255) next = this.#native;
      else next = value;
      if (value.length > 255) return this.#afterTooLong();
    } else next = dateText(value, deviceClass);
    // An equal value is still a message: it confirms what is shown.
    this.#native = next;
    return true;
  }

  /** A text that is too long is no date either, and so becomes unknown. */
  #afterTooLong(): boolean {
    this.#native = null;
    return true;
  }

  protected override stateText(): string | null {
    return stateOfSensor(this.config, this.#native);
  }
}

/** Home Assistant expects a number as soon as anything says so. */
export function isNumericSensor({ deviceClass, stateClass, unit, displayPrecision }: SensorConfig): boolean {
  if (deviceClass !== null && ["enum", "date", "timestamp", "uptime"].includes(deviceClass)) return false;
  return stateClass !== null || unit !== null || displayPrecision !== null || deviceClass !== null;
}

function dateText(value: string, deviceClass: string): string | null {
  const atMs = /^\d{4}-\d{1,2}-\d{1,2}/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(atMs)) return null;
  return deviceClass === "date" ? value.slice(0, 10) : value;
}
