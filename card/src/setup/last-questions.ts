import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { SetupMode } from "../../../src/serving/messages.ts";
import { check, numberField, question, timeField } from "./question.ts";
import type { Asked } from "./question.ts";

const MODES: readonly SetupMode[] = ["advise", "ask", "auto", "off"];

export function comfortQuestion(asked: Asked): TemplateResult {
  const { fmt, draft, change } = asked;
  const { light_target_lx, light_floor_pct, quiet_hours, hands_off_minutes, max_import_w } = draft.comfort;
  return question(
    "comfort",
    asked,
    html`
      <div class="fields">
        ${numberField(
          fmt.t("comfort.lux"),
          light_target_lx,
          (value) => change(({ comfort }) => (comfort.light_target_lx = value ?? Number.NaN)),
          { min: 0, max: 5000, step: 10 },
        )}
        ${numberField(
          fmt.t("comfort.floor"),
          light_floor_pct,
          (value) => change(({ comfort }) => (comfort.light_floor_pct = value ?? Number.NaN)),
          { min: 0, max: 100, step: 1 },
        )}
        ${numberField(
          fmt.t("comfort.hands"),
          hands_off_minutes,
          (value) => change(({ comfort }) => (comfort.hands_off_minutes = value ?? Number.NaN)),
          { min: 0, max: 1440, step: 5 },
        )}
        ${numberField(
          fmt.t("comfort.fuse"),
          max_import_w,
          (value) => change(({ comfort }) => (comfort.max_import_w = value)),
          { min: 100, step: 100, placeholder: fmt.t("comfort.nolimit") },
        )}
      </div>
      ${check(fmt.t("comfort.quiet"), quiet_hours !== null, (on) =>
        change(({ comfort }) => (comfort.quiet_hours = on ? { from: "22:00", to: "07:00" } : null)),
      )}
      ${
        quiet_hours
          ? html`<div class="fields inset">
              ${timeField(fmt.t("from"), quiet_hours.from, (from) =>
                change(({ comfort }) => (comfort.quiet_hours = { ...quiet_hours, from })),
              )}
              ${timeField(fmt.t("to"), quiet_hours.to, (to) =>
                change(({ comfort }) => (comfort.quiet_hours = { ...quiet_hours, to })),
              )}
            </div>`
          : nothing
      }
    `,
  );
}

export function modeQuestion(asked: Asked): TemplateResult {
  const { fmt, draft, change } = asked;
  return question(
    "mode",
    asked,
    html`<div role="radiogroup" aria-labelledby="h-mode">
      ${MODES.map(
        (mode) =>
          html`<label class="choice ${draft.mode === mode ? "on" : ""}">
            <input
              type="radio"
              name="mode"
              value=${mode}
              .checked=${draft.mode === mode}
              @change=${() => change((next) => (next.mode = mode))}
            />
            <span><b>${fmt.t(`mode.${mode}`)}</b><span class="dim small">${fmt.t(`mode.${mode}.help`)}</span></span>
          </label>`,
      )}
    </div>`,
  );
}
