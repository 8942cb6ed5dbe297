import type { Part } from "./tournament/blend.ts";
import type { DayFrame } from "./day-frame.ts";

/** Days that tell whether the home has turned quiet or busy of late. */
const LAST_DAYS = 2;
/** Quick forecast's error over the blend's: from where on the blend keeps all the say, and from where on it has none. */
const BLEND_KEEPS_ALL = 1;
const BLEND_KEEPS_NONE = 0.7;

type Parts = Readonly<Record<Part, Float64Array>>;

/** Share of the say that the blend keeps, by the errors of the last days. */
export type Turn = Readonly<{ p50: number; mean: number }>;

/**
 * Whether a home has turned: people went away or came back, and what weeks have taught is wrong for now. Seen when a
 * forecast from the last days alone was clearly nearer on the last two.
 * @param saidOf what the blend and the quick forecast said of a row, each from before it
 */
export function turnOf(
  training: DayFrame,
  firstRow: number,
  saidOf: (row: number) => Readonly<{ blend: Parts; quick: Parts }>,
): Turn {
  const { known, slots } = training;
  const absolute = { blend: 0, quick: 0 };
  const squared = { blend: 0, quick: 0 };
  for (let row = Math.max(firstRow, known - LAST_DAYS); row < known; row++) {
    const { blend, quick } = saidOf(row);
    for (let c = 0; c < slots; c++) {
      const y = training.at(row, c);
      if (Number.isNaN(y)) continue;
      absolute.blend += Math.abs(y - (blend.p50[c] ?? 0));
      absolute.quick += Math.abs(y - (quick.p50[c] ?? 0));
      squared.blend += (y - (blend.mean[c] ?? 0)) ** 2;
      squared.quick += (y - (quick.mean[c] ?? 0)) ** 2;
    }
  }
  const share = (ratio: number): number =>
    ratio >= 0 ? Math.min(Math.max((ratio - BLEND_KEEPS_NONE) / (BLEND_KEEPS_ALL - BLEND_KEEPS_NONE), 0), 1) : 1;
  return { p50: share(absolute.quick / absolute.blend), mean: share(Math.sqrt(squared.quick / squared.blend)) };
}

/** A blend's forecast, given over to the quick one as far as the home has turned; bands become no wider, and narrower with a lower level. */
export function followTurn(turn: Turn, blend: Parts, quick: Parts): Parts {
  const mixed = (share: number, own: number, other: number): number => share * own + (1 - share) * other;
  const edge = (part: "p10" | "p90"): Float64Array =>
    blend[part].map((value, c) => {
      const middle = blend.p50[c] ?? 0;
      const instead = quick.p50[c] ?? 0;
      const shrunk = instead < middle ? instead / middle : 1;
      return mixed(turn.p50, value, instead + (value - middle) * shrunk);
    });
  return {
    p10: edge("p10"),
    p50: blend.p50.map((value, c) => mixed(turn.p50, value, quick.p50[c] ?? value)),
    p90: edge("p90"),
    mean: blend.mean.map((value, c) => mixed(turn.mean, value, quick.mean[c] ?? value)),
  };
}
