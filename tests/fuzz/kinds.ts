import type { FuzzRun } from "./fuzz-run.ts";

type Opened = Readonly<{ run: FuzzRun; close?: () => Promise<void> }>;

/** What strangers may send, its share of all cases, and the most of them that one process tries. */
export const FUZZ_KINDS = {
  templates: {
    share: 0.4,
    perProcess: 50_000,
    open: async (): Promise<Opened> => ({ run: (await import("./template-cases.ts")).fuzzTemplates }),
  },
  json: {
    share: 0.18,
    perProcess: 100_000,
    open: async (): Promise<Opened> => ({ run: (await import("./template-cases.ts")).fuzzJson }),
  },
  discovery: {
    share: 0.1,
    perProcess: 25_000,
    open: async (): Promise<Opened> => ({ run: (await import("./message-cases.ts")).fuzzDiscovery }),
  },
  readings: {
    share: 0.2,
    perProcess: 40_000,
    open: async (): Promise<Opened> => ({ run: (await import("./message-cases.ts")).fuzzReadings }),
  },
  packets: {
    share: 0.1,
    perProcess: 100_000,
    open: async (): Promise<Opened> => ({ run: (await import("./message-cases.ts")).fuzzPackets }),
  },
  "REST bodies": { share: 0.01, perProcess: 5_000, open: () => openRest("bodies") },
  "REST queries": { share: 0.01, perProcess: 5_000, open: () => openRest("queries") },
} as const satisfies Record<string, { share: number; perProcess: number; open: () => Promise<Opened> }>;

export type FuzzKind = keyof typeof FUZZ_KINDS;
export const isFuzzKind = (name: string | undefined): name is FuzzKind => name !== undefined && name in FUZZ_KINDS;

async function openRest(which: "bodies" | "queries"): Promise<Opened> {
  const opened = await (await import("./rest-cases.ts")).openRest();
  return { run: opened[which], close: opened.close };
}
