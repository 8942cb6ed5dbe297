import type { Site } from "../../domain/home-history.ts";

/**
 * What is usual where most people of a time zone live. Degrees; hours of sunshine of an average January and July (climate
 * normals of the national weather services); yearly consumption of an average household, with whatever its country heats
 * and cools by, and without heating and hot water, kWh (Enerdata and Odyssee per electrified dwelling, EIA, Ofgem, BDEW;
 * 2016 to 2023, rounded); life-cycle intensity of the grid, gCO2e/kWh (Ember 2023; zones of a country: Electricity Maps).
 */
export type Region = Readonly<{
  latitude: number;
  longitude: number;
  sunshineHours: readonly [january: number, july: number];
  yearlyKwh: number;
  plainKwh: number;
  carbonGPerKwh: number;
}>;

type Row = readonly [number, number, number, number, number, number, number];

const BY_ZONE: Readonly<Record<string, Row>> = {
  "Europe/London": [51.5, -0.1, 61, 212, 3500, 3000, 240],
  "Europe/Dublin": [53.3, -6.3, 58, 163, 4200, 3600, 290],
  "Europe/Lisbon": [38.7, -9.1, 142, 356, 3000, 2700, 165],
  "Europe/Madrid": [40.4, -3.7, 149, 359, 3500, 2900, 170],
  "Europe/Paris": [48.0, 2.3, 59, 217, 5000, 3000, 56],
  "Europe/Brussels": [50.8, 4.4, 59, 203, 3600, 3200, 140],
  "Europe/Amsterdam": [52.2, 5.0, 63, 212, 2800, 2600, 270],
  "Europe/Luxembourg": [49.6, 6.1, 46, 238, 4200, 3700, 200],
  "Europe/Zurich": [47.2, 8.2, 53, 238, 4800, 3500, 45],
  "Europe/Berlin": [50.8, 9.8, 51, 231, 3300, 3000, 380],
  "Europe/Vienna": [48.0, 15.0, 70, 260, 4200, 3200, 110],
  "Europe/Prague": [49.9, 15.0, 50, 226, 3200, 2500, 450],
  "Europe/Warsaw": [51.8, 19.5, 44, 252, 2100, 2000, 660],
  "Europe/Copenhagen": [55.8, 11.0, 51, 262, 3800, 3200, 150],
  "Europe/Oslo": [60.0, 10.0, 46, 250, 15500, 5000, 30],
  "Europe/Stockholm": [58.8, 16.0, 40, 290, 8300, 4500, 40],
  "Europe/Helsinki": [61.0, 25.0, 38, 290, 7800, 4500, 80],
  "Europe/Tallinn": [59.0, 25.5, 30, 310, 3200, 2600, 420],
  "Europe/Riga": [57.0, 24.5, 36, 281, 2100, 1900, 120],
  "Europe/Vilnius": [55.0, 24.5, 36, 250, 2200, 2000, 160],
  "Europe/Rome": [43.0, 12.0, 133, 332, 2500, 2300, 330],
  "Europe/Athens": [38.5, 23.5, 130, 364, 3900, 3200, 340],
  "Europe/Budapest": [47.3, 19.3, 62, 280, 2600, 2300, 205],
  "Europe/Bucharest": [45.0, 25.5, 72, 313, 1700, 1600, 240],
  "Europe/Istanbul": [40.0, 31.0, 80, 335, 2300, 2100, 460],
  "America/New_York": [40.5, -76.5, 163, 268, 9500, 6800, 330],
  "America/Toronto": [44.0, -78.5, 86, 277, 10000, 7000, 80],
  "America/Chicago": [38.0, -91.5, 136, 319, 11500, 7800, 450],
  "America/Denver": [40.0, -107.0, 215, 326, 8500, 6500, 520],
  "America/Phoenix": [33.4, -112.0, 256, 378, 12500, 8800, 350],
  "America/Los_Angeles": [36.0, -119.5, 215, 370, 8500, 6500, 260],
  "America/Sao_Paulo": [-22.0, -46.0, 160, 180, 2000, 1600, 100],
  "Asia/Kolkata": [22.0, 78.0, 280, 130, 1300, 1200, 715],
  "Asia/Singapore": [1.35, 103.8, 175, 190, 5000, 4700, 470],
  "Asia/Tokyo": [35.7, 138.0, 190, 155, 4300, 3300, 485],
  "Asia/Seoul": [37.0, 127.3, 170, 125, 3700, 3500, 430],
  "Asia/Shanghai": [32.0, 115.0, 115, 210, 2000, 1800, 580],
  "Africa/Johannesburg": [-27.5, 28.5, 250, 285, 4200, 3000, 710],
  "Australia/Sydney": [-33.5, 150.5, 232, 243, 6000, 4500, 630],
  "Australia/Melbourne": [-37.8, 145.0, 270, 145, 5000, 4000, 620],
  "Australia/Brisbane": [-27.0, 152.8, 265, 240, 6000, 4700, 690],
  "Australia/Adelaide": [-34.9, 138.6, 325, 155, 5000, 4000, 250],
  "Australia/Perth": [-32.0, 116.0, 350, 190, 5300, 4300, 480],
  "Pacific/Auckland": [-38.5, 175.5, 230, 140, 7000, 4200, 110],
};

/** Zones whose households stand for those of a currency, where neither a known zone nor a place is said. */
const BY_CURRENCY: Readonly<Record<string, string>> = {
  GBP: "Europe/London",
  CHF: "Europe/Zurich",
  CZK: "Europe/Prague",
  PLN: "Europe/Warsaw",
  DKK: "Europe/Copenhagen",
  NOK: "Europe/Oslo",
  SEK: "Europe/Stockholm",
  HUF: "Europe/Budapest",
  RON: "Europe/Bucharest",
  TRY: "Europe/Istanbul",
  USD: "America/Chicago",
  CAD: "America/Toronto",
  BRL: "America/Sao_Paulo",
  INR: "Asia/Kolkata",
  SGD: "Asia/Singapore",
  JPY: "Asia/Tokyo",
  KRW: "Asia/Seoul",
  CNY: "Asia/Shanghai",
  ZAR: "Africa/Johannesburg",
  AUD: "Australia/Sydney",
  NZD: "Pacific/Auckland",
};

/** What a household pays for a kWh, taxes included, by currency (Eurostat, EIA and national regulators, 2023 and 2024, rounded). */
const PRICE_PER_KWH: Readonly<Record<string, number>> = {
  EUR: 0.28,
  GBP: 0.26,
  CHF: 0.28,
  CZK: 7,
  PLN: 0.95,
  DKK: 2.6,
  NOK: 1.4,
  SEK: 2,
  HUF: 40,
  RON: 0.9,
  TRY: 2.2,
  USD: 0.17,
  CAD: 0.15,
  BRL: 0.85,
  INR: 6.5,
  SGD: 0.31,
  JPY: 32,
  KRW: 160,
  CNY: 0.54,
  ZAR: 3,
  AUD: 0.33,
  NZD: 0.33,
};
const USUAL_PRICE_PER_KWH = 0.28;

/** How far the nearest known place may be to say what is usual somewhere, km. */
const NEAR_KM = 2500;
const KM_PER_DEGREE = 111.2;

const regionOfZone = (zone: string | undefined): Region | undefined => {
  const row = zone === undefined ? undefined : BY_ZONE[zone];
  if (!row) return undefined;
  const [latitude, longitude, january, july, yearlyKwh, plainKwh, carbonGPerKwh] = row;
  return { latitude, longitude, sunshineHours: [january, july], yearlyKwh, plainKwh, carbonGPerKwh };
};

/** The region of a home's time zone; undefined where the zone is not a known one. */
export const regionByZone = ({ timezone }: Pick<Site, "timezone">): Region | undefined => regionOfZone(timezone);

/** The known region nearest to where a home says it is; undefined where it does not say, or none is near. */
export function regionNearest({ latitude, longitude }: Pick<Site, "latitude" | "longitude">): Region | undefined {
  if (latitude === undefined || longitude === undefined) return undefined;
  let found: string | undefined;
  let nearestKm = NEAR_KM;
  for (const [zone, [lat, lon]] of Object.entries(BY_ZONE)) {
    const east = (((longitude - lon + 540) % 360) - 180) * Math.cos(((latitude + lat) / 2) * (Math.PI / 180));
    const km = KM_PER_DEGREE * Math.hypot(latitude - lat, east);
    if (km < nearestKm) [nearestKm, found] = [km, zone];
  }
  return regionOfZone(found);
}

/** Whose habits and grid a home shares: those of its time zone, else of the nearest place, else of its currency. */
export const regionOf = (site: Site): Region | undefined =>
  regionByZone(site) ?? regionNearest(site) ?? regionOfZone(BY_CURRENCY[site.currency]);

/** What a household usually pays for a kWh, in a currency. */
export const usualPricePerKwh = (currency: string): number => PRICE_PER_KWH[currency] ?? USUAL_PRICE_PER_KWH;
