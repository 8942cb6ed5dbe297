import { it } from "vitest";
import { fuzzDiscovery, fuzzPackets, fuzzReadings } from "../../tests/fuzz/message-cases.ts";
import { fuzzJson, fuzzTemplates } from "../../tests/fuzz/template-cases.ts";

/** Few enough to stay quick; a million with `npm run test:fuzz`. */
const RUNS = 300;
const SEED = Number(process.env["FUZZ_SEED"] ?? 20261121);

it.each([
  ["renders any template to text or a fault, in bounded time, and reaches nothing of the process", fuzzTemplates, 0.4],
  ["takes as JSON only what JavaScript takes, and gives no prototype to walk", fuzzJson, 0.2],
  [
    "survives any discovery payload, state and announcement, keeping its tables small and its log quiet",
    fuzzDiscovery,
    0.1,
  ],
  ["reads or refuses any native message", fuzzReadings, 0.2],
  ["cuts any bytes into packets or gives up, however they are split", fuzzPackets, 0.1],
])("%s", async (_name, fuzz, share) => {
  await fuzz(RUNS * share, SEED);
});
