import { monitorEventLoopDelay } from "node:perf_hooks";

export type Labels = Readonly<Record<string, string>>;
export interface Counter {
  add(amount?: number, labels?: Labels): void;
}
export interface Gauge {
  set(value: number, labels?: Labels): void;
}
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** Figures for an operator, in Prometheus' text format. Names and help once per metric; a second ask gives the same. */
export interface Metrics {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  histogram(name: string, help: string, bounds?: readonly number[]): Histogram;
  /** Runs before each scrape: sets gauges that are read rather than counted. */
  onScrape(read: () => void): void;
  /** Text format 0.0.4. */
  text(): string;
  close(): void;
}

type Family = Readonly<{ name: string; help: string; type: "counter" | "gauge" | "histogram"; lines: () => string[] }>;

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const NS_PER_S = 1e9;
const US_PER_S = 1e6;
const DELAY_SAMPLE_MS = 10;
/** Node measures from one sample to the next: what is above the time between them is delay. */
const lateS = (measuredNs: number): number => Math.max(0, measuredNs / NS_PER_S - DELAY_SAMPLE_MS / 1_000);
/** A label whose values a client chooses must not grow without end. */
const MOST_SERIES = 1_000;

/** Metrics of this process; the process' own (memory, event-loop delay) are included. `close` stops measuring. */
export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  const readers: (() => void)[] = [];
  const known = <T extends object>(name: string, make: () => [T, Family]): T => {
    const handle = handles.get(name);
    if (handle !== undefined) return handle as T;
    const [made, family] = make();
    families.set(name, family);
    handles.set(name, made);
    return made;
  };
  const handles = new Map<string, object>();

  const plain = (name: string, help: string, type: "counter" | "gauge"): Counter & Gauge =>
    known(name, () => {
      const values = new Map<string, number>();
      const put = (key: string, value: number): void => {
        if (values.has(key) || values.size < MOST_SERIES) values.set(key, value);
      };
      return [
        {
          add: (amount = 1, labels) => put(labelText(labels), (values.get(labelText(labels)) ?? 0) + amount),
          set: (value, labels) => put(labelText(labels), value),
        },
        { name, help, type, lines: () => [...values].map(([key, value]) => `${name}${key} ${numberText(value)}`) },
      ];
    });

  const metrics: Metrics = {
    counter: (name, help) => plain(name, help, "counter"),
    gauge: (name, help) => plain(name, help, "gauge"),
    histogram: (name, help, bounds = SECONDS) => known(name, () => histogram(name, help, bounds)),
    onScrape: (read) => void readers.push(read),
    text: () => {
      for (const read of readers) read();
      return [...families.values()]
        .flatMap(({ name, help, type, lines }) => [
          `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
          `# TYPE ${name} ${type}`,
          ...lines(),
        ])
        .join("\n")
        .concat("\n");
    },
    close: () => delay.disable(),
  };
  const delay = monitorEventLoopDelay({ resolution: DELAY_SAMPLE_MS });
  delay.enable();
  measureProcess(metrics, delay);
  return metrics;
}

function histogram(name: string, help: string, bounds: readonly number[]): [Histogram, Family] {
  const series = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>();
  const lines = (): string[] =>
    [...series.entries()].flatMap(([key, { labels, counts, sum, count }]) => {
      let below = 0;
      return [
        ...bounds.map((bound, i) => {
          below += counts[i] ?? 0;
          return `${name}_bucket${labelText({ ...labels, le: String(bound) })} ${below}`;
        }),
        `${name}_bucket${labelText({ ...labels, le: "+Inf" })} ${count}`,
        `${name}_sum${key} ${numberText(sum)}`,
        `${name}_count${key} ${count}`,
      ];
    });
  const observe = (value: number, labels: Labels = {}): void => {
    const key = labelText(labels);
    let one = series.get(key);
    if (one === undefined) {
      if (series.size >= MOST_SERIES) return;
      one = { labels, counts: bounds.map(() => 0), sum: 0, count: 0 };
      series.set(key, one);
    }
    const at = bounds.findIndex((bound) => value <= bound);
    if (at >= 0) one.counts[at] = (one.counts[at] ?? 0) + 1;
    one.sum += value;
    one.count++;
  };
  return [{ observe }, { name, help, type: "histogram", lines }];
}

function measureProcess(metrics: Metrics, delay: ReturnType<typeof monitorEventLoopDelay>): void {
  const quantiles = metrics.gauge(
    "hypervolt_event_loop_delay_seconds",
    "How late the event loop runs, since the last scrape.",
  );
  const resident = metrics.gauge("process_resident_memory_bytes", "Resident memory of the engine.");
  const heap = metrics.gauge("nodejs_heap_size_used_bytes", "Used JavaScript heap.");
  const cpu = metrics.counter("process_cpu_seconds_total", "CPU time of the engine, user and system.");
  const up = metrics.gauge("hypervolt_uptime_seconds", "Seconds since the process started.");
  let cpuBeforeS = 0;
  metrics.onScrape(() => {
    for (const [label, percentile] of [
      ["0.5", 50],
      ["0.99", 99],
    ] as const)
      quantiles.set(lateS(delay.percentile(percentile)), { quantile: label });
    quantiles.set(lateS(delay.max), { quantile: "1" });
    delay.reset();
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    resident.set(rss);
    heap.set(heapUsed);
    const cpuS = (user + system) / US_PER_S;
    cpu.add(cpuS - cpuBeforeS);
    cpuBeforeS = cpuS;
    up.set(process.uptime());
  });
}

function labelText(labels: Labels | undefined): string {
  const pairs = Object.entries(labels ?? {});
  if (pairs.length === 0) return "";
  const text = pairs.map(
    ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return `{${text.join(",")}}`;
}

const numberText = (value: number): string =>
  value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
