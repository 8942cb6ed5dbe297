import { expect, it } from "vitest";
import { simulateHome, USUAL } from "../../dev/simulated-home.ts";
import { bars, bandPath, dueFrom, hourTicks, runsOf, scaleFor, stepPath, timeAt, xOf } from "./plan-bars.ts";
import { frameAt, ghostDifference, timelineOf } from "./timeline.ts";

const sim = simulateHome(USUAL);
const timeline = timelineOf(sim.home, sim.history, sim.plan, sim.forecasts, USUAL.nowMs);
const axis = { startMs: timeline.startMs, endMs: timeline.endMs, width: 600 };

it("joins the last day, now and the plan without a gap or an overlap", () => {
  timeline.frames.slice(1).forEach(({ startMs }, i) => expect(startMs).toBe(timeline.frames[i]?.endMs));
  expect(timeline.frames.filter(({ kind }) => kind === "now")).toHaveLength(1);
  expect(timeline.nowMs - timeline.startMs).toBeGreaterThanOrEqual(23.5 * 3_600_000);
});

it("finds the frame that holds an instant, by halves", () => {
  for (const frame of timeline.frames) {
    expect(frameAt(timeline, frame.startMs)).toBe(frame);
    expect(frameAt(timeline, frame.endMs - 1)).toBe(frame);
  }
});

it("shows the meters' figures for now and the plan's for later", () => {
  expect(frameAt(timeline, USUAL.nowMs)).toMatchObject({ kind: "now", gridW: sim.home.flows.grid_w });
  const last = timeline.frames[timeline.frames.length - 1];
  expect(last?.gridW).toBe((sim.plan.import_w[70] ?? 0) - (sim.plan.export_w[70] ?? 0));
});

it("saves by the end of the plan what its cost and carbon differ from the baseline's", () => {
  const difference = ghostDifference(timeline, timeline.endMs);
  expect(difference?.savedCost).toBeCloseTo(sim.plan.baseline.cost - sim.plan.cost, 6);
  expect(difference?.savedCarbonKg).toBeCloseTo(sim.plan.baseline.carbon_kg - sim.plan.carbon_kg, 6);
});

it("gives no difference where nothing knows both ways", () => {
  const { baseline_grid_w: _, ...history } = sim.history;
  const bare = timelineOf(sim.home, history, null, [], USUAL.nowMs);
  expect(ghostDifference(bare, USUAL.nowMs - 3_600_000)).toBeUndefined();
});

it("works without history and without a plan", () => {
  const bare = timelineOf(sim.home, null, null, [], USUAL.nowMs);
  expect(bare.frames).toHaveLength(1);
  expect(bare.endMs).toBeGreaterThan(bare.startMs);
});

it("leaves a gap after a past that ended hours ago instead of drawing it as it is now", () => {
  const laterMs = USUAL.nowMs + 3 * 3_600_000;
  const late = timelineOf(sim.home, sim.history, sim.plan, sim.forecasts, laterMs);
  const now = late.frames.findIndex(({ kind }) => kind === "now");
  const [before, at] = [late.frames[now - 1], late.frames[now]];
  expect(before?.kind).toBe("past");
  expect((at?.startMs ?? 0) - (before?.endMs ?? 0)).toBeGreaterThan(3_600_000);
  expect(laterMs - (at?.startMs ?? 0)).toBeLessThanOrEqual(45 * 60_000);
});

it("draws bars from zero whose heights are the powers", () => {
  const scale = scaleFor(timeline, [({ gridW }) => gridW], 100, 500);
  const zero = (scale.high / (scale.high - scale.low)) * 100;
  for (const bar of bars(timeline, ({ gridW }) => gridW, axis, scale)) {
    expect(bar.height).toBeCloseTo((Math.abs(bar.value) / (scale.high - scale.low)) * 100, 6);
    expect(bar.value > 0 ? bar.y + bar.height : bar.y).toBeCloseTo(zero, 6);
  }
});

it("breaks a line where a value is missing", () => {
  const holes = {
    ...timeline,
    frames: timeline.frames.map((frame, i) => (i === 5 ? { ...frame, loadW: null } : frame)),
  };
  const scale = scaleFor(holes, [({ loadW }) => loadW], 100, 500);
  expect(stepPath(holes, ({ loadW }) => loadW, axis, scale).match(/M/g)).toHaveLength(2);
  expect(
    bandPath(
      holes,
      ({ loadBandW }) => loadBandW?.[0] ?? null,
      ({ loadBandW }) => loadBandW?.[1] ?? null,
      axis,
      scale,
    ),
  ).toMatch(/^M.*Z$/);
});

it("joins neighbouring steps of a device to one run", () => {
  const runs = runsOf(timeline, "dishwasher");
  expect(runs.length).toBeGreaterThan(0);
  for (const run of runs) {
    expect(run.powerW).toBe(900);
    expect(run.endMs - run.startMs).toBe(2 * 3_600_000);
  }
});

it("keeps of what is planned what has not ended by an instant", () => {
  const runs = runsOf(timeline, "dishwasher");
  const first = runs[0]!;
  expect(dueFrom(runs, first.startMs - 1)).toEqual(runs);
  expect(dueFrom(runs, first.endMs - 1)).toEqual(runs);
  expect(dueFrom(runs, first.endMs)).toEqual(runs.slice(1));
});

it("maps instants to the axis and back", () => {
  for (const atMs of [axis.startMs, USUAL.nowMs, axis.endMs])
    expect(timeAt(axis, xOf(axis, atMs))).toBeCloseTo(atMs, 3);
});

it("writes only whole hours of the wall clock, as many as fit", () => {
  const hours = hourTicks(axis, (atMs) => new Date(atMs).getUTCHours() + new Date(atMs).getUTCMinutes() / 60, 46);
  expect(hours.length).toBeLessThanOrEqual(600 / 46 + 1);
  for (const { hour } of hours) expect(Number.isInteger(hour)).toBe(true);
});
