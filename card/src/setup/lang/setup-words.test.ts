import { expect, it } from "vitest";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { nl } from "./nl.ts";
import { setupWords } from "./setup-words.ts";

const blanks = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

it.each(Object.entries({ de, fr, es, nl }))(
  "%s has all words of the English set-up page, with the same blanks, and no other",
  (_, words) => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(words)) expect(blanks(text), key).toEqual(blanks(en[key] ?? ""));
  },
);

it("falls back to English for a language it does not have", async () => {
  expect(await setupWords("ar")).toBe(en);
  expect(await setupWords("nl-BE")).toBe(nl);
});
