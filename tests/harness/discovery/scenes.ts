import type { Scene, Step } from "../discovery-scenes.ts";
import { devicePayload } from "./device-payloads.ts";
import {
  binaryConfig,
  device,
  mutated,
  sensorConfig,
  shortened,
  withAvailability,
  withBase,
  withTemplate,
} from "./scene-configs.ts";
import { type Config, CONVERTED_KINDS, Draw, JSON_PAYLOADS, KINDS, ODD_PAYLOADS, RAW_VALUES } from "./scene-parts.ts";

/** One scene under its own topics and ids, all with `id` in them. */
class Writer {
  readonly steps: Step[] = [];
  readonly draw: Draw;
  readonly id: string;

  constructor(id: string, draw: Draw) {
    this.id = id;
    this.draw = draw;
  }
  publish(topic: string, payload: string | Config, retain = false, qos: 0 | 1 = this.draw.one([0, 1])): void {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    this.steps.push({ publish: { topic, payload: text, retain, qos } });
  }
  bytes(topic: string, bytes: readonly number[]): void {
    const base64 = Buffer.from(bytes).toString("base64");
    this.steps.push({ publish: { topic, payload_base64: base64, retain: false, qos: 0 } });
  }
  settle(): void {
    this.steps.push({ wait: "settle" });
  }
  /** A state message, mostly while the entity listens, sometimes retained. */
  state(payload: string, topic = `${this.id}/state`): void {
    this.publish(topic, payload, this.draw.chance(0.15));
    this.settle();
  }
}

const configTopic = (component: string, id: string): string => `homeassistant/${component}/${id}/config`;

const AVAILABILITY_PAYLOADS = [
  "online",
  "offline",
  "1",
  "0",
  "True",
  '{"state":"online"}',
  '{"state":"offline"}',
  '{"state":"up"}',
  '{"state":"down"}',
  "",
  "Online",
  "junk",
  '{"x":1}',
];

const payloadFor = (draw: Draw): string =>
  draw.one([draw.one(JSON_PAYLOADS), draw.one(JSON_PAYLOADS), draw.one(ODD_PAYLOADS), draw.one(RAW_VALUES)]);

type Family = (write: Writer, draw: Draw, id: string) => void;

const value: Family = (write, draw, id) => {
  write.publish(configTopic("sensor", id), sensorConfig(draw, id, [...KINDS, ...CONVERTED_KINDS]), true);
  write.settle();
  for (let i = draw.whole(1, 4); i > 0; i--) write.state(draw.one(RAW_VALUES));
};

const template: Family = (write, draw, id) => {
  const binary = draw.chance(0.25);
  const config = withTemplate(draw, binary ? binaryConfig(draw, id) : sensorConfig(draw, id));
  write.publish(configTopic(binary ? "binary_sensor" : "sensor", id), config, true);
  write.settle();
  for (let i = draw.whole(1, 4); i > 0; i--) write.state(payloadFor(draw));
};

const binary: Family = (write, draw, id) => {
  const config = draw.chance(0.5) ? binaryConfig(draw, id) : withTemplate(draw, binaryConfig(draw, id));
  write.publish(configTopic("binary_sensor", id), config, true);
  write.settle();
  const words = [
    "ON",
    "OFF",
    "on",
    "1",
    "0",
    "true",
    "false",
    "True",
    "None",
    "",
    " ON ",
    "ON\n",
    '{"p":1}',
    '{"p":1.0}',
    '{"p":true}',
    '{"p":"ON"}',
    '{"p":null}',
    '{"p":0}',
  ];
  for (let i = draw.whole(1, 4); i > 0; i--) write.state(draw.one(words));
};

const config: Family = (write, draw, id) => {
  const component = draw.chance(0.2) ? "binary_sensor" : "sensor";
  let made = component === "sensor" ? sensorConfig(draw, id) : binaryConfig(draw, id);
  if (draw.chance(0.3)) made = withTemplate(draw, made);
  if (draw.chance(0.3)) made["device"] = device(draw, id);
  if (draw.chance(0.2)) made["origin"] = { name: "test" };
  for (let i = draw.whole(0, 3); i > 0; i--) made = mutated(draw, id, made);
  if (draw.chance(0.4)) made = withBase(draw, id, made);
  if (draw.chance(0.5)) made = shortened(draw, made, 0.6);
  const node = draw.one(["", "", `node_${id}/`, `no-de${id}/`, `bad node${id}/`, `ü${id}/`]);
  write.publish(`homeassistant/${component}/${node}${id}/config`, made, true);
  write.settle();
  for (const topic of ["state", "x", "deep/er/state", "other", "deep/er/x"])
    write.publish(`${id}/${topic}`, draw.one([payloadFor(draw), "12.5", "ON"]));
  write.publish(`x/${id}`, "13.5");
  write.publish(id, "14.5");
  write.settle();
  if (draw.chance(0.3)) write.publish(`${id}/avail0`, "online");
  write.settle();
};

const availability: Family = (write, draw, id) => {
  const component = draw.chance(0.8) ? "sensor" : "binary_sensor";
  let made = withAvailability(draw, id, component === "sensor" ? sensorConfig(draw, id) : binaryConfig(draw, id));
  if (draw.chance(0.2)) made["expire_after"] = draw.one([1, 3600]);
  if (draw.chance(0.3)) made = withBase(draw, id, made);
  if (draw.chance(0.3)) made = shortened(draw, made, 0.6);
  if (draw.chance(0.3)) write.publish(`${id}/avail0`, "online", true);
  write.publish(configTopic(component, id), made, true);
  write.settle();
  for (let i = draw.whole(2, 6); i > 0; i--) {
    if (draw.chance(0.65))
      write.publish(
        `${id}/avail${draw.whole(0, 2)}`,
        draw.one([...AVAILABILITY_PAYLOADS, "online", "online", "offline"]),
        draw.chance(0.2),
      );
    else write.publish(`${id}/state`, draw.one(["5", "junk", "7.5", "None", "ON", "OFF", ""]), draw.chance(0.2));
    write.settle();
  }
};

const life: Family = (write, draw, id) => {
  const component = draw.chance(0.75) ? "sensor" : "binary_sensor";
  const fresh = (of: string): Config => (component === "sensor" ? sensorConfig(draw, of) : binaryConfig(draw, of));
  let made: Config = draw.chance(0.4) ? withTemplate(draw, fresh(id)) : fresh(id);
  if (draw.chance(0.3)) made["device"] = device(draw, id);
  const topics = [
    configTopic(component, id),
    configTopic(component, `b${id}`),
    `homeassistant/${component}/n${id}/o/config`,
  ];
  write.publish(topics[0] ?? "", made, draw.chance(0.9));
  write.settle();
  for (let i = draw.whole(2, 6); i > 0; i--) {
    const act = draw.whole(0, 9);
    if (act <= 2) write.publish(`${id}/state`, draw.one([payloadFor(draw), "5", "ON", "7.25"]), draw.chance(0.2));
    else if (act <= 5) {
      made = draw.chance(0.15) ? fresh(id) : mutated(draw, id, made);
      write.publish(topics[0] ?? "", made, true);
    } else if (act === 6) write.publish(draw.one(topics), "", true);
    else if (act === 7) write.publish(draw.one(topics), made, true);
    else if (act === 8)
      write.publish(
        topics[0] ?? "",
        draw.one([
          "{",
          "[]",
          "null",
          "5",
          '"x"',
          "{}",
          '{"migrate_discovery":true}',
          '{"migr_discvry":1}',
          '{"migrate_discovery":true,"x":1}',
        ]),
      );
    else {
      const other = draw.chance(0.5) ? "binary_sensor" : "sensor";
      write.publish(configTopic(other, id), { ...made, name: `Other ${id}` }, true);
    }
    write.settle();
  }
};

const deviceForm: Family = (write, draw, id) => {
  const keys = ["a", "b", "c"].slice(0, draw.whole(1, 3));
  const topic = `homeassistant/device/${draw.chance(0.25) ? `node${id}/` : ""}${id}/config`;
  write.publish(topic, devicePayload(draw, id, keys), true);
  write.settle();
  for (let i = draw.whole(1, 5); i > 0; i--) {
    const act = draw.whole(0, 9);
    if (act <= 4) {
      write.publish(`${id}/state`, draw.one([payloadFor(draw), "5", "ON", "7.25"]), draw.chance(0.2));
      for (const key of keys)
        if (draw.chance(0.5)) write.publish(`${id}${key}/state`, draw.one([payloadFor(draw), "6"]));
    } else if (act === 5) write.publish(`${id}/avail${draw.whole(0, 2)}`, draw.one(AVAILABILITY_PAYLOADS));
    else if (act === 6) write.publish(topic, devicePayload(draw, id, draw.some(["a", "b", "c", "d"], 0.6)), true);
    else if (act === 7) {
      const left = devicePayload(draw, id, draw.some(keys, 0.5));
      const key = draw.one(keys);
      const gone = { [key]: { p: draw.chance(0.8) === (key === "b") ? "binary_sensor" : "sensor" } };
      const slot = "cmps" in left ? "cmps" : "components";
      write.publish(topic, { ...left, [slot]: { ...(left[slot] as Config), ...gone } }, true);
    } else if (act === 8) write.publish(topic, "", true);
    else write.publish(topic, draw.one(["{}", "{", '{"migrate_discovery":true}', "[]"]));
    write.settle();
  }
};

/** From single topics to a device topic and back, in good order and in bad. */
const migrate: Family = (write, draw, id) => {
  const keys = ["a", "b"].slice(0, draw.whole(1, 2));
  const dev = device(draw, id);
  const single = (key: string): Config => ({
    ...sensorConfig(draw, `${id}${key}`),
    device: dev,
    origin: { name: "test" },
  });
  const configs = new Map(keys.map((key) => [key, single(key)]));
  const deviceTopic = `homeassistant/device/${id}/config`;
  const topicOf = (key: string): string =>
    draw.chance(0.8) ? `homeassistant/sensor/${id}/${key}/config` : configTopic("sensor", `${id}${key}`);
  const topics = new Map(keys.map((key) => [key, topicOf(key)]));
  for (const [key, made] of configs) write.publish(topics.get(key) ?? "", made, true);
  write.settle();
  for (const key of keys) write.publish(`${id}${key}/state`, "3.5");
  write.settle();
  const components = (): Config =>
    Object.fromEntries(
      [...configs].map(([key, { device: _device, origin: _origin, ...rest }]) => [key, { p: "sensor", ...rest }]),
    );
  const acts: (() => void)[] = [
    () => {
      for (const topic of topics.values())
        write.publish(topic, draw.one(['{"migrate_discovery":true}', '{"migr_discvry":true}']), true);
    },
    () => write.publish(deviceTopic, { dev, o: { name: "test" }, cmps: components() }, true),
    () => {
      for (const topic of topics.values()) write.publish(topic, "", true);
    },
    () => {
      for (const key of keys) write.publish(`${id}${key}/state`, draw.one(["8.5", "9"]));
    },
    () => write.publish(deviceTopic, '{"migrate_discovery":true}', true),
    () => {
      for (const [key, made] of configs) write.publish(topics.get(key) ?? "", made, true);
    },
    () => write.publish(deviceTopic, "", true),
  ];
  const order = draw.chance(0.5) ? acts : Array.from({ length: 6 }, () => draw.one(acts));
  for (const act of order.slice(0, draw.whole(2, order.length))) {
    act();
    write.settle();
  }
};

const bytes: Family = (write, draw, id) => {
  const encoding = draw.one(["", "utf-8", "latin-1", "ascii", "utf-16", "cp1252"]);
  const made = { ...sensorConfig(draw, id), encoding };
  const template = draw.one([
    "{{ value | unpack('>h') }}",
    "{{ value | unpack('B', 1) / 10 }}",
    "{{ value[0] }}",
    "{{ value }}",
    "{{ value_json.p }}",
  ]);
  write.publish(configTopic("sensor", id), draw.chance(0.7) ? { ...made, value_template: template } : made, true);
  write.settle();
  for (let i = draw.whole(1, 3); i > 0; i--) {
    write.bytes(
      `${id}/state`,
      draw.one([
        [0, 42],
        [255, 254],
        [0x31, 0x32],
        [0xc3, 0xa9],
        [0xe9],
        [0xff, 0xfe, 0x35, 0],
        [...Buffer.from('{"p":5}')],
      ]),
    );
    write.settle();
  }
};

const FAMILIES: Readonly<Record<string, Family>> = {
  value,
  template,
  binary,
  config,
  availability,
  life,
  device: deviceForm,
  migrate,
  bytes,
};

/** `count` scenes from a seed, every family in turn. */
export function drawScenes(seed: number, count: number, families = Object.keys(FAMILIES)): Scene[] {
  return Array.from({ length: count }, (_, i) => {
    const family = families[i % families.length] ?? "value";
    const id = `z${seed.toString(36)}n${i}z`;
    const draw = new Draw(seed * 10_007 + i);
    const write = new Writer(id, draw);
    FAMILIES[family]?.(write, draw, id);
    return { id, about: family, steps: write.steps, expected: [] };
  });
}
