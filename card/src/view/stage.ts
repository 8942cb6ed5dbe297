import { html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { HomeDto } from "../../../src/serving/messages.ts";
import type { Point, RoomWish } from "../model/layout.ts";
import { currentsOf, lookOf, siteKey, siteOf } from "../model/scene.ts";
import type { Current, Site, Tint } from "../model/scene.ts";
import type { Frame } from "../model/timeline.ts";
import type { Drawing, DrawingEvents, Spot, Theme } from "./drawing.ts";
import type { Format } from "./format.ts";
import { icon } from "./icons.ts";
import { isoStyles, stageStyles } from "./stage-styles.ts";
import { LabelPlaces } from "./label-places.ts";
import { IsoDrawing } from "./iso-drawing.ts";
import { Overlay } from "./overlay.ts";
import { skyAt } from "./sky.ts";
import { labelsOf } from "./stage-labels.ts";
import type { Label } from "./stage-labels.ts";
import { themeOf, tokens } from "./theme.ts";

export type View = "auto" | "2d";
const PATIENCE_MS = 900;

/** The home as a picture: a drawing (2D or 3D), the flows over it, and the figures at their places. */
export class HypervoltStage extends LitElement {
  static override properties = {
    home: { attribute: false },
    frame: { attribute: false },
    fmt: { attribute: false },
    rooms: { attribute: false },
    model: { attribute: false },
    tint: { attribute: false },
    selected: { attribute: false },
    level: { attribute: false },
    view: { attribute: false },
    still: { attribute: false },
    why: { state: true },
    note: { state: true },
  };
  static override styles = [tokens, isoStyles, stageStyles];
  declare home: HomeDto;
  declare frame: Frame;
  declare fmt: Format;
  declare rooms: Readonly<Record<string, RoomWish>>;
  declare model: string | undefined;
  declare tint: Tint;
  declare selected: string | null;
  declare level: number | null;
  declare view: View;
  /** No motion: the reader wants none, or has paused it. */
  declare still: boolean;
  declare why: string | null;
  declare note: string | null;

  private readonly overlay = new Overlay();
  private places: LabelPlaces | undefined;
  private sky = "";
  private currents: readonly Current[] = [];
  private drawing: Drawing | undefined;
  private isTwin = false;
  /** When the drawing of now was first there, since the page was asked for. */
  private drawnMs = 0;
  private site: Site | undefined;
  private drawnKey = "";
  private theme: Theme | undefined;
  private width = 0;
  private height = 0;
  /** Undefined until the browser has said. */
  private onScreen: boolean | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private observers: { disconnect(): void }[] = [];
  private readonly onVisibility = (): void => this.see(this.onScreen === true);

  constructor() {
    super();
    this.rooms = {};
    this.tint = "none";
    this.selected = null;
    this.level = null;
    this.view = "auto";
    this.still = false;
    this.why = null;
    this.note = null;
  }

  /** What is drawn and how often, for measurements. */
  get stats(): { twin: boolean; frames: number; overlayFrames: number; resting: boolean; drawnMs: number } {
    const frames = (this.drawing as { frames?: number } | undefined)?.frames ?? 0;
    const drawn = this.drawing !== undefined && (this.drawing.isResting ?? true);
    const resting = drawn && this.places?.isResting !== false && !this.isUpdatePending;
    return { twin: this.isTwin, frames, overlayFrames: this.overlay.frames, resting, drawnMs: this.drawnMs };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.onVisibility);
    if (this.hasUpdated) this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.observers.forEach((observer) => observer.disconnect());
    this.observers = [];
    this.overlay.run(false, false);
    this.close();
  }

  protected override firstUpdated(): void {
    this.host.after(this.overlay.canvas);
    this.places = new LabelPlaces(this.renderRoot, () => this.place());
    this.open();
  }

  private get host(): HTMLElement {
    return this.renderRoot.querySelector(".drawing") as HTMLElement;
  }

  private open(): void {
    const resize = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      if (width === 0 || height === 0) return;
      [this.width, this.height] = [width, height];
      this.drawing?.resize(width, height);
      this.requestUpdate();
    });
    resize.observe(this.host);
    const intersection = new IntersectionObserver(([entry]) => this.see(entry?.isIntersecting === true));
    intersection.observe(this);
    this.observers = [resize, intersection];
    if (this.view === "auto") {
      // Long enough for a chunk that is on its way, short enough for nobody to look at nothing.
      this.patience = setTimeout(() => this.openIso(), PATIENCE_MS);
      void this.openTwin();
    } else this.openIso();
  }

  private openIso(): void {
    if (this.drawing || !this.isConnected) return;
    this.take(new IsoDrawing(this.host, this.events), false);
    this.dispatchEvent(new CustomEvent("drawn"));
  }

  private readonly events: DrawingEvents = {
    onView: () => {
      this.flow();
      this.place();
    },
    onDrawn: () => {
      this.drawnMs = performance.now();
      this.dispatchEvent(new CustomEvent("drawn"));
    },
    onPick: (areaId) => this.dispatchEvent(new CustomEvent("pick", { detail: areaId })),
    onNote: (what) => {
      this.note = what;
    },
    onLost: (why) => {
      this.why = why;
      this.take(new IsoDrawing(this.host, this.events), false);
    },
  };

  /** The twin's code is a chunk of its own; where it or WebGL is missing, the 2D view stays and says why. */
  private async openTwin(): Promise<void> {
    try {
      const { openTwin } = await import("../twin/twin.ts");
      if (!this.isConnected || this.view !== "auto" || this.isTwin) return;
      const twin = openTwin(this.host, this.events, { model: this.model, label: this.fmt.t("twin.label") });
      this.why = this.note = null;
      this.take(twin, true);
    } catch (error) {
      this.why = error instanceof Error ? error.message : String(error);
      this.openIso();
    }
  }

  private take(drawing: Drawing, isTwin: boolean): void {
    clearTimeout(this.patience);
    this.drawing?.dispose();
    this.drawing = drawing;
    this.isTwin = isTwin;
    this.toggleAttribute("twin", isTwin);
    if (this.width > 0) drawing.resize(this.width, this.height);
    if (this.onScreen !== undefined) drawing.see?.(this.isSeen);
    this.picture();
  }

  private close(): void {
    clearTimeout(this.patience);
    this.places?.cancel();
    this.drawing?.dispose();
    this.drawing = undefined;
    this.isTwin = false;
  }

  private see(onScreen: boolean): void {
    this.onScreen = onScreen;
    this.drawing?.see?.(this.isSeen);
    this.overlay.run(!this.still, this.isSeen);
  }

  private get isSeen(): boolean {
    return this.onScreen === true && document.visibilityState === "visible";
  }

  /** Reads the theme again. */
  retheme(): void {
    this.theme = undefined;
    this.picture();
  }

  protected override willUpdate(): void {
    if (!this.home) return;
    const key = siteKey(this.home, this.rooms);
    if (key === this.drawnKey) return;
    this.site = siteOf(this.home, this.rooms);
    this.drawnKey = key;
  }

  protected override updated(changed: Map<string, unknown>): void {
    this.places?.forget();
    if (changed.has("view") && this.hasUpdated && this.drawing) {
      if (this.view === "auto" && !this.isTwin) void this.openTwin();
      if (this.view === "2d" && this.isTwin) this.take(new IsoDrawing(this.host, this.events), false);
    }
    if (changed.has("still")) this.see(this.onScreen === true);
    this.picture();
  }

  private picture(): void {
    if (!this.drawing || !this.site || !this.frame) return;
    this.theme ??= themeOf(this);
    const hour = this.fmt.hourOf((this.frame.startMs + this.frame.endMs) / 2);
    this.currents = currentsOf(this.home, this.site, this.frame).currents;
    const look = lookOf(this.home, this.frame, this.tint, hour, this.selected, this.level);
    this.paintSky(look.daylight, this.theme.dark);
    this.drawing.show(this.site, look, this.theme);
    this.flow();
    this.places?.soon();
  }

  private paintSky(daylight: number, dark: boolean): void {
    const { background, isDark, stars } = skyAt(daylight, dark);
    if (background === this.sky) return;
    this.sky = background;
    this.style.setProperty("--sky", background);
    this.style.setProperty("--stars", stars.toFixed(2));
    this.toggleAttribute("dark-sky", isDark);
  }

  private flow(): void {
    const { drawing, site, theme, currents } = this;
    if (!drawing || !site || !theme) return;
    const project = (points: readonly Point[]): Spot[] => points.map((point) => drawing.project(point));
    const colours: Record<string, string> = { solar: theme.solar, grid: theme.grid, home: theme.accent };
    const cables = this.level === null ? Object.values(site.energy.cables).map((cable) => project(cable ?? [])) : [];
    const streams = currents.map(({ from, powerW, points }) => ({
      way: project(points),
      colour: colours[from] ?? theme.battery,
      powerW,
    }));
    this.overlay.show(cables, this.level === null ? streams : [], theme.dark ? "#8fa3bd" : "#7c8da3");
  }

  private labels(): Label[] {
    const { site, home, frame, fmt } = this;
    return site && this.level === null ? labelsOf(home, site, frame, fmt) : [];
  }

  private place(): void {
    if (this.drawing && this.site) this.places?.put(this.drawing, this.width, this.height);
  }

  protected override render(): TemplateResult {
    const rooms = this.site
      ? [
          ...this.site.house.levels
            .filter((_, i) => this.level === null || this.level === i)
            .flatMap(({ rooms }) => rooms),
          ...(this.level === null ? this.site.house.outdoor : []),
        ]
      : [];
    const few = rooms.length <= (this.width < 520 ? 6 : this.width < 760 ? 14 : 26) || this.level !== null;
    return html`
      <div class="drawing" part="drawing"></div>
      <div class="labels" aria-hidden="true">
        ${rooms
          .filter(({ areaId }) => few || areaId === this.selected)
          .map(
            (room) =>
              html`<span
                class="room-name ${room.areaId === this.selected ? "selected" : ""}"
                data-at="${room.x + room.w / 2},${room.y},${room.z + room.d * 0.62}"
                >${room.name}</span
              >`,
          )}
        ${this.labels().map(
          ({ key, at, kind, name, powerW, more }) =>
            html`<span class="node ${kind}" data-node=${key} data-at=${at.join(",")}>
              ${icon(kind)}<span class="figures"
                ><b>${this.fmt.power(powerW)}</b><span class="name">${name}${more ? ` · ${more}` : nothing}</span></span
              >
            </span>`,
        )}
      </div>
      ${
        this.why && this.view === "auto"
          ? html`<p class="why small dim">
              ${this.fmt.t("twin.missing")}
              <button class="small" @click=${() => void this.openTwin()}>${this.fmt.t("retry")}</button>
            </p>`
          : nothing
      }
      ${this.note ? html`<p class="why small" role="status">${this.fmt.t("twin.model", { why: this.note })}</p>` : nothing}
    `;
  }
}
if (!customElements.get("hypervolt-stage")) customElements.define("hypervolt-stage", HypervoltStage);
