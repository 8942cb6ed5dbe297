import type { Words } from "../view/format.ts";
import type { AlertWords } from "./alerts/alert-words.ts";
import { en } from "./en.ts";

/** A language: the card's own words, and what the engine tells in English. */
export type Speech = Readonly<{ words: Words; told?: AlertWords }>;

const LANGUAGES: Readonly<Record<string, () => Promise<Required<Speech>>>> = {
  de: () =>
    Promise.all([import("./de.ts"), import("./alerts/de.ts")]).then(([words, told]) => ({
      words: words.de,
      told: told.de,
    })),
  fr: () =>
    Promise.all([import("./fr.ts"), import("./alerts/fr.ts")]).then(([words, told]) => ({
      words: words.fr,
      told: told.fr,
    })),
  es: () =>
    Promise.all([import("./es.ts"), import("./alerts/es.ts")]).then(([words, told]) => ({
      words: words.es,
      told: told.es,
    })),
  nl: () =>
    Promise.all([import("./nl.ts"), import("./alerts/nl.ts")]).then(([words, told]) => ({
      words: words.nl,
      told: told.nl,
    })),
};

/** What is said in a language; English, as the engine speaks it, where there is none or it does not load. */
export async function speechOf(language: string): Promise<Speech> {
  const load = LANGUAGES[language.slice(0, 2).toLowerCase()];
  try {
    return load ? await load() : { words: en };
  } catch {
    return { words: en };
  }
}
