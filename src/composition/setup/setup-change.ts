import { RequestRefused } from "../../serving/request-refused.ts";
import type { DevicesAnswerDto, WiringAnswerDto } from "../../serving/messages.ts";
import type { SetupAnswer } from "../../serving/views.ts";
import type { HomePreferences } from "../preferences.ts";
import type { SetupAnswers } from "./setup-answers.ts";
import type { SetupChange } from "./setup-book.ts";

/** What holds before an answer, and what there is to name. */
export type Standing = Readonly<{
  setup: SetupAnswers;
  preferences: HomePreferences;
  sensors: ReadonlySet<string>;
  /** Null while Home Assistant is away: then nothing that is named can be looked up. */
  entities: ReadonlySet<string> | null;
  optionAllowed: ReadonlySet<string>;
  nowCalled: (entityId: string) => string;
}>;

/**
 * What an answer changes, and the entities a person means by it.
 * @throws RequestRefused REQUEST_INVALID where something named is not there, CONFLICT where only the options can say so
 */
export function changeOf(said: SetupAnswer, standing: Standing): Readonly<{ change: SetupChange; meant: string[] }> {
  const { setup, preferences } = standing;
  switch (said.question) {
    case "wiring":
      return wiringChange(said.answer, standing);
    case "tariff": {
      if (said.answer.kind === "fixed")
        return { change: { answers: { tariff: { ...said.answer, windows: said.answer.windows ?? [] } } }, meant: [] };
      const { price_entity } = said.answer;
      if (price_entity != null) assertThere({ price_entity }, standing.entities);
      const before = setup.tariff?.kind === "found" ? setup.tariff : {};
      return {
        change: { answers: { tariff: { ...before, ...said.answer } } },
        meant: price_entity == null ? [] : [price_entity],
      };
    }
    case "devices":
      return devicesChange(said.answer, standing);
    case "comfort": {
      const { light_target_lx, light_floor_pct, quiet_hours, hands_off_minutes, max_import_w } = said.answer;
      const { energySources } = preferences;
      return {
        change: {
          preferences: {
            ...(light_target_lx !== undefined && { lightTargetLx: light_target_lx }),
            ...(light_floor_pct !== undefined && { lightFloorPct: light_floor_pct }),
            ...(quiet_hours !== undefined && { quietHours: quiet_hours }),
            ...(hands_off_minutes !== undefined && { handsOffMinutes: hands_off_minutes }),
            ...(max_import_w !== undefined && {
              energySources: { ...energySources, grid: { ...energySources["grid"], max_import_w } },
            }),
          },
        },
        meant: [],
      };
    }
    case "mode": {
      const { mode } = said.answer;
      return {
        change: { preferences: { mode: mode === "ask" ? "auto" : mode, askFirst: mode === "ask" } },
        meant: [],
      };
    }
  }
}

function wiringChange({ roles, power_sources }: WiringAnswerDto, { setup, sensors, entities }: Standing) {
  const missing: Record<string, string> = {};
  for (const [role, { sensor_id }] of Object.entries(roles ?? {}))
    if (sensor_id !== null && !sensors.has(sensor_id))
      missing[`roles.${role}.sensor_id`] = `there is no meter ${sensor_id}`;
  if (Object.keys(missing).length > 0)
    throw new RequestRefused("REQUEST_INVALID", `Wrong: ${Object.keys(missing).join(", ")}`, missing);
  const { dwell_minutes: _, ...switches } = power_sources ?? { dwell_minutes: 0 };
  assertThere(switches, entities, "power_sources.");
  const said = Object.fromEntries(
    Object.entries(roles ?? {}).map(([role, { sensor_id, reversed }]) => [
      role,
      { sensor_id, reversed: reversed ?? false },
    ]),
  );
  const named = new Set(Object.values(said).flatMap(({ sensor_id }) => sensor_id ?? []));
  // A meter that is moved to another role leaves the one it had.
  const kept = Object.entries(setup.meters ?? {}).filter(([, meter]) => !named.has(meter.sensor_id ?? ""));
  const meant = [
    ...[...named].filter((id) => id.startsWith("ha:")).map((id) => id.slice(3)),
    ...Object.values(switches).filter((one) => one !== null),
  ];
  return {
    change: {
      answers: {
        ...(roles && { meters: { ...Object.fromEntries(kept), ...said } }),
        ...(power_sources && { powerSources: power_sources }),
      },
    },
    meant,
  };
}

function devicesChange({ devices }: DevicesAnswerDto, standing: Standing) {
  const { setup, preferences, optionAllowed, nowCalled } = standing;
  assertThere(Object.fromEntries(devices.map(({ entity_id }) => [entity_id, entity_id])), standing.entities);
  const fixed = devices.find(({ entity_id, allowed }) => !allowed && optionAllowed.has(entity_id));
  if (fixed)
    throw new RequestRefused(
      "CONFLICT",
      `${fixed.entity_id} is allowed by the app's options: take it out of Allowed entities on the Configuration tab`,
    );
  const named = new Map(devices.map((device) => [device.entity_id, device]));
  const kept = preferences.allowedEntities.map(nowCalled).filter((entityId) => !named.has(entityId));
  const added = devices.filter(({ entity_id, allowed }) => allowed && !optionAllowed.has(entity_id));
  const others = Object.entries(setup.loads ?? {}).filter(([entityId]) => !named.has(nowCalled(entityId)));
  return {
    change: {
      preferences: { allowedEntities: [...new Set([...kept, ...added.map(({ entity_id }) => entity_id)])] },
      answers: {
        loads: {
          ...Object.fromEntries(others.map(([entityId, load]) => [nowCalled(entityId), load])),
          ...Object.fromEntries(devices.map(({ entity_id, load }) => [entity_id, load])),
        },
      },
    },
    meant: devices.map(({ entity_id }) => entity_id),
  };
}

/** @throws RequestRefused REQUEST_INVALID naming every field whose entity Home Assistant does not have */
function assertThere(
  named: Readonly<Record<string, string | null>>,
  entities: ReadonlySet<string> | null,
  before = "",
): void {
  if (!entities) return;
  const missing = Object.entries(named).flatMap(([field, entityId]) =>
    entityId === null || entities.has(entityId)
      ? []
      : [[`${before}${field}`, `Home Assistant has no entity ${entityId}`] as const],
  );
  if (missing.length === 0) return;
  const fields = Object.fromEntries(missing);
  throw new RequestRefused("REQUEST_INVALID", `Wrong: ${Object.keys(fields).join(", ")}`, fields);
}
