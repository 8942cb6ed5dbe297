import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { steppedClock } from "../demo/stepped-clock.ts";
import { Zone } from "../domain/civil-time.ts";
import type { HomeHistory } from "../domain/home-history.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../domain/units.ts";
import { createNightLearner, type NightLearner, type NightReport } from "../forecasting/home-nets/learning-thread.ts";
import { loadHomeNets } from "../forecasting/home-nets/load-home-nets.ts";
import { loadModels } from "../forecasting/model-files.ts";
import { writeNet } from "../forecasting/nets/net-file.ts";
import { NET_INPUT_COUNT, NET_PARTS } from "../forecasting/nets/net-inputs.ts";
import { freshNet } from "../forecasting/nets/net.ts";
import { mulberry32 } from "../forecasting/random.ts";
import { longHistory } from "./long-history.ts";
import { startNightLearning, type NightLearningParts } from "./night-learning.ts";

const zone = new Zone("Europe/Berlin");
const AFTERNOON_MS = Date.parse("2026-02-10T15:00:00+01:00");
const at = (time: string): number => Date.parse(`2026-02-${time}:00+01:00`);
const nothing = { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} };

/** A home with a habit of every other evening, back from an instant. */
function home(days: number, endMs: number): HomeHistory {
  const random = mulberry32(4);
  const startMs = zone.startOfDayMs(endMs - days * MS_PER_DAY);
  const length = Math.floor((endMs - startMs) / (MS_PER_HOUR / 2));
  const values = Float64Array.from({ length }, (_, i) => {
    const heats = Math.floor(i / 48) % 2 === 0 && i % 48 >= 34 && i % 48 < 42;
    return 300 * ((heats ? 6 : 1) + 0.4 * random());
  });
  const site = { id: "home", timezone: zone.name, stepMinutes: 30, currency: "EUR" };
  return { site, zone, startMs, stepMs: MS_PER_HOUR / 2, length, columns: new Map([["load_w", values]]) };
}

/** A learner that only notes when it is asked; `takes` says what CPU time a lesson needs. */
function noted(takes: number) {
  const asked: { nowMs: number; budgetMs: number }[] = [];
  const interrupt = vi.fn(() => Promise.resolve());
  const learner: NightLearner = {
    learn: (_history, nowMs, _slot, budgetMs): Promise<NightReport> => {
      asked.push({ nowMs, budgetMs });
      const outcome =
        takes > budgetMs
          ? { kind: "interrupted" as const, resumed: false }
          : { kind: "nothing-new" as const, verdict: null };
      return Promise.resolve({
        lessons: [{ net: "n", signal: "load_w", outcome }],
        cpuMs: Math.min(takes, budgetMs),
      });
    },
    interrupt,
    [Symbol.asyncDispose]: interrupt,
  };
  return { asked, interrupt, learner };
}

function parts(learner: NightLearner, more: Partial<Omit<NightLearningParts, "clock">> = {}) {
  const clock = steppedClock(AFTERNOON_MS, 120_000);
  const kept = new Map<string, unknown>();
  const store = {
    preference: (key: string) => Promise.resolve(kept.get(key)),
    setPreferences: (values: Readonly<Record<string, unknown>>) => {
      for (const [key, value] of Object.entries(values)) kept.set(key, value);
      return Promise.resolve();
    },
  };
  return {
    clock,
    log: nothing,
    zone,
    quietHours: () => null,
    budgetMs: 10 * MS_PER_MINUTE,
    history: (nowMs: number) => Promise.resolve(home(10, nowMs)),
    slotMinutes: 30,
    learner,
    store,
    onLearned: () => {},
    ...more,
  };
}

it("learns once a night, in the home's own quiet hours", async () => {
  const { asked, learner } = noted(1_000);
  const given = parts(learner, { quietHours: () => ({ from: "23:00", to: "06:30" }) });
  await using _learning = await startNightLearning(given);
  await given.clock.advanceTo(at("12T15:00"));
  expect(asked.map(({ nowMs }) => nowMs)).toEqual([at("10T23:00"), at("11T23:00")]);
});

it("learns between one and five where no quiet hours are set, and goes on with what is left of the night's budget", async () => {
  const { asked, learner } = noted(25 * MS_PER_MINUTE);
  const given = parts(learner, { budgetMs: 4 * MS_PER_MINUTE });
  await using _learning = await startNightLearning(given);
  await given.clock.advanceTo(at("11T23:00"));
  expect(asked).toEqual([{ nowMs: at("11T01:00"), budgetMs: 4 * MS_PER_MINUTE }]);
});

it("knows after a restart what the night has taken already", async () => {
  const { asked, learner } = noted(1_000);
  const given = parts(learner);
  await given.store.setPreferences({
    nightLearning: { night: zone.dayNumber(at("11T03:00")), cpuMs: 7 * MS_PER_MINUTE, done: false, said: "It was so." },
  });
  await using learning = await startNightLearning(given);
  expect(learning.said()).toBe("It was so.");
  await given.clock.advanceTo(at("11T06:00"));
  expect(asked.map(({ budgetMs }) => budgetMs)).toEqual([3 * MS_PER_MINUTE]);
});

it("ends a lesson when the night is over, and when the engine ends", async () => {
  const lesson = Promise.withResolvers<NightReport>();
  const { interrupt, learner } = noted(1);
  interrupt.mockImplementation(() => {
    lesson.resolve({
      lessons: [{ net: "n", signal: "l", outcome: { kind: "interrupted", resumed: false } }],
      cpuMs: 1,
    });
    return Promise.resolve();
  });
  const given = parts({ ...learner, learn: () => lesson.promise });
  // a lesson that goes on keeps the clock standing only for a moment
  const clock = steppedClock(AFTERNOON_MS, 5);
  const learning = await startNightLearning({ ...given, clock });
  await clock.advanceTo(at("11T04:59"));
  expect(interrupt).not.toHaveBeenCalled();
  await clock.advanceTo(at("11T05:02"));
  expect(interrupt).toHaveBeenCalledOnce();
  await learning[Symbol.asyncDispose]();
  expect(interrupt).toHaveBeenCalledTimes(2);
});

it("gives up after three failures a night, says so, and tries again the next", async () => {
  const { learner } = noted(1);
  const learn = vi.fn<NightLearner["learn"]>(() => Promise.reject(new Error("out of memory\n    at somewhere")));
  const given = parts({ ...learner, learn });
  await using learning = await startNightLearning(given);
  await given.clock.advanceTo(at("11T12:00"));
  expect(learn).toHaveBeenCalledTimes(3);
  expect(learning.failed()).toMatch(/could not learn .* go on as before\. \(out of memory\)$/);
  await given.clock.advanceTo(at("12T01:00"));
  expect(learn).toHaveBeenCalledTimes(4);
  learn.mockImplementation((...asked) => learner.learn(...asked));
  await given.clock.advanceTo(at("13T01:00"));
  expect(learning.failed()).toBeNull();
});

it("really learns in its thread, says one sentence, and what it learned is there for the forecasts", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "hypervolt-night-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const modelsDir = path.join(folder, "shipped");
  const shape = { time: 48, inputs: NET_INPUT_COUNT, units: 8, bidirectional: true, everyStep: true } as const;
  writeNet(path.join(modelsDir, "lstm-load-30"), {
    name: "lstm-load-30",
    signal: "load",
    slotMinutes: 30,
    homes: [],
    net: freshNet({ ...shape, outputs: NET_PARTS.length }, 3),
    scaling: { mean: Array(NET_INPUT_COUNT).fill(0.5), deviation: Array(NET_INPUT_COUNT).fill(0.5) },
  });
  const onLearned = vi.fn();
  const own = path.join(folder, "own");
  const given = parts(createNightLearner({ folder: own, modelsDir }), {
    onLearned,
    history: (nowMs) => longHistory((endMs) => Promise.resolve(home(90, endMs)), nowMs, nowMs - 80 * MS_PER_DAY),
  });
  await using learning = await startNightLearning(given);
  await given.clock.advanceTo(at("11T01:30"));
  expect(learning.said()).toMatch(/^(From|HyperVolt learned from) \d+ days of this home/);
  expect(onLearned).toHaveBeenCalledOnce();
  const nets = loadModels(modelsDir, () => {}).nets ?? [];
  const used = loadHomeNets(own, nets, (text) => expect.fail(text));
  expect(used.length > 0).toBe(learning.said()?.startsWith("From"));
});

it("puts pieces of the past together until nothing more is known", async () => {
  const whole = home(50, AFTERNOON_MS);
  const endMs = whole.startMs + whole.length * whole.stepMs;
  const asked: number[] = [];
  const piece = (until: number): Promise<HomeHistory> => {
    asked.push(until);
    const to = Math.round((until - whole.startMs) / whole.stepMs);
    const from = Math.max(0, to - 20 * 48);
    const columns = new Map([["load_w", (whole.columns.get("load_w") as Float64Array).slice(from, to)]]);
    return Promise.resolve({ ...whole, startMs: whole.startMs + from * whole.stepMs, length: to - from, columns });
  };
  const made = await longHistory(piece, endMs, endMs - 400 * MS_PER_DAY);
  expect(made.startMs).toBe(whole.startMs);
  expect(made.columns.get("load_w")).toEqual(whole.columns.get("load_w"));
  expect((await longHistory(piece, endMs, endMs - 30 * MS_PER_DAY)).length).toBe(40 * 48);
});
