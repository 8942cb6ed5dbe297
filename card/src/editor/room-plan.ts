import { css, html, LitElement, nothing, svg } from "lit";
import type { SVGTemplateResult, TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { HouseLayout, Rect, Room } from "../model/layout.ts";
import { shortened } from "../view/shortened.ts";
import { editorWord } from "./editor-words.ts";

/** What the keys and the pointer move by, metres. */
const STEP = 0.25;
const LEAST = 1;
/** Units of the drawing a metre. */
const SCALE = 36;
const MARGIN = 0.6 * SCALE;
/** Half of what a finger needs to take a corner. */
const REACH = 15;

type Arranged = Rect & Readonly<{ areaId: string }>;
/** Says where a person has put a room, metres. */
export type Arrangement = Readonly<{ areaId: string; wish: Partial<Rect> }>;

/** A floor from above: rooms are chosen, moved and resized by pointer and by keys. Says `choose` and `arrange`. */
export class HypervoltRoomPlan extends LitElement {
  static override properties = {
    house: { attribute: false },
    level: { attribute: false },
    chosen: { attribute: false },
    language: { attribute: false },
    held: { state: true },
  };
  declare house: HouseLayout;
  declare level: number;
  declare chosen: string | null;
  declare language: string | undefined;
  /** Where the room in hand is held; it is put there when it is let go. */
  declare held: Arranged | null;
  private grip: { room: Arranged; corner: boolean; from: { x: number; y: number }; metrePx: number } | undefined;

  constructor() {
    super();
    this.level = 0;
    this.chosen = null;
    this.held = null;
  }

  static override styles = css`
    svg {
      display: block;
      width: 100%;
      max-height: 360px;
      border: 1px solid var(--divider-color);
      border-radius: 12px;
      direction: ltr;
      user-select: none;
      -webkit-user-select: none;
    }
    rect {
      fill: var(--card-background-color);
      stroke: var(--secondary-text-color);
      cursor: pointer;
    }
    rect:focus-visible {
      outline: 2px solid var(--primary-color);
      outline-offset: 1px;
    }
    rect.chosen {
      fill: var(--primary-color);
      fill-opacity: 0.12;
      stroke: var(--primary-color);
      stroke-width: 3;
      cursor: move;
    }
    .corner {
      fill: var(--primary-color);
      stroke: none;
      pointer-events: none;
    }
    .reach {
      fill: transparent;
      stroke: none;
      cursor: nwse-resize;
    }
    text {
      font-size: 11px;
      fill: var(--primary-text-color);
      pointer-events: none;
    }
    p {
      margin: 8px 2px 0;
      font-size: 12px;
      color: var(--secondary-text-color);
    }
  `;

  private say(name: "choose" | "arrange", detail: string | Arrangement): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private readonly down = (event: PointerEvent, room: Arranged, corner: boolean): void => {
    if (event.button !== 0 || this.grip) return;
    const drawing = this.renderRoot.querySelector("svg");
    if (!drawing) return;
    event.preventDefault();
    drawing.setPointerCapture(event.pointerId);
    // Keys go on where the pointer has been.
    drawing.querySelector<SVGElement>(`[data-area="${CSS.escape(room.areaId)}"]`)?.focus();
    this.say("choose", room.areaId);
    const metrePx = (drawing.getScreenCTM()?.a ?? 1) * SCALE;
    this.grip = { room, corner, from: { x: event.clientX, y: event.clientY }, metrePx };
  };

  private readonly move = (event: PointerEvent): void => {
    const { grip } = this;
    if (!grip) return;
    const steps = (px: number): number => Math.round(px / grip.metrePx / STEP) * STEP;
    this.held = changed(grip.room, steps(event.clientX - grip.from.x), steps(event.clientY - grip.from.y), grip.corner);
  };

  private readonly up = (): void => {
    const { grip, held } = this;
    this.letGo();
    if (!grip || !held) return;
    const { areaId, x, z, w, d } = held;
    const { room } = grip;
    if (grip.corner ? w === room.w && d === room.d : x === room.x && z === room.z) return;
    this.say("arrange", { areaId, wish: grip.corner ? { w, d } : { x, z } });
  };

  /** The browser took the pointer, or the reader thought better of it: the room is where it was. */
  private readonly letGo = (): void => {
    this.grip = undefined;
    this.held = null;
  };

  private readonly key = (event: KeyboardEvent, room: Arranged): void => {
    if (event.key === "Escape" && this.grip) {
      // The dialog around it is not meant.
      event.preventDefault();
      event.stopPropagation();
      return this.letGo();
    }
    const [dx, dz] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[
      event.key
    ] ?? [0, 0];
    if (!dx && !dz) return;
    event.preventDefault();
    const { x, z, w, d } = changed(room, dx ?? 0, dz ?? 0, event.shiftKey);
    this.say("arrange", { areaId: room.areaId, wish: event.shiftKey ? { w, d } : { x, z } });
  };

  private get rooms(): readonly Room[] {
    const { house, level } = this;
    return [...(house.levels[level]?.rooms ?? []), ...(level === 0 ? house.outdoor : [])];
  }

  protected override render(): TemplateResult | typeof nothing {
    const { house, language } = this;
    if (!house) return nothing;
    const rooms = this.rooms.flatMap(({ areaId, name, x, z, w, d }) =>
      areaId === null ? [] : [{ name, ...(this.held?.areaId === areaId ? this.held : { areaId, x, z, w, d }) }],
    );
    const chosen = rooms.find(({ areaId }) => areaId === this.chosen);
    const depth = house.depth + (house.outdoor.length > 0 ? 3.6 : 0);
    return html`<svg
        viewBox="${-MARGIN} ${-MARGIN} ${house.width * SCALE + 2 * MARGIN} ${depth * SCALE + 2 * MARGIN}"
        role="group"
        aria-label=${editorWord("plan", language)}
        aria-describedby="help"
        @pointermove=${this.move}
        @pointerup=${this.up}
        @pointercancel=${this.letGo}
      >
        ${repeat(
          rooms,
          ({ areaId }) => areaId,
          (room) =>
            svg`<rect class="room" data-area=${room.areaId} x=${room.x * SCALE} y=${room.z * SCALE} width=${room.w * SCALE} height=${room.d * SCALE} rx="4"
              tabindex="0" role="button" aria-pressed=${room.areaId === this.chosen} aria-label="${room.name}: ${sizeOf(room)}"
              @focus=${() => this.say("choose", room.areaId)}
              @keydown=${(event: KeyboardEvent) => this.key(event, room)}
              @pointerdown=${(event: PointerEvent) => this.down(event, room, false)}></rect>`,
        )}
        ${rooms.map((room) => svg`<text x=${room.x * SCALE + 6} y=${room.z * SCALE + 16}>${shortened(room.name, room.w * SCALE - 8)}</text>`)}
        ${chosen ? this.handles(chosen) : nothing}
      </svg>
      <p id="help">${editorWord("help", language)}</p>`;
  }

  /** The chosen room above its neighbours, which it may overlap, with the corner that resizes it. */
  private handles(room: Arranged): SVGTemplateResult {
    const [x, y, w, h] = [room.x * SCALE, room.z * SCALE, room.w * SCALE, room.d * SCALE];
    return svg`<rect class="chosen" x=${x} y=${y} width=${w} height=${h} rx="4" @touchstart=${HOLD}
        @pointerdown=${(event: PointerEvent) => this.down(event, room, false)}></rect>
      <rect class="corner" x=${x + w - 8} y=${y + h - 8} width="14" height="14" rx="3"></rect>
      <rect class="reach" x=${x + w - REACH} y=${y + h - REACH} width=${2 * REACH} height=${2 * REACH} @touchstart=${HOLD}
        @pointerdown=${(event: PointerEvent) => this.down(event, room, true)}></rect>`;
  }
}

/** A finger on the chosen room does not scroll the dialog; `touch-action` would say so, but not within a drawing. */
const HOLD = { handleEvent: (event: Event): void => event.preventDefault(), passive: false };

/** A room's width and depth, for people. */
export const sizeOf = ({ w, d }: Pick<Rect, "w" | "d">): string => `${w.toFixed(2)} × ${d.toFixed(2)} m`;

function changed(room: Arranged, dx: number, dz: number, size: boolean): Arranged {
  const { areaId, x, z, w, d } = room;
  return size
    ? { areaId, x, z, w: Math.max(LEAST, w + dx), d: Math.max(LEAST, d + dz) }
    : { areaId, x: x + dx, z: z + dz, w, d };
}

if (!customElements.get("hypervolt-room-plan")) customElements.define("hypervolt-room-plan", HypervoltRoomPlan);
