import type { Site } from "../../domain/home-history.ts";
import { regionByZone } from "./regions.ts";

/** Degrees, north and east positive. */
export type Place = Readonly<{ latitude: number; longitude: number }>;

/** What a site says of where it is. */
export type PlacedSite = Pick<Site, "timezone" | "latitude" | "longitude">;

/** Where a home is: what its site says, else the middle of its time zone's people; undefined when neither is known. */
export function placeOf(site: PlacedSite): Place | undefined {
  if (site.latitude !== undefined && site.longitude !== undefined)
    return { latitude: site.latitude, longitude: site.longitude };
  const region = regionByZone(site);
  return region && { latitude: region.latitude, longitude: region.longitude };
}
