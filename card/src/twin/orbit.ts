import { PerspectiveCamera, Vector3 } from "three";
import type { Point } from "../model/layout.ts";

const HOME = { azimuth: 0.62, elevation: 0.56, zoom: 1 };
const KEY_STEP = 0.12;
const LEAST_DISTANCE = 34;

/** A camera that circles the house: by dragging, by pinching, by the arrow keys. */
export class Orbit {
  readonly camera = new PerspectiveCamera(24, 1, 1, 400);
  private view = { ...HOME };
  private centre = new Vector3();
  private distance = 30;
  private readonly canvas: HTMLElement;
  private readonly onMove: () => void;
  private readonly onTap: (x: number, y: number) => void;
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private travelled = 0;
  private readonly listeners = new AbortController();

  constructor(canvas: HTMLElement, onMove: () => void, onTap: (x: number, y: number) => void) {
    this.canvas = canvas;
    this.onMove = onMove;
    this.onTap = onTap;
    const { signal } = this.listeners;
    canvas.addEventListener("pointerdown", this.down, { signal });
    canvas.addEventListener("pointermove", this.move, { signal });
    canvas.addEventListener("pointerup", this.up, { signal });
    canvas.addEventListener("pointercancel", this.up, { signal });
    canvas.addEventListener("keydown", this.key, { signal });
    canvas.addEventListener("dblclick", () => this.turn({ ...HOME }), { signal });
    canvas.addEventListener(
      "wheel",
      (event) => {
        // Plain scrolling belongs to the page.
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.turn({ zoom: this.view.zoom * Math.exp(-event.deltaY / 400) });
      },
      { passive: false, signal },
    );
  }

  /** Steps back until all points are on the stage, seen from the home direction. */
  fit(points: readonly Point[], aspect: number): void {
    const { camera } = this;
    camera.aspect = aspect;
    const direction = directionOf(HOME);
    const right = new Vector3().crossVectors(new Vector3(0, 1, 0), direction).normalize();
    const up = new Vector3().crossVectors(direction, right);
    const tanY = Math.tan((camera.fov * Math.PI) / 360) * 0.84;
    const tanX = Math.tan((camera.fov * Math.PI) / 360) * 0.88 * aspect;
    const all = points.map((point) => new Vector3(...point));
    const centre = new Vector3();
    for (const point of all) centre.addScaledVector(point, 1 / all.length);
    let distance = 10;
    for (let i = 0; i < 6; i++) {
      const seen = all.map((point) => {
        const offset = point.clone().sub(centre);
        return { x: offset.dot(right), y: offset.dot(up), z: offset.dot(direction) };
      });
      distance = Math.max(...seen.map(({ x, y, z }) => z + Math.max(Math.abs(x) / tanX, Math.abs(y) / tanY)));
      const edge = (pick: (p: (typeof seen)[number]) => number): number => {
        const at = seen.map((p) => pick(p) / (distance - p.z));
        return ((Math.max(...at) + Math.min(...at)) / 2) * distance;
      };
      centre
        .addScaledVector(
          right,
          edge(({ x }) => x),
        )
        .addScaledVector(
          up,
          edge(({ y }) => y),
        );
    }
    // A little below the middle: above lie the tools.
    this.centre = centre.addScaledVector(up, distance * tanY * 0.035);
    // A hut fills less of the picture than a house does.
    this.distance = Math.max(distance, LEAST_DISTANCE);
    this.apply();
  }

  /** A finger or a button holds the house: it may go on turning. */
  get isHeld(): boolean {
    return this.pointers.size > 0;
  }

  /** Looks from where it did first. */
  reset(): void {
    this.view = { ...HOME };
    this.pointers.clear();
  }

  dispose(): void {
    this.listeners.abort();
  }

  private turn(change: Partial<typeof HOME>): void {
    this.view = { ...this.view, ...change };
    this.view.elevation = Math.min(Math.max(this.view.elevation, 0.16), 1.45);
    this.view.zoom = Math.min(Math.max(this.view.zoom, 0.6), 4);
    this.apply();
    this.onMove();
  }

  private apply(): void {
    const { camera } = this;
    camera.position.copy(this.centre).addScaledVector(directionOf(this.view), this.distance / this.view.zoom);
    camera.near = Math.max(this.distance / this.view.zoom - 60, 0.5);
    camera.far = this.distance / this.view.zoom + 90;
    camera.lookAt(this.centre);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  }

  private readonly down = (event: PointerEvent): void => {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.travelled = 0;
  };

  private readonly move = (event: PointerEvent): void => {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    const before = this.spread();
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.travelled += Math.abs(dx) + Math.abs(dy);
    if (this.pointers.size === 2 && before > 0) return this.turn({ zoom: (this.view.zoom * this.spread()) / before });
    if (this.travelled < 4) return;
    const { azimuth, elevation } = this.view;
    this.turn({ azimuth: azimuth - dx * 0.0065, elevation: elevation + dy * 0.005 });
  };

  private readonly up = (event: PointerEvent): void => {
    if (!this.pointers.delete(event.pointerId)) return;
    if (event.type !== "pointerup" || this.travelled >= 4) return;
    const box = this.canvas.getBoundingClientRect();
    this.onTap(event.clientX - box.left, event.clientY - box.top);
  };

  private readonly key = (event: KeyboardEvent): void => {
    const { azimuth, elevation, zoom } = this.view;
    const turns: Record<string, Partial<typeof HOME>> = {
      ArrowLeft: { azimuth: azimuth - KEY_STEP },
      ArrowRight: { azimuth: azimuth + KEY_STEP },
      ArrowUp: { elevation: elevation + KEY_STEP },
      ArrowDown: { elevation: elevation - KEY_STEP },
      "+": { zoom: zoom * 1.15 },
      "=": { zoom: zoom * 1.15 },
      "-": { zoom: zoom / 1.15 },
      Home: { ...HOME },
      "0": { ...HOME },
    };
    const turn = turns[event.key];
    if (!turn) return;
    event.preventDefault();
    this.turn(turn);
  };

  private spread(): number {
    const [a, b] = [...this.pointers.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }
}

const directionOf = ({ azimuth, elevation }: { azimuth: number; elevation: number }): Vector3 =>
  new Vector3(Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation), Math.cos(azimuth) * Math.cos(elevation));
