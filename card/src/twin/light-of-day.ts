import { Color } from "three";
import type { Theme } from "../view/drawing.ts";

type Light = Readonly<{ above: Color; below: Color; sun: Color; night: number }>;

/** Light from the sky, from the ground and from the sun or the moon; `daylight` 0 (night, the result's `night` is 1) to 1. */
export function lightOfDay({ dark }: Theme, daylight: number): Light {
  const night = 1 - daylight;
  const tone = (day: string, nocturnal: string, share: number, strength: number): Color =>
    new Color(day).lerp(new Color(nocturnal), share).multiplyScalar(strength / Math.PI);
  const around = (dark ? 1.7 : 2.1) * (1 - 0.38 * night);
  return {
    above: tone(dark ? "#b9cbe8" : "#f2f6ff", "#6c83b5", night * 0.8, around),
    below: tone(dark ? "#2a3342" : "#d8cfc0", "#1c2438", night * 0.8, around),
    sun: tone("#fff1dc", "#8fa8dd", night, (dark ? 1.5 : 1.9) * (1 - 0.68 * night)),
    night,
  };
}
