import { Color, DirectionalLight, HemisphereLight, Object3D, Scene, Vector3, WebGLRenderer } from "three";
import type { Point } from "../model/layout.ts";
import type { Look, Site } from "../model/scene.ts";
import type { Drawing, DrawingEvents, Spot, Theme } from "../view/drawing.ts";
import { extentOf } from "../view/iso-drawing.ts";
import { Boxes } from "./boxes.ts";
import { disposeModel, loadModel, standOn } from "./glb.ts";
import { Glow } from "./glow.ts";
import { Ground } from "./ground.ts";
import { houseBoxes } from "./house-boxes.ts";
import { Orbit } from "./orbit.ts";
import { paintOf } from "./paint.ts";
import { Shapes } from "./shapes.ts";

const SHARP_AFTER_MS = 160;
const RESTORE_WITHIN_MS = 4_000;
const MOST_RATIO = 2;

/** Opens the 3D twin in a host. Throws where there is no WebGL 2. */
export function openTwin(
  host: HTMLElement,
  events: DrawingEvents,
  options: Readonly<{ model?: string | undefined; label?: string }>,
): Drawing {
  const twin = new Twin(host, events, options.label ?? "");
  if (options.model) void twin.load(options.model);
  return twin;
}

/** The home in three.js: draws when something changed and at no other time. */
class Twin implements Drawing {
  /** Frames drawn since it was opened. */
  frames = 0;
  private readonly events: DrawingEvents;
  private readonly canvas = document.createElement("canvas");
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly sky = new HemisphereLight();
  private readonly sun = new DirectionalLight();
  private readonly boxes = new Boxes();
  private readonly glow = new Glow();
  private readonly ground = new Ground();
  private readonly shapes = new Shapes();
  private readonly orbit: Orbit;
  private shown: { site: Site; look: Look; theme: Theme; key: string } | undefined;
  private size = { width: 0, height: 0 };
  private ratio = 0;
  private frame = 0;
  private seen = true;
  private sharpen: ReturnType<typeof setTimeout> | undefined;
  private giveUp: ReturnType<typeof setTimeout> | undefined;
  private lost = false;
  private closed = false;
  private model: Object3D | undefined;
  private turned = false;

  constructor(host: HTMLElement, events: DrawingEvents, label: string) {
    this.events = events;
    const { canvas } = this;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    const context = canvas.getContext("webgl2", { alpha: true, antialias: true, powerPreference: "low-power" });
    if (!context) throw new Error("WebGL 2 is not available");
    this.renderer = new WebGLRenderer({ canvas, context, alpha: true });
    this.renderer.setClearColor(0, 0);
    canvas.addEventListener("webglcontextlost", this.onLost);
    canvas.addEventListener("webglcontextrestored", this.onRestored);
    this.scene.add(this.sky, this.sun, this.ground.mesh, this.boxes.group, this.shapes.group, this.glow.group);
    this.orbit = new Orbit(canvas, this.onMove, this.onTap);
    host.append(canvas);
  }

  show(site: Site, look: Look, theme: Theme): void {
    const key = JSON.stringify([
      [...look.lights],
      [...look.working],
      [...look.warmth],
      [...look.soc],
      look.daylight,
      look.selectedArea,
      look.level,
      theme,
    ]);
    if (this.shown?.site === site && this.shown.key === key) return;
    const moved = this.shown?.site !== site || this.shown.look.level !== look.level;
    this.shown = { site, look, theme, key };
    this.build();
    if (moved) this.fit();
    this.invalidate();
  }

  /** A model instead of the generated house; where it cannot be read the generated one stays, and the stage says why. */
  async load(address: string): Promise<void> {
    try {
      const model = await loadModel(address);
      if (this.closed) return disposeModel(model);
      this.model = model;
      this.scene.add(model);
      this.build();
      this.invalidate();
    } catch (error) {
      this.events.onNote?.(error instanceof Error ? error.message : String(error));
    }
  }

  project([x, y, z]: Point): Spot {
    const at = new Vector3(x, y, z).project(this.orbit.camera);
    return { x: ((at.x + 1) / 2) * this.size.width, y: ((1 - at.y) / 2) * this.size.height };
  }

  resize(width: number, height: number): void {
    this.size = { width, height };
    this.ratio = 0;
    this.fit();
    this.invalidate();
  }

  /** Nothing is drawn while nobody sees it; what changed meanwhile is drawn after. */
  see(seen: boolean): void {
    this.seen = seen;
    if (seen) this.invalidate();
  }

  dispose(): void {
    this.closed = true;
    cancelAnimationFrame(this.frame);
    if (this.model) disposeModel(this.model);
    clearTimeout(this.sharpen);
    clearTimeout(this.giveUp);
    this.canvas.removeEventListener("webglcontextlost", this.onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.onRestored);
    this.orbit.dispose();
    for (const part of [this.boxes, this.glow, this.ground, this.shapes]) part.dispose();
    this.sky.dispose();
    this.sun.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
    this.canvas.remove();
  }

  private build(): void {
    if (!this.shown) return;
    const { site, look, theme } = this.shown;
    const { house } = site;
    const paint = paintOf(theme);
    const night = 1 - look.daylight;
    this.sky.color = new Color(theme.dark ? "#b9cbe8" : "#f2f6ff").lerp(new Color("#6c83b5"), night * 0.8);
    this.sky.groundColor = new Color(theme.dark ? "#2a3342" : "#d8cfc0").lerp(new Color("#1c2438"), night * 0.8);
    this.sky.intensity = (theme.dark ? 1.7 : 2.1) * (1 - 0.38 * night);
    this.sun.color = new Color("#fff1dc").lerp(new Color("#8fa8dd"), night);
    this.sun.intensity = (theme.dark ? 1.5 : 1.9) * (1 - 0.68 * night);
    this.sun.position.set(house.width * 0.9, 16, house.depth * 1.4);
    this.sun.target.position.set(house.width * 0.35, 0, house.depth * 0.2);
    this.sun.target.updateMatrixWorld();
    this.ground.show(house.width, house.depth, paint.ground, 0.45 + 0.55 * look.daylight);
    this.ground.mesh.visible = look.level === null;
    const { model } = this;
    if (model) standOn(model, house.width, house.depth);
    if (model) model.visible = look.level === null;
    this.boxes.show(houseBoxes(site, look, theme, model !== undefined && look.level === null));
    this.shapes.show(site, look, paint, theme);
    const levels = house.levels.filter((_, i) => look.level === null || i === look.level);
    const rooms = [...levels.flatMap((level) => level.rooms), ...(look.level === null ? house.outdoor : [])];
    const lights = house.lights.filter(({ at }) => rooms.some(({ y }) => Math.abs(y + 1 - at[1]) < 0.01));
    this.glow.show(lights, look.lights, rooms, theme.light, (theme.dark ? 0.85 : 0.75) + 0.45 * night);
  }

  private fit(): void {
    if (!this.shown || this.size.width === 0) return;
    const { site, look } = this.shown;
    this.orbit.fit(extentOf(site, look.level), this.size.width / this.size.height);
    this.events.onView();
  }

  private readonly onMove = (): void => {
    this.turned = true;
    this.invalidate(true);
  };

  /** Coarse while it moves, sharp when it has come to rest. */
  private invalidate(moving = false): void {
    clearTimeout(this.sharpen);
    const best = Math.min(devicePixelRatio || 1, MOST_RATIO);
    const ratio = moving ? Math.min(best, 1) : best;
    if (moving && best > 1) this.sharpen = setTimeout(() => this.invalidate(), SHARP_AFTER_MS);
    if (!this.seen || this.lost || this.size.width === 0) return;
    if (ratio !== this.ratio) {
      this.ratio = ratio;
      this.renderer.setPixelRatio(ratio);
      this.renderer.setSize(this.size.width, this.size.height, false);
    }
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.lost || !this.shown) return;
      if (this.turned) this.events.onView();
      this.turned = false;
      this.frames++;
      this.renderer.render(this.scene, this.orbit.camera);
    });
  }

  /** The room under a point of the stage: the uppermost level first. */
  private readonly onTap = (x: number, y: number): void => {
    if (!this.shown) return;
    const { site, look } = this.shown;
    const { position } = this.orbit.camera;
    const ray = new Vector3((x / this.size.width) * 2 - 1, 1 - (y / this.size.height) * 2, 0.5)
      .unproject(this.orbit.camera)
      .sub(position);
    const rooms = [...site.house.levels]
      .reverse()
      .filter((level) => look.level === null || site.house.levels[look.level] === level)
      .flatMap((level) => level.rooms);
    const hit = [...rooms, ...site.house.outdoor].find((room) => {
      const along = (room.y - position.y) / ray.y;
      const [px, pz] = [position.x + ray.x * along, position.z + ray.z * along];
      return along > 0 && px >= room.x && px <= room.x + room.w && pz >= room.z && pz <= room.z + room.d;
    });
    this.events.onPick(hit?.areaId ?? null);
  };

  private readonly onLost = (event: Event): void => {
    event.preventDefault();
    this.lost = true;
    this.giveUp = setTimeout(() => this.events.onLost("WebGL was lost and did not come back"), RESTORE_WITHIN_MS);
  };

  private readonly onRestored = (): void => {
    clearTimeout(this.giveUp);
    this.lost = false;
    this.ratio = 0;
    this.build();
    this.invalidate();
  };
}
