import type { Options } from "../../options/options.ts";
import { MS_PER_MINUTE } from "../../domain/units.ts";
import { kindOf } from "../device-book.ts";
import type { EntityIdentities } from "../entity-identities.ts";
import type { LearnedRun } from "./learn-run.ts";
import type { LoadAnswer, SetupAnswers } from "./setup-answers.ts";
import { TYPICAL_RUN } from "./typical-run.ts";
import { OF_ENTITY } from "./wiring.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type LoadOption = Options["loads"][number];

/** How far a transfer switch may be from its last change, ms. */
export const dwellMsOf = (options: Pick<Options, "source_dwell_minutes">): number =>
  options.source_dwell_minutes * MS_PER_MINUTE;

export const loadOptionOf = (entity: string, load: LoadAnswer, name = ""): LoadOption => ({
  entity,
  name,
  power_w: load.power_w,
  minutes: load.minutes,
  contiguous: load.contiguous,
  from: load.from,
  to: load.ready_by,
  days: load.days.map((day) => DAYS[day] ?? "mon").join(","),
});

/** Power and length that were left open: as measured, else as usual for what its name says it is. */
function filled(load: LoadOption, run: LearnedRun | null): LoadOption {
  if (load.power_w > 0 && load.minutes > 0) return load;
  const [powerW, minutes] = TYPICAL_RUN[kindOf(`${load.name} ${load.entity}`)];
  return {
    ...load,
    power_w: load.power_w || Math.round(run?.powerW ?? powerW),
    minutes: load.minutes || Math.min(1_440, Math.max(5, Math.round(run?.minutes ?? minutes))),
  };
}

/**
 * The options as the set-up page's answers change them, read anew at every look, so that an answer holds at once. An
 * answer wins over the option it speaks of; loads are merged by entity; entities keep their meaning when renamed.
 * @param learned  a run as its power meter tells, for loads whose power or length the options leave open
 */
export function liveOptions(
  options: Options,
  answers: () => SetupAnswers,
  { nowCalled }: EntityIdentities,
  learned: (entityId: string) => LearnedRun | null,
): Options {
  const fixed = () => {
    const { tariff } = answers();
    return tariff?.kind === "fixed" ? tariff : undefined;
  };
  const found = () => {
    const { tariff } = answers();
    return tariff?.kind === "found" ? tariff : undefined;
  };
  /** Today's name of an entity; a sensor may also be named otherwise, and then keeps that name. */
  const named = (name: string): string => {
    if (name === "") return "";
    return name.startsWith(OF_ENTITY) ? OF_ENTITY + nowCalled(name.slice(OF_ENTITY.length)) : nowCalled(name);
  };
  const sources = (): Options["power_sources"] => {
    const { powerSources } = answers();
    if (!powerSources) return options.power_sources;
    return (["grid", "solar", "battery"] as const).flatMap((source) => {
      const name = powerSources[source];
      return name === null ? [] : [{ source, switch: name }];
    });
  };
  const loads = (): LoadOption[] => {
    const said = answers().loads ?? {};
    const byEntity = new Map<string, LoadOption>();
    for (const load of options.loads) byEntity.set(nowCalled(load.entity), { ...load, entity: nowCalled(load.entity) });
    for (const [entity, load] of Object.entries(said)) {
      const name = nowCalled(entity);
      if (load) byEntity.set(name, loadOptionOf(name, load, byEntity.get(name)?.name));
      else byEntity.delete(name);
    }
    return [...byEntity.values()].map((load) => filled(load, learned(load.entity)));
  };
  const live: { [K in keyof Options]?: () => Options[K] } = {
    import_price: () => fixed()?.import_price ?? options.import_price,
    export_price: () => fixed()?.export_price ?? found()?.export_price ?? options.export_price,
    price_windows: () => fixed()?.windows ?? options.price_windows,
    price_entity: () => {
      const chosen = found()?.price_entity;
      const name = chosen === undefined ? options.price_entity : (chosen ?? "");
      return named(name);
    },
    export_price_entity: () => named(options.export_price_entity),
    carbon_entity: () => named(options.carbon_entity),
    weather_entity: () => named(options.weather_entity),
    network_fee_per_kwh: () => found()?.network_fee_per_kwh ?? options.network_fee_per_kwh,
    energy_tax_per_kwh: () => found()?.energy_tax_per_kwh ?? options.energy_tax_per_kwh,
    vat_pct: () => found()?.vat_pct ?? options.vat_pct,
    power_sources: () => sources().map((one) => ({ ...one, switch: nowCalled(one.switch) })),
    batteries: () =>
      options.batteries.map((battery) => ({
        ...battery,
        soc_sensor: named(battery.soc_sensor),
        power_sensor: named(battery.power_sensor),
        charge_switch: named(battery.charge_switch),
        hold_switch: named(battery.hold_switch),
      })),
    source_dwell_minutes: () => answers().powerSources?.dwell_minutes ?? options.source_dwell_minutes,
    loads,
  };
  const view = { ...options };
  for (const [name, get] of Object.entries(live)) Object.defineProperty(view, name, { enumerable: true, get });
  return view;
}
