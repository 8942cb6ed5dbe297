import path from "node:path";
import type { Options } from "../options/options.ts";
import type { HistoryStore } from "../memory/history.ts";
import type { HotWindow } from "../memory/hot-window.ts";
import { openPostgresHistory } from "../memory/postgres-history.ts";
import { isAway } from "../memory/postgres-session.ts";
import { MemoryHotWindow } from "../memory/memory-hot-window.ts";
import { openRedisHotWindow } from "../memory/redis-hot-window.ts";
import { lockDataFolder } from "../memory/sqlite-folder-lock.ts";
import { openSqliteHistory } from "../memory/sqlite-history.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { awaitHistory } from "./await-history.ts";
import { openPreferences, type PreferenceBook } from "./preferences.ts";
import type { StartInput } from "./start-input.ts";
import { openWaitingDoor } from "./waiting-door.ts";

const OWN_REDIS = "redis://127.0.0.1:6379";

export type HomeMemory = AsyncDisposable &
  Readonly<{ history: HistoryStore; window: HotWindow; preferences: PreferenceBook }>;

/**
 * Opens what the home remembers: the history, the hot window (filled again from the history) and the preferences.
 * @throws HyperVoltError DATA_FOLDER_LOCKED, HISTORY_UNAVAILABLE
 */
export async function openMemory(options: Options, input: StartInput): Promise<HomeMemory> {
  const { clock, log, dataFolder } = input;
  await using opened = new AsyncDisposableStack();
  if (dataFolder !== null) opened.adopt(lockDataFolder(dataFolder), (lock) => lock.release());
  const history = opened.adopt(await openHistory(options, input), (one) => one.close());
  const window = opened.adopt(
    options.redis_url === "memory"
      ? new MemoryHotWindow(clock)
      : await openRedisHotWindow({ url: options.redis_url || OWN_REDIS, clock, log }),
    (one) => one.close(),
  );
  window.restore(await history.windows(60, clock.nowMs() - MS_PER_HOUR));
  const preferences = await openPreferences(history, options, log);
  const closing = opened.move();
  return { history, window, preferences, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** SQLite below the data folder, nothing but memory, or PostgreSQL, awaited. @throws HyperVoltError HISTORY_UNAVAILABLE */
async function openHistory(options: Options, input: StartInput): Promise<HistoryStore> {
  const { clock, log, dataFolder } = input;
  const keepRawDays = options.raw_days;
  const url = options.history_url;
  if (url.startsWith("postgres"))
    return awaitHistory({
      open: () => openPostgresHistory({ url, clock, log, keepRawDays, ingest: "hypervolt" }),
      isAway,
      whileAway: (state) => openWaitingDoor(options, input, state),
      clock: input.wireClock,
      log,
      stopping: input.stopping,
    });
  const folder = dataFolder === null || options.history_url === "memory" ? null : path.join(dataFolder, "history");
  return openSqliteHistory({ folder, clock, log, keepRawDays });
}
