import { expect, it } from "vitest";
import { de } from "../lang/de.ts";
import { en } from "../lang/en.ts";
import { Format } from "./format.ts";
import type { Words } from "./format.ts";
import { Sentences } from "./sentence.ts";

const formatOf = (language: string, words: Words, numbers = language): Format =>
  new Format(
    { language, numbers, hour12: undefined, timeZone: "Europe/Berlin", rtl: false, currency: "EUR", fahrenheit: false },
    words,
    en,
  );
const german = formatOf("de", de);
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");

it("says in the reader's language what the engine says in English, part by part", () => {
  expect(
    plain(
      german.say(
        "from 13:00 to 15:30 on Thursday: 71 % from your roof, 6 % from the grid at 0.17 EUR/kWh; at 14:00 it would cost 0.08 EUR and 0.4 kg CO2 more",
      ),
    ),
  ).toBe(
    "Von 13:00 bis Do., 15:30: 71 % vom Dach, 6 % aus dem Netz zu 0,17 €/kWh; um 14:00 wären es 0,08 € und 400 g CO₂e mehr",
  );
  expect(plain(german.say("13:00: 0.06 EUR and 0.00 kg CO2e more"))).toBe("13:00: 0,06 € und 0 g CO₂e mehr");
  expect(plain(german.say("Living room is brighter than wanted: 1325 lx for 300 lx."))).toBe(
    "Living room ist heller als gewünscht: 1.325 lx statt 300 lx.",
  );
});

it("gives English the reader's clock and money too", () => {
  const american = formatOf("en", en, "en-US");
  expect(plain(american.say("from 13:00 to 15:30, 1.2 kWh: the grid costs 0.18 EUR/kWh then"))).toBe(
    "From 1:00 PM to 3:30 PM, 1.2 kWh: the grid costs €0.18/kWh then",
  );
});

it("says what the first look at the home found, and what was learned at night", () => {
  for (const text of [
    "The energy dashboard is not set up: HyperVolt plans with what its sensors tell. Set it up under Settings, Dashboards, Energy.",
    "No price was found in Home Assistant: the price of the options is used. Enter yours on HyperVolt's set-up page, or add a price integration.",
    "HyperVolt learned from 21 days of this home. On the last 4 days, which it had not learned from, its forecast of the load became no better, so it forecasts as before.",
  ]) {
    expect(new Sentences(german, en).knows(text), text).toBe(true);
    expect(german.say(text)).not.toBe(text);
  }
  expect(
    plain(
      german.say(
        "From 21 days of this home HyperVolt learned to forecast its load better: 6.4 % less error on the last 4 days, which it had not learned from. Its forecasts use that now.",
      ),
    ),
  ).toContain("6,4 % weniger Fehler an den letzten 4 Tagen");
});

it("leaves as it is what it does not know, all of it or a part", () => {
  expect(german.say("Gremlins did it.")).toBe("Gremlins did it.");
  expect(plain(german.say("from 13:00 to 15:30: by magic"))).toBe("From 13:00 to 15:30: by magic");
  const sentences = new Sentences(german, en);
  expect(sentences.knows("from 13:00 to 15:30: by magic")).toBe(false);
  expect(sentences.knows("from 13:00 to 15:30: 100 % from your roof")).toBe(true);
});
