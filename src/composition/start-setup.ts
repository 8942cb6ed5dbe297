import type { Options } from "../options/options.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import { type EntityIdentities, followEntities } from "./entity-identities.ts";
import type { HomeMemory } from "./open-memory.ts";
import { createDeviceMeters, type DeviceMeters } from "./setup/device-meters.ts";
import { liveOptions } from "./setup/live-options.ts";
import type { LearnedRun } from "./setup/learn-run.ts";
import { learnRuns } from "./setup/learned-runs.ts";
import { openSetup, type SetupBook } from "./setup/setup-book.ts";
import { createWiring, type Wiring } from "./setup/wiring.ts";
import type { StartInput } from "./start-input.ts";

/** What a person answered on the set-up page, and the options as these answers change them. */
export type HomeSetup = Disposable &
  Readonly<{
    book: SetupBook;
    /** Read anew at every look: an answer holds at once. */
    options: Options;
    identities: EntityIdentities;
    wiring: Wiring;
    /** What a run of a switch is, as its power meter tells. */
    learned: (entityId: string) => LearnedRun | null;
    meters: DeviceMeters;
  }>;

export async function startSetup(
  given: Options,
  { clock, wireClock, log }: StartInput,
  { history, preferences }: HomeMemory,
  { homeAssistant }: HomeSurroundings,
): Promise<HomeSetup> {
  const book = await openSetup(history, preferences, clock, log);
  const identities = await followEntities("allowedIdentities", () => homeAssistant.registries().entities, history);
  const runs = learnRuns(homeAssistant, wireClock, log);
  return {
    book,
    identities,
    options: liveOptions(given, book.answers, identities, runs.of),
    wiring: createWiring(book.answers, identities),
    learned: runs.of,
    meters: createDeviceMeters(homeAssistant, clock),
    [Symbol.dispose]: () => runs[Symbol.dispose](),
  };
}
