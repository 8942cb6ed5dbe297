import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJson } from "../../src/sensing/template/strict-json.ts";
import { Payload, Template, TemplateFault, TemplateSyntaxFault } from "../../src/sensing/template/template.ts";
import { type FuzzRun, timely } from "./fuzz-run.ts";

const WORLD = { nowMs: () => 1_790_000_000_000, zoneOffsetMinutes: () => 60 };

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

/** Text that is JSON, or nearly. */
export const json = fc.oneof(
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

/** Any template and payload gives text or a fault, in bounded time, and reaches nothing of the process. */
export const fuzzTemplates: FuzzRun = (numRuns, seed) =>
  fc.assert(
    fc.property(
      template,
      json,
      timely((source, payload) => {
        let text: string | undefined;
        try {
          text = new Template(source).render(new Payload(payload), new Map(), WORLD);
        } catch (error) {
          if (!(error instanceof TemplateFault) && !(error instanceof TemplateSyntaxFault)) throw error;
        }
        assert.doesNotMatch(text ?? "", /native code|\[object |function \(/);
      }),
    ),
    { numRuns, seed },
  );

/** What is taken as JSON is what JavaScript takes, too. */
export const fuzzJson: FuzzRun = (numRuns, seed) =>
  fc.assert(
    fc.property(
      json,
      timely((text) => {
        if (parseJson(text) !== undefined) JSON.parse(text);
      }),
    ),
    { numRuns, seed },
  );
