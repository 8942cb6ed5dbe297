import { BufferGeometry, Color, DynamicDrawUsage, InstancedBufferAttribute, InstancedMesh, Object3D } from "three";
import type { Material } from "three";
import { FINISH } from "./matt.ts";
import type { Finish } from "./matt.ts";

/** One instance of a shape: where it stands, how large it is, and how it looks. Metres, radians. */
export type One = Readonly<{
  x: number;
  y: number;
  z: number;
  w: number;
  h: number;
  d: number;
  colour: string;
  turn?: number;
  tilt?: number;
  finish?: Finish;
}>;

/** Many instances of one shape in one draw. What is shown anew goes into the memory that is there, while it suffices. */
export class Herd {
  readonly group = new Object3D();
  private readonly shape: BufferGeometry;
  private readonly material: Material;
  private readonly usual: Finish;
  private mesh: InstancedMesh<BufferGeometry> | undefined;
  private readonly place = new Object3D();
  private readonly colour = new Color();

  constructor(shape: BufferGeometry, material: Material, usual: Finish) {
    this.shape = shape;
    this.material = material;
    this.usual = usual;
    this.place.rotation.order = "YXZ";
  }

  show(all: readonly One[]): void {
    const mesh = this.room(all.length);
    if (!mesh) return;
    const { place, colour } = this;
    const finishes = mesh.geometry.getAttribute("finish");
    all.forEach((one, i) => {
      place.position.set(one.x, one.y, one.z);
      place.rotation.set(one.tilt ?? 0, one.turn ?? 0, 0);
      place.scale.set(one.w, one.h, one.d);
      place.updateMatrix();
      mesh.setMatrixAt(i, place.matrix);
      mesh.setColorAt(i, colour.set(one.colour));
      finishes.setX(i, FINISH[one.finish ?? this.usual]);
    });
    mesh.count = all.length;
    mesh.instanceMatrix.needsUpdate = finishes.needsUpdate = true;
    if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
  }

  dispose(): void {
    this.clear();
    this.shape.dispose();
  }

  /** A mesh with room for so many; none for nothing. */
  private room(count: number): InstancedMesh<BufferGeometry> | undefined {
    const { mesh } = this;
    if (count === 0 && mesh) mesh.count = 0;
    if (count === 0) return undefined;
    if (mesh && mesh.instanceMatrix.count >= count) return mesh;
    this.clear();
    const size = Math.ceil(count * 1.25);
    const geometry = this.shape.clone();
    geometry.setAttribute("finish", new InstancedBufferAttribute(new Float32Array(size), 1));
    this.mesh = new InstancedMesh(geometry, this.material, size);
    this.mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    this.mesh.frustumCulled = false;
    this.group.add(this.mesh);
    return this.mesh;
  }

  private clear(): void {
    const { mesh } = this;
    if (!mesh) return;
    this.group.remove(mesh);
    mesh.geometry.dispose();
    mesh.dispose();
    this.mesh = undefined;
  }
}
