import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Page, PreferencesDto, Role, SensorCorrectionDto, SensorDto } from "../../../src/serving/messages.ts";
import type { Records } from "../data/source.ts";
import type { Format } from "./format.ts";
import { SENSOR_ROLES, TABLES } from "./record-tables.ts";
import type { Row, Table } from "./record-tables.ts";
import { tokens } from "./theme.ts";

const PAGE_SIZE = 50;

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

  static override styles = [
    tokens,
    css`
      :host {
        display: block;
      }
      nav,
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-bottom: 12px;
        align-items: end;
      }
      .filters label {
        display: grid;
        font-size: 12px;
        color: var(--hv-dim);
      }
      .filters input,
      .filters select,
      td input,
      td select {
        padding: 5px 10px;
        border: 1px solid var(--hv-line);
        border-radius: 9px;
        background: var(--hv-surface);
        color: var(--hv-text);
        min-height: 26px;
        max-width: 190px;
      }
      .sheet {
        overflow-x: auto;
        border: 1px solid var(--hv-line);
        border-radius: var(--hv-radius);
        background: var(--hv-surface);
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: 13px;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 7px 12px;
        text-align: start;
        vertical-align: top;
        border-bottom: 1px solid var(--hv-line);
        max-width: 360px;
        overflow-wrap: break-word;
      }
      th {
        color: var(--hv-dim);
        font-weight: 600;
        white-space: nowrap;
      }
      td.number {
        text-align: end;
        white-space: nowrap;
      }
      .foot {
        display: flex;
        gap: 10px;
        align-items: center;
        padding: 10px 0;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load(1);
  }

  private path(number: number): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(this.filters)) if (value !== "") query.set(name, value);
    if (this.table.paged) {
      query.set("page", String(number));
      query.set("page_size", String(PAGE_SIZE));
      if (this.table.dated) query.set("ordering", "-timestamp");
    }
    const text = query.toString();
    return `${this.table.path}${text === "" ? "" : `?${text}`}`;
  }

  private async load(number: number): Promise<void> {
    const turn = ++this.asked;
    this.editing = null;
    try {
      const answer = await this.records.get<Page<Row> | Row[] | PreferencesDto>(this.path(number));
      if (turn !== this.asked) return;
      this.preferences = this.table.key === "preferences" ? (answer as PreferencesDto) : null;
      const rows = this.preferences
        ? Object.entries(this.preferences).map(([name, value]): Row => ({
            name,
            value: typeof value === "object" ? JSON.stringify(value) : value,
          }))
        : Array.isArray(answer)
          ? answer
          : (answer as Page<Row>).results;
      const paged = Array.isArray(answer) || this.preferences ? null : (answer as Page<Row>);
      this.page = { number, count: paged?.count ?? rows.length, rows, more: paged?.next != null };
      this.message = null;
    } catch (error) {
      if (turn !== this.asked) return;
      this.page = { number, count: 0, rows: [], more: false };
      this.message = error instanceof Error ? error.message : String(error);
    }
  }

  private readonly choose = (table: Table): void => {
    this.table = table;
    this.filters = {};
    this.search = "";
    void this.load(1);
  };

  private readonly filter = (name: string, value: string): void => {
    this.filters = { ...this.filters, [name]: value };
    void this.load(1);
  };

  private async out(format: "csv" | "ndjson"): Promise<void> {
    const query = new URLSearchParams({ format });
    for (const [name, value] of Object.entries(this.filters)) if (value !== "") query.set(name, value);
    try {
      await this.records.download(`sensor-readings/export?${query.toString()}`, `hypervolt-readings.${format}`);
    } catch (error) {
      this.message = error instanceof Error ? error.message : String(error);
    }
  }

  private async correct(event: SubmitEvent, sensor: SensorDto): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const correction: SensorCorrectionDto = { sensor_id: sensor.sensor_id, ignore: form.get("ignore") !== null };
    if (text("name") !== "" && text("name") !== sensor.name) correction.name = text("name");
    if (text("role") !== "" && text("role") !== sensor.role) correction.role = text("role");
    const [scale, zero] = [Number(text("scale") || 1), Number(text("zero") || 0)];
    if (scale !== 1 || zero !== 0) correction.calibration = { scale, zero };
    try {
      await this.records.patch("sensors", correction);
      await this.load(this.page.number);
      this.message = this.fmt.t("rec.saved");
    } catch (error) {
      this.message = error instanceof Error ? error.message : String(error);
    }
  }

  protected override render(): TemplateResult {
    const { fmt, table, page } = this;
    const wanted = this.search.toLowerCase();
    const rows =
      wanted === "" ? page.rows : page.rows.filter((row) => JSON.stringify(row).toLowerCase().includes(wanted));
    const from = (page.number - 1) * PAGE_SIZE;
    return html`
      <nav aria-label=${fmt.t("records")}>
        ${TABLES.map((other) => html`<button aria-pressed=${other === table} @click=${() => this.choose(other)}>${fmt.t(other.words)}</button>`)}
      </nav>
      <div class="filters">
        <label
          >${fmt.t("rec.search")}<input
            type="search"
            .value=${this.search}
            @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
        /></label>
        ${table.filters.map((name) => html`<label>${name}<input .value=${this.filters[name] ?? ""} @change=${(event: Event) => this.filter(name, (event.target as HTMLInputElement).value.trim())} /></label>`)}
        ${
          table.dated
            ? (["from", "to"] as const).map(
                (name) =>
                  html`<label
                    >${fmt.t(`rec.${name}`)}<input
                      type="datetime-local"
                      @change=${(event: Event) => this.filter(name, toIso((event.target as HTMLInputElement).value))}
                  /></label>`,
              )
            : nothing
        }
        ${
          table.exports && this.role === "admin"
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
      <div class="sheet">
        <table>
          <thead>
            <tr>
              ${table.columns.map((column) => html`<th scope="col">${column}</th>`)}${table.corrects ? html`<th></th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.line(row))}
            ${
              rows.length === 0
                ? html`<tr>
                    <td class="dim" colspan=${table.columns.length + 1}>${fmt.t("rec.none")}</td>
                  </tr>`
                : nothing
            }
          </tbody>
        </table>
      </div>
      ${
        table.paged
          ? html`<div class="foot">
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
          : nothing
      }
    `;
  }

  private line(row: Row): TemplateResult {
    const { fmt, table, role } = this;
    const id = typeof row["sensor_id"] === "string" ? row["sensor_id"] : "";
    const open = table.corrects && this.editing === id;
    return html`<tr>
        ${table.columns.map((column) => this.cell(row[column]))}
        ${
          table.corrects
            ? html`<td>
                ${role === "admin" ? html`<button class="small" aria-expanded=${open} @click=${() => (this.editing = open ? null : id)}>${fmt.t("rec.correct")}</button>` : nothing}
              </td>`
            : nothing
        }
      </tr>
      ${
        open
          ? html`<tr>
              <td colspan=${table.columns.length + 1}>${this.correction(row as unknown as SensorDto)}</td>
            </tr>`
          : nothing
      }`;
  }

  private cell(value: unknown): TemplateResult {
    const { fmt } = this;
    if (typeof value === "number") return html`<td class="number">${fmt.number(value, 3)}</td>`;
    if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value))
      return html`<td>${fmt.dateTime(Date.parse(value))}</td>`;
    if (value === null || value === undefined) return html`<td class="dim">–</td>`;
    if (typeof value === "object") {
      const text = Object.entries(value)
        .map(([key, part]) => `${key} ${String(part)}`)
        .join(", ");
      return html`<td class="small">${text}</td>`;
    }
    return html`<td>${String(value as string | boolean)}</td>`;
  }

  private correction(sensor: SensorDto): TemplateResult {
    const { fmt } = this;
    return html`<form class="filters" @submit=${(event: SubmitEvent) => void this.correct(event, sensor)}>
      <label>${fmt.t("rec.name")}<input name="name" .value=${sensor.name} /></label>
      <label
        >${fmt.t("rec.role")}
        <select name="role">
          ${["", ...SENSOR_ROLES].map((role) => html`<option value=${role} ?selected=${role === (sensor.role ?? "")}>${role}</option>`)}
        </select></label
      >
      <label>${fmt.t("rec.scale")}<input name="scale" type="number" step="any" value="1" /></label>
      <label>${fmt.t("rec.zero")}<input name="zero" type="number" step="any" value="0" /></label>
      <label>${fmt.t("rec.ignore")}<input name="ignore" type="checkbox" .checked=${sensor.role === "ignore"} /></label>
      <button class="main">${fmt.t("rec.save")}</button>
      <button type="button" @click=${() => (this.editing = null)}>${fmt.t("rec.cancel")}</button>
    </form>`;
  }
}

const toIso = (local: string): string => (local === "" ? "" : new Date(local).toISOString());

if (!customElements.get("hypervolt-records")) customElements.define("hypervolt-records", HypervoltRecords);
