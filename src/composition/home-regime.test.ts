import { expect, it } from "vitest";
import type { HomeHistory } from "../domain/home-history.ts";
import type { SensorState } from "../domain/reading.ts";
import type { RegimeGuess } from "../forecasting/regimes/regime.ts";
import { HomeRegimeBook } from "./home-regime.ts";

const MINUTE_MS = 60_000;
const START_MS = 1_780_000_000_000;
const nothing = { debug: () => {}, info: () => {}, warning: () => {}, error: () => {} };
const history = {} as HomeHistory;

function house(guesses: readonly Omit<RegimeGuess, "atMs">[]) {
  let nowMs = START_MS;
  let at = 0;
  const motion = { value: 0, atMs: START_MS - 60 * MINUTE_MS, available: true };
  /** What the history has of the motion sensor. */
  const stored: { startMs: number; mean: number }[] = [];
  const book = new HomeRegimeBook({
    clock: { nowMs: () => nowMs, after: () => ({ cancel: () => {} }) },
    log: nothing,
    sensors: () => [{ sensor: { sensorId: "m", sensorType: "motion" }, ...motion } as unknown as SensorState],
    store: {
      series: (_sensorId, fromMs, toMs) =>
        Promise.resolve(stored.filter(({ startMs }) => fromMs <= startMs && startMs < toMs)),
    },
    tell: () => Promise.resolve({ ...(guesses[at++] ?? guesses.at(-1)), atMs: nowMs } as RegimeGuess),
  });
  return { book, motion, stored, pass: (minutes: number) => (nowMs += minutes * MINUTE_MS), nowMs: () => nowMs };
}
const away = { regime: "away", certainty: 0.9 } as const;

it("believes that nobody is about only when the forest is sure twice in a row", async () => {
  const { book, pass } = house([away, away, { regime: "away", certainty: 0.6 }, away]);
  const said: boolean[] = [];
  for (let i = 0; i < 4; i++) {
    await book.look(history);
    said.push(book.nobodyAbout());
    pass(15);
  }
  expect(said).toEqual([false, true, false, false]);
});

it("holds that somebody is about while a sensor saw somebody, or a person set a device", async () => {
  const { book, motion, pass, nowMs } = house([away]);
  for (let i = 0; i < 3; i++) {
    await book.look(history);
    pass(15);
  }
  expect(book.nobodyAbout()).toBe(true);
  Object.assign(motion, { value: 1, atMs: nowMs() });
  expect(book.now()?.regime).toBe("home");
  // whoever sits still behind a sensor that has said "on" once
  pass(40);
  await book.look(history);
  expect(book.now()?.regime).toBe("home");
  Object.assign(motion, { value: 0, atMs: nowMs() });
  pass(20);
  await book.look(history);
  expect(book.nobodyAbout()).toBe(false);
  pass(15);
  await book.look(history);
  expect(book.nobodyAbout()).toBe(true);
  book.personActed();
  expect(book.nobodyAbout()).toBe(false);
});

it("says nothing once its guess is old", async () => {
  const { book, pass } = house([{ regime: "guests", certainty: 0.7 }]);
  await book.look(history);
  expect(book.now()).toMatchObject({ regime: "guests" });
  pass(50);
  expect(book.now()).toBeNull();
});

it("knows from the history who was seen between two looks", async () => {
  const { book, stored, pass, nowMs } = house([away]);
  for (let i = 0; i < 3; i++) {
    await book.look(history);
    pass(15);
  }
  expect(book.nobodyAbout()).toBe(true);
  stored.push({ startMs: nowMs() - 2 * MINUTE_MS, mean: 0.1 });
  await book.look(history);
  expect(book.nobodyAbout()).toBe(false);
});

it("says nothing of a guess that was made on a day the clock had wrong", async () => {
  const { book, pass } = house([{ regime: "guests", certainty: 0.7 }]);
  await book.look(history);
  pass(-24 * 60);
  expect(book.now()).toBeNull();
});
