import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
const PAGES = globSync(["*.md", "docs/**/*.md", "models/**/*.md"], { cwd: ROOT });
/** Where the manual's readers find this repository; the app shows the manual without the files beside it. */
const PUBLISHED =
  /^https:\/\/(?:github\.com\/hypervolt-energy\/hypervolt\/(?:blob|tree)|raw\.githubusercontent\.com\/hypervolt-energy\/hypervolt)\/main\//;

/** What a page points to in this repository, as paths from its root. */
function pointers(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    const [file = ""] = link.split("#");
    if (PUBLISHED.test(file)) return [file.replace(PUBLISHED, "")];
    return file === "" || /^[a-z]+:/.test(file) ? [] : [path.join(path.dirname(page), file)];
  });
  const named = [...text.matchAll(/`((?:src|docs|tests|bench|scripts|card)\/[\w./-]+\.\w+)`/g)];
  return [...links, ...named.map(([, file = ""]) => file)];
}

it("points to files that are there, on every page", () => {
  expect(PAGES.length).toBeGreaterThan(20);
  const missing = PAGES.flatMap((page) =>
    pointers(page)
      .filter((file) => !existsSync(path.join(ROOT, file)))
      .map((file) => `${page}: ${file}`),
  );
  expect(missing).toEqual([]);
});
