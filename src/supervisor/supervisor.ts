import { z } from "zod";
import { HyperVoltError } from "../domain/errors.ts";

/** The broker the Supervisor knows. */
export type SupervisorBroker = Readonly<{ url: string; username: string; password: string }>;

/** What the Supervisor says of this app. */
export type SelfInfo = Readonly<{
  slug: string;
  version: string;
  /** Path below Home Assistant where the browser reaches the app: `/api/hassio_ingress/<token>/`. */
  ingressUrl: string;
  ingressPort: number;
  ipAddress: string;
}>;

export interface Supervisor {
  /** Where home-assistant-js-websocket connects, with the app's token. */
  readonly homeAssistant: Readonly<{ url: string; token: string }>;
  /** The Supervisor's broker; null where no broker app provides one. @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE */
  broker(): Promise<SupervisorBroker | null>;
  /** @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE */
  self(): Promise<SelfInfo>;
}

/** Requests come from here when they come through ingress. */
export const INGRESS_ADDRESS = "172.30.32.2";

const ANSWER_MS = 10_000;

const Broker = z.object({
  host: z.string(),
  port: z.number(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  ssl: z.boolean().default(false),
});

const Info = z.object({
  slug: z.string(),
  version: z.string().default(""),
  ingress_url: z.string().nullish(),
  ingress_port: z.number().nullish(),
  ip_address: z.string().nullish(),
});

/**
 * The Supervisor's API as an app may use it.
 * @param token    SUPERVISOR_TOKEN
 * @param baseUrl  `http://supervisor` in an app
 */
export function connectSupervisor(token: string, baseUrl = "http://supervisor"): Supervisor {
  const get = async (path: string): Promise<{ status: number; data: unknown; message: string }> => {
    try {
      const answer = await fetch(baseUrl + path, {
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const body = (await answer.json().catch(() => ({}))) as { data?: unknown; message?: string };
      return { status: answer.status, data: body.data, message: body.message ?? answer.statusText };
    } catch (error) {
      throw new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", `the Supervisor does not answer at ${path}`, {
        cause: error,
      });
    }
  };
  const refused = (path: string, status: number, message: string): HyperVoltError =>
    new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", `the Supervisor answered ${status} at ${path}: ${message}`);

  return {
    homeAssistant: { url: `${baseUrl}/core`, token },
    async broker() {
      const { status, data, message } = await get("/services/mqtt");
      if (status === 400 || status === 404) return null; // "Service not enabled"
      const parsed = Broker.safeParse(data);
      if (status !== 200 || !parsed.success) throw refused("/services/mqtt", status, message);
      const { host, port, ssl, username, password } = parsed.data;
      return {
        url: `${ssl ? "mqtts" : "mqtt"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
        username: username ?? "",
        password: password ?? "",
      };
    },
    async self() {
      const { status, data, message } = await get("/addons/self/info");
      const parsed = Info.safeParse(data);
      if (status !== 200 || !parsed.success) throw refused("/addons/self/info", status, message);
      return {
        slug: parsed.data.slug,
        version: parsed.data.version,
        ingressUrl: parsed.data.ingress_url ?? "",
        ingressPort: parsed.data.ingress_port ?? 8099,
        ipAddress: parsed.data.ip_address ?? "",
      };
    },
  };
}
