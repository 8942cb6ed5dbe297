import { z } from "zod";
import { HyperVoltError } from "../domain/errors.ts";
import type { ContextSource, GetJson } from "./context-source.ts";

const BASE = "https://api.carbonintensity.org.uk";
const Answer = z.object({
  data: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      intensity: z.object({ forecast: z.number().nullable(), actual: z.number().nullish() }),
    }),
  ),
});

/**
 * Great Britain's grid intensity, forecast 48 h ahead in half hours; no key.
 * @see https://carbon-intensity.github.io/api-definitions/ (CC BY 4.0)
 */
export function ukCarbonSource(getJson: GetJson): ContextSource {
  return {
    id: "uk-carbon",
    name: "Carbon Intensity (Great Britain)",
    refresh: async (nowMs) => {
      const from = `${new Date(nowMs).toISOString().slice(0, 16)}Z`;
      const parsed = Answer.safeParse(await getJson(`${BASE}/intensity/${from}/fw48h`));
      if (!parsed.success)
        throw new HyperVoltError("SOURCE_UNAVAILABLE", "the carbon API answered in a form not known");
      const intervals = parsed.data.data.flatMap(({ from, to, intensity }) => {
        const value = intensity.actual ?? intensity.forecast;
        return value === null ? [] : [{ fromMs: Date.parse(from), toMs: Date.parse(to), value }];
      });
      return { carbon_g_kwh: intervals };
    },
  };
}
