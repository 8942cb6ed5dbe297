import { TemplateFault, TemplateSyntaxFault, Work } from "./fault.ts";
import { type FastPath, fastPathOf } from "./fast-path.ts";
import { FILTERS } from "./filters.ts";
import { GLOBALS } from "./globals.ts";
import { HOME_ASSISTANT_FILTERS, HOME_ASSISTANT_GLOBALS, HOME_ASSISTANT_TESTS } from "./home-assistant-names.ts";
import { Rendering } from "./interpreter.ts";
import type { Library } from "./runtime.ts";
import { parseTemplate } from "./parser.ts";
import { parseJson } from "./strict-json.ts";
import type { Body } from "./syntax.ts";
import { TESTS } from "./tests.ts";
import { stripSpace } from "./numbers.ts";
import { Bytes, type Value } from "./values.ts";

/** Steps of one rendering; a sensible template takes some dozens. */
const MOST_STEPS = 250_000;

const LIBRARY: Library = {
  filters: FILTERS,
  tests: TESTS,
  globals: GLOBALS,
  homeAssistant: { filters: HOME_ASSISTANT_FILTERS, tests: HOME_ASSISTANT_TESTS, globals: HOME_ASSISTANT_GLOBALS },
};

export type TemplateWorld = Readonly<{ nowMs: () => number; zoneOffsetMinutes: (atMs: number) => number }>;

type Variables = ReadonlyMap<string, Value>;

/** A payload, and its JSON, parsed at most once for all templates that look at it. */
export class Payload {
  readonly raw: Value;
  #json: Value | undefined;
  #parsed = false;

  constructor(raw: string | Uint8Array) {
    this.raw = typeof raw === "string" ? raw : new Bytes(raw);
  }

  /** undefined when it is not JSON. */
  json(): Value | undefined {
    if (!this.#parsed) {
      this.#parsed = true;
      const text = typeof this.raw === "string" ? this.raw : undefined;
      this.#json = text === undefined ? bytesJson(this.raw) : parseJson(text);
    }
    return this.#json;
  }
}

function bytesJson(raw: Value): Value | undefined {
  if (!(raw instanceof Bytes)) return undefined;
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw.data));
  } catch {
    return undefined;
  }
}

/** A template as Home Assistant takes it from a discovery config: sandboxed, and bounded in work, output and depth. */
export class Template {
  readonly source: string;
  readonly #body: Body | undefined;
  readonly #fastPath: FastPath | undefined;
  readonly #usesJson: boolean;

  /** @throws TemplateSyntaxFault */
  constructor(source: string) {
    this.source = stripSpace(source);
    this.#body = /\{[{%#]/.test(source)
      ? parseTemplate(this.source, {
          filter: (name) => FILTERS.has(name) || HOME_ASSISTANT_FILTERS.has(name),
          test: (name) => TESTS.has(name) || HOME_ASSISTANT_TESTS.has(name),
        })
      : undefined;
    this.#fastPath = this.#body && fastPathOf(this.#body);
    this.#usesJson = this.source.includes("value_json");
  }

  /**
   * The text a payload gives, with `value`, `value_json` and further variables, which are made only where they are
   * looked at.
   * @throws TemplateFault
   */
  render(payload: Payload, variables: Variables | (() => Variables), world: TemplateWorld): string {
    if (!this.#body) return this.source;
    const runtime = (): Rendering => new Rendering(LIBRARY, new Work(MOST_STEPS), world.nowMs, world.zoneOffsetMinutes);
    try {
      const fast = this.#fastPath?.(payload, runtime);
      if (fast !== undefined) return stripSpace(fast);
      return stripSpace(
        runtime().render(
          this.#body,
          this.#variables(payload, typeof variables === "function" ? variables() : variables),
        ),
      );
    } catch (error) {
      if (error instanceof RangeError) throw new TemplateFault("bound", `the template goes too deep: ${error.message}`);
      throw error;
    }
  }

  #variables(payload: Payload, others: Variables): Variables {
    const all = new Map(others);
    all.set("value", payload.raw);
    const json = this.#usesJson ? payload.json() : undefined;
    if (json !== undefined) all.set("value_json", json);
    return all;
  }
}

export { TemplateFault, TemplateSyntaxFault };
