import { Draw } from "./scene-parts.ts";

/** What the drawn templates look at: one of each kind of value a payload brings. */
export const PAYLOAD = JSON.stringify({
  p: 12.5,
  i: 7,
  neg: -7,
  zero: 0,
  one: 1.0,
  half: 2.5,
  x: 2.675,
  big: 1234567890123456,
  n: null,
  t: true,
  f: false,
  s: "abc",
  num: "42.5",
  whole: "17",
  e: "",
  sp: "  x y  z ",
  hex: "0x1F",
  date: "2024-05-01T12:30:00Z",
  local: "2024-05-01 12:30:00",
  day: "2024-05-01",
  ts: 1_714_566_600,
  l: [3, 1, 2],
  lf: [1.5, 2.5, 0.1],
  words: ["b", "A", "c", "a"],
  mix: [1, "a", null, true, 2.5],
  d: { a: 1, b: { c: 2 }, items: 5, "k k": "v" },
  list: [
    { n: "a", v: 1 },
    { n: "B", v: 3.5 },
    { n: "c", v: 2 },
  ],
  nested: [
    [1, 2],
    [3, [4, 5]],
  ],
  json: '{"q": [1, 2.0, "x"]}',
  uni: "Größe ÄÖ ß é",
  items: 55,
  update: { power: 3 },
});

const KEYS = Object.keys(JSON.parse(PAYLOAD) as object);
const NUMBERS = ["p", "i", "neg", "zero", "one", "half", "x", "ts", "whole", "num"];

type Drawn = (draw: Draw, depth: number) => string;

const literal: Drawn = (draw) =>
  draw.one([
    ..."0 1 2 3 -1 10 1.5 -2.5 1e3 0.1 100 255 1_000 true false none True None [] {} '' 'a' '.' ' ' '5' '1.50' 'abc' [1,2] (1,2) {'a':1}".split(
      " ",
    ),
    "'%Y-%m-%d'",
    "'x y'",
  ]);

const path: Drawn = (draw) => {
  const key = draw.one(KEYS);
  const base = draw.one([`value_json.${key}`, `value_json.${key}`, `value_json['${key}']`]);
  const tail: Readonly<Record<string, readonly string[]>> = {
    d: [".a", ".b.c", ".items", "['k k']", ".zz", ".b.zz", ".get('a')", ".keys() | list", ".values() | list"],
    l: ["[0]", "[-1]", "[9]", "[1:]", "[::-1]", ".count(1)", ".0"],
    list: ["[0].n", "[1].v", "[5]", "[0]['v']"],
    s: ["[0]", "[1:]", "[-1]", ".upper()", ".zz", "[::-1]"],
    sp: [".strip()", ".split()", ".split(' ')", ".replace(' ', '')", ".lstrip()"],
    num: [".split('.')[0]", ".isdigit()", "[0:2]", ".rjust(8, '0')", ".zfill(6)", ".find('.')"],
    date: ["[0:10]", ".split('T')", ".replace('Z', '+00:00')"],
    nested: ["[1][1]", "[0][5]"],
  };
  return draw.chance(0.5) ? base + draw.one(tail[key] ?? [""]) : base;
};

const number: Drawn = (draw, depth) => {
  const key = draw.one(NUMBERS);
  if (depth <= 0)
    return draw.one([`value_json.${key}`, `value_json.${key} | float`, draw.one(["1", "2.5", "0", "-3", "10"])]);
  const a = number(draw, depth - 1);
  const b = number(draw, depth - 1);
  return draw.one([
    `(${a} | float(0) ${draw.one(["+", "-", "*", "/", "//", "%", "**"])} ${b} | float(0))`,
    `(${a} ${draw.one(["+", "-", "*", "/", "//", "%"])} ${b})`,
    `-${a}`,
    `${a} | round(${draw.one(["", "0", "1", "2", "3", "-1", "2, 'ceil'", "1, 'floor'", "1, 'half'", "1, 'common'", "1, default=3"])})`,
    `${a} | int(${draw.one(["", "0", "default=none", "base=10"])})`,
    `${a} | float(${draw.one(["", "0", "default=none", "none"])})`,
    `${a} | abs`,
    `[${a}, ${b}] | ${draw.one(["max", "min", "sum", "average", "median", "first", "last", "sort", "length"])}`,
    `${draw.one(["max", "min", "average", "median", "sin", "cos", "sqrt", "log", "bitwise_and", "bitwise_or", "bitwise_xor", "float", "int", "iif", "is_number", "atan2", "clamp", "wrap"])}(${a}, ${b})`,
    `${a} | ${draw.one(["sqrt", "log", "log(10)", "sin", "multiply(3)", "add(1)", "bitwise_and(6)", "bitwise_or(1)", "clamp(0, 10)", "wrap(0, 5)", "remap(0, 10, 0, 100)", "filesizeformat", "string", "tojson", "timestamp_custom('%H:%M')", "timestamp_utc", "timestamp_local", "as_datetime", "pack('>h')", "ordinal", "bool(false)"])}`,
  ]);
};

const FILTERS = [
  ..."abs upper lower title capitalize trim length string list first last reverse sort unique sum min max join tojson to_json from_json int float round bool is_number typeof is_defined items wordcount escape urlencode slugify ord flatten average median pprint striptags as_datetime as_timestamp base64_encode md5 e d default iif center indent truncate batch(2) dictsort ordinal string_like".split(
    " ",
  ),
  "default(0)",
  "default('x', true)",
  "default(none)",
  "join(',')",
  "join('-', attribute='n')",
  "replace('a','b')",
  "replace(' ', '')",
  "round(1)",
  "int(0)",
  "float(0)",
  "int(0, 16)",
  "int(base=16)",
  "float(default=1)",
  "regex_replace('[0-9]+', 'N')",
  "regex_match('[0-9]+')",
  "regex_search('[a-z]')",
  "regex_findall('[0-9]')",
  "regex_findall_index('[0-9]+', 0)",
  "regex_replace(find='(\\\\w)', replace='<\\\\1>')",
  "map('int', 0) | list",
  "map(attribute='n') | list",
  "map('upper') | list",
  "select('number') | list",
  "select('greaterthan', 1) | list",
  "reject('none') | list",
  "selectattr('v', 'gt', 1) | list",
  "selectattr('v') | map(attribute='n') | join",
  "rejectattr('n', 'eq', 'a') | list",
  "sort(reverse=true)",
  "sort(attribute='v')",
  "groupby('n')",
  "slice(2) | list",
  "attr('a')",
  "attr('upper')",
  "batch(2, 0) | list",
  "timestamp_custom('%Y-%m-%d %H:%M:%S', false)",
  "timestamp_custom('%j %a %b %p %I', true)",
  "timestamp_custom('%d.%m.%y', true, 'x')",
  "as_timestamp(0)",
  "as_datetime(0)",
  "as_local",
  "bitwise_and(3)",
  "multiply(2)",
  "add(1, 0)",
  "contains('a')",
  "center(9)",
  "format(1)",
  "truncate(5)",
  "truncate(5, true, '')",
  "wordcount",
  "indent(2)",
  "iif('a', 'b', 'c')",
  "bool(none)",
  "dictsort(by='value')",
  "xmlattr",
  "combine({'z': 1})",
  "sum(attribute='v')",
  "min(attribute='v')",
  "max(attribute='v')",
  "unique(attribute='n') | list",
  "last | default('none')",
  "first | upper",
  "string | length",
  "is_number | iif('y')",
  "length > 2",
  "tojson(indent=2)",
  "to_json(sort_keys=true)",
  "from_json(default=1)",
  "base64_decode",
  "from_hex",
  "pack('B')",
  "unpack('>H')",
  "random",
  "statistical_mode",
  "symmetric_difference([1])",
  "intersect([1,2])",
  "union([9])",
  "difference([1])",
];
const TESTS = [
  ..."defined undefined none number string mapping sequence iterable boolean integer float true false odd even lower upper callable list datetime string_like set tuple".split(
    " ",
  ),
  "divisibleby(2)",
  "eq(1)",
  "ge(2)",
  "lt(3)",
  "in [1, 'a', none]",
  "sameas(none)",
  "match('a')",
  "search('b')",
  "contains('a')",
  "is_number",
  "gt('a')",
  "ne(none)",
];

const expression: Drawn = (draw, depth) => {
  if (depth <= 0) return draw.chance(0.75) ? path(draw, 0) : literal(draw, 0);
  const a = expression(draw, depth - 1);
  switch (draw.whole(0, 9)) {
    case 0:
      return number(draw, depth);
    case 1:
    case 2:
    case 3:
      return `${a} | ${draw.one(FILTERS)}`;
    case 4:
      return `${a} is ${draw.one(["", "not "])}${draw.one(TESTS)}`;
    case 5:
      return `(${a} ${draw.one(["==", "!=", "<", ">", "<=", ">=", "and", "or", "in", "not in", "~", "+", "*", "%"])} ${expression(draw, depth - 1)})`;
    case 6:
      return `(${expression(draw, depth - 1)} if ${a} else ${expression(draw, depth - 1)})`;
    case 7:
      return draw.one([`[${a}, ${literal(draw, 0)}]`, `{'k': ${a}}`, `(${a}, 1)`, `not ${a}`, `(${a})[0]`, `(${a}).a`]);
    case 8:
      return `${draw.one(["iif", "float", "int", "max", "min", "is_number", "typeof", "bool", "as_timestamp", "as_datetime", "range", "dict", "zip", "set", "tuple", "slugify", "average", "timedelta", "namespace"])}(${a}${draw.chance(0.4) ? `, ${literal(draw, 0)}` : ""})`;
    default:
      return `${a} | ${draw.one(FILTERS)} | ${draw.one(FILTERS)}`;
  }
};

const statement: Drawn = (draw, depth) => {
  const e = (): string => expression(draw, depth);
  const dash = (): string => (draw.chance(0.3) ? "-" : "");
  return draw.one([
    () =>
      `{%${dash()} if ${e()} ${dash()}%} a {{ ${e()} }}{% elif ${e()} %}b{%${dash()} else %} c {%${dash()} endif %}`,
    () => `{%${dash()} set v = ${e()} ${dash()}%} {{ v }}|{{ v | default('d') }}`,
    () =>
      `{% for x in ${path(draw, 0)} ${dash()}%} {{ loop.index }}:{{ x }}{{ ',' if not loop.last }} {%${dash()} else %}none{% endfor %}`,
    () =>
      `{% for k, v in value_json.d.items() if v is ${draw.one(TESTS)} %}{{ k }}={{ v | ${draw.one(FILTERS)} }};{% endfor %}`,
    () =>
      `{% set ns = namespace(t=${literal(draw, 0)}) %}{% for x in ${path(draw, 0)} %}{% set ns.t = x ${draw.one(["~", "+"])} ns.t %}{% endfor %}{{ ns.t }}`,
    () =>
      `{% macro m(a, b=${literal(draw, 0)}) ${dash()}%} {{ a | ${draw.one(FILTERS)} }}/{{ b }} {%${dash()} endmacro %}{{ m(${e()}) | trim }}{{ m(b=1) }}`,
    () =>
      `{% filter ${draw.one(["upper", "trim", "replace('a','b')", "length"])} %} ${literal(draw, 0)} {{ ${e()} }}{% endfilter %}`,
    () => `{% with q = ${e()} %}{{ q }}{% endwith %}{{ q is defined }}`,
    () => `{% set b %} {{ ${e()} }} {% endset %}{{ b | trim | float(0) }}`,
    () => `{# c #}${dash()}{{ ${e()} }} \n {{${dash()} ${e()} ${dash()}}} x`,
    () => `{% raw %}{{ x }}{% endraw %}{{ ${e()} }}`,
    () => `{{ value | ${draw.one(FILTERS)} }}{% do [].append(1) %}`,
  ])();
};

/** `count` templates from a seed: mostly one printed expression, as publishers write them. */
export function drawTemplates(seed: number, count: number): string[] {
  const draw = new Draw(seed);
  return Array.from({ length: count }, () => {
    const depth = draw.whole(1, 3);
    if (draw.chance(0.2)) return statement(draw, Math.min(depth, 2));
    return `{{ ${draw.chance(0.35) ? number(draw, depth) : expression(draw, depth)} }}`;
  });
}
