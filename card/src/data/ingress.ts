import type { Hass } from "../types/ha.ts";
import { hypervoltDevice } from "./hypervolt-entities.ts";

const KEEP_ALIVE_MS = 60_000;

/** A way to the app's own server, through Home Assistant. */
export type Ingress = Readonly<{ url: string; close: () => void }>;

/** The app's slug: as configured, as HyperVolt's device says, or as the side bar knows it. */
export function appSlug(
  hass: Pick<Hass, "devices" | "panels">,
  configured: string | false | undefined,
): string | undefined {
  if (configured === false) return undefined;
  if (configured) return configured;
  const address = hypervoltDevice(hass)?.configuration_url ?? "";
  const fromDevice = /(?:ingress|app|addon)\/([a-z0-9_-]+)/i.exec(address)?.[1];
  if (fromDevice) return fromDevice;
  return Object.values(hass.panels ?? {})
    .flatMap(({ url_path, config }) => [config?.["ingress"], config?.["addon"], config?.["app"], url_path])
    .find((slug): slug is string => typeof slug === "string" && /(^|_)hypervolt$/.test(slug));
}

/** Opens an ingress session as this user and keeps it alive; rejects where there is no Supervisor or no app. */
export async function openIngress(hass: Hass, slug: string): Promise<Ingress> {
  const ask = <T>(endpoint: string, method: string, data?: object): Promise<T> =>
    hass.callWS<T>({ type: "supervisor/api", endpoint, method, ...(data ? { data } : {}) });
  const { ingress_url: url } = await ask<{ ingress_url: string | null }>(`/addons/${slug}/info`, "get");
  if (!url) throw new Error(`${slug} has no ingress`);
  const { session } = await ask<{ session: string }>("/ingress/session", "post");
  const secure = location.protocol === "https:" ? ";Secure" : "";
  document.cookie = `ingress_session=${session};path=/api/hassio_ingress/;SameSite=Strict${secure}`;
  const timer = setInterval(() => {
    void ask("/ingress/validate_session", "post", { session }).catch(() => clearInterval(timer));
  }, KEEP_ALIVE_MS);
  return { url, close: () => clearInterval(timer) };
}
