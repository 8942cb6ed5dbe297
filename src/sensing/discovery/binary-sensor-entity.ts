import { MS_PER_SECOND } from "../../domain/units.ts";
import { stripSpace } from "../template/numbers.ts";
import { type Payload, TemplateFault } from "../template/template.ts";
import type { Value } from "../template/values.ts";
import { MqttEntity } from "./entity.ts";
import type { BinarySensorConfig } from "./sensor-config.ts";

/** A binary sensor: payloads are compared exactly, and it may switch itself off again. */
export class BinarySensorEntity extends MqttEntity<BinarySensorConfig> {
  #isOn: boolean | null = null;
  #off: { cancel(): void } | undefined;

  protected override onConfig(): void {
    return undefined;
  }

  protected override onClose(): void {
    this.#off?.cancel();
  }

  protected override receive(payload: Payload): boolean {
    const { valueTemplate, payloadOn, payloadOff, offDelayS } = this.config;
    let value: Value = payload.raw;
    if (valueTemplate)
      try {
        value = this.render(valueTemplate, payload);
      } catch (error) {
        if (!(error instanceof TemplateFault) || error.kind !== "undefined") throw error;
      }
    if (typeof value !== "string" || stripSpace(value) === "") return false;
    if (value === payloadOn) this.#isOn = true;
    else if (value === payloadOff) this.#isOn = false;
    else if (value === "None") this.#isOn = null;
    else return false;
    this.#off?.cancel();
    this.#off = undefined;
    if (this.#isOn === true && offDelayS !== null)
      this.#off = this.world.clock.after(offDelayS * MS_PER_SECOND, () => {
        this.#off = undefined;
        this.#isOn = false;
        this.write(undefined);
      });
    return true;
  }

  protected override stateText(): string | null {
    return this.#isOn === null ? null : this.#isOn ? "on" : "off";
  }
}
