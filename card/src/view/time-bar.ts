import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { ghostDifference } from "../model/timeline.ts";
import { icon } from "./icons.ts";
import type { Scope } from "./view.ts";

export type TimeBar = Readonly<{
  atMs: number | null;
  playing: boolean;
  ghost: boolean;
  scrub: (atMs: number | null) => void;
  play: () => void;
  setGhost: (on: boolean) => void;
}>;

/** The scrubber: from a day ago through now to the end of the plan. */
export function timeBar({ timeline, frame, fmt }: Scope, bar: TimeBar): TemplateResult {
  const atMs = bar.atMs ?? timeline.nowMs;
  const said = saidOf(frame.kind, bar.atMs === null);
  const words = said === "time.now" ? fmt.t(said) : fmt.t(said, { time: fmt.weekdayTime(atMs) });
  const stepMs = 5 * 60_000;
  return html`<div class="time">
      <button class="round" @click=${bar.play} aria-label=${fmt.t(bar.playing ? "time.pause" : "time.play")}>
        ${icon(bar.playing ? "pause" : "play")}
      </button>
      <p class="at" aria-hidden="true">${words}</p>
      <button class="to-now" ?disabled=${bar.atMs === null} @click=${() => bar.scrub(null)}>
        ${fmt.t("time.now")}
      </button>
    </div>
    <input
      class="scrubber"
      type="range"
      style="--at:${(((atMs - timeline.startMs) / (timeline.endMs - timeline.startMs)) * 100).toFixed(2)}%"
      min=${timeline.startMs}
      max=${timeline.endMs - 1}
      step=${stepMs}
      .value=${String(atMs)}
      aria-label=${fmt.t("time.label")}
      aria-valuetext=${words}
      @input=${(event: Event) => bar.scrub(Number((event.target as HTMLInputElement).value))}
    />`;
}

const saidOf = (kind: "past" | "now" | "plan", isNow: boolean): string =>
  isNow || kind === "now" ? "time.now" : kind === "past" ? "time.past" : "time.plan";

export function ghostLine({ timeline, fmt }: Scope, bar: TimeBar): TemplateResult {
  const atMs = bar.atMs === null || Math.abs(bar.atMs - timeline.nowMs) < 60_000 ? timeline.endMs : bar.atMs;
  const difference = bar.ghost ? ghostDifference(timeline, atMs) : undefined;
  const kind = atMs < timeline.nowMs ? "ghost.past" : "ghost.plan";
  const worse = difference && kind === "ghost.plan" && difference.savedCost < 0 ? ".worse" : "";
  return html`<div class="ghost-line">
    <label
      ><input
        type="checkbox"
        .checked=${bar.ghost}
        @change=${(event: Event) => bar.setGhost((event.target as HTMLInputElement).checked)}
      />
      ${fmt.t("ghost")}</label
    >
    ${
      bar.ghost
        ? html`<span class="difference" aria-live="polite"
            >${
              difference
                ? fmt.t(`${kind}${worse}`, {
                    time: fmt.weekdayTime(atMs),
                    money: fmt.money(difference.savedCost),
                    carbon: fmt.carbon(difference.savedCarbonKg),
                  })
                : fmt.t("ghost.none")
            }</span
          >`
        : nothing
    }
  </div>`;
}
