import type {
  SetupComfortDto,
  SetupDeviceDto,
  SetupDto,
  SetupLoadDto,
  SetupMode,
  SetupQuestion,
  SetupTariffDto,
  WiringRole,
} from "../../../src/serving/messages.ts";

export type MeterDraft = { sensor_id: string | null; reversed: boolean };
export type SourcesDraft = SetupDto["wiring"]["power_sources"];
export type DeviceDraft = { allowed: boolean; load: SetupLoadDto | null };
/** What the reader has chosen and not yet saved. */
export type Draft = {
  wiring: { meters: Record<WiringRole, MeterDraft>; sources: SourcesDraft; hasSwitch: boolean };
  tariff: SetupTariffDto;
  devices: Record<string, DeviceDraft>;
  comfort: SetupComfortDto;
  mode: SetupMode;
};

/** The proposal, or what was answered: one click agrees with all of it. */
export function draftOf(setup: SetupDto): Draft {
  const { grid, solar, battery } = setup.wiring.power_sources;
  return {
    wiring: {
      meters: Object.fromEntries(
        setup.wiring.roles.map(({ role, sensor_id, reversed }) => [role, { sensor_id, reversed }]),
      ) as Draft["wiring"]["meters"],
      sources: { ...setup.wiring.power_sources },
      hasSwitch: [grid, solar, battery].some((one) => one !== null),
    },
    tariff: { ...setup.tariff, windows: setup.tariff.windows.map((window) => ({ ...window })) },
    devices: Object.fromEntries(setup.devices.map(({ entity_id, allowed, load }) => [entity_id, { allowed, load }])),
    comfort: { ...setup.comfort },
    mode: setup.mode,
  };
}

/**
 * The body of PATCH api/setup/{question}. Of a meter that was neither found nor chosen nothing is said: one that comes
 * later is still found.
 */
export function answerOf(question: SetupQuestion, draft: Draft, setup: SetupDto): unknown {
  switch (question) {
    case "wiring": {
      const { meters, sources, hasSwitch } = draft.wiring;
      const none = { grid: null, solar: null, battery: null, dwell_minutes: sources.dwell_minutes };
      const said = setup.wiring.roles
        .filter(({ role, sensor_id, origin }) => [meters[role].sensor_id, sensor_id].some(Boolean) || origin === "page")
        .map(({ role }) => [role, meters[role]]);
      return { roles: Object.fromEntries(said) as object, power_sources: hasSwitch ? sources : none };
    }
    case "tariff": {
      const { kind, price_entity, network_fee_per_kwh, energy_tax_per_kwh, vat_pct, import_price, export_price } =
        draft.tariff;
      return kind === "fixed"
        ? { kind, import_price, export_price, windows: draft.tariff.windows }
        : { kind, price_entity, network_fee_per_kwh, energy_tax_per_kwh, vat_pct };
    }
    case "devices":
      return { devices: Object.entries(draft.devices).map(([entity_id, device]) => ({ entity_id, ...device })) };
    case "comfort":
      return draft.comfort;
    case "mode":
      return { mode: draft.mode };
  }
}

/** The run a device is first given when it is to be moved. */
export const firstLoad = ({ proposal }: SetupDeviceDto): SetupLoadDto => {
  const { power_w, minutes, contiguous, from, ready_by, days } = proposal;
  return { power_w, minutes, contiguous, from, ready_by, days };
};
