import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { SetupDto, SetupQuestion, SetupWhy } from "../../../src/serving/messages.ts";
import type { Format } from "../view/format.ts";
import type { Draft } from "./draft.ts";

/** What a question is drawn from, and where its changes go. */
export type Asked = Readonly<{
  setup: SetupDto;
  draft: Draft;
  fmt: Format;
  mayAnswer: boolean;
  /** What the server said of each field of the question that was not saved. */
  wrong: Readonly<Record<string, string>>;
  changed: boolean;
  busy: boolean;
  change: (edit: (draft: Draft) => void) => void;
  save: () => void;
}>;

export const QUESTIONS: readonly SetupQuestion[] = ["wiring", "tariff", "devices", "comfort", "mode"];

/** One question: what holds, who said so, and one button that agrees or saves. */
export function question(name: SetupQuestion, asked: Asked, body: TemplateResult): TemplateResult {
  const { setup, fmt, mayAnswer, wrong, busy, changed, save } = asked;
  const at = setup.answered[name];
  const help = `q.${name}.help`;
  const said = fmt.t(help);
  const label = at === null && !changed ? "yes" : changed && at !== null ? "again" : "save";
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    save();
  };
  return html`<section id=${name} aria-labelledby="h-${name}">
    <form @submit=${onSubmit} novalidate>
      <div class="top">
        <span class="count ${at === null ? "" : "done"}" aria-hidden="true">
          ${at === null ? fmt.number(QUESTIONS.indexOf(name) + 1) : "✓"}
        </span>
        <h2 id="h-${name}">${fmt.t(`q.${name}`)}</h2>
        <span class="chip ${at === null ? "" : "done"}">
          ${at === null ? fmt.t("proposal") : fmt.t("answered", { time: fmt.dateTime(Date.parse(at)) })}
        </span>
      </div>
      ${said === help ? nothing : html`<p class="dim">${said}</p>`}
      <fieldset ?disabled=${!mayAnswer} aria-labelledby="h-${name}">${body}</fieldset>
      ${
        Object.keys(wrong).length > 0
          ? html`<ul class="wrong" role="alert">
              ${Object.entries(wrong).map(([field, why]) => html`<li>${field === "" ? why : html`<b>${field}</b>: ${why}`}</li>`)}
            </ul>`
          : nothing
      }
      ${
        mayAnswer
          ? html`<div class="foot">
              <button class=${at === null || changed ? "main" : ""} ?disabled=${busy || (at !== null && !changed)}>
                ${fmt.t(label)}
              </button>
            </div>`
          : nothing
      }
    </form>
  </section>`;
}

/** How sure, and why, in a few words. */
export function certainty(fmt: Format, confidence: number | null, why: SetupWhy | null): string {
  if (confidence === null || why === null) return "";
  const because = fmt.t(`why.${why}`);
  return why === "said" ? because : `${fmt.t("sure", { share: fmt.percent(confidence) })}: ${because}`;
}

/** A number field; an empty one is null. */
export function numberField(
  label: string,
  value: number | null,
  set: (value: number | null) => void,
  limits: Readonly<{ min?: number; max?: number; step?: number | "any"; placeholder?: string }> = {},
): TemplateResult {
  const read = (event: Event): void => {
    const { value: text } = event.target as HTMLInputElement;
    set(text.trim() === "" ? null : Number(text));
  };
  return html`<label class="field">
    <span>${label}</span>
    <input
      type="number"
      inputmode="decimal"
      .value=${value === null ? "" : String(value)}
      min=${limits.min ?? nothing}
      max=${limits.max ?? nothing}
      step=${limits.step ?? "any"}
      placeholder=${limits.placeholder ?? nothing}
      @input=${read}
    />
  </label>`;
}

export function timeField(label: string, value: string, set: (value: string) => void): TemplateResult {
  return html`<label class="field time">
    <span>${label}</span>
    <input
      type="time"
      .value=${value}
      required
      @change=${(event: Event) => set((event.target as HTMLInputElement).value)}
    />
  </label>`;
}

export function selectField(
  label: string,
  value: string | null,
  options: readonly Readonly<{ value: string; text: string }>[],
  empty: string,
  set: (value: string | null) => void,
  hidden = false,
): TemplateResult {
  return html`<label class="field">
    <span class=${hidden ? "hidden" : ""}>${label}</span>
    <select
      @change=${(event: Event) => {
        const { value: chosen } = event.target as HTMLSelectElement;
        set(chosen === "" ? null : chosen);
      }}
    >
      <option value="" ?selected=${value === null}>${empty}</option>
      ${options.map((one) => html`<option value=${one.value} ?selected=${one.value === value}>${one.text}</option>`)}
    </select>
  </label>`;
}

export function check(label: string, on: boolean, set: (on: boolean) => void, disabled = false): TemplateResult {
  return html`<label class="check">
    <input
      type="checkbox"
      .checked=${on}
      ?disabled=${disabled}
      @change=${(event: Event) => set((event.target as HTMLInputElement).checked)}
    />
    <span>${label}</span>
  </label>`;
}
