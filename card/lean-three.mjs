/**
 * Leaves out of three.js what the twin never draws: XR, textures, environment maps, render targets, morph targets,
 * uniform groups, lights, shadow maps, backgrounds, the built-in materials with their shaders, and what is never called;
 * the twin brings its own shaders, and `lean/` makes programs of them. The same pixels come out: tests/e2e/card/pixels.test.ts compares them with those of
 * the whole of three.js.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The built-in materials the twin draws with: none; its own shaders include `colorspace_fragment` alone. */
const USED_SHADERS = [];
/** What WebGLProgram itself puts in front of every shader, by name. */
const ALWAYS_INCLUDED = ["colorspace_fragment", "colorspace_pars_fragment"];

/** Macros three.js defines only for features the twin does not use. */
const NEVER_DEFINED = new Set(
  `USE_SHADOWMAP USE_ENVMAP USE_MAP USE_FOG USE_SKINNING USE_MORPHTARGETS USE_MORPHNORMALS USE_MORPHCOLORS
  USE_INSTANCING_MORPH USE_DISPLACEMENTMAP USE_BUMPMAP USE_NORMALMAP USE_NORMALMAP_TANGENTSPACE USE_NORMALMAP_OBJECTSPACE
  USE_TANGENT USE_LIGHTMAP USE_AOMAP USE_ALPHAMAP USE_ALPHATEST USE_ALPHAHASH USE_EMISSIVEMAP USE_SPECULARMAP USE_BATCHING
  USE_BATCHING_COLOR USE_LOGARITHMIC_DEPTH_BUFFER USE_TRANSMISSION USE_CLEARCOAT_NORMALMAP USE_ANISOTROPY
  USE_LIGHT_PROBES_GRID DITHERING PREMULTIPLIED_ALPHA TONE_MAPPING DECODE_VIDEO_TEXTURE DECODE_VIDEO_TEXTURE_EMISSIVE
  USE_SIZEATTENUATION USE_POINTS_UV USE_UV USE_SHEEN USE_IRIDESCENCE`.split(/\s+/),
);

/** Methods of objects and of mathematics that nothing calls, though code that never runs, or a text, has their names. */
const NEVER_CALLED = new Set(
  `toJSON fromJSON raycast _computeIntersections
  rotateAround slerpFlat multiplyQuaternionsFlat setFromUnitVectors rotateTowards slerpQuaternions slerp
  multiplyVectors applyEuler applyAxisAngle projectOnPlane setFromSpherical setFromSphericalCoords
  setFromCylindrical setFromCylindricalCoords setFromMatrixScale setFromColor randomDirection projectOnVector
  transposeIntoArray rotate makeRotation transformUv setAxisAngleFromQuaternion setAxisAngleFromRotationMatrix
  addLayerUpdate clearLayerUpdates setFromMatrix3 makeBasis setPosition makeRotationAxis makeShear
  makeOrthographic reorder setRotationFromAxisAngle setRotationFromEuler setRotationFromMatrix
  setRotationFromQuaternion rotateOnWorldAxis translateX translateY translateZ localToWorld worldToLocal attach
  getObjectById getObjectByName getObjectByProperty getObjectsByProperty getWorldPosition getWorldQuaternion
  getWorldScale traverseAncestors translateOnAxis convertSRGBToLinear convertLinearToSRGB getHexString getStyle
  offsetHSL addColors lerpColors lerpHSL copySRGBToLinear copyLinearToSRGB getHex getHSL setFromArray
  setFromCenterAndSize expandByVector containsBox intersectsTriangle getBoundingSphere intersect expandByScalar
  copyAt setXYZW getBoundingBox setIndirect getIndirect clearGroups setDrawRange computeTangents toNonIndexed
  setFromCoplanarPoints distanceToSphere projectPoint intersectLine intersectsLine setFromNormalAndCoplanarPoint
  getColorAt getMorphAt setMorphAt getFrustum setFocalLength getFocalLength getEffectiveFOV getFilmHeight
  getViewSize setViewOffset clearViewOffset getViewBounds`.split(/\s+/),
);
/** Functions of the renderer that nobody calls. */
const NEVER_RENDERED = new Set(
  `forceContextRestore getPixelRatio setPixelRatio getDrawingBufferSize setEffects getCurrentViewport getViewport
  getScissor setScissor getScissorTest setOpaqueSort setTransparentSort setNodesHandler compileAsync
  setRenderTargetTextures setRenderTargetFramebuffer readRenderTargetPixelsAsync copyFramebufferToTexture
  copyTextureToTexture initRenderTarget initTexture resetState readRenderTargetPixels`.split(/\s+/),
);

/** A module without those; what else nobody calls falls away later, by its name: see `uncalled.mjs`. */
const withoutNeverCalled = (code) =>
  code
    .replace(/\n\t(?:static )?(\w+)\([^\n]*\{\n[^]*?\n\t\}(?=\n)/g, (whole, name) =>
      NEVER_CALLED.has(name) ? "" : whole,
    )
    .replace(/\n\t\tthis\.(\w+) = (?:async )?function [^\n]*\{\n[^]*?\n\t\t\};?(?=\n)/g, (whole, name) =>
      NEVER_RENDERED.has(name) ? "" : whole,
    );

/** Colours have no names: the card's theme gives them as numbers. */
const withoutColourNames = (code) => code.replace(/(const _colorKeywords = )\{[^}]*\}/, "$1{}");

/** Warnings are for who writes with three.js: they are in no reader's language. Errors stay. */
const withoutWarnings = (code) => code.replace(/^(\s*)(warn|warnOnce|log)\(/gm, "$1/*@__PURE__*/ $2(");

/** A factory whose product answers to some names with nothing. */
const answersNothing = (name, methods, result = "null") =>
  `export function ${name}() { return { ${methods.map((method) => `${method}() { return ${result}; }`).join(", ")} }; }`;

/** A module of `lean/`. */
const ownModule = (name) => readFileSync(path.join(import.meta.dirname, "lean", name), "utf8");

/** Path below three/src → what stands there instead. */
const STUBS = {
  "renderers/webxr/WebXRManager.js": `export class WebXRManager {
    constructor() { this.enabled = false; this.isPresenting = false; this.cameraAutoUpdate = false; }
    addEventListener() {} removeEventListener() {} setAnimationLoop() {} dispose() {}
    hasDepthSensing() { return false; } getEnvironmentBlendMode() { return undefined; } getSession() { return null; }
  }`,
  "renderers/webgl/WebGLMorphtargets.js": answersNothing("WebGLMorphtargets", ["update"]),
  "renderers/webgl/WebGLUniformsGroups.js": answersNothing("WebGLUniformsGroups", ["bind", "update", "dispose"]),
  "renderers/webgl/WebGLEnvironments.js": answersNothing("WebGLEnvironments", ["get", "dispose"]),
  "renderers/webgl/WebGLTextures.js": answersNothing(
    "WebGLTextures",
    ["resetTextureUnits", "getTextureUnits", "setTextureUnits", "allocateTextureUnit", "setTexture2D", "dispose"],
    "0",
  ),
  "renderers/webgl/WebGLUtils.js": answersNothing("WebGLUtils", ["convert"]),
  "renderers/webgl/WebGLOutput.js": answersNothing("WebGLOutput", []),
  "renderers/webgl/WebGLShadowMap.js": `export function WebGLShadowMap() {
    this.enabled = false; this.autoUpdate = true; this.needsUpdate = false; this.type = 1; this.render = function () {};
  }`,
  "renderers/webgl/WebGLLights.js": `export function WebGLLights() {
    const none = () => new Proxy({ version: 0 }, { get: (state, name) => (name in state ? state[name] : /^num/.test(name) ? 0 : []) });
    return { setup() {}, setupView() {}, state: none() };
  }`,
  "renderers/webgl/WebGLMaterials.js": `export function WebGLMaterials() {
    return { refreshFogUniforms() {}, refreshMaterialUniforms(_, material) { material.uniformsNeedUpdate = false; } };
  }`,
  "renderers/webgl/WebGLPrograms.js": ownModule("WebGLPrograms.js"),
  "renderers/webgl/WebGLUniforms.js": ownModule("WebGLUniforms.js"),
  "renderers/webgl/WebGLBackground.js": ownModule("WebGLBackground.js"),
  "renderers/WebGLRenderTarget.js": "export class WebGLRenderTarget {}",
  // Every camera is one.
  "math/FrustumArray.js": "export class FrustumArray {}",
  "renderers/shaders/ShaderLib.js": "export const ShaderLib = {};",
  "renderers/shaders/DFGLUTData.js": "export function getDFGLUT() { return null; }",
};

export function leanThree() {
  const included = includedChunks();
  const marker = `${path.sep}three${path.sep}src${path.sep}`;
  return {
    name: "lean-three",
    transform(code, id) {
      const at = id.indexOf(marker);
      if (at < 0) return null;
      const file = id
        .slice(at + marker.length)
        .split(path.sep)
        .join("/");
      if (STUBS[file]) return { code: STUBS[file], map: null, moduleSideEffects: false };
      const [, folder, name] = /^renderers\/shaders\/(ShaderLib|ShaderChunk)\/(\w+)\.glsl\.js$/.exec(file) ?? [];
      if (folder === "ShaderLib" && !USED_SHADERS.includes(name))
        return { code: 'export const vertex = "";\nexport const fragment = "";', map: null };
      if (folder === "ShaderChunk" && !included.has(name)) return { code: 'export default "";', map: null };
      return {
        code: folder ? leanGlsl(code) : withoutWarnings(withoutColourNames(withoutNeverCalled(code))),
        map: null,
      };
    },
  };
}

/** Names of the shader chunks that the used programs include, directly or through another chunk. */
function includedChunks() {
  const shaders = path.join(
    path.dirname(createRequire(import.meta.url).resolve("three/src/Three.js")),
    "renderers/shaders",
  );
  const found = new Set(ALWAYS_INCLUDED);
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

/** Inside a shader's template literal: no comments, no indentation, no branch that is never taken. */
function leanGlsl(code) {
  return code.replace(/\/\* glsl \*\/`([^]*?)`/g, (_, glsl) => {
    const bare = glsl
      .replace(/\/\*[^]*?\*\//g, "")
      .replace(/\/\/.*$/gm, "")
      .replace(/[ \t]+/g, " ")
      .replace(/\n\s*/g, "\n");
    return `\`${withoutDeadBranches(bare)}\``;
  });
}

/** Resolves `#ifdef`, `#ifndef` and `#if defined(…)` whose macros are never defined; leaves every other condition. */
function withoutDeadBranches(glsl) {
  const kept = [];
  /** One entry for each open condition: whether it is resolved, and whether its lines are kept. */
  const open = [];
  const isKept = () => open.every(({ keep }) => keep);
  for (const line of glsl.split("\n")) {
    const text = line.trim();
    if (text.startsWith("#if")) {
      const holds = knownCondition(text);
      if (holds === undefined && isKept()) kept.push(text);
      open.push({ resolved: holds !== undefined, keep: holds ?? true, taken: holds === true });
    } else if (/^#(else|elif)\b/.test(text) && open.at(-1)?.resolved) {
      const condition = open.at(-1);
      const holds = text.startsWith("#else") ? true : knownCondition(text.replace("#elif", "#if"));
      if (holds === undefined) throw new Error(`lean-three cannot resolve "${text}"`);
      condition.keep = !condition.taken && holds;
      condition.taken ||= holds;
    } else if (text.startsWith("#endif")) {
      if (!open.pop().resolved && isKept()) kept.push(text);
    } else if (isKept()) kept.push(text);
  }
  return kept.filter((line, i) => line !== "" || i === 0).join("\n");
}

/** True or false where never-defined macros alone decide a condition. */
function knownCondition(text) {
  const [, negated, macro] = /^#if(n?)def\s+(\w+)$/.exec(text) ?? [];
  if (macro) return NEVER_DEFINED.has(macro) ? negated === "n" : undefined;
  const tests = text.replace(/^#if/, "").split("||");
  const isFalse = (part) =>
    part.split("&&").some((one) => {
      const name = /^[\s(]*defined\s*\(\s*(\w+)\s*\)[\s)]*$/.exec(one)?.[1];
      return name !== undefined && NEVER_DEFINED.has(name);
    });
  return tests.every(isFalse) ? false : undefined;
}
