import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

type Locked = Readonly<{ version?: string; optionalDependencies?: Readonly<Record<string, string>> }>;

it("knows every package of every platform from the lock file, so that npm ci takes it as it is", () => {
  const file = path.resolve(import.meta.dirname, "../package-lock.json");
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Locked> };
  const missing = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !found(packages, at, name)),
  );
  expect(missing).toEqual([]);
});

/** As Node looks for a package: beside the one that wants it, then outwards. */
function found(packages: Readonly<Record<string, Locked>>, at: string, name: string): boolean {
  for (let from = at; ; from = from.replace(/(^|\/)node_modules\/[^/]+(\/[^/]+)?$/, "")) {
    if (packages[`${from === "" ? "" : `${from}/`}node_modules/${name}`]?.version) return true;
    if (from === "") return false;
  }
}
