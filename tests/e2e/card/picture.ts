import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { SHOTS } from "./browser.ts";

const REFERENCES = path.join(import.meta.dirname, "pictures");
/** A picture is compared as so many cells across; each is the mean colour of what it covers. */
const CELLS_ACROSS = 48;
/** Differences of a cell's colour, 0..255, that letters of another font and another rasteriser make. */
const CELL_TOLERANCE = 26;
/** Share of cells that may differ by more. */
const MOST_CELLS_OFF = 0.015;
const MEAN_TOLERANCE = 4;

type Cells = Readonly<{ across: number; down: number; colours: readonly number[] }>;

/**
 * Holds a screenshot against the one of this name in `pictures`, as coarse cells of colour: what moves, vanishes,
 * overlaps or changes its colour is found, the grain of a rasteriser is not. `HYPERVOLT_PICTURES=write` takes it as the
 * new reference.
 */
export async function expectPicture(page: Page, name: string, screenshot: Buffer): Promise<void> {
  const file = path.join(REFERENCES, `${name}.json`);
  const seen = await cellsOf(page, screenshot);
  mkdirSync(SHOTS, { recursive: true });
  writeFileSync(path.join(SHOTS, `${name}.png`), screenshot);
  if (process.env["HYPERVOLT_PICTURES"] === "write") {
    mkdirSync(REFERENCES, { recursive: true });
    writeFileSync(file, `${JSON.stringify({ ...seen, colours: packed(seen.colours) }, null, 2)}\n`);
  }
  expect(existsSync(file), `a reference for ${name}: run with HYPERVOLT_PICTURES=write and look at it`).toBe(true);
  const kept = JSON.parse(readFileSync(file, "utf8")) as { across: number; down: number; colours: string };
  const wanted: Cells = { ...kept, colours: [...Buffer.from(kept.colours, "base64")] };
  expect([seen.across, seen.down], `size of ${name}`).toEqual([wanted.across, wanted.down]);
  expect(difference(wanted, seen), `${name} as in ${file}`).toMatchObject({ alike: true });
}

const packed = (colours: readonly number[]): string => Buffer.from(colours).toString("base64");

/** Share of cells that differ by more than the tolerance, the mean difference of all, and whether both are small. */
export function difference(a: Cells, b: Cells): { off: number; mean: number; alike: boolean } {
  let sum = 0;
  let off = 0;
  const cells = a.across * a.down;
  for (let i = 0; i < cells; i++) {
    const apart = [0, 1, 2].map((part) => Math.abs((a.colours[i * 3 + part] ?? 0) - (b.colours[i * 3 + part] ?? 255)));
    sum += (apart[0] ?? 0) + (apart[1] ?? 0) + (apart[2] ?? 0);
    if (Math.max(...apart) > CELL_TOLERANCE) off++;
  }
  const [share, mean] = [off / cells, sum / cells / 3];
  return { off: share, mean, alike: share <= MOST_CELLS_OFF && mean <= MEAN_TOLERANCE };
}

/** Mean colours of a PNG's cells, row by row; the browser that drew it reads it. */
export async function cellsOf(page: Page, png: Buffer): Promise<Cells> {
  return page.evaluate<Cells>(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const across = ${CELLS_ACROSS};
    const down = Math.round((image.height / image.width) * across);
    const whole = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
    whole.drawImage(image, 0, 0);
    const { data } = whole.getImageData(0, 0, image.width, image.height);
    const sums = new Float64Array(across * down * 4);
    for (let y = 0; y < image.height; y++)
      for (let x = 0; x < image.width; x++) {
        const cell = Math.min(down - 1, Math.floor((y / image.height) * down)) * across + Math.floor((x / image.width) * across);
        for (let part = 0; part < 3; part++) sums[cell * 4 + part] += data[(y * image.width + x) * 4 + part];
        sums[cell * 4 + 3]++;
      }
    const colours = [];
    for (let cell = 0; cell < across * down; cell++)
      for (let part = 0; part < 3; part++) colours.push(Math.round(sums[cell * 4 + part] / sums[cell * 4 + 3]));
    return { across, down, colours };
  })()`);
}
