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
}>;
export type Words = Readonly<Record<string, string>>;

export class Format {
  readonly locale: Locale;
  private readonly words: Words;
  private readonly english: Words;
  private readonly cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
  private readonly twelve: boolean;
  private readonly clock: Intl.DateTimeFormatOptions;

  constructor(locale: Locale, words: Words, english: Words) {
    this.locale = locale;
    const usual = new Intl.DateTimeFormat(locale.numbers, { hour: "numeric" }).resolvedOptions();
    this.twelve = locale.hour12 ?? usual.hour12 === true;
    this.clock = { hour: this.twelve ? "numeric" : "2-digit", minute: "2-digit" };
    this.words = words;
    this.english = english;
  }

  /** The words of a key with `{name}` replaced; English where the language has none. */
  t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    const text = this.words[key] ?? this.english[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
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

  power(powerW: number | null): string {
    if (powerW === null) return "–";
    const size = Math.abs(powerW);
    if (size < 1000) return this.together(`${this.number(Math.round(powerW))} W`);
    return this.together(`${this.number(powerW / 1000, size < 10_000 ? 2 : 1, { minimumFractionDigits: 1 })} kW`);
  }

  percent(share: number | null): string {
    return share === null ? "–" : this.number(share, 0, { style: "percent" });
  }

  money(amount: number, digits = 2): string {
    const options = { style: "currency", currency: this.locale.currency, minimumFractionDigits: digits } as const;
    try {
      return this.together(this.number(amount, digits, options));
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
    return this.together(grams ? `${this.number(kg * 1000)} g` : `${this.number(kg, Math.abs(kg) < 100 ? 2 : 0)} kg`);
  }

  temperature(celsius: number): string {
    return this.together(`${this.number(celsius, 1)} °C`);
  }

  private date(atMs: number, options: Intl.DateTimeFormatOptions): string {
    const key = `d${JSON.stringify(options)}`;
    let format = this.cache.get(key) as Intl.DateTimeFormat | undefined;
    if (!format) {
      const { hour12, timeZone, numbers } = this.locale;
      format = new Intl.DateTimeFormat(numbers, {
        ...options,
        ...(timeZone === undefined ? {} : { timeZone }),
        ...(hour12 === undefined || !options.hour ? {} : { hour12 }),
      });
      this.cache.set(key, format);
    }
    return format.format(atMs);
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

const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/;
export const isRtl = (language: string): boolean => RIGHT_TO_LEFT.test(language);
