import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { DecisionDto, PlanDto } from "../../../src/serving/messages.ts";
import { runsOf } from "../model/plan-bars.ts";
import type { Scope } from "./view.ts";
import { nameOf } from "./view.ts";

/** What is due and why, what it would cost at another time, and how to say no. */
export function planSection(scope: Scope): TemplateResult {
  const { snapshot, fmt } = scope;
  const outcome = snapshot.plan;
  const plan = outcome && outcome.kind !== "waiting" ? outcome.plan : null;
  return html`<section aria-labelledby="hv-plan">
    <h2 id="hv-plan">${fmt.t("plan")}</h2>
    ${outcome?.kind === "waiting" ? html`<p>${fmt.t("plan.waiting", { missing: outcome.missing })}</p>` : nothing}
    ${outcome?.kind === "stale" ? html`<p class="error">${fmt.t("plan.stale", { because: outcome.because })}</p>` : nothing}
    ${plan ? planBody(scope, plan) : nothing}
  </section>`;
}

function planBody(scope: Scope, plan: PlanDto): TemplateResult {
  const { fmt, timeline, snapshot } = scope;
  const runs = plan.devices
    .flatMap(({ id, name }) => runsOf(timeline, id).map((run, nth) => ({ id, name, nth, ...run })))
    .sort((a, b) => a.startMs - b.startMs);
  const about = (what: string, { id, name }: { id: string; name: string }): boolean =>
    what.includes(name) || what.includes(id);
  const ofDevice = (run: (typeof runs)[number]) =>
    plan.reasons.find(
      ({ at, what }) => about(what, run) && Date.parse(at) >= run.startMs && Date.parse(at) < run.endMs,
    ) ?? plan.reasons.find(({ what }) => about(what, run));
  const other = plan.reasons.filter(({ what }) => !plan.devices.some((device) => about(what, device)));
  return html`
    <ul class="runs">
      ${runs.length === 0 && other.length === 0 ? html`<li class="dim">${fmt.t("plan.nothing")}</li>` : nothing}
      ${repeat(
        runs,
        ({ id, nth }) => `${id} ${nth}`,
        (run) => {
          const reason = ofDevice(run);
          return html`<li>
            <button class="link" @click=${() => scope.goTo(run.startMs)}>
              ${fmt.t("plan.run", { name: run.name, from: fmt.weekdayTime(run.startMs), to: fmt.time(run.endMs) })}
            </button>
            ${reason ? reasonLines(scope, reason) : nothing}
            <span class="actions">
              ${(["run_now", "skip"] as const)
                .filter(scope.can)
                .map(
                  (action) =>
                    html`<button class="small" @click=${() => scope.override(run.id, { action })}>
                      ${fmt.t(`action.${action}`)}
                    </button>`,
                )}
            </span>
          </li>`;
        },
      )}
      ${other.slice(0, 5).map(
        (reason) =>
          html`<li>
            <button class="link" @click=${() => scope.goTo(Date.parse(reason.at))}>
              ${fmt.weekdayTime(Date.parse(reason.at))} · ${nameOf(scope.home, reason.what)}
            </button>
            ${reasonLines(scope, reason)}
          </li>`,
      )}
    </ul>
    ${plan.relaxed.map(
      ({ what, by, unit, why }) =>
        html`<p class="warning">${fmt.t("plan.relaxed", { what, by: fmt.number(by, 2), unit, why })}</p>`,
    )}
    <p class="small dim">
      ${fmt.t("plan.cost", { money: fmt.money(plan.cost), carbon: fmt.carbon(plan.carbon_kg) })} ·
      ${fmt.t("plan.made", { time: fmt.weekdayTime(Date.parse(plan.created_at)) })}
    </p>
    ${snapshot.mayOperate ? html`<button @click=${() => scope.replan()}>${fmt.t("plan.again")}</button>` : nothing}
  `;
}

function reasonLines({ fmt }: Scope, { why, alternative }: PlanDto["reasons"][number]): TemplateResult {
  return html`<p>${why}</p>
    ${
      alternative
        ? html`<p class="small dim">
            ${fmt.t("plan.instead", {
              time: fmt.weekdayTime(Date.parse(alternative.at)),
              money: fmt.money(alternative.extra_cost),
              carbon: fmt.carbon(alternative.extra_carbon_kg),
            })}
          </p>`
        : nothing
    }`;
}

/** What was decided up to the shown instant, newest first. */
export function decisionSection(scope: Scope): TemplateResult {
  const { snapshot, fmt, frame, timeline } = scope;
  const untilMs = frame.kind === "past" ? frame.endMs : timeline.nowMs + 60_000;
  const shown = snapshot.decisions.filter(({ timestamp }) => Date.parse(timestamp) <= untilMs).slice(0, 12);
  return html`<section aria-labelledby="hv-decisions">
    <h2 id="hv-decisions">${fmt.t("decisions")}</h2>
    ${shown.length === 0 ? html`<p class="dim">${fmt.t("decisions.none")}</p>` : nothing}
    <ul class="decisions">
      ${repeat(
        shown,
        ({ id }) => id,
        (decision) => html`<li>${decisionBody(scope, decision)}</li>`,
      )}
    </ul>
  </section>`;
}

function decisionBody(scope: Scope, decision: DecisionDto): TemplateResult {
  const { fmt, home, snapshot } = scope;
  const device = home.devices.find(
    ({ id, entity_id }) => id === decision.device || (entity_id !== null && entity_id === decision.entity_id),
  );
  const title = fmt.t(`decided.${decision.action}`, {
    name: nameOf(home, decision.device),
    value: decision.value === null ? "" : fmt.number(decision.value),
  });
  const inputs = Object.entries(decision.inputs ?? {});
  return html`
    <details>
      <summary>
        <span class="when small dim">${fmt.time(Date.parse(decision.timestamp))}</span>
        <span class="what"><b>${title}</b><br /><span class="dim">${decision.reason}</span></span>
        <span class="status ${decision.status}">${fmt.t(`status.${decision.status}`)}</span>
      </summary>
      ${decision.status_detail ? html`<p>${decision.status_detail}</p>` : nothing}
      ${decision.alternative ? html`<p><span class="dim">${fmt.t("decisions.alternative")}:</span> ${decision.alternative}</p>` : nothing}
      ${
        inputs.length > 0
          ? html`<p class="small dim">
              ${fmt.t("decisions.why")}: ${inputs.map(([key, value]) => `${key} ${String(value)}`).join(", ")}
            </p>`
          : nothing
      }
      ${
        snapshot.mayOperate && device
          ? html`<span class="actions">
              ${
                device.held_until && scope.can("release")
                  ? html`<button class="small" @click=${() => scope.override(device.id, { action: "release" })}>
                      ${fmt.t("action.release")}
                    </button>`
                  : html`<button
                      class="small"
                      @click=${() => scope.override(device.id, { action: device.on ? "turn_off" : "turn_on" })}
                    >
                      ${fmt.t(device.on ? "action.turn_off" : "action.turn_on")}
                    </button>`
              }
            </span>`
          : nothing
      }
    </details>
  `;
}
