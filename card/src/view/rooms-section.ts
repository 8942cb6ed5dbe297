import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { AreaDto, DeviceDto } from "../../../src/serving/messages.ts";
import type { Scope } from "./view.ts";

const SHOWN = 8;
/** More rooms than this are behind a button. */
const ROOMS = 12;

/** Rooms with what is known of them; one of them opened with its devices. The twin's second view, by keyboard too. */
export function roomsSection(scope: Scope): TemplateResult {
  const { home, fmt, selected } = scope;
  const cut = home.areas.length > ROOMS + 2 ? ROOMS : home.areas.length;
  const [first, rest] = [home.areas.slice(0, cut), home.areas.slice(cut)];
  return html`<section aria-labelledby="hv-rooms">
    <h2 id="hv-rooms">${fmt.t("rooms")}</h2>
    ${home.areas.length === 0 ? html`<p class="dim">${fmt.t("rooms.none")}</p>` : nothing} ${roomList(scope, first)}
    ${
      rest.length > 0
        ? html`<details ?open=${rest.some(({ area_id }) => area_id === selected)}>
            <summary>${fmt.t("rooms.all", { count: fmt.number(home.areas.length) })}</summary>
            ${roomList(scope, rest)}
          </details>`
        : nothing
    }
  </section>`;
}

function roomList(scope: Scope, areas: readonly AreaDto[]): TemplateResult {
  const { selected } = scope;
  return html`<ul class="rooms">
    ${repeat(
      areas,
      ({ area_id }) => area_id,
      (area) =>
        html`<li class=${area.area_id === selected ? "open" : ""}>
          <button
            class="room"
            aria-expanded=${area.area_id === selected}
            @click=${() => scope.select(area.area_id === selected ? null : area.area_id)}
          >
            <span class="name">${area.name}</span><span class="dim small">${facts(scope, area)}</span>
          </button>
          ${area.area_id === selected ? devices(scope, area.area_id) : nothing}
        </li>`,
    )}
  </ul>`;
}

function facts({ home, fmt }: Scope, area: AreaDto): string {
  const lights = home.devices.filter(({ kind, area_id }) => kind === "light" && area_id === area.area_id);
  const on = lights.filter(({ on: lit }) => lit === true).length;
  return [
    area.temperature_c === null ? "" : fmt.temperature(area.temperature_c),
    area.illuminance_lx === null ? "" : `${fmt.number(area.illuminance_lx)} lx`,
    area.power_w === null ? "" : fmt.power(area.power_w),
    lights.length === 0 ? "" : fmt.t("room.lights", { on, all: lights.length }),
    area.occupied === true ? fmt.t("room.occupied") : "",
  ]
    .filter((fact) => fact !== "")
    .join(" · ");
}

/** Those that use most, by name, so that none moves away under a hand; the rest in one line. */
function devices(scope: Scope, areaId: string): TemplateResult {
  const { home, fmt } = scope;
  const here = home.devices
    .filter(({ area_id }) => area_id === areaId)
    .sort((a, b) => (b.power_w ?? 0) - (a.power_w ?? 0) || a.name.localeCompare(b.name));
  const shown = here.slice(0, SHOWN).sort((a, b) => a.name.localeCompare(b.name));
  const rest = here.slice(SHOWN);
  const restW = rest.reduce((sum, { power_w }) => sum + (power_w ?? 0), 0);
  return html`<ul class="devices">
    ${repeat(
      shown,
      ({ id }) => id,
      (device) => html`<li>${deviceLine(scope, device)}</li>`,
    )}
    ${rest.length > 0 ? html`<li class="dim">${fmt.t("device.more", { count: rest.length, power: fmt.power(restW) })}</li>` : nothing}
  </ul>`;
}

function deviceLine(scope: Scope, device: DeviceDto): TemplateResult {
  const { fmt, snapshot, more } = scope;
  const { entity_id: entityId } = device;
  const bright = device.on === true && device.brightness !== null ? ` ${fmt.percent(device.brightness / 100)}` : "";
  const state = `${fmt.t(!device.available ? "device.gone" : device.on === null ? "device.unknown" : device.on ? "device.on" : "device.off")}${bright}`;
  const held = device.held_until ? fmt.t("device.held", { time: fmt.time(Date.parse(device.held_until)) }) : "";
  const next =
    device.next_start && device.next_end
      ? fmt.t("device.planned", {
          from: fmt.weekdayTime(Date.parse(device.next_start)),
          to: fmt.time(Date.parse(device.next_end)),
        })
      : "";
  return html`
    <span class="device">
      ${
        more && entityId
          ? html`<button class="link" @click=${() => more(entityId)}>${device.name}</button>`
          : html`<span>${device.name}</span>`
      }
      <span class="dim small"
        >${[state, device.power_w ? fmt.power(device.power_w) : "", held, next].filter((part) => part !== "").join(" · ")}</span
      >
    </span>
    ${
      snapshot.mayOperate && device.allowed && device.available
        ? html`<span class="actions">
            ${
              device.kind === "light" && device.brightness !== null
                ? html`<input
                    type="range"
                    min="0"
                    max="100"
                    style="--at:${device.brightness}%"
                    .value=${String(device.brightness)}
                    aria-label="${device.name}: ${fmt.t("action.set_brightness")}"
                    @input=${(event: Event) => {
                      const input = event.target as HTMLInputElement;
                      input.style.setProperty("--at", `${input.value}%`);
                    }}
                    @change=${(event: Event) => scope.override(device.id, { action: "set_brightness", value: Number((event.target as HTMLInputElement).value) })}
                  />`
                : switchesOf(device.on).map(
                    (action) =>
                      html`<button class="small" @click=${() => scope.override(device.id, { action })}>
                        ${fmt.t(`action.${action}`)}
                      </button>`,
                  )
            }
            ${
              device.held_until && scope.can("release")
                ? html`<button class="small" @click=${() => scope.override(device.id, { action: "release" })}>
                    ${fmt.t("action.release")}
                  </button>`
                : nothing
            }
          </span>`
        : nothing
    }
  `;
}

/** What may be wished of a device: the other of its two states, either where it is not known. */
export const switchesOf = (on: boolean | null): readonly ("turn_on" | "turn_off")[] =>
  on === null ? ["turn_on", "turn_off"] : on ? ["turn_off"] : ["turn_on"];
