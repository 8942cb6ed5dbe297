import {
  binaryConfig,
  device,
  mutated,
  sensorConfig,
  shortened,
  withAvailability,
  withTemplate,
} from "./scene-configs.ts";
import type { Config, Draw, Json } from "./scene-parts.ts";

/** A payload for a device topic, with some of the ways to get it wrong. */
export function devicePayload(draw: Draw, id: string, keys: readonly string[]): Config {
  const components: Config = {};
  for (const key of keys) {
    // One key, one platform: what an empty message then removes is chance in Home Assistant.
    const platform = key === "b" ? "binary_sensor" : "sensor";
    let made = platform === "sensor" ? sensorConfig(draw, `${id}${key}`) : binaryConfig(draw, `${id}${key}`);
    if (draw.chance(0.4)) made = withTemplate(draw, made);
    if (draw.chance(0.6)) delete made["state_topic"];
    if (draw.chance(0.25)) made = mutated(draw, `${id}${key}`, made);
    if (draw.chance(0.15)) made = withAvailability(draw, id, made);
    if (draw.chance(0.2)) made["~"] = id;
    made[draw.one(["p", "platform"])] = platform;
    components[key] = draw.chance(0.4) ? shortened(draw, made, 0.6) : made;
  }
  if (draw.chance(0.3)) components["o"] = otherComponent(draw, id);
  let root: Config = { device: device(draw, id), origin: { name: "test" }, components };
  if (draw.chance(0.7)) root["state_topic"] = draw.one([`${id}/state`, "~/state"]);
  if (draw.chance(0.3)) root = withAvailability(draw, id, root);
  if (draw.chance(0.1)) root["encoding"] = draw.one(["utf-8", "latin-1", ""]);
  if (draw.chance(0.1)) root["qos"] = draw.one<Json>([0, 1, 2, "1"]);
  if (draw.chance(0.2)) root["child_devices"] = childDevices(draw, id);
  if (draw.chance(0.12))
    root[draw.one(["~", "value_template", "expire_after", "foo", "device_class", "command_topic"])] = "x";
  if (draw.chance(0.08)) delete root[draw.one(["device", "origin", "components"])];
  return draw.chance(0.4) ? shortened(draw, root, 0.6) : root;
}

/** A component that is no sensor, or none at all: whether it is well made decides over the others. */
function otherComponent(draw: Draw, id: string): Config {
  const made: Config = {
    p: draw.one<Json>(["switch", "light", "button", "number", "text", "event", "tag", "nothing", "", 5]),
  };
  if (draw.chance(0.7)) made["unique_id"] = `${id}o`;
  if (draw.chance(0.7)) made["command_topic"] = `${id}/set`;
  if (draw.chance(0.5)) made["name"] = `Other ${id}`;
  return made;
}

function childDevices(draw: Draw, id: string): Json {
  const child = (n: number): Config => {
    const part: Config = { ...sensorConfig(draw, `${id}k${n}`), p: "sensor" };
    if (draw.chance(0.5)) delete part["state_topic"];
    const identifiers = draw.chance(0.9) ? `child${n}_${id}` : `dev_${id}`;
    const components = { [draw.chance(0.9) ? `k${n}` : "a"]: part };
    const made: Config = draw.chance(0.7) ? { identifiers, components } : { ids: identifiers, cmps: components };
    if (draw.chance(0.8)) made["name"] = `Child ${n} ${id}`;
    if (draw.chance(0.1)) made[draw.one(["manufacturer", "foo", "components"])] = "x";
    return made;
  };
  if (draw.chance(0.1)) return draw.one<Json>([[], null, child(0), "x"]);
  return draw.chance(0.4) ? [child(0), child(1)] : [child(0)];
}
