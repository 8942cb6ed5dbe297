import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { candidatesWith } from "../candidates.ts";
import { createForecaster } from "../forecaster.ts";
import { freshNet } from "../nets/net.ts";
import type { SharedNet } from "../nets/net-file.ts";
import { NET_INPUT_COUNT, NET_PARTS } from "../nets/net-inputs.ts";
import { mulberry32 } from "../random.ts";
import { isUsed, wantedEditions } from "./home-net-record.ts";
import { HomeNetStore, weightsId } from "./home-net-store.ts";
import { learnAtNight, type NightOutcome } from "./learn-at-night.ts";
import { loadHomeNets } from "./load-home-nets.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_DAY = 19_723;
const DAYS = 100;
const zone = new Zone("UTC");
const units = 8;
const base: SharedNet = {
  name: "lstm-load-60",
  signal: "load",
  slotMinutes: 60,
  homes: [],
  net: freshNet(
    { time: 24, inputs: NET_INPUT_COUNT, units, bidirectional: true, everyStep: true, outputs: NET_PARTS.length },
    3,
  ),
  scaling: { mean: Array(NET_INPUT_COUNT).fill(0.5), deviation: Array(NET_INPUT_COUNT).fill(0.5) },
};
const models = { trees: [], nets: [base] };
const rivals = candidatesWith(models).filter(({ id }) => ["weighted-median", "same-weekday", "lstm"].includes(id));

/** A home that heats water on evenings after a day it did not. */
function home(days = DAYS, seed = 5): HomeHistory {
  const random = mulberry32(seed);
  const values = Float64Array.from({ length: days * 24 }, (_, i) => {
    const heats = Math.floor(i / 24) % 2 === 0 && i % 24 >= 17 && i % 24 < 21;
    return 300 * ((heats ? 6 : 1) + 0.4 * random());
  });
  const site = { id: "home", timezone: "UTC", stepMinutes: 60, currency: "EUR" };
  const columns = new Map([["load_w", values]]);
  return { site, zone, startMs: FIRST_DAY * DAY_MS, stepMs: HOUR_MS, length: values.length, columns };
}

const learned = mkdtempSync(path.join(tmpdir(), "hypervolt-home-nets-"));
let folder: string;
let first: NightOutcome;
beforeAll(() => {
  folder = learned;
  first = lesson(home());
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hypervolt-home-nets-"));
  cpSync(learned, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => rmSync(learned, { recursive: true, force: true }));

const where = (name = "a"): string => path.join(folder, name, base.name);
const warnings: string[] = [];
function lesson(history: HomeHistory, name = "a", mayGoOn: () => boolean = () => true): NightOutcome {
  const nowMs = history.startMs + history.length * history.stepMs + 2 * HOUR_MS;
  const store = new HomeNetStore(where(name));
  const onWarning = (text: string): void => void warnings.push(text);
  return learnAtNight({ base, signal: "load_w", history, nowMs, models, rivals, store, mayGoOn, onWarning });
}
const weights = (day: string, name = "a"): Buffer => readFileSync(path.join(where(name), day, "weights.bin"));
const editions = (name = "a"): string[] => readdirSync(where(name)).filter((one) => /^\d+$/.test(one));
/** Says yes some times and then no. */
const times = (count: number): (() => boolean) => {
  let left = count;
  return () => left-- > 0;
};

it("is used where the blend is better with it on days it had not seen, and skill shows it", () => {
  const history = home();
  const made = first;
  expect(made).toMatchObject({ kind: "learned", used: true, resumed: false });
  if (made.kind !== "learned" || !made.verdict) throw new Error("not judged");
  expect(made.verdict.own).toBeLessThan(made.verdict.shipped);
  expect(made.verdict.with).toBeLessThan(made.verdict.without);
  const own = loadHomeNets(path.join(folder, "a"), [base], (text) => warnings.push(text));
  expect(own[0]?.editions.length).toBe(editions().length);
  const issuedAtMs = history.startMs + DAYS * DAY_MS;
  const forecast = createForecaster({ models: { ...models, home: own } }).forecast(
    history,
    "load_w",
    issuedAtMs,
    24,
    60,
  );
  expect(forecast.skill["home-lstm"]?.maeW).toBeLessThan(forecast.skill["lstm"]?.maeW ?? 0);
  expect(lesson(history)).toMatchObject({ kind: "nothing-new" });
});

it("teaches an edition nothing of its own day and later", () => {
  const whole = home();
  const values = (whole.columns.get("load_w") as Float64Array).slice();
  const oldest = Number(editions("a")[0]);
  values.fill(5_000, (oldest - FIRST_DAY) * 24);
  lesson({ ...whole, columns: new Map([["load_w", values]]) }, "b");
  expect(weights(String(oldest), "b")).toEqual(weights(String(oldest), "a"));
  expect(weights(editions("b")[1] ?? "", "b")).not.toEqual(weights(editions("a")[1] ?? "", "a"));
});

it("goes on to the same bits wherever it was interrupted, also by a torn write", () => {
  const history = home();
  let nights = 0;
  let resumed = false;
  for (let made: NightOutcome["kind"] = "interrupted"; made === "interrupted"; nights++) {
    const night = lesson(history, "b", times(45 + 150 * nights));
    made = night.kind;
    if ("resumed" in night) resumed ||= night.resumed;
    // what a power cut leaves behind: names that were never renamed
    for (const torn of ["training.bin.new", "record.json.new"]) writeFileSync(path.join(where("b"), torn), "half a fi");
  }
  expect(nights).toBeGreaterThan(2);
  expect(resumed).toBe(true);
  expect(editions("b")).toEqual(editions("a"));
  for (const day of editions("a")) expect(weights(day, "b")).toEqual(weights(day, "a"));
});

it("begins an edition anew when what was kept of it is damaged", () => {
  const history = home();
  // some way into the first edition, which has some 36 days and 24 steps
  lesson(history, "b", times(45));
  truncateSync(path.join(where("b"), "training.bin"), 5_000);
  expect(lesson(history, "b")).toMatchObject({ kind: "learned", resumed: false });
  for (const day of editions("a")) expect(weights(day, "b")).toEqual(weights(day, "a"));
});

it("refuses weights that are broken, foreign or tuned from others with a warning, and the shipped net serves", () => {
  const history = home();
  const load = (): number => {
    warnings.length = 0;
    return loadHomeNets(path.join(folder, "a"), [base], (text) => warnings.push(text))[0]?.editions.length ?? 0;
  };
  const count = load();
  expect(warnings).toEqual([]);
  const newest = path.join(where(), editions().at(-1) ?? "", "weights.bin");
  const bytes = readFileSync(newest);
  writeFileSync(
    newest,
    bytes.map((one, i) => (i === 1_000 ? one ^ 1 : one)),
  );
  expect(load()).toBe(count - 1);
  expect(warnings).toEqual([expect.stringContaining("weights.bin does not have the manifest's checksum")]);

  expect(lesson(history)).toMatchObject({ kind: "learned", editions: 1 });
  expect(readFileSync(newest)).toEqual(bytes);

  const record = JSON.parse(readFileSync(path.join(where(), "record.json"), "utf8")) as object;
  writeFileSync(path.join(where(), "record.json"), JSON.stringify({ ...record, kind: "hypervolt/home-net/v2" }));
  expect(load()).toBe(0);
  expect(warnings).toEqual([
    expect.stringMatching(/record.json is broken or foreign \(kind: .*hypervolt\/home-net\/v1/),
  ]);

  const others = { ...base, net: { ...base.net, weights: base.net.weights.map((weight) => 2 * weight) } };
  lesson(history);
  expect(weightsId(others.net.weights)).not.toBe(weightsId(base.net.weights));
  expect(loadHomeNets(path.join(folder, "a"), [others], () => {})).toEqual([]);
});

it("takes no part for a gain that is chance", () => {
  const verdict = { day: 20_000, days: 28, without: 39.42, with: 39.41, shipped: 136, own: 75 };
  expect(isUsed({ verdict })).toBe(false);
  expect(isUsed({ verdict: { ...verdict, with: 39.3 } })).toBe(true);
  expect(isUsed({ verdict: null })).toBe(false);
});

it("waits until there is enough to learn from and to be judged on", () => {
  expect(lesson(home(50))).toEqual({ kind: "too-little-history", days: 50 });
  expect(wantedEditions(100, 154)).toEqual([]);
  expect(wantedEditions(100, 162)).toEqual([161]);
  expect(wantedEditions(100, 400).length).toBe(10);
});
