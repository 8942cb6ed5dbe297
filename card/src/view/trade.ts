import { css, html, LitElement, nothing, svg } from "lit";
import type { TemplateResult } from "lit";
import type { PlanDto } from "../../../src/serving/messages.ts";
import type { Setting } from "../data/source.ts";
import { tradeAt } from "../model/trade-off.ts";
import type { TradePoint } from "../model/trade-off.ts";
import type { Format } from "./format.ts";
import { tokens } from "./theme.ts";

const [WIDTH, HEIGHT, PAD] = [300, 92, 12];

/** The slider between money and carbon, with the plans along it and what a position of it would change. Says `choose`. */
export class HypervoltTrade extends LitElement {
  static override properties = {
    setting: { attribute: false },
    plan: { attribute: false },
    fmt: { attribute: false },
    disabled: { type: Boolean },
    tried: { state: true },
  };
  declare setting: Setting;
  declare plan: PlanDto | null;
  declare fmt: Format;
  declare disabled: boolean;
  /** Where the slider is held, before it is let go. */
  declare tried: number | null;

  constructor() {
    super();
    this.plan = null;
    this.disabled = false;
    this.tried = null;
  }

  static override styles = [
    tokens,
    css`
      :host {
        display: block;
      }
      .head,
      .ends {
        display: flex;
        justify-content: space-between;
        gap: 10px;
      }
      output {
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      svg {
        display: block;
        width: 100%;
        direction: ltr;
      }
      path {
        fill: none;
        stroke: var(--hv-clean);
        stroke-width: 2;
        stroke-linejoin: round;
        vector-effect: non-scaling-stroke;
      }
      circle {
        fill: var(--hv-surface);
        stroke: var(--hv-clean);
        stroke-width: 2;
      }
      circle.current {
        fill: var(--hv-dim);
        stroke: var(--hv-surface);
      }
      circle.tried {
        fill: var(--hv-accent);
        stroke: var(--hv-surface);
      }
      text {
        font-size: 10px;
        fill: var(--hv-dim);
      }
      p {
        min-height: 2.8em;
      }
    `,
  ];

  private choose(value: number): void {
    this.tried = null;
    this.dispatchEvent(new CustomEvent("choose", { detail: value }));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { setting, fmt } = this;
    if (!setting || !fmt) return nothing;
    const value = this.tried ?? setting.value;
    const said = fmt.t("set.carbon.value", { money: fmt.money(value) });
    const at = ((value - setting.min) / Math.max(setting.max - setting.min, 1e-9)) * 100;
    const read = (event: Event): number => Number((event.target as HTMLInputElement).value);
    return html`<label dir=${fmt.locale.rtl ? "rtl" : "ltr"}>
        <span class="head"><span>${fmt.t("set.carbon")}</span><output>${said}</output></span>
        <input
          type="range"
          style="--at:${at.toFixed(1)}%"
          min=${setting.min}
          max=${setting.max}
          step=${setting.step}
          .value=${String(value)}
          aria-label=${fmt.t("set.carbon")}
          aria-valuetext=${said}
          ?disabled=${this.disabled}
          @input=${(event: Event) => (this.tried = read(event))}
          @change=${(event: Event) => this.choose(read(event))}
        />
      </label>
      <div class="ends small dim" dir=${fmt.locale.rtl ? "rtl" : "ltr"}>
        <span>${fmt.t("set.carbon.cheap")}</span><span>${fmt.t("set.carbon.clean")}</span>
      </div>
      ${this.effect(value)}`;
  }

  private effect(value: number): TemplateResult | typeof nothing {
    const { plan, setting, fmt } = this;
    const front = plan?.front ?? [];
    const here = tradeAt(front, setting.value);
    const there = tradeAt(front, value);
    if (front.length < 2 || !here || !there) return nothing;
    const signed = (amount: number, text: string): string => (amount > 0 ? `+${text}` : text);
    const [moreCost, moreKg] = [there.cost - here.cost, there.carbon_kg - here.carbon_kg];
    const same = this.tried === null || value === setting.value;
    const words = fmt.t(same ? "set.carbon.now" : "set.carbon.effect", {
      money: fmt.money(there.cost),
      carbon: fmt.carbon(there.carbon_kg),
      dmoney: signed(moreCost, fmt.money(moreCost)),
      dcarbon: signed(moreKg, fmt.carbon(moreKg)),
    });
    return html`${this.curve(front, here, there)}
      <p class="small" aria-live="polite" dir=${fmt.locale.rtl ? "rtl" : "ltr"}>${words}</p>`;
  }

  /** Money to the right, carbon upwards: the plans computed, the one in force, the one tried. */
  private curve(front: readonly TradePoint[], here: TradePoint, there: TradePoint): TemplateResult {
    const { fmt } = this;
    const costs = front.map(({ cost }) => cost);
    const kgs = front.map(({ carbon_kg: kg }) => kg);
    const [cheap, dear, clean, dirty] = [Math.min(...costs), Math.max(...costs), Math.min(...kgs), Math.max(...kgs)];
    const x = ({ cost }: TradePoint): number =>
      PAD + ((cost - cheap) / Math.max(dear - cheap, 1e-9)) * (WIDTH - 2 * PAD);
    const y = ({ carbon_kg: kg }: TradePoint): number =>
      PAD + ((dirty - kg) / Math.max(dirty - clean, 1e-9)) * (HEIGHT - 2 * PAD);
    const sorted = [...front].sort((a, b) => a.carbon_price_per_kg - b.carbon_price_per_kg);
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
      <path d="M${sorted.map((point) => `${x(point).toFixed(1)} ${y(point).toFixed(1)}`).join("L")}"></path>
      ${sorted.map((point) => svg`<circle cx=${x(point)} cy=${y(point)} r="3"></circle>`)}
      <circle class="current" cx=${x(here)} cy=${y(here)} r="5"></circle>
      <circle class="tried" cx=${x(there)} cy=${y(there)} r="6"></circle>
      <text x=${PAD + 10} y=${PAD + 2}>${fmt.money(cheap)} · ${fmt.carbon(dirty)}</text>
      <text x=${WIDTH - PAD} y=${HEIGHT - PAD - 14} text-anchor="end">${fmt.money(dear)} · ${fmt.carbon(clean)}</text>
    </svg>`;
  }
}
if (!customElements.get("hypervolt-trade")) customElements.define("hypervolt-trade", HypervoltTrade);
