import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "acorn";
import { describe, expect, it } from "vitest";
import { canBrowse, DIST } from "./browser.ts";

const KB = 1_000;

describe.runIf(canBrowse())("the built card", () => {
  const scripts = canBrowse() ? readdirSync(DIST).filter((name) => name.endsWith(".js")) : [];
  const text = (name: string): string => readFileSync(path.join(DIST, name), "utf8");

  it("stays within its budgets: entry 12 KB, 3D 130 KB, everything 165 KB after gzip", () => {
    const sizes = JSON.parse(text("sizes.json")) as {
      entry: number;
      twin: number;
      all: number;
      gzip: Record<string, number>;
    };
    expect(Object.keys(sizes.gzip).sort()).toEqual([...scripts].sort());
    expect(sizes.entry).toBeLessThanOrEqual(12 * KB);
    expect(sizes.twin).toBeGreaterThan(10 * KB);
    expect(sizes.twin).toBeLessThanOrEqual(130 * KB);
    expect(sizes.all).toBeLessThanOrEqual(165 * KB);
  });

  it("is es2021, so that old tablets can read it", () => {
    for (const name of scripts)
      expect(() => parse(text(name), { ecmaVersion: 2021, sourceType: "module" }), name).not.toThrow();
  });

  it("evaluates no text as code and fetches nothing from elsewhere", () => {
    for (const name of scripts) {
      expect(text(name), name).not.toMatch(/\beval\s*\(|new Function\b|[^.\w]Function\s*\(\s*["'`]/);
      const addresses = text(name).match(/https?:\/\/[a-z0-9.-]+/gi) ?? [];
      const links = addresses.filter(
        (address) => !/www\.w3\.org|^https:\/\/github\.com$|lit\.dev|threejs\.org|khronos\.org/.test(address),
      );
      expect(links, name).toEqual([]);
    }
  });

  it("never imports its entry from a chunk: with a query in its address it would load twice", () => {
    for (const name of scripts.filter((other) => other !== "hypervolt-card.js"))
      expect(text(name), name).not.toMatch(/["']\.\/hypervolt-card\.js/);
    expect(scripts.filter((name) => !/-[0-9a-z]{8}\.js$/.test(name))).toEqual(["hypervolt-card.js"]);
  });

  it("names its page's script relative to the page, for it lies behind a path of its own", () => {
    const [, source] = /<script type="module" src="([^"]+)"/.exec(text("panel.html")) ?? [];
    expect(source).toMatch(/^\.\/panel-/);
    expect(scripts).toContain(source?.slice(2));
  });
});
