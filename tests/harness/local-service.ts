import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";

/** Full path of an installed program, or null. */
export function programPath(name: string, moreFolders: readonly string[] = []): string | null {
  const folders = [...(process.env["PATH"] ?? "").split(path.delimiter), "/usr/sbin", ...moreFolders];
  return folders.map((folder) => path.join(folder, name)).find(existsSync) ?? null;
}

/**
 * Whether tests with a real `what` can run here: says so in a line when not, and fails when CI promised it.
 */
export function isThere(what: string, found: string | null): found is string {
  if (found !== null) return true;
  if (process.env["CI"] === "true") throw new Error(`${what} is not installed, and CI promises it`);
  process.stderr.write(`skipped: ${what} is not installed\n`);
  return false;
}

/** Below the ports that systems give out by themselves, so that nobody else gets it before it is used; 10080 no browser opens. */
const PORTS = { first: 11_000, count: 21_000 };

export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

export type Service = Readonly<{ process: ChildProcess; stop: (signal?: NodeJS.Signals) => Promise<void> }>;

/** Starts a program and waits until `answers` stops throwing. */
export async function startService(
  program: string,
  args: readonly string[],
  answers: () => void | Promise<void>,
  options: Readonly<{ uid?: number; gid?: number }> = {},
): Promise<Service> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], ...options });
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => (said = (said + bytes.toString()).slice(-2_000)));
  const stop = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  const untilMs = performance.now() + 60_000;
  for (;;) {
    try {
      await answers();
      return { process: child, stop };
    } catch (cause) {
      if (child.exitCode !== null || performance.now() > untilMs) {
        await stop();
        throw new Error(`${program} does not answer: ${said}`, { cause });
      }
      await new Promise<void>((again) => setTimeout(again, 30));
    }
  }
}

export const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
