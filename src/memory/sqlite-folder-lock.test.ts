import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { lockDataFolder } from "./sqlite-folder-lock.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it("lets one at a time work on a folder, and the next after it is released", () => {
  const folder = temporaryFolder();
  const first = lockDataFolder(folder);
  expect(() => lockDataFolder(folder)).toThrow(expect.objectContaining({ code: "DATA_FOLDER_LOCKED" }));
  expect(() => lockDataFolder(folder)).toThrow(`process ${process.pid}`);
  first.release();
  lockDataFolder(folder).release();
});

it("is refused while another process holds it, and free as soon as that is killed", async () => {
  const folder = temporaryFolder();
  const module = new URL("./sqlite-folder-lock.ts", import.meta.url).href;
  const script = `const { lockDataFolder } = await import(${JSON.stringify(module)});
    lockDataFolder(${JSON.stringify(folder)}); console.log("held"); setInterval(() => {}, 1e6);`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  expect(() => lockDataFolder(folder)).toThrow(`process ${holder.pid}`);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  lockDataFolder(folder).release();
});

it("says so when the folder cannot be made", () => {
  expect(() => lockDataFolder("/dev/null/data")).toThrow(expect.objectContaining({ code: "HISTORY_UNAVAILABLE" }));
});
