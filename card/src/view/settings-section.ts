import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Mode, Setting, SettingChange } from "../data/source.ts";
import "./trade.ts";
import type { Scope } from "./view.ts";

const MODES: readonly Mode[] = ["auto", "advise", "off"];
/** A guess is never certain. */
const MOST_SURE = 0.99;

export function modeSwitch({ snapshot, home, fmt, change }: Scope): TemplateResult {
  const { mode = home.mode } = snapshot.settings;
  return html`<div class="modes" role="group" aria-label=${fmt.t("mode")}>
    ${MODES.map(
      (choice) =>
        html`<button
          aria-pressed=${choice === mode}
          title=${fmt.t(`mode.${choice}.help`)}
          ?disabled=${!snapshot.mayOperate || !snapshot.settings.mode}
          @click=${() => choice !== mode && change({ mode: choice })}
        >
          ${fmt.t(`mode.${choice}`)}
        </button>`,
    )}
  </div>`;
}

/** Sliders that say what they would change. */
export function settingsSection(scope: Scope): TemplateResult | typeof nothing {
  const { snapshot, fmt } = scope;
  const { plan, settings } = snapshot;
  const { carbonWeight, lightTarget, lightFloor, lightComfort, handsOff } = settings;
  if (!carbonWeight && !lightTarget && !lightFloor) return nothing;
  return html`<section class="settings" aria-labelledby="hv-settings">
    <h2 id="hv-settings">${fmt.t("settings")}</h2>
    ${
      carbonWeight
        ? html`<hypervolt-trade
            .setting=${carbonWeight}
            .plan=${plan && plan.kind !== "waiting" ? plan.plan : null}
            .fmt=${fmt}
            .disabled=${!snapshot.mayOperate}
            @choose=${(event: CustomEvent<number>) => scope.change({ carbonWeight: event.detail })}
          ></hypervolt-trade>`
        : nothing
    }
    ${slider(scope, "set.lux", "lightTarget", lightTarget, (value) => `${fmt.number(value)} lx`)} ${regimeLine(scope)}
    ${slider(scope, "set.floor", "lightFloor", lightFloor, (value) => fmt.percent(value / 100))}
    ${slider(scope, "set.comfort", "lightComfort", lightComfort, (value) => fmt.t("set.comfort.value", { money: fmt.money(value, 3) }))}
    ${lightComfort ? html`<div class="ends small dim"><span>${fmt.t("set.comfort.less")}</span><span>${fmt.t("set.comfort.more")}</span></div>` : nothing}
    ${slider(scope, "set.hands_off", "handsOff", handsOff, (value) => fmt.minutes(value))}
    ${snapshot.mayOperate ? nothing : html`<p class="small dim">${fmt.t("set.readonly")}</p>`}
  </section>`;
}

/** What people seem to be doing, beside what HyperVolt does about it. */
function regimeLine({ home: { regime }, fmt }: Scope): TemplateResult | typeof nothing {
  if (!regime) return nothing;
  return html`<p class="small dim regime">
    ${fmt.t(`regime.${regime.kind}`, { sure: fmt.percent(Math.min(regime.certainty, MOST_SURE)) })}
  </p>`;
}

function slider(
  { snapshot, fmt, change }: Scope,
  words: string,
  key: Exclude<keyof SettingChange, "mode">,
  setting: Setting | undefined,
  say: (value: number) => string,
): TemplateResult | typeof nothing {
  if (!setting) return nothing;
  const preview = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    input.style.setProperty("--at", shareOf(Number(input.value), setting));
    const output = input.parentElement?.querySelector("output");
    if (output) output.textContent = say(Number(input.value));
    input.setAttribute("aria-valuetext", say(Number(input.value)));
  };
  return html`<label class="slider">
    <span class="head"><span>${fmt.t(words)}</span><output>${say(setting.value)}</output></span>
    <input
      type="range"
      style="--at:${shareOf(setting.value, setting)}"
      min=${setting.min}
      max=${setting.max}
      step=${setting.step}
      .value=${String(setting.value)}
      aria-label=${fmt.t(words)}
      aria-valuetext=${say(setting.value)}
      ?disabled=${!snapshot.mayOperate}
      @input=${preview}
      @change=${(event: Event) => change({ [key]: Number((event.target as HTMLInputElement).value) })}
    />
  </label>`;
}

const shareOf = (value: number, { min, max }: Setting): string =>
  `${(((value - min) / Math.max(max - min, 1e-9)) * 100).toFixed(1)}%`;
