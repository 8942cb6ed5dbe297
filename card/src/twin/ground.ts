import { CircleGeometry, Color, Mesh, ShaderMaterial, Vector2, Vector4 } from "three";

/** A round lawn that fades out, with the soft shadow of the house on it. */
export class Ground {
  readonly mesh: Mesh<CircleGeometry, ShaderMaterial>;

  constructor() {
    this.mesh = new Mesh(
      new CircleGeometry(1, 64),
      new ShaderMaterial({
        transparent: true,
        depthWrite: false,
        uniforms: {
          colour: { value: new Color() },
          house: { value: new Vector4() },
          sun: { value: new Vector2() },
          shade: { value: 0.4 },
        },
        vertexShader: `
varying vec2 place;
varying vec2 at;
void main() {
at = position.xy;
vec4 world = modelMatrix * vec4(position, 1.);
place = world.xz;
gl_Position = projectionMatrix * viewMatrix * world;
}`,
        fragmentShader: `
uniform vec3 colour;
uniform vec4 house;
uniform vec2 sun;
uniform float shade;
varying vec2 place;
varying vec2 at;
float box(vec2 p) { vec2 d = abs(p - house.xy) - house.zw; return length(max(d, 0.)) + min(max(d.x, d.y), 0.); }
void main() {
float fade = smoothstep(1., .55, length(at));
float contact = 1. - smoothstep(-.2, 1.3, box(place));
float thrown = 1. - smoothstep(-.6, 2.6, box(place - sun));
float dark = clamp(contact * .55 + thrown * .45, 0., 1.) * shade;
gl_FragColor = vec4(colour * (1. - dark), fade * .9);
#include <colorspace_fragment>
}`,
      }),
    );
    this.mesh.rotation.x = -Math.PI / 2;
    this.mesh.renderOrder = -1;
  }

  show(width: number, depth: number, colour: string, daylight: number): void {
    const {
      colour: tone,
      house,
      sun,
      shade,
    } = this.mesh.material.uniforms as unknown as {
      colour: { value: Color };
      house: { value: Vector4 };
      sun: { value: Vector2 };
      shade: { value: number };
    };
    this.mesh.position.set(width / 2, -0.28, depth / 2);
    this.mesh.scale.setScalar(Math.hypot(width, depth) * 0.95 + 3.5);
    tone.value.set(colour);
    house.value.set(width / 2, depth / 2, width / 2 + 0.1, depth / 2 + 0.1);
    sun.value.set(1.1, 1.4);
    shade.value = 0.25 + 0.3 * daylight;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
