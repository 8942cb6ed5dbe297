import { MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import { LEVEL_TOLERANCE_PCT, type Setting } from "./setting.ts";

/** A reading counts as having seen lights from this long after they were where they were sent. */
const SETTLE_MS = 2 * MS_PER_SECOND;
/** Lights that are not where they were sent by then are in other hands, or were only advised. */
const UNSETTLED_MS = MS_PER_MINUTE;
/** A change that is smaller than expected may still be on its way this long. */
const LATE_MS = MS_PER_MINUTE;
/** A sensor that says nothing for this long sees no further change. */
const QUIET_MS = MS_PER_MINUTE;
/** A sensor that reports what changes, and says nothing at all for this long, has not seen the step. */
const SILENT_MS = 90 * MS_PER_SECOND;
/** From so much later on, the room is another one. */
const LOST_MS = 5 * MS_PER_MINUTE;
/** Of what was expected: as much as that is the change itself; as little as that may be nothing yet. */
const WHOLE = 0.7;
const VISIBLE = 0.3;
const NOISE_LX = 8;
const NOISE_SHARE = 0.15;
/** Less light than this says nothing about a lamp. */
const TELLING_LX = 15;

export type Move = Readonly<{ fromPct: number; toPct: number }>;
export type SeenLight = Readonly<{ deviceId: string; setting: Setting | undefined }>;
export type LuxReading = Readonly<{ value: number; atMs: number }>;

/**
 * `seen`: the sensor has shown it, so many times what was expected; null where that says nothing about the lights.
 * `lagMs`: how long after the lights the sensor still moved.
 */
export type StepOutcome = Readonly<{ kind: "waiting" } | { kind: "over"; seen: number | null; lagMs: number }>;

const WAITING: StepOutcome = { kind: "waiting" };

export const levelPct = (setting: Setting | undefined): number => (setting?.on ? (setting.level ?? 100) : 0);

export type ExpectedStep = Readonly<{
  atMs: number;
  /** The reading it was decided on. */
  luxBefore: number;
  /** What it should change, lx, with its sign. */
  changeLx: number;
  /** The lights have been seen to do as much before. */
  isKnown: boolean;
  /** How long the sensor went on moving after earlier steps. */
  lagMs: number;
  /** The sensor reports quickly, and only what changes: where it says nothing, it sees nothing. */
  silenceTells: boolean;
}>;

/**
 * A step of a room's lights that the sensor has not shown yet. Nothing else is decided meanwhile: whoever acts on a
 * reading from before the step takes it twice.
 */
export class AwaitedStep {
  readonly moves: ReadonlyMap<string, Move>;
  readonly #expected: ExpectedStep;
  readonly #others: ReadonlyMap<string, number>;
  #settledMs: number | null = null;
  /** The reading there was when the lights had settled. */
  #readAtMs: number | null = null;
  #latest: Readonly<LuxReading & { noticedMs: number; isSteady: boolean }> | null = null;
  #readings = 0;
  #lagMs = 0;
  #disturbed = false;

  /** @param others  the room's other lights */
  constructor(moves: ReadonlyMap<string, Move>, others: readonly SeenLight[], expected: ExpectedStep) {
    this.moves = moves;
    this.#others = new Map(others.map(({ deviceId, setting }) => [deviceId, levelPct(setting)]));
    this.#expected = expected;
  }

  look(lights: readonly SeenLight[], lux: LuxReading, nowMs: number): StepOutcome {
    const levels = new Map(lights.map(({ deviceId, setting }) => [deviceId, levelPct(setting)]));
    const isAt = (deviceId: string, pct: number): boolean =>
      Math.abs((levels.get(deviceId) ?? Number.NaN) - pct) <= LEVEL_TOLERANCE_PCT;
    if (![...this.moves].every(([deviceId, { toPct }]) => isAt(deviceId, toPct))) {
      this.#settledMs = null;
      this.#latest = null;
      return nowMs - this.#expected.atMs > UNSETTLED_MS ? this.#untold() : WAITING;
    }
    if (![...this.#others].every(([deviceId, pct]) => isAt(deviceId, pct))) this.#disturbed = true;
    if (this.#settledMs === null) {
      this.#settledMs = nowMs;
      this.#readAtMs = lux.atMs;
    }
    // By the clock of a Pi that is ahead, what is older than the step is newer.
    if (lux.atMs < this.#settledMs + SETTLE_MS || lux.atMs === this.#readAtMs) {
      const isUnseen = this.#expected.silenceTells && nowMs - this.#settledMs >= SILENT_MS;
      return isUnseen ? { kind: "over", seen: this.#disturbed ? null : 0, lagMs: 0 } : WAITING;
    }
    if (lux.atMs > this.#settledMs + LOST_MS) return this.#untold();
    this.#note(lux, nowMs, this.#settledMs);
    const isInTime = lux.atMs >= this.#settledMs + this.#expected.lagMs || this.#isQuiet(nowMs);
    if (!isInTime || !this.#isShown(lux.value, nowMs)) return WAITING;
    if (this.#disturbed || !this.#isTelling(lux.value)) return this.#untold();
    return { kind: "over", seen: this.#seen(lux.value), lagMs: this.#lagMs };
  }

  #seen = (lux: number): number => (lux - this.#expected.luxBefore) / this.#expected.changeLx;
  #untold = (): StepOutcome => ({ kind: "over", seen: null, lagMs: this.#lagMs });

  #note(lux: LuxReading, nowMs: number, settledMs: number): void {
    const before = this.#latest;
    if (before?.atMs === lux.atMs) return;
    const noiseLx = Math.max(NOISE_LX, NOISE_SHARE * Math.abs(this.#expected.changeLx));
    const isSteady = before !== null && Math.abs(lux.value - before.value) <= noiseLx;
    if (before !== null && !isSteady) this.#lagMs = nowMs - settledMs;
    this.#readings += 1;
    this.#latest = { ...lux, noticedMs: nowMs, isSteady };
  }

  /** Whether what the sensor shows is all that it will show of the step. */
  #isShown(lux: number, nowMs: number): boolean {
    const seen = this.#seen(lux);
    if (seen >= WHOLE && this.#expected.isKnown) return true;
    const isVisible = seen >= VISIBLE && Math.abs(lux - this.#expected.luxBefore) > NOISE_LX;
    if (!isVisible)
      return nowMs - (this.#settledMs ?? nowMs) >= LATE_MS && (this.#readings > 1 || this.#isQuiet(nowMs));
    return this.#latest?.isSteady === true || this.#isQuiet(nowMs);
  }

  #isQuiet = (nowMs: number): boolean => nowMs - (this.#latest?.noticedMs ?? nowMs) >= QUIET_MS;

  #isTelling(lux: number): boolean {
    const { luxBefore, changeLx } = this.#expected;
    const beyondLx = Math.abs(lux - luxBefore - changeLx);
    return Math.abs(changeLx) >= TELLING_LX || (this.#seen(lux) > 1 && beyondLx >= TELLING_LX);
  }
}
