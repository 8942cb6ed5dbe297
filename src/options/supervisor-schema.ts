import { z } from "zod";
import { Options } from "./options.ts";

type JsonSchema = Readonly<{
  type?: string;
  anyOf?: readonly JsonSchema[];
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  items?: JsonSchema;
  properties?: Readonly<Record<string, JsonSchema>>;
  default?: unknown;
  description?: string;
  secret?: boolean;
}>;
type Element = string | readonly Element[] | { readonly [name: string]: Element };

type Text = { name: string; description: string; fields?: Record<string, { name: string }> };

/** The `options` and `schema` of config.yaml and the English texts, made from the options schema. */
export function supervisorOptions(): Readonly<{
  options: Record<string, unknown>;
  schema: Record<string, Element>;
  texts: Record<string, Text>;
}> {
  const properties = (z.toJSONSchema(Options, { io: "input" }) as JsonSchema).properties ?? {};
  const options: Record<string, unknown> = {};
  const schema: Record<string, Element> = {};
  const texts: Record<string, Text> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (property.default !== null && property.default !== "") options[name] = property.default;
    schema[name] = elementOf(property);
    const inner = property.items?.properties;
    texts[name] = {
      name: titleOf(name),
      description: property.description ?? "",
      ...(inner && {
        fields: Object.fromEntries(
          Object.keys(inner).map((field) => [field, { name: FIELD_TITLES[field] ?? titleOf(field) }]),
        ),
      }),
    };
  }
  return { options, schema, texts };
}

/** One element in the Supervisor's notation; everything may be left out, as the app knows every default. */
function elementOf(property: JsonSchema): Element {
  if (property.secret === true) return "password?";
  if (property.enum) return `list(${property.enum.join("|")})?`;
  const of = property.anyOf?.find(({ type }) => type !== "null") ?? property;
  switch (of.type ?? "string") {
    case "array":
      return [of.items?.type === "object" ? elementOf(of.items) : "str"];
    case "object":
      return Object.fromEntries(Object.entries(of.properties ?? {}).map(([name, inner]) => [name, elementOf(inner)]));
    case "boolean":
      return "bool?";
    case "integer":
      return `int${limits(of)}?`;
    case "number":
      return `float${limits(of)}?`;
    default:
      return "str?";
  }
}

const limits = ({ minimum, exclusiveMinimum, maximum }: JsonSchema): string => {
  const least = minimum ?? exclusiveMinimum;
  return least === undefined && maximum === undefined ? "" : `(${least ?? ""},${maximum ?? ""})`;
};

/** Words of option names that a person writes in another way. */
const WRITTEN: Readonly<Record<string, string>> = {
  mqtt: "MQTT",
  url: "URL",
  ca: "CA",
  api: "API",
  uk: "UK",
  pv: "Solar power",
  kwp: "(kWp)",
  kwh: "kWh",
  lx: "(lx)",
  pct: "(%)",
  w: "(W)",
  minutes: "(minutes)",
  learn: "Learning at night",
  raw: "Keep readings",
  days: "(days)",
  vat: "VAT",
  wh: "(Wh)",
  id: "ID",
  soc: "state of charge",
  rms: "RMS",
  redis: "Redis",
  assistant: "Assistant",
  maps: "Maps",
  openweathermap: "OpenWeatherMap",
  timezone: "time zone",
};
/** Fields within an option whose name alone says too little. */
const FIELD_TITLES: Readonly<Record<string, string>> = {
  minutes: "Run (minutes)",
  days: "Days",
  raw: "Raw value",
  contiguous: "In one piece",
  source: "Power source",
  rms: "RMS of samples",
};
const titleOf = (name: string): string => {
  const title = name
    .split("_")
    .map((word) => WRITTEN[word] ?? word)
    .join(" ");
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
};
