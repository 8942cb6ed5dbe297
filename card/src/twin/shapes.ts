import {
  BufferAttribute,
  BufferGeometry,
  CylinderGeometry,
  IcosahedronGeometry,
  InstancedMesh,
  Mesh,
  MeshLambertMaterial,
  Object3D,
} from "three";
import type { Material } from "three";
import type { Look, Site } from "../model/scene.ts";
import type { Theme } from "../view/drawing.ts";
import { mix } from "./paint.ts";
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

/** A convex outline in x and y, drawn out along z; `inset` pulls the sides in towards the top. */
function drawnOut(outline: readonly (readonly [number, number])[], width: number, inset: number): BufferGeometry {
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
  private readonly body = drawnOut(BODY, 1.78, 0.12);
  private readonly cabin = drawnOut(CABIN, 1.6, 0.22);
  private readonly wheel = new CylinderGeometry(0.34, 0.34, 0.24, 18);
  private readonly crown = new IcosahedronGeometry(1, 1);
  private readonly materials = { body: flat(), glass: flat(), wheel: flat(), crown: flat() };
  private trees: InstancedMesh | undefined;

  constructor() {
    this.wheel.rotateX(Math.PI / 2);
  }

  show(site: Site, look: Look, paint: Paint, theme: Theme): void {
    this.clear();
    if (look.level !== null) return;
    const { body, glass, wheel, crown } = this.materials;
    body.color.set(mix(theme.accent, paint.white, 0.22));
    glass.color.set(paint.glass);
    wheel.color.set("#2a2f38");
    crown.color.set(paint.leaf);
    for (const { at } of site.energy.cars) {
      const car = new Object3D();
      car.position.set(at[0], -0.26, at[2]);
      car.add(new Mesh(this.body, body), new Mesh(this.cabin, glass));
      for (const [x, z] of [
        [-1.25, 0.78],
        [1.25, 0.78],
        [-1.25, -0.78],
        [1.25, -0.78],
      ] as const) {
        const mesh = new Mesh(this.wheel, wheel);
        mesh.position.set(x, 0.34, z);
        car.add(mesh);
      }
      this.group.add(car);
    }
    this.plant(site, crown);
  }

  /** Trees behind and beside the house, where they hide nothing. */
  private plant({ house }: Site, material: Material): void {
    const { width: w, depth: d } = house;
    const spots = [
      [-2.6, -1.2, 0.95],
      [-1.7, -2.3, 0.7],
      [w + 2.6, -2, 1.05],
      [w + 4, -0.6, 0.75],
      [-3.4, d * 0.42, 0.8],
    ] as const;
    this.trees = new InstancedMesh(this.crown, material, spots.length * 2);
    const place = new Object3D();
    spots.forEach(([x, z, size], i) => {
      place.position.set(x, size * 1.1 - 0.3, z);
      place.scale.set(size, size * 1.25, size);
      place.rotation.y = i * 1.7;
      place.updateMatrix();
      this.trees?.setMatrixAt(i * 2, place.matrix);
      place.position.set(x + size * 0.5, size * 0.55 - 0.3, z + size * 0.4);
      place.scale.setScalar(size * 0.6);
      place.updateMatrix();
      this.trees?.setMatrixAt(i * 2 + 1, place.matrix);
    });
    this.group.add(this.trees);
  }

  private clear(): void {
    this.trees?.dispose();
    this.trees = undefined;
    this.group.clear();
  }

  dispose(): void {
    this.clear();
    [this.body, this.cabin, this.wheel, this.crown].forEach((geometry) => geometry.dispose());
    Object.values(this.materials).forEach((material) => material.dispose());
  }
}

const flat = (): MeshLambertMaterial => new MeshLambertMaterial({ flatShading: true });
