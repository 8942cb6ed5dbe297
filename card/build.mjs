/** Builds the card and the page into card/dist; `prepare` and `build` of package.json run it. */
import path from "node:path";
import { bundleCard } from "./bundle.mjs";

const started = performance.now();
const { files, sizes } = await bundleCard(path.join(import.meta.dirname, "dist"));
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  `card: ${files} files in ${seconds} s; gzip: entry ${kb(sizes.entry)}, 3D ${kb(sizes.twin)}, everything ${kb(sizes.all)}`,
);
