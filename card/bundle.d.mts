/** Bytes after gzip: each script, what the entry loads before anything is shown, the 3D chunk, and everything. */
export type BundleSizes = { gzip: Record<string, number>; entry: number; twin: number; all: number };
export function bundleCard(dist: string, options?: { lean?: boolean }): Promise<{ files: number; sizes: BundleSizes }>;
