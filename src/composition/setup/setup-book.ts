import * as z from "zod";
import type { Clock } from "../../domain/clock.ts";
import type { Log } from "../../domain/log.ts";
import type { SetupQuestion } from "../../serving/messages.ts";
import type { HomePreferences, PreferenceBook, PreferenceStore } from "../preferences.ts";
import { SetupAnswers } from "./setup-answers.ts";

const KEPT = "setup";
const MOST_KEPT = 20;

const Question = z.enum(["wiring", "tariff", "devices", "comfort", "mode"]);
/** One answer, with what held before it. */
const Step = z.object({
  question: Question,
  atMs: z.number(),
  by: z.string(),
  answeredBeforeMs: z.number().nullable(),
  answersBefore: SetupAnswers,
  preferencesBefore: z.record(z.string(), z.unknown()),
});
const Kept = z.object({
  answers: SetupAnswers,
  answeredMs: z.partialRecord(Question, z.number()),
  steps: z.array(Step),
});
type Kept = z.infer<typeof Kept>;

/** One answer: what it says beside the preferences, and which preferences it sets. */
export type SetupChange = Readonly<{ answers?: SetupAnswers; preferences?: Partial<HomePreferences> }>;

/** What a person answered on the set-up page: kept in the app's own store, over restarts and updates. */
export interface SetupBook {
  readonly answers: () => SetupAnswers;
  readonly answeredMs: (question: SetupQuestion) => number | null;
  /** The last answer, which `undo` takes back. */
  readonly last: () => Readonly<{ question: SetupQuestion; atMs: number; by: string }> | null;
  /** Holds at once; rejects where it cannot be stored, and then nothing has changed. */
  readonly answer: (question: SetupQuestion, change: SetupChange, by: string) => Promise<void>;
  /** @returns what was taken back, or null where there is nothing */
  readonly undo: () => Promise<SetupQuestion | null>;
  readonly onChange: (run: (question: SetupQuestion) => void) => void;
}

export async function openSetup(
  store: PreferenceStore,
  preferences: PreferenceBook,
  clock: Clock,
  log: Log,
): Promise<SetupBook> {
  const stored = (await store.preferences().catch(() => ({})))[KEPT as never] as unknown;
  const parsed = Kept.safeParse(stored);
  if (stored !== undefined && !parsed.success)
    log.error("The answers of the set-up page cannot be read; the options hold", { error: parsed.error.message });
  let kept: Kept = parsed.success ? parsed.data : { answers: {}, answeredMs: {}, steps: [] };
  const listeners: ((question: SetupQuestion) => void)[] = [];
  /** One change after the other, each on what the one before left. */
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = queue.then(task);
    queue = done.catch(() => undefined);
    return done;
  };
  /** Stores first: what cannot be kept does not hold. */
  const take = async (next: Kept, question: SetupQuestion, changed: Partial<HomePreferences>): Promise<void> => {
    await store.setPreferences({ [KEPT]: next });
    kept = next;
    if (Object.keys(changed).length > 0) await preferences.set(changed);
    for (const run of listeners) run(question);
  };
  return {
    answers: () => kept.answers,
    answeredMs: (question) => kept.answeredMs[question] ?? null,
    last: () => kept.steps.at(-1) ?? null,
    answer: (question, { answers = {}, preferences: wanted = {} }, by) =>
      inTurn(async () => {
        const now = preferences.current();
        const step: Kept["steps"][number] = {
          question,
          atMs: clock.nowMs(),
          by,
          answeredBeforeMs: kept.answeredMs[question] ?? null,
          answersBefore: kept.answers,
          preferencesBefore: Object.fromEntries(
            Object.keys(wanted).map((key) => [key, now[key as keyof HomePreferences]]),
          ),
        };
        const next = {
          answers: { ...kept.answers, ...answers },
          answeredMs: { ...kept.answeredMs, [question]: step.atMs },
          steps: [...kept.steps, step].slice(-MOST_KEPT),
        };
        await take(next, question, wanted);
      }),
    undo: () =>
      inTurn(async () => {
        const step = kept.steps.at(-1);
        if (!step) return null;
        const { [step.question]: _, ...others } = kept.answeredMs;
        const next = {
          answers: step.answersBefore,
          answeredMs: { ...others, ...(step.answeredBeforeMs !== null && { [step.question]: step.answeredBeforeMs }) },
          steps: kept.steps.slice(0, -1),
        };
        await take(next, step.question, step.preferencesBefore as Partial<HomePreferences>);
        return step.question;
      }),
    onChange: (run) => void listeners.push(run),
  };
}
