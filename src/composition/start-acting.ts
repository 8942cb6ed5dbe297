import path from "node:path";
import { type Acting, createActing } from "../acting/acting.ts";
import { fileOutbox } from "../acting/file-outbox.ts";
import { memoryOutbox } from "../acting/outbox.ts";
import type { Options } from "../options/options.ts";
import { gridLimits } from "./energy-sources.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import type { HomeEvents } from "./events.ts";
import type { HomeFacts } from "./home-facts.ts";
import type { HomeMemory } from "./open-memory.ts";
import { interlocksOf } from "./power-sources.ts";
import type { StartInput } from "./start-input.ts";
import type { HomePlanning } from "./start-planning.ts";

export type HomeHands = AsyncDisposable & Readonly<{ acting: Acting; allowed: () => readonly string[] }>;

/** The hands of the engine: what the options and the page allow, within the limits of each device. */
export function startActing(
  options: Options,
  input: StartInput,
  memory: HomeMemory,
  around: HomeSurroundings,
  { devices, allowed }: HomeFacts,
  { planning, regimes }: HomePlanning,
  events: HomeEvents,
): HomeHands {
  const { preferences } = memory;
  const acting = createActing({
    homeAssistant: around.homeAssistant,
    clock: input.clock,
    log: input.log,
    zone: around.zone,
    outbox:
      input.dataFolder === null ? memoryOutbox() : fileOutbox(path.join(input.dataFolder, "outbox.json"), input.log),
    settings: () => ({
      ...preferences.current(),
      allowedEntities: allowed(),
      gridMaxImportW: gridLimits(options, preferences.current().energySources).maxImportW,
    }),
    devices,
    interlocks: () => interlocksOf(options, devices()),
    onDecision: (decision) => events.tell({ kind: "decision", decision }),
    onHold: () => {
      regimes.personActed();
      void planning.replan("a person took a device");
    },
  });
  return { acting, allowed, [Symbol.asyncDispose]: () => acting.close() };
}
