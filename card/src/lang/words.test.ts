import { expect, it } from "vitest";
import { Format, usesFahrenheit } from "../view/format.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { nl } from "./nl.ts";
import { speechOf } from "./words.ts";

/** Words that are the same in English. */
const SAME = /^(view\.(3d|2d)|plan\.run)$/;
const blanks = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

it.each(Object.entries({ de, fr, es, nl }))(
  "%s has all words of English, with the same blanks, and no other",
  (_, words) => {
    expect(Object.keys(en).filter((key) => !(key in words) && !SAME.test(key))).toEqual([]);
    expect(Object.keys(words).filter((key) => !(key in en))).toEqual([]);
    for (const [key, text] of Object.entries(words)) expect(blanks(text), key).toEqual(blanks(en[key] ?? ""));
  },
);

it("falls back to English for a language it does not have", async () => {
  expect(await speechOf("xx-YY")).toEqual({ words: en });
  expect((await speechOf("de-AT")).words).toBe(de);
  expect((await speechOf("de-AT")).told?.alerts["plan-stale"][0]).toBe("Der Plan ist alt");
});

it("writes powers, money, carbon and times as the reader's country does", () => {
  const locale = {
    language: "de",
    numbers: "de-DE",
    hour12: false,
    timeZone: "Europe/Berlin",
    rtl: false,
    currency: "EUR",
    fahrenheit: false,
  };
  const format = new Format(locale, de, en);
  expect(format.power(null)).toBe("–");
  expect(format.power(-940.4)).toBe("-940 W");
  expect(format.power(1234)).toBe("1,23 kW");
  expect(format.power(23_456)).toBe("23,5 kW");
  expect(format.money(1.5)).toMatch(/1,50\s€/);
  expect(format.carbon(0.25)).toBe("250 g");
  expect([format.power(-0.3), format.money(-0.001), format.carbon(-0.0001)].map((text) => text.slice(0, 1))).toEqual([
    "0",
    "0",
    "0",
  ]);
  expect(format.time(Date.parse("2026-06-18T15:10:00Z"))).toBe("17:10");
  expect(format.hourOf(Date.parse("2026-06-18T22:30:00Z"))).toBe(0.5);
  expect(format.toIso("2026-06-18T17:10")).toBe("2026-06-18T15:10:00.000Z");
  expect(format.toIso("2026-03-29T03:30")).toBe("2026-03-29T01:30:00.000Z");
  expect(format.toIso("2026-10-25T01:30")).toBe("2026-10-24T23:30:00.000Z");
  expect(format.toIso("")).toBe("");
  expect(format.t("plan.run", { name: "A", from: "1", to: "2" })).toBe("A: 1 – 2");
});

it("keeps a number and its unit together where the text runs from right to left", () => {
  const locale = {
    language: "he",
    numbers: "he",
    hour12: undefined,
    timeZone: undefined,
    rtl: true,
    currency: "ILS",
    fahrenheit: false,
  };
  expect(new Format(locale, {}, en).power(845)).toBe("\u2066845 W\u2069");
});

it("writes a clock of twelve hours and degrees Fahrenheit for those who use them", () => {
  const locale = {
    language: "en",
    numbers: "en-US",
    hour12: undefined,
    timeZone: "America/Chicago",
    rtl: false,
    currency: "USD",
    fahrenheit: usesFahrenheit("en-US", "America/Chicago"),
  };
  const format = new Format(locale, {}, en);
  expect(format.temperature(21.5)).toBe("71 °F");
  expect(format.time(Date.parse("2026-06-18T15:10:00Z"))).toMatch(/^10:10\sAM$/);
  expect(format.hour(Date.parse("2026-06-18T19:00:00Z"))).toMatch(/^2\sPM$/);
  const other = new Format(
    { ...locale, numbers: "en-GB", timeZone: "UTC", fahrenheit: usesFahrenheit("en-US", "UTC") },
    {},
    en,
  );
  expect(other.temperature(21.5)).toBe("21.5 °C");
  expect(other.time(Date.parse("2026-06-18T07:10:00Z"))).toBe("07:10");
});
