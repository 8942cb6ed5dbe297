import type { AlertWords } from "../lang/alerts/alert-words.ts";
import { Sentences } from "./sentence.ts";

/** How numbers, times and words are written for this reader. */
export type Locale = Readonly<{
  language: string;
  /** BCP 47 tag for numbers; may differ from the language. */
  numbers: string;
  hour12: boolean | undefined;
  /** IANA name; undefined is the browser's. */
  timeZone: string | undefined;
  rtl: boolean;
  currency: string;
  /** Temperatures in degrees Fahrenheit. */
  fahrenheit: boolean;
}>;
export type Words = Readonly<Record<string, string>>;

const SPANS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

export class Format {
  readonly locale: Locale;
  /** What the engine tells in English, in this reader's language; undefined where that is English, or none we have. */
  readonly told: AlertWords | undefined;
  private readonly words: Words;
  private readonly english: Words;
  private readonly cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
  private clock12: boolean | undefined;
  private sentences: Sentences | undefined;

  constructor(locale: Locale, words: Words, english: Words, told?: AlertWords) {
    this.locale = locale;
    this.told = told;
    this.words = words;
    this.english = english;
  }

  /** The words of a key with `{name}` replaced; English where the language has none. */
  t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    const text = this.words[key] ?? this.english[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  }

  /** What the engine says in English, in this reader's words. */
  say(text: string): string {
    this.sentences ??= new Sentences(this, this.english);
    return this.sentences.say(text);
  }

  number(value: number, digits = 0, options: Intl.NumberFormatOptions = {}): string {
    const key = `n${digits}${JSON.stringify(options)}`;
    let format = this.cache.get(key) as Intl.NumberFormat | undefined;
    if (!format) {
      format = new Intl.NumberFormat(this.locale.numbers, { maximumFractionDigits: digits, ...options });
      this.cache.set(key, format);
    }
    return format.format(value);
  }

  /** A number with its unit reads from left to right, also within a text that does not. */
  private together(text: string): string {
    return this.locale.rtl ? `\u2066${text}\u2069` : text;
  }

  /** Nothing is not less than nothing: what rounds to zero has no sign, here and below. */
  power(powerW: number | null): string {
    if (powerW === null) return "–";
    const size = Math.abs(powerW);
    if (size < 1000) return this.together(`${this.number(Math.round(powerW) + 0)} W`);
    return this.together(`${this.number(powerW / 1000, size < 10_000 ? 2 : 1, { minimumFractionDigits: 1 })} kW`);
  }

  percent(share: number | null): string {
    return share === null ? "–" : this.number(share, 0, { style: "percent" });
  }

  money(amount: number, digits = 2): string {
    const options = { style: "currency", currency: this.locale.currency, minimumFractionDigits: digits } as const;
    try {
      return this.together(this.number(Number(amount.toFixed(digits)) + 0, digits, options));
    } catch {
      return `${this.number(amount, digits)} ${this.locale.currency}`;
    }
  }

  /** Price of a kWh: cents matter. */
  price(perKwh: number | null): string {
    return perKwh === null ? "–" : `${this.money(perKwh, 3)}/kWh`;
  }

  carbon(kg: number): string {
    const grams = Math.abs(kg) < 1;
    return this.together(
      grams ? `${this.number(Math.round(kg * 1000) + 0)} g` : `${this.number(kg, Math.abs(kg) < 100 ? 2 : 0)} kg`,
    );
  }

  temperature(celsius: number): string {
    return this.locale.fahrenheit
      ? this.together(`${this.number((celsius * 9) / 5 + 32, 0)} °F`)
      : this.together(`${this.number(celsius, 1)} °C`);
  }

  /** A time that has passed, in the largest unit of which there are two. */
  span(seconds: number): string {
    const [unit, size] = SPANS.find(([, one]) => seconds >= 2 * one) ?? (["second", 1] as const);
    return this.number(seconds / size, 0, { style: "unit", unit, unitDisplay: "long" });
  }

  minutes(minutes: number): string {
    return this.number(minutes, 0, { style: "unit", unit: "minute", unitDisplay: "short" });
  }

  private date(atMs: number, options: Intl.DateTimeFormatOptions, zone = this.locale.timeZone): string {
    const key = `d${JSON.stringify(options)}${zone}`;
    let format = this.cache.get(key) as Intl.DateTimeFormat | undefined;
    if (!format) {
      const { hour12, numbers } = this.locale;
      format = new Intl.DateTimeFormat(numbers, {
        ...options,
        ...(zone === undefined ? {} : { timeZone: zone }),
        ...(hour12 === undefined || !options.hour ? {} : { hour12 }),
      });
      this.cache.set(key, format);
    }
    return format.format(atMs);
  }

  /** Whether this reader's clock goes to twelve. */
  private get twelve(): boolean {
    const { hour12, numbers } = this.locale;
    this.clock12 ??= hour12 ?? new Intl.DateTimeFormat(numbers, { hour: "numeric" }).resolvedOptions().hour12 === true;
    return this.clock12;
  }

  private get clock(): Intl.DateTimeFormatOptions {
    return { hour: this.twelve ? "numeric" : "2-digit", minute: "2-digit" };
  }

  /** A time of day that is already of the home's clock: the hour and minute of `atMs` in UTC; its weekday too on demand. */
  clockTime(atMs: number, day = false): string {
    return this.date(atMs, { ...this.clock, ...(day ? { weekday: "short" } : {}) }, "UTC");
  }

  time(atMs: number): string {
    return this.date(atMs, this.clock);
  }

  weekdayTime(atMs: number): string {
    return this.date(atMs, { weekday: "short", ...this.clock });
  }

  dateTime(atMs: number): string {
    return this.date(atMs, {
      dateStyle: undefined,
      year: "numeric",
      month: "short",
      day: "numeric",
      ...this.clock,
    });
  }

  /** The instant at which the home's clocks show `2026-06-18T17:10`, ISO-8601; empty for nothing. */
  toIso(local: string): string {
    const wantedMs = Date.parse(`${local}Z`);
    if (Number.isNaN(wantedMs)) return "";
    const { timeZone } = this.locale;
    const shown = (atMs: number): number => {
      const format = new Intl.DateTimeFormat("sv-SE", {
        dateStyle: "short",
        timeStyle: "medium",
        ...(timeZone === undefined ? {} : { timeZone }),
      });
      return Date.parse(`${format.format(atMs).replace(" ", "T")}Z`);
    };
    // Twice: the offset of the first guess may be that of the other side of a clock change.
    const guessMs = wantedMs - (shown(wantedMs) - wantedMs);
    return new Date(guessMs - (shown(guessMs) - wantedMs)).toISOString();
  }

  /** Local hour of the day, with minutes as its fraction. */
  hourOf(atMs: number): number {
    const { timeZone } = this.locale;
    const key = "hour";
    let format = this.cache.get(key) as Intl.DateTimeFormat | undefined;
    if (!format) {
      format = new Intl.DateTimeFormat("en-GB", {
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
        ...(timeZone === undefined ? {} : { timeZone }),
      });
      this.cache.set(key, format);
    }
    const [hour = "0", minute = "0"] = format.format(atMs).split(":");
    return Number(hour) + Number(minute) / 60;
  }

  /** Short name of an hour on an axis. */
  hour(atMs: number): string {
    return this.date(atMs, this.twelve ? { hour: "numeric" } : this.clock);
  }

  weekday(atMs: number): string {
    return this.date(atMs, { weekday: "short", day: "numeric" });
  }
}

const FAHRENHEIT = /-(US|LR|KY|BS|BZ|PW|FM|MH)\b/;
/** Whether a reader from such a region, in a home of such a time zone, measures warmth in degrees Fahrenheit. */
export const usesFahrenheit = (language: string, timeZone = ""): boolean =>
  FAHRENHEIT.test(language) && /^(America|Pacific|US|Africa\/Monrovia)/.test(timeZone);
const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/;
export const isRtl = (language: string): boolean => RIGHT_TO_LEFT.test(language);
