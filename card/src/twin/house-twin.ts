import { Object3D, Scene, Vector3, WebGLRenderer } from "three";
import { mix } from "../model/colour.ts";
import type { Point } from "../model/layout.ts";
import type { Look, Site } from "../model/scene.ts";
import type { Drawing, DrawingEvents, Spot, Theme } from "../view/drawing.ts";
import { extentOf } from "../view/iso-drawing.ts";
import { unitBox } from "./boxes.ts";
import { disposeModel, loadModel, standOn } from "./glb.ts";
import { Glow } from "./glow.ts";
import { Ground } from "./ground.ts";
import { Herd } from "./herd.ts";
import { houseBoxes } from "./house-boxes.ts";
import { lightOfDay } from "./light-of-day.ts";
import { Matt } from "./matt.ts";
import { Orbit } from "./orbit.ts";
import { paintOf } from "./paint.ts";
import { roomAt } from "./room-at.ts";
import { Shapes } from "./shapes.ts";
import { Sharpness } from "./sharpness.ts";
import { openSurface } from "./surface.ts";

const SHARP_AFTER_MS = 160;
const CALM_MS = 300;
const RESTORE_WITHIN_MS = 4_000;

const NOBODY: DrawingEvents = { onView: () => undefined, onPick: () => undefined, onLost: () => undefined };

/** The home in three.js: draws when something changed and at no other time. */
export class HouseTwin implements Drawing {
  /** Frames drawn since it entered its host. */
  frames = 0;
  private events = NOBODY;
  private readonly onFree: (twin: HouseTwin) => void;
  private readonly canvas: HTMLCanvasElement;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly matt = new Matt();
  private readonly boxes = new Herd(unitBox(), this.matt.material, "box");
  private readonly shapes = new Shapes(this.matt.material);
  private readonly glow = new Glow();
  private readonly ground = new Ground();
  private readonly orbit: Orbit;
  private readonly sharpness: Sharpness;
  private shown: { site: Site; look: Look; theme: Theme; things: string; lamps: string } | undefined;
  private size = { width: 0, height: 0 };
  private ratio = 0;
  private frame = 0;
  private seen = true;
  private changedMs = 0;
  private drawnMs = 0;
  private sharpen: ReturnType<typeof setTimeout> | undefined;
  private giveUp: ReturnType<typeof setTimeout> | undefined;
  private lost = false;
  private model: { address: string; object?: Object3D } | undefined;
  private turned = false;
  private moving = false;

  /** @param onFree it has left its stage and may be taken by another */
  constructor(onFree: (twin: HouseTwin) => void) {
    this.onFree = onFree;
    const { canvas, context, isSoft } = openSurface();
    this.canvas = canvas;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    this.sharpness = new Sharpness(isSoft);
    this.renderer = new WebGLRenderer({ canvas, context, alpha: true });
    // Asking a program for its faults waits until it is compiled.
    this.renderer.debug.checkShaderErrors = false;
    this.renderer.setClearColor(0, 0);
    canvas.addEventListener("webglcontextlost", this.onLost);
    canvas.addEventListener("webglcontextrestored", this.onRestored);
    this.scene.add(this.ground.mesh, this.boxes.group, this.shapes.group, this.glow.group);
    this.orbit = new Orbit(canvas, this.onMove, this.onTap);
    this.boxes.show([{ x: 0, y: 0, z: 0, w: 1, h: 1, d: 1, colour: "#ffffff" }]);
    this.renderer.compile(this.scene, this.orbit.camera);
  }

  /** Into a stage. What was shown before is forgotten, except a model of the same address. */
  enter(host: HTMLElement, events: DrawingEvents, label: string, model: string | undefined): void {
    this.events = events;
    this.frames = 0;
    this.shown = undefined;
    this.size = { width: 0, height: 0 };
    this.seen = true;
    this.orbit.reset();
    this.canvas.setAttribute("aria-label", label);
    host.append(this.canvas);
    if (model !== this.model?.address) this.takeModel(undefined);
    if (model !== undefined && !this.model) void this.load(model);
  }

  show(site: Site, look: Look, theme: Theme): void {
    const things = JSON.stringify([
      [...look.working],
      [...look.warmth],
      [...look.soc],
      [...look.lights],
      look.daylight,
      look.selectedArea,
      look.level,
      theme,
    ]);
    const lamps = JSON.stringify([[...look.lights], look.daylight, look.level, theme]);
    const { shown } = this;
    const sameSite = shown?.site === site;
    const changed = { things: !sameSite || shown.things !== things, lamps: !sameSite || shown.lamps !== lamps };
    if (!changed.things && !changed.lamps) return;
    const moved = !sameSite || shown.look.level !== look.level;
    this.shown = { site, look, theme, things, lamps };
    this.build(changed);
    if (moved) this.fit();
    // What changes many times a second is in motion, like a house that turns.
    const nowMs = performance.now();
    this.invalidate(shown === undefined || nowMs - this.changedMs < CALM_MS);
    this.changedMs = nowMs;
  }

  project([x, y, z]: Point): Spot {
    const at = new Vector3(x, y, z).project(this.orbit.camera);
    return { x: ((at.x + 1) / 2) * this.size.width, y: ((1 - at.y) / 2) * this.size.height };
  }

  resize(width: number, height: number): void {
    if (width === this.size.width && height === this.size.height) return;
    this.size = { width, height };
    this.ratio = 0;
    this.fit();
    this.invalidate(this.frames === 0);
  }

  /** Nothing is drawn while nobody sees it; what changed meanwhile is drawn after. */
  see(seen: boolean): void {
    if (seen === this.seen) return;
    this.seen = seen;
    if (seen) this.invalidate();
  }

  get isLost(): boolean {
    return this.lost;
  }

  /** Nothing is due: the finest picture of what it was last shown stands. */
  get isResting(): boolean {
    const loading = this.model !== undefined && this.model.object === undefined;
    return this.frame === 0 && this.sharpen === undefined && !loading;
  }

  /** Leaves its stage and stands by for the next. */
  dispose(): void {
    this.rest();
    if (this.lost) this.destroy();
    else this.onFree(this);
  }

  /** For good. */
  destroy(): void {
    this.rest();
    this.takeModel(undefined);
    this.canvas.removeEventListener("webglcontextlost", this.onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.onRestored);
    this.orbit.dispose();
    for (const part of [this.boxes, this.glow, this.ground, this.shapes, this.matt]) part.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  private rest(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.stopSharpening();
    clearTimeout(this.giveUp);
    this.events = NOBODY;
    this.canvas.remove();
  }

  /** A model instead of the generated house; where it cannot be read the generated one stays, and the stage says why. */
  private async load(address: string): Promise<void> {
    const wanted = (this.model = { address });
    try {
      const object = await loadModel(address, (r, g, b, opacity) => this.matt.plain(r, g, b, opacity));
      if (this.model !== wanted) return disposeModel(object);
      this.takeModel({ address, object });
      this.build({ things: true, lamps: true });
      this.invalidate();
    } catch (error) {
      if (this.model !== wanted) return;
      this.model = undefined;
      this.events.onNote?.(error instanceof Error ? error.message : String(error));
    }
  }

  private takeModel(model: { address: string; object: Object3D } | undefined): void {
    const old = this.model?.object;
    if (old) {
      this.scene.remove(old);
      disposeModel(old);
    }
    this.model = model;
    if (model) this.scene.add(model.object);
  }

  private build(changed: Readonly<{ things: boolean; lamps: boolean }>): void {
    if (!this.shown) return;
    const { site, look, theme } = this.shown;
    const { house } = site;
    const paint = paintOf(theme);
    if (changed.things) {
      const model = this.model?.object;
      if (model) {
        standOn(model, house.width, house.depth);
        model.visible = look.level === null;
      }
      this.boxes.show(houseBoxes(site, look, theme, model !== undefined && look.level === null));
      this.shapes.show(site, look, paint, theme);
    }
    if (!changed.lamps) return;
    const { above, below, sun, night } = lightOfDay(theme, look.daylight);
    this.matt.light(above, below, sun, new Vector3(house.width * 0.55, 16, house.depth * 1.2));
    this.ground.show(
      house.width,
      house.depth,
      mix(theme.dark ? "#111a2a" : "#26354a", paint.ground, 0.2 + 0.8 * look.daylight),
      look.daylight,
    );
    this.ground.mesh.visible = look.level === null;
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
    this.stopSharpening();
    if (!this.seen || this.lost || this.size.width === 0) return;
    this.moving = moving;
    if (this.frame === 0) this.frame = requestAnimationFrame(this.draw);
  }

  /** Not while the house is held: on a slow machine each move would wait for a fine picture of the one before. */
  private sharpenSoon(): void {
    this.sharpen = setTimeout(() => (this.orbit.isHeld ? this.sharpenSoon() : this.invalidate()), SHARP_AFTER_MS);
  }

  private stopSharpening(): void {
    clearTimeout(this.sharpen);
    this.sharpen = undefined;
  }

  private readonly draw = (atMs: number): void => {
    this.frame = 0;
    if (this.lost || !this.shown) return;
    const { moving, turned, sharpness } = this;
    const { width, height } = this.size;
    if (moving && turned) sharpness.felt(atMs - this.drawnMs);
    this.drawnMs = atMs;
    const ratio = sharpness.ratio(moving, width, height);
    if (ratio !== this.ratio) {
      this.ratio = ratio;
      this.renderer.setDrawingBufferSize(width, height, ratio);
    }
    if (moving && ratio < sharpness.ratio(false, width, height)) this.sharpenSoon();
    if (turned) this.events.onView();
    this.turned = false;
    this.frames++;
    this.renderer.render(this.scene, this.orbit.camera);
    if (this.frames === 1) this.events.onDrawn?.();
  };

  private readonly onTap = (x: number, y: number): void => {
    if (!this.shown) return;
    const { site, look } = this.shown;
    const at = new Vector3((x / this.size.width) * 2 - 1, 1 - (y / this.size.height) * 2, 0.5);
    this.events.onPick(roomAt(at, this.orbit.camera, site.house, look.level));
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
    this.build({ things: true, lamps: true });
    this.invalidate();
  };
}
