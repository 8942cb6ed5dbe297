import { Color, ShaderMaterial, Vector3 } from "three";

/** How an instance takes the light: as a box on the ground, as a free shape, as a floor, as a glass panel, by itself. */
export const FINISH = { shape: -1, box: 0, floor: 1, panel: 2, shining: 3 } as const;
export type Finish = keyof typeof FINISH;

const VERTEX = `
uniform vec3 sky;
uniform vec3 below;
uniform vec3 sun;
uniform vec3 sunWay;
varying vec3 tone;
varying vec4 inside;
vec3 toSrgb(vec3 c) { return mix(c * 12.92, 1.055 * pow(max(c, 0.), vec3(.41667)) - .055, step(.0031308, c)); }
vec3 lightOn(vec3 way) { return mix(below, sky, way.y * .5 + .5) + sun * max(dot(way, sunWay), 0.); }
#ifdef USE_INSTANCING
attribute float finish;
void main() {
vec3 size = vec3(length(instanceMatrix[0].xyz), length(instanceMatrix[1].xyz), length(instanceMatrix[2].xyz));
vec3 way = normalize(mat3(instanceMatrix) * (normal / (size * size)));
float foot = finish > -.5 && finish < .5 && abs(normal.y) < .5 && position.y < .5 ? .74 : 1.;
tone = toSrgb(instanceColor * (finish > 2.5 ? vec3(1.) : lightOn(way) * foot));
inside = vec4(position.xz * size.xz, vec2(0.));
if (finish > .5 && finish < 2.5 && normal.y > .5) inside.zw = size.xz * (finish > 1.5 ? -.5 : .5);
gl_Position = projectionMatrix * viewMatrix * modelMatrix * instanceMatrix * vec4(position, 1.);
}
#else
uniform vec3 colour;
void main() {
vec4 world = modelMatrix * vec4(position, 1.);
vec3 way = normalize(mat3(modelMatrix) * normal);
tone = toSrgb(colour * lightOn(dot(way, cameraPosition - world.xyz) < 0. ? -way : way));
inside = vec4(0.);
gl_Position = projectionMatrix * viewMatrix * world;
}
#endif`;

const FRAGMENT = `
uniform float opacity;
varying vec3 tone;
varying vec4 inside;
void main() {
float shade = 1.;
if (inside.z > 0.) {
vec2 open = smoothstep(vec2(-.15), vec2(.6), inside.zw - abs(inside.xy));
shade = .8 + .2 * open.x * open.y;
} else if (inside.z < 0.) {
shade = .9 + .3 * smoothstep(.2, 1., (inside.x - inside.y) / (inside.z + inside.w) * -.5 + .5);
}
gl_FragColor = vec4(tone * shade, opacity);
}`;

/**
 * One matt material for all that stands: lit by sky, ground and sun once per corner, which for flat faces is what once
 * per pixel gives, at a fraction of its cost where pixels are drawn in software. Floors are darker along their walls,
 * where less of the sky is seen. Instanced meshes carry a colour and a `finish` each.
 */
export class Matt {
  private readonly daylight = {
    sky: { value: new Color() },
    below: { value: new Color() },
    sun: { value: new Color() },
    sunWay: { value: new Vector3(0, 1, 0) },
  };
  /** For instanced meshes. */
  readonly material = this.made(new Color(), 1, 0);

  /** Strength and colour of what falls from the sky, from the ground, from the sun, and where the sun stands. */
  light(sky: Color, below: Color, sun: Color, sunWay: Vector3): void {
    const { daylight } = this;
    daylight.sky.value.copy(sky);
    daylight.below.value.copy(below);
    daylight.sun.value.copy(sun);
    daylight.sunWay.value.copy(sunWay).normalize();
  }

  /** The same light on a mesh of one colour, seen from both sides; linear RGB and opacity, 0..1. */
  plain(r: number, g: number, b: number, opacity: number): ShaderMaterial {
    return this.made(new Color(r, g, b), opacity, 2);
  }

  private made(colour: Color, opacity: number, side: 0 | 2): ShaderMaterial {
    return new ShaderMaterial({
      uniforms: { ...this.daylight, colour: { value: colour }, opacity: { value: opacity } },
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: opacity < 1,
      side,
    });
  }

  dispose(): void {
    this.material.dispose();
  }
}
