import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { readConfig } from "./card-config.ts";
import { watchContexts } from "./ha-context.ts";
import type { CardConfig, Hass } from "./types/ha.ts";

const TYPE = "hypervolt-card";

/** The Lovelace card. Small on purpose: every dashboard loads it; what it shows comes when it is shown. */
class HypervoltCard extends LitElement {
  static override properties = {
    hass: { attribute: false },
    preview: { type: Boolean },
    layout: {},
    config: { state: true },
    contextual: { state: true },
    failed: { state: true },
  };
  static override styles = css`
    :host {
      display: block;
    }
    ha-card {
      overflow: hidden;
      height: 100%;
    }
    .wait {
      min-height: 320px;
      display: grid;
      place-content: center;
      color: var(--secondary-text-color);
      text-align: center;
      padding: 16px;
    }
  `;
  declare hass: Hass | undefined;
  declare preview: boolean;
  declare layout: string | undefined;
  declare config: CardConfig | undefined;
  /** Home Assistant by its contexts; goes before `hass`. */
  declare contextual: Hass | undefined;
  declare failed: string | null;
  private unwatch: (() => void) | undefined;
  private loaded = false;

  static getStubConfig(): Promise<Record<string, never>> {
    return Promise.resolve({});
  }

  static async getConfigElement(): Promise<HTMLElement> {
    await import("./editor/editor.ts");
    return document.createElement("hypervolt-card-editor");
  }

  static getConfigForm(): Promise<unknown> {
    return import("./editor/config-form.ts").then(({ configForm }) => configForm());
  }

  setConfig(config: unknown): void {
    this.config = readConfig(config);
  }

  getCardSize(): number {
    return 14;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: 12, min_columns: 6, rows: "auto", min_rows: 6 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = watchContexts(this, (hass) => {
      this.contextual = hass;
    });
    if (!this.loaded) void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
    this.contextual = undefined;
  }

  private async load(): Promise<void> {
    // The twin's code travels beside the view's, and readies its context while the home is asked for.
    if (this.preview !== true && this.config?.view !== "2d")
      import("./twin/twin.ts").then(
        ({ warmTwin }) => warmTwin(),
        () => undefined,
      );
    try {
      await import("./card-view.ts");
      this.loaded = true;
      this.failed = null;
    } catch (error) {
      this.failed = error instanceof Error ? error.message : String(error);
    }
    this.requestUpdate();
  }

  /** Home Assistant carries the action out, with its own dialogs and haptics. */
  private readonly onTap = (): void => {
    const { config } = this;
    this.dispatchEvent(
      new CustomEvent("hass-action", { bubbles: true, composed: true, detail: { config, action: "tap" } }),
    );
  };

  protected override render(): TemplateResult | typeof nothing {
    const hass = this.contextual ?? this.hass;
    if (!this.config) return nothing;
    if (this.failed !== null)
      return html`<ha-card
        ><div class="wait">
          <p>HyperVolt: ${this.failed}</p>
          <button @click=${() => void this.load()}>↻</button>
        </div></ha-card
      >`;
    return html`<ha-card>
      ${
        hass && this.loaded
          ? html`<hypervolt-card-view
              .hass=${hass}
              .config=${this.config}
              .preview=${this.preview === true}
              @title-tap=${this.onTap}
            ></hypervolt-card-view>`
          : html`<div class="wait">HyperVolt</div>`
      }
    </ha-card>`;
  }
}

type Suggestion = { config: CardConfig } | null;
declare global {
  interface Window {
    customCards?: Record<string, unknown>[];
  }
}

if (!customElements.get(TYPE)) {
  customElements.define(TYPE, HypervoltCard);
  (window.customCards ??= []).push({
    type: TYPE,
    name: "HyperVolt",
    description: "Your home as a living twin: what flows, what is planned and why, what it saves.",
    preview: true,
    documentationURL: "https://github.com/hypervolt/hypervolt#the-card",
    /** Only for what HyperVolt itself publishes: suggesting it for every sensor would be noise. */
    getEntitySuggestion: (hass: Hass, entityId: string): Suggestion => {
      const device = hass.devices[hass.entities[entityId]?.device_id ?? ""];
      const ours = device?.identifiers?.some(([, id]) => id === "hypervolt") ?? /\.hypervolt_/.test(entityId);
      return ours ? { config: { type: `custom:${TYPE}` } } : null;
    },
  });
}
