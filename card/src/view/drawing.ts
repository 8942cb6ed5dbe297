import type { Look, Site } from "../model/scene.ts";
import type { Point } from "../model/layout.ts";

/** Where a point of the house is on the stage, px from its top left. */
export type Spot = Readonly<{ x: number; y: number }>;
/** Colours a drawing takes from the theme. */
export type Theme = Readonly<{
  dark: boolean;
  background: string;
  surface: string;
  text: string;
  accent: string;
  solar: string;
  grid: string;
  battery: string;
  light: string;
}>;

/** A way to draw the home: the 2D view, or the 3D twin. */
export interface Drawing {
  /** Draws soon, and only if something changed. */
  show(site: Site, look: Look, theme: Theme): void;
  project(point: Point): Spot;
  resize(width: number, height: number): void;
  /** Whether it is on the screen and in front. */
  see?(seen: boolean): void;
  /** Nothing more is due for what it was last shown; absent where it draws at once. */
  readonly isResting?: boolean;
  dispose(): void;
}
export type DrawingEvents = Readonly<{
  /** The projection changed. */
  onView: () => void;
  onPick: (areaId: string | null) => void;
  /** The first picture is there. */
  onDrawn?: () => void;
  /** It cannot go on: why. The stage falls back to the 2D view. */
  onLost: (why: string) => void;
  /** It goes on, but something is not as wished: what. */
  onNote?: (what: string) => void;
}>;
