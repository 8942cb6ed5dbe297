import type { Log } from "../domain/log.ts";

const LEVELS = ["debug", "info", "warning", "error"] as const;
type Level = (typeof LEVELS)[number];

/** One line per entry: text for people, JSON for machines. */
export function streamLog(out: NodeJS.WritableStream, least: Level, format: "text" | "json", nowMs: () => number): Log {
  const write =
    (level: Level) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
      const at = new Date(nowMs()).toISOString();
      if (format === "json") out.write(`${JSON.stringify({ at, level, message, ...fields })}\n`);
      else {
        const rest = Object.entries(fields).map(
          ([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
        );
        out.write(
          `${at.slice(11, 19)} ${level === "info" ? "" : `${level.toUpperCase()} `}${message}${rest.join("")}\n`,
        );
      }
    };
  return { debug: write("debug"), info: write("info"), warning: write("warning"), error: write("error") };
}
