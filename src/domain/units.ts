/** Conversion factors. Everything inside is W, Wh, A, V, lx, degree C, %, ppm; `atMs` is UTC epoch ms. */
export const MS_PER_SECOND = 1_000;
export const MS_PER_MINUTE = 60_000;
export const MS_PER_HOUR = 3_600_000;
export const MS_PER_DAY = 86_400_000;
export const W_PER_KW = 1_000;
export const G_PER_KG = 1_000;

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
