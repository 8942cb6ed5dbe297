import { along } from "../model/colour.ts";

/** Above, in the middle, below; from night over dusk to day. */
const LIGHT = [
  ["#0c1633", "#6d83bd", "#d9e9fa"],
  ["#16224a", "#e9bfa6", "#f1f7fd"],
  ["#22304f", "#d9c3b8", "#eaf1e6"],
] as const;
const DARK = [
  ["#060a14", "#1d2a48", "#1c2a3d"],
  ["#0b1324", "#4a3c48", "#1f2c3b"],
  ["#121c2e", "#2b2f3a", "#1c2730"],
] as const;

/** The picture's background at a time of day, and whether it is dark enough for light letters. */
export function skyAt(daylight: number, dark: boolean): { background: string; isDark: boolean; stars: number } {
  const [above, middle, below] = (dark ? DARK : LIGHT).map((stops) => along(stops, daylight));
  return {
    background: `linear-gradient(180deg, ${above} 0%, ${middle} 62%, ${below} 100%)`,
    isDark: dark || daylight < 0.42,
    stars: Math.max(0, 1 - daylight * 3),
  };
}
