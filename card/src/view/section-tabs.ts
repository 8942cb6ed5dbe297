import { html } from "lit";
import type { nothing, TemplateResult } from "lit";
import { problems } from "./numbers.ts";
import { decisionSection, planSection } from "./plan-section.ts";
import { roomsSection } from "./rooms-section.ts";
import { settingsSection } from "./settings-section.ts";
import type { Scope } from "./view.ts";

const TABS = ["plan", "decisions", "rooms", "settings", "problems"] as const;
export type Tab = (typeof TABS)[number];

const SECTIONS: Readonly<Record<Tab, (scope: Scope) => TemplateResult | typeof nothing>> = {
  plan: planSection,
  decisions: decisionSection,
  rooms: roomsSection,
  settings: settingsSection,
  problems,
};

/** One section at a time, where there is little place. `choose` is told whether a key chose: the focus moves along. */
export function sectionTabs(scope: Scope, chosen: Tab, choose: (tab: Tab, byKey: boolean) => void): TemplateResult {
  const { fmt } = scope;
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const towards = fmt.locale.rtl ? -step : step;
    choose(TABS[(TABS.indexOf(chosen) + towards + TABS.length) % TABS.length] ?? "plan", true);
  };
  return html`<div class="tabs">
    <div role="tablist" aria-label=${fmt.t("tabs")} @keydown=${onKey}>
      ${TABS.map(
        (tab) =>
          html`<button
            role="tab"
            id="tab-${tab}"
            aria-selected=${tab === chosen}
            aria-controls="panel"
            tabindex=${tab === chosen ? 0 : -1}
            @click=${() => choose(tab, false)}
          >
            ${fmt.t(tab)}
          </button>`,
      )}
    </div>
    <div role="tabpanel" id="panel" aria-labelledby="tab-${chosen}">${SECTIONS[chosen](scope)}</div>
  </div>`;
}
