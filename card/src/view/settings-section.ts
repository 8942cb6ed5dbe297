import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Mode, Setting, SettingChange } from "../data/source.ts";
import type { Scope } from "./view.ts";

const MODES: readonly Mode[] = ["auto", "advise", "off"];

export function modeSwitch({ snapshot, home, fmt, change }: Scope): TemplateResult {
  const mode = snapshot.settings.mode ?? home.mode;
  return html`<div class="modes" role="group" aria-label=${fmt.t("mode")}>
    ${MODES.map(
      (choice) =>
        html`<button
          aria-pressed=${choice === mode}
          title=${fmt.t(`mode.${choice}.help`)}
          ?disabled=${!snapshot.mayOperate || snapshot.settings.mode === undefined}
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
  const { carbonWeight, lightTarget, lightFloor } = snapshot.settings;
  if (!carbonWeight && !lightTarget && !lightFloor) return nothing;
  return html`<section class="settings" aria-labelledby="hv-settings">
    <h2 id="hv-settings">${fmt.t("settings")}</h2>
    ${slider(
      scope,
      "set.carbon",
      "carbonWeight",
      carbonWeight,
      (value) => fmt.t("set.carbon.value", { money: fmt.money(value) }),
      html`
        <p class="ends small dim"><span>${fmt.t("set.carbon.cheap")}</span><span>${fmt.t("set.carbon.clean")}</span></p>
        ${effect(scope, carbonWeight)}
      `,
    )}
    ${slider(scope, "set.lux", "lightTarget", lightTarget, (value) => `${fmt.number(value)} lx`)}
    ${slider(scope, "set.floor", "lightFloor", lightFloor, (value) => fmt.percent(value / 100))}
    ${snapshot.mayOperate ? nothing : html`<p class="small dim">${fmt.t("set.readonly")}</p>`}
  </section>`;
}

function slider(
  { snapshot, fmt, change }: Scope,
  words: string,
  key: Exclude<keyof SettingChange, "mode">,
  setting: Setting | undefined,
  say: (value: number) => string,
  more: TemplateResult | typeof nothing = nothing,
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
    ${more}
  </label>`;
}

const shareOf = (value: number, { min, max }: Setting): string =>
  `${(((value - min) / Math.max(max - min, 1e-9)) * 100).toFixed(1)}%`;

/** The plans along the front of cost and carbon, as points; the one in force filled. */
function effect(
  { snapshot: { plan: outcome }, fmt }: Scope,
  weight: Setting | undefined,
): TemplateResult | typeof nothing {
  const plan = outcome && outcome.kind !== "waiting" ? outcome.plan : null;
  const front = plan?.front;
  if (!plan || !front || front.length < 2 || !weight) return nothing;
  return html`<ul class="front small">
    ${front.map(({ carbon_price_per_kg: price, cost, carbon_kg: kg }) => {
      const near = front.reduce((best, point) =>
        Math.abs(point.carbon_price_per_kg - weight.value) < Math.abs(best.carbon_price_per_kg - weight.value)
          ? point
          : best,
      );
      const signed = (value: number, text: string): string => (value > 0 ? `+${text}` : text);
      const words = fmt.t("set.carbon.effect", {
        money: fmt.money(cost),
        carbon: fmt.carbon(kg),
        dmoney: signed(cost - plan.cost, fmt.money(cost - plan.cost)),
        dcarbon: signed(kg - plan.carbon_kg, fmt.carbon(kg - plan.carbon_kg)),
      });
      return html`<li class=${price === near.carbon_price_per_kg ? "current" : ""} title=${words} aria-label=${words}>
        <b>${fmt.money(price)}</b><span>${fmt.money(cost)}</span><span>${fmt.carbon(kg)}</span>
      </li>`;
    })}
  </ul>`;
}
