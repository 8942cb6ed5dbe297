import type { HomeKind, Site } from "../../domain/home-history.ts";
import { MS_PER_DAY } from "../../domain/units.ts";

/**
 * Yearly consumption of a household without electric heating, hot water and car, kWh, by people from one on: the
 * averages of the Stromspiegel für Deutschland (co2online, some 350 000 households, editions 2021/22 to 2024, which
 * differ by up to 100 kWh; five people in a flat 3 000 to 3 500). Five is five or more. A British home has 2 700 to
 * 2 900 (Ofgem, typical domestic consumption values, 2023).
 */
const YEARLY_KWH = { flat: [1400, 2000, 2600, 2900, 3200], house: [2300, 3000, 3500, 4000, 5000] } as const;
/** What homes draw more that make hot water by electricity: the same source, 300 to 500 a head. */
const HOT_WATER_KWH_PER_PERSON = 450;
/** A heat pump: three quarters of the 12 000 kWh of gas a typical British house burns (Ofgem 2023), at a seasonal performance of about 2.5; a flat a little over half. */
const HEATING_KWH = { flat: 2200, house: 4000 } as const;
/** What homes with an electric car draw more: Smart Energy Research Lab, University College London, 2022. */
const EV_KWH = 2000;
/** Where people are not said. */
const USUAL_PEOPLE = 2;

/** By hour of the local day, as shares of the day: water before work and in the evening, a car after work. */
const WATER_SHAPE = [1, 1, 1, 1, 2, 5, 9, 9, 6, 4, 3, 3, 3, 3, 2, 2, 3, 5, 7, 8, 8, 6, 4, 2] as const;
const EV_SHAPE = [3, 2, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 9, 8, 6, 5] as const;
const HEATING_SHAPE = [8, 8, 8, 8, 9, 12, 14, 13, 11, 10, 9, 9, 8, 8, 8, 9, 10, 12, 12, 12, 11, 10, 9, 8] as const;
const COLDEST_DAY = 15;

const averageW = (kWhAYear: number): number => (kWhAYear * 1000) / 8760;
const dwellingOf = (kind: HomeKind): "flat" | "house" => kind.dwelling ?? "house";

/** What the homes of that source use on average without hot water. */
const SOURCE_KWH = 3000;

/**
 * Yearly consumption of what every home has, kWh.
 * @param usual what households use where the home is: in all, and without heating and hot water
 */
export function yearlyKwhOf(
  kind: HomeKind | undefined,
  usual: Readonly<{ yearlyKwh: number; plainKwh: number }>,
): number {
  if (kind?.dwelling === undefined && kind?.people === undefined) return usual.yearlyKwh;
  const people = Math.min(5, Math.max(1, Math.round(kind.people ?? USUAL_PEOPLE)));
  return ((YEARLY_KWH[dwellingOf(kind)][people - 1] ?? SOURCE_KWH) * usual.plainKwh) / SOURCE_KWH;
}

/**
 * What heating, hot water and a car add at an hour of the local day, W; heating follows the season.
 * @param hour 0..24
 */
export function kindLoadW({ kind, latitude }: Site, hour: number, atMs: number): number {
  if (!kind) return 0;
  const share = (shape: readonly number[]): number =>
    ((shape[Math.floor(hour) % 24] ?? 0) * 24) / shape.reduce((sum, one) => sum + one, 0);
  const people = kind.people ?? USUAL_PEOPLE;
  return (
    (kind.electricHotWater ? averageW(HOT_WATER_KWH_PER_PERSON * people) * share(WATER_SHAPE) : 0) +
    (kind.ev ? averageW(EV_KWH) * share(EV_SHAPE) : 0) +
    (kind.electricHeating ? averageW(HEATING_KWH[dwellingOf(kind)]) * season(atMs, latitude) * share(HEATING_SHAPE) : 0)
  );
}

/** Heating of a day against the year's mean: most in January, none in summer; the other way round in the south. */
function season(atMs: number, latitude = 50): number {
  const dayOfYear = (atMs / MS_PER_DAY) % 365.25;
  const turn = (2 * Math.PI * (dayOfYear - COLDEST_DAY)) / 365.25 + (latitude < 0 ? Math.PI : 0);
  return Math.max(0, 1 + 1.5 * Math.cos(turn)) / SEASON_MEAN;
}
/** Mean over a year of the half-cut wave above. */
const SEASON_MEAN = 1.0882;

/**
 * How a forecast from the prior is called, with what it was told: "prior for a house, 3 people, an electric car".
 * @param hours       of history that it was scaled to
 * @param isGiven     whether somebody else forecasts the signal, which comes before what the plant is
 */
export function priorName({ kind, pvKwp }: Site, signal: string, hours: number, isGiven: boolean): string {
  const ofHome = [
    kind?.dwelling && `a ${kind.dwelling}`,
    kind?.people && `${kind.people} ${kind.people === 1 ? "person" : "people"}`,
    kind?.electricHeating && "electric heating",
    kind?.electricHotWater && "electric hot water",
    kind?.ev && "an electric car",
  ];
  const ofPlant = [isGiven ? "a plant forecast elsewhere" : pvKwp !== undefined && `a plant of ${pvKwp} kWp`];
  const said = (signal === "load_w" ? ofHome : signal === "pv_w" ? ofPlant : []).filter(Boolean);
  const prior = said.length > 0 ? `prior for ${said.join(", ")}` : "prior";
  return hours === 0 ? prior : `${prior}${said.length > 0 ? "," : ""} scaled to ${hours} h of history`;
}
