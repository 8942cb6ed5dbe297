import type { Words } from "../view/format.ts";
import { en } from "./en.ts";

const LANGUAGES: Readonly<Record<string, () => Promise<Words>>> = {
  de: () => import("./de.ts").then(({ de }) => de),
  fr: () => import("./fr.ts").then(({ fr }) => fr),
  es: () => import("./es.ts").then(({ es }) => es),
  nl: () => import("./nl.ts").then(({ nl }) => nl),
};

/** The words of a language; English where there are none or they do not load. */
export async function wordsFor(language: string): Promise<Words> {
  const load = LANGUAGES[language.slice(0, 2).toLowerCase()];
  if (!load) return en;
  try {
    return await load();
  } catch {
    return en;
  }
}
