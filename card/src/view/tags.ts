import type { Point } from "../model/layout.ts";
import type { Spot } from "./drawing.ts";

/** A label of the picture: where in the house it belongs and how large it is, px. Nodes carry figures, rooms a name. */
export type Tag = Readonly<{ element: HTMLElement; at: Point; width: number; height: number; isNode: boolean }>;
export type PlacedTag<T> = Readonly<{ tag: T; left: number; top: number; shown: boolean }>;
type Box = { left: number; top: number; width: number; height: number };

const GAP = 4;
const EDGE = 4;

/**
 * Places labels over their points without one over another: figures above their things, moved as little as they must;
 * names of rooms where there is space, else not at all. All of it within the stage, `topPx` below its upper edge.
 */
export function placeTags<T extends Pick<Tag, "at" | "width" | "height" | "isNode">>(
  tags: readonly T[],
  project: (at: Point) => Spot,
  stageWidth: number,
  stageHeight: number,
  topPx = EDGE,
): PlacedTag<T>[] {
  const within = (value: number, size: number, stage: number, least = EDGE): number =>
    Math.min(Math.max(value, least), Math.max(stage - size - EDGE, least));
  const boxes = tags.map((tag) => {
    const { x, y } = project(tag.at);
    return {
      tag,
      left: within(x - tag.width / 2, tag.width, stageWidth),
      top: within(y - tag.height - (tag.isNode ? 6 : 0), tag.height, stageHeight, topPx),
      width: tag.width,
      height: tag.height,
      shown: true,
    };
  });
  const taken: Box[] = [];
  for (const box of boxes.filter(({ tag }) => tag.isNode).sort((a, b) => a.top - b.top)) {
    const [left, top] = [box.left, box.top];
    // First above and below where it belongs, then to its sides; the nearest free place wins.
    const spots = offsets(box).map(([dx, dy]) => ({
      ...box,
      left: within(left + dx, box.width, stageWidth),
      top: within(top + dy, box.height, stageHeight, topPx),
    }));
    const free = spots.find((spot) => !taken.some((other) => overlap(spot, other)));
    if (free) [box.left, box.top] = [free.left, free.top];
    taken.push(box);
  }
  for (const box of boxes.filter(({ tag }) => !tag.isNode)) {
    box.shown = !taken.some((other) => overlap(box, other));
    if (box.shown) taken.push(box);
  }
  return boxes.map(({ tag, left, top, shown }) => ({ tag, left, top, shown }));
}

/** Ways to give way, nearest first, px. */
function offsets({ width, height }: Box): (readonly [number, number])[] {
  const steps = [0, 0.35, 0.7, 1.05, 1.4, 1.8, 2.3, 2.9, 3.6, 4.4];
  return steps
    .flatMap((down) =>
      [1, -1].flatMap((up) =>
        [0, 0.3, 0.6, 1.05, 1.5].flatMap((aside) =>
          [1, -1].map((way) => [way * aside * width, up * down * (height + GAP)] as const),
        ),
      ),
    )
    .sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width + GAP &&
  b.left < a.left + a.width + GAP &&
  a.top < b.top + b.height + GAP &&
  b.top < a.top + a.height + GAP;
