import type { HomeDto } from "../../../src/serving/messages.ts";
import type { Point } from "../model/layout.ts";
import { isMetered } from "../model/flows.ts";
import { currentsOf } from "../model/scene.ts";
import type { Site } from "../model/scene.ts";
import type { Frame } from "../model/timeline.ts";
import type { Format } from "./format.ts";
import type { IconName } from "./icons.ts";
import { batteryName } from "./view.ts";

/** Less than this is no direction. */
const LEAST_W = 15;

/** Figures at their place in the house. */
export type Label = Readonly<{
  key: string;
  at: Point;
  kind: IconName;
  name: string;
  powerW: number | null;
  more: string;
}>;

/** What the home, its meter, its roof, its batteries and its cars do in a frame. */
export function labelsOf(home: HomeDto, site: Site, frame: Frame, fmt: Format): Label[] {
  const { energy } = site;
  const { loadW } = currentsOf(home, site, frame);
  const labels: Label[] = [
    {
      key: "home",
      at: energy.meter,
      kind: "home",
      name: fmt.t("home"),
      powerW: isMetered(frame) ? loadW : null,
      more: "",
    },
  ];
  if (energy.pole) {
    const gridW = frame.gridW ?? 0;
    const way = Math.abs(gridW) < LEAST_W ? "" : fmt.t(gridW < 0 ? "grid.export" : "grid.import");
    labels.push({
      key: "grid",
      at: energy.pole,
      kind: "grid",
      name: way || fmt.t("grid"),
      powerW: frame.gridW === null ? null : Math.abs(frame.gridW),
      more: "",
    });
  }
  if (energy.roof)
    labels.push({
      key: "solar",
      at: [energy.roof.x, energy.roof.y + 1.2, energy.roof.z],
      kind: "solar",
      name: fmt.t("solar"),
      powerW: frame.pvW,
      more: "",
    });
  for (const { id, at } of energy.batteries.slice(0, 3)) {
    const battery = frame.batteries.find((other) => other.id === id);
    if (battery)
      labels.push({
        key: id,
        at: [at[0], 2.1, at[2]],
        kind: "battery",
        name: batteryName(home, id, fmt),
        powerW: battery.powerW === null ? null : Math.abs(battery.powerW),
        more: fmt.percent(battery.soc),
      });
  }
  for (const { deviceId, at } of energy.cars) {
    const car = home.devices.find(({ id }) => id === deviceId);
    const powerW = frame.kind === "now" ? (car?.power_w ?? null) : (frame.devicesW[deviceId] ?? 0);
    labels.push({ key: deviceId, at: [at[0], 1.7, at[2]], kind: "car", name: car?.name ?? "", powerW, more: "" });
  }
  return labels;
}
