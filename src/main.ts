import { createLedger } from "./accounting/ledger.ts";
import { connectSurroundings } from "./composition/connect-surroundings.ts";
import { createEngine, type Engine } from "./composition/engine.ts";
import { openMemory } from "./composition/open-memory.ts";
import { ledgerStore } from "./composition/ledger-store.ts";
import { startActing } from "./composition/start-acting.ts";
import { startContext } from "./composition/start-context.ts";
import type { StartInput } from "./composition/start-input.ts";
import { startPlanning } from "./composition/start-planning.ts";
import { startRhythms } from "./composition/start-rhythms.ts";
import { startSensing } from "./composition/start-sensing.ts";
import { startServing } from "./composition/start-serving.ts";
import { parseOptions } from "./options/options.ts";

/**
 * The engine: data goes through it in this order, every few seconds. Opens in order and closes in reverse; a start
 * that fails half-way closes what it opened.
 * @throws HyperVoltError OPTIONS_INVALID, DATA_FOLDER_LOCKED, HISTORY_UNAVAILABLE
 */
export async function start(input: StartInput): Promise<Engine> {
  const options = parseOptions(input.options);
  await using opened = new AsyncDisposableStack();

  const memory = opened.use(await openMemory(options, input));
  const around = opened.use(await connectSurroundings(options, input, memory));
  const sensors = opened.use(await startSensing(options, input, memory, around));
  const engine = createEngine(options, input, memory, around, sensors);
  const context = opened.adopt(startContext(options, input, memory, around, engine.onPrices), (one) => one.close());
  const planning = opened.use(await startPlanning(options, input, memory, around, engine.home(context), engine.onPlan));
  const hands = opened.use(startActing(options, input, memory, around, engine.devices, engine));
  const ledger = opened.adopt(
    await createLedger({
      store: ledgerStore(memory.history),
      clock: input.clock,
      zone: around.zone,
      currency: around.site().currency,
    }),
    (one) => one.close(),
  );
  const work = engine.connect({ context, planning, hands, ledger });
  const serving = opened.use(await startServing(options, input, memory, around, work.views));
  opened.use(work.tell(serving));
  await context.refresh();
  opened.use(
    startRhythms(input.clock, input.log, { tick: work.tick, planning: planning.planning, keep: planning.keepRuns }),
  );

  return work.running(serving, opened.move());
}
