import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { icon } from "./icons.ts";
import { modeSwitch } from "./settings-section.ts";
import type { Scope } from "./view.ts";

export type HeaderParts = Readonly<{
  title: string;
  /** Whether what is stored is looked at; null where it cannot be. */
  browses: boolean | null;
  /** The title is a button. */
  tap: (() => void) | undefined;
  browse: () => void;
  showProblems: () => void;
}>;

/** Whose home it is, how many problems it has, the mode, and the way to what is stored. */
export function homeHeader(scope: Scope, parts: HeaderParts): TemplateResult {
  const { fmt, home, snapshot } = scope;
  const { title, tap, browses } = parts;
  const worst = snapshot.alerts.filter(({ severity }) => severity !== "info").length;
  return html`<header>
    <h1>${tap ? html`<button class="link" @click=${tap}>${title}</button>` : title}</h1>
    <div class="badges">
      ${
        worst > 0
          ? html`<button class="badge warning" @click=${parts.showProblems}>
              ${fmt.t("problems")}: ${fmt.number(worst)}
            </button>`
          : nothing
      }
      ${home.demo ? html`<span class="badge">${fmt.t("demo")}</span>` : nothing}
    </div>
    ${modeSwitch(scope)}
    ${
      browses === null
        ? nothing
        : html`<button class="browse" @click=${parts.browse}>
            ${icon(browses ? "home" : "table")}<span>${fmt.t(browses ? "records.back" : "records")}</span>
          </button>`
    }
  </header>`;
}

/** Why what is shown may be old, or less than usual. */
export function apart({ home, snapshot: { connection }, fmt }: Scope): TemplateResult | typeof nothing {
  if (connection !== "lost" && connection !== "away") return nothing;
  return html`<p class="apart" role="status">
    ${fmt.t(connection === "away" ? "away" : "lost.since", { time: fmt.weekdayTime(Date.parse(home.now)) })}
  </p>`;
}
