// In place of three.js's own: programs of the twin's ShaderMaterials alone, as WebGLRenderer asks for them.
import { WebGLUniforms } from "./WebGLUniforms.js";

const PRECISION = "precision highp float;\nprecision highp int;\n";
const CAMERA = "uniform mat4 viewMatrix;\nuniform vec3 cameraPosition;\n";
const VERTEX = `#version 300 es
#define attribute in
#define varying out
${PRECISION}${CAMERA}uniform mat4 modelMatrix;
uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform mat3 normalMatrix;
attribute vec3 position;
attribute vec3 normal;
attribute vec2 uv;
`;
const INSTANCING = "#define USE_INSTANCING\nattribute mat4 instanceMatrix;\n";
const INSTANCING_COLOR = "#define USE_INSTANCING_COLOR\nattribute vec3 instanceColor;\n";
const FRAGMENT = `#version 300 es
#define varying in
layout(location = 0) out highp vec4 pc_fragColor;
#define gl_FragColor pc_fragColor
${PRECISION}${CAMERA}`;
/** What `#include <colorspace_fragment>` stands for: linear light as sRGB. */
const TO_SRGB = `gl_FragColor = vec4( mix( pow( gl_FragColor.rgb, vec3( 0.41666 ) ) * 1.055 - vec3( 0.055 ), gl_FragColor.rgb * 12.92, vec3( lessThanEqual( gl_FragColor.rgb, vec3( 0.0031308 ) ) ) ), gl_FragColor.a );`;

let nextId = 0;

/** A program of a material: compiled at once, asked for its faults and places when it is first used. */
function createProgram(gl, bindingStates, { vertexShader, fragmentShader, instancing, instancingColor }, cacheKey) {
  const program = gl.createProgram();
  const attach = (type, source) => {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    return shader;
  };
  const shaders = [
    attach(
      gl.VERTEX_SHADER,
      VERTEX + (instancing ? INSTANCING : "") + (instancingColor ? INSTANCING_COLOR : "") + vertexShader,
    ),
    attach(gl.FRAGMENT_SHADER, FRAGMENT + fragmentShader.replace("#include <colorspace_fragment>", TO_SRGB)),
  ];
  gl.bindAttribLocation(program, 0, "position");
  gl.linkProgram(program);
  let uniforms;
  let attributes;
  const firstUse = () => {
    if (uniforms) return;
    for (const shader of shaders) gl.deleteShader(shader);
    uniforms = new WebGLUniforms(gl, program);
    attributes = {};
    for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_ATTRIBUTES); i++) {
      const { name, type } = gl.getActiveAttrib(program, i);
      const location = gl.getAttribLocation(program, name);
      attributes[name] = { type, location, locationSize: type === gl.FLOAT_MAT4 ? 4 : 1 };
    }
  };
  return {
    id: nextId++,
    cacheKey,
    program,
    usedTimes: 1,
    isReady: () => true,
    getUniforms() {
      firstUse();
      return uniforms;
    },
    getAttributes() {
      firstUse();
      return attributes;
    },
    destroy() {
      bindingStates.releaseStatesOfProgram(this);
      gl.deleteProgram(program);
    },
  };
}

export function WebGLPrograms(renderer, environments, extensions, capabilities, bindingStates) {
  const programs = [];
  return {
    programs,
    /** All that the renderer compares to see whether a material needs another program. */
    getParameters: ({ vertexShader, fragmentShader }, lights, shadows, scene, object) => ({
      vertexShader,
      fragmentShader,
      instancing: object.isInstancedMesh === true,
      instancingColor: object.isInstancedMesh === true && object.instanceColor !== null,
      outputColorSpace: renderer.outputColorSpace,
      batching: false,
      batchingColor: false,
      instancingMorph: false,
      skinning: false,
      morphTargets: false,
      morphNormals: false,
      morphColors: false,
      morphTargetsCount: 0,
      numClippingPlanes: 0,
      numClipIntersection: 0,
      vertexAlphas: false,
      vertexTangents: false,
      toneMapping: 0,
    }),
    getProgramCacheKey: ({ vertexShader, fragmentShader, instancing, instancingColor }) =>
      [vertexShader, fragmentShader, instancing, instancingColor].join(),
    getUniforms: ({ uniforms }) => uniforms,
    acquireProgram(parameters, cacheKey) {
      const known = programs.find((program) => program.cacheKey === cacheKey);
      if (known) known.usedTimes++;
      else programs.push(createProgram(renderer.getContext(), bindingStates, parameters, cacheKey));
      return known ?? programs[programs.length - 1];
    },
    releaseProgram(program) {
      if (--program.usedTimes > 0) return;
      programs.splice(programs.indexOf(program), 1);
      program.destroy();
    },
    releaseShaderCache() {},
    dispose() {},
  };
}
