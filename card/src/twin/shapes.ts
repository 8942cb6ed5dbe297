import { BufferAttribute, BufferGeometry, CylinderGeometry, IcosahedronGeometry, Object3D } from "three";
import type { Material } from "three";
import type { Look, Site } from "../model/scene.ts";
import type { Theme } from "../view/drawing.ts";
import { Herd } from "./herd.ts";
import type { One } from "./herd.ts";
import { mix } from "../model/colour.ts";
import type { Paint } from "./paint.ts";

/** Side view of a car, metres: body and the windows above it. */
const BODY: readonly (readonly [number, number])[] = [
  [-2, 0.42],
  [-1.98, 0.72],
  [-1.75, 0.86],
  [-0.95, 0.93],
  [1.35, 0.95],
  [1.85, 0.88],
  [2, 0.66],
  [1.98, 0.36],
  [1.9, 0.26],
  [-1.9, 0.26],
];
const CABIN: readonly (readonly [number, number])[] = [
  [-1, 0.92],
  [-0.42, 1.36],
  [-0.1, 1.44],
  [0.85, 1.44],
  [1.15, 1.36],
  [1.6, 0.93],
];

/** A convex outline in x and y, clockwise, drawn out along z; `inset` pulls the sides in towards the top. */
function drawnOut(clockwise: readonly (readonly [number, number])[], width: number, inset: number): BufferGeometry {
  const outline = [...clockwise].reverse();
  const top = Math.max(...outline.map(([, y]) => y));
  const bottom = Math.min(...outline.map(([, y]) => y));
  const half = (y: number): number => width / 2 - (inset * (y - bottom)) / (top - bottom);
  const triangles: number[] = [];
  const corner = ([x, y]: readonly [number, number], side: 1 | -1): number[] => [x, y, side * half(y)];
  outline.forEach((a, i) => {
    const b = outline[(i + 1) % outline.length] ?? a;
    triangles.push(
      ...corner(a, 1),
      ...corner(a, -1),
      ...corner(b, 1),
      ...corner(b, 1),
      ...corner(a, -1),
      ...corner(b, -1),
    );
    const first = outline[0] ?? a;
    triangles.push(
      ...corner(first, 1),
      ...corner(a, 1),
      ...corner(b, 1),
      ...corner(first, -1),
      ...corner(b, -1),
      ...corner(a, -1),
    );
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(triangles), 3));
  geometry.computeVertexNormals();
  return geometry;
}

/** What is not made of boxes: cars and trees. */
export class Shapes {
  readonly group = new Object3D();
  private readonly body: Herd;
  private readonly cabin: Herd;
  private readonly wheel: Herd;
  private readonly crown: Herd;

  constructor(material: Material) {
    const wheel = new CylinderGeometry(0.34, 0.34, 0.24, 14).rotateX(Math.PI / 2);
    const crown = new IcosahedronGeometry(1, 1);
    crown.computeVertexNormals();
    this.body = new Herd(drawnOut(BODY, 1.78, 0.12), material, "shape");
    this.cabin = new Herd(drawnOut(CABIN, 1.6, 0.22), material, "shape");
    this.wheel = new Herd(wheel, material, "shape");
    this.crown = new Herd(crown, material, "shape");
    this.group.add(...this.herds.map(({ group }) => group));
  }

  private get herds(): readonly Herd[] {
    return [this.body, this.cabin, this.wheel, this.crown];
  }

  show(site: Site, look: Look, paint: Paint, theme: Theme): void {
    const whole = look.level === null;
    this.group.visible = whole;
    if (!whole) return;
    const cars = site.energy.cars.map(({ at: [x, , z] }) => ({ x, y: -0.26, z, w: 1, h: 1, d: 1 }));
    this.body.show(cars.map((at) => ({ ...at, colour: mix(theme.accent, paint.white, 0.22) })));
    this.cabin.show(cars.map((at) => ({ ...at, colour: paint.glass })));
    this.wheel.show(
      cars.flatMap((at) =>
        [-1.25, 1.25].flatMap((dx) =>
          [-0.78, 0.78].map((dz): One => ({ ...at, x: at.x + dx, y: at.y + 0.34, z: at.z + dz, colour: "#2a2f38" })),
        ),
      ),
    );
    this.crown.show(trees(site, paint.leaf));
  }

  dispose(): void {
    this.herds.forEach((herd) => herd.dispose());
  }
}

/** Trees behind and beside the house, where they hide nothing: two crowns each. */
function trees({ house: { width: w, depth: d } }: Site, leaf: string): One[] {
  const spots = [
    [-2.6, -1.2, 0.95],
    [-1.7, -2.3, 0.7],
    [w + 2.6, -2, 1.05],
    [w + 4, -0.6, 0.75],
    [-3.4, d * 0.42, 0.8],
  ] as const;
  return spots.flatMap(([x, z, size], i): One[] => [
    { x, z, y: size * 1.1 - 0.3, w: size, h: size * 1.25, d: size, turn: i * 1.7, colour: leaf },
    {
      x: x + size * 0.5,
      z: z + size * 0.4,
      y: size * 0.55 - 0.3,
      w: size * 0.6,
      h: size * 0.6,
      d: size * 0.6,
      turn: i,
      colour: mix(leaf, "#ffffff", 0.08),
    },
  ]);
}
