import { html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import type { Role, SetupDto, SetupQuestion } from "../../../src/serving/messages.ts";
import type { Records } from "../data/source.ts";
import { Format } from "../view/format.ts";
import { tokens } from "../view/theme.ts";
import { devicesQuestion } from "./devices-question.ts";
import { answerOf, draftOf } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { en } from "./lang/en.ts";
import { setupWords } from "./lang/setup-words.ts";
import { inPlace } from "./in-place.ts";
import { comfortQuestion, modeQuestion } from "./last-questions.ts";
import type { Asked } from "./question.ts";
import { QUESTIONS } from "./question.ts";
import { setupStyles } from "./setup-styles.ts";
import { tariffQuestion } from "./tariff-question.ts";
import { wiringQuestion } from "./wiring-question.ts";

const TOAST_MS = 6_000;
/** While nothing is being changed, what was found is looked at again this often. */
const LOOK_MS = 15_000;

/** Full control is five questions away: what was found, five questions with proposals, and a way back. */
export class HypervoltSetup extends LitElement {
  static override properties = {
    records: { attribute: false },
    fmt: { attribute: false },
    reader: { attribute: false },
    words: { state: true },
    setup: { state: true },
    draft: { state: true },
    changed: { state: true },
    wrong: { state: true },
    busy: { state: true },
    message: { state: true },
    search: { state: true },
    all: { state: true },
  };
  static override styles = [tokens, setupStyles];
  declare records: Records;
  /** In the reader's locale; the words of this page are its own. */
  declare fmt: Format;
  /** What the reader may do. `role` would be an ARIA attribute until this element is defined. */
  declare reader: Role;
  declare words: Format | undefined;
  declare setup: SetupDto | undefined;
  declare draft: Draft | undefined;
  declare changed: ReadonlySet<SetupQuestion>;
  declare wrong: Readonly<Partial<Record<SetupQuestion, Readonly<Record<string, string>>>>>;
  declare busy: boolean;
  declare message: string | null;
  declare search: string;
  declare all: boolean;
  private timer: ReturnType<typeof setInterval> | undefined;
  private toast: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.changed = new Set();
    this.wrong = {};
    this.busy = false;
    this.message = null;
    this.search = "";
    this.all = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => {
      if (this.changed.size === 0 && !this.busy && document.visibilityState === "visible") void this.look();
    }, LOOK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    clearTimeout(this.toast);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("fmt")) void this.speak();
    if (changed.has("records")) void this.look();
  }

  private async speak(): Promise<void> {
    const { fmt } = this;
    this.words = new Format(fmt.locale, await setupWords(fmt.locale.language), en);
  }

  private async look(): Promise<void> {
    try {
      this.take(await this.records.get<SetupDto>("setup"));
    } catch (error) {
      this.say("failed", { why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What was changed and not saved stays as it is. */
  private take(setup: SetupDto, ...answered: SetupQuestion[]): void {
    const changed = new Set([...this.changed].filter((one) => !answered.includes(one)));
    const fresh = draftOf(setup);
    const kept = Object.fromEntries([...changed].map((one) => [one, this.draft?.[one]]));
    this.setup = {
      ...setup,
      devices: inPlace(setup.devices, this.setup?.devices ?? [], ({ entity_id }) => entity_id),
    };
    this.draft = { ...fresh, ...kept } as Draft;
    this.changed = changed;
    this.wrong = Object.fromEntries(
      Object.entries(this.wrong).filter(([one]) => !answered.includes(one as SetupQuestion)),
    );
  }

  private say(key: string, values: Readonly<Record<string, string>>): void {
    this.message = this.words?.t(key, values) ?? null;
    clearTimeout(this.toast);
    this.toast = setTimeout(() => (this.message = null), TOAST_MS);
  }

  private async save(question: SetupQuestion): Promise<void> {
    if (!this.draft || !this.setup || this.busy) return;
    this.busy = true;
    const sent = JSON.stringify(this.draft[question]);
    try {
      const said = await this.records.patch<SetupDto>(`setup/${question}`, answerOf(question, this.draft, this.setup));
      // What was changed meanwhile is not saved yet.
      this.take(said, ...(JSON.stringify(this.draft[question]) === sent ? [question] : []));
      this.say("saved", { question: this.words?.t(`q.${question}`) ?? question });
    } catch (error) {
      const { fields, message } = error as Error & { fields?: Readonly<Record<string, string>> };
      this.wrong = { ...this.wrong, [question]: fields ?? { "": message } };
      this.say("failed", { why: message });
    } finally {
      this.busy = false;
    }
  }

  private async undo(): Promise<void> {
    this.busy = true;
    try {
      const question = this.setup?.undo?.question;
      this.take(await this.records.post<SetupDto>("setup/undo", {}), ...QUESTIONS);
      if (question) this.say("undone", { question: this.words?.t(`q.${question}`) ?? question });
    } catch (error) {
      this.say("failed", { why: error instanceof Error ? error.message : String(error) });
    } finally {
      this.busy = false;
    }
  }

  private asked(question: SetupQuestion): Asked {
    const { setup, draft, words } = this as { setup: SetupDto; draft: Draft; words: Format };
    return {
      setup,
      draft,
      fmt: words,
      mayAnswer: this.reader === "admin",
      wrong: this.wrong[question] ?? {},
      changed: this.changed.has(question),
      busy: this.busy,
      change: (edit) => {
        const next = structuredClone(this.draft as Draft);
        edit(next);
        this.draft = next;
        this.changed = new Set([...this.changed, question]);
      },
      save: () => void this.save(question),
    };
  }

  protected override render(): TemplateResult {
    const { setup, draft, words: fmt } = this;
    if (!fmt) return html``;
    if (!setup || !draft) return html`<p class="page dim" role="status">${this.message ?? fmt.t("loading")}</p>`;
    const done = QUESTIONS.filter((one) => setup.answered[one] !== null).length;
    const list = {
      search: this.search,
      all: this.all,
      set: (part: Partial<{ search: string; all: boolean }>) => void Object.assign(this, part),
    };
    return html`<main class="page" dir=${fmt.locale.rtl ? "rtl" : "ltr"}>
      <div>
        <h1>${fmt.t("title")}</h1>
        <p class="dim">${fmt.t(setup.complete ? "done" : "intro")} ${fmt.t("rule")}</p>
      </div>
      <div class="bar">
        <label>
          <progress max=${QUESTIONS.length} value=${done}></progress>
          ${fmt.t("progress", { done: fmt.number(done), all: fmt.number(QUESTIONS.length) })}
        </label>
        ${
          setup.undo && this.reader === "admin"
            ? html`<button ?disabled=${this.busy} @click=${() => void this.undo()}>
                ${fmt.t("undo", { question: fmt.t(`q.${setup.undo.question}`) })}
              </button>`
            : nothing
        }
      </div>
      ${this.reader === "admin" ? nothing : html`<p role="note">${fmt.t("readonly")}</p>`} ${this.found(setup, fmt)}
      ${wiringQuestion(this.asked("wiring"))} ${tariffQuestion(this.asked("tariff"))}
      ${devicesQuestion(this.asked("devices"), list)} ${comfortQuestion(this.asked("comfort"))}
      ${modeQuestion(this.asked("mode"))}
      <p class="toast" role="status" ?hidden=${this.message === null}>${this.message}</p>
    </main>`;
  }

  private found(setup: SetupDto, fmt: Format): TemplateResult {
    const { home_assistant, energy_dashboard, balance } = setup.found;
    const culprit = balance?.culprit;
    return html`<section class="found" aria-labelledby="h-found">
      <h2 id="h-found">${fmt.t("found")}</h2>
      <ul>
        ${home_assistant ? nothing : html`<li class="bad">${fmt.t("found.away")}</li>`}
        <li class=${energy_dashboard ? "good" : ""}>
          ${fmt.t(energy_dashboard ? "found.dashboard" : "found.nodashboard")}
        </li>
        <li class="good">${fmt.t("found.meters", { count: fmt.number(setup.wiring.sensors.length) })}</li>
        <li class="good">${fmt.t("found.devices", { count: fmt.number(setup.devices.length) })}</li>
        ${
          balance === null
            ? nothing
            : balance.holds
              ? html`<li class="good">${fmt.t("found.balance")}</li>`
              : html`<li class="bad">
                  <span>
                    ${fmt.t("found.unbalanced", { share: fmt.percent(Math.min(1, balance.error)) })}
                    ${culprit ? fmt.t(`culprit.${culprit.kind}`, { name: culprit.name }) : nothing}
                  </span>
                </li>`
        }
      </ul>
    </section>`;
  }
}
if (!customElements.get("hypervolt-setup")) customElements.define("hypervolt-setup", HypervoltSetup);
