import { z } from "zod";
import { HyperVoltError } from "../domain/errors.ts";

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as 17:30");
const entityId = z.string().regex(/^[a-z_]+\.[a-z0-9_]+$/, "expected an entity id such as switch.dishwasher");
const optionalText = z.string().default("");

/** One window of a time-of-use tariff; local wall clock, a window may pass midnight. */
const PriceWindow = z.strictObject({
  from: clockTime,
  to: clockTime,
  price: z.number().min(-10).max(100),
});

const BatteryOption = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
  capacity_wh: z.number().positive().max(1e6),
  max_charge_w: z.number().positive().max(1e6),
  max_discharge_w: z.number().positive().max(1e6),
  efficiency: z.number().min(0.3).max(1).default(0.95),
  min_soc: z.number().min(0).max(1).default(0.1),
  wear_per_kwh: z.number().min(0).max(10).default(0.02),
  soc_sensor: optionalText,
  power_sensor: optionalText,
  charge_switch: optionalText,
  hold_switch: optionalText,
});

const LoadOption = z.strictObject({
  entity: entityId,
  name: optionalText,
  power_w: z.number().min(0).max(1e5).default(0),
  minutes: z
    .int()
    .min(0)
    .max(1440)
    .refine((minutes) => minutes === 0 || minutes >= 5, "expected at least 5 minutes, or 0: learned")
    .default(0),
  contiguous: z.boolean().default(true),
  from: clockTime.default("00:00"),
  to: clockTime.default("23:59"),
  days: z
    .string()
    .regex(/^(mon|tue|wed|thu|fri|sat|sun)(,(mon|tue|wed|thu|fri|sat|sun))*$/, "expected days such as mon,tue,sat")
    .default("mon,tue,wed,thu,fri,sat,sun"),
});

/** A source of the home that a switch of its own connects; of all of them at most one is closed. */
const PowerSourceOption = z.strictObject({
  source: z.enum(["grid", "solar", "battery"]),
  switch: entityId,
});

const CalibrationOption = z.strictObject({
  sensor_id: z.string().min(1).max(128),
  raw: z.enum(["value", "volts", "counts"]).default("value"),
  preset: z.enum(["none", "acs712-5", "acs712-20", "acs712-30"]).default("none"),
  zero: z.number().default(0),
  scale: z.number().default(1),
  volts_per_count: z.number().positive().default(0.000125),
  rms: z.boolean().default(false),
});

const SensorOption = z.strictObject({
  sensor: z.string().min(1).max(255),
  role: z.string().min(1).max(32),
});

/**
 * The app's options, each once: type, default, limits and help. `config.yaml` and `translations/` are held against
 * this by a test. An empty object is a valid file.
 */
export const Options = z.strictObject({
  mqtt_url: z
    .union([z.literal(""), z.url({ protocol: /^mqtts?$/, error: "expected mqtt://host:1883 or mqtts://host:8883" })])
    .default("")
    .describe("Address of the broker, such as mqtt://192.168.1.10:1883. Empty: the broker the Supervisor knows."),
  mqtt_username: optionalText.describe("User name at the broker. Needed only with an address above."),
  mqtt_password: optionalText
    .describe("Password at the broker. Needed only with an address above.")
    .meta({ secret: true }),
  mqtt_ca_file: optionalText.describe(
    "Path of a certificate (PEM) that vouches for the broker's, where an authority of your own made it. Only without the Supervisor.",
  ),
  mqtt_share: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,64}$/, "expected a name of letters, digits, _ and -")
    .default("")
    .describe(
      "Name of the group of ingest processes that share the sensors' readings among them. Empty: this one takes all.",
    ),
  home_assistant_url: z
    .union([z.literal(""), z.url({ protocol: /^https?$/, error: "expected http://host:8123" })])
    .default("")
    .describe("Such as http://192.168.1.10:8123. Empty: through the Supervisor."),
  home_assistant_token: optionalText
    .describe("Long-lived access token of an administrator. Needed only without the Supervisor.")
    .meta({ secret: true }),
  redis_url: z
    .string()
    .refine(
      (url) =>
        url === "" || url === "memory" || url.split(",").every((one) => /^rediss?:\/\/[^\s,]+$/.test(one.trim())),
      {
        error: 'expected redis://host:6379, a comma-separated list of them, or "memory"',
      },
    )
    .default("")
    .describe("Where the newest readings are kept. Empty: the app's own Redis; memory: in the program itself."),
  history_url: z
    .string()
    .refine((url) => url === "" || url === "memory" || /^(postgres|postgresql):\/\/\S+$/.test(url), {
      error: "expected postgres://user:password@host:5432/database, or nothing for SQLite",
    })
    .default("")
    .describe("Address of a PostgreSQL database. Empty: an SQLite file in the app's data folder.")
    .meta({ secret: true }),
  api_token: optionalText
    .describe("Token of the page and the API where there is no Supervisor. Empty: made on the first start.")
    .meta({ secret: true }),
  mode: z
    .enum(["auto", "advise", "off"])
    .default("advise")
    .describe(
      "At the first start: auto acts, advise only advises, off rests. Afterwards the choice in Home Assistant holds.",
    ),
  allowed_entities: z
    .array(entityId)
    .default([])
    .describe("Lights and switches HyperVolt may act on. It touches nothing else."),
  log_level: z.enum(["debug", "info", "warning", "error"]).default("info").describe("How much the log tells."),
  log_format: z.enum(["text", "json"]).default("text").describe("Text for people or JSON for programs."),
  discovery_prefix: z
    .string()
    .regex(/^[^#+\s]{1,64}$/, "expected a topic prefix without wildcards")
    .default("homeassistant")
    .describe("Prefix Home Assistant uses for MQTT discovery."),
  timezone: optionalText.describe("Name such as Europe/London. Empty: as in Home Assistant."),
  currency: z
    .string()
    .regex(/^([A-Z]{3})?$/, "expected a currency code such as EUR")
    .default("")
    .describe("Code such as EUR. Empty: as in Home Assistant."),
  latitude: z.number().min(-90).max(90).nullable().default(null).describe("Empty: as in Home Assistant."),
  longitude: z.number().min(-180).max(180).nullable().default(null).describe("Empty: as in Home Assistant."),
  pv_kwp: z.number().min(0).max(10_000).default(0).describe("Peak power of the solar panels. 0: learned, or none."),
  dwelling: z
    .enum(["unknown", "flat", "house"])
    .default("unknown")
    .describe("For forecasts in the first days, before HyperVolt knows your home."),
  people: z.int().min(0).max(30).default(0).describe("How many people live in the home. 0: not said."),
  electric_heating: z.boolean().default(false).describe("The home is heated with electricity, such as a heat pump."),
  electric_hot_water: z.boolean().default(false).describe("Hot water is made with electricity."),
  electric_car: z.boolean().default(false).describe("An electric car is charged at home."),
  import_price: z
    .number()
    .min(-10)
    .max(100)
    .default(0.3)
    .describe("Price of a kWh from the grid where no other source names it."),
  export_price: z
    .number()
    .min(-10)
    .max(100)
    .default(0)
    .describe("What a kWh into the grid earns where no other source names it."),
  network_fee_per_kwh: z
    .number()
    .min(-10)
    .max(100)
    .default(0)
    .describe("Network fees on top of a spot price, per kWh and before VAT."),
  energy_tax_per_kwh: z
    .number()
    .min(-10)
    .max(100)
    .default(0)
    .describe("Taxes and levies on top of a spot price, per kWh and before VAT."),
  vat_pct: z
    .number()
    .min(0)
    .max(100)
    .default(0)
    .describe("VAT on a spot price with its fees and taxes. 0: the price found includes it."),
  price_windows: z
    .array(PriceWindow)
    .default([])
    .describe("Times of day with a price that differs from the import price above."),
  price_entity: optionalText.describe("Empty: found by itself."),
  export_price_entity: optionalText.describe("Empty: the export price above holds."),
  carbon_entity: optionalText.describe("How clean the grid's power is now. Empty: found by itself."),
  weather_entity: optionalText.describe("Empty: found by itself."),
  carbon_intensity: z
    .number()
    .min(0)
    .max(2_000)
    .default(300)
    .describe("Grams of CO2 equivalent per kWh from the grid where no other source names it."),
  carbon_price_per_kg: z
    .number()
    .min(0)
    .max(100)
    .default(0.1)
    .describe("What a kilogram of CO2 avoided is worth to you, in your currency."),
  electricity_maps_key: optionalText.describe("Your key at Electricity Maps, if you have one.").meta({ secret: true }),
  electricity_maps_zone: optionalText.describe("Zone such as DE or GB."),
  uk_carbon: z.boolean().default(false).describe("Use Great Britain's service, which needs no key."),
  openweathermap_key: optionalText.describe("Your key at OpenWeatherMap, if you have one.").meta({ secret: true }),
  grid_max_import_w: z.int().min(0).max(1_000_000).default(0).describe("Most power drawn from the grid. 0: no limit."),
  grid_max_export_w: z.int().min(-1).max(1_000_000).default(-1).describe("Most power fed into the grid. -1: no limit."),
  batteries: z
    .array(BatteryOption)
    .max(8)
    .default([])
    .describe("Home batteries: capacity, powers, and the switches that charge or hold them."),
  power_sources: z
    .array(PowerSourceOption)
    .max(3)
    .refine((sources) => new Set(sources.map((one) => one.source)).size === sources.length, {
      error: "expected each source once",
    })
    .refine((sources) => new Set(sources.map((one) => one.switch)).size === sources.length, {
      error: "expected another switch for each source",
    })
    .default([])
    .describe("For homes with a transfer switch: the switch of each source, of which one is closed at a time."),
  source_dwell_minutes: z
    .int()
    .min(1)
    .max(1_440)
    .default(15)
    .describe("How long a source stays once the transfer switch went to it."),
  loads: z
    .array(LoadOption)
    .max(32)
    .default([])
    .describe("Appliances whose run HyperVolt may move, with power, duration and the hours allowed."),
  light_target_lx: z.number().min(0).max(5_000).default(300).describe("Light in a room that is used, in lux."),
  light_floor_pct: z.number().min(0).max(100).default(10).describe("No light is dimmed below this."),
  light_comfort_per_hour: z
    .number()
    .min(0)
    .max(100)
    .default(0.05)
    .describe("What an hour of full light is worth, in your currency: the less, the more is dimmed in dear hours."),
  hands_off_minutes: z
    .int()
    .min(0)
    .max(1_440)
    .default(120)
    .describe("How long HyperVolt stays away from a device that a person changed."),
  quiet_from: z
    .union([z.literal(""), clockTime])
    .default("")
    .describe("Time such as 22:00. Empty: no quiet hours."),
  quiet_to: z
    .union([z.literal(""), clockTime])
    .default("")
    .describe("Time such as 06:30."),
  learn_minutes: z
    .int()
    .min(0)
    .max(120)
    .default(10)
    .describe("How much computing time a night HyperVolt may spend on learning from your home. 0: none."),
  raw_days: z
    .int()
    .min(1)
    .max(3_650)
    .default(30)
    .describe("How long each reading is kept after it came; averages stay after that."),
  sensors: z.array(SensorOption).default([]).describe("What a sensor measures, where HyperVolt guessed wrong."),
  calibrations: z
    .array(CalibrationOption)
    .default([])
    .describe("For raw sensors of a Raspberry Pi: zero, scale, presets."),
  open_metrics: z.boolean().default(false).describe("Let /metrics be read without a token."),
  install_card: z
    .boolean()
    .default(true)
    .describe("Put the dashboard card into Home Assistant and keep it up to date."),
});
export type Options = Readonly<z.infer<typeof Options>>;

/** @throws HyperVoltError OPTIONS_INVALID, listing every bad option at once, with where and what is expected */
export function parseOptions(raw: unknown): Options {
  const parsed = Options.safeParse(raw);
  if (!parsed.success) throw new HyperVoltError("OPTIONS_INVALID", `\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The options with every secret that is set replaced, for logs and the page. */
export function redactOptions(options: Options): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const secret = Options.shape[name as keyof Options].meta()?.["secret"] === true;
      return [name, secret && value !== "" ? "***" : withoutPassword(value)];
    }),
  );
}

/** URLs keep their host and lose their password. */
const withoutPassword = (value: unknown): unknown =>
  typeof value === "string" ? value.replace(/(\w+:\/\/)[^/@\s]+@/g, "$1***@") : value;

/** 0 = Monday .. 6 = Sunday, from "mon,tue". */
export const weekdaysOf = (days: string): number[] =>
  days.split(",").map((day) => ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].indexOf(day));
