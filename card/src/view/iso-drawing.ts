import { nothing, render, svg } from "lit";
import type { SVGTemplateResult } from "lit";
import type { Level, Point, Rect, Room } from "../model/layout.ts";
import { WALL_HEIGHT } from "../model/layout.ts";
import type { Look, Site } from "../model/scene.ts";
import type { Drawing, DrawingEvents, Spot, Theme } from "./drawing.ts";

const COS = Math.cos(Math.PI / 6);
const flat = ([x, y, z]: Point): Spot => ({ x: (x - z) * COS, y: (x + z) * 0.5 - y });

/** The home in isometric SVG: what is shown until the twin is there, where it cannot be, and in previews. */
export class IsoDrawing implements Drawing {
  private readonly root: SVGSVGElement;
  private readonly events: DrawingEvents;
  private site: Site | undefined;
  private look: Look | undefined;
  private width = 1;
  private height = 1;
  private scale = 1;
  private offset: Spot = { x: 0, y: 0 };

  constructor(host: HTMLElement, events: DrawingEvents) {
    this.events = events;
    this.root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.root.setAttribute("class", "iso");
    this.root.setAttribute("aria-hidden", "true");
    host.append(this.root);
  }

  show(site: Site, look: Look, _theme: Theme): void {
    const moved = site !== this.site || look.level !== this.look?.level;
    this.site = site;
    this.look = look;
    if (moved) this.fit();
    this.draw();
  }

  project(point: Point): Spot {
    const { x, y } = flat(point);
    return { x: x * this.scale + this.offset.x, y: y * this.scale + this.offset.y };
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.fit();
    this.draw();
  }

  dispose(): void {
    this.root.remove();
  }

  private fit(): void {
    if (!this.site || !this.look) return;
    const points = extentOf(this.site, this.look.level).map(flat);
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    this.scale = Math.min((this.width * 0.9) / (right - left), (this.height * 0.84) / (bottom - top));
    this.offset = {
      x: this.width / 2 - ((left + right) / 2) * this.scale,
      y: this.height / 2 - ((top + bottom) / 2) * this.scale,
    };
    this.events.onView();
  }

  private path(...points: Point[]): string {
    return `M${points
      .map((point) => this.project(point))
      .map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)
      .join("L")}Z`;
  }

  private plate({ x, z, w, d }: Rect, y: number): string {
    return this.path([x, y, z], [x + w, y, z], [x + w, y, z + d], [x, y, z + d]);
  }

  private draw(): void {
    const { site, look } = this;
    if (!site || !look) return;
    const { house, energy } = site;
    const levels = house.levels.filter((_, i) => look.level === null || i === look.level);
    render(
      svg`
        <defs>
          <radialGradient id="glow"><stop offset="0" stop-color="var(--hv-light)" stop-opacity=".95"/><stop offset="1" stop-color="var(--hv-light)" stop-opacity="0"/></radialGradient>
        </defs>
        <path class="ground" d=${this.plate({ x: -1.6, z: -1.4, w: house.width + 3.2, d: house.depth + 3 }, -0.1)}></path>
        ${house.outdoor.map((room) => this.room(room, look))}
        ${levels.map((level) => this.level(level, look))}
        ${energy.roof && look.level === null ? this.roof(energy.roof) : nothing}
        ${energy.batteries.map(({ id, at }) => this.battery(at, look.soc.get(id)))}
        ${energy.heatPumps.map(({ at }) => this.block({ x: at[0] - 0.4, z: at[2] - 0.5, w: 0.7, d: 1 }, 0, 0.9))}
        ${energy.cars.map(({ at, deviceId }) => this.car(at, look.working.has(deviceId)))}
        ${energy.pole ? this.pole(energy.pole) : nothing}
        ${site.house.appliances.map(({ at, deviceId }) =>
          levels.some(({ y }) => y === at[1])
            ? this.block(
                { x: at[0] - 0.3, z: at[2] - 0.3, w: 0.6, d: 0.6 },
                at[1],
                0.75,
                look.working.has(deviceId) ? "working" : "",
              )
            : nothing,
        )}
        ${house.lights.map(({ at, deviceId }) => this.glow(at, look.lights.get(deviceId) ?? 0, levels))}
      `,
      this.root,
    );
  }

  private level(level: Level, look: Look): SVGTemplateResult {
    const { x, z, w, d, y } = level;
    return svg`
      <path class="slab" d=${this.path([x, y, z + d], [x + w, y, z + d], [x + w, y - 0.22, z + d], [x, y - 0.22, z + d])}></path>
      <path class="slab side" d=${this.path([x + w, y, z], [x + w, y, z + d], [x + w, y - 0.22, z + d], [x + w, y - 0.22, z])}></path>
      ${level.rooms.map((room) => this.room(room, look))}
      <path class="wall" d=${this.path([x, y, z], [x + w, y, z], [x + w, y + WALL_HEIGHT, z], [x, y + WALL_HEIGHT, z])}></path>
      <path class="wall left" d=${this.path([x, y, z], [x, y, z + d], [x, y + WALL_HEIGHT, z + d], [x, y + WALL_HEIGHT, z])}></path>`;
  }

  private room(room: Room, look: Look): SVGTemplateResult {
    const warmth = room.areaId === null ? undefined : look.warmth.get(room.areaId);
    const tint = warmth === undefined ? "" : warmth >= 0 ? "fill:var(--hv-warm)" : "fill:var(--hv-cool)";
    const selected = room.areaId !== null && room.areaId === look.selectedArea;
    const d = this.plate(room, room.y);
    return svg`<path class="room ${room.outdoor ? "outdoor" : ""}" d=${d} @click=${() => this.events.onPick(room.areaId)}></path>
      ${warmth === undefined ? nothing : svg`<path class="tint" style="${tint};opacity:${(0.12 + 0.5 * Math.abs(warmth)).toFixed(2)}" d=${d}></path>`}
      ${selected ? svg`<path class="selected" d=${d}></path>` : nothing}`;
  }

  private glow(at: Point, level: number, levels: readonly Level[]): SVGTemplateResult | typeof nothing {
    if (level <= 0 || !levels.some(({ y }) => Math.abs(y + 1 - at[1]) < 0.01)) return nothing;
    const { x, y } = this.project([at[0], at[1] - 1, at[2]]);
    const radius = this.scale * (1.1 + 0.9 * level);
    return svg`<ellipse cx=${x} cy=${y} rx=${radius} ry=${radius * 0.58} fill="url(#glow)" opacity=${(0.2 + 0.7 * level).toFixed(2)}></ellipse>
      <circle class="lamp" cx=${x} cy=${y - this.scale} r=${Math.max(1.6, this.scale * 0.11)}></circle>`;
  }

  private block({ x, z, w, d }: Rect, y: number, h: number, kind = ""): SVGTemplateResult {
    return svg`<g class="block ${kind}">
      <path class="front" d=${this.path([x, y, z + d], [x + w, y, z + d], [x + w, y + h, z + d], [x, y + h, z + d])}></path>
      <path class="side" d=${this.path([x + w, y, z], [x + w, y, z + d], [x + w, y + h, z + d], [x + w, y + h, z])}></path>
      <path class="top" d=${this.plate({ x, z, w, d }, y + h)}></path></g>`;
  }

  private battery([x, , z]: Point, soc: number | undefined): SVGTemplateResult {
    const h = 1.7 * (soc ?? 0);
    return svg`${this.block({ x: x - 0.3, z: z - 0.5, w: 0.5, d: 1 }, 0, 1.8)}
      <path class="charge" d=${this.path([x + 0.2, 0.05, z - 0.28], [x + 0.2, 0.05, z + 0.28], [x + 0.2, 0.05 + h, z + 0.28], [x + 0.2, 0.05 + h, z - 0.28])}></path>`;
  }

  private car([x, , z]: Point, charging: boolean): SVGTemplateResult {
    return svg`${this.block({ x: x - 1.9, z: z - 0.8, w: 3.8, d: 1.6 }, 0.2, 0.6, charging ? "working" : "car")}
      ${this.block({ x: x - 0.9, z: z - 0.7, w: 2, d: 1.4 }, 0.8, 0.5, "glass")}`;
  }

  private pole([x, y, z]: Point): SVGTemplateResult {
    const foot = this.project([x, 0, z]);
    const top = this.project([x, y + 0.6, z]);
    const [left, right] = [this.project([x - 0.9, y, z]), this.project([x + 0.9, y, z])];
    return svg`<path class="pole" d="M${foot.x} ${foot.y}L${top.x} ${top.y}M${left.x} ${left.y}L${right.x} ${right.y}"></path>`;
  }

  private roof({ x, y, z, w, d }: { x: number; y: number; z: number; w: number; d: number }): SVGTemplateResult {
    const [rise, columns, rows] = [d * 0.42, Math.max(2, Math.round(w / 1.3)), 2];
    const at = (u: number, v: number): Point => [x - w / 2 + w * u, y + rise * (1 - v), z - d / 2 + d * v];
    const cells = Array.from({ length: columns * rows }, (_, i) => {
      const [c, r] = [i % columns, Math.floor(i / columns)];
      const [u0, u1, v0, v1] = [(c + 0.04) / columns, (c + 0.96) / columns, (r + 0.04) / rows, (r + 0.96) / rows];
      return svg`<path class="panel" d=${this.path(at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1))}></path>`;
    });
    return svg`<path class="frame" d=${this.path(at(0, 0), at(1, 0), at(1, 1), at(0, 1))}></path>${cells}`;
  }
}

/** Points that must be on the stage. */
export function extentOf({ house, energy }: Site, level: number | null): Point[] {
  const points: Point[] = [...house.levels, ...house.outdoor.map((room) => ({ ...room }))]
    .filter((rect) => level === null || rect === house.levels[level])
    .flatMap(({ x, z, w, d, y }): Point[] => [
      [x, y, z],
      [x + w, y + WALL_HEIGHT, z],
      [x + w, y, z + d],
      [x, y, z + d],
      [x, y + WALL_HEIGHT, z],
    ]);
  if (level !== null) return points;
  if (energy.pole)
    points.push(
      [energy.pole[0] - 0.9, energy.pole[1] + 0.6, energy.pole[2]],
      [energy.pole[0], 0, energy.pole[2]],
      [house.width + 0.3, 0, energy.pole[2]],
    );
  for (const { at } of energy.batteries) points.push([at[0] + 0.5, 1.8, at[2]]);
  for (const { at } of energy.cars) points.push([at[0] + 2.6, -0.3, at[2] + 1.1], [at[0] + 2.6, 0, at[2] - 1.1]);
  for (const { at } of energy.heatPumps) points.push([at[0] - 0.5, 0, at[2]]);
  if (energy.roof) {
    const { x, y, z, w, d } = energy.roof;
    points.push([x - w / 2, y + d * 0.42, z - d / 2], [x + w / 2, y + d * 0.42, z - d / 2], [x + w / 2, y, z + d / 2]);
  }
  return points;
}
