import type { Site } from "../domain/home-history.ts";

/** Degrees, north and east positive. */
export type Place = Readonly<{ latitude: number; longitude: number }>;

/** Where most people of a time zone live, for homes that do not say where they are. */
const BY_ZONE: Readonly<Record<string, readonly [number, number]>> = {
  "Europe/London": [51.5, -0.1],
  "Europe/Dublin": [53.3, -6.3],
  "Europe/Lisbon": [38.7, -9.1],
  "Europe/Madrid": [40.4, -3.7],
  "Europe/Paris": [48.0, 2.3],
  "Europe/Brussels": [50.8, 4.4],
  "Europe/Amsterdam": [52.2, 5.0],
  "Europe/Luxembourg": [49.6, 6.1],
  "Europe/Zurich": [47.2, 8.2],
  "Europe/Berlin": [50.8, 9.8],
  "Europe/Vienna": [48.0, 15.0],
  "Europe/Prague": [49.9, 15.0],
  "Europe/Warsaw": [51.8, 19.5],
  "Europe/Copenhagen": [55.8, 11.0],
  "Europe/Oslo": [60.0, 10.0],
  "Europe/Stockholm": [58.8, 16.0],
  "Europe/Helsinki": [61.0, 25.0],
  "Europe/Tallinn": [59.0, 25.5],
  "Europe/Riga": [57.0, 24.5],
  "Europe/Vilnius": [55.0, 24.5],
  "Europe/Rome": [43.0, 12.0],
  "Europe/Athens": [38.5, 23.5],
  "Europe/Budapest": [47.3, 19.3],
  "Europe/Bucharest": [45.0, 25.5],
  "Europe/Istanbul": [40.0, 31.0],
  "America/New_York": [40.5, -76.5],
  "America/Toronto": [44.0, -78.5],
  "America/Chicago": [38.0, -91.5],
  "America/Denver": [40.0, -107.0],
  "America/Phoenix": [33.4, -112.0],
  "America/Los_Angeles": [36.0, -119.5],
  "America/Sao_Paulo": [-22.0, -46.0],
  "Asia/Kolkata": [22.0, 78.0],
  "Asia/Singapore": [1.35, 103.8],
  "Asia/Tokyo": [35.7, 138.0],
  "Asia/Seoul": [37.0, 127.3],
  "Asia/Shanghai": [32.0, 115.0],
  "Africa/Johannesburg": [-27.5, 28.5],
  "Australia/Sydney": [-33.5, 150.5],
  "Australia/Melbourne": [-37.8, 145.0],
  "Australia/Brisbane": [-27.0, 152.8],
  "Australia/Adelaide": [-34.9, 138.6],
  "Australia/Perth": [-32.0, 116.0],
  "Pacific/Auckland": [-38.5, 175.5],
};

/** Where a home is: what its site says, else the middle of its time zone's people; undefined when neither is known. */
export function placeOf(site: Site): Place | undefined {
  if (site.latitude !== undefined && site.longitude !== undefined)
    return { latitude: site.latitude, longitude: site.longitude };
  const known = BY_ZONE[site.timezone];
  return known && { latitude: known[0], longitude: known[1] };
}
