import type { Forecast } from "../domain/forecast.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";

const KEEP_EVERY_MS = 30 * MS_PER_MINUTE;
const KEEP_MS = 5 * MS_PER_HOUR;
const AGE_MS = 3 * MS_PER_HOUR;

/** Keeps what was forecast some hours ago: forecasts in force begin now, and nothing has come of them yet. */
export class ForecastMemory {
  readonly #bySignal = new Map<string, Forecast[]>();

  keep(forecasts: readonly Forecast[]): void {
    for (const forecast of forecasts) {
      const kept = this.#bySignal.get(forecast.signal) ?? [];
      if (forecast.issuedAtMs - (kept.at(-1)?.issuedAtMs ?? -Infinity) < KEEP_EVERY_MS) continue;
      const since = forecast.issuedAtMs - KEEP_MS;
      this.#bySignal.set(forecast.signal, [...kept.filter(({ issuedAtMs }) => issuedAtMs >= since), forecast]);
    }
  }

  /** Of each signal the newest forecast that is three hours old. */
  due(nowMs: number): readonly Forecast[] {
    return [...this.#bySignal.values()].flatMap((kept) => {
      const due = kept.findLast(({ issuedAtMs }) => issuedAtMs <= nowMs - AGE_MS);
      return due === undefined || due.issuedAtMs < nowMs - KEEP_MS ? [] : [due];
    });
  }
}
