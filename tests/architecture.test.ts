import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
/** Files that put the rooms together; everything else is a room, the domain, or the card. */
const COMPOSITION = /^src\/(main|cli)\.ts$|^src\/(commands|composition|demo)\//;
/** A library that talks to the outside is imported by the one file named after it. */
const OUTSIDE: Record<string, RegExp> = {
  mqtt: /mqtt/,
  ioredis: /redis/,
  "better-sqlite3": /sqlite/,
  "@tensorflow": /tensorflow/,
  highs: /highs/,
  express: /express/,
  "home-assistant-js-websocket": /websocket|session/,
  pg: /postgres/,
  ws: /websocket/,
  aedes: /aedes|broker/,
};

type Import = { from: string; to: string; typeOnly: boolean };

function sourceFiles(): string[] {
  return globSync(["src/**/*.ts", "card/src/**/*.ts"], { cwd: ROOT }).filter(
    (file) => !/\.(test|contract)\.ts$/.test(file),
  );
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const found = text.matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm,
  );
  return [...found].map(([, type, fixed, dynamic]) => {
    const to = fixed ?? dynamic ?? "";
    return {
      from: file,
      to: to.startsWith(".") ? path.relative(ROOT, path.resolve(ROOT, path.dirname(file), to)) : to,
      typeOnly: type !== undefined,
    };
  });
}

const roomOf = (file: string): string => /^src\/([^/]+)\//.exec(file)?.[1] ?? "";
const all = sourceFiles().flatMap(importsOf);
const say = ({ from, to }: Import): string => `${from} -> ${to}`;

it("lets the domain import nothing but itself", () => {
  expect(all.filter(({ from, to }) => roomOf(from) === "domain" && roomOf(to) !== "domain").map(say)).toEqual([]);
});

it("lets a room import the domain and itself, never another room", () => {
  const wrong = all.filter(({ from, to, typeOnly }) => {
    const room = roomOf(from);
    if (!from.startsWith("src/") || COMPOSITION.test(from) || !to.startsWith("src/")) return false;
    if (roomOf(to) === room || roomOf(to) === "domain") return false;
    return !(room === "serving" && typeOnly);
  });
  expect(wrong.map(say)).toEqual([]);
});

it("lets the card import types only, from src/serving/messages.ts", () => {
  const wrong = all.filter(
    ({ from, to, typeOnly }) =>
      from.startsWith("card/") && to.startsWith("src/") && !(typeOnly && to === "src/serving/messages.ts"),
  );
  expect(wrong.map(say)).toEqual([]);
});

it("imports a library that talks to the outside only in the file named after it", () => {
  const wrong = all.filter(({ from, to, typeOnly }) => {
    if (typeOnly || !from.startsWith("src/") || builtinModules.includes(to)) return false;
    const library = Object.keys(OUTSIDE).find((name) => to === name || to.startsWith(`${name}/`));
    return library !== undefined && !OUTSIDE[library]?.test(path.basename(from));
  });
  expect(wrong.map(say)).toEqual([]);
});

it("has one file the Supervisor takes for an app", () => {
  const apps = globSync("**/config.{yaml,yml,json}", {
    cwd: ROOT,
    exclude: (name) => /^(node_modules|rootfs|\..*)$/.test(path.basename(name)),
  });
  expect(apps.filter((file) => !/(^|\/)(node_modules|rootfs|\.[^/]*)\//.test(file)).length).toBeLessThanOrEqual(1);
});

it("passes time in: no Date.now() outside the composition root", () => {
  const wrong = sourceFiles().filter(
    (file) =>
      file.startsWith("src/") &&
      !COMPOSITION.test(file) &&
      /\bDate\.now\(\)|new Date\(\)/.test(readFileSync(path.join(ROOT, file), "utf8")),
  );
  expect(wrong).toEqual([]);
});
