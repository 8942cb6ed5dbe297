import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { SetupDeviceDto, SetupLoadDto } from "../../../src/serving/messages.ts";
import { firstLoad } from "./draft.ts";
import type { DeviceDraft } from "./draft.ts";
import { certainty, check, numberField, question, timeField } from "./question.ts";
import type { Asked } from "./question.ts";

const SHOWN = 12;
/** A Monday, to name weekdays by. */
const MONDAY_MS = Date.UTC(2024, 0, 1, 12);
const DAY_MS = 86_400_000;
const weekday = (fmt: Asked["fmt"], day: number, length: "short" | "long"): string =>
  new Intl.DateTimeFormat(fmt.locale.numbers, { weekday: length, timeZone: "UTC" }).format(MONDAY_MS + day * DAY_MS);

export type DeviceList = Readonly<{
  search: string;
  all: boolean;
  set: (part: Partial<Readonly<{ search: string; all: boolean }>>) => void;
}>;

/** What may be switched and dimmed, each off until it is ticked; and the runs that may be moved. */
export function devicesQuestion(asked: Asked, list: DeviceList): TemplateResult {
  const { setup, fmt } = asked;
  const wanted = list.search.trim().toLowerCase();
  const found = setup.devices.filter(({ name, entity_id, area }) =>
    `${name} ${entity_id} ${area ?? ""}`.toLowerCase().includes(wanted),
  );
  const shown = list.all || wanted !== "" ? found : found.slice(0, SHOWN);
  return question(
    "devices",
    asked,
    setup.devices.length === 0
      ? html`<p class="dim">${fmt.t("devices.none")}</p>`
      : html`
          ${
            setup.devices.length > SHOWN
              ? html`<label class="field search">
                  <span class="hidden">${fmt.t("devices.search")}</span>
                  <input
                    type="search"
                    placeholder=${fmt.t("devices.search")}
                    .value=${list.search}
                    @input=${(event: Event) => list.set({ search: (event.target as HTMLInputElement).value })}
                  />
                </label>`
              : nothing
          }
          <ul class="devices">
            ${repeat(
              shown,
              ({ entity_id }) => entity_id,
              (device) => html`<li>${deviceRow(asked, device)}</li>`,
            )}
          </ul>
          ${
            shown.length < found.length
              ? html`<button type="button" @click=${() => list.set({ all: true })}>
                  ${fmt.t("devices.all", { count: fmt.number(found.length) })}
                </button>`
              : nothing
          }
        `,
  );
}

function deviceRow({ fmt, draft, change }: Asked, device: SetupDeviceDto): TemplateResult {
  const id = device.entity_id;
  const now = draft.devices[id] ?? { allowed: device.allowed, load: device.load };
  const edit = (part: Partial<DeviceDraft>): void => change(({ devices }) => (devices[id] = { ...now, ...part }));
  const facts = [
    device.area,
    certainty(fmt, device.confidence, device.why),
    device.allowed_by === "options" ? fmt.t("devices.optioned") : null,
    device.available ? null : fmt.t("devices.gone"),
    device.battery !== null && now.allowed ? fmt.t("devices.battery", { name: device.battery }) : null,
  ].filter((fact) => fact !== null && fact !== "");
  return html`<div class="row">
      <div class="what">
        <b>${device.name}</b>
        <span class="dim small">${facts.join(" · ")}</span>
        ${
          device.battery !== null && !now.allowed
            ? html`<span class="small missing" role="note"
                >${fmt.t("devices.battery.not", { name: device.battery })}</span
              >`
            : nothing
        }
      </div>
      <div class="how">
        <label class="check">
          <input
            type="checkbox"
            role="switch"
            .checked=${now.allowed}
            aria-label=${fmt.t("allow", { name: device.name })}
            ?disabled=${device.allowed_by === "options"}
            @change=${(event: Event) => edit({ allowed: (event.target as HTMLInputElement).checked })}
          />
        </label>
      </div>
    </div>
    ${
      device.kind === "light" || device.kind === "battery" || !(now.allowed || now.load)
        ? nothing
        : html`<div class="inset">
            ${check(fmt.t("move"), now.load !== null, (on) => edit({ load: on ? (device.load ?? firstLoad(device)) : null }))}
            ${now.load ? loadFields(fmt, device, now.load, (load) => edit({ load })) : nothing}
          </div>`
    }`;
}

function loadFields(
  fmt: Asked["fmt"],
  device: SetupDeviceDto,
  load: SetupLoadDto,
  set: (load: SetupLoadDto) => void,
): TemplateResult {
  const edit = (part: Partial<SetupLoadDto>): void => set({ ...load, ...part });
  const { proposal } = device;
  const proposed = proposal.power_w === load.power_w && proposal.minutes === load.minutes;
  return html`<div class="fields">
      ${numberField(fmt.t("load.power"), load.power_w, (value) => edit({ power_w: value ?? Number.NaN }), { min: 1 })}
      ${numberField(fmt.t("load.minutes"), load.minutes, (value) => edit({ minutes: value ?? Number.NaN }), {
        min: 5,
        max: 1440,
        step: 1,
      })}
      ${timeField(fmt.t("load.from"), load.from, (from) => edit({ from }))}
      ${timeField(fmt.t("load.ready"), load.ready_by, (ready_by) => edit({ ready_by }))}
    </div>
    ${
      proposed && device.load === null
        ? html`<p class="dim small">${fmt.t(proposal.measured ? "load.measured" : "load.typical")}</p>`
        : nothing
    }
    <div class="days" role="group" aria-label=${fmt.t("load.days")}>
      ${[0, 1, 2, 3, 4, 5, 6].map((day) => {
        const on = load.days.includes(day);
        return html`<button
          type="button"
          class="day"
          aria-pressed=${on}
          aria-label=${weekday(fmt, day, "long")}
          @click=${() => edit({ days: on ? load.days.filter((one) => one !== day) : [...load.days, day].sort((a, b) => a - b) })}
        >
          ${weekday(fmt, day, "short")}
        </button>`;
      })}
      ${check(fmt.t("load.whole"), load.contiguous, (contiguous) => edit({ contiguous }))}
    </div>`;
}
