import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { freePort, isThere, programPath, startService } from "./local-service.ts";

const ROOT = "/usr/lib/postgresql";
const VERSIONS = ((): string[] => {
  try {
    return readdirSync(ROOT).map((version) => path.join(ROOT, version, "bin"));
  } catch {
    return [];
  }
})();
const INITDB = programPath("initdb", VERSIONS);
export const postgresIsThere = (): boolean => isThere("postgresql", INITDB);

export type PostgresServer = Readonly<{
  url: (database: string) => string;
  /** Away for now, with what it stored. */
  halt: () => Promise<void>;
  resume: () => Promise<void>;
  stop: () => Promise<void>;
}>;

/** A server of its own; `durable` keeps its promises about the disk. Databases are made by `newDatabase`. */
export async function startPostgres(durable = false): Promise<PostgresServer> {
  const bin = path.dirname(INITDB ?? "");
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), "postgres-"));
  const owner = ownerOfServer();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = path.join(folder, "data");
  execFileSync(path.join(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "hypervolt", "--no-sync"], {
    stdio: "ignore",
    ...owner,
  });
  const url = (database: string): string => `postgres://hypervolt@127.0.0.1:${port}/${database}`;
  const args = [
    "-D",
    data,
    "-p",
    String(port),
    "-k",
    folder,
    "-c",
    durable ? "fsync=on" : "fsync=off",
    "-c",
    "listen_addresses=127.0.0.1",
  ];
  const answers = async (): Promise<void> => void (await query(url("postgres"), "SELECT 1"));
  const start = () => startService(path.join(bin, "postgres"), args, answers, owner ?? {});
  let service = await start();
  const halt = () => service.stop("SIGINT");
  const resume = async (): Promise<void> => void (service = await start());
  const stop = async (): Promise<void> => {
    await halt();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, halt, resume, stop };
}

let databases = 0;
export async function newDatabase({ url }: PostgresServer): Promise<string> {
  const name = `history_${++databases}`;
  await query(url("postgres"), `CREATE DATABASE ${name}`);
  return url(name);
}

export async function query(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root. */
function ownerOfServer(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}
