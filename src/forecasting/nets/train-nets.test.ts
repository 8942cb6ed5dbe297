import { expect, it } from "vitest";
import { mulberry32 } from "../random.ts";
import { NET_INPUT_COUNT, scalingOf } from "./net-inputs.ts";
import { NET_TRAINING, NetTrainer, type NetDay } from "./train-nets.ts";

const OPTIONS = { ...NET_TRAINING, units: 8, epochs: 3, batch: 4, hidden: 0.2 };

function randomDays(count: number): NetDay[] {
  const random = mulberry32(4);
  const fill = (length: number): Float32Array => Float32Array.from({ length }, () => random() - 0.5);
  return Array.from({ length: count }, () => ({
    inputs: fill(24 * NET_INPUT_COUNT).map((value) => (random() < 0.05 ? Number.NaN : value)),
    targets: fill(24 * 4),
    weights: new Float32Array(24).fill(1),
  }));
}

it("stops when it is told to, and goes on to the same weights as if it had not", () => {
  const days = randomDays(19);
  const scaling = scalingOf(days.map(({ inputs }) => inputs));
  const whole = new NetTrainer(days, scaling, OPTIONS).run();
  expect(whole).toMatchObject({ done: true, stepsDone: 12 });
  let asked = 0;
  const stopped = new NetTrainer(days, scaling, OPTIONS).run(Number.POSITIVE_INFINITY, () => asked++ < 5);
  expect(stopped).toMatchObject({ done: false, stepsDone: 5 });
  const resumed = new NetTrainer(days, scaling, OPTIONS, stopped).run();
  expect(resumed.net.weights).toEqual(whole.net.weights);
  expect(whole.net.weights).not.toEqual(stopped.net.weights);
  expect(whole.net.weights.every(Number.isFinite)).toBe(true);
});
