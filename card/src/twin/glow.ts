import {
  Color,
  InstancedBufferAttribute,
  InstancedMesh,
  NormalBlending,
  Object3D,
  PlaneGeometry,
  ShaderMaterial,
} from "three";
import type { Placed, Room } from "../model/layout.ts";

/** Light on the floor of its room: falls off with distance, ends at the walls. */
const FLOOR = {
  vertexShader: `
attribute vec4 room;
attribute float level;
varying vec2 place;
varying vec4 bounds;
varying float strength;
varying vec2 lamp;
void main() {
vec4 world = modelMatrix * instanceMatrix * vec4(position, 1.);
place = world.xz;
lamp = (modelMatrix * instanceMatrix * vec4(0., 0., 0., 1.)).xz;
bounds = room;
strength = level;
gl_Position = projectionMatrix * viewMatrix * world;
}`,
  fragmentShader: `
uniform vec3 colour;
uniform float gain;
varying vec2 place;
varying vec4 bounds;
varying float strength;
varying vec2 lamp;
void main() {
if (place.x < bounds.x || place.y < bounds.y || place.x > bounds.z || place.y > bounds.w) discard;
float d = distance(place, lamp);
float fall = 1. / (1. + d * d * .9) - .06;
gl_FragColor = vec4(colour, clamp(fall * strength * gain, 0., .92));
#include <colorspace_fragment>
}`,
};

/** A soft ball of light around the lamp, facing the viewer. */
const HALO = {
  vertexShader: `
attribute float level;
varying vec2 at;
varying float strength;
void main() {
at = position.xy;
strength = level;
vec4 view = viewMatrix * modelMatrix * instanceMatrix * vec4(0., 0., 0., 1.);
view.xy += position.xy * (.5 + .9 * level);
gl_Position = projectionMatrix * view;
}`,
  fragmentShader: `
uniform vec3 colour;
uniform float gain;
varying vec2 at;
varying float strength;
void main() {
float d = length(at);
float core = smoothstep(.13, .09, d);
float halo = pow(max(0., 1. - d), 2.6) * .55 * gain;
gl_FragColor = vec4(mix(colour, vec3(1.), core * .7), max(core, halo) * min(1., strength * 1.6));
#include <colorspace_fragment>
}`,
};

/** All lights that shine, in two draws. */
export class Glow {
  readonly group = new Object3D();
  private readonly plane = new PlaneGeometry(2, 2);
  private readonly uniforms = { colour: { value: new Color() }, gain: { value: 1 } };
  private readonly floor = this.material(FLOOR);
  private readonly halo = this.material(HALO);
  private meshes: InstancedMesh[] = [];

  show(
    lights: readonly Placed[],
    levels: ReadonlyMap<string, number>,
    rooms: readonly Room[],
    colour: string,
    gain: number,
  ): void {
    this.clear();
    this.uniforms.colour.value.set(colour);
    this.uniforms.gain.value = gain;
    const lit = lights.filter(({ deviceId }) => (levels.get(deviceId) ?? 0) > 0);
    if (lit.length === 0) return;
    const level = new Float32Array(lit.map(({ deviceId }) => levels.get(deviceId) ?? 0));
    const bounds = new Float32Array(
      lit.flatMap(({ areaId, at }) => {
        const room = rooms.find((other) => other.areaId === areaId && Math.abs(other.y - at[1]) < 1.5);
        return room ? [room.x, room.z, room.x + room.w, room.z + room.d] : [at[0] - 2, at[2] - 2, at[0] + 2, at[2] + 2];
      }),
    );
    const onFloor = this.mesh(lit.length, this.floor, level, bounds);
    const around = this.mesh(lit.length, this.halo, level);
    const place = new Object3D();
    lit.forEach(({ at: [x, y, z] }, i) => {
      place.rotation.x = -Math.PI / 2;
      place.position.set(x, y - 0.97, z);
      place.scale.setScalar(4.2);
      place.updateMatrix();
      onFloor.setMatrixAt(i, place.matrix);
      place.rotation.x = 0;
      place.position.y = y;
      place.scale.setScalar(1);
      place.updateMatrix();
      around.setMatrixAt(i, place.matrix);
    });
  }

  dispose(): void {
    this.clear();
    this.plane.dispose();
    this.floor.dispose();
    this.halo.dispose();
  }

  private material(shader: { vertexShader: string; fragmentShader: string }): ShaderMaterial {
    return new ShaderMaterial({
      ...shader,
      uniforms: this.uniforms,
      transparent: true,
      depthWrite: false,
      blending: NormalBlending,
    });
  }

  private mesh(count: number, material: ShaderMaterial, level: Float32Array, bounds?: Float32Array): InstancedMesh {
    const geometry = this.plane.clone();
    geometry.setAttribute("level", new InstancedBufferAttribute(level, 1));
    if (bounds) geometry.setAttribute("room", new InstancedBufferAttribute(bounds, 4));
    const mesh = new InstancedMesh(geometry, material, count);
    mesh.frustumCulled = false;
    mesh.renderOrder = bounds ? 1 : 2;
    this.meshes.push(mesh);
    this.group.add(mesh);
    return mesh;
  }

  private clear(): void {
    for (const mesh of this.meshes) {
      this.group.remove(mesh);
      mesh.geometry.dispose();
      mesh.dispose();
    }
    this.meshes = [];
  }
}
