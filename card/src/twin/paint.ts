import type { Theme } from "../view/drawing.ts";

/** Materials of the model house, by theme. */
export type Paint = Readonly<{
  wall: string;
  innerWall: string;
  floor: string;
  slab: string;
  outdoor: string;
  ground: string;
  wood: string;
  fabric: string;
  white: string;
  metal: string;
  glass: string;
  panel: string;
  leaf: string;
  trunk: string;
  warm: string;
  cool: string;
}>;

export function paintOf({ dark }: Theme): Paint {
  return dark
    ? {
        wall: "#5a687d",
        innerWall: "#4a576a",
        floor: "#39465a",
        slab: "#262f3d",
        outdoor: "#2c4a3e",
        ground: "#1b2530",
        wood: "#6b5846",
        fabric: "#4c5f7d",
        white: "#8c9aae",
        metal: "#5d6a7c",
        glass: "#20293a",
        panel: "#1d3a78",
        leaf: "#2f5747",
        trunk: "#4a3d33",
        warm: "#f2734a",
        cool: "#4aa8f2",
      }
    : {
        wall: "#fbf9f5",
        innerWall: "#f1eee8",
        floor: "#ecdfca",
        slab: "#cfd5dd",
        outdoor: "#b9d9a8",
        ground: "#d5e3d0",
        wood: "#c49a6c",
        fabric: "#8fa6c9",
        white: "#ffffff",
        metal: "#aab4c2",
        glass: "#3e4d63",
        panel: "#1f3f80",
        leaf: "#86bb7c",
        trunk: "#9a7b5e",
        warm: "#f2734a",
        cool: "#4aa8f2",
      };
}
