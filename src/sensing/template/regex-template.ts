import { raised } from "./fault.ts";
import type { Match, Pattern } from "./regex.ts";
import { CONTROLS } from "./regex-parser.ts";

/** A replacement is refused for a group there is not, also where nothing is replaced. */
export function checkTemplate(template: string, pattern: Pattern): void {
  expandTemplate(template, { start: 0, end: 0, groups: [] }, pattern);
}

export function expandTemplate(template: string, match: Match, pattern: Pattern): string {
  return template.replace(
    /\\(?:g<([^>]*)>|(\d{1,2})|([\s\S]))/g,
    (_all, name?: string, number?: string, one?: string) => {
      const key = name ?? number;
      if (key !== undefined) {
        const index = /^\d+$/.test(key) ? Number(key) : pattern.names.get(key);
        if (index === undefined || index > pattern.groups) throw raised(`invalid group reference ${key}`);
        return match.groups[index] ?? "";
      }
      if (one === "\\") return "\\";
      const control = CONTROLS[one ?? ""];
      if (control !== undefined) return control;
      if (/[a-zA-Z]/.test(one ?? "")) throw raised(`bad escape \\${one}`);
      return `\\${one}`;
    },
  );
}
