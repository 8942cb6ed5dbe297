import { expect, it } from "vitest";
import { fixedCandidate } from "../candidate.ts";
import { mulberry32 } from "../random.ts";
import { BY_HABITS, BY_SKY, BY_WEATHER, weighCandidates, type Column, type Weighing } from "./weigh-candidates.ts";

const SLOTS = 24;
const DAYS = 40;
const named = (id: string): Column["candidate"] =>
  fixedCandidate(
    id,
    1,
    () => true,
    () => undefined,
    1,
  );
const weights = new Float64Array(SLOTS * DAYS).fill(1);

/** One candidate is right by night and far off by day, the other the other way round, a third far off always. */
function evidence(): { columns: Column[]; truth: Float64Array } {
  const random = mulberry32(2);
  const truth = Float64Array.from({ length: SLOTS * DAYS }, () => 100 * random());
  const off = (isOff: (slot: number) => boolean): Float64Array =>
    truth.map((value, i) => value + (isOff(i % SLOTS) ? 80 * (random() - 0.5) : 4 * (random() - 0.5)));
  return {
    truth,
    columns: [
      { candidate: named("night"), values: off((slot) => slot >= 6) },
      { candidate: named("day"), values: off((slot) => slot < 6) },
      { candidate: named("never"), values: truth.map((value) => value + 300) },
    ],
  };
}

it.each([{ kind: "pinball", share: 0.5 } as const, { kind: "squared" } as const])(
  "trusts each candidate at the hours at which it was right ($kind)",
  (loss) => {
    const { columns, truth } = evidence();
    const members = weighCandidates(columns, { truth, weights, slots: SLOTS }, loss, BY_HABITS);
    const at = (id: string, slot: number): number => members.find((one) => one.id === id)?.bySlot[slot] ?? 0;
    expect(at("night", 3)).toBeGreaterThan(1.5 * at("night", 12));
    expect(at("day", 12)).toBeGreaterThan(at("night", 12));
    for (let slot = 0; slot < SLOTS; slot++) {
      expect(at("never", slot)).toBeLessThan(0.01);
      expect(at("night", slot) + at("day", slot) + at("never", slot)).toBeCloseTo(1, 9);
    }
  },
);

it("gives one weight for all hours where hours say too little of their own", () => {
  const { columns, truth } = evidence();
  for (const { weight, bySlot } of weighCandidates(
    columns,
    { truth, weights, slots: SLOTS },
    { kind: "squared" },
    { ...BY_HABITS, byHour: false },
  ))
    expect(new Set(bySlot)).toEqual(new Set([weight]));
});

it("goes by standing while there is no evidence", () => {
  const nothing = new Float64Array(0);
  const members = weighCandidates(
    [
      { candidate: { ...named("strong"), standing: 3 }, values: nothing },
      { candidate: named("weak"), values: nothing },
    ],
    { truth: nothing, weights: nothing, slots: SLOTS },
    { kind: "squared" },
    BY_HABITS,
  );
  expect(members.map(({ id, weight }) => [id, weight])).toEqual([
    ["strong", 0.75],
    ["weak", 0.25],
  ]);
});

it("goes by what a candidate is worth under the sky where the sky makes the errors", () => {
  const nothing = new Float64Array(0);
  const columns = [
    { candidate: { ...named("trees"), standing: 1, standingForPv: 0.25 }, values: nothing },
    { candidate: named("other"), values: nothing },
  ];
  const treesWeight = (weighing: Weighing): number | undefined =>
    weighCandidates(columns, { truth: nothing, weights: nothing, slots: SLOTS }, { kind: "squared" }, weighing)[0]
      ?.weight;
  expect(treesWeight(BY_HABITS)).toBe(0.5);
  expect(treesWeight(BY_WEATHER)).toBe(0.2);
  expect(treesWeight(BY_SKY)).toBe(0.2);
});

it("keeps what stands for more than one dark day where the sky makes the errors, unless it is far off", () => {
  const truth = new Float64Array(SLOTS * DAYS).fill(100);
  const off = (by: (day: number) => number): Float64Array => truth.map((value, i) => value + by(Math.floor(i / SLOTS)));
  const weightOf = (values: Float64Array, weighing: Weighing): number =>
    weighCandidates(
      [
        { candidate: named("steady"), values: off(() => 10) },
        { candidate: named("judged"), values },
      ],
      { truth, weights, slots: SLOTS },
      { kind: "pinball", share: 0.5 },
      weighing,
    ).find(({ id }) => id === "judged")?.weight ?? Number.NaN;
  const oneDay = off((day) => (day === 2 ? 300 : 8));
  expect(weightOf(oneDay, BY_SKY)).toBeGreaterThan(0.25);
  expect(weightOf(oneDay, BY_HABITS)).toBeLessThan(0.2);
  expect(
    weightOf(
      off(() => 60),
      BY_SKY,
    ),
  ).toBeLessThan(0.05);
});
