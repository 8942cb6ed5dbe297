/**
 * Leaves out of three.js what the twin never draws: XR, PMREM and environment maps, morph targets, uniform groups,
 * shadow maps, and the shaders of materials it does not use. Measured: 13 KB less after gzip, the same pixels
 * (tests/e2e/card/pixels.test.ts holds it to that when three is upgraded).
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const NOTHING = "() => {}";
/** The built-in materials the twin draws with; its own shaders include `colorspace_fragment` alone. */
const USED_SHADERS = ["meshbasic", "meshlambert"];

/** Path below three/src → what stands there instead. */
const STUBS = {
  "renderers/webxr/WebXRManager.js": `export class WebXRManager {
    constructor() { this.enabled = false; this.isPresenting = false; this.cameraAutoUpdate = false; }
    addEventListener() {} removeEventListener() {} setAnimationLoop() {} dispose() {}
    hasDepthSensing() { return false; } getEnvironmentBlendMode() { return undefined; } getSession() { return null; }
  }`,
  "renderers/webgl/WebGLMorphtargets.js": `export function WebGLMorphtargets() { return { update: ${NOTHING} }; }`,
  "renderers/webgl/WebGLUniformsGroups.js": `export function WebGLUniformsGroups() {
    return { bind: ${NOTHING}, update: ${NOTHING}, dispose: ${NOTHING} };
  }`,
  "renderers/webgl/WebGLShadowMap.js": `export function WebGLShadowMap() {
    this.enabled = false; this.autoUpdate = true; this.needsUpdate = false; this.type = 1; this.render = ${NOTHING};
  }`,
  "renderers/webgl/WebGLEnvironments.js": `export function WebGLEnvironments() {
    return { get: () => null, dispose: ${NOTHING} };
  }`,
  "renderers/shaders/DFGLUTData.js": "export const getDFGLUT = () => null;",
};

export function leanThree() {
  const included = includedChunks();
  const marker = `${path.sep}three${path.sep}src${path.sep}`;
  return {
    name: "lean-three",
    async resolveId(source, importer) {
      if (source !== "three") return null;
      return this.resolve("three/src/Three.js", importer, { skipSelf: true });
    },
    transform(code, id) {
      const at = id.indexOf(marker);
      if (at < 0) return null;
      const file = id
        .slice(at + marker.length)
        .split(path.sep)
        .join("/");
      const stub = STUBS[file];
      if (stub) return { code: stub, map: null, moduleSideEffects: false };
      const [, folder, name] = /^renderers\/shaders\/(ShaderLib|ShaderChunk)\/(\w+)\.glsl\.js$/.exec(file) ?? [];
      if (folder === "ShaderLib" && !USED_SHADERS.includes(name))
        return { code: 'export const vertex = "";\nexport const fragment = "";', map: null };
      if (folder === "ShaderChunk" && !included.has(name)) return { code: 'export default "";', map: null };
      const lean = file.endsWith(".glsl.js") ? withoutGlslComments(code) : code;
      return { code: lean, map: null, moduleSideEffects: file === "Three.js" ? false : undefined };
    },
  };
}

/** Inside a shader's template literal: comments, indentation and blank lines. */
function withoutGlslComments(code) {
  return code.replace(/\/\* glsl \*\/`([^]*?)`/g, (_, glsl) => {
    const lean = glsl
      .replace(/\/\*[^]*?\*\//g, "")
      .replace(/\/\/.*$/gm, "")
      .replace(/[ \t]+/g, " ")
      .replace(/\n\s*/g, "\n");
    return `\`${lean}\``;
  });
}

/** Names of the shader chunks that the used programs include, directly or through another chunk. */
function includedChunks() {
  const shaders = path.join(
    path.dirname(createRequire(import.meta.url).resolve("three/src/Three.js")),
    "renderers/shaders",
  );
  const found = new Set(["colorspace_fragment", "colorspace_pars_fragment", "tonemapping_pars_fragment"]);
  const follow = (file) => {
    for (const [, name] of readFileSync(path.join(shaders, file), "utf8").matchAll(/#include <(\w+)>/g))
      if (!found.has(name)) {
        found.add(name);
        follow(`ShaderChunk/${name}.glsl.js`);
      }
  };
  for (const name of USED_SHADERS) follow(`ShaderLib/${name}.glsl.js`);
  return found;
}
