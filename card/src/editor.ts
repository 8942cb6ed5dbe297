import { css, html, LitElement, nothing, svg } from "lit";
import type { SVGTemplateResult, TemplateResult } from "lit";
import { configForm } from "./config-form.ts";
import { homeFromHass } from "./data/hass-home.ts";
import { layoutHouse } from "./model/layout.ts";
import type { HouseLayout, Rect, Room } from "./model/layout.ts";
import type { CardConfig, Hass } from "./types/ha.ts";

const STEP = 0.25;
const SCALE = 36;

/** The card's editor: Home Assistant's form for the flat options, and the floor plan to nudge, resize and rename rooms. */
export class HypervoltCardEditor extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    level: { state: true },
    chosen: { state: true },
  };
  declare hass: Hass | undefined;
  declare config: CardConfig | undefined;
  declare level: number;
  declare chosen: string | null;
  private drag: { areaId: string; edge: boolean; from: { x: number; y: number }; rect: Rect } | undefined;

  constructor() {
    super();
    this.level = 0;
    this.chosen = null;
  }

  static override styles = css`
    :host {
      display: grid;
      gap: 16px;
    }
    svg {
      width: 100%;
      max-height: 360px;
      border: 1px solid var(--divider-color);
      border-radius: 12px;
      touch-action: none;
    }
    rect.room {
      fill: var(--card-background-color);
      stroke: var(--secondary-text-color);
      cursor: move;
    }
    rect.room.chosen {
      stroke: var(--primary-color);
      stroke-width: 3;
    }
    rect.edge {
      fill: var(--primary-color);
      cursor: nwse-resize;
    }
    text {
      font-size: 11px;
      fill: var(--primary-text-color);
      pointer-events: none;
    }
    .row {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      align-items: center;
    }
    input,
    button,
    select {
      font: inherit;
      padding: 6px 10px;
      border: 1px solid var(--divider-color);
      border-radius: 8px;
      background: var(--card-background-color);
      color: var(--primary-text-color);
    }
  `;

  setConfig(config: CardConfig): void {
    this.config = config;
  }

  private save(config: CardConfig): void {
    this.config = config;
    this.dispatchEvent(new CustomEvent("config-changed", { bubbles: true, composed: true, detail: { config } }));
  }

  private house(): HouseLayout | undefined {
    const { hass, config } = this;
    if (!hass || !config) return undefined;
    const setup = { grid: [], pv: [], batteries: [], hasPv: false };
    return layoutHouse({ ...homeFromHass({ hass, setup, ids: {} }, Date.now()), rooms: config.rooms ?? {} });
  }

  private arrange(areaId: string, wish: Partial<Rect> & { name?: string }): void {
    if (!this.config) return;
    const rooms = { ...this.config.rooms, [areaId]: { ...this.config.rooms?.[areaId], ...wish } };
    this.save({ ...this.config, rooms });
  }

  private putBack(areaId: string | null): void {
    if (!this.config) return;
    const { rooms = {}, ...rest } = this.config;
    const kept = Object.fromEntries(Object.entries(rooms).filter(([id]) => areaId !== null && id !== areaId));
    this.save(Object.keys(kept).length > 0 ? { ...rest, rooms: kept } : rest);
  }

  private readonly down = (event: PointerEvent, room: Room, edge: boolean): void => {
    if (room.areaId === null) return;
    event.preventDefault();
    (event.target as Element).setPointerCapture(event.pointerId);
    this.chosen = room.areaId;
    this.drag = { areaId: room.areaId, edge, from: { x: event.clientX, y: event.clientY }, rect: room };
  };

  private readonly move = (event: PointerEvent): void => {
    const { drag } = this;
    const drawing = this.renderRoot.querySelector("svg");
    if (!drag || !drawing) return;
    const metre = drawing.getScreenCTM()?.a ?? 1;
    const steps = (px: number): number => Math.round(px / metre / SCALE / STEP) * STEP;
    const [dx, dz] = [steps(event.clientX - drag.from.x), steps(event.clientY - drag.from.y)];
    const { x, z, w, d } = drag.rect;
    this.arrange(
      drag.areaId,
      drag.edge ? { w: Math.max(1, w + dx), d: Math.max(1, d + dz) } : { x: x + dx, z: z + dz },
    );
  };

  private readonly key = (event: KeyboardEvent, room: Room): void => {
    const [dx, dz] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[
      event.key
    ] ?? [0, 0];
    if ((!dx && !dz) || room.areaId === null) return;
    event.preventDefault();
    this.arrange(
      room.areaId,
      event.shiftKey
        ? { w: Math.max(1, room.w + (dx ?? 0)), d: Math.max(1, room.d + (dz ?? 0)) }
        : { x: room.x + (dx ?? 0), z: room.z + (dz ?? 0) },
    );
  };

  protected override render(): TemplateResult | typeof nothing {
    const { hass, config } = this;
    if (!hass || !config) return nothing;
    const form = configForm();
    const house = this.house();
    const level = house?.levels[this.level] ?? house?.levels[0];
    const rooms = level ? [...level.rooms, ...(this.level === 0 ? (house?.outdoor ?? []) : [])] : [];
    const chosen = rooms.find(({ areaId }) => areaId !== null && areaId === this.chosen);
    return html`
      <ha-form
        .hass=${hass}
        .data=${config}
        .schema=${form.schema}
        .computeLabel=${form.computeLabel}
        .computeHelper=${form.computeHelper}
        @value-changed=${(event: CustomEvent<{ value: CardConfig }>) => {
          event.stopPropagation();
          this.save(event.detail.value);
        }}
      ></ha-form>
      ${
        house && house.levels.length > 1
          ? html`<select
              aria-label="Floor"
              @change=${(event: Event) => (this.level = Number((event.target as HTMLSelectElement).value))}
            >
              ${house.levels.map(({ name }, i) => html`<option value=${i} ?selected=${i === this.level}>${name}</option>`)}
            </select>`
          : nothing
      }
      ${house ? this.plan(house, rooms) : nothing}
      ${
        chosen
          ? html`<div class="row">
              <input
                aria-label="Room"
                .value=${chosen.name}
                @change=${(event: Event) => this.arrange(chosen.areaId ?? "", { name: (event.target as HTMLInputElement).value.trim() || chosen.name })}
              />
              <span>${chosen.w.toFixed(2)} × ${chosen.d.toFixed(2)} m</span>
              <button @click=${() => this.putBack(chosen.areaId)}>↺ ${chosen.name}</button>
            </div>`
          : nothing
      }
      ${config.rooms ? html`<button @click=${() => this.putBack(null)}>↺</button>` : nothing}
    `;
  }

  private plan(house: HouseLayout, rooms: readonly Room[]): TemplateResult {
    const depth = house.depth + (house.outdoor.length > 0 ? 3.6 : 0);
    return html`<svg
      viewBox="${-0.6 * SCALE} ${-0.6 * SCALE} ${(house.width + 1.2) * SCALE} ${(depth + 1.2) * SCALE}"
      @pointermove=${this.move}
      @pointerup=${() => (this.drag = undefined)}
    >
      ${rooms.map((room): SVGTemplateResult => {
        const [x, y, w, h] = [room.x, room.z, room.w, room.d].map((metres) => metres * SCALE) as [
          number,
          number,
          number,
          number,
        ];
        const chosen = room.areaId === this.chosen;
        return svg`<rect class="room ${chosen ? "chosen" : ""}" x=${x} y=${y} width=${w} height=${h} rx="4" tabindex="0" role="button"
            aria-label="${room.name}: arrow keys move, with shift they resize"
            @focus=${() => (this.chosen = room.areaId)}
            @keydown=${(event: KeyboardEvent) => this.key(event, room)}
            @pointerdown=${(event: PointerEvent) => this.down(event, room, false)}></rect>
          <text x=${x + 6} y=${y + 16}>${room.name}</text>
          ${chosen ? svg`<rect class="edge" x=${x + w - 12} y=${y + h - 12} width="12" height="12" @pointerdown=${(event: PointerEvent) => this.down(event, room, true)}></rect>` : nothing}`;
      })}
    </svg>`;
  }
}
if (!customElements.get("hypervolt-card-editor")) customElements.define("hypervolt-card-editor", HypervoltCardEditor);
