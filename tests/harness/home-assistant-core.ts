import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { freePort, isThere, programPath, type Service, startService } from "./local-service.ts";

const TOOLS = process.env["HYPERVOLT_TOOLS"] ?? path.resolve(import.meta.dirname, "../../../shared/tools");
const TOOL = path.join(TOOLS, "home-assistant/home-assistant");
const MOSQUITTO = programPath("mosquitto");

/** Whether a real Home Assistant can be started here: one line when not, a failure when CI promised it. */
export function homeAssistantIsThere(): boolean {
  const usable = existsSync(TOOL) && process.getuid?.() === 0 && programPath("debootstrap") !== null;
  return isThere("the real Home Assistant (HYPERVOLT_TOOLS)", usable ? TOOL : null) && isThere("mosquitto", MOSQUITTO);
}

export type Mosquitto = Service & Readonly<{ url: string; host: string }>;

export async function startMosquitto(): Promise<Mosquitto> {
  const port = await freePort();
  const service = await startService(MOSQUITTO ?? "", ["-p", String(port)], () => reach(port));
  return { ...service, url: `mqtt://127.0.0.1:${port}`, host: `127.0.0.1:${port}` };
}

const reach = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    }).on("error", reject);
  });

/** What the tool prints; `config` is the configuration folder as seen from outside. */
export type Started = Readonly<{ url: string; token: string; version: string; config: string }>;

/** A real Home Assistant Core with the MQTT integration on a broker, in a configuration of its own. */
export class HomeAssistantCore {
  readonly #name: string;
  readonly #port: number;
  readonly #mqttHost: string;

  constructor(name: string, port: number, mqttHost: string) {
    this.#name = name;
    this.#port = port;
    this.#mqttHost = mqttHost;
  }
  /** Starts it, or starts it again with what it knew. */
  async start(): Promise<Started> {
    const args = ["start", "--name", this.#name, "--port", String(this.#port), "--mqtt", this.#mqttHost];
    const { stdout } = await promisify(execFile)(TOOL, args, { encoding: "utf8", timeout: 280_000 });
    return JSON.parse(stdout) as Started;
  }
  stop(): void {
    execFileSync(TOOL, ["stop", "--name", this.#name], { stdio: "ignore" });
  }
  forget(): void {
    execFileSync(TOOL, ["reset", "--name", this.#name], { stdio: "ignore" });
  }
}

/** @param name  of the test; runs of the same test side by side keep apart by their process */
export const startCore = async (
  name: string,
  mqttHost: string,
): Promise<Readonly<{ core: HomeAssistantCore; started: Started }>> => {
  const core = new HomeAssistantCore(`${name}-${process.pid}`, await freePort(), mqttHost);
  core.forget();
  return { core, started: await core.start() };
};

/** Waits until `holds` gives something that is neither false, null nor undefined; asks again every 50 ms. */
export async function until<T>(
  what: string,
  holds: () => T | Promise<T>,
  withinMs = 60_000,
): Promise<Exclude<NonNullable<T>, false>> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const found = await holds();
    if (found !== false && found !== null && found !== undefined) return found as Exclude<NonNullable<T>, false>;
    if (performance.now() > untilMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise<void>((again) => setTimeout(again, 50));
  }
}
