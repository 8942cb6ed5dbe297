import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  Color,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  MeshLambertMaterial,
  Object3D,
} from "three";
import type { Material } from "three";

/** A box on its base: `x, z` its centre, `y` its bottom. `turn` is about the upright axis, `tilt` about x; radians. */
export type Box = Readonly<{
  x: number;
  y: number;
  z: number;
  w: number;
  h: number;
  d: number;
  colour: string;
  turn?: number;
  tilt?: number;
  /** Shines by itself: not shaded by the light of the day. */
  shines?: boolean;
}>;

/** Unit box on its base, darker towards the bottom of its sides: the shade where things stand on one another. */
function shadedBox(): BufferGeometry {
  const geometry = new BoxGeometry(1, 1, 1);
  geometry.translate(0, 0.5, 0);
  const { position, normal } = geometry.attributes as Record<"position" | "normal", BufferAttribute>;
  const colours = new Float32Array(position.count * 3);
  for (let i = 0; i < position.count; i++) {
    const side = Math.abs(normal.getY(i)) < 0.5;
    colours.fill(side && position.getY(i) < 0.5 ? 0.74 : 1, i * 3, i * 3 + 3);
  }
  geometry.setAttribute("color", new BufferAttribute(colours, 3));
  return geometry;
}

/** Everything made of boxes: one mesh that the day lights, one that shines by itself. */
export class Boxes {
  readonly group = new Object3D();
  private readonly geometry = shadedBox();
  private readonly lit = new MeshLambertMaterial({ vertexColors: true });
  private readonly shining = new MeshBasicMaterial();
  private meshes: InstancedMesh[] = [];

  show(boxes: readonly Box[]): void {
    this.clear();
    this.add(
      boxes.filter(({ shines }) => !shines),
      this.lit,
    );
    this.add(
      boxes.filter(({ shines }) => shines === true),
      this.shining,
    );
  }

  dispose(): void {
    this.clear();
    this.geometry.dispose();
    this.lit.dispose();
    this.shining.dispose();
  }

  private clear(): void {
    for (const mesh of this.meshes) {
      this.group.remove(mesh);
      mesh.dispose();
    }
    this.meshes = [];
  }

  private add(boxes: readonly Box[], material: Material): void {
    if (boxes.length === 0) return;
    const mesh = new InstancedMesh(this.geometry, material, boxes.length);
    mesh.frustumCulled = false;
    const place = new Object3D();
    const colour = new Color();
    place.rotation.order = "YXZ";
    boxes.forEach((box, i) => {
      place.position.set(box.x, box.y, box.z);
      place.rotation.set(box.tilt ?? 0, box.turn ?? 0, 0);
      place.scale.set(box.w, box.h, box.d);
      place.updateMatrix();
      mesh.setMatrixAt(i, place.matrix as Matrix4);
      mesh.setColorAt(i, colour.set(box.colour));
    });
    this.meshes.push(mesh);
    this.group.add(mesh);
  }
}
