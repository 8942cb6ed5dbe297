import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type {
  EnergySourceDto,
  PreferencesDto,
  Role,
  SensorCorrectionDto,
  SensorDto,
} from "../../../src/serving/messages.ts";
import type { Format } from "./format.ts";
import { SENSOR_ROLES } from "./record-tables.ts";
import { titleOf } from "./record-titles.ts";

/** What a form needs: words, whether it may be sent, and where what it says goes. */
type Hooks<T> = Readonly<{ fmt: Format; send: (change: T) => void; cancel?: () => void }>;

const textIn = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
};
const onSubmit =
  <T>(read: (form: FormData) => T, send: (change: T) => void) =>
  (event: SubmitEvent): void => {
    event.preventDefault();
    send(read(new FormData(event.target as HTMLFormElement)));
  };
const buttons = ({ fmt, cancel }: Pick<Hooks<never>, "fmt" | "cancel">): TemplateResult =>
  html`<button class="main">${fmt.t("rec.save")}</button>
    ${cancel ? html`<button type="button" @click=${cancel}>${fmt.t("rec.cancel")}</button>` : nothing}`;

/** What a sensor is: its name, what it is for, how its value is read. */
export function sensorForm(sensor: SensorDto, hooks: Hooks<SensorCorrectionDto>): TemplateResult {
  const { fmt } = hooks;
  const read = (form: FormData): SensorCorrectionDto => {
    const correction: SensorCorrectionDto = { sensor_id: sensor.sensor_id };
    const [name, role, ignore] = [textIn(form, "name"), textIn(form, "role"), form.get("ignore") !== null];
    if (name !== "" && name !== sensor.name) correction.name = name;
    if (role !== "" && role !== sensor.role) correction.role = role;
    if (ignore !== (sensor.role === "ignore")) correction.ignore = ignore;
    const [scale, zero] = [Number(textIn(form, "scale") || 1), Number(textIn(form, "zero") || 0)];
    if (scale !== 1 || zero !== 0) correction.calibration = { scale, zero };
    return correction;
  };
  return html`<form class="filters" @submit=${onSubmit(read, hooks.send)}>
    <label>${fmt.t("rec.name")}<input name="name" .value=${sensor.name} /></label>
    <label
      >${fmt.t("rec.role")}
      <select name="role" aria-label=${fmt.t("rec.role")}>
        ${["", ...SENSOR_ROLES].map((role) => html`<option value=${role} ?selected=${role === (sensor.role ?? "")}>${role === "" ? "–" : titleOf(role, fmt.locale.language)}</option>`)}
      </select></label
    >
    <label>${fmt.t("rec.scale")}<input name="scale" type="number" step="any" value="1" /></label>
    <label>${fmt.t("rec.zero")}<input name="zero" type="number" step="any" value="0" /></label>
    <label>${fmt.t("rec.ignore")}<input name="ignore" type="checkbox" .checked=${sensor.role === "ignore"} /></label>
    ${buttons(hooks)}
  </form>`;
}

type SourceChange = Partial<EnergySourceDto> & Pick<EnergySourceDto, "id">;
const LIMITS = ["max_import_w", "max_export_w", "capacity_wh"] as const;

/** An energy source: its name, whether it is used, its limits; an empty limit is none. */
export function sourceForm(source: EnergySourceDto, hooks: Hooks<SourceChange>): TemplateResult {
  const { fmt } = hooks;
  const read = (form: FormData): SourceChange => {
    const change: SourceChange = { id: source.id };
    const [name, enabled] = [textIn(form, "name"), form.get("enabled") !== null];
    if (name !== "" && name !== source.name) change.name = name;
    if (enabled !== source.enabled) change.enabled = enabled;
    for (const limit of LIMITS) {
      const value = textIn(form, limit) === "" ? null : Number(textIn(form, limit));
      if (value !== source[limit]) change[limit] = value;
    }
    return change;
  };
  return html`<form class="filters" @submit=${onSubmit(read, hooks.send)}>
    <label>${fmt.t("rec.name")}<input name="name" .value=${source.name} /></label>
    <label
      >${titleOf("enabled", fmt.locale.language)}<input name="enabled" type="checkbox" .checked=${source.enabled}
    /></label>
    ${LIMITS.map((limit) => html`<label>${titleOf(limit, fmt.locale.language)}<input name=${limit} type="number" min="0" step="any" .value=${String(source[limit] ?? "")} /></label>`)}
    ${buttons(hooks)}
  </form>`;
}

const NUMBERS = {
  carbon_weight: [0, 100, "any"],
  light_target_lx: [0, 5_000, "any"],
  light_floor_pct: [0, 100, "any"],
  light_comfort_per_hour: [0, 100, "any"],
  hands_off_minutes: [0, 1_440, 1],
} as const;
/** Those that this server knows. */
const numbersOf = (known: PreferencesDto) =>
  (Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]).filter((name) => known[name] !== undefined);
const lines = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** All preferences; roles for an administrator. Sends what was changed. */
export function preferencesForm(
  known: PreferencesDto,
  role: Role,
  hooks: Hooks<Partial<PreferencesDto>>,
): TemplateResult {
  const { fmt } = hooks;
  const read = (form: FormData): Partial<PreferencesDto> => {
    const [from, to] = [textIn(form, "from"), textIn(form, "to")];
    const wanted: Partial<PreferencesDto> = {
      mode: textIn(form, "mode") as PreferencesDto["mode"],
      quiet_hours: from !== "" && to !== "" ? { from, to } : null,
      allowed_entities: lines(textIn(form, "allowed_entities")),
    };
    for (const name of numbersOf(known)) wanted[name] = Number(textIn(form, name));
    if (role === "admin")
      wanted.roles = Object.fromEntries(
        lines(textIn(form, "roles")).map((line) => line.split(/[:\s]+/).slice(0, 2)),
      ) as PreferencesDto["roles"];
    const same = (name: string): boolean =>
      JSON.stringify(wanted[name as keyof PreferencesDto]) === JSON.stringify(known[name as keyof PreferencesDto]);
    return Object.fromEntries(Object.entries(wanted).filter(([name]) => !same(name)));
  };
  const quiet = known.quiet_hours;
  return html`<form class="preferences" @submit=${onSubmit(read, hooks.send)}>
    <label
      >${fmt.t("mode")}
      <select name="mode">
        ${(["auto", "advise", "off"] as const).map((mode) => html`<option value=${mode} ?selected=${mode === known.mode}>${fmt.t(`mode.${mode}`)}</option>`)}
      </select></label
    >
    ${numbersOf(known).map((name) => {
      const [min, max, step] = NUMBERS[name];
      return html`<label
        >${titleOf(name, fmt.locale.language)}<input
          name=${name}
          type="number"
          min=${min}
          max=${max}
          step=${step}
          required
          .value=${String(known[name])}
      /></label>`;
    })}
    <fieldset>
      <legend>${titleOf("quiet_hours", fmt.locale.language)}</legend>
      <input
        name="from"
        type="time"
        aria-label="${titleOf("quiet_hours", fmt.locale.language)}: ${fmt.t("rec.from")}"
        .value=${quiet?.from ?? ""}
      />
      –
      <input
        name="to"
        type="time"
        aria-label="${titleOf("quiet_hours", fmt.locale.language)}: ${fmt.t("rec.to")}"
        .value=${quiet?.to ?? ""}
      />
    </fieldset>
    <label class="wide"
      >${titleOf("allowed_entities", fmt.locale.language)}<textarea
        name="allowed_entities"
        rows="6"
        spellcheck="false"
        .value=${known.allowed_entities.join("\n")}
      ></textarea>
    </label>
    ${
      role === "admin"
        ? html`<label class="wide"
            >${titleOf("roles", fmt.locale.language)}<textarea
              name="roles"
              rows="3"
              spellcheck="false"
              placeholder="0123456789abcdef: operator"
              .value=${Object.entries(known.roles)
                .map(([user, may]) => `${user}: ${may}`)
                .join("\n")}
            ></textarea>
          </label>`
        : nothing
    }
    ${buttons(hooks)}
  </form>`;
}
