import type { ControllableDevice, EntityState } from "../../domain/entity.ts";
import type { ProposedDevice } from "../../home-assistant/onboarding-devices.ts";
import { type Options, weekdaysOf } from "../../options/options.ts";
import type { SetupDeviceDto, SetupLoadDto, SetupWhy } from "../../serving/messages.ts";
import type { RegistryEntity } from "../../home-assistant/registries.ts";
import { kindOf } from "../device-book.ts";
import type { LearnedRun } from "./learn-run.ts";
import { TYPICAL_RUN } from "./typical-run.ts";

export type SetupDevicesInput = Readonly<{
  options: Options;
  /** Entities only the app's options can take back. */
  optionAllowed: ReadonlySet<string>;
  /** Entities of loads that were answered on the page. */
  answeredLoads: ReadonlySet<string>;
  allowed: readonly string[];
  devices: readonly ControllableDevice[];
  proposed: readonly ProposedDevice[];
  entities: readonly EntityState[];
  registry: readonly RegistryEntity[];
  areaName: (areaId: string | null) => string | null;
  learned: (entityId: string) => LearnedRun | null;
}>;

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

/** Everything that could be allowed: what is known as a device, what was proposed, and every other switch of a person. */
export function setupDevices(input: SetupDevicesInput): SetupDeviceDto[] {
  const proposed = new Map(input.proposed.map((one) => [one.device.entityId, one]));
  const states = new Map(input.entities.map((state) => [state.entityId, state]));
  const registered = new Map(input.registry.map((entity) => [entity.entityId, entity]));
  const loads = new Map(input.options.loads.map((load) => [load.entity, load]));
  const sources = new Set(input.options.power_sources.map((source) => source.switch));
  const batteries = new Map(
    input.options.batteries.flatMap(({ id, charge_switch, hold_switch }) =>
      [charge_switch, hold_switch].map((entityId) => [entityId, id] as const),
    ),
  );
  const found = new Map<string, ControllableDevice>(input.devices.map((device) => [device.entityId, device]));
  for (const { device } of input.proposed)
    // What was proposed at the last look may have been renamed or removed since.
    if (!found.has(device.entityId) && states.has(device.entityId)) {
      const { shift: _, ...bare } = device;
      found.set(device.entityId, bare);
    }
  for (const state of input.entities)
    if (!found.has(state.entityId) && isSwitch(state, registered.get(state.entityId)))
      found.set(state.entityId, switchOf(state, registered.get(state.entityId)));

  return [...found.values()]
    .filter(({ entityId }) => !sources.has(entityId))
    .map((device): SetupDeviceDto => {
      const { entityId } = device;
      const proposal = proposed.get(entityId);
      const load = loads.get(entityId);
      const allowed = input.allowed.includes(entityId);
      const run = input.learned(entityId);
      const state = states.get(entityId)?.state;
      return {
        entity_id: entityId,
        name: device.name,
        kind: device.kind,
        area: input.areaName(device.areaId),
        dimmable: device.dimmable,
        available: state !== undefined && state !== "unavailable" && state !== "unknown",
        allowed,
        allowed_by: allowed ? (input.optionAllowed.has(entityId) ? "options" : "page") : null,
        battery: batteries.get(entityId) ?? null,
        confidence: proposal?.confidence ?? (isPi(registered.get(entityId)) ? 1 : 0.3),
        why: proposal?.why ?? whyOf(device, registered.get(entityId)),
        load: load ? loadDto(load) : null,
        load_origin: input.answeredLoads.has(entityId) ? "page" : load ? "options" : "default",
        proposal: proposalOf(device, proposal, run),
      };
    })
    .sort(
      (a, b) =>
        Number(b.allowed) - Number(a.allowed) ||
        Number(b.battery !== null) - Number(a.battery !== null) ||
        Number(a.kind === "light") - Number(b.kind === "light") ||
        b.confidence - a.confidence ||
        a.name.localeCompare(b.name),
    );
}

const loadDto = (load: Options["loads"][number]): SetupLoadDto => ({
  power_w: load.power_w,
  minutes: load.minutes,
  contiguous: load.contiguous,
  from: load.from,
  ready_by: load.to,
  days: weekdaysOf(load.days),
});

/** What was measured first, then what Home Assistant says, then what is usual for its kind. */
function proposalOf(
  device: ControllableDevice,
  proposal: ProposedDevice | undefined,
  run: LearnedRun | null,
): SetupDeviceDto["proposal"] {
  const [powerW, minutes, contiguous] = TYPICAL_RUN[device.kind];
  const shift = proposal?.device.shift ?? device.shift;
  const knownW = proposal?.device.maxW ?? device.maxW;
  return {
    power_w: Math.round(run?.powerW ?? (knownW > 0 ? knownW : powerW)),
    minutes: Math.min(1_440, Math.max(5, Math.round(run?.minutes ?? shift?.runMinutes ?? minutes))),
    contiguous: shift?.contiguous ?? contiguous,
    from: "00:00",
    ready_by: "23:59",
    days: EVERY_DAY,
    measured: run !== null,
  };
}

const isPi = (registered: RegistryEntity | undefined): boolean =>
  registered?.platform === "mqtt" && registered.uniqueId.startsWith("hypervolt/");

function whyOf(device: ControllableDevice, registered: RegistryEntity | undefined): SetupWhy {
  if (isPi(registered)) return "raspberry_pi";
  if (device.kind === "light") return device.dimmable ? "dimmable" : "switch";
  return device.kind === "switch" ? "switch" : "name";
}

/** A switch a person would call one: not a setting of a device, nor hidden, nor HyperVolt's own. */
const isSwitch = (state: EntityState, registered: RegistryEntity | undefined): boolean =>
  state.entityId.startsWith("switch.") &&
  registered?.disabled !== true &&
  registered?.hidden !== true &&
  (registered?.entityCategory ?? null) === null &&
  registered?.uniqueId.startsWith("hypervolt_") !== true;

function switchOf({ entityId, attributes }: EntityState, registered: RegistryEntity | undefined): ControllableDevice {
  const name = typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entityId;
  return {
    deviceId: entityId.replace(".", "_"),
    entityId,
    name,
    kind: kindOf(`${name} ${entityId}`),
    areaId: registered?.areaId ?? null,
    maxW: 0,
    dimmable: false,
  };
}
