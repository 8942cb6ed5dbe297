import os from "node:os";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { Zone } from "../../domain/civil-time.ts";
import type { HomeHistory } from "../../domain/home-history.ts";
import { loadModels } from "../model-files.ts";
import { HomeNetStore } from "./home-net-store.ts";
import { learnAtNight } from "./learn-at-night.ts";
import type { NightReport } from "./learning-thread.ts";

export type LearnerData = Readonly<{
  folder: string;
  modelsDir: string | undefined;
  history: Omit<HomeHistory, "zone">;
  nowMs: number;
  slotMinutes: number;
  budgetMs: number;
  /** Not 0: end. */
  stop: Int32Array;
}>;
export type FromLearner =
  | Readonly<{ kind: "report"; report: NightReport }>
  | Readonly<{ kind: "progress"; cpuMs: number }>
  | Readonly<{ kind: "warning"; text: string }>
  | Readonly<{ kind: "failed"; detail: string }>;

/** Column of the history that a net of this signal forecasts. */
const COLUMNS: Readonly<Record<string, string>> = { load: "load_w", pv: "pv_w", carbon: "carbon_g_kwh" };

/** Body of the worker thread of `createNightLearner`; does nothing when imported elsewhere. */
function learn(port: NonNullable<typeof parentPort>, data: LearnerData): void {
  const say = (message: FromLearner): void => port.postMessage(message);
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  try {
    beLast();
    const history: HomeHistory = { ...data.history, zone: new Zone(data.history.site.timezone) };
    const onWarning = (text: string): void => say({ kind: "warning", text });
    const models = loadModels(data.modelsDir, onWarning);
    const mayGoOn = (): boolean => Atomics.load(data.stop, 0) === 0 && cpuMs() < data.budgetMs;
    const lessons: NightReport["lessons"][number][] = [];
    for (const base of models.nets ?? []) {
      const signal = COLUMNS[base.signal];
      if (signal === undefined || base.slotMinutes !== data.slotMinutes || !history.columns.has(signal)) continue;
      const store = new HomeNetStore(path.join(data.folder, base.name));
      const onProgress = (): void => say({ kind: "progress", cpuMs: cpuMs() });
      const task = { base, signal, history, nowMs: data.nowMs, models, store, mayGoOn, onProgress, onWarning };
      lessons.push({ net: base.name, signal, outcome: learnAtNight(task) });
    }
    say({ kind: "report", report: { lessons, cpuMs: cpuMs() } });
  } catch (error) {
    say({ kind: "failed", detail: String((error as Error).stack) });
  }
}

/** On Linux a thread has a priority of its own; elsewhere this would slow down the whole process. */
function beLast(): void {
  if (os.platform() !== "linux") return;
  try {
    os.setPriority(os.constants.priority.PRIORITY_LOW);
  } catch {
    // a container may forbid it: the CPU budget holds all the same
  }
}

if (parentPort) learn(parentPort, workerData as LearnerData);
