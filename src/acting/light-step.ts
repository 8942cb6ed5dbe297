import { clamp } from "../domain/units.ts";
import { isKnownBetween, luxBetween, type LuxResponse } from "./lux-response.ts";
import { LEVEL_TOLERANCE_PCT } from "./setting.ts";

/** Share of the error that one step takes away. */
const GAIN = 0.7;
/** Largest step: brighter quickly, darker so slowly that nobody notices. */
const MOST_UP_PCT = 40;
const MOST_DOWN_PCT = 20;
/** A smaller step is none: lights round, and what is that close is what was asked for. */
const LEAST_STEP_PCT = LEVEL_TOLERANCE_PCT + 0.6;
/** Even the smallest step must end within this share of the band. */
const AIM = 0.8;

/** A light that may be moved; 0 % is off. */
export type SteppingLight = Readonly<{ deviceId: string; fromPct: number; luxPerPct: LuxResponse | undefined }>;
export type LightStep = SteppingLight & Readonly<{ toPct: number }>;
/** `errorLx`: + too dark. `bandLx`: how far from the target is well. */
export type RoomError = Readonly<{ errorLx: number; bandLx: number; floorPct: number }>;

type Reach = Readonly<{ light: SteppingLight; leastPct: number; mostPct: number }>;

/**
 * The next step of a room's lights: all of them by the same %, so that they are believed to take their share of the
 * error away; where even the least step of them all is too much, the one that has the longest way to go.
 * @returns the lights that move; none where no step is small enough
 */
export function planLightStep(lights: readonly SteppingLight[], error: RoomError): readonly LightStep[] {
  const all = lights.map((light) => reachOf(light, error));
  const together = stepPct(all, error);
  if (together !== 0) return moved(all, together);
  const wayPct = ({ light: { fromPct }, leastPct, mostPct }: Reach): number =>
    error.errorLx > 0 ? mostPct - fromPct : fromPct - leastPct;
  const one = all.toSorted((a, b) => wayPct(b) - wayPct(a)).slice(0, 1);
  const alone = stepPct(one, error);
  // What a light gives that was never lit is found out by lighting it.
  const isUnseen = ({ light, leastPct }: Reach): boolean =>
    light.fromPct === 0 && !isKnownBetween(light.luxPerPct, 0, leastPct);
  return alone !== 0 || one.every(isUnseen) ? moved(one, alone) : [];
}

/** How far a light may be moved. */
function reachOf(light: SteppingLight, { errorLx, floorPct }: RoomError): Reach {
  const { fromPct } = light;
  if (errorLx < 0 && fromPct === 0) return { light, leastPct: 0, mostPct: 0 };
  // A person may have dimmed it below the floor: it is then not taken further down, nor up by the floor.
  const leastPct = Math.max(1, errorLx < 0 ? Math.min(floorPct, fromPct) : floorPct);
  return { light, leastPct, mostPct: 100 };
}

const levelAfter = ({ light, leastPct, mostPct }: Reach, pct: number): number =>
  clamp(light.fromPct + pct, leastPct, mostPct);

/** The step, %, with its sign; 0: none is small enough. */
function stepPct(reaches: readonly Reach[], { errorLx, bandLx }: RoomError): number {
  const sign = Math.sign(errorLx);
  const believedLx = (pct: number): number =>
    reaches.reduce((lux, reach) => {
      const { fromPct, luxPerPct } = reach.light;
      return lux + Math.abs(luxBetween(luxPerPct, fromPct, levelAfter(reach, sign * pct)));
    }, 0);
  const goalLx = GAIN * Math.abs(errorLx);
  const leastLx = believedLx(LEAST_STEP_PCT);
  if (leastLx > goalLx) return leastLx < Math.abs(errorLx) + AIM * bandLx ? sign * LEAST_STEP_PCT : 0;
  let [tooLittle, enough] = [LEAST_STEP_PCT, sign > 0 ? MOST_UP_PCT : MOST_DOWN_PCT];
  while (enough - tooLittle > 0.5) {
    const pct = (tooLittle + enough) / 2;
    if (believedLx(pct) < goalLx) tooLittle = pct;
    else enough = pct;
  }
  return sign * tooLittle;
}

const moved = (reaches: readonly Reach[], pct: number): LightStep[] =>
  reaches.flatMap((reach) => {
    const toPct = Math.round(levelAfter(reach, pct));
    return Math.abs(toPct - reach.light.fromPct) > LEVEL_TOLERANCE_PCT ? [{ ...reach.light, toPct }] : [];
  });
