import type { Hass } from "../types/ha.ts";
import type { Locale } from "../view/format.ts";
import { isRtl } from "../view/format.ts";

const NUMBERS: Readonly<Record<string, string>> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
};

/** How this user of Home Assistant wants words, numbers and times. */
export function localeOf(hass: Hass, currency: string | undefined): Locale {
  const language = hass.locale?.language ?? hass.language ?? "en";
  const {
    number_format: numbers = "language",
    time_format: time = "language",
    time_zone: zone = "local",
  } = hass.locale ?? {};
  return {
    language,
    numbers: numbers === "system" ? navigator.language : (NUMBERS[numbers] ?? language),
    hour12: time === "12" ? true : time === "24" ? false : undefined,
    timeZone: zone === "server" ? hass.config.time_zone : undefined,
    rtl: hass.translationMetadata?.translations[language]?.isRTL ?? isRtl(language),
    currency: currency ?? hass.config.currency ?? "EUR",
    fahrenheit: hass.config.unit_system?.temperature === "°F",
  };
}
