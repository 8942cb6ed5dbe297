import { DayFrame, frameSource } from "../day-frame.ts";
import { levelOf } from "../level.ts";
import { mulberry32 } from "../random.ts";
import type { TrainingHome } from "../trees/train-shared-trees.ts";
import { createKernelEngine, type AdamState, type KernelEngine } from "./kernel.ts";
import { freshNet, type Net } from "./net.ts";
import type { NetBatch } from "./net-engine.ts";
import {
  NET_INPUT_COUNT,
  NET_LOSS,
  NET_PARTS,
  netInputsOf,
  netStartOf,
  scaleInputs,
  scalingOf,
  type NetScaling,
} from "./net-inputs.ts";

/** Days of one home as a net learns from them: inputs as they are, targets above what the net starts from. */
export type NetDay = Readonly<{ inputs: Float32Array; targets: Float32Array; weights: Float32Array }>;

const WARM_UP_DAYS = 20;
/** Values further above a home's level count as this. */
const LARGEST_TARGET = 12;

/** The days of a home after its first weeks, each seen as at its own midnight. */
export function netDays(home: TrainingHome, slotMinutes: number): NetDay[] {
  const { history, signal, untilMs } = home;
  const endMs = Math.min(untilMs, history.startMs + history.length * history.stepMs);
  const source = frameSource(history, signal, slotMinutes, endMs, endMs);
  const frame = new DayFrame(source, 0, history.zone.dayNumber(endMs) - source.firstDay);
  const days: NetDay[] = [];
  for (let row = WARM_UP_DAYS; row < frame.known; row++) days.push(netDay(frame, row));
  return days.filter(({ weights }) => weights.some((weight) => weight > 0));
}

/** One known row of a frame, seen as at its start. */
export function netDay(frame: DayFrame, row: number): NetDay {
  const origin = frame.until(row);
  const { centre, scale } = levelOf(origin);
  const inputs = netInputsOf(origin, 1);
  const start = netStartOf(inputs);
  const parts = NET_PARTS.length;
  const targets = new Float32Array(frame.slots * parts);
  const weights = new Float32Array(frame.slots);
  for (let c = 0; c < frame.slots; c++) {
    const value = (frame.at(row, c) - centre) / scale;
    if (Number.isNaN(value)) continue;
    weights[c] = 1;
    const kept = Math.min(Math.max(value, -LARGEST_TARGET), LARGEST_TARGET);
    for (let k = 0; k < parts; k++) targets[c * parts + k] = kept - (start[c * parts + k] ?? 0);
  }
  return { inputs, targets, weights };
}

export type NetTraining = Readonly<{
  units: number;
  epochs: number;
  /** Days in a step. */
  batch: number;
  /** At first; it falls to nothing along half a cosine. */
  learningRate: number;
  /** Share of the inputs that a day is shown without, so that the net trusts no single one. */
  hidden: number;
  seed: number;
}>;
export const NET_TRAINING: NetTraining = {
  units: 32,
  epochs: 4,
  batch: 32,
  learningRate: 0.002,
  hidden: 0.2,
  seed: 11,
};

/** Where a training stands: all that is needed to go on with it. */
export type NetProgress = Readonly<{ net: Net; adam: AdamState; stepsDone: number; done: boolean; meanLoss: number }>;

/** Trains a net on days, as many steps at a time as asked; it may be kept in between, and goes on to the same bits. */
export class NetTrainer {
  readonly #days: readonly NetDay[];
  readonly #scaling: NetScaling;
  readonly #options: NetTraining;
  readonly #session;
  readonly #net: Net;
  readonly #steps: number;
  #step: number;
  /** Room for one batch, filled anew at each step: a night has thousands of them. */
  readonly #room: Omit<NetBatch, "count">;
  #order: Int32Array = new Int32Array(0);
  #orderOf = -1;

  constructor(
    days: readonly NetDay[],
    scaling: NetScaling,
    options: NetTraining,
    from?: Readonly<{ net: Net; adam?: AdamState; stepsDone?: number }>,
    engine: KernelEngine = createKernelEngine(),
  ) {
    this.#days = days;
    this.#scaling = scaling;
    this.#options = options;
    const time = days[0]?.weights.length ?? 1;
    this.#net =
      from?.net ??
      freshNet(
        {
          time,
          inputs: NET_INPUT_COUNT,
          units: options.units,
          bidirectional: true,
          everyStep: true,
          outputs: NET_PARTS.length,
        },
        options.seed,
      );
    this.#session = engine.open(this.#net, from?.adam);
    const rows = options.batch * this.#net.shape.time;
    this.#room = {
      inputs: new Float32Array(rows * this.#net.shape.inputs),
      targets: new Float32Array(rows * this.#net.shape.outputs),
      weights: new Float32Array(rows),
    };
    this.#step = from?.stepsDone ?? 0;
    this.#steps = Math.floor(days.length / options.batch) * options.epochs;
  }

  /** Takes up to `steps` more steps, fewer when `mayGoOn` says no. */
  run(steps = Number.POSITIVE_INFINITY, mayGoOn: () => boolean = () => true): NetProgress {
    const { batch, learningRate } = this.#options;
    let sum = 0;
    let taken = 0;
    for (; taken < steps && this.#step < this.#steps && mayGoOn(); taken++) {
      const rate = 0.5 * learningRate * (1 + Math.cos((Math.PI * this.#step) / this.#steps));
      sum += this.#session.train(this.#batchAt(this.#step, batch), NET_LOSS, rate);
      this.#step++;
    }
    return {
      net: { shape: this.#net.shape, weights: this.#session.weights() },
      adam: this.#session.adamState(),
      stepsDone: this.#step,
      done: this.#step >= this.#steps,
      meanLoss: sum / taken,
    };
  }

  /** The days of a step: each epoch goes through all of them in an order of its own. */
  #batchAt(step: number, size: number): NetBatch {
    const perEpoch = Math.floor(this.#days.length / size);
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== this.#orderOf) this.#shuffle(epoch);
    const { time, inputs: width, outputs } = this.#net.shape;
    const random = mulberry32(this.#options.seed + 1_000 + step);
    const { inputs, targets, weights } = this.#room;
    for (let b = 0; b < size; b++) {
      const day = this.#days[this.#order[(step % perEpoch) * size + b] as number] as NetDay;
      const seen = inputs.subarray(b * time * width, (b + 1) * time * width);
      scaleInputs(day.inputs, this.#scaling, seen);
      for (let i = 0; i < width; i++)
        if (random() < this.#options.hidden) for (let t = 0; t < time; t++) seen[t * width + i] = 0;
      targets.set(day.targets, b * time * outputs);
      weights.set(day.weights, b * time);
    }
    return { count: size, inputs, targets, weights };
  }

  #shuffle(epoch: number): void {
    const random = mulberry32(this.#options.seed + 1 + epoch);
    const order = Int32Array.from(this.#days, (_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      const other = order[j] as number;
      order[j] = order[i] as number;
      order[i] = other;
    }
    this.#order = order;
    this.#orderOf = epoch;
  }
}

/** A net learned on many homes, and how its inputs are scaled. */
export type TrainedNet = Readonly<{ net: Net; scaling: NetScaling; days: number }>;

/** Learns one net from the days of many homes. */
export function trainNets(
  homes: readonly TrainingHome[],
  slotMinutes: number,
  options: NetTraining = NET_TRAINING,
  onProgress: (text: string) => void = () => {},
): TrainedNet {
  const days = homes.flatMap((home, k) => {
    const own = netDays(home, slotMinutes);
    onProgress(`home ${k + 1} of ${homes.length}: ${own.length} days`);
    return own;
  });
  const scaling = scalingOf(days.map(({ inputs }) => inputs));
  const trainer = new NetTrainer(days, scaling, options);
  const perEpoch = Math.floor(days.length / options.batch);
  let progress = trainer.run(perEpoch);
  while (!progress.done) {
    onProgress(`${progress.stepsDone} steps: loss ${progress.meanLoss.toFixed(5)}`);
    progress = trainer.run(perEpoch);
  }
  onProgress(`${progress.stepsDone} steps: loss ${progress.meanLoss.toFixed(5)}`);
  return { net: progress.net, scaling, days: days.length };
}
