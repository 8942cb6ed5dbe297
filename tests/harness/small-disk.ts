import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";

/** `fill` leaves so many bytes, a multiple of 4,096. */
export type SmallDisk = Readonly<{ fill: (leaveBytes?: number) => void; free: () => void }>;

/** A disk of its own in a folder, for the rest of the test; null where none can be mounted, which CI promises. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | null {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder], { stdio: "ignore" });
  } catch (cause) {
    if (process.env["CI"] === "true") throw new Error("cannot mount a small disk, and CI promises it", { cause });
    return null;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder], { stdio: "ignore" }));
  const filler = path.join(folder, "filler");
  const fill = (leaveBytes = 0): void => {
    const file = openSync(filler, "a");
    for (let size = 65_536; size >= 1; size = Math.floor(size / 2))
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch {
        continue;
      }
    closeSync(file);
    truncateSync(filler, Math.max(0, statSync(filler).size - leaveBytes));
  };
  return { fill, free: () => rmSync(filler) };
}
