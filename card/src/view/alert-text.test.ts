import { describe, expect, it } from "vitest";
import type { AlertDto, AlertKind, AlertValues } from "../../../src/serving/messages.ts";
import { en } from "../lang/en.ts";
import { speechOf } from "../lang/words.ts";
import { alertText } from "./alert-text.ts";
import { Format } from "./format.ts";

const fault = { gap_w: 1_234, meter: "battery" } as const;
/** One of every kind: a kind without an example does not compile. */
const EXAMPLES: { [Kind in AlertKind]: AlertValues[Kind] } = {
  "dependency-down": { name: "broker", detail: "connect ECONNREFUSED", todo: "Start it." },
  "dependency-degraded": { name: "prices", detail: "", todo: "" },
  "sensor-unavailable": { name: "Plug (hall)" },
  "sensor-silent": { name: "Plug (hall)", usual_s: 30, quiet_s: 5_400 },
  "sensor-stuck": { name: "Meter", value: 431.5, unit: "W", still_s: 4 * 3_600, count: 480 },
  "sensor-odd": { name: "Fridge", value: 1_400, low: 2.5, high: 90, unit: "W" },
  "energy-balance": { gap_w: 1_234 },
  "energy-balance-sign": fault,
  "energy-balance-kilo": fault,
  "energy-balance-milli": fault,
  "energy-balance-twice": fault,
  "energy-balance-half": fault,
  "energy-balance-left-out": fault,
  "charge-unknown": { battery: "garage" },
  "battery-not-allowed": { battery: "garage", entities: "switch.a, switch.b" },
  "battery-not-switchable": { battery: "garage", entities: "sensor.a" },
  "transfer-not-allowed": { entities: "switch.a" },
  "transfer-not-switchable": { entities: "sensor.a" },
  "transfer-one-source": { entities: "switch.a" },
  "plan-missing": { ran_s: 1_200 },
  "plan-missing-waiting": { ran_s: 1_200, missing: "prices" },
  "plan-stale": { age_s: 3 * 86_400 },
  "plan-stale-waiting": { age_s: 4_200, missing: "prices" },
  "forecast-off": { signal: "pv_w", span_s: 10_800, error: 812.4, usual: 97.2, unit: "W" },
  "action-failed": { name: "light.desk", count: 3, why: "it did not respond a moment ago" },
  "messages-refused": { count: 12, reason: "no value", topic: "a/b", detail: "it is empty" },
  "device-attention": { detail: "Desk lamp (light.desk): its device is unavailable." },
  "home-issue": { detail: "The energy dashboard uses sensor.sun, which is gone: it was removed or renamed." },
  "forecast-part": { detail: "one file is broken" },
  learned: { detail: "HyperVolt learned." },
};
const KINDS = Object.keys(EXAMPLES) as AlertKind[];
const english = { title: "Said in English", detail: "More of it.", todo: "Do this." };
const alertOf = (kind: string, values: AlertDto["values"] = {}): AlertDto => ({
  id: "one",
  since: "2026-06-18T15:10:00Z",
  severity: "warning",
  kind,
  values,
  ...english,
});
const readerOf = async (language: string): Promise<Format> => {
  const { words, told } = await speechOf(language);
  const locale = {
    language,
    numbers: language,
    hour12: undefined,
    timeZone: "UTC",
    rtl: false,
    currency: "EUR",
    fahrenheit: false,
  };
  return new Format(locale, words, en, told);
};
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");

describe.each(["de", "fr", "es", "nl"])("in %s", (language) => {
  it.each(KINDS)("%s says all that its values say, and nothing in English", async (kind) => {
    const fmt = await readerOf(language);
    const values: Readonly<Record<string, string | number>> = EXAMPLES[kind];
    const { title, detail, todo } = alertText(alertOf(kind, values), fmt);
    const all = [title, detail, todo ?? ""].join("\n");
    expect(all).not.toMatch(/[{}]|NaN|undefined/);
    expect([title, detail, todo]).not.toContain(english.title);
    const blanks = new Set((fmt.told?.alerts[kind] ?? []).join("").match(/(?<=\{)\w+(?=\})/g));
    expect([...blanks].sort()).toEqual(Object.keys(values).sort());
  });
});

it("writes figures, spans and names as the reader's language does", async () => {
  const german = await readerOf("de");
  const said = (kind: AlertKind): string[] =>
    Object.values(alertText(alertOf(kind, EXAMPLES[kind]), german)).map((text) => plain(text ?? "–"));
  expect(said("sensor-odd")).toEqual([
    "Fridge ist ungewöhnlich",
    "1.400 W; um diese Tageszeit lag es bisher zwischen 2,5 und 90 W.",
    "–",
  ]);
  expect(said("sensor-silent")[1]).toBe("Sonst kam alle 30 Sekunden ein Wert; nun ist es 90 Minuten still.");
  expect(said("plan-stale")[1]).toMatch(/^Er ist 3 Tage alt/);
  expect(said("energy-balance-sign")[1]).toMatch(/um 1,23 kW .*andersherum zählte: Batterie\.$/);
  expect(said("action-failed")[1]).toBe("Zuletzt fehlgeschlagene Aktionen: 3. Es hat eben nicht reagiert");
  expect(said("device-attention")[1]).toBe("Desk lamp (light.desk): das Gerät ist nicht erreichbar.");
});

it("leaves in English what it does not know: another kind, a value that is missing, an older engine", async () => {
  const german = await readerOf("de");
  expect(alertText(alertOf("made-tomorrow", { age_s: 1 }), german)).toEqual(english);
  expect(alertText(alertOf("plan-stale", {}), german)).toEqual(english);
  expect(alertText({ id: "a", since: "", severity: "info", ...english }, german)).toEqual(english);
});

it("leaves the engine's own words to those who read English", async () => {
  const reader = await readerOf("en");
  for (const kind of KINDS) expect(alertText(alertOf(kind, EXAMPLES[kind]), reader)).toEqual(english);
});
