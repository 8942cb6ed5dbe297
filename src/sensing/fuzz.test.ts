import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Zone } from "../domain/civil-time.ts";
import { readNative } from "./native/native-reading.ts";
import { PacketReader } from "./mqtt/packet-reader.ts";
import { parseJson } from "./template/strict-json.ts";
import { Payload, Template, TemplateFault, TemplateSyntaxFault } from "./template/template.ts";
import { createSensing } from "./sensing.ts";
import { fakeBroker, handClock, silentLog } from "./testing.ts";

/** Many in CI; few enough here to stay quick. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 300);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20261121);
const WORLD = { nowMs: () => 1_790_000_000_000, zoneOffsetMinutes: () => 60 };
const ZONE = new Zone("Europe/Berlin");
const options = (share: number) => ({ numRuns: Math.max(1, Math.round(RUNS * share)), seed: SEED });

const names = fc.constantFrom(
  "value",
  "value_json",
  "value_json.a",
  "value_json['__proto__']",
  "value_json.constructor",
  "value_json.__class__.__mro__",
  "value_json.toString",
  "this.state",
  "x",
  "loop",
  "namespace(a=1)",
  "range(9)",
  "[3,1,2]",
  "{'a': 1}",
  "none",
  "true",
  "1e308",
  "10**9",
  "'abc'",
  "now()",
  "float",
);
const filters = fc.constantFrom(
  "float(0)",
  "int(0)",
  "round(2)",
  "default(1)",
  "list",
  "sort",
  "sum",
  "join('-')",
  "map('upper')",
  "select('odd')",
  "tojson",
  "to_json",
  "regex_replace('(a|a)*b', 'x')",
  "regex_findall('(.*)*$')",
  "regex_search('(a+)+$')",
  "replace('a', 'aaaaaaaaaa')",
  "center(99999)",
  "length",
  "upper",
  "first",
  "items",
  "batch(3)",
  "format('%999d')",
  "multiply(2)",
  "is_defined",
  "combine({'b': 2})",
  "from_json",
  "groupby('a')",
  "attr('constructor')",
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    names,
    fc.tuple(tie("expression"), filters).map(([of, filter]) => `(${of}) | ${filter}`),
    fc
      .tuple(
        tie("expression"),
        fc.constantFrom("+", "-", "*", "/", "//", "%", "**", "~", "==", "<", "in", "and"),
        tie("expression"),
      )
      .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `(${a})[${b}]`),
    fc
      .tuple(tie("expression"), fc.constantFrom("a", "items", "constructor", "prototype", "__proto__", "call", "get"))
      .map(([a, name]) => `(${a}).${name}`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `(${a})(${b})`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `${a} if ${b} else ${a}`),
  ),
}));
const template = fc.oneof(
  expression.map((one) => `{{ ${one} }}`),
  fc
    .tuple(expression, expression)
    .map(([a, b]) => `{% for i in ${a} %}{% for j in ${b} %}{{ i ~ j }}{% endfor %}{% endfor %}`),
  expression.map((one) => `{% macro m(a) %}{{ m(a) }}{% endmacro %}{{ m(${one}) }}`),
  expression.map(
    (one) =>
      `{% set ns = namespace(t='a') %}{% for i in range(99999) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ${one} }}`,
  ),
  fc.string({
    unit: fc.constantFrom(
      "{{",
      "}}",
      "{%",
      "%}",
      "{#",
      "#}",
      " ",
      "if",
      "for",
      "in",
      "a",
      "'",
      '"',
      "(",
      ")",
      "[",
      "|",
      ".",
      "-",
      "1",
      "\\",
    ),
  }),
);

const json = fc.oneof(
  fc.json(),
  fc.string({
    unit: fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      ":",
      ",",
      "1",
      "e",
      "-",
      ".",
      "\\",
      "u",
      "d800",
      "null",
      "__proto__",
      " ",
    ),
  }),
);

it("renders any template to text or a fault, in bounded time, and reaches nothing of the process", () => {
  fc.assert(
    fc.property(template, json, (source, payload) => {
      let text: string | undefined;
      try {
        text = new Template(source).render(new Payload(payload), new Map(), WORLD);
      } catch (error) {
        if (!(error instanceof TemplateFault) && !(error instanceof TemplateSyntaxFault)) throw error;
      }
      expect(text ?? "").not.toMatch(/native code|\[object |function \(/);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    options(0.4),
  );
}, 600_000);

it("takes as JSON only what JavaScript takes, and gives no prototype to walk", () => {
  fc.assert(
    fc.property(json, (text) => {
      const parsed = parseJson(text);
      if (parsed === undefined) return;
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }),
    options(0.2),
  );
}, 600_000);

const option = fc.constantFrom(
  "name",
  "stat_t",
  "state_topic",
  "uniq_id",
  "unique_id",
  "~",
  "avty",
  "avty_t",
  "avty_mode",
  "dev",
  "device",
  "o",
  "cmps",
  "cdevs",
  "dev_cla",
  "unit_of_meas",
  "val_tpl",
  "exp_aft",
  "off_dly",
  "p",
  "migr_discvry",
  "__proto__",
  "constructor",
  "e",
  "qos",
  "opts",
);
const { config } = fc.letrec<{ config: unknown }>((tie) => ({
  config: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      "t/state",
      "a",
      "sensor",
      "W",
      "power",
      "{{ value_json.x }}",
      "{{",
      "",
      null,
      true,
      1,
      -1,
      1.5,
      "~",
      "~/x",
      "+/#",
    ),
    fc.dictionary(option, tie("config")),
    fc.array(tie("config"), { maxLength: 4 }),
  ),
}));
const message = fc.record({
  topic: fc.constantFrom(
    "homeassistant/sensor/a/config",
    "homeassistant/sensor/n/a/config",
    "homeassistant/binary_sensor/a/config",
    "homeassistant/device/a/config",
    "homeassistant/device/n/a/config",
    "homeassistant/light/a/config",
    "homeassistant/sensor/__proto__/config",
    "t/state",
    "a",
    "HyperVolt/sensors/room/ldr",
    "HyperVolt/devices/room/lamp",
  ),
  payload: fc.oneof(
    config.map((one) => JSON.stringify(one)),
    json,
    fc.constant(""),
  ),
});

it("survives any discovery payload, state and announcement, keeping its tables small and its log quiet", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const broker = fakeBroker();
      const clock = handClock();
      const { log, lines } = silentLog();
      const sensing = createSensing({
        broker,
        clock,
        log,
        timezone: "Europe/Berlin",
        onReading: ({ value }) => expect(Number.isFinite(value)).toBe(true),
      });
      for (const { topic, payload } of messages) broker.deliver(topic, payload);
      clock.advance(10_000);
      for (const { sensor, value, available } of sensing.sensors()) {
        expect(sensor.sensorId).toMatch(/./);
        if (!available) expect(value).toBeNull();
      }
      expect(sensing.sensors().length).toBeLessThan(30);
      expect(lines().length).toBeLessThan(20);
      sensing.close();
      expect(broker.subscriptions()).toBe(0);
      expect(({} as Record<string, unknown>)["name"]).toBeUndefined();
    }),
    options(0.1),
  );
}, 600_000);

it("reads or refuses any native message", () => {
  const field = fc.constantFrom(
    "sensor_type",
    "sensor_id",
    "value",
    "unit",
    "location",
    "timestamp",
    "samples",
    "__proto__",
  );
  const value = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.double()),
    fc.date().map(String),
  );
  fc.assert(
    fc.property(fc.dictionary(field, value), fc.webPath(), (body, place) => {
      const payload = Buffer.from(JSON.stringify({ sensor_id: "a", value: 1, ...body }));
      const outcome = readNative(`HyperVolt/sensors${place}`, payload, WORLD.nowMs(), ZONE);
      if (outcome.kind === "refused") expect(outcome.detail).not.toBe("");
      else for (const one of [outcome.value].flat()) expect(Number.isFinite(one)).toBe(true);
    }),
    options(0.2),
  );
}, 600_000);

it("cuts any bytes into packets or gives up, however they are split", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (chunks) => {
      const read = (parts: readonly Uint8Array[]): string[] => {
        const seen: string[] = [];
        const reader = new PacketReader(
          {
            publish: ({ topic, payload, qos }) => seen.push(`${topic} ${payload.length} ${qos}`),
            other: (type, body) => seen.push(`${type} ${body.length}`),
          },
          100_000,
        );
        try {
          for (const part of parts) reader.push(Buffer.from(part));
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
        return seen;
      };
      const whole = read([Buffer.concat(chunks)]);
      expect(read(chunks)).toEqual(whole);
    }),
    options(0.1),
  );
}, 600_000);
