import type { CardConfig } from "./types/ha.ts";

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  view: ["auto", "2d"],
  tint: ["none", "warmth", "power"],
};

/**
 * Checks a card's configuration and copies it.
 * @throws Error with words for the user; Home Assistant shows them in the card's place
 */
export function readConfig(raw: unknown): CardConfig {
  if (typeof raw !== "object" || raw === null) throw new Error("HyperVolt: the configuration is empty");
  const config = { ...(raw as Record<string, unknown>) };
  for (const [option, allowed] of Object.entries(CHOICES))
    if (config[option] !== undefined && !allowed.includes(config[option] as string))
      throw new Error(`HyperVolt: "${option}" must be one of ${allowed.join(", ")}`);
  for (const option of ["title", "model"])
    if (config[option] !== undefined && typeof config[option] !== "string")
      throw new Error(`HyperVolt: "${option}" must be text`);
  const { app, rooms } = config;
  if (app !== undefined && app !== false && typeof app !== "string")
    throw new Error('HyperVolt: "app" must be a slug, or false');
  if (rooms !== undefined) {
    if (typeof rooms !== "object" || rooms === null || Array.isArray(rooms))
      throw new Error('HyperVolt: "rooms" must map area ids to x, z, w, d and name');
    for (const [area, wish] of Object.entries(rooms as Record<string, unknown>)) {
      if (typeof wish !== "object" || wish === null)
        throw new Error(`HyperVolt: rooms.${area} must hold x, z, w, d or name`);
      for (const side of ["x", "z", "w", "d"]) {
        const metres = (wish as Record<string, unknown>)[side];
        const least = side === "w" || side === "d" ? 0.5 : -50;
        if (metres !== undefined && !(typeof metres === "number" && metres >= least && metres <= 100))
          throw new Error(`HyperVolt: rooms.${area}.${side} must be metres, ${least} to 100`);
      }
    }
  }
  return config as CardConfig;
}
