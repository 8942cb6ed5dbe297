import { html, LitElement, nothing, svg } from "lit";
import type { SVGTemplateResult, TemplateResult } from "lit";
import {
  bandPath,
  bars,
  hourTicks,
  runsOf,
  scaleFor,
  stepPath,
  tidyStep,
  timeAt,
  xOf,
  yOf,
} from "../model/plan-bars.ts";
import type { Axis, Signal } from "../model/plan-bars.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Format } from "./format.ts";
import { graphStyles, LEFT } from "./graph-styles.ts";
import { shortened } from "./shortened.ts";
import { tokens } from "./theme.ts";

const POWER_HEIGHT = 132;
const PRICE_HEIGHT = 30;
const RUN_HEIGHT = 20;
const RIGHT = 8;
const TOP = 8;

const load: Signal = ({ loadW }) => loadW;
const pv: Signal = ({ pvW }) => pvW;
const grid: Signal = ({ gridW }) => gridW;
const ghost: Signal = ({ baselineGridW }) => baselineGridW;
const price: Signal = ({ pricePerKwh }) => pricePerKwh;
const carbon: Signal = ({ carbonGPerKwh }) => carbonGPerKwh;
const soc: Signal = ({ batteries }) => {
  const known = batteries.flatMap(({ soc: level }) => (level === null ? [] : [level]));
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
};

/** The last day, now and the plan on one axis, with a line where the scrubber is. Dragging on it scrubs. */
export class HypervoltGraph extends LitElement {
  static override properties = {
    timeline: { attribute: false },
    atMs: { attribute: false },
    fmt: { attribute: false },
    names: { attribute: false },
    ghost: { attribute: false },
    width: { state: true },
  };
  declare timeline: Timeline;
  declare atMs: number;
  declare fmt: Format;
  /** Names of devices by id, for the lines of planned runs. */
  declare names: Readonly<Record<string, string>>;
  declare ghost: boolean;
  declare width: number;
  private observer: ResizeObserver | undefined;

  constructor() {
    super();
    this.width = 0;
    this.names = {};
    this.ghost = false;
  }

  static override styles = [tokens, graphStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer = new ResizeObserver(([entry]) => {
      this.width = Math.round(entry?.contentRect.width ?? 0);
    });
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer?.disconnect();
  }

  private get axis(): Axis {
    const { startMs, endMs } = this.timeline;
    return { startMs, endMs, width: Math.max(this.width - LEFT - RIGHT, 1) };
  }

  private readonly onPointer = (event: PointerEvent): void => {
    if (event.type === "pointerdown") (event.currentTarget as Element).setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const box = this.getBoundingClientRect();
    const atMs = timeAt(this.axis, event.clientX - box.left - LEFT);
    this.dispatchEvent(new CustomEvent("scrub", { detail: atMs }));
  };

  protected override render(): TemplateResult | typeof nothing {
    if (!this.timeline || this.width === 0)
      return html`<div style="height:${POWER_HEIGHT + PRICE_HEIGHT + 60}px"></div>`;
    const { timeline, axis, fmt } = this;
    const signals = this.ghost ? [load, pv, grid, ghost] : [load, pv, grid];
    const scale = scaleFor(timeline, [...signals, ({ loadBandW }) => loadBandW?.[1] ?? null], POWER_HEIGHT, 500);
    const priceScale = scaleFor(timeline, [price], PRICE_HEIGHT, 0.05);
    const carbonScale = scaleFor(timeline, [carbon], PRICE_HEIGHT, 50);
    const socScale = { low: 0, high: 1, height: yOf(scale, 0) };
    const runs = Object.keys(this.names)
      .map((id) => ({ id, runs: runsOf(timeline, id) }))
      .filter(({ runs: planned }) => planned.length > 0)
      .slice(0, 6);
    const priceTop = POWER_HEIGHT + 12;
    const runsTop = priceTop + PRICE_HEIGHT + 8;
    const bottom = runsTop + runs.length * RUN_HEIGHT;
    const height = TOP + bottom + 20;
    const now = xOf(axis, timeline.nowMs);
    const at = xOf(axis, this.atMs);
    const has = (signal: Signal, least = -Infinity): boolean =>
      timeline.frames.some((frame) => (signal(frame) ?? -Infinity) > least);
    const hasSoc = has(soc);
    const hasPv = has(pv, 0);
    const exports = timeline.frames.some((frame) => (grid(frame) ?? 0) < 0);
    return html`
      <svg
        viewBox="0 0 ${this.width} ${height}"
        height=${height}
        role="img"
        aria-label=${this.summary()}
        @pointerdown=${this.onPointer}
        @pointermove=${this.onPointer}
      >
        <rect width=${this.width} height=${height} fill="transparent"></rect>
        <g transform="translate(${LEFT} ${TOP})">
          <rect class="past" width=${now} height=${bottom}></rect>
          ${this.grid(axis, scale, bottom)}
          ${hasPv ? svg`<path class="pv" d=${stepPath(timeline, pv, axis, scale, 0)}></path>` : nothing}
          ${bars(timeline, grid, axis, scale).map(
            (bar) =>
              svg`<rect class=${bar.value > 0 ? "import" : "export"} x=${bar.x} y=${bar.y} width=${Math.max(bar.width - 0.5, 0.5)} height=${bar.height}></rect>`,
          )}
          <path
            class="band"
            d=${bandPath(
              timeline,
              ({ loadBandW }) => loadBandW?.[0] ?? null,
              ({ loadBandW }) => loadBandW?.[1] ?? null,
              axis,
              scale,
            )}
          ></path>
          <path class="load" d=${stepPath(timeline, load, axis, scale)}></path>
          ${hasSoc ? svg`<path class="soc" d=${stepPath(timeline, soc, axis, socScale)}></path>` : nothing}
          ${this.ghost ? svg`<path class="ghost" d=${stepPath(timeline, ghost, axis, scale)}></path>` : nothing}
          <g transform="translate(0 ${priceTop})">
            ${this.prices(axis, priceScale)}
            <text x="-6" y="9" text-anchor="end">${this.dearest()}</text>
            <path class="carbon" d=${stepPath(timeline, carbon, axis, carbonScale)}></path>
          </g>
          ${runs.map(({ id, runs: planned }, i) => this.runLine(id, planned, axis, runsTop + i * RUN_HEIGHT))}
          <line class="now" x1=${now} x2=${now} y2=${bottom}></line>
          <line class="at" x1=${at} x2=${at} y1="-4" y2=${bottom}></line>
          <circle cx=${at} cy="-4" r="4" fill="var(--hv-accent)"></circle>
        </g>
      </svg>
      <div class="legend">
        ${this.key("--hv-text", "legend.load")}${hasPv ? this.key("--hv-solar", "legend.solar") : nothing}
        ${this.key("--hv-grid", "legend.import")}${exports ? this.key("--hv-return", "legend.export") : nothing}
        ${hasSoc ? this.key("--hv-battery", "legend.soc") : nothing}${this.ghost ? this.key("--hv-error", "legend.ghost") : nothing}
        <span>${fmt.t("legend.price")}</span>
      </div>
    `;
  }

  private key(colour: string, words: string): TemplateResult {
    return html`<span><i style="--c:var(${colour})"></i>${this.fmt.t(words)}</span>`;
  }

  private grid(axis: Axis, scale: { low: number; high: number; height: number }, bottom: number): SVGTemplateResult {
    const step = tidyStep(scale.high - scale.low);
    const marks: number[] = [];
    for (let value = Math.ceil(scale.low / step) * step; value <= scale.high + 1e-6; value += step) marks.push(value);
    return svg`${marks.map((value) => {
      const y = yOf(scale, value);
      return svg`<line class="line" x2=${axis.width} y1=${y} y2=${y}></line>
        <text x="-6" y=${y + 3.5} text-anchor="end">${this.fmt.power(value).replace(/[.,]0+(?=\D)/, "")}</text>`;
    })}
    ${hourTicks(axis, (atMs) => this.fmt.hourOf(atMs), 46).map(({ atMs, hour }) => {
      const x = xOf(axis, atMs);
      return svg`<line class="line" x1=${x} x2=${x} y2=${bottom}></line>
        <text x=${x} y=${bottom + 14} text-anchor="middle">${hour === 0 ? this.fmt.weekday(atMs) : this.fmt.hour(atMs)}</text>`;
    })}`;
  }

  private prices(axis: Axis, scale: { low: number; high: number; height: number }): SVGTemplateResult[] {
    const known = this.timeline.frames.flatMap((frame) => price(frame) ?? []).sort((a, b) => a - b);
    const cheap = known[Math.floor(known.length * 0.25)] ?? -Infinity;
    const dear = known[Math.floor(known.length * 0.75)] ?? Infinity;
    return bars(this.timeline, price, axis, scale).map((bar) => {
      const kind = cheap === dear ? "" : bar.value <= cheap ? "cheap" : bar.value >= dear ? "dear" : "";
      return svg`<rect class="price ${kind}" x=${bar.x} y=${bar.y} width=${Math.max(bar.width - 0.7, 0.5)} height=${bar.height}></rect>`;
    });
  }

  /** A device's planned runs, its name once: before now, where nothing is planned, else after its last run. */
  private runLine(id: string, runs: ReturnType<typeof runsOf>, axis: Axis, y: number): SVGTemplateResult {
    const now = xOf(axis, this.timeline.nowMs);
    const spans = runs.map(({ startMs, endMs }) => {
      const x = xOf(axis, startMs);
      return { x, width: Math.max(xOf(axis, endMs) - x, 3) };
    });
    const first = spans[0]?.x ?? axis.width;
    const last = Math.max(...spans.map(({ x, width }) => x + width));
    const before = Math.min(now, first) - 8;
    const [at, anchor, room] =
      before > 70 ? [before, "end", before + LEFT - 8] : [last + 6, "start", axis.width - last - 6];
    return svg`<line class="line" x2=${axis.width} y1=${y + RUN_HEIGHT / 2 - 1} y2=${y + RUN_HEIGHT / 2 - 1}></line>
      ${spans.map(
        ({ x, width }) =>
          svg`<rect class="run" x=${x} y=${y + 2} width=${width} height=${RUN_HEIGHT - 6} rx="4"></rect>`,
      )}
      <text class="lane" x=${at} y=${y + 13} text-anchor=${anchor}>${shortened(this.names[id] ?? id, room)}</text>`;
  }

  /** Highest price on the axis, beside the bars it belongs to. */
  private dearest(): string {
    const known = this.timeline.frames.flatMap((frame) => price(frame) ?? []);
    return known.length === 0 ? "" : this.fmt.money(Math.max(...known));
  }

  /** The picture in a sentence. */
  private summary(): string {
    const frames = this.timeline.frames.filter(({ kind }) => kind === "plan");
    const most = frames.reduce(
      (best, frame) => ((frame.gridW ?? 0) > (best?.gridW ?? -Infinity) ? frame : best),
      frames[0],
    );
    return this.fmt.t("graph.summary", {
      end: this.fmt.weekdayTime(this.timeline.endMs),
      most: this.fmt.power(most?.gridW ?? null),
      at: most ? this.fmt.weekdayTime(most.startMs) : "–",
    });
  }
}
if (!customElements.get("hypervolt-graph")) customElements.define("hypervolt-graph", HypervoltGraph);
