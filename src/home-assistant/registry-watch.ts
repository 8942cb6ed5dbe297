import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";
import type { Ask } from "./home-assistant.ts";
import { NO_REGISTRIES, readRegistries, type Registries } from "./registries.ts";

/** Several changes in a row are read once. */
const PAUSE_MS = MS_PER_SECOND / 2;
/** After a reading that failed. */
const AGAIN_MS = 30 * MS_PER_SECOND;

/** The registries as they were read last; read again a moment after they changed, and until that succeeds. */
export class RegistryWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onRead: (registries: Registries) => void;
  #registries: Registries = NO_REGISTRIES;
  #waiting: { cancel(): void } | undefined;
  /** Of the connection: what an earlier one still answers counts no more. */
  #epoch = 0;

  /** @param parts.onRead  runs when they were read again after a change */
  constructor(parts: Readonly<{ clock: Clock; log: Log; onRead: (registries: Registries) => void }>) {
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#onRead = parts.onRead;
  }

  current(): Registries {
    return this.#registries;
  }

  /** Reads them now. @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED */
  async read(ask: Ask): Promise<void> {
    const epoch = this.#epoch;
    const read = await readRegistries(ask);
    if (epoch === this.#epoch) this.#registries = read;
  }

  /** They changed: reads them in a moment. */
  soon(ask: Ask, pauseMs = PAUSE_MS): void {
    const epoch = this.#epoch;
    this.#waiting ??= this.#clock.after(pauseMs, async () => {
      this.#waiting = undefined;
      try {
        await this.read(ask);
        if (epoch === this.#epoch) this.#onRead(this.#registries);
      } catch (error) {
        if (epoch !== this.#epoch) return;
        this.#log.warning("The registries could not be read; it will be tried again", { error: String(error) });
        this.soon(ask, AGAIN_MS);
      }
    });
  }

  /** The connection is gone. */
  stop(): void {
    this.#epoch += 1;
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }
}
