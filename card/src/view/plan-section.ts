import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { DecisionDto, PlanDto } from "../../../src/serving/messages.ts";
import { dueFrom, runsOf } from "../model/plan-bars.ts";
import { switchesOf } from "./rooms-section.ts";
import type { Scope } from "./view.ts";
import type { Format } from "./format.ts";
import { batteryName, nameOf } from "./view.ts";

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
  const { fmt, timeline, snapshot, frame } = scope;
  // The plan tells nothing of the past: there the list is of what lies ahead of now.
  const fromMs = frame.kind === "plan" ? frame.startMs : timeline.nowMs;
  const planned = plan.devices
    .flatMap(({ id, name }) => runsOf(timeline, id).map((run, nth) => ({ id, name, nth, ...run })))
    .sort((a, b) => a.startMs - b.startMs);
  const runs = dueFrom(planned, fromMs);
  const about = (what: string, { id, name }: { id: string; name: string }): boolean =>
    what.includes(name) || what.includes(id);
  const ofDevice = (run: (typeof runs)[number]) =>
    plan.reasons.find(
      ({ at, what }) => about(what, run) && Date.parse(at) >= run.startMs && Date.parse(at) < run.endMs,
    ) ?? plan.reasons.find(({ what }) => about(what, run));
  const other = plan.reasons.filter(
    ({ at, what }) =>
      (frame.kind !== "plan" || Date.parse(at) >= fromMs) && !plan.devices.some((device) => about(what, device)),
  );
  return html`
    <ul class="runs">
      ${runs.length === 0 && other.length === 0 ? html`<li class="dim">${fmt.t("plan.nothing")}</li>` : nothing}
      ${repeat(
        runs,
        ({ id, nth }) => `${id} ${nth}`,
        (run) => {
          const reason = ofDevice(run);
          return html`<li aria-current=${frame.kind === "plan" && run.startMs <= fromMs ? "time" : nothing}>
            <button class="link" @click=${() => scope.goTo(run.startMs)}>
              ${fmt.t("plan.run", { name: run.name, from: fmt.weekdayTime(run.startMs), to: fmt.time(run.endMs) })}
            </button>
            ${reason ? reasonLines(scope, reason, true) : nothing}
            <span class="actions">
              ${(["run_now", "skip"] as const)
                .filter((action) => scope.can(action) && (action === "skip" || run.startMs > timeline.nowMs))
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
              ${fmt.weekdayTime(Date.parse(reason.at))} · ${fmt.say(named(scope, reason.what))}
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

/** `battery_1 charges` with the name a person gave the battery. */
function named({ home, fmt }: Scope, what: string): string {
  const battery = home.flows.batteries.find(({ id }) => what.startsWith(`${id} `));
  if (battery) return `${batteryName(home, battery.id, fmt)}${what.slice(battery.id.length)}`;
  return nameOf(home, what);
}

type Reason = PlanDto["reasons"][number];

/** Why, and what another time would cost. `timed`: when it runs is said already. */
function reasonLines({ fmt }: Scope, { why, alternative }: Reason, timed = false): TemplateResult {
  const untimed = timed ? why.replace(/^from [\d:]+(?: on \w+)? to [\d:]+(?: on \w+)?: /, "") : why;
  const alone = alternative ? untimed.replace(/; at [\d:]+(?: on \w+)? it would cost .*$/, "") : untimed;
  return html`<p>${fmt.say(alone)}</p>
    ${alternative ? html`<p class="small dim">${insteadOf(alternative, fmt)}</p>` : nothing}`;
}

/** Less than this is no difference: currency, kg. */
const LEAST_MONEY = 0.005;
const LEAST_KG = 0.0005;

function insteadOf({ at, extra_cost, extra_carbon_kg }: NonNullable<Reason["alternative"]>, fmt: Format): string {
  const signed = (amount: number, text: string): string => (amount > 0 ? `+${text}` : text);
  const change = [
    Math.abs(extra_cost) < LEAST_MONEY ? "" : signed(extra_cost, fmt.money(extra_cost)),
    Math.abs(extra_carbon_kg) < LEAST_KG ? "" : `${signed(extra_carbon_kg, fmt.carbon(extra_carbon_kg))} CO₂e`,
  ].filter((part) => part !== "");
  const time = fmt.weekdayTime(Date.parse(at));
  return change.length === 0
    ? fmt.t("plan.instead.same", { time })
    : fmt.t("plan.instead", { time, change: change.join(", ") });
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
        <span class="what"><b>${title}</b><br /><span class="dim">${fmt.say(decision.reason)}</span></span>
        <span class="status ${decision.status}">${fmt.t(`status.${decision.status}`)}</span>
      </summary>
      ${decision.status_detail ? html`<p>${fmt.say(decision.status_detail)}</p>` : nothing}
      ${
        // Some reasons say it already.
        decision.alternative && !/ it would cost /.test(decision.reason)
          ? html`<p>
              <span class="dim">${fmt.t("decisions.alternative")}:</span>
              ${fmt.say(decision.alternative)}
            </p>`
          : nothing
      }
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
                  : switchesOf(device.on).map(
                      (action) =>
                        html`<button class="small" @click=${() => scope.override(device.id, { action })}>
                          ${fmt.t(`action.${action}`)}
                        </button>`,
                    )
              }
            </span>`
          : nothing
      }
    </details>
  `;
}
