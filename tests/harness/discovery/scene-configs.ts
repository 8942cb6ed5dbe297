import facts from "../../../src/sensing/discovery/home-assistant-facts.json" with { type: "json" };
import { BINARY_CLASSES, type Config, type Draw, type Json, KINDS, ODD_VALUES, TEMPLATES } from "./scene-parts.ts";

const SHORT = new Map(Object.entries(facts.abbreviations).map(([short, long]) => [long, short]));
const SHORT_DEVICE = new Map(Object.entries(facts.deviceAbbreviations).map(([short, long]) => [long, short]));

export function sensorConfig(draw: Draw, id: string, kinds = KINDS): Config {
  const kind = draw.one(kinds);
  const config: Config = { name: `Sensor ${id}`, unique_id: id, state_topic: `${id}/state` };
  if (draw.chance(0.8)) config["device_class"] = kind.deviceClass;
  if (draw.chance(0.85)) config["unit_of_measurement"] = draw.one(kind.units);
  if (draw.chance(0.4)) config["state_class"] = draw.one(kind.stateClasses);
  if (draw.chance(0.2)) config["suggested_display_precision"] = draw.whole(0, 3);
  if (draw.chance(0.15)) config["force_update"] = true;
  return config;
}

export function binaryConfig(draw: Draw, id: string): Config {
  const config: Config = { name: `Binary ${id}`, unique_id: id, state_topic: `${id}/state` };
  if (draw.chance(0.8)) config["device_class"] = draw.one(BINARY_CLASSES);
  const pair = draw.one([
    null,
    null,
    ["1", "0"],
    [1, 0],
    [true, false],
    ["true", "false"],
    ["on", "off"],
    ["True", "False"],
  ]);
  if (pair) [config["payload_on"], config["payload_off"]] = pair as [Json, Json];
  if (draw.chance(0.2)) config["off_delay"] = draw.one<Json>([0, 1, 3600, "1", null, -1]);
  return config;
}

export function device(draw: Draw, id: string): Config {
  const made: Config = { identifiers: draw.chance(0.5) ? [`dev_${id}`] : `dev_${id}` };
  if (draw.chance(0.8)) made["name"] = `Device ${id}`;
  if (draw.chance(0.3)) made["connections"] = [["mac", `mac ${id}`]];
  if (draw.chance(0.3)) made["manufacturer"] = "Acme";
  if (draw.chance(0.3)) made["suggested_area"] = `Area ${id}`;
  return made;
}

export function withAvailability(draw: Draw, id: string, config: Config): Config {
  const shape = draw.whole(0, 4);
  const made = { ...config };
  const texts = draw.one<Config>([
    {},
    {},
    { payload_available: "1", payload_not_available: "0" },
    { payload_available: true },
  ]);
  if (shape === 0) return { ...made, availability_topic: `${id}/avail0`, ...texts };
  const template = draw.one([
    "{{ value_json.state }}",
    "{{ value }}",
    "{{ 'online' if value_json.state == 'up' else 'offline' }}",
  ]);
  if (shape === 1) return { ...made, availability_topic: `${id}/avail0`, availability_template: template };
  const entry = (i: number): Config => ({
    topic: `${id}/avail${i}`,
    ...(draw.chance(0.3) && texts),
    ...(draw.chance(0.3) && { value_template: template }),
  });
  made["availability"] = shape === 2 ? entry(0) : [entry(0), entry(1), ...(shape === 4 ? [entry(2)] : [])];
  if (draw.chance(0.75)) made["availability_mode"] = draw.one(["all", "any", "latest"]);
  return made;
}

export function shortened(draw: Draw, config: Config, share: number): Config {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const inner =
        key === "device" && value !== null && typeof value === "object" && !Array.isArray(value)
          ? Object.fromEntries(
              Object.entries(value).map(([k, v]) => [draw.chance(share) ? (SHORT_DEVICE.get(k) ?? k) : k, v as Json]),
            )
          : value;
      return [draw.chance(share) ? (SHORT.get(key) ?? key) : key, inner];
    }),
  );
}

export function withBase(draw: Draw, id: string, config: Config): Config {
  const base = draw.one([id, `${id}/`, `${id}/deep/er`]);
  const made: Config = { "~": base };
  for (const [key, value] of Object.entries(config)) {
    const topical = typeof value === "string" && value.startsWith(id) && /topic|_t$/.test(key);
    made[key] = topical && draw.chance(0.8) ? draw.one([`~${value.slice(id.length)}`, `~/x`, `x/~`, "~"]) : value;
  }
  return made;
}

const OPTIONS = [
  ..."name unique_id state_topic device_class unit_of_measurement state_class value_template expire_after force_update".split(
    " ",
  ),
  ..."suggested_display_precision options availability availability_topic availability_mode availability_template qos".split(
    " ",
  ),
  ..."payload_available payload_not_available enabled_by_default entity_category icon entity_picture encoding object_id".split(
    " ",
  ),
  ..."json_attributes_topic json_attributes_template default_entity_id device origin last_reset_value_template".split(
    " ",
  ),
  ..."payload_on payload_off off_delay message_expiry_interval visible_by_default unknown_key platform group ~".split(
    " ",
  ),
];

/** One option changed, dropped, or given a value it should not have. Ids keep the scene's own. */
export function mutated(draw: Draw, id: string, config: Config): Config {
  const made = { ...config };
  const key = draw.one(OPTIONS);
  if (draw.chance(0.3)) {
    if (key !== "name" || made["unique_id"] !== undefined) delete made[key];
    return made;
  }
  const own: Readonly<Record<string, readonly Json[]>> = {
    name: [null, `Name ${id}`, `${id} é`, 5],
    unique_id: [`u${id}`, id],
    state_topic: [`${id}/+`, `${id}/#`, `${id}/other`, `${id}/`, ""],
    device_class: [
      "Power",
      "TEMPERATURE",
      "None",
      "enum",
      "timestamp",
      "date",
      "duration",
      "aqi",
      "nothing",
      "",
      null,
      "uptime",
    ],
    unit_of_measurement: [
      "lux",
      "C",
      "ºC",
      "w",
      "kwh",
      "Watt",
      "\u00b5A",
      "\u00b5V",
      " W ",
      "",
      " ",
      null,
      "%",
      "PPM",
      "°F",
      "VA",
      5,
    ],
    state_class: ["measurement", "total", "total_increasing", "Measurement", "none", null, "measurement_angle", ""],
    value_template: [...TEMPLATES],
    expire_after: [1, 3600, 0, "3600", null, -1, 1.5, true],
    options: [["a", "b"], [], "5", ["5", "12.5", "ON"], [5], null],
    device: [
      device(draw, id),
      {},
      null,
      { identifiers: [] },
      { name: `Device ${id}` },
      { identifiers: id, foo: 1 },
      "x",
      { identifiers: 5 },
    ],
    origin: [
      { name: "x" },
      {},
      null,
      { name: "x", foo: 1 },
      { name: "x", sw: "1", url: "http://x.example/y" },
      { name: null },
      { name: 5, url: "nourl" },
    ],
    enabled_by_default: [false, true, "false", "no", 0, null, "x"],
    entity_category: ["diagnostic", "config", "x", null, "Diagnostic"],
    icon: ["mdi:flash", "flash", null, 5, "hue:bulb"],
    encoding: ["utf-8", "", "latin-1", "nothing", "ascii", "utf-16", null, 5],
    qos: [0, 1, 2, "1", 3, true, null, 1.5],
    availability: [
      null,
      [],
      {},
      [{ topic: `${id}/avail0` }],
      [{}],
      "x",
      [{ topic: "" }],
      [{ t: `${id}/avail0`, foo: 1 }],
    ],
    availability_mode: ["all", "any", "latest", "ALL", null, "none"],
    availability_topic: [`${id}/avail0`, `${id}/+`, "", null, 5],
    json_attributes_topic: [`${id}/attributes`, "", null, 5],
    default_entity_id: [`sensor.${id}`, id, "", null, `light.${id}`],
    "~": [id, 5, null, true, ""],
    message_expiry_interval: [60, { minutes: 5 }, "x", null, -1, { foo: 1 }, {}],
    platform: ["sensor", "mqtt", null],
  };
  const choice = own[key];
  made[key] = choice && draw.chance(0.75) ? draw.one(choice) : draw.one(ODD_VALUES);
  if (key === "name" && made["unique_id"] === undefined) made["name"] = `Name ${id}`;
  if (key === "unique_id" && typeof made[key] === "string") made[key] = `${String(made[key])}${id}`;
  else if (key === "unique_id" && typeof made[key] === "number") made[key] = Number(id.replace(/\D/g, "")) * 10 + 1;
  return made;
}

export function withTemplate(draw: Draw, config: Config): Config {
  return { ...config, value_template: draw.one(TEMPLATES) };
}
