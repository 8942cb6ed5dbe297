import type { Words } from "../../view/format.ts";
import { en } from "./en.ts";

const LANGUAGES: Readonly<Record<string, () => Promise<Words>>> = {
  de: () => import("./de.ts").then(({ de }) => de),
  fr: () => import("./fr.ts").then(({ fr }) => fr),
  es: () => import("./es.ts").then(({ es }) => es),
  nl: () => import("./nl.ts").then(({ nl }) => nl),
};

/** The words of the set-up page in a language; English where there are none or they do not load. */
export async function setupWords(language: string): Promise<Words> {
  const load = LANGUAGES[language.slice(0, 2).toLowerCase()];
  try {
    return load ? await load() : en;
  } catch {
    return en;
  }
}
