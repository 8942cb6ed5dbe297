import { MS_PER_MINUTE } from "../domain/units.ts";
import type { DayFrame } from "./day-frame.ts";
import { LeastSquares } from "./least-squares.ts";
import { clearBeamWPerM2, clearSkyWPerM2, sunVector } from "./sun.ts";

/** Days of which the best value of each slot is taken for a clear sky's, and how many such spells are looked back on. */
const SPELL_DAYS = 10;
const MOST_SPELLS = 30;
/** Fitted on every so many rows, so that neighbouring issues share one. */
const EVERY_ROWS = 7;
const FEWEST_POINTS = 24;
/** Sine of the elevation below which hills and haze decide. */
const LOW = 0.1;
const ROUNDS = 6;
/** Weight of a value below the fit beside one above: the sky was hardly ever as clear as it could be. */
const BELOW = 0.25;
/** A usual roof, degrees, and what holds the plane to it, as a share of the evidence. */
const USUAL_TILT = 25;
const USUAL = 0.4;
/** East, north, up and diffuse. */
const WIDTH = 4;

/** Where a plant looks: what it gives per W/m2 of beam from east, north and above, and of diffuse light, beside one that lies flat. */
export type Plane = Float64Array;

/** Clear sky of a row per slot, means: beam from east, north and above, and diffuse light, W/m2. */
function lightOf(frame: DayFrame, row: number): Float64Array | undefined {
  const { place, slotMinutes } = frame.source;
  if (!place) return undefined;
  return frame.timeless(`light ${frame.anchorSlot} ${row}`, () => {
    const light = new Float64Array(frame.slots * WIDTH);
    const lengthMs = slotMinutes * MS_PER_MINUTE;
    const samples = 4;
    for (let c = 0; c < frame.slots; c++)
      for (let k = 0; k < samples; k++) {
        const { east, north, up } = sunVector(frame.startMsOf(row, c) + ((k + 0.5) / samples) * lengthMs, place);
        if (up <= 0) continue;
        const beam = clearBeamWPerM2(up);
        for (const [j, part] of [beam * east, beam * north, beam * up, clearSkyWPerM2(up) - beam * up].entries())
          light[c * WIDTH + j] = (light[c * WIDTH + j] as number) + part / samples;
      }
    return light;
  });
}

/**
 * Clear-sky irradiance of a row as the plant sees it, W/m2 per slot, by where it looks; undefined where the place is
 * unknown.
 */
export function plantSkyOf(frame: DayFrame, row: number): Float64Array | undefined {
  const plane = planeOf(frame);
  const light = lightOf(frame, row);
  return (
    light &&
    plane &&
    frame.timeless(`plant ${frame.anchorSlot} ${row} ${plane.id}`, () => {
      return Float64Array.from({ length: frame.slots }, (_, c) => giveOf(plane.plane, light, c));
    })
  );
}

function giveOf(plane: Plane, light: Float64Array, c: number): number {
  let beam = 0;
  for (let j = 0; j < 3; j++) beam += (plane[j] as number) * (light[c * WIDTH + j] as number);
  return Math.max(beam, 0) + (plane[3] as number) * (light[c * WIDTH + 3] as number);
}

function planeOf(frame: DayFrame): { plane: Plane; id: string } | undefined {
  if (!frame.source.place) return undefined;
  const known = frame.known - (frame.known % EVERY_ROWS);
  const at = frame.until(known);
  return at.memo("plane", () => fitPlane(at));
}

/** Facing the equator. */
function usualRoof(latitude: number): Plane {
  const tilt = (USUAL_TILT * Math.PI) / 180;
  return Float64Array.of(0, latitude >= 0 ? -Math.sin(tilt) : Math.sin(tilt), Math.cos(tilt), 1);
}

function fitPlane(frame: DayFrame): { plane: Plane; id: string } {
  const { slots, known, source } = frame;
  const usual = usualRoof(source.place?.latitude ?? 0);
  const points: { light: Float64Array; c: number; value: number }[] = [];
  for (let until = known, n = 0; until > 0 && n < MOST_SPELLS; until -= SPELL_DAYS, n++)
    for (let c = 0; c < slots; c++) {
      let best = 0;
      let bestRow = -1;
      for (let row = Math.max(0, until - SPELL_DAYS); row < until; row++)
        if (frame.at(row, c) > best) {
          best = frame.at(row, c);
          bestRow = row;
        }
      const light = bestRow >= 0 ? lightOf(frame, bestRow) : undefined;
      if (light && (light[c * WIDTH + 2] as number) > 100 * LOW) points.push({ light, c, value: best });
    }
  if (points.length < FEWEST_POINTS) return { plane: usual, id: "usual" };
  let give = 0;
  let roof = 0;
  let energy = 0;
  for (const { light, c, value } of points) {
    give += value;
    roof += giveOf(usual, light, c);
  }
  const scale = give / roof;
  let plane: Plane = usual.map((share) => share * scale);
  const x = new Float64Array(WIDTH);
  for (let round = 0; round < ROUNDS; round++) {
    const squares = new LeastSquares(WIDTH);
    energy = 0;
    for (const { light, c, value } of points) {
      const said = giveOf(plane, light, c);
      const beam = said > (plane[3] as number) * (light[c * WIDTH + 3] as number);
      const weight = value > said ? 1 : BELOW;
      for (let j = 0; j < WIDTH; j++) x[j] = j < 3 && !beam ? 0 : (light[c * WIDTH + j] as number);
      let off = value;
      for (let j = 0; j < WIDTH; j++) off -= (x[j] as number) * (usual[j] as number) * scale;
      squares.add(x, off, weight);
      energy += weight * (light[c * WIDTH + 2] as number) ** 2;
    }
    const moved = squares.solve(() => USUAL * energy);
    plane = moved.map((change, j) => change + (usual[j] as number) * scale);
    plane[3] = Math.max(plane[3] as number, 0);
  }
  return { plane: plane.map((share) => share / scale), id: `${frame.known}` };
}
