import fc from "fast-check";
import { expect, it } from "vitest";
import { Payload, Template, TemplateFault } from "./template.ts";

const WORLD = { nowMs: () => 1_790_000_000_000, zoneOffsetMinutes: () => 60 };

function outcomeOf(source: string, payload: string): string {
  try {
    return `= ${new Template(source).render(new Payload(payload), new Map(), WORLD)}`;
  } catch (error) {
    if (error instanceof TemplateFault) return `${error.kind}: ${error.message}`;
    throw error;
  }
}

const KEYS = ["p", "q", "a b", "items", "update", "get", "values", "__class__", "keys", "0", "é"];
const leaf = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(null, true, false, "", " 5 ", "12.5", "abc", "None", "1_000", "\u001f7", "é", "ON", "-0.0"),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { weight: 4, arbitrary: leaf },
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie("any"), { maxKeys: 4 }),
  ),
})).any;
const payload = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.dictionary(fc.constantFrom(...KEYS), value, { minKeys: 1 }).map((it) => JSON.stringify(it)),
  },
  value.map((it) => JSON.stringify(it)),
  fc.constantFrom(
    "",
    "x",
    "12.5",
    '{"p":1.0}',
    '{"p":1e400}',
    '{"p":"\\ud800"}',
    '{"p":1,"p":-0.0}',
    " 7 ",
    '{"p":1E2}',
  ),
);
const step = fc.oneof(
  fc.constantFrom(...KEYS.filter((key) => /^[a-z_]+$/.test(key))).map((key) => `.${key}`),
  fc.constantFrom(...KEYS).map((key) => `['${key}']`),
  fc.constantFrom("[0]", "[1]", "[-1]", "['zz']", ".zz"),
);
const filter = fc.constantFrom(
  ..."float float(0) float(default=1) int int(0) int(base=16) round round(1) round(2,'floor') default default(0) default(3,true)".split(
    " ",
  ),
  ..."abs string lower upper trim length is_defined multiply(2) tojson from_json bool bool(false) list first timestamp_custom('%H')".split(
    " ",
  ),
  ..."iif('a','b') join(',') max min sum sort replace('.',',') regex_replace('[0-9]','') unpack('B') as_datetime".split(
    " ",
  ),
);

it("gives by the short way what the interpreter gives, for any payload, path and filters", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("value_json", "value_json", "value_json", "value"),
      fc.array(step, { maxLength: 3 }),
      fc.array(filter, { maxLength: 3 }),
      payload,
      (name, steps, filters, sent) => {
        const expression = [name + steps.join(""), ...filters].join(" | ");
        // A second statement, that writes nothing, is not for the short way.
        expect(outcomeOf(`{{ ${expression} }}`, sent)).toBe(
          outcomeOf(`{% if true %}{% endif %}{{ ${expression} }}`, sent),
        );
      },
    ),
    { seed: 20_261_121, numRuns: 4_000 },
  );
});
