import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { homeFlows, isMetered } from "../model/flows.ts";
import { alertText } from "./alert-text.ts";
import { icon } from "./icons.ts";
import { batteryName } from "./view.ts";
import type { LedgerTotalsDto } from "../../../src/serving/messages.ts";
import type { Scope } from "./view.ts";

/** Less than this in the battery is not worth a line. */
const WORTH_TELLING_WH = 100;

/** Money and carbon saved, today and in all, and how that is known. */
export function savings({ snapshot: { ledger }, fmt }: Scope): TemplateResult | typeof nothing {
  if (!ledger) return nothing;
  const { today, total } = ledger;
  const tile = (kind: "coin" | "leaf", now: string, all: string): TemplateResult =>
    html` <div class="tile ${kind}">
      ${icon(kind)}
      <p><b>${now}</b></p>
      <p class="small">${fmt.t("saved.today")}</p>
      <p class="small dim">${all} ${fmt.t("saved.total")}</p>
    </div>`;
  return html`<section class="savings" aria-labelledby="hv-saved">
    <h2 id="hv-saved">${fmt.t(ledger.advisory ? "saved.advisory" : "saved")}</h2>
    <div class="tiles">
      ${tile("coin", fmt.money(today.saved_cost), fmt.money(total.saved_cost))}
      ${tile("leaf", `${fmt.carbon(today.saved_carbon_kg)} CO₂e`, `${fmt.carbon(total.saved_carbon_kg)} CO₂e`)}
    </div>
    ${storedLine(today.stored, fmt)}
    <details>
      <summary>${fmt.t("saved.how")}</summary>
      <p>${fmt.told?.methods[ledger.method_kind ?? ""] ?? (ledger.method || fmt.t("saved.method"))}</p>
      ${
        Number.isFinite(today.cost)
          ? html`<table>
              <tr>
                <td></td>
                <th>${fmt.t("saved.with")}</th>
                <th>${fmt.t("saved.without")}</th>
              </tr>
              ${[[fmt.t("saved.today"), today] as const, [fmt.t("saved.total"), total] as const].map(
                ([when, sums]) =>
                  html`<tr>
                    <th>${when}</th>
                    <td>${fmt.money(sums.cost)}<br />${fmt.carbon(sums.carbon_kg)}</td>
                    <td>${fmt.money(sums.baseline_cost)}<br />${fmt.carbon(sums.baseline_carbon_kg)}</td>
                  </tr>`,
              )}
            </table>`
          : nothing
      }
      <p class=${ledger.verified ? "dim" : "error"}>
        ${fmt.t(ledger.verified ? "saved.verified" : "saved.unverified")}
      </p>
    </details>
  </section>`;
}

/** What lies in the battery today beyond what would lie there otherwise: why a day may look dearer than it is. */
function storedLine(stored: LedgerTotalsDto["stored"], fmt: Scope["fmt"]): TemplateResult | typeof nothing {
  if (!stored || Math.abs(stored.energy_wh) < WORTH_TELLING_WH) return nothing;
  const words = {
    energy: `${fmt.number(Math.abs(stored.energy_wh) / 1_000, 1)} kWh`,
    money: fmt.money(Math.abs(stored.cost)),
    carbon: `${fmt.carbon(Math.abs(stored.carbon_kg))} CO₂e`,
  };
  return html`<p class="small dim">${fmt.t(stored.energy_wh > 0 ? "saved.stored" : "saved.owed", words)}</p>`;
}

/** The picture in words: what flows from where to where. A screen reader's view of the twin. */
export function flowList({ home, frame, fmt }: Scope): TemplateResult {
  const { flows, unaccountedW } = homeFlows(frame);
  const name = (node: string): string =>
    node.startsWith("battery:") ? batteryName(home, node.slice("battery:".length), fmt) : fmt.t(node);
  const known = flows.filter(({ powerW }) => powerW >= 1).sort((a, b) => b.powerW - a.powerW);
  return html`<section aria-labelledby="hv-flows">
    <h2 id="hv-flows">${fmt.t("flows")}</h2>
    <ul class="flows">
      ${known.length === 0 ? html`<li class="dim">${fmt.t(isMetered(frame) ? "flow.none" : "flow.unknown")}</li>` : nothing}
      ${known.map(
        ({ from, to, powerW }) =>
          html`<li aria-label=${fmt.t("flow.sentence", { power: fmt.power(powerW), from: name(from), to: name(to) })}>
            <span class="dot ${from.split(":")[0]}"></span
            ><span>${name(from)} <span class="to">→</span> ${name(to)}</span><b>${fmt.power(powerW)}</b>
          </li>`,
      )}
    </ul>
    ${
      Math.abs(unaccountedW) > 100 && frame.loadW !== null
        ? html`<p class="small dim">${fmt.t("flow.unaccounted", { power: fmt.power(unaccountedW) })}</p>`
        : nothing
    }
    <p class="small dim facts">
      ${frame.pricePerKwh === null ? nothing : html`<span>${fmt.t("price")} <b>${fmt.price(frame.pricePerKwh)}</b></span>`}
      ${frame.carbonGPerKwh === null ? nothing : html`<span>${fmt.t("intensity")} <b>${fmt.number(frame.carbonGPerKwh)} g/kWh</b></span>`}
    </p>
  </section>`;
}

export function problems({ snapshot: { alerts }, fmt }: Scope): TemplateResult {
  return html`<section aria-labelledby="hv-problems">
    <h2 id="hv-problems">${fmt.t("problems")}</h2>
    ${alerts.length === 0 ? html`<p class="dim">${fmt.t("problems.none")}</p>` : nothing}
    <ul class="alerts">
      ${alerts.map((alert) => {
        const { title, detail, todo } = alertText(alert, fmt);
        return html`<li class=${alert.severity}>
          <b>${title}</b>
          <span class="since small dim"
            >${fmt.t("problem.since", { time: fmt.weekdayTime(Date.parse(alert.since)) })}</span
          >
          ${detail ? html`<p>${detail}</p>` : nothing} ${todo ? html`<p class="todo">${todo}</p>` : nothing}
        </li>`;
      })}
    </ul>
  </section>`;
}
