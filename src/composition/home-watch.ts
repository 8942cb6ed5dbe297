import { isoUtc } from "../domain/civil-time.ts";
import { type Clock, every } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import type { Decision } from "../domain/decision.ts";
import type { DependencyState } from "../domain/log.ts";
import type { SensorState } from "../domain/reading.ts";
import { MS_PER_HOUR, MS_PER_SECOND } from "../domain/units.ts";
import type { AlertDto } from "../serving/messages.ts";
import { createWatch, type RefusedMessages, type Watch, type Watched } from "../watching/watching.ts";
import type { PlanningCycle } from "./planning-cycle.ts";

const CHECK_MS = 30 * MS_PER_SECOND;
const DECISIONS_MS = 6 * MS_PER_HOUR;

export type HomeWatch = Disposable &
  Readonly<{
    observe: Watch["observe"];
    alerts: () => AlertDto[];
  }>;

/** Looks after the home: what a person should know, from every room, without flicker. */
export function startHomeWatch(
  parts: Readonly<{
    clock: Clock;
    zone: Zone;
    sensors: () => readonly SensorState[];
    dependencies: () => readonly DependencyState[];
    signOf: Watched["signOf"];
    past: Watched["past"];
    planning: PlanningCycle;
    decisions: () => readonly Decision[];
    refused: () => readonly RefusedMessages[];
    /** What acting and the first look want a person to know, in words. */
    said: () => readonly Readonly<{ title: string; detail: string }>[];
    onChange: (alerts: AlertDto[]) => void;
  }>,
): HomeWatch {
  const { clock, planning } = parts;
  const startedMs = clock.nowMs();
  let told = "";
  const watch = createWatch({
    clock,
    zone: parts.zone,
    watched: {
      sensors: parts.sensors,
      signOf: parts.signOf,
      past: parts.past,
      plan: () => {
        const outcome = planning.outcome();
        return {
          startedMs,
          madeMs: outcome.kind === "waiting" ? null : outcome.inForce.createdAtMs,
          missing: outcome.kind === "waiting" ? outcome.missing : null,
        };
      },
      forecasts: () => [],
      decisions: () => parts.decisions().filter(({ atMs }) => clock.nowMs() - atMs < DECISIONS_MS),
      refused: parts.refused,
      dependencies: parts.dependencies,
    },
  });
  const alerts = (): AlertDto[] => [
    ...watch.alerts().map(({ sinceMs, ...alert }) => ({ ...alert, since: isoUtc(sinceMs) })),
    ...parts.said().map(({ title, detail }) => ({
      id: `said:${detail}`,
      since: isoUtc(clock.nowMs()),
      severity: "warning" as const,
      title,
      detail,
      todo: null,
    })),
  ];
  const checking = every(clock, CHECK_MS, () => {
    watch.check();
    const now = alerts();
    const key = now.map(({ id }) => id).join(" ");
    if (key !== told) parts.onChange(now);
    told = key;
  });
  return {
    observe: (reading) => watch.observe(reading),
    alerts,
    [Symbol.dispose]: () => checking.cancel(),
  };
}
