import type { EntitiesOut } from "../home-assistant/entities-out.ts";
import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import type { SelfInfo } from "../supervisor/supervisor.ts";
import type { SiteFacts } from "./connect-surroundings.ts";

/**
 * HyperVolt's device in Home Assistant speaks the home's language and counts in its currency also where Home Assistant
 * was away at the start, and leads to the app's own page.
 * @param self  what the Supervisor says of the app; null without a Supervisor
 */
export function describeDevice(
  parts: Readonly<{
    homeAssistant: Pick<HomeAssistant, "onConnect">;
    self: (() => Promise<SelfInfo>) | null;
    site: () => Pick<SiteFacts, "currency" | "language">;
    out: Pick<EntitiesOut, "describe">;
  }>,
): Disposable {
  const { self, site, out } = parts;
  let hasPage = self === null;
  const connecting = parts.homeAssistant.onConnect(async () => {
    const { currency, language } = site();
    out.describe({ currency, language });
    if (hasPage || self === null) return;
    const info = await self().catch(() => null); // asked again at the next connection
    if (info === null || hasPage) return;
    hasPage = true;
    if (info.ingressUrl !== "") out.describe({ configurationUrl: `homeassistant://app/${info.slug}` });
  });
  return { [Symbol.dispose]: () => connecting.stop() };
}
