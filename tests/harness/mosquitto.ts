import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort, isThere, programPath, type Service, startService } from "./local-service.ts";

const MOSQUITTO = programPath("mosquitto");
export const mosquittoIsThere = (): boolean => isThere("mosquitto", MOSQUITTO);

export type Mosquitto = Service & Readonly<{ port: number; url: string }>;

/**
 * A broker of its own, open to anybody on this machine; it queues without limit for who is away.
 * @param more further lines of its configuration, for its only listener
 */
export async function startMosquitto(port?: number, more: readonly string[] = []): Promise<Mosquitto> {
  const chosen = port ?? (await freePort());
  const folder = mkdtempSync(path.join(tmpdir(), "mosquitto-"));
  const file = path.join(folder, "mosquitto.conf");
  writeFileSync(
    file,
    [
      `listener ${chosen} 127.0.0.1`,
      ...(more.some((line) => line.startsWith("allow_anonymous")) ? [] : ["allow_anonymous true"]),
      ...more,
      "max_queued_messages 0",
      "max_queued_bytes 0",
      "set_tcp_nodelay true",
      "persistence false",
    ].join("\n"),
  );
  const service = await startService(MOSQUITTO ?? "", ["-c", file], () => answers(chosen));
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await service.stop(signal);
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...service, stop, port: chosen, url: `mqtt://127.0.0.1:${chosen}` };
}

function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}
