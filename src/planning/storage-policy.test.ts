import { expect, it } from "vitest";
import type { Scenarios } from "../domain/forecast.ts";
import type { Battery } from "../domain/plan-problem.ts";
import { settlementOf, settleStep } from "../domain/storage-rule.ts";
import { MS_PER_HOUR } from "../domain/units.ts";
import { placeRuns } from "./storage-policy-loads.ts";
import { chooseCommands, decideAt, solveStoragePolicy, type StoragePolicyInput } from "./storage-policy.ts";

const battery: Battery = {
  id: "home",
  capacityWh: 5_000,
  initialSoc: 0.5,
  maxChargeW: 2_500,
  maxDischargeW: 2_500,
  chargeEfficiency: 0.95,
  dischargeEfficiency: 0.95,
};

type Course = Readonly<{ load: number[]; pv?: number[]; price: number[]; exportPrice?: number[]; carbon?: number[] }>;

function scenariosOf(...courses: Course[]): Scenarios {
  const paths = (of: (course: Course) => number[]): Float64Array[] => courses.map((c) => Float64Array.from(of(c)));
  const zeros = (course: Course): number[] => course.load.map(() => 0);
  return {
    startMs: 0,
    stepMs: MS_PER_HOUR,
    paths: {
      load_w: paths((c) => c.load),
      pv_w: paths((c) => c.pv ?? zeros(c)),
      import_price: paths((c) => c.price),
      export_price: paths((c) => c.exportPrice ?? zeros(c)),
      carbon_g_kwh: paths((c) => c.carbon ?? zeros(c)),
    },
  };
}

const input = (scenarios: Scenarios, more: Partial<StoragePolicyInput> = {}): StoragePolicyInput => ({
  plant: { batteries: [battery] },
  scenarios,
  carbonPricePerKg: 0,
  endsWithScenarios: true,
  ...more,
});

it("keeps stored energy for the dear hours and follows the load in them", () => {
  const ahead = scenariosOf({ load: [2_000, 2_500], price: [0.57, 0.6] });
  expect(chooseCommands(input(ahead)).commands["home"]).toEqual({ kind: "hold" });
  const now = scenariosOf({ load: [2_000, 2_000], price: [0.6, 0.2] });
  expect(chooseCommands(input(now)).commands["home"]?.kind).toBe("follow");
});

it("charges in the cheap hour just what the dear one will need", () => {
  const empty = { batteries: [{ ...battery, initialSoc: 0 }] };
  const decision = chooseCommands(input(scenariosOf({ load: [0, 1_900], price: [0.1, 0.6] }), { plant: empty }));
  const command = decision.commands["home"];
  expect(command?.kind).toBe("charge");
  if (command?.kind === "charge") expect(command.powerW).toBeCloseTo(1_900 / 0.95 / 0.95, -2);
});

it("does not charge where the losses eat the difference in price", () => {
  const empty = { batteries: [{ ...battery, initialSoc: 0 }] };
  const decision = chooseCommands(input(scenariosOf({ load: [0, 1_900], price: [0.28, 0.3] }), { plant: empty }));
  expect(decision.commands["home"]?.kind).not.toBe("charge");
});

it("counts carbon at its price: charges in the clean hour although money is indifferent", () => {
  const empty = { batteries: [{ ...battery, initialSoc: 0 }] };
  const course = scenariosOf({ load: [0, 1_900], price: [0.3, 0.3], carbon: [50, 600] });
  expect(chooseCommands(input(course, { plant: empty })).commands["home"]?.kind).not.toBe("charge");
  expect(chooseCommands(input(course, { plant: empty, carbonPricePerKg: 1 })).commands["home"]?.kind).toBe("charge");
});

it("buys insurance that a mean forecast would not: against an evening that needs little or much", () => {
  const empty = { batteries: [{ ...battery, initialSoc: 0 }] };
  const futures = scenariosOf({ load: [0, 0], price: [0.2, 0.9] }, { load: [0, 2_400], price: [0.2, 0.9] });
  const command = chooseCommands(input(futures, { plant: empty })).commands["home"];
  expect(command?.kind).toBe("charge");
  if (command?.kind === "charge") expect(command.powerW).toBeGreaterThan(1_500);
});

it("discharges into the grid only where that earns more and the battery may", () => {
  const course = scenariosOf({ load: [100, 100], price: [0.5, 0.2], exportPrice: [0.45, 0.05] });
  expect(chooseCommands(input(course)).commands["home"]?.kind).toBe("discharge");
  const bound = { batteries: [{ ...battery, mayExport: false }] };
  expect(chooseCommands(input(course, { plant: bound })).commands["home"]?.kind).toBe("follow");
});

it("brings the battery to its wanted final charge", () => {
  const course = scenariosOf({ load: [500, 500, 500], price: [0.3, 0.2, 0.4] });
  const plant = { batteries: [{ ...battery, finalMinSoc: 0.8 }] };
  const policy = solveStoragePolicy(input(course, { plant }));
  let soc = battery.initialSoc;
  for (let step = 0; step < 3; step++) {
    const now = [{ ...battery, finalMinSoc: 0.8, initialSoc: soc }];
    const command = decideAt(policy, now, step).commands["home"] ?? { kind: "hold" };
    const flows = settleStep({ batteries: now }, [command], [soc], 500, 0, 1, { importPerKwh: 0.3, exportPerKwh: 0 });
    soc = flows.socs[0] ?? 0;
  }
  expect(soc).toBeGreaterThanOrEqual(0.8 - 1e-9);
  expect(soc).toBeLessThan(0.81);
});

it("says what stored energy is worth: the dear hour's price less the loss of discharging", () => {
  const { valueOfStoredPerKwh, reason } = chooseCommands(
    input(scenariosOf({ load: [500, 9_000], price: [0.2, 0.6] }), {
      currency: "EUR",
      plant: { batteries: [{ ...battery, initialSoc: 0.3, mayChargeFromGrid: false }] },
    }),
  );
  expect(valueOfStoredPerKwh).toBeCloseTo(0.6 * 0.95, 3);
  expect(reason).toBe(
    "power from the grid costs 0.20 EUR per kWh now, less than the 0.57 EUR per kWh that stored energy is expected to save later",
  );
});

it("expects what its own command costs when nothing is uncertain", () => {
  const course = { load: [800, 1_200, 2_000, 600], pv: [0, 2_500, 0, 0], price: [0.3, 0.2, 0.6, 0.3] };
  const policy = solveStoragePolicy(input(scenariosOf(course), { levels: 401, fine: true }));
  let soc = battery.initialSoc;
  let paid = 0;
  const expected = decideAt(policy, [battery], 0).expectedCost;
  course.load.forEach((loadW, step) => {
    const plant = { batteries: [{ ...battery, initialSoc: soc }] };
    const command = decideAt(policy, plant.batteries, step).commands["home"] ?? { kind: "hold" };
    const price = { importPrice: course.price[step] ?? 0, exportPrice: 0, carbonGPerKwh: 0 };
    const flows = settleStep(plant, [command], [soc], loadW, course.pv[step] ?? 0, 1, {
      importPerKwh: price.importPrice,
      exportPerKwh: 0,
    });
    paid += settlementOf(plant, flows, 1, price, 0).objective;
    soc = flows.socs[0] ?? 0;
  });
  expect(paid).toBeCloseTo(expected, 3);
});

it("splits between batteries by what each can give, never beyond its limits", () => {
  const small: Battery = {
    ...battery,
    id: "small",
    capacityWh: 1_000,
    maxChargeW: 500,
    maxDischargeW: 500,
    initialSoc: 0,
  };
  const plant = { batteries: [{ ...battery, initialSoc: 0 }, small] };
  const { commands } = chooseCommands(input(scenariosOf({ load: [0, 9_000], price: [0.1, 0.9] }), { plant }));
  expect(Object.values(commands).map((command) => command.kind)).toEqual(["charge", "charge"]);
  for (const { id, maxChargeW } of plant.batteries) {
    const command = commands[id];
    if (command?.kind === "charge") expect(command.powerW).toBeLessThanOrEqual(maxChargeW);
  }
});

it("has an answer without a battery and with a full or an impossible one", () => {
  const course = scenariosOf({ load: [500, 500], price: [0.2, 0.6] });
  expect(chooseCommands(input(course, { plant: { batteries: [] } }))).toMatchObject({
    commands: {},
    reason: "there is no battery to use",
  });
  for (const odd of [
    { ...battery, initialSoc: 1 },
    { ...battery, minSoc: 1 },
    { ...battery, maxSoc: 0.2 },
    { ...battery, minSoc: 0.8, initialSoc: 0.1 },
  ])
    expect(chooseCommands(input(course, { plant: { batteries: [odd] } })).commands["home"]).toBeDefined();
});

it("runs a load where it costs least over the scenarios: in the surplus that is likely, not in the one hoped for", () => {
  const often = { load: [0, 0, 0, 0], pv: [0, 0, 2_000, 0], price: [0.4, 0.3, 0.4, 0.4] };
  const rarely = { ...often, pv: [0, 0, 0, 2_000] };
  const policy = solveStoragePolicy(input(scenariosOf(often, often, rarely), { plant: { batteries: [] } }));
  const run = { id: "washer", profileW: [2_000], contiguous: true, earliestStep: 0, latestStep: 4 };
  expect(placeRuns(policy, [run])[0]?.steps).toEqual([2]);
});

it("takes the cheapest steps for a load that may pause, and one block for one that may not", () => {
  const course = scenariosOf({ load: [0, 0, 0, 0, 0], price: [0.1, 0.5, 0.1, 0.2, 0.2] });
  const policy = solveStoragePolicy(input(course, { plant: { batteries: [] } }));
  const run = { id: "ev", profileW: [1_000, 1_000], contiguous: false, earliestStep: 0, latestStep: 5 };
  expect(placeRuns(policy, [run])[0]?.steps).toEqual([0, 2]);
  expect(placeRuns(policy, [{ ...run, contiguous: true }])[0]?.steps).toEqual([2, 3]);
});

it("keeps two runs apart where both at once would break the fuse", () => {
  const course = scenariosOf({ load: [0, 0, 0], price: [0.1, 0.2, 0.3] });
  const policy = solveStoragePolicy(input(course, { plant: { batteries: [], grid: { maxImportW: 2_500 } } }));
  const run = { id: "a", profileW: [2_000], contiguous: true, earliestStep: 0, latestStep: 3 };
  const placed = placeRuns(policy, [run, { ...run, id: "b", profileW: [1_500] }]);
  expect(placed.map(({ steps }) => steps)).toEqual([[0], [1]]);
});
