import { APPLIANCES, BATTERY, PV_KWP, ROOMS } from "./house/blueprint.ts";

const switchOf = (location: string, device: string): string => `switch.hypervolt_${location}_${device}`;
const RELAY = { charge: switchOf("garage", "battery_grid_charge"), hold: switchOf("garage", "battery_hold") };

/** The options a user of the demo house would have set: everything allowed, the battery and the appliances described. */
export const demoOptions = (
  mqttUrl: string,
  home: Readonly<{ url: string; token: string }>,
): Record<string, unknown> => ({
  mqtt_url: mqttUrl,
  home_assistant_url: home.url,
  home_assistant_token: home.token,
  redis_url: "memory",
  history_url: "memory",
  mode: "auto",
  pv_kwp: PV_KWP,
  carbon_price_per_kg: 0.15,
  light_target_lx: 300,
  light_floor_pct: 10,
  allowed_entities: [
    ...ROOMS.flatMap(({ location, lights }) => lights.map(({ device }) => `light.hypervolt_${location}_${device}`)),
    ...APPLIANCES.map(({ location, device }) => switchOf(location, device)),
    RELAY.charge,
    RELAY.hold,
  ],
  loads: APPLIANCES.map(({ location, device, name, powerW, minutes, window: [from, to] }) => ({
    entity: switchOf(location, device),
    name,
    power_w: powerW,
    minutes,
    from,
    to,
  })),
  batteries: [
    {
      id: BATTERY.id,
      capacity_wh: BATTERY.capacityWh,
      max_charge_w: BATTERY.maxChargeW,
      max_discharge_w: BATTERY.maxDischargeW,
      efficiency: BATTERY.efficiency ** 2,
      min_soc: BATTERY.minSoc,
      wear_per_kwh: 0.02,
      charge_switch: RELAY.charge,
      hold_switch: RELAY.hold,
    },
  ],
  // What the meters are; real publishers with sound names and classes need none of this.
  sensors: [],
});
