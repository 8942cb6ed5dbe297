import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { HomeDto } from "../../../src/serving/messages.ts";
import type { Tint } from "../model/scene.ts";
import type { Format } from "./format.ts";
import { icon } from "./icons.ts";
import type { View } from "./stage.ts";

/** How the home is looked at: the floor (null: all), what colours rooms, 3D or 2D, and whether anything moves. */
export type Looking = Readonly<{ level: number | null; tint: Tint; view: View; still: boolean }>;

/** What lies over the picture to look at it in another way. */
export function pictureTools(
  fmt: Format,
  home: HomeDto,
  { level, tint, view, still }: Looking,
  change: (part: Partial<Looking>) => void,
): TemplateResult {
  const floors = [...home.floors]
    .sort((a, b) => (a.level ?? 0) - (b.level ?? 0))
    .filter(({ floor_id }) => home.areas.some((area) => area.floor_id === floor_id));
  const names = floors.map(({ name }, i): [string, string] => [String(i), name]);
  const tints = (["none", "warmth", "power"] as const).map((kind): [string, string] => [kind, fmt.t(`tint.${kind}`)]);
  const views: [string, string][] = [
    ["auto", fmt.t("view.3d")],
    ["2d", fmt.t("view.2d")],
  ];
  return html`<div class="tools">
    ${
      floors.length > 1
        ? choice(fmt, "level.label", [["", fmt.t("level.all")], ...names], String(level ?? ""), (value) =>
            change({ level: value === "" ? null : Number(value) }),
          )
        : nothing
    }
    ${choice(fmt, "tint.label", tints, tint, (value) => change({ tint: value as Tint }))}
    ${choice(fmt, "view.label", views, view, (value) => change({ view: value as View }))}
    <span class="grow"></span>
    <label class="toggle ${still ? "" : "on"}" title=${fmt.t("motion")}
      ><input
        type="checkbox"
        aria-label=${fmt.t("motion")}
        .checked=${!still}
        @change=${(event: Event) => change({ still: !(event.target as HTMLInputElement).checked })}
      />${icon("flow")}</label
    >
  </div>`;
}

function choice(
  fmt: Format,
  label: string,
  options: readonly (readonly [string, string])[],
  value: string,
  choose: (value: string) => void,
): TemplateResult {
  return html`<select
    class="small"
    aria-label=${fmt.t(label)}
    @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
  >
    ${options.map(([key, words]) => html`<option value=${key} ?selected=${key === value}>${words}</option>`)}
  </select>`;
}
