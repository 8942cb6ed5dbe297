// In place of three.js's own: the kinds of uniforms the twin's shaders have, and no others.

const FLOAT = 0x1406;
/** By the type WebGL gives. */
const SETTERS = {
  [FLOAT]: (gl, at, value) => gl.uniform1f(at, value),
  0x8b50: (gl, at, { x, y }) => gl.uniform2f(at, x, y),
  0x8b51: (gl, at, value) =>
    value.isColor ? gl.uniform3f(at, value.r, value.g, value.b) : gl.uniform3f(at, value.x, value.y, value.z),
  0x8b52: (gl, at, { x, y, z, w }) => gl.uniform4f(at, x, y, z, w),
  0x8b5b: (gl, at, { elements }) => gl.uniformMatrix3fv(at, false, elements),
  0x8b5c: (gl, at, { elements }) => gl.uniformMatrix4fv(at, false, elements),
};

export class WebGLUniforms {
  constructor(gl, program) {
    this.seq = [];
    this.map = {};
    for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
      const { name, type } = gl.getActiveUniform(program, i);
      const at = gl.getUniformLocation(program, name);
      const set = SETTERS[type];
      if (!set) throw new Error(`uniform ${name}: type ${type}`);
      const uniform = { id: name, setValue: (_, value) => set(gl, at, value) };
      this.seq.push(uniform);
      this.map[name] = uniform;
    }
  }

  setValue(gl, name, value) {
    this.map[name]?.setValue(gl, value);
  }

  setOptional() {}

  static upload(gl, seq, values) {
    for (const uniform of seq) uniform.setValue(gl, values[uniform.id].value);
  }

  static seqWithValue(seq, values) {
    return seq.filter(({ id }) => id in values);
  }
}
