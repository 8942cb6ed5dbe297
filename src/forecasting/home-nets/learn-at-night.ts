import { createHash } from "node:crypto";
import type { HomeHistory } from "../../domain/home-history.ts";
import { MS_PER_DAY } from "../../domain/units.ts";
import type { Candidate } from "../candidate.ts";
import { DayFrame, frameSource } from "../day-frame.ts";
import type { LearnedModels } from "../model-files.ts";
import type { SharedNet } from "../nets/net-file.ts";
import { netDay, NetTrainer, NET_TRAINING, type NetDay, type NetTraining } from "../nets/train-nets.ts";
import { isUsed, wantedEditions, type HomeNetRecord, type Verdict } from "./home-net-record.ts";
import { weightsId, type HomeNetStore } from "./home-net-store.ts";
import { judgeHomeNet } from "./judge-home-net.ts";
import { readEditions } from "./load-home-nets.ts";

/** How a home's own days move a net learned on many homes; chosen on the days before the London homes' test days. */
export const FINE_TUNING: NetTraining = { ...NET_TRAINING, epochs: 12, batch: 16, learningRate: 0.001 };
/** Days learned from, at most: a year knows all seasons, and an older home is another one. */
const MOST_DAYS = 365;
const WARM_UP_DAYS = 20;
/** Days the judgement looks back on: four weeks judged, and the ten weeks before them. */
const JUDGED_PAST_DAYS = 98;
/** Steps between two writes of where a training stands. */
const CHECKPOINT_STEPS = 64;

export type NightTask = Readonly<{
  /** The shipped net to tune. */
  base: SharedNet;
  /** A column of the history. */
  signal: string;
  history: HomeHistory;
  nowMs: number;
  models: LearnedModels;
  /** The candidates it must be of use to; default: all. */
  rivals?: readonly Candidate[];
  store: HomeNetStore;
  /** Asked often; once it says no, everything is kept and the night is over. */
  mayGoOn: () => boolean;
  /** After each step that is safe on the disk. */
  onProgress?: (text: string) => void;
  onWarning: (text: string) => void;
}>;

export type NightOutcome =
  /** `days` known of those needed before the first lesson. */
  | Readonly<{ kind: "too-little-history"; days: number }>
  | Readonly<{ kind: "nothing-new"; verdict: Verdict | null }>
  | Readonly<{ kind: "interrupted"; resumed: boolean }>
  | Readonly<{
      kind: "learned";
      verdict: Verdict | null;
      used: boolean;
      /** Days of this home the newest edition has seen. */
      days: number;
      editions: number;
      resumed: boolean;
    }>;

/**
 * One night's lesson in one net: trains the editions that are missing, each on the days before its own, and judges
 * whether the blend is better with them. Deterministic; interrupted at any moment, the next call goes on to the same
 * bits.
 */
export function learnAtNight(task: NightTask): NightOutcome {
  const { base, history, store, mayGoOn } = task;
  const today = history.zone.dayNumber(task.nowMs);
  const midnightMs = history.zone.startOfDayMs(task.nowMs);
  const source = frameSource(history, task.signal, base.slotMinutes, midnightMs, midnightMs);
  const frame = new DayFrame(source, 0, today - source.firstDay);
  const wanted = wantedEditions(source.firstDay, today);
  if (wanted.length === 0) return { kind: "too-little-history", days: Math.max(0, frame.known - 1) };

  const basedOn = weightsId(base.net.weights);
  const kept = store.record(task.onWarning);
  const known = kept?.basedOn === basedOn ? kept : null;
  let record: HomeNetRecord = known ?? {
    kind: "hypervolt/home-net/v1",
    name: base.name,
    basedOn,
    editions: [],
    verdict: null,
  };
  const whole = readEditions(store, base, record.editions, task.onWarning).map(({ untilDay }) => untilDay);
  record = { ...record, editions: record.editions.filter(({ untilDay }) => whole.includes(untilDay)) };
  const missing = wanted.filter((day) => !whole.includes(day));
  if (missing.length === 0 && record.verdict !== null) return { kind: "nothing-new", verdict: record.verdict };

  const lesson = new Lesson(task, frame, basedOn);
  let learned = 0;
  for (const untilDay of missing) {
    const days = lesson.learn(untilDay);
    if (days === "interrupted") return { kind: "interrupted", resumed: lesson.resumed };
    if (days === 0) continue;
    const editions = [...record.editions, { untilDay, days }].sort((a, b) => a.untilDay - b.untilDay);
    record = { ...record, editions };
    store.putRecord(record);
    store.dropCheckpoint();
    learned++;
    task.onProgress?.(`learned ${days} days before day ${untilDay}`);
  }
  if (record.editions.length === 0) return { kind: "too-little-history", days: frame.known - 1 };
  if (learned === 0 && record.verdict !== null) return { kind: "nothing-new", verdict: record.verdict };
  record = { ...record, editions: record.editions.filter(({ untilDay }) => wanted.includes(untilDay)) };
  const editions = readEditions(store, base, record.editions, task.onWarning);
  const own = { signal: base.signal, slotMinutes: base.slotMinutes, editions };
  const verdict = judgeHomeNet(task.models, own, lately(frame, history, midnightMs), mayGoOn, task.rivals) ?? null;
  if (!mayGoOn()) return { kind: "interrupted", resumed: lesson.resumed };
  record = { ...record, verdict };
  store.putRecord(record);
  if (learned === 0 && verdict === null) return { kind: "nothing-new", verdict };
  const days = record.editions.at(-1)?.days ?? 0;
  return { kind: "learned", verdict, used: isUsed(record), days, editions: learned, resumed: lesson.resumed };
}

/** The last weeks of a frame, as much as forecasts in the day look back on and the days judged. */
function lately(frame: DayFrame, history: HomeHistory, midnightMs: number): DayFrame {
  const { signal, slotMinutes } = frame.source;
  const skipped = Math.max(
    0,
    Math.floor((midnightMs - JUDGED_PAST_DAYS * MS_PER_DAY - history.startMs) / history.stepMs),
  );
  const last: HomeHistory = {
    ...history,
    startMs: history.startMs + skipped * history.stepMs,
    length: history.length - skipped,
    columns: new Map([...history.columns].map(([name, values]) => [name, values.subarray(skipped)])),
  };
  const source = frameSource(last, signal, slotMinutes, midnightMs, midnightMs);
  return new DayFrame(source, 0, history.zone.dayNumber(midnightMs) - source.firstDay);
}

/** Trains editions of one net on one home. */
class Lesson {
  readonly #task: NightTask;
  readonly #frame: DayFrame;
  readonly #basedOn: string;
  readonly #rows = new Map<number, NetDay>();
  /** Whether it went on from where an interrupted one had stopped. */
  resumed = false;

  constructor(task: NightTask, frame: DayFrame, basedOn: string) {
    this.#task = task;
    this.#frame = frame;
    this.#basedOn = basedOn;
  }

  /** @returns the number of days learned from; 0: too few */
  learn(untilDay: number): number | "interrupted" {
    const { base, store, mayGoOn, onProgress } = this.#task;
    const { source } = this.#frame;
    const until = untilDay - source.firstDay;
    const first = Math.max(WARM_UP_DAYS, until - MOST_DAYS);
    const days: NetDay[] = [];
    for (let row = first; row < until; row++) {
      if (!mayGoOn()) return "interrupted";
      const day = this.#rows.get(row) ?? netDay(this.#frame, row);
      this.#rows.set(row, day);
      if (day.weights.some((weight) => weight > 0)) days.push(day);
    }
    if (days.length < FINE_TUNING.batch) return 0;
    const digest = digestOf(days);
    const kept = store.checkpoint();
    const from = kept?.untilDay === untilDay && kept.basedOn === this.#basedOn && kept.digest === digest ? kept : null;
    this.resumed ||= from !== null;
    const { shape } = base.net;
    const trainer = new NetTrainer(
      days,
      base.scaling,
      FINE_TUNING,
      from === null
        ? { net: base.net }
        : { net: { shape, weights: from.weights }, adam: from.adam, stepsDone: from.stepsDone },
    );
    for (;;) {
      const { net, adam, stepsDone, done } = trainer.run(CHECKPOINT_STEPS, mayGoOn);
      if (done) {
        store.putEdition(untilDay, { ...base, name: `${base.name}@${untilDay}`, net });
        return days.length;
      }
      store.putCheckpoint({ untilDay, basedOn: this.#basedOn, digest, stepsDone, weights: net.weights, adam });
      onProgress?.(`${stepsDone} steps of the edition of day ${untilDay}`);
      if (!mayGoOn()) return "interrupted";
    }
  }
}

function digestOf(days: readonly NetDay[]): string {
  const hash = createHash("sha256").update(JSON.stringify(FINE_TUNING));
  for (const { inputs, targets } of days)
    for (const part of [inputs, targets]) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  return hash.digest("hex");
}
