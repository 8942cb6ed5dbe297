/** Mean powers, W: grid + is import, battery + is charging. */
export type SourceFlows = Readonly<{ loadW: number; pvW: number; gridW: number; batteryW: number }>;
export type PowerSource = "grid" | "solar" | "battery" | "mixed";

/** A source that gives this share of what the home uses is what the home runs on. */
const MAIN_SHARE = 0.8;
/** The source in use stays until its share falls below this: no switching to and fro. */
const STAY_SHARE = 0.65;

/**
 * What the home runs on, by the shares of its sources.
 * @param current  what it ran on so far, or null; it is left only when it no longer carries the home
 */
export function powerSource({ pvW, gridW, batteryW }: SourceFlows, current: PowerSource | null): PowerSource {
  const importW = Math.max(0, gridW);
  const dischargeW = Math.max(0, -batteryW);
  // What charges the battery or leaves the home is not what the home runs on; the sun gives that first.
  const solarW = Math.max(0, pvW - Math.max(0, -gridW) - Math.max(0, batteryW));
  const usedW = importW + dischargeW + solarW;
  if (usedW <= 0) return current ?? "grid";
  const shares = { grid: importW / usedW, solar: solarW / usedW, battery: dischargeW / usedW };
  if (current !== null && current !== "mixed" && shares[current] >= STAY_SHARE) return current;
  const [best, share] = Object.entries(shares).sort((a, b) => b[1] - a[1])[0] as [keyof typeof shares, number];
  return share >= MAIN_SHARE ? best : "mixed";
}
