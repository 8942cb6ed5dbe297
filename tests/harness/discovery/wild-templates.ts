import type { Draw } from "./scene-parts.ts";

/**
 * Templates as publishers in the wild write them (Tasmota, zigbee2mqtt, OpenMQTTGateway, rtl_433, Shelly, Victron, meters
 * over serial lines): skeletons whose parts are drawn.
 */
type Slot = (draw: Draw) => string;

const PLACES = [
  "value_json.p",
  "value_json['p']",
  "value_json.i",
  "value_json.neg",
  "value_json.half",
  "value_json.x",
  "value_json.num",
  "value_json.whole",
  "value_json.s",
  "value_json.e",
  "value_json.n",
  "value_json.t",
  "value_json.ts",
  "value_json.big",
  "value_json.d.a",
  "value_json.d.b.c",
  "value_json['d']['b']['c']",
  "value_json.l[0]",
  "value_json.l.1",
  "value_json.lf[-1]",
  "value_json.list[1].v",
  "value_json.list[0]['n']",
  "value_json.nested[1][0]",
  "value_json.hex",
  "value_json.date",
  "value_json.missing",
  "value_json.d.missing",
  "value_json.missing.more",
  "value_json.l[7]",
  "value_json.get('p')",
  "value_json.get('missing', 4)",
  "value_json['k k']",
];
const place: Slot = (draw) => draw.one(PLACES);
const cast: Slot = (draw) =>
  draw.one([
    "",
    " | float",
    " | float(0)",
    "|float(default=0)",
    " | int",
    " | int(0)",
    "|int(default=-1)",
    " | default(0)",
    " | default(0, true)",
    " | default('')",
    " | string",
    " | abs",
    " | is_defined",
    " | trim",
    " | bool(false)",
  ]);
const rounding: Slot = (draw) =>
  draw.one([
    "",
    " | round",
    " | round(1)",
    "|round(2)",
    " | round(0)",
    " | round(3, 'floor')",
    " | round(1, default=0)",
    " | int",
  ]);
const amount: Slot = (draw) =>
  draw.one(["10", "1000", "1000.0", "0.001", "3600", "2", "-1", "1.8", "32", "273.15", "3", "7", "0.1", "100"]);
const operator: Slot = (draw) => draw.one(["*", "/", "+", "-", "//", "%", "**"]);
const text: Slot = (draw) =>
  draw.one([
    "value",
    "value_json.s",
    "value_json.sp",
    "value_json.num",
    "value_json.date",
    "value_json.uni",
    "value_json.local",
    "value_json.json",
    "'T=21.5C H=40% #7'",
    "'1-0:1.8.0*255(000123.456*kWh)'",
    "'12;34.5;;-6'",
    "'a=1&b=22&c'",
    "'00:01:02'",
    "'0x00FF'",
    "'21,5'",
  ]);
const pattern: Slot = (draw) =>
  draw.one([
    "'[0-9.]+'",
    "'([0-9]+)\\\\.?([0-9]*)'",
    "'T=([0-9.]+)'",
    "'\\\\(([0-9.]+)\\\\*'",
    "'^[a-z]'",
    "'(?i)[A-Z]+'",
    "'(?P<n>[0-9]+)'",
    "'-?\\\\d+'",
    "'[^0-9.-]'",
    "'\\\\s+'",
    "'(a|b)+?'",
    "'\\\\b\\\\w'",
    "'x*'",
    "'(?:kWh|%)$'",
    "'(?=H)'",
    "'[;&]'",
  ]);
const comparison: Slot = (draw) => draw.one(["==", "!=", "<", ">", "<=", ">="]);
const word: Slot = (draw) =>
  draw.one(["'on'", "'off'", "'ON'", "'abc'", "1", "0", "7", "12.5", "none", "true", "'7'", "''"]);
const method: Slot = (draw) =>
  draw.one([
    "split(';')[1]",
    "split('=')[-1]",
    "split()[0]",
    "split('.', 1)",
    "rsplit('.', 1)[0]",
    "partition('=')",
    "rpartition('=')[2]",
    "splitlines()",
    "strip('0')",
    "lstrip('T=')",
    "rstrip('Z')",
    "replace(',', '.')",
    "replace('a', 'b', 1)",
    "startswith('T')",
    "endswith(('C', 'h)'))",
    "find('2')",
    "rfind('2')",
    "index('zz')",
    "count('0')",
    "upper()",
    "title()",
    "swapcase()",
    "capitalize()",
    "casefold()",
    "zfill(12)",
    "rjust(6, '.')",
    "ljust(6)",
    "center(11, '*')",
    "isdigit()",
    "isnumeric()",
    "isdecimal()",
    "isalpha()",
    "isalnum()",
    "isspace()",
    "islower()",
    "istitle()",
    "removeprefix('T=')",
    "removesuffix('Z')",
    "join(['a', 'b'])",
    "format(1, 2)",
    "expandtabs()",
    "encode('utf-8')",
    "isascii()",
    "isidentifier()",
    "translate({97: 'b'})",
  ]);
const time: Slot = (draw) =>
  draw.one([
    "as_datetime(value_json.date)",
    "as_datetime(value_json.ts)",
    "as_datetime(value_json.day)",
    "strptime(value_json.local, '%Y-%m-%d %H:%M:%S')",
    "strptime(value_json.day, '%Y-%m-%d')",
    "strptime('7.3.24 5:04', '%d.%m.%y %H:%M')",
    "strptime('junk', '%Y', none)",
    "as_local(as_datetime(value_json.date))",
    "(value_json.ts | as_datetime | as_local)",
    "as_datetime('junk', 'none')",
    "today_at('07:30')",
  ]);
const ofTime: Slot = (draw) =>
  draw.one([
    ".isoformat()",
    ".timestamp()",
    ".year",
    ".hour",
    ".strftime('%H:%M')",
    ".date()",
    ".time()",
    ".weekday()",
    ".isoweekday()",
    ".month",
    ".tzinfo is none",
    ".replace(minute=0)",
    " + timedelta(hours=2)",
    " - timedelta(days=1, seconds=3)",
    " | as_timestamp",
    ".microsecond",
    ".toordinal()",
    ".isocalendar()[1]",
    ".utcoffset()",
  ]);

const SKELETONS: readonly Slot[] = [
  (d) => `{{ ${place(d)}${cast(d)} }}`,
  (d) => `{{ (${place(d)}${cast(d)} ${operator(d)} ${amount(d)})${rounding(d)} }}`,
  (d) => `{{ ${place(d)}${cast(d)} ${operator(d)} ${amount(d)}${rounding(d)} }}`,
  (d) =>
    `{{ ((${place(d)}${cast(d)} ${operator(d)} ${amount(d)}) ${operator(d)} ${place(d)}${cast(d)})${rounding(d)} }}`,
  (d) => `{% if ${place(d)} is defined %}{{ ${place(d)}${cast(d)} }}{% else %}{{ ${word(d)} }}{% endif %}`,
  (d) => `{%- if ${place(d)}${cast(d)} ${comparison(d)} ${word(d)} -%} ON {%- else -%} OFF {%- endif -%}`,
  (d) => `{{ 'ON' if ${place(d)}${cast(d)} ${comparison(d)} ${amount(d)} else 'OFF' }}`,
  (d) => `{{ iif(${place(d)} ${comparison(d)} ${word(d)}, 'yes', 'no') }}`,
  (d) =>
    `{% set map = {'abc': 'A', 7: 'seven', 12.5: 'p', none: 'n', true: 't'} %}{{ map[${place(d)}] if ${place(d)} in map else 'other' }}`,
  (d) => `{{ {'abc': 1, 7: 2}.get(${place(d)}, ${place(d)}) }}`,
  (d) => `{{ {0: 'a', 1: 'b', 7: 'c'}[${place(d)} | int(0)] }}`,
  (d) => `{{ ['a', 'b', 'c'][${place(d)} | int(0)] }}`,
  (d) => `{{ ${text(d)}.${method(d)} }}`,
  (d) =>
    `{{ ${text(d)}.${method(d)} | ${d.one(["float(0)", "int(0)", "upper", "length", "first", "last", "join('|')", "list", "tojson"])} }}`,
  (d) => `{{ (${text(d)} | string).${method(d)} }}`,
  (d) => `{{ ${text(d)} | regex_findall(${pattern(d)}) }}`,
  (d) =>
    `{{ ${text(d)} | regex_findall(${pattern(d)}) | ${d.one(["first", "last", "length", "join('+')", "first | first", "map('float', 0) | sum"])} }}`,
  (d) => `{{ ${text(d)} | regex_findall_index(${pattern(d)}, ${d.one(["0", "1", "-1"])}) }}`,
  (d) => `{{ ${text(d)} | regex_replace(${pattern(d)}, ${d.one(["''", "'<\\\\1>'", "'-'", "'\\\\g<0>!'"])}) }}`,
  (d) => `{{ ${text(d)} | regex_match(${pattern(d)}) }} {{ ${text(d)} | regex_search(${pattern(d)}, true) }}`,
  (d) => `{{ ${text(d)}[${d.one(["0:4", "-4:", "::2", "2", ":-1", "1:9:3", "::-1", "10:2:-2"])}]${cast(d)} }}`,
  (d) => `{{ ${text(d)}[${d.whole(0, 3)}:${d.whole(3, 8)}] | int(base=16) }}`,
  (d) => `{{ ${time(d)}${ofTime(d)} }}`,
  (d) => `{{ (${time(d)} ${d.one(["-", "<", ">", "==", "+"])} ${time(d)}) }}`,
  (d) => `{{ (${time(d)} - ${time(d)}).${d.one(["total_seconds()", "days", "seconds"])} }}`,
  (d) =>
    `{{ timedelta(${d.one(["seconds", "minutes", "hours", "days", "milliseconds", "weeks"])}=${place(d)} | float(0)) }}`,
  (d) => `{{ (timedelta(seconds=${place(d)} | int(0)) * ${amount(d)}) | string }}`,
  (d) =>
    `{{ ${place(d)} | timestamp_custom('${d.one(["%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%-d.%-m.", "%s", "%%", "%A %B", "%U %W %V", "%c", "%x %X", "%f"])}', ${d.one(["true", "false"])}, 'bad') }}`,
  (d) =>
    `{{ '${d.one(["%d", "%.2f", "%05.1f", "%s", "%x", "%08X", "%e", "%g", "%+d", "%c", "%r", "%5s|", "%-5s|", "%i%%", "%o"])}' | format(${place(d)}${cast(d)}) }}`,
  (d) => `{{ '${d.one(["%d", "%.2f", "%5.1f", "%s", "%02X", "%r"])}' % ${place(d)}${d.one(["", "", " | float(0)"])} }}`,
  (d) =>
    `{{ '${d.one(["{}", "{:.2f}", "{0:05d}", "{:>8}", "{:<8}|", "{:^8}", "{:,}", "{:+.1e}", "{:x}", "{:08b}", "{!r}", "{:%}", "{0} {0}", "{a}", "{:g}", "{{}}", "{:_}", "{:*^9}", "{:#x}"])}'.format(${place(d)}) }}`,
  (d) =>
    `{% for x in ${d.one(["value_json.l", "value_json.words", "value_json.list", "value_json.mix", "value_json.d", "value_json.s", "value_json.nested", "range(3)", "value_json.missing", "value_json.list | map(attribute='v')"])} %}${d.one(["{{ x }}", "{{ loop.index0 }}", "{{ loop.revindex }}", "{{ loop.first }}{{ loop.last }}", "{{ loop.cycle('a', 'b') }}", "{{ loop.previtem }}", "{{ loop.nextitem | default('-') }}", "{{ loop.length }}", "{{ loop.changed(x) }}", "{{ loop.depth }}", "{% if loop.index > 1 %}{% break %}{% endif %}{{ x }}", "{% if loop.index is odd %}{% continue %}{% endif %}{{ x }}"])},{% endfor %}`,
  (d) =>
    `{% for x in value_json.list ${d.one(["if x.v > 1", "if loop is defined", "| selectattr('v', 'lt', 3)", "| sort(attribute='n')", "| sort(attribute='n', case_sensitive=true)", "| rejectattr('n', 'in', ['a'])"])} %}{{ x.n }}{% else %}none{% endfor %}`,
  (d) =>
    `{% set ns = namespace(total=0, seen=[]) %}{% for x in ${d.one(["value_json.l", "value_json.lf", "value_json.nested", "value_json.mix"])} %}{% set ns.total = ns.total + ${d.one(["x", "x | float(0)", "loop.index"])} %}{% set ns.seen = ns.seen + [x] %}{% endfor %}{{ ns.total }} {{ ns.seen }}`,
  (d) =>
    `{% macro scale(v, by=${amount(d)}, places=1) %}{{ (v | float(0) / by) | round(places) }}{% endmacro %}{{ scale(${place(d)}) }} {{ scale(${place(d)}, places=${d.one(["0", "2"])}) }}{{ scale.name }}`,
  (d) =>
    `{% macro outer() %}[{{ caller(${place(d)}) }}]{% endmacro %}{% call(v) outer() %}{{ v${cast(d)} }}{% endcall %}`,
  (d) => `{% macro all() %}{{ varargs }} {{ kwargs }}{% endmacro %}{{ all(${place(d)}, 2, k=${word(d)}) }}`,
  (d) => `{% macro m(a, b) %}{{ a }}{{ b is defined }}{{ b }}{% endmacro %}{{ m(${word(d)}) }}`,
  (d) =>
    `{% set a, b = ${d.one(["(1, 2)", "value_json.l[:2]", "'xy'", "value_json.nested", "(1, 2, 3)"])} %}{{ a }}/{{ b }}`,
  (d) => `{% set text %}${d.one(["  x ", "{{ value_json.p }}"])}{% endset %}{{ text | trim }}{{ text | length }}`,
  (d) =>
    `{% set v = ${place(d)}${cast(d)} %}{% if v is number and v > ${amount(d)} %}{{ v }}{% elif v is string %}{{ v | length }}{% else %}None{% endif %}`,
  (d) =>
    `{{ value_json.list | ${d.one(["map(attribute='v') | sum", "map(attribute='v') | max", "selectattr('n', 'eq', 'a') | map(attribute='v') | first", "sum(attribute='v')", "map(attribute='zz') | list", "map(attribute='zz', default=0) | list", "selectattr('v', 'is_number') | list | count", "groupby('v') | list", "map('length') | list", "rejectattr('v', 'ge', 2) | map(attribute='n') | join", "sort(attribute='v', reverse=true) | first", "batch(2) | list", "first", "last", "max(attribute='v')", "unique(attribute='n') | map(attribute='n') | list"])} }}`,
  (d) =>
    `{{ ${d.one(["value_json.l", "value_json.lf", "value_json.words", "value_json.mix", "value_json.nested", "value_json.s"])} | ${d.one(["sum", "max", "min", "sort", "sort(reverse=true)", "unique | list", "join(',')", "first", "last", "length", "reverse | list", "map('string') | list", "select('number') | list", "average", "median", "map('float', 0) | average", "statistical_mode", "flatten", "contains(1)", "slice(2) | list", "batch(2, 'x') | list", "list", "tojson", "string", "random is defined", "shuffle is iterable", "select('gt', 1) | list", "reject('eq', 1) | list", "map('multiply', 2) | list", "map('add', 1) | list", "map('round', 1) | list"])} }}`,
  (d) =>
    `{{ (${text(d)} | from_json${d.one(["", "(default={})", "(default=none)"])}).${d.one(["q", "q[1]", "q | length", "zz"])} }}`,
  (d) =>
    `{{ ${place(d)} ${d.one(["is number", "is none", "is not none", "is string", "is mapping", "is sequence", "is iterable", "is boolean", "is integer", "is float", "is odd", "is divisibleby(2)", "is defined", "is lower", "in [7, 'abc']", "in 'xabcx'", "not in value_json.l", "is match('a')", "is search('b')", "is list", "is datetime", "is true", "is eq 7", "is sameas true", "is in [7]"])} }}`,
  (d) => `{{ not ${place(d)} ${d.one(["and", "or"])} ${place(d)} ${comparison(d)} ${word(d)} }}`,
  (d) => `{{ ${amount(d)} ${comparison(d)} ${place(d)} ${comparison(d)} ${amount(d)} }}`,
  (d) => `{{ ${place(d)} ~ ${d.one(["' W'", "1", "none", "value_json.n", "1.0", "true", "[1]"])} ~ ${place(d)} }}`,
  (d) => `{{ -${place(d)} ** 2 }}{{ +${place(d)} }}`,
  (d) => `{{ ${place(d)} | ${d.one(["bitwise_and(1)", "bitwise_and(8) > 0", "bitwise_or(2)", "bitwise_xor(3)"])} }}`,
  (d) =>
    `{{ (${place(d)} | int(0)).${d.one(["bit_length()", "__class__", "to_bytes(2, 'big')", "conjugate()", "is_integer()", "real", "numerator"])} }}`,
  (d) =>
    `{{ ${d.one(["min", "max"])}(${place(d)}, ${place(d)}, ${amount(d)}) }} {{ [${place(d)}, ${amount(d)}] | ${d.one(["max", "min", "sum"])} }}`,
  (d) =>
    `  \n{{- ${place(d)} -}}  \n ${d.one(["", "{#- note -#}", "{%- raw -%} {{ x }} {%- endraw -%}", "{% if true %}\n  x\n{% endif %}\n"])} `,
  (d) =>
    `{{ ${place(d)} | ${d.one(["filesizeformat", "ordinal", "wordcount", "title", "capitalize", "center(9)", "indent", "urlencode", "slugify", "base64_encode", "md5", "sha1", "sha256", "e", "escape", "striptags", "truncate(3)", "wordwrap(2)", "xmlattr", "pprint", "forceescape", "unpack('b')", "pack('b')", "log", "log(2)", "sqrt", "sin", "cos", "tan", "asin", "atan", "acos", "typeof", "from_hex", "as_function", "ord", "remap(0, 100, 0, 1)", "clamp(1, 5)", "wrap(0, 4)", "multiply(3) | round(1)", "add(2, default=9)", "to_json", "to_json(pretty_print=true)", "items | list", "dictsort", "combine({'a': 2})", "merge_response"])} }}`,
  (d) => `{{ ${d.one(["pi", "e", "tau", "inf", "-inf", "inf > 5"])} ${operator(d)} ${amount(d)} }}`,
  (d) => `{{ value${cast(d)} }}{{ value | length }}{{ value[0] }}`,
  (d) =>
    `{{ value_json | ${d.one(["length", "list | length", "tojson | length", "dictsort | first", "items | first", "string | length", "first", "is_defined | length"])} }}`,
  (d) =>
    `{{ value_json.${d.one(["items", "values", "keys", "update", "get", "copy", "pop", "p", "d.items", "d.keys", "l.count", "l.index", "s.upper"])} }}`,
  (d) =>
    `{{ value_json.${d.one(["keys()", "values()", "items()", "d.keys()", "d.items()", "l.index(1)", "l.count(2)", "d.get('a')", "d.copy()", "d.pop('a')", "l.append(1)", "l.sort()", "update({'a': 1})", "d.setdefault('a', 1)"])} | ${d.one(["list | length", "string | length", "first", "list | first"])} }}`,
];

/** `count` templates as they are found in the wild. */
export const drawWildTemplates = (draw: Draw, count: number): string[] =>
  Array.from({ length: count }, () => draw.one(SKELETONS)(draw));
