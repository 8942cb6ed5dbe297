import type { AlertMatter } from "../domain/alert-values.ts";
import type { Decision } from "../domain/decision.ts";
import { type Forecast, usualErrorOf } from "../domain/forecast.ts";
import type { Series } from "../domain/series.ts";
import { meanOver } from "../domain/series.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { Finding } from "./finding.ts";
import { secondsOf, spanText } from "./sensor-silence.ts";

const PLAN_OLD_MS = 20 * MS_PER_MINUTE;
const PLAN_NEVER_MS = 15 * MS_PER_MINUTE;

/** How the planner stands: when the plan in force was made, or since when one is waited for and what for. */
export type PlanStanding = Readonly<{ madeMs: number | null; startedMs: number; missing: string | null }>;

/** A plan that is too old, or none at all for too long. */
export function planFindings({ madeMs, startedMs, missing }: PlanStanding, nowMs: number): Finding[] {
  const todo =
    missing === null
      ? "It is tried again every few minutes. If it stays, restart HyperVolt: its log says why."
      : `It waits for: ${missing}.`;
  if (madeMs === null)
    return nowMs - startedMs < PLAN_NEVER_MS
      ? []
      : [
          {
            id: "plan-missing",
            matter:
              missing === null
                ? { kind: "plan-missing", values: { ran_s: secondsOf(nowMs - startedMs) } }
                : { kind: "plan-missing-waiting", values: { ran_s: secondsOf(nowMs - startedMs), missing } },
            severity: "warning",
            title: "There is no plan yet",
            detail: `HyperVolt has run for ${spanText(nowMs - startedMs)} without one.`,
            todo,
          },
        ];
  if (nowMs - madeMs < PLAN_OLD_MS) return [];
  return [
    {
      id: "plan-stale",
      matter:
        missing === null
          ? { kind: "plan-stale", values: { age_s: secondsOf(nowMs - madeMs) } }
          : { kind: "plan-stale-waiting", values: { age_s: secondsOf(nowMs - madeMs), missing } },
      severity: "warning",
      title: "The plan is old",
      detail: `It was made ${spanText(nowMs - madeMs)} ago and is kept until a better one is found.`,
      todo,
    },
  ];
}

/** A battery that cannot be planned, for nothing says how full it is. */
export const unknownCharge = (battery: string): Finding => ({
  id: `charge-unknown:${battery}`,
  matter: { kind: "charge-unknown", values: { battery } },
  severity: "warning",
  title: `How full the battery ${battery} is, is not known`,
  detail: "The plan leaves it out until its charge is known.",
  todo: "Say which sensor shows its charge: on the set-up page, or as its soc_sensor in the options; and check that it reports.",
});

/** Switches that are named for a battery or a transfer switch and never used: a person believes that they are. */
export type UnusedSwitchFinding = Readonly<{
  /** Null: the transfer switch. */
  battery: string | null;
  entityIds: readonly string[];
  why: "not_allowed" | "not_switchable" | "one_source";
  /** HyperVolt acts on its own, so that this is missing now. */
  acts: boolean;
}>;

const UNUSED: Readonly<Record<UnusedSwitchFinding["why"], (entityIds: string) => readonly [string, string]>> = {
  not_allowed: (entityIds) => [
    `HyperVolt may not act on ${entityIds}.`,
    "Allow it on the set-up page, or name it in allowed_entities of the options.",
  ],
  not_switchable: (entityIds) => [
    `HyperVolt acts on switches and lights only, and ${entityIds} is neither.`,
    "Name the switch itself, or wrap it in a template switch.",
  ],
  one_source: (entityIds) => [`Only ${entityIds} is named.`, "Name the switch of a second source on the set-up page."],
};

function unusedMatter(battery: string | null, why: UnusedSwitchFinding["why"], entities: string): AlertMatter {
  if (why === "one_source") return { kind: "transfer-one-source", values: { entities } };
  const kind = why === "not_allowed" ? "not-allowed" : "not-switchable";
  return battery === null
    ? { kind: `transfer-${kind}`, values: { entities } }
    : { kind: `battery-${kind}`, values: { battery, entities } };
}

export function unusedSwitches({ battery, entityIds, why, acts }: UnusedSwitchFinding): Finding {
  const entities = entityIds.join(", ");
  const [detail, todo] = UNUSED[why](entities);
  const what = battery === null ? "The transfer switch is not used" : `The battery ${battery} is not steered`;
  return {
    id: `unused-switches:${why}:${battery ?? ""}`,
    matter: unusedMatter(battery, why, entities),
    severity: acts ? "warning" : "info",
    title: what,
    detail,
    todo,
  };
}

const LOOK_BACK_MS = 3 * MS_PER_HOUR;
const LEAST_STEPS = 6;
const TIMES_USUAL = 3;

/** A forecast and what came of it. */
export type ForecastCheck = Readonly<{ forecast: Forecast; actual: Series }>;

/**
 * Forecasts that are badly off: over the last three hours the error is thrice what it was when the model was chosen,
 * and most of what came lies outside the band.
 */
export function forecastFindings(checks: readonly ForecastCheck[], nowMs: number): Finding[] {
  return checks.flatMap(({ forecast, actual }) => {
    const { startMs, stepMs, mean, p10, p90, signal, unit } = forecast;
    const errors: number[] = [];
    let outside = 0;
    for (let step = 0; step < mean.length; step++) {
      const fromMs = startMs + step * stepMs;
      if (fromMs < nowMs - LOOK_BACK_MS || fromMs + stepMs > nowMs) continue;
      const was = meanOver(actual, fromMs, fromMs + stepMs);
      if (Number.isNaN(was)) continue;
      errors.push(Math.abs(was - (mean[step] ?? 0)));
      if (was < (p10[step] ?? -Infinity) || was > (p90[step] ?? Infinity)) outside++;
    }
    const usual = usualErrorOf(forecast);
    if (errors.length < LEAST_STEPS || usual === null) return [];
    const mae = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    if (mae <= TIMES_USUAL * usual || outside < errors.length * 0.7) return [];
    return [
      {
        id: `forecast-off:${signal}`,
        matter: {
          kind: "forecast-off" as const,
          values: { signal, span_s: secondsOf(errors.length * stepMs), error: mae, usual, unit },
        },
        severity: "info" as const,
        title: `The forecast of ${signal} is badly off`,
        detail: `Over the last ${spanText(errors.length * stepMs)} it missed by ${amount(mae)} ${unit} on average; usually it is ${amount(usual)}.`,
        todo: "Nothing: HyperVolt plans anew with what it sees. If guests are here, or a new appliance is, it learns within days.",
      },
    ];
  });
}
const amount = (value: number): string => (value >= 10 ? String(Math.round(value)) : value.toPrecision(2));

const ACTIONS_MS = 2 * MS_PER_HOUR;

/** Devices whose actions failed in the last two hours and have not worked since. */
export function actionFindings(decisions: readonly Decision[], nowMs: number): Finding[] {
  const byDevice = new Map<string, Decision[]>();
  for (const decision of decisions)
    if (decision.atMs >= nowMs - ACTIONS_MS && (decision.status === "failed" || decision.status === "confirmed"))
      byDevice.set(decision.deviceId, [...(byDevice.get(decision.deviceId) ?? []), decision]);
  return [...byDevice].flatMap(([deviceId, all]) => {
    const ordered = all.toSorted((a, b) => a.atMs - b.atMs);
    const worked = ordered.findLastIndex(({ status }) => status === "confirmed");
    const failed = ordered.slice(worked + 1);
    const last = failed.at(-1);
    if (last === undefined) return [];
    return [
      {
        id: `action-failed:${deviceId}`,
        matter: {
          kind: "action-failed" as const,
          values: { name: deviceId, count: failed.length, why: last.statusDetail ?? "" },
        },
        severity: "problem" as const,
        title: `${deviceId} does not do what it is asked`,
        detail: `${failed.length} of its last actions failed${last.statusDetail ? `: ${last.statusDetail}` : "."}`,
        todo: "Try it from Home Assistant; HyperVolt leaves it alone until it answers again.",
      },
    ];
  });
}

/** Messages that were not taken, by reason, as sensing counts them. */
export type RefusedMessages = Readonly<{ reason: string; count: number; atMs: number; topic: string; detail: string }>;

/** Refused messages of the last hour: each reason once, with its newest example. */
export function refusedFindings(refused: readonly RefusedMessages[], nowMs: number): Finding[] {
  return refused
    .filter(({ atMs }) => nowMs - atMs < MS_PER_HOUR)
    .map(({ reason, count, topic, detail }) => ({
      id: `refused:${reason}`,
      matter: {
        kind: "messages-refused",
        values: {
          count,
          reason: reason.replaceAll("_", " "),
          topic: topic.slice(0, 120),
          detail: detail.slice(0, 200),
        },
      },
      severity: "info",
      title: "Messages were not taken",
      detail: `${count} so far (${reason.replaceAll("_", " ")}); the latest on ${topic.slice(0, 120)}: ${detail.slice(0, 200)}`,
      todo: "Correct the publisher of that topic.",
      happened: true,
    }));
}
