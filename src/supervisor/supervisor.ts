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

const ANSWER_MS = 10_000;

const Body = z.object({ data: z.unknown().optional(), message: z.string().optional().catch(undefined) });

const Broker = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  username: z.string().nullish(),
  password: z.string().nullish(),
  ssl: z.boolean().nullish(),
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
      const body = Body.safeParse(await answer.json().catch(() => undefined));
      return { status: answer.status, data: body.data?.data, message: body.data?.message ?? answer.statusText };
    } catch (error) {
      throw new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", `the Supervisor does not answer at ${path}`, {
        cause: error,
      });
    }
  };
  const refused = (path: string, status: number, message: string): HyperVoltError =>
    new HyperVoltError("HOME_ASSISTANT_UNAVAILABLE", `the Supervisor answered ${status} at ${path}: ${message}`);
  const odd = (path: string, error: z.ZodError): HyperVoltError =>
    new HyperVoltError(
      "HOME_ASSISTANT_UNAVAILABLE",
      `the Supervisor's answer at ${path} is not understood: ${z.prettifyError(error)}`,
    );

  return {
    homeAssistant: { url: `${baseUrl}/core`, token },
    async broker() {
      const { status, data, message } = await get("/services/mqtt");
      if (status === 400 || status === 404) return null; // "Service not enabled"
      if (status !== 200) throw refused("/services/mqtt", status, message);
      const parsed = Broker.safeParse(data);
      if (!parsed.success) throw odd("/services/mqtt", parsed.error);
      const { host, port, ssl, username, password } = parsed.data;
      return {
        url: `${ssl ? "mqtts" : "mqtt"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
        username: username ?? "",
        password: password ?? "",
      };
    },
    async self() {
      const { status, data, message } = await get("/addons/self/info");
      if (status !== 200) throw refused("/addons/self/info", status, message);
      const parsed = Info.safeParse(data);
      if (!parsed.success) throw odd("/addons/self/info", parsed.error);
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
