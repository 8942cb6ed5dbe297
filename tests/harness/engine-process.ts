import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./local-service.ts";
import { until } from "./home-assistant-core.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
export const TOKEN = "a-token-for-tests-only-0123456789";

/** The command line in a process of its own. */
export function hypervolt(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { child: ChildProcess; said: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [path.join(ROOT, "src/cli.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (bytes: Buffer) => (said = (said + bytes.toString()).slice(-20_000)));
  return { child, said: () => said, ended: once(child, "exit").then(([code]) => code as number | null) };
}

/** `hypervolt run` with real parts, on a data folder of its own. */
export class EngineProcess {
  readonly folder = mkdtempSync(path.join(tmpdir(), "hypervolt-run-"));
  readonly options: Readonly<Record<string, unknown>>;
  #running: ReturnType<typeof hypervolt> | undefined;
  port = 0;

  readonly #environment: Readonly<Record<string, string>>;

  constructor(options: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string>> = {}) {
    this.options = options;
    this.#environment = environment;
  }
  async start(): Promise<void> {
    await this.launch();
    await this.ready();
  }
  /** Starts it without waiting until it is ready. */
  async launch(): Promise<void> {
    const file = path.join(this.folder, "options.json");
    writeFileSync(file, JSON.stringify({ api_token: TOKEN, ...this.options }));
    this.port = await freePort();
    const data = path.join(this.folder, "data");
    const running = hypervolt(
      ["run", "--options", file, "--data", data, "--port", String(this.port)],
      this.#environment,
    );
    this.#running = running;
  }
  async ready(): Promise<void> {
    const running = this.#running;
    if (!running) throw new Error("the engine was not launched");
    await until(
      "the engine is ready",
      () => {
        if (running.child.exitCode !== null) throw new Error(`the engine ended: ${running.said()}`);
        return /ready in \d+ ms/.test(running.said());
      },
      180_000,
    );
  }
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }
  said = (): string => this.#running?.said() ?? "";
  async get<T>(route: string): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${route}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  signal(signal: NodeJS.Signals): void {
    this.#running?.child.kill(signal);
  }
  /** @returns the exit status */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const running = this.#running;
    this.#running = undefined;
    if (!running) return null;
    if (running.child.exitCode === null && running.child.signalCode === null) running.child.kill(signal);
    return running.ended;
  }
  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
