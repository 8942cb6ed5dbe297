import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { SetupRoleDto, SetupSensorDto, WiringRole } from "../../../src/serving/messages.ts";
import type { Format } from "../view/format.ts";
import { certainty, check, numberField, question, selectField } from "./question.ts";
import type { Asked } from "./question.ts";

const MAIN: readonly WiringRole[] = ["grid", "load", "pv", "battery_power", "battery_soc", "ev_power"];
const TURNED: Readonly<Partial<Record<WiringRole, string>>> = {
  grid: "reversed.grid",
  battery_power: "reversed.battery",
};
const SOURCES = ["grid", "solar", "battery"] as const;

/** Which meter is what; and for homes with a transfer switch, the switch of each source. */
export function wiringQuestion(asked: Asked): TemplateResult {
  const { setup, fmt, draft, change } = asked;
  const { sources, hasSwitch, meters } = draft.wiring;
  const used = (role: WiringRole): boolean => MAIN.includes(role) || meters[role]?.sensor_id != null;
  const rows = (of: readonly SetupRoleDto[]): TemplateResult[] => of.map((role) => row(asked, role));
  const more = setup.wiring.roles.filter(({ role }) => !used(role));
  const switches = setup.wiring.switches.map(({ entity_id, name }) => ({ value: entity_id, text: name }));
  return question(
    "wiring",
    asked,
    html`
      <div class="rows">${rows(setup.wiring.roles.filter(({ role }) => used(role)))}</div>
      ${
        more.length > 0
          ? html`<details>
              <summary>${fmt.t("more")}</summary>
              <div class="rows">${rows(more)}</div>
            </details>`
          : nothing
      }
      ${
        switches.length > 1 || hasSwitch
          ? check(fmt.t("sources"), hasSwitch, (on) => change(({ wiring }) => (wiring.hasSwitch = on)))
          : nothing
      }
      ${
        hasSwitch
          ? html`<div class="inset">
              <p class="dim small">${fmt.t("sources.help")}</p>
              <div class="fields">
                ${SOURCES.map((source) =>
                  selectField(fmt.t(`source.${source}`), sources[source], switches, fmt.t("none"), (value) =>
                    change(({ wiring }) => (wiring.sources[source] = value)),
                  ),
                )}
                ${numberField(
                  fmt.t("dwell"),
                  sources.dwell_minutes,
                  (value) => change(({ wiring }) => (wiring.sources.dwell_minutes = value ?? 15)),
                  { min: 1, max: 1440, step: 1 },
                )}
              </div>
            </div>`
          : nothing
      }
    `,
  );
}

function row({ setup, fmt, draft, change }: Asked, { role, confidence, why, sensor_id }: SetupRoleDto): TemplateResult {
  const meter = draft.wiring.meters[role] ?? { sensor_id: null, reversed: false };
  const measures = role.endsWith("_soc") ? "charge" : "power";
  const turned = TURNED[role];
  const options = setup.wiring.sensors
    .filter((sensor) => sensor.measures === measures)
    .map((sensor) => ({ value: sensor.sensor_id, text: `${sensor.name} (${valueOf(sensor, fmt)})` }));
  const edit = (part: Partial<typeof meter>): void =>
    change(({ wiring }) => {
      wiring.meters[role] = { ...meter, ...part };
      // One meter is one thing.
      for (const [other, rival] of Object.entries(wiring.meters))
        if (other !== role && part.sensor_id != null && rival.sensor_id === part.sensor_id) rival.sensor_id = null;
    });
  const held = meter.sensor_id !== null && meter.sensor_id === sensor_id;
  return html`<div class="row">
    <div class="what">
      <b>${fmt.t(`role.${role}`)}</b>
      <span class="dim small">${held ? certainty(fmt, confidence, why) : ""}</span>
    </div>
    <div class="how">
      ${selectField(fmt.t(`role.${role}`), meter.sensor_id, options, fmt.t("none"), (value) => edit({ sensor_id: value }), true)}
      ${
        turned && meter.sensor_id !== null
          ? check(fmt.t(turned), meter.reversed, (reversed) => edit({ reversed }))
          : nothing
      }
    </div>
  </div>`;
}

const valueOf = ({ value, measures }: SetupSensorDto, fmt: Format): string =>
  measures === "power" ? fmt.power(value) : fmt.percent(value === null ? null : value / 100);
