import type { EntityState } from "../../domain/entity.ts";
import type { Proposal } from "../../home-assistant/onboarding.ts";
import { YOUR_TARIFF } from "../../context/tariff-source.ts";
import { perKwhFactor } from "../../home-assistant/price-unit.ts";
import type { Options } from "../../options/options.ts";
import type { SetupTariffDto } from "../../serving/messages.ts";
import { CHOSEN_TARIFF } from "../option-sources.ts";
import type { SetupAnswers } from "./setup-answers.ts";

export type SetupTariffInput = Readonly<{
  answers: SetupAnswers;
  given: Options;
  /** With the answers in. */
  options: Options;
  proposal: Proposal | null;
  entities: readonly EntityState[];
  importNow: Readonly<{ value: number; source: string }> | undefined;
  exportNow: number | null;
}>;

/** Which prices hold, what else knew one, and what comes on top. */
export function setupTariff(input: SetupTariffInput): SetupTariffDto {
  const { answers, given, options, proposal, importNow } = input;
  const found = proposal?.tariff ?? { source: null, ahead: false, rivals: [] };
  // A source outside Home Assistant, such as the demo's samples, was found as well.
  const other = importNow && ![YOUR_TARIFF, CHOSEN_TARIFF].includes(importNow.source) ? importNow.source : null;
  const source = found.source ?? other;
  const kind = answers.tariff?.kind ?? (source === null && options.price_entity === "" ? "fixed" : "found");
  return {
    kind,
    origin: answers.tariff ? "page" : kind === "found" ? "found" : given.import_price === 0.3 ? "default" : "options",
    found: { source, ahead: found.ahead, rivals: [...found.rivals] },
    price_entity: options.price_entity === "" ? null : options.price_entity,
    price_entities: priceEntities(input.entities),
    network_fee_per_kwh: options.network_fee_per_kwh,
    energy_tax_per_kwh: options.energy_tax_per_kwh,
    vat_pct: options.vat_pct,
    import_price: options.import_price,
    export_price: options.export_price,
    windows: options.price_windows.map(({ from, to, price }) => ({ from, to, price })),
    import_now: importNow?.value ?? null,
    export_now: input.exportNow,
  };
}

/** Entities whose unit is money per energy. */
export const priceEntities = (entities: readonly EntityState[]): { entity_id: string; name: string }[] =>
  entities
    .filter(
      ({ entityId, attributes }) =>
        /^(sensor|number|input_number|event)\./.test(entityId) &&
        typeof attributes["unit_of_measurement"] === "string" &&
        attributes["unit_of_measurement"] !== "" &&
        perKwhFactor(attributes["unit_of_measurement"]) !== undefined,
    )
    .map(({ entityId, attributes }) => ({
      entity_id: entityId,
      name: typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entityId,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
