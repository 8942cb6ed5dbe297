import type { HomeHistory } from "../domain/home-history.ts";

/**
 * A home's history further back than one question of the store should reach: asked for piece by piece, newest first,
 * so that readings are taken in between two pieces.
 * @param piece the history of some weeks that ends at an instant, from a local midnight on
 */
export async function longHistory(
  piece: (endMs: number) => Promise<HomeHistory>,
  nowMs: number,
  fromMs: number,
): Promise<HomeHistory> {
  const newest = await piece(nowMs);
  const pieces = [newest];
  for (let oldest = newest; oldest.startMs > fromMs;) {
    const before = await piece(oldest.startMs);
    if (before.startMs + before.length * before.stepMs !== oldest.startMs || !knowsLoad(before)) break;
    pieces.unshift(before);
    oldest = before;
  }
  const length = pieces.reduce((sum, one) => sum + one.length, 0);
  const columns = new Map<string, Float64Array>();
  let at = 0;
  for (const one of pieces) {
    for (const [name, values] of one.columns) {
      const whole = columns.get(name) ?? new Float64Array(length).fill(Number.NaN);
      whole.set(values, at);
      columns.set(name, whole);
    }
    at += one.length;
  }
  return { ...newest, startMs: pieces[0]?.startMs ?? newest.startMs, length, columns };
}

const knowsLoad = (history: HomeHistory): boolean =>
  history.columns.get("load_w")?.some((value) => !Number.isNaN(value)) ?? false;
