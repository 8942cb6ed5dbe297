import type { Clock } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";
import type { Ask } from "./home-assistant.ts";
import { NO_REGISTRIES, readRegistries, type Registries } from "./registries.ts";

/** Several changes in a row are read once. */
const PAUSE_MS = MS_PER_SECOND / 2;
/** While changes keep coming, Home Assistant is busy with them for one part in so many at most. */
const SPARED = 10;
/** After a reading that failed. */
const AGAIN_MS = 30 * MS_PER_SECOND;

/** The registries as they were read last; read again a moment after they changed, and until that succeeds. */
export class RegistryWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onRead: (registries: Registries) => void;
  #registries: Registries = NO_REGISTRIES;
  #waiting: { cancel(): void } | undefined;
  /** Not read again because of a change before. */
  #restUntilMs = Number.NEGATIVE_INFINITY;
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
    const startMs = this.#clock.nowMs();
    const read = await readRegistries(ask);
    if (epoch !== this.#epoch) return;
    this.#registries = read;
    const endMs = this.#clock.nowMs();
    this.#restUntilMs = endMs + SPARED * (endMs - startMs);
  }

  /** They changed: reads them in a moment; thousands of entities on a slow machine, later. */
  soon(ask: Ask, pauseMs = PAUSE_MS): void {
    const epoch = this.#epoch;
    const restMs = Math.min(this.#restUntilMs - this.#clock.nowMs(), AGAIN_MS);
    this.#waiting ??= this.#clock.after(Math.max(pauseMs, restMs), async () => {
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
