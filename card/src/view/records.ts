import { html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { EnergySourceDto, Page, PreferencesDto, Role, SensorDto } from "../../../src/serving/messages.ts";
import type { Records } from "../data/source.ts";
import type { Format } from "./format.ts";
import { allRows, saveText, textOf } from "./record-export.ts";
import { recordCell } from "./record-cell.ts";
import { preferencesForm, sensorForm, sourceForm } from "./record-forms.ts";
import { recordStyles } from "./record-styles.ts";
import { TABLES } from "./record-tables.ts";
import type { Row, Table } from "./record-tables.ts";
import { titleOf } from "./record-titles.ts";
import { tokens } from "./theme.ts";

const PAGE_SIZE = 50;
/** Who types a word is not asked after every letter. */
const TYPED_MS = 250;

/** What is stored, for an operator: filtered, searched, between dates, a page at a time, and out as a file. */
export class HypervoltRecords extends LitElement {
  static override properties = {
    records: { attribute: false },
    fmt: { attribute: false },
    role: { attribute: false },
    table: { state: true },
    page: { state: true },
    filters: { state: true },
    search: { state: true },
    editing: { state: true },
    message: { state: true },
    preferences: { state: true },
  };
  declare records: Records;
  declare fmt: Format;
  declare role: Role;
  declare table: Table;
  declare page: { number: number; count: number; rows: readonly Row[]; more: boolean };
  declare filters: Readonly<Record<string, string>>;
  declare search: string;
  declare editing: string | null;
  declare message: string | null;
  declare preferences: PreferencesDto | null;
  private asked = 0;
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.table = TABLES[0] as Table;
    this.page = { number: 1, count: 0, rows: [], more: false };
    this.filters = {};
    this.search = "";
    this.editing = null;
    this.message = null;
    this.preferences = null;
  }

  static override styles = [tokens, recordStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load(1);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
  }

  private get wanted(): Readonly<Record<string, string>> {
    const wanted = { ...this.filters, search: this.search.trim() };
    return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ""));
  }

  private path(number: number): string {
    if (this.table.key === "preferences") return this.table.path;
    const query = new URLSearchParams({ ...this.wanted, page: String(number), page_size: String(PAGE_SIZE) });
    if (this.table.dated) query.set("ordering", "-timestamp");
    return `${this.table.path}?${query.toString()}`;
  }

  private async load(number: number): Promise<void> {
    const turn = ++this.asked;
    this.editing = null;
    try {
      const answer = await this.records.get<Page<Row> | PreferencesDto>(this.path(number));
      if (turn !== this.asked) return;
      this.preferences = this.table.key === "preferences" ? (answer as PreferencesDto) : null;
      const page = answer as Page<Row>;
      this.page = this.preferences
        ? { number: 1, count: 0, rows: [], more: false }
        : { number, count: page.count, rows: page.results, more: page.next !== null };
      this.message = null;
    } catch (error) {
      if (turn !== this.asked) return;
      this.page = { number, count: 0, rows: [], more: false };
      this.message = error instanceof Error ? error.message : String(error);
    }
  }

  private readonly choose = (table: Table): void => {
    clearTimeout(this.typing);
    this.table = table;
    this.filters = {};
    this.search = "";
    void this.load(1);
  };

  private readonly filter = (name: string, value: string): void => {
    this.filters = { ...this.filters, [name]: value };
    void this.load(1);
  };

  /** The server looks through everything that is stored. */
  private seek(text: string): void {
    this.search = text;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.load(1), TYPED_MS);
  }

  /** All that the filters let through, as a file. */
  private async out(format: "csv" | "ndjson"): Promise<void> {
    const { table, records } = this;
    const name = `hypervolt-${table.key}.${format}`;
    await this.say(async () => {
      if (table.stream !== undefined) {
        const query = new URLSearchParams({ ...this.wanted, format });
        await records.download(`${table.stream}?${query.toString()}`, name);
      } else if (this.preferences) saveText(textOf([this.preferences], format), name);
      else saveText(textOf(await allRows(records, table.path, this.wanted), format), name);
    });
  }

  /** Does what a person wishes and says how it went. */
  private async say(wish: () => Promise<unknown>, done: string | null = null): Promise<void> {
    try {
      await wish();
      this.message = done;
    } catch (error) {
      this.message = error instanceof Error ? error.message : String(error);
    }
  }

  private readonly save = (write: () => Promise<unknown>): void => {
    void this.say(async () => {
      await write();
      await this.load(this.page.number);
    }, this.fmt.t("rec.saved"));
  };

  protected override render(): TemplateResult {
    const { fmt, table, page } = this;
    const from = (page.number - 1) * PAGE_SIZE;
    const { preferences } = this;
    return html`
      <nav aria-label=${fmt.t("records")}>
        ${TABLES.map((other) => html`<button aria-pressed=${other === table} @click=${() => this.choose(other)}>${fmt.t(other.words)}</button>`)}
      </nav>
      <div class="filters">
        ${
          preferences
            ? nothing
            : html`<label
                >${fmt.t("rec.search")}<input
                  type="search"
                  .value=${this.search}
                  maxlength="100"
                  @input=${(event: Event) => this.seek((event.target as HTMLInputElement).value)}
              /></label>`
        }
        ${Object.entries(table.filters).map(([name, values]) => this.filterField(name, values))}
        ${
          table.dated
            ? (["from", "to"] as const).map(
                (name) =>
                  html`<label
                    >${fmt.t(`rec.${name}`)}<input
                      type="datetime-local"
                      @change=${(event: Event) => this.filter(name, fmt.toIso((event.target as HTMLInputElement).value))}
                  /></label>`,
              )
            : nothing
        }
        ${
          this.role === "admin"
            ? (["csv", "ndjson"] as const).map(
                (format) =>
                  html`<button @click=${() => void this.out(format)}>
                    ${fmt.t("rec.export")} ${format.toUpperCase()}
                  </button>`,
              )
            : nothing
        }
      </div>
      ${this.message ? html`<p role="status">${this.message}</p>` : nothing}
      ${
        preferences
          ? mayWrite(this.role)
            ? preferencesForm(preferences, this.role, {
                fmt,
                send: (change) => this.save(() => this.records.put("preferences", change)),
              })
            : this.sheet(Object.entries(preferences).map(([name, value]): Row => ({ name, value })))
          : html`${this.sheet(page.rows)}
              <div class="foot">
                <button ?disabled=${page.number === 1} @click=${() => void this.load(page.number - 1)}>
                  ${fmt.t("rec.previous")}
                </button>
                <span class="dim"
                  >${fmt.t("rec.page", { from: fmt.number(Math.min(from + 1, page.count)), to: fmt.number(from + page.rows.length), count: fmt.number(page.count) })}</span
                >
                <button ?disabled=${!page.more} @click=${() => void this.load(page.number + 1)}>
                  ${fmt.t("rec.next")}
                </button>
              </div>`
      }
    `;
  }

  private filterField(name: string, values: readonly string[] | null): TemplateResult {
    const { fmt } = this;
    const said = this.filters[name] ?? "";
    const choose = (event: Event): void =>
      this.filter(name, (event.target as HTMLInputElement | HTMLSelectElement).value.trim());
    return html`<label
      >${titleOf(name, fmt.locale.language)}
      ${
        values
          ? html`<select @change=${choose}>
              ${["", ...values].map((value) => html`<option value=${value} ?selected=${value === said}>${value === "" ? "–" : titleOf(value, fmt.locale.language)}</option>`)}
            </select>`
          : html`<input .value=${said} @change=${choose} />`
      }
    </label>`;
  }

  private sheet(rows: readonly Row[]): TemplateResult {
    const { fmt, table } = this;
    const edits = table.edits === true && mayWrite(this.role);
    return html`<div class="sheet">
      <table>
        <thead>
          <tr>
            ${table.columns.map((column) => html`<th scope="col">${titleOf(column, fmt.locale.language)}</th>`)}
            ${edits ? html`<th><span class="hidden">${fmt.t("rec.correct")}</span></th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => this.line(row, edits))}
          ${
            rows.length === 0
              ? html`<tr>
                  <td class="dim" colspan=${table.columns.length + 1}>${fmt.t("rec.none")}</td>
                </tr>`
              : nothing
          }
        </tbody>
      </table>
    </div>`;
  }

  private line(row: Row, edits: boolean): TemplateResult {
    const { fmt, table } = this;
    const id = String((row["sensor_id"] ?? row["id"] ?? "") as string);
    const open = edits && this.editing === id;
    return html`<tr>
        ${table.columns.map((column) => recordCell(column, row[column], fmt))}
        ${
          edits
            ? html`<td class="tools">
                <button class="small" aria-expanded=${open} @click=${() => (this.editing = open ? null : id)}>
                  ${fmt.t("rec.correct")}
                </button>
              </td>`
            : nothing
        }
      </tr>
      ${
        open
          ? html`<tr>
              <td colspan=${table.columns.length + 1}>${this.form(row)}</td>
            </tr>`
          : nothing
      }`;
  }

  private form(row: Row): TemplateResult {
    const { fmt, records, table } = this;
    const cancel = (): void => {
      this.editing = null;
    };
    return table.key === "sources"
      ? sourceForm(row as unknown as EnergySourceDto, {
          fmt,
          cancel,
          send: (change) => this.save(() => records.patch("energy-sources", change)),
        })
      : sensorForm(row as unknown as SensorDto, {
          fmt,
          cancel,
          send: (change) => this.save(() => records.patch("sensors", change)),
        });
  }
}

const mayWrite = (role: Role): boolean => role === "admin" || role === "operator";

if (!customElements.get("hypervolt-records")) customElements.define("hypervolt-records", HypervoltRecords);
