import { isoUtc } from "../../domain/civil-time.ts";
import type { ControllableDevice } from "../../domain/entity.ts";
import type { SensorState } from "../../domain/reading.ts";
import type { HomeAssistant } from "../../home-assistant/home-assistant.ts";
import type { Proposal } from "../../home-assistant/onboarding.ts";
import type { Options } from "../../options/options.ts";
import type { PowerSourcesDto, SetupDto, SetupMode, SetupQuestion } from "../../serving/messages.ts";
import { RequestRefused } from "../../serving/request-refused.ts";
import type { SetupAnswer, SetupViews } from "../../serving/views.ts";
import { gridLimits } from "../energy-sources.ts";
import type { PreferenceBook } from "../preferences.ts";
import type { HomeSetup } from "../start-setup.ts";
import { changeOf } from "./setup-change.ts";
import { setupDevices } from "./setup-devices.ts";
import type { LearnedRun } from "./learn-run.ts";
import { QUESTIONS } from "./setup-answers.ts";
import { setupRoles, setupSensors, type SetupMetersInput } from "./setup-meters.ts";
import { setupTariff } from "./setup-tariff.ts";

export type SetupViewParts = Readonly<{
  /** As in the options file. */
  given: Options;
  setup: HomeSetup;
  preferences: PreferenceBook;
  homeAssistant: HomeAssistant;
  proposal: () => Proposal | null;
  entityIdOf: (uniqueId: string) => string | undefined;
  sensors: () => readonly SensorState[];
  devices: () => readonly ControllableDevice[];
  allowed: () => readonly string[];
  learned: (entityId: string) => LearnedRun | null;
  currency: () => string;
  demo: boolean;
  /** Price now, currency per kWh, and who says so. */
  priceNow: (direction: "import" | "export") => Readonly<{ value: number; source: string }> | undefined;
  /** After an answer, or one that was taken back: what depends on it follows. */
  onAnswered: (question: SetupQuestion) => Promise<void>;
}>;

/** The set-up page, answered from what was found, the options and what a person said. */
export function setupViews(parts: SetupViewParts): SetupViews {
  const { given, setup, preferences, homeAssistant } = parts;
  const { book, options, identities, wiring } = setup;

  const meters = (): SetupMetersInput => ({
    answers: book.answers(),
    options: given,
    wiring,
    sensors: parts.sensors(),
    proposed: parts.proposal()?.roles ?? [],
    entities: homeAssistant.entities(),
    registry: homeAssistant.registries().entities,
    entityIdOf: parts.entityIdOf,
  });
  const devices = () => {
    const { areas, entities } = homeAssistant.registries();
    const proposal = parts.proposal();
    return setupDevices({
      options,
      optionAllowed: new Set(given.allowed_entities.map(identities.nowCalled)),
      answeredLoads: new Set(Object.keys(book.answers().loads ?? {}).map(identities.nowCalled)),
      allowed: parts.allowed(),
      devices: parts.devices(),
      proposed: [...(proposal?.loads ?? []), ...(proposal?.lights ?? [])],
      entities: homeAssistant.entities(),
      registry: entities,
      areaName: (areaId) => areas.find((area) => area.areaId === areaId)?.name ?? null,
      learned: parts.learned,
    });
  };
  const now = (): SetupDto => {
    const proposal = parts.proposal();
    const answered = (question: SetupQuestion): string | null => {
      const atMs = book.answeredMs(question);
      return atMs === null ? null : isoUtc(atMs);
    };
    const last = book.last();
    const { lightTargetLx, lightFloorPct, quietHours, handsOffMinutes, energySources } = preferences.current();
    return {
      currency: parts.currency(),
      demo: parts.demo,
      answered: Object.fromEntries(QUESTIONS.map((one) => [one, answered(one)])) as SetupDto["answered"],
      complete: QUESTIONS.every((one) => book.answeredMs(one) !== null),
      undo: last && { question: last.question, at: isoUtc(last.atMs), by: last.by },
      found: {
        home_assistant: homeAssistant.connected(),
        energy_dashboard: proposal?.hasEnergyPrefs ?? false,
        balance: proposal?.balance
          ? {
              holds: proposal.balance.holds,
              error: proposal.balance.error,
              culprit: proposal.balance.culprit && {
                name: proposal.balance.culprit.name,
                kind: proposal.balance.culprit.kind,
              },
            }
          : null,
      },
      wiring: {
        roles: setupRoles(meters()),
        sensors: setupSensors(meters()),
        power_sources: powerSources(options),
        switches: switchesOf(homeAssistant),
      },
      tariff: setupTariff({
        answers: book.answers(),
        given,
        options,
        proposal,
        entities: homeAssistant.entities(),
        importNow: parts.priceNow("import"),
        exportNow: parts.priceNow("export")?.value ?? null,
      }),
      devices: devices(),
      comfort: {
        light_target_lx: lightTargetLx,
        light_floor_pct: lightFloorPct,
        quiet_hours: quietHours,
        hands_off_minutes: handsOffMinutes,
        max_import_w: gridLimits(given, energySources).maxImportW,
      },
      mode: modeOf(preferences),
    };
  };
  const answer = async (said: SetupAnswer, byUser: string): Promise<void> => {
    const { change, meant } = changeOf(said, {
      setup: book.answers(),
      preferences: preferences.current(),
      sensors: new Set(setupSensors(meters()).map(({ sensor_id }) => sensor_id)),
      entities: homeAssistant.connected() ? new Set(homeAssistant.entities().map(({ entityId }) => entityId)) : null,
      optionAllowed: new Set(given.allowed_entities.map(identities.nowCalled)),
      nowCalled: identities.nowCalled,
    });
    identities.meant(meant);
    await book.answer(said.question, change, byUser);
    await parts.onAnswered(said.question);
  };
  return {
    now: async () => now(),
    async answer(said, byUser) {
      await answer(said, byUser);
      return now();
    },
    async undo() {
      const question = await book.undo();
      if (question === null) throw new RequestRefused("CONFLICT", "There is no answer to take back");
      await parts.onAnswered(question);
      return now();
    },
  };
}

const modeOf = (preferences: PreferenceBook): SetupMode => {
  const { mode, askFirst } = preferences.current();
  return mode === "auto" && askFirst ? "ask" : mode;
};

const powerSources = (options: Options): PowerSourcesDto => {
  const of = (source: "grid" | "solar" | "battery"): string | null =>
    options.power_sources.find((one) => one.source === source)?.switch ?? null;
  return {
    grid: of("grid"),
    solar: of("solar"),
    battery: of("battery"),
    dwell_minutes: options.source_dwell_minutes,
  };
};

function switchesOf(homeAssistant: HomeAssistant): { entity_id: string; name: string }[] {
  const ours = new Set(
    homeAssistant
      .registries()
      .entities.filter(({ uniqueId }) => uniqueId.startsWith("hypervolt_"))
      .map(({ entityId }) => entityId),
  );
  return homeAssistant
    .entities()
    .filter(({ entityId }) => entityId.startsWith("switch.") && !ours.has(entityId))
    .map(({ entityId, attributes }) => ({
      entity_id: entityId,
      name: typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entityId,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
