import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort, isThere, programPath, run, type Service, startService } from "./local-service.ts";

const SERVER = programPath("redis-server");
const CLI = programPath("redis-cli");
export const redisIsThere = (): boolean => isThere("redis-server", SERVER) && isThere("redis-cli", CLI);

export type RedisServer = Service & Readonly<{ port: number; url: string }>;

/** A Redis that keeps nothing, on a port of its own or a given one. */
export async function startRedis(port?: number, ...more: readonly string[]): Promise<RedisServer> {
  const chosen = port ?? (await freePort());
  const args = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...more];
  const service = await startService(SERVER ?? "", args, () => void run(CLI ?? "", "-p", String(chosen), "ping"));
  return { ...service, port: chosen, url: `redis://127.0.0.1:${chosen}` };
}

export const redisCommand = (port: number, ...command: readonly string[]): string =>
  run(CLI ?? "", "-p", String(port), ...command);

/** Three masters. */
export async function startRedisCluster(): Promise<
  Readonly<{ nodes: readonly RedisServer[]; url: string; stop: () => Promise<void> }>
> {
  const folder = mkdtempSync(path.join(tmpdir(), "redis-cluster-"));
  const nodes: RedisServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let n = 0; n < 3; n++) {
      const cluster = ["--cluster-enabled", "yes", "--cluster-config-file", path.join(folder, `nodes-${n}.conf`)];
      const busPort = String(await freePort());
      nodes.push(await startRedis(undefined, ...cluster, "--cluster-port", busPort, "--dir", folder));
    }
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    run(CLI ?? "", "--cluster", "create", ...addresses, "--cluster-yes");
    const untilMs = performance.now() + 60_000;
    while (!nodes.every(({ port }) => redisCommand(port, "cluster", "info").includes("cluster_state:ok"))) {
      if (performance.now() > untilMs) throw new Error("the cluster does not form");
      await new Promise<void>((again) => setTimeout(again, 50));
    }
    return { nodes, url: nodes.map(({ url }) => url).join(","), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
