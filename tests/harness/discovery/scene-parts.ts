import { seededRandom } from "../seeded-random.ts";

/** Draws from a seed what a scene is made of. */
export class Draw {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }
  chance(share: number): boolean {
    return this.#random() < share;
  }
  whole(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }
  one<T>(of: readonly T[]): T {
    const found = of[Math.floor(this.#random() * of.length)];
    if (found === undefined) throw new RangeError("nothing to draw from");
    return found;
  }
  some<T>(of: readonly T[], share: number): T[] {
    return of.filter(() => this.chance(share));
  }
}

export type Json = null | boolean | number | string | readonly Json[] | { [key: string]: Json };
export type Config = { [key: string]: Json };

/** Raw values a publisher may send: Python's numbers, near misses, words that mean something elsewhere. */
export const RAW_VALUES: readonly string[] = [
  ..."5 12.5 -3 0 0.0 007 .5 5. 1e3 1E3 -1e-400 1e400 1_000 1__0 _1 １２ ١٢ +4 --4 12,5 1,234.5 0x1F 0b1 1e 12W".split(
    " ",
  ),
  ..."nan NaN inf Infinity -inf None none NONE null unknown unavailable true True ON OFF on off online offline".split(
    " ",
  ),
  "",
  " ",
  " 12.5 ",
  "12.5\n",
  "\t7",
  "\u00a08",
  "12 W",
  "1 000",
  "−5",
  "½",
  "5\u0000",
  "\ufeff5",
  "12.50",
  "1e-7",
  "0.1e1",
  "100000000000000000000",
  "1.7976931348623157e308",
  "5e-324",
  "[1]",
  '"5"',
  "{}",
  "[]",
  "{",
  "21.5°C",
  "é",
  "9".repeat(256),
  `0.${"3".repeat(254)}`,
  "x".repeat(255),
  "x".repeat(256),
];

/** JSON payloads around the key `p`, some that Home Assistant's strict parser does not take. */
export const JSON_PAYLOADS: readonly string[] = [
  "5",
  "5.0",
  "-0.0",
  "0",
  "1e3",
  "1E-3",
  "1e400",
  "null",
  "true",
  "false",
  '"7"',
  '""',
  '"None"',
  '"on"',
  "[]",
  "{}",
  '" 8 "',
  '"ON"',
  "[1,2]",
  '{"q":1}',
  "100000000000000000000",
  "0.1",
  "12345678901234567",
  '"\\u0000"',
  '"\\ud800"',
  "NaN",
  "Infinity",
  "01",
  "1.",
  ".5",
  "+1",
  "1e5",
  "21.456",
  '"unknown"',
  '"unavailable"',
  "-7",
  "2.5",
  "3.5",
  '"é"',
].map((value) => `{"p":${value}}`);

export const ODD_PAYLOADS: readonly string[] = [
  '{"p":1,"p":2}',
  ' {"p": 3} ',
  '{"p":4}x',
  '\ufeff{"p":5}',
  "{'p':6}",
  '{"p":7,}',
  '{"q":8}',
  "[9]",
  '"10"',
  "11",
  "",
  '{"p":{"q":12,"items":13,"a b":14}}',
  '{"p":[15,16]}',
  '{"P":17}',
  '{"p":18,"update":{"power":19}}',
];

/** Value templates around `value_json.p` and `value`. */
export const TEMPLATES: readonly string[] = [
  "{{ value_json.p }}",
  "{{value_json.p}}",
  "{{ value_json['p'] }}",
  '{{ value_json["p"] | float }}',
  "{{ value_json.p | float(0) }}",
  "{{ value_json.p | float(default=0) | round(1) }}",
  "{{ value_json.p | int }}",
  "{{ value_json.p | int(0) }}",
  "{{ value_json.p | round(2) }}",
  "{{ value_json.p | round }}",
  "{{ value_json.p | round(1, 'floor') }}",
  "{{ value_json.p | default }}",
  "{{ value_json.p | default(0) }}",
  "{{ value_json.p | default('None') }}",
  "{{ value_json.p | default(0, true) }}",
  "{{ value_json.p | is_defined }}",
  "{{ value_json.p * 2 }}",
  "{{ value_json.p / 10 }}",
  "{{ (value_json.p | float / 1000) | round(3) }}",
  "{{ value_json.p + 1 }}",
  "{{ value_json.p.q }}",
  "{{ value_json.p.q | default(3) }}",
  "{{ value_json.p[0] }}",
  "{{ value_json.p[1] | default('') }}",
  "{{ value_json.p.items }}",
  "{{ value_json.update.power }}",
  "{{ value_json.get('p') }}",
  "{{ value_json.get('p', 4) }}",
  "{{ value_json }}",
  "{{ value }}",
  "{{ value | float }}",
  "{{ value | int(base=16) }}",
  "{{ value | trim }}",
  "{{ value.split(' ')[0] }}",
  "{{ value | regex_findall_index('[0-9.]+') }}",
  "{{ value | from_json | attr('p') }}",
  "{{ (value | from_json).p }}",
  "{% if value_json.p is defined %}{{ value_json.p }}{% endif %}",
  "{% if value_json.p is defined %}{{ value_json.p }}{% else %}{{ this.state }}{% endif %}",
  "{% if value_json is defined %}{{ value_json.p }}{% else %}0{% endif %}",
  "{{ value_json.p if value_json.p is number else 'None' }}",
  "{{ iif(value_json.p, 1, 0) }}",
  "{{ 'ON' if value_json.p else 'OFF' }}",
  "{{ value_json.p | lower }}",
  "{{ value_json.p | string | length }}",
  "{{ value_json.p is none }}",
  "{{ value_json.p | bool }}",
  "{{ value_json.p | bool(false) | iif('ON', 'OFF') }}",
  "{{ value_json.p | abs }}",
  "{{ [value_json.p, 3] | max }}",
  "{{ value_json.p | multiply(2) }}",
  "{{ value_json.p | tojson }}",
  "{{ value_json['p'] | regex_replace('[^0-9.]', '') }}",
  "{{ value_json.p | timestamp_custom('%H') }}",
  "{{ value_json.p == 5 }}",
  "{{ value_json.p ~ '' }}",
  "{%- set x = value_json.p -%} {{- x -}}",
  "{% set ns = namespace(s=0) %}{% for k in value_json %}{% set ns.s = ns.s + loop.index %}{% endfor %}{{ ns.s }}",
  "12.5",
  "",
  "  ",
  "{{ none }}",
  "{# nothing #}",
  "{{ missing }}",
  "{{ missing.more }}",
  "{{ nofunction(1) }}",
  "{{ value_json.p | nofilter }}",
  "{{ value_json.p",
  "{% if %}",
  "{{ value_json.p is notest }}",
  "{{ 1/0 }}",
  "{{ raise() }}",
  "{{ name }}",
  "{{ entity_id }}",
  "{{ this.state }}",
  "{{ value_json.p | unpack('>h') }}",
];

type Kind = Readonly<{ deviceClass: string; units: readonly string[]; stateClasses: readonly string[] }>;
/** What HyperVolt takes, with the units Home Assistant allows; a few classes it does not use. */
export const KINDS: readonly Kind[] = [
  { deviceClass: "power", units: ["W", "kW", "mW", "MW"], stateClasses: ["measurement"] },
  {
    deviceClass: "energy",
    units: ["Wh", "kWh", "MWh", "MJ", "GJ", "J", "kcal"],
    stateClasses: ["total", "total_increasing"],
  },
  { deviceClass: "energy_storage", units: ["Wh", "kWh"], stateClasses: ["measurement"] },
  { deviceClass: "current", units: ["A", "mA", "\u03bcA"], stateClasses: ["measurement"] },
  { deviceClass: "voltage", units: ["V", "mV", "kV", "\u03bcV", "\u00b5V"], stateClasses: ["measurement"] },
  { deviceClass: "illuminance", units: ["lx"], stateClasses: ["measurement"] },
  { deviceClass: "temperature", units: ["°C", "°F", "K"], stateClasses: ["measurement"] },
  { deviceClass: "humidity", units: ["%"], stateClasses: ["measurement"] },
  { deviceClass: "carbon_dioxide", units: ["ppm"], stateClasses: ["measurement"] },
  { deviceClass: "battery", units: ["%"], stateClasses: ["measurement"] },
  { deviceClass: "power_factor", units: ["%"], stateClasses: ["measurement"] },
  { deviceClass: "monetary", units: ["EUR"], stateClasses: ["total"] },
  { deviceClass: "irradiance", units: ["W/m²"], stateClasses: ["measurement"] },
];
/** Classes whose units Home Assistant converts for good when it first hears of them: not for scenes that change them. */
export const CONVERTED_KINDS: readonly Kind[] = [
  { deviceClass: "pressure", units: ["hPa", "psi", "inHg", "mbar"], stateClasses: ["measurement"] },
  { deviceClass: "distance", units: ["km", "mi", "m", "ft"], stateClasses: ["measurement"] },
  { deviceClass: "wind_speed", units: ["m/s", "mph", "km/h", "kn"], stateClasses: ["measurement"] },
  { deviceClass: "gas", units: ["m³", "ft³"], stateClasses: ["total_increasing"] },
];
export const BINARY_CLASSES = [
  "motion",
  "occupancy",
  "presence",
  "door",
  "problem",
  "running",
  "power",
  "light",
] as const;

/** Values an option should not have, or has in another type. */
export const ODD_VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  2,
  3,
  1.5,
  "",
  " ",
  "0",
  "1",
  "2",
  "-1",
  "1.0",
  "true",
  "None",
  "x",
  "é",
  "a/b",
  "a b",
  ...([[], ["x"], [1], {}, { x: 1 }, "#", "+", "a/#/b", "a+b", "1e2", "０"] as Json[]),
];
