import { expect, it } from "vitest";
import { loadHighsSolver } from "../../src/planning/highs-solver.ts";
import { planOnce } from "../../src/planning/plan-once.ts";
import { reasonFor } from "../../src/planning/storage-policy-reason.ts";
import type { StoreCommand } from "../../src/planning/storage-policy-stage.ts";
import { unknownSentences } from "../harness/known-sentences.ts";
import { randomHome, TINY_HOME } from "../harness/random-home.ts";

const PRICES = ["tariff", "exchange", "net metering"] as const;

it("has words of every language for what a plan says of its runs and batteries", async () => {
  const solver = await loadHighsSolver();
  const said = PRICES.flatMap((prices) =>
    [1, 2].flatMap((seed) => {
      const plan = planOnce(solver, randomHome(seed, TINY_HOME, prices), { gap: 0.05 });
      return plan.reasons.flatMap(({ what, why }) => [what, why]);
    }),
  );
  expect(said.length).toBeGreaterThan(50);
  // That it starts is in its title.
  expect(unknownSentences(said.filter((text) => !text.endsWith(" starts")))).toEqual([]);
});

it("has words of every language for why a battery is told what it is told", () => {
  const values = Float64Array.of(0.2, 0.3);
  const paths = { count: 1, length: 2, importPerKwh: values, exportPerKwh: values } as unknown as Parameters<
    typeof reasonFor
  >[2];
  const commands: StoreCommand[] = [
    { kind: "hold" },
    { kind: "follow", maxChargeW: 2_000, maxDischargeW: 0 },
    { kind: "follow", maxChargeW: 2_000, maxDischargeW: 500 },
    { kind: "follow", maxChargeW: 2_000, maxDischargeW: Infinity },
    { kind: "charge", powerW: 1_500, maxW: 2_000 },
    { kind: "discharge", powerW: 1_500 },
  ];
  expect(unknownSentences(commands.map((command) => reasonFor(command, 0.4, paths, 0, "EUR")))).toEqual([]);
});
