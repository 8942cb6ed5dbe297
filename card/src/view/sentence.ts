import type { Format } from "./format.ts";

/** How a blank of a sentence is recognised, by its name without digits; any other stands for a sentence of its own. */
const KINDS: Readonly<Record<string, string>> = {
  when: String.raw`\d\d:\d\d(?: on \w+)?`,
  price: String.raw`-?\d+\.\d+ [A-Z]{3}(?:/| per )kWh`,
  money: String.raw`-?\d+\.\d+ [A-Z]{3}`,
  kwh: String.raw`\d+(?:\.\d+)? kWh`,
  kg: String.raw`-?\d+(?:\.\d+)? kg CO2e?`,
  power: String.raw`\d+\.\d kW`,
  share: String.raw`\d+ %`,
  percent: String.raw`-?\d+\.\d+ %`,
  number: String.raw`-?\d+`,
  name: ".+?",
};
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/** A Monday. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** The same sentences are shown again with every change of the home. */
const MOST_KEPT = 300;

type Pattern = Readonly<{ key: string; form: RegExp; blanks: readonly string[] }>;
const kindOf = (blank: string): string => blank.replace(/\d+$/, "");

/**
 * What the engine says in English, said to this reader: in the language, with the clock, the money and the numbers of
 * the place. The English words of `say.*` are the forms that are recognised; what has none stays as it is.
 */
export class Sentences {
  private readonly fmt: Format;
  private readonly patterns: readonly Pattern[];
  private readonly known = new Map<string, string>();

  constructor(fmt: Format, english: Readonly<Record<string, string>>) {
    this.fmt = fmt;
    this.patterns = Object.entries(english).flatMap(([key, text]): Pattern[] => {
      if (!key.startsWith("say.")) return [];
      const blanks: string[] = [];
      const form = text.replace(/[.*+?^$()[\]\\|/]/g, String.raw`\$&`).replace(/\{(\w+)\}/g, (_, blank: string) => {
        blanks.push(blank);
        return `(${KINDS[kindOf(blank)] ?? ".+"})`;
      });
      return [{ key, form: new RegExp(`^${form}$`), blanks }];
    });
  }

  say(text: string): string {
    const before = this.known.get(text);
    if (before !== undefined) return before;
    const said = this.part(text);
    const sentence = said.charAt(0).toUpperCase() + said.slice(1);
    if (this.known.size >= MOST_KEPT) this.known.clear();
    this.known.set(text, sentence);
    return sentence;
  }

  /** Whether all of it is said in the reader's words. */
  knows(text: string): boolean {
    return this.matchOf(text) !== undefined || this.split(text).every((part) => part !== text && this.knows(part));
  }

  private matchOf(text: string): readonly [Pattern, RegExpExecArray] | undefined {
    for (const pattern of this.patterns) {
      const found = pattern.form.exec(text);
      const isKnown = (blank: string, i: number): boolean =>
        KINDS[kindOf(blank)] !== undefined || this.knows(found?.[i + 1] ?? "");
      if (found && pattern.blanks.every(isKnown)) return [pattern, found];
    }
    return undefined;
  }

  private split(text: string): readonly string[] {
    return text.includes("; ") ? text.split("; ") : text.split(", ");
  }

  private part(text: string): string {
    const match = this.matchOf(text);
    if (match) {
      const [{ key, blanks }, found] = match;
      const values = blanks.map((blank, i) => [blank, this.blank(kindOf(blank), found[i + 1] ?? "")]);
      return this.fmt.t(key, Object.fromEntries(values) as Record<string, string>);
    }
    const parts = this.split(text);
    if (parts.length < 2) return text;
    return parts.map((one) => this.part(one)).join(text.includes("; ") ? "; " : ", ");
  }

  private blank(kind: string, text: string): string {
    const { fmt } = this;
    const amount = Number.parseFloat(text);
    switch (kind) {
      case "when":
        return this.when(text);
      case "price":
        return `${fmt.money(amount)}/kWh`;
      case "money":
        return fmt.money(amount);
      case "kwh":
        return `${fmt.number(amount, 1)} kWh`;
      case "kg":
        return `${fmt.carbon(amount)} CO₂e`;
      case "power":
        return fmt.power(amount * 1_000);
      case "share":
        return fmt.percent(amount / 100);
      case "percent":
        return fmt.number(amount / 100, 1, { style: "percent" });
      case "number":
        return fmt.number(amount);
      case "name":
        return text;
      default:
        return this.part(text);
    }
  }

  /** "16:30" and "16:30 on Thursday" of the home's clock. */
  private when(text: string): string {
    const [hour = 0, minute = 0] = text.slice(0, 5).split(":").map(Number);
    const at = MONDAY_MS + (hour * 60 + minute) * 60_000;
    const day = DAYS.indexOf(text.slice(9));
    return day < 0 ? this.fmt.clockTime(at) : this.fmt.clockTime(at + day * DAY_MS, true);
  }
}
