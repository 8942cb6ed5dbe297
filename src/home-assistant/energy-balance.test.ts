import { describe, expect, it } from "vitest";
import { checkBalance, type EnergyStream } from "./energy-balance.ts";

const DAYS = 4;
const hours = Array.from({ length: DAYS * 24 }, (_, i) => i);
const solar = hours.map((h) => Math.max(0, 3_000 * Math.sin(((h % 24) - 6) * (Math.PI / 12))));
const load = hours.map((h) => 300 + 250 * Math.sin(h / 3) ** 2 + (h % 24 === 19 ? 1_500 : 0));
const charge = hours.map((h) => ([11, 12, 13].includes(h % 24) ? 900 : 0));
const discharge = hours.map((h) => ([19, 20, 21].includes(h % 24) ? 250 : 0));
const net = hours.map((i) => (load[i] ?? 0) + (charge[i] ?? 0) - (discharge[i] ?? 0) - (solar[i] ?? 0));
const home = (changes: Partial<Record<string, (value: number) => number>> = {}): EnergyStream[] =>
  (
    [
      ["import", 1, net.map((value) => Math.max(0, value))],
      ["export", -1, net.map((value) => Math.max(0, -value))],
      ["solar", 1, solar],
      ["charge", -1, charge],
      ["discharge", 1, discharge],
    ] as const
  ).map(([id, sign, energyWh]) => ({ id, name: id, sign, energyWh: energyWh.map(changes[id] ?? ((value) => value)) }));

describe("the energy balance", () => {
  it("holds where everything is right, with a meter of the load and without", () => {
    expect(checkBalance(home(), load, 1)).toMatchObject({ holds: true, culprit: null, intervals: 96 });
    expect(checkBalance(home(), null, 1)).toMatchObject({ holds: true, culprit: null });
  });

  it.each(["import", "export", "solar", "charge", "discharge"])("names %s when its sign is wrong", (id) => {
    const { holds, culprit } = checkBalance(home({ [id]: (value) => -value }), load, 1);
    expect([holds, culprit?.id, culprit?.kind]).toEqual([false, id, "sign"]);
  });

  it.each([
    ["solar", 0.001, "kilo"],
    ["import", 1_000, "milli"],
    ["export", 0.001, "kilo"],
  ] as const)("names %s when it is wrong by a factor of a thousand", (id, factor, kind) => {
    const { culprit } = checkBalance(home({ [id]: (value) => value * factor }), load, 1);
    expect([culprit?.id, culprit?.kind]).toEqual([id, kind]);
  });

  it("names a sensor that is counted twice", () => {
    const twice = [...home(), { id: "solar-2", name: "Roof", sign: 1 as const, energyWh: solar }];
    expect(checkBalance(twice, load, 1).culprit).toMatchObject({ kind: "twice" });
  });

  it("names import and export when they are the wrong way round", () => {
    const [grid, back, ...rest] = home();
    if (!grid || !back) throw new Error("no grid");
    const swapped = [{ ...grid, energyWh: back.energyWh }, { ...back, energyWh: grid.energyWh }, ...rest];
    expect(checkBalance(swapped, load, 1).culprit).toMatchObject({ id: "import", kind: "swapped" });
    expect(checkBalance(swapped, null, 1).holds).toBe(false);
  });

  it("notices without a meter of the load that a home cannot use less than nothing", () => {
    expect(checkBalance(home({ solar: (value) => value / 1_000 }), null, 1)).toMatchObject({
      holds: false,
      culprit: { id: "solar", kind: "kilo" },
    });
  });

  it("tells import and export apart without a meter of the load, also where the load hardly moves", () => {
    const day = (h: number): boolean => h % 24 >= 8 && h % 24 <= 16;
    const stream = (id: string, sign: 1 | -1, wh: (h: number) => number) => ({
      id,
      name: id,
      sign,
      energyWh: hours.map(wh),
    });
    const streams = [
      stream("import", 1, (h) => (day(h) ? 700 : 0)),
      stream("export", -1, (h) => (day(h) ? 0 : 400)),
      stream("solar", 1, (h) => (day(h) ? 1_100 : 0)),
    ];
    expect(checkBalance(streams, null, 1)).toMatchObject({ holds: false, culprit: { kind: "swapped" } });
  });

  it("says nothing where too little is known", () => {
    expect(
      checkBalance(
        home().map((one) => ({ ...one, energyWh: one.energyWh.slice(0, 5) })),
        load,
        1,
      ).holds,
    ).toBe(true);
    expect(checkBalance([], null, 1).intervals).toBe(0);
  });
});
