import type { Columns } from "./columns.ts";
import { AS_FLOAT, decimalsOf, scaleOf } from "./decimals.ts";
import { ByteReader, ByteWriter } from "./varint.ts";

/**
 * Readings of one sensor as bytes, without loss: times as differences of differences in zig-zag varints (a regular
 * sensor costs next to nothing), values as differences of scaled decimals, each with runs of zeros folded where that
 * is shorter. Byte 0: decimals (15: floats) | 16 whole seconds | 32 times folded | 64 values folded.
 */
export function encodeChunk({ times, values }: Columns): Uint8Array {
  const count = times.length;
  const decimals = decimalsOf(values);
  const wholeSeconds = times.every((atMs) => atMs % 1000 === 0);
  const unitMs = wholeSeconds ? 1000 : 1;

  const steps = new Float64Array(Math.max(count - 1, 0));
  let previousGap = 0;
  for (let i = 1; i < count; i++) {
    const gap = ((times[i] ?? 0) - (times[i - 1] ?? 0)) / unitMs;
    steps[i - 1] = gap - previousGap;
    previousGap = gap;
  }
  const scale = scaleOf(decimals);
  const differences = new Float64Array(decimals === AS_FLOAT ? 0 : count);
  let previous = 0;
  for (let i = 0; i < differences.length; i++) {
    const scaled = Math.round((values[i] ?? 0) * scale);
    differences[i] = scaled - previous;
    previous = scaled;
  }

  const foldTimes = foldingPays(steps);
  const foldValues = foldingPays(differences);
  const out = new ByteWriter(count * 4 + 32);
  out.byte(decimals | (wholeSeconds ? 16 : 0) | (foldTimes ? 32 : 0) | (foldValues ? 64 : 0));
  out.varint(count);
  if (count > 0) out.varint((times[0] ?? 0) / unitMs);
  writeDifferences(out, steps, foldTimes);
  if (decimals === AS_FLOAT) values.forEach((value) => out.float64(value));
  else writeDifferences(out, differences, foldValues);
  return out.view().slice();
}

/** @throws RangeError for bytes that are not a chunk */
export function decodeChunk(bytes: Uint8Array): Columns {
  const from = new ByteReader(bytes);
  const head = from.byte();
  const decimals = head & 15;
  const unitMs = head & 16 ? 1000 : 1;
  const count = from.varint();
  if (count > bytes.length * 2 ** 20 || (decimals > 9 && decimals !== AS_FLOAT)) throw new RangeError("not a chunk");
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  if (count === 0) return { times, values };

  let at = from.varint();
  times[0] = at * unitMs;
  let gap = 0;
  let zeros = 0;
  for (let i = 1; i < count; i++) {
    if (zeros > 0) zeros--;
    else {
      const step = from.zigzag();
      gap += step;
      if (step === 0 && head & 32) zeros = from.varint();
    }
    at += gap;
    times[i] = at * unitMs;
  }
  if (decimals === AS_FLOAT) {
    for (let i = 0; i < count; i++) values[i] = from.float64();
    return { times, values };
  }
  const scale = scaleOf(decimals);
  let scaled = 0;
  zeros = 0;
  for (let i = 0; i < count; i++) {
    if (zeros > 0) zeros--;
    else {
      const difference = from.zigzag();
      scaled += difference;
      if (difference === 0 && head & 64) zeros = from.varint();
    }
    values[i] = scaled / scale;
  }
  return { times, values };
}

/** A folded run of zeros is two numbers; unfolded it is one byte each. */
function foldingPays(differences: Float64Array): boolean {
  let zeros = 0;
  let runs = 0;
  let inRun = false;
  for (const difference of differences) {
    if (difference === 0) {
      zeros++;
      if (!inRun) runs++;
    }
    inRun = difference === 0;
  }
  return runs * 2 < zeros;
}

function writeDifferences(out: ByteWriter, differences: Float64Array, fold: boolean): void {
  for (let i = 0; i < differences.length; i++) {
    out.zigzag(differences[i] ?? 0);
    if (!fold || differences[i] !== 0) continue;
    let run = 0;
    while (differences[i + 1] === 0) {
      i++;
      run++;
    }
    out.varint(run);
  }
}
