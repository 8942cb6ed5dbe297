import { MS_PER_MINUTE } from "../domain/units.ts";
import { SEVERITIES, type Alert, type Finding } from "./finding.ts";

/** What is wrong now, and what changed since the last look. */
export type AlertChange = Readonly<{
  alerts: readonly Alert[];
  raised: readonly Alert[];
  cleared: readonly Alert[];
}>;

/** A finding is told once it has lasted this long, or at once where it has happened for good, and taken back once it has been gone this long. */
const LASTS_MS = 2 * MS_PER_MINUTE;
const GONE_MS = 5 * MS_PER_MINUTE;

type Known = { finding: Finding; firstMs: number; lastMs: number; told: boolean };

/** Turns what rules find at each look into alerts that neither flicker nor nag. */
export class AlertBook {
  readonly #known = new Map<string, Known>();

  /** @param findings everything that is found now; @param nowMs time of this look */
  update(findings: readonly Finding[], nowMs: number): AlertChange {
    const raised: Alert[] = [];
    const cleared: Alert[] = [];
    for (const finding of findings) {
      const known = this.#known.get(finding.id);
      if (known === undefined) this.#known.set(finding.id, { finding, firstMs: nowMs, lastMs: nowMs, told: false });
      else Object.assign(known, { finding, lastMs: nowMs });
    }
    for (const [id, known] of this.#known) {
      const present = known.lastMs === nowMs;
      if (!present && (nowMs - known.lastMs >= GONE_MS || !known.told)) {
        this.#known.delete(id);
        if (known.told) cleared.push(alertOf(known));
      } else if (present && !known.told && (known.finding.happened === true || nowMs - known.firstMs >= LASTS_MS)) {
        known.told = true;
        raised.push(alertOf(known));
      }
    }
    return { alerts: this.alerts(), raised, cleared };
  }

  /** Worst first, then oldest first. */
  alerts(): readonly Alert[] {
    return [...this.#known.values()]
      .filter(({ told }) => told)
      .map(alertOf)
      .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.sinceMs - b.sinceMs);
  }
}

const alertOf = ({ finding, firstMs }: Known): Alert => {
  const { id, matter, severity, title, detail, todo } = finding;
  return { id, matter, severity, title, detail, todo, sinceMs: firstMs };
};
