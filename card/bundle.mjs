/**
 * The card and the page: one entry of fixed name (`hypervolt-card.js`), everything else in chunks
 * whose names carry their content's hash, and `panel.html`, which loads the page's entry. es2021 throughout.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import { transform } from "esbuild";
import { rollup } from "rollup";
import { leanThree } from "./lean-three.mjs";
import { withoutUncalled } from "./uncalled.mjs";

const HERE = import.meta.dirname;

/** TypeScript and what libraries write beyond es2021, brought down to it. */
const toEs2021 = {
  name: "to-es2021",
  async transform(code, id) {
    if (!/\.[mc]?[jt]s$/.test(id)) return null;
    const result = await transform(code, {
      loader: id.endsWith(".ts") ? "ts" : "js",
      target: "es2021",
      sourcefile: id,
      sourcemap: false,
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
    });
    return { code: result.code, map: null };
  },
};

/** three.js as its many modules, so that what is not used falls away. */
const threeFromSource = {
  name: "three-from-source",
  resolveId(source, importer) {
    return source === "three" ? this.resolve("three/src/Three.js", importer, { skipSelf: true }) : null;
  },
};

/** The whitespace of Lit's templates: runs of it, where a line breaks, say nothing to a browser; less so in styles. */
const tightTemplates = {
  name: "tight-templates",
  transform(code, id) {
    if (!id.includes(`${path.sep}card${path.sep}src`)) return null;
    return { code: code.replace(/\bcss`[^`]*`/g, tightStyles).replace(/\n[ \t]+/g, "\n"), map: null };
  },
};
const tightStyles = (styles) =>
  styles
    .split(/(\$\{[^}]*\})/)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part
            .replace(/\/\*[^]*?\*\//g, "")
            .replace(/\s+/g, " ")
            .replace(/ ?([{};,>]) ?/g, "$1")
            .replace(/([\w-]): /g, "$1:")
            .replace(/;\}/g, "}"),
    )
    .join("");

/** The words of other languages without their keys, in the order of the English ones beside them: half as long. */
const keylessWords = {
  name: "keyless-words",
  async transform(_, id) {
    const language = /[\\/]lang[\\/](de|fr|es|nl)\.ts$/.exec(id)?.[1];
    if (language === undefined) return null;
    const english = path.join(path.dirname(id), "en.ts");
    const words = (await import(pathToFileURL(id)))[language];
    const { en } = await import(pathToFileURL(english));
    const unknown = Object.keys(words).filter((key) => !(key in en));
    if (unknown.length > 0) throw new Error(`${id}: English has no ${unknown.join(", ")}`);
    const texts = JSON.stringify(Object.keys(en).map((key) => words[key] ?? null));
    const code = `import { en } from "./en.ts";
const texts = ${texts};
export const ${language} = Object.fromEntries(Object.keys(en).map((key, i) => [key, texts[i]]));`;
    return { code, map: null };
  },
};

/**
 * Bundles into a folder, which is emptied first. `lean: false` takes the whole of three.js, to compare pixels with.
 * @returns how many scripts there are, and their bytes after gzip
 */
export async function bundleCard(dist, { lean = true } = {}) {
  const bundle = await rollup({
    input: { "hypervolt-card": path.join(HERE, "src/hypervolt-card.ts"), panel: path.join(HERE, "src/panel.ts") },
    preserveEntrySignatures: "strict",
    plugins: [
      threeFromSource,
      ...(lean ? [leanThree()] : []),
      keylessWords,
      tightTemplates,
      toEs2021,
      nodeResolve({ extensions: [".ts", ".js"] }),
    ],
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const { output } = await bundle.write({
    dir: dist,
    format: "es",
    entryFileNames: ({ name }) => (name === "hypervolt-card" ? "hypervolt-card.js" : "[name]-[hash].js"),
    chunkFileNames: "[name]-[hash].js",
    hashCharacters: "base36",
    // Were Lit inside the entry, chunks would import the entry, whose address may carry a query: it would load twice.
    manualChunks: (id) => (/[\\/]node_modules[\\/](lit|lit-html|lit-element|@lit)[\\/]/.test(id) ? "lit" : undefined),
    plugins: [
      ...(lean
        ? [
            withoutUncalled(
              (id) => /[\\/]node_modules[\\/]three[\\/]/.test(id),
              (name) => name === "twin",
            ),
          ]
        : []),
      terser({ ecma: 2020, module: true, compress: { passes: 2 } }),
    ],
  });
  await bundle.close();

  const panel = output.find((chunk) => chunk.type === "chunk" && chunk.isEntry && chunk.name === "panel");
  const page = readFileSync(path.join(HERE, "src/panel.html"), "utf8");
  const twin = output.find((chunk) => chunk.type === "chunk" && chunk.name === "twin");
  // All at once instead of one after the other, as each is found in the one before.
  const early = [...panel.imports, twin.fileName]
    .map((fileName) => `<link rel="modulepreload" href="./${fileName}" />\n    `)
    .join("");
  const script = `<script type="module" src="./`;
  writeFileSync(
    path.join(dist, "panel.html"),
    page.replace("panel.js", panel.fileName).replace(script, `${early}${script}`),
  );
  if (existsSync(path.join(HERE, "public"))) cpSync(path.join(HERE, "public"), dist, { recursive: true });
  const measured = sizes(output);
  writeFileSync(path.join(dist, "sizes.json"), `${JSON.stringify(measured, null, 2)}\n`);
  return { files: Object.keys(measured.gzip).length, sizes: measured };
}

/** Bytes after gzip: each file, what the entry loads before anything is shown, and everything. */
function sizes(output) {
  const chunks = output.filter((chunk) => chunk.type === "chunk");
  const gzip = Object.fromEntries(chunks.map(({ fileName, code }) => [fileName, gzipSync(code, { level: 9 }).length]));
  const entry = new Set();
  const follow = (fileName) => {
    if (entry.has(fileName)) return;
    entry.add(fileName);
    chunks.find((chunk) => chunk.fileName === fileName).imports.forEach(follow);
  };
  follow("hypervolt-card.js");
  const total = (names) => [...names].reduce((sum, name) => sum + gzip[name], 0);
  const twin = chunks.find(({ name }) => name === "twin")?.fileName;
  return { gzip, entry: total(entry), twin: twin ? gzip[twin] : 0, all: total(Object.keys(gzip)) };
}
