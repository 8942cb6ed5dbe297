import { en } from "../../card/src/lang/en.ts";
import { Format } from "../../card/src/view/format.ts";
import { Sentences } from "../../card/src/view/sentence.ts";

const format = new Format(
  {
    language: "en",
    numbers: "en-GB",
    hour12: undefined,
    timeZone: "UTC",
    rtl: false,
    currency: "EUR",
    fahrenheit: false,
  },
  en,
  en,
);

/** Those sentences of the engine that the card cannot say in other languages, each once. */
export function unknownSentences(sentences: readonly string[]): string[] {
  const known = new Sentences(format, en);
  return [...new Set(sentences)].filter((sentence) => !known.knows(sentence));
}
