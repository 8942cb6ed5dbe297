import { createLedger } from "./accounting/ledger.ts";
import { connectSurroundings } from "./composition/connect-surroundings.ts";
import { connectRooms, type Engine } from "./composition/engine.ts";
import { homeEvents } from "./composition/events.ts";
import { homeFacts } from "./composition/home-facts.ts";
import { startHomeNotices } from "./composition/home-notices.ts";
import { ledgerStore } from "./composition/ledger-store.ts";
import { openMemory } from "./composition/open-memory.ts";
import { startActing } from "./composition/start-acting.ts";
import { startContext } from "./composition/start-context.ts";
import type { StartInput } from "./composition/start-input.ts";
import { startPlanning } from "./composition/start-planning.ts";
import { startRhythms } from "./composition/start-rhythms.ts";
import { startSensing } from "./composition/start-sensing.ts";
import { startServing } from "./composition/start-serving.ts";
import { startSetup } from "./composition/start-setup.ts";
import { parseOptions } from "./options/options.ts";
import { checkPort } from "./serving/port-check.ts";

/**
 * The engine: data goes through it in this order, every few seconds. Opens in order and closes in reverse; a start
 * that fails half-way closes what it opened.
 * @throws HyperVoltError OPTIONS_INVALID, DATA_FOLDER_LOCKED, HISTORY_UNAVAILABLE, PORT_TAKEN
 */
export async function start(input: StartInput): Promise<Engine> {
  const given = parseOptions(input.options);
  const events = homeEvents();
  await using opened = new AsyncDisposableStack();

  await checkPort(input.port, input.host);
  const memory = opened.use(await openMemory(given, input));
  const around = opened.use(await connectSurroundings(given, input, memory));
  const setup = opened.use(await startSetup(given, input, memory, around));
  const { options } = setup;
  const sensors = opened.use(await startSensing(options, input, memory, around, setup));
  const home = homeFacts(options, input, memory, around, sensors, setup);
  const context = opened.adopt(startContext(options, input, memory, around, setup.book, events), (one) => one.close());
  const planning = opened.use(await startPlanning(options, input, memory, around, home, context, events));
  const hands = opened.use(startActing(options, input, memory, around, home, planning, events));
  const ledger = opened.adopt(
    await createLedger({
      store: ledgerStore(memory.history),
      clock: input.clock,
      zone: around.zone,
      currency: around.site().currency,
    }),
    (one) => one.close(),
  );
  const rooms = connectRooms({
    given,
    options,
    setup,
    input,
    memory,
    around,
    sensors,
    home,
    events,
    context,
    planning,
    hands,
    ledger,
  });
  opened.use(rooms.watch);
  const serving = opened.use(await startServing(options, input, memory, around, rooms.views));
  opened.use(rooms.tell(serving));
  opened.use(
    startHomeNotices({
      homeAssistant: around.homeAssistant,
      clock: input.wireClock,
      log: input.log,
      version: input.version,
      wanted: options.install_card,
      problems: rooms.mustDo,
    }),
  );
  await context.refresh();
  opened.use(
    startRhythms(input.clock, input.log, {
      tick: rooms.tick,
      planning: planning.planning,
      lockEndsMs: rooms.lockEndsMs,
      keep: planning.keepRuns,
      verify: () => ledger.verify(),
    }),
  );

  return rooms.running(serving, opened.move());
}
