import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { homeFromHass } from "../data/hass-home.ts";
import { layoutHouse } from "../model/layout.ts";
import type { HouseLayout, Rect, Room } from "../model/layout.ts";
import type { CardConfig, Hass } from "../types/ha.ts";
import { configForm } from "./config-form.ts";
import { editorWord } from "./editor-words.ts";
import type { EditorWord } from "./editor-words.ts";
import { sizeOf } from "./room-plan.ts";
import type { Arrangement } from "./room-plan.ts";

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
      min-height: 40px;
      padding: 6px 12px;
      border: 1px solid var(--divider-color);
      border-radius: 8px;
      background: var(--card-background-color);
      color: var(--primary-text-color);
    }
    input {
      flex: 1;
      min-width: 140px;
    }
    button {
      cursor: pointer;
    }
  `;

  setConfig(config: CardConfig): void {
    this.config = config;
  }

  private readonly say = (word: EditorWord): string =>
    editorWord(word, this.hass?.locale?.language ?? this.hass?.language);

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

  protected override render(): TemplateResult | typeof nothing {
    const { hass, config } = this;
    if (!hass || !config) return nothing;
    const form = configForm(hass.locale?.language ?? hass.language);
    const house = this.house();
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
      ${house ? this.rooms(house, config) : nothing}
    `;
  }

  private rooms(house: HouseLayout, config: CardConfig): TemplateResult {
    const level = Math.min(this.level, house.levels.length - 1);
    const all = [...house.levels.flatMap(({ rooms }) => rooms), ...house.outdoor];
    const chosen = all.find(({ areaId }) => areaId !== null && areaId === this.chosen);
    return html`
      ${
        house.levels.length > 1
          ? html`<select
              aria-label=${this.say("floor")}
              @change=${(event: Event) => {
                this.level = Number((event.target as HTMLSelectElement).value);
                this.chosen = null;
              }}
            >
              ${house.levels.map(({ name }, i) => html`<option value=${i} ?selected=${i === level}>${name}</option>`)}
            </select>`
          : nothing
      }
      <hypervolt-room-plan
        .house=${house}
        .level=${level}
        .chosen=${this.chosen}
        .language=${this.hass?.locale?.language ?? this.hass?.language}
        @choose=${(event: CustomEvent<string>) => (this.chosen = event.detail)}
        @arrange=${({ detail }: CustomEvent<Arrangement>) => this.arrange(detail.areaId, detail.wish)}
      ></hypervolt-room-plan>
      ${chosen ? this.chosenRoom(chosen) : nothing}
      ${
        config.rooms
          ? html`<button type="button" @click=${() => this.putBack(null)}>↺ ${this.say("all_back")}</button>`
          : nothing
      }
    `;
  }

  private chosenRoom({ areaId, name, w, d }: Room): TemplateResult {
    const rename = (event: Event): void => {
      const wanted = (event.target as HTMLInputElement).value.trim();
      if (areaId !== null && wanted !== name && wanted !== "") this.arrange(areaId, { name: wanted });
    };
    return html`<div class="row">
      <input aria-label=${this.say("room")} .value=${name} @change=${rename} />
      <span>${sizeOf({ w, d })}</span>
      <button type="button" @click=${() => this.putBack(areaId)}>↺ ${this.say("back")}</button>
    </div>`;
  }
}
if (!customElements.get("hypervolt-card-editor")) customElements.define("hypervolt-card-editor", HypervoltCardEditor);
