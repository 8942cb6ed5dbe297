import { BoxGeometry } from "three";
import type { BufferGeometry } from "three";
import type { One } from "./herd.ts";

/** A box on its base: `x, z` its centre, `y` its bottom. `turn` is about the upright axis, `tilt` about x; radians. */
export type Box = One;

/** Unit box on its base. */
export function unitBox(): BufferGeometry {
  return new BoxGeometry(1, 1, 1).translate(0, 0.5, 0);
}
