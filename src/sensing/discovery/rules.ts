import { coerceInt } from "../template/numeric-filters.ts";
import { parseIntText } from "../template/numbers.ts";
import { Template, TemplateSyntaxFault } from "../template/template.ts";
import { textOf } from "../template/text.ts";
import { Dict, type Value } from "../template/values.ts";

/** A config that Home Assistant refuses, and why. */
export class Refused extends Error {
  override readonly name: string = "Refused";
}

/** It is right in itself: there are too many already. */
export class NoRoom extends Refused {
  override readonly name = "NoRoom";
}

export const refuse = (why: string): never => {
  throw new Refused(why);
};

export function asText(value: Value | undefined, what: string): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null || Array.isArray(value) || value instanceof Dict)
    return refuse(`${what}: value should be a string`);
  return textOf(value);
}

export function asTemplate(value: Value, what: string): Template {
  const source = asText(value, what);
  try {
    return new Template(source);
  } catch (error) {
    if (error instanceof TemplateSyntaxFault) return refuse(`${what}: invalid template (${error.message})`);
    throw error;
  }
}

export function asBoolean(value: Value, what: string): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number" || typeof value === "bigint") return Number(value) !== 0;
  if (typeof value === "string") {
    const word = value.toLowerCase().trim();
    if (["1", "true", "yes", "on", "enable"].includes(word)) return true;
    if (["0", "false", "no", "off", "disable"].includes(word)) return false;
  }
  return refuse(`${what}: invalid boolean value`);
}

export function asCount(value: Value, what: string): number {
  const whole = typeof value === "string" ? parseIntText(value) : coerceIntSafely(value);
  if (whole === undefined || whole < 0n) return refuse(`${what}: expected a whole number from 0`);
  return Number(whole);
}

function coerceIntSafely(value: Value): bigint | undefined {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean"
    ? coerceInt(value, 10)
    : undefined;
}

/** One of a set of words, in any case. */
export function asWord(value: Value, words: ReadonlySet<string>, what: string): string {
  const word = textOf(value).toLowerCase();
  return words.has(word) ? word : refuse(`${what}: there is no '${word}'`);
}

export function asTopic(value: Value | undefined, what: string): string {
  const topic = asText(value, what);
  if (topic === "") refuse(`${what}: must not be empty`);
  if (!topic.isWellFormed() || Buffer.byteLength(topic) > 65_535) refuse(`${what}: is no MQTT topic`);
  for (const character of topic) {
    const code = character.codePointAt(0) ?? 0;
    const control = code <= 0x1f || (code >= 0x7f && code <= 0x9f);
    const nonCharacter = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xffff) >= 0xfffe;
    if (control || nonCharacter) refuse(`${what}: must not contain control or non-characters`);
  }
  return topic;
}

export function asFilter(value: Value | undefined, what: string): string {
  const topic = asTopic(value, what);
  const levels = topic.split("/");
  for (const [i, level] of levels.entries()) {
    if (level.includes("+") && level !== "+") refuse(`${what}: a wildcard must be a whole level`);
    if (level.includes("#") && (level !== "#" || i < levels.length - 1)) refuse(`${what}: # must be the last level`);
  }
  return topic;
}

export function asPublishTopic(value: Value | undefined, what: string): string {
  const topic = asTopic(value, what);
  return /[+#]/.test(topic) ? refuse(`${what}: wildcards cannot be used in topic names`) : topic;
}

export function asQos(value: Value): 0 | 1 | 2 {
  const qos = typeof value === "string" ? parseIntText(value) : coerceIntSafely(value);
  if (qos !== 0n && qos !== 1n && qos !== 2n) return refuse("qos: expected 0, 1 or 2");
  return Number(qos) as 0 | 1 | 2;
}

export function asUrl(value: Value, schemes: readonly string[], what: string): string {
  const text = textOf(value).trim();
  // oxlint-disable-next-line no-control-regex
  const parts = /[\u0000-\u001f]/.test(text) ? null : /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#\s]+)/.exec(text);
  if (!parts || !schemes.includes(parts[1]?.toLowerCase() ?? "")) return refuse(`${what}: invalid url`);
  const port = /:(\d*)$/.exec(parts[2] ?? "")?.[1];
  if (port !== undefined && Number(port) > 65_535) refuse(`${what}: invalid url`);
  return text;
}

/** Applies a rule to an option where it is there. */
export function optional<T>(config: Dict, key: string, rule: (value: Value, what: string) => T): T | undefined {
  const value = config.get(key);
  return value === undefined ? undefined : rule(value, key);
}
