import type { HomeDto, OverrideDto } from "../../../src/serving/messages.ts";
import type { SettingChange, Snapshot } from "../data/source.ts";
import type { Frame, Timeline } from "../model/timeline.ts";
import type { Format } from "./format.ts";

/** What a section of the view sees and may wish. */
export type Scope = Readonly<{
  home: HomeDto;
  snapshot: Snapshot;
  timeline: Timeline;
  frame: Frame;
  fmt: Format;
  selected: string | null;
  select: (areaId: string | null) => void;
  /** Whether an override can be carried out here. */
  can: (action: OverrideDto["action"]) => boolean;
  override: (deviceId: string, wish: OverrideDto) => void;
  change: (settings: SettingChange) => void;
  replan: () => void;
  /** Jumps to an instant on the axis. */
  goTo: (atMs: number) => void;
  /** More about an entity, where Home Assistant can show it. */
  more: ((entityId: string) => void) | undefined;
}>;

/** A battery as a person would call it: its name, where it has one other than our id of it. */
export function batteryName(home: HomeDto, id: string, fmt: Format): string {
  const { batteries } = home.flows;
  const at = batteries.findIndex((battery) => battery.id === id);
  const name = batteries[at]?.name ?? "";
  if (name !== "" && name !== id) return name;
  return batteries.length > 1 ? `${fmt.t("battery")} ${fmt.number(at + 1)}` : fmt.t("battery");
}

export const nameOf = (home: HomeDto, deviceId: string): string =>
  home.devices.find(({ id, entity_id }) => id === deviceId || entity_id === deviceId)?.name ??
  home.flows.batteries.find(({ id }) => id === deviceId)?.name ??
  deviceId;
