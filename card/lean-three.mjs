/**
 * Leaves out of three.js what the twin never draws: XR, textures, environment maps, render targets, morph targets,
 * uniform groups, lights, shadow maps, backgrounds, the built-in materials with their shaders, and what is never called.
 * The twin brings its own shaders, and `lean/` makes programs of them. The same pixels come out:
 * tests/e2e/card/pixels.test.ts compares them with those of the whole of three.js.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

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
      return { code: withoutWarnings(withoutColourNames(withoutNeverCalled(code))), map: null };
    },
  };
}
