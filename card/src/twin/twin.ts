import type { Drawing, DrawingEvents } from "../view/drawing.ts";
import { HouseTwin } from "./house-twin.ts";

const PARKED_MS = 30_000;

/**
 * The one twin that stands by: a browser gives a page few WebGL contexts and takes long to make one, so the last card
 * that went leaves its own, with its programs, to the next that comes. What nobody takes is freed after a while.
 */
const parking: { twin?: HouseTwin; timer?: ReturnType<typeof setTimeout> } = {};

function park(twin: HouseTwin): void {
  clearTimeout(parking.timer);
  parking.twin?.destroy();
  parking.twin = twin;
  parking.timer = setTimeout(() => {
    parking.twin?.destroy();
    delete parking.twin;
  }, PARKED_MS);
}

/** Opens the 3D twin in a host. Throws where there is no WebGL 2. */
export function openTwin(
  host: HTMLElement,
  events: DrawingEvents,
  options: Readonly<{ model?: string | undefined; label?: string }>,
): Drawing {
  const stood = parking.twin;
  delete parking.twin;
  clearTimeout(parking.timer);
  if (stood?.isLost) stood.destroy();
  const twin = stood && !stood.isLost ? stood : new HouseTwin(park);
  twin.enter(host, events, options.label ?? "", options.model);
  return twin;
}

/** Makes a twin ready before there is a home to draw: its context and programs take longest. */
export function warmTwin(): void {
  if (parking.twin) return;
  try {
    park(new HouseTwin(park));
  } catch {
    // Without WebGL the stage says so when it asks for the twin itself.
  }
}
