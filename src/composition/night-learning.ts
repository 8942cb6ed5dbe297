import { z } from "zod";
import { inQuietHours } from "../acting/device-limits.ts";
import { type Clock, every } from "../domain/clock.ts";
import type { Zone } from "../domain/civil-time.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import type { NightLearner, NightReport } from "../forecasting/home-nets/learning-thread.ts";

export type NightLearningParts = Readonly<{
  clock: Clock;
  log: Log;
  zone: Zone;
  /** The home's quiet hours: its night. Null: `NIGHT` below. */
  quietHours: () => Readonly<{ from: string; to: string }> | null;
  /** CPU time a night may take. */
  budgetMs: number;
  /** The history back to about an instant. */
  history: (nowMs: number, fromMs: number) => Promise<HomeHistory>;
  /** Length of the slots that are forecast. */
  slotMinutes: number;
  learner: NightLearner;
  store: Readonly<{
    preference: (key: string) => Promise<unknown>;
    setPreferences: (values: Readonly<Record<string, unknown>>) => Promise<void>;
  }>;
  /** What is forecast with has changed. */
  onLearned: () => void;
}>;

export type NightLearning = AsyncDisposable &
  Readonly<{
    /** One sentence for a person of what was learned last; null before that. */
    said: () => string | null;
    /** One sentence for a person of why the last lesson came to nothing; null where it did not fail. */
    failed: () => string | null;
    /** Looks whether there is something to learn now; resolves when that is over. */
    look: () => Promise<void>;
  }>;

const KEY = "nightLearning";
const NIGHT = { from: "01:00", to: "05:00" } as const;
const LOOK_MS = 5 * MS_PER_MINUTE;
const FIRST_LOOK_MS = MS_PER_MINUTE;
const STILL_NIGHT_MS = MS_PER_MINUTE;
/** A year to learn from, and what the first day of it looks back on. */
const PAST_MS = 400 * MS_PER_DAY;
/** CPU time between two notes of how much of the night's budget is spent. */
const NOTE_CPU_MS = 20_000;
/** Failed lessons a night. */
const MOST_FAILURES = 3;
/** Too little to be worth starting for. */
const LEAST_BUDGET_MS = 1_000;

/** What a restart must know of a night. */
const Spent = z.object({
  /** Local day number of the night's morning. */
  night: z.int(),
  cpuMs: z.number().nonnegative(),
  /** Nothing is left to learn in this night. */
  done: z.boolean(),
  said: z.string().nullable(),
});
type Spent = z.infer<typeof Spent>;

/** Lets the home learn in its quiet hours, within its budget of CPU time; ends at once when the engine does. */
export async function startNightLearning(parts: NightLearningParts): Promise<NightLearning> {
  const { clock, log, zone, learner, store } = parts;
  const kept = Spent.safeParse(await store.preference(KEY).catch(() => undefined));
  let spent: Spent = kept.success ? kept.data : { night: -1, cpuMs: 0, done: false, said: null };
  let failed: string | null = null;
  let closed = false;
  let learning: Promise<void> | undefined;
  const isNight = (nowMs: number): boolean => inQuietHours(parts.quietHours() ?? NIGHT, zone, nowMs);
  const note = (change: Partial<Spent>): void => {
    spent = { ...spent, ...change };
    store
      .setPreferences({ [KEY]: spent })
      .catch((error: unknown) => log.debug("The night's budget was not noted", { error: String(error) }));
  };

  const learn = async (): Promise<void> => {
    const nowMs = clock.nowMs();
    const night = zone.dayNumber(nowMs + 12 * MS_PER_HOUR);
    if (night !== spent.night) note({ night, cpuMs: 0, done: false });
    const before = spent.cpuMs;
    const leftMs = parts.budgetMs - before;
    if (closed || spent.done || leftMs < LEAST_BUDGET_MS) return;
    const history = await parts.history(nowMs, nowMs - PAST_MS);
    if (closed) return;
    let notedMs = 0;
    const report = await learner.learn(history, nowMs, parts.slotMinutes, leftMs, (cpuMs) => {
      if (cpuMs - notedMs < NOTE_CPU_MS) return;
      notedMs = cpuMs;
      note({ cpuMs: before + cpuMs });
    });
    failed = null;
    const interrupted = report.lessons.some(({ outcome }) => outcome.kind === "interrupted");
    const said = sentenceOf(report);
    note({ cpuMs: before + report.cpuMs, done: !interrupted, ...(said !== null && { said }) });
    for (const { net, outcome } of report.lessons)
      log.info("Learned from this home", { net, ...flat(outcome), cpuMs: Math.round(report.cpuMs) });
    if (report.lessons.some(({ outcome }) => outcome.kind === "learned")) parts.onLearned();
  };
  const look = async (): Promise<void> => {
    if (closed || !isNight(clock.nowMs())) return;
    learning ??= learn()
      .catch((error: unknown) => {
        if (closed) return;
        log.error("The night's lesson failed; what it had learned is kept", { error: String(error) });
        note({ cpuMs: spent.cpuMs + parts.budgetMs / MOST_FAILURES });
        const [why] = String(error instanceof Error ? error.message : error).split("\n");
        failed = `HyperVolt could not learn from this home at night; its forecasts go on as before. (${why})`;
      })
      .finally(() => (learning = undefined));
    await learning;
  };
  const rhythms = [
    clock.after(FIRST_LOOK_MS, look),
    every(clock, LOOK_MS, look),
    every(clock, STILL_NIGHT_MS, async () => {
      if (learning && !isNight(clock.nowMs())) await learner.interrupt();
    }),
  ];
  return {
    said: () => spent.said,
    failed: () => failed,
    look,
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const rhythm of rhythms) rhythm.cancel();
      await learner[Symbol.asyncDispose]();
      await learning;
    },
  };
}

/** What a person is told of a night; null when there is nothing new. */
function sentenceOf({ lessons }: NightReport): string | null {
  const [told] = lessons.flatMap(({ outcome }) => (outcome.kind === "learned" && outcome.verdict ? [outcome] : []));
  if (!told?.verdict) return null;
  const { days, with: tuned, without } = told.verdict;
  const less = (100 * (1 - tuned / Math.max(without, 1e-9))).toFixed(1);
  return told.used
    ? `From ${told.days} days of this home HyperVolt learned to forecast its load better: ${less} % less error on the last ${days} days, which it had not learned from. Its forecasts use that now.`
    : `HyperVolt learned from ${told.days} days of this home. On the last ${days} days, which it had not learned from, its forecast of the load became no better, so it forecasts as before.`;
}

/** An outcome as fields of a log line. */
function flat(outcome: NightReport["lessons"][number]["outcome"]): Record<string, unknown> {
  if (!("verdict" in outcome) || outcome.verdict === null) return { ...outcome };
  const { verdict, ...rest } = outcome;
  const round = (value: number): number => Math.round(10 * value) / 10;
  return {
    ...rest,
    judgedDays: verdict.days,
    blendMaeW: round(verdict.without),
    blendWithItMaeW: round(verdict.with),
    shippedMaeW: round(verdict.shipped),
    ownMaeW: round(verdict.own),
  };
}
