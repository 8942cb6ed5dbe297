import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = path.resolve(import.meta.dirname, "..");
const text = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const config = parse(text("config.yaml")) as Record<string, unknown>;

/** The keys the Supervisor knows and we use; it drops every other one without a word. */
const KNOWN_KEYS = `
  name version slug description url arch init startup boot stage homeassistant homeassistant_api ingress ingress_port
  panel_icon panel_title panel_admin services map watchdog timeout backup backup_pre backup_exclude options schema
  image breaking_versions
`
  .trim()
  .split(/\s+/);
/** One element of `schema`, as the Supervisor reads it. */
const ELEMENT =
  /^(?:str|bool|email|url|password|port|device|match\(.+\)|list\(.+\)|(?:str|int|float)(?:\((?:-?[\d.]+)?,(?:-?[\d.]+)?\))?)\?$/;

describe("config.yaml, by the Supervisor's rules", () => {
  it("uses only keys the Supervisor knows", () => {
    expect(Object.keys(config).filter((key) => !KNOWN_KEYS.includes(key))).toEqual([]);
  });

  it("has a name to compare versions by and the architectures that run", () => {
    expect(config["slug"]).toMatch(/^[-_.A-Za-z0-9]+$/);
    expect(config["version"]).toMatch(/^\d+\.\d+\.\d+$/);
    expect(text("config.yaml")).toMatch(/^version: "/m);
    expect(config["arch"]).toEqual(["aarch64", "amd64"]);
    expect(String(config["homeassistant"])).toMatch(/^20\d\d\.\d+\.\d+$/);
    expect(["stable", "experimental"]).toContain(config["stage"]);
  });

  it("lets s6 be process 1 and gives it the time its services need to end", () => {
    expect(config).toMatchObject({ init: false, startup: "application", boot: "auto" });
    const grace = Number(text("addon/rootfs/etc/s6-overlay/s6-rc.d/hypervolt/timeout-kill")) / 1000;
    expect(config["timeout"]).toBeGreaterThan(grace);
    expect(config["timeout"]).toBeLessThanOrEqual(300);
  });

  it("is watched and healthy at the port its service listens on", () => {
    const port = /--port (\d+)/.exec(text("addon/rootfs/etc/s6-overlay/s6-rc.d/hypervolt/run"))?.[1];
    expect(String(config["ingress_port"])).toBe(port);
    expect(config["watchdog"]).toMatch(/^(https?|\[PROTO:\w+\]|tcp):\/\/\[HOST\]:(\[PORT:\d+\]|\d+).*$/);
    expect(config["watchdog"]).toBe(`http://[HOST]:[PORT:${port}]/live`);
    expect(text("Dockerfile")).toContain(`http://127.0.0.1:${port}/live`);
  });

  it("maps one folder in the form that is neither dropped nor deprecated", () => {
    expect(config["map"]).toEqual([{ type: "homeassistant_config", read_only: false }]);
  });

  it("is backed up while it runs, by a command that is in the image, without files that change meanwhile", () => {
    expect(config["backup"]).toBe("hot");
    execFileSync("test", ["-x", path.join(ROOT, "addon/rootfs", String(config["backup_pre"]))]);
    for (const pattern of config["backup_exclude"] as string[]) expect(pattern).not.toMatch(/\/|\*\*/);
  });

  it("asks nothing: no option is required, and none is of a type the Supervisor does not know", () => {
    const check = (element: unknown, at: string, depth: number): void => {
      expect(depth, `${at} nests too deep`).toBeLessThanOrEqual(2);
      if (Array.isArray(element)) {
        expect(element, at).toHaveLength(1);
        expect(Array.isArray(element[0]), `${at}: no list in a list`).toBe(false);
        if (element[0] !== "str") check(element[0], at, depth + 1);
      } else if (typeof element === "object" && element !== null)
        for (const [key, inner] of Object.entries(element)) check(inner, `${at}.${key}`, depth + 1);
      else expect(element, at).toMatch(ELEMENT);
    };
    for (const [name, element] of Object.entries(config["schema"] as object)) check(element, name, 0);
  });

  it("gives a default only to options that exist", () => {
    const known = Object.keys(config["schema"] as object);
    expect(Object.keys(config["options"] as object).filter((name) => !known.includes(name))).toEqual([]);
  });

  it("has a repository the Supervisor accepts", () => {
    const repository = parse(text("repository.yaml")) as Record<string, unknown>;
    expect(Object.keys(repository).sort()).toEqual(["maintainer", "name", "url"]);
    expect(() => new URL(String(repository["url"]))).not.toThrow();
  });
});

describe("apparmor.txt", () => {
  const rules = text("apparmor.txt")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("# "));

  it("opens no file by a rule for all of them", () => {
    expect(rules.filter((rule) => /^(file|\/\*\*\s|\/\{,\*\*\}|capability|mount|ptrace)/.test(rule))).toEqual([]);
  });

  it("lets the backup tell the engine to rest, and s6 end its services", () => {
    const sent = /signal \(send\) set=\(([^)]*)\)/.exec(rules.join("\n"))?.[1]?.split(/,\s*/) ?? [];
    expect(sent).toEqual(expect.arrayContaining(["exists", "usr2", "term", "kill", "hup"]));
  });

  it("lets every script of the image be read and run where it lies", () => {
    const open = ["/usr/bin/", "/etc/s6-overlay/"];
    const scripts = execFileSync("find", ["addon/rootfs", "-type", "f", "-perm", "-u+x"], {
      cwd: ROOT,
      encoding: "utf8",
    })
      .trim()
      .split("\n")
      .map((file) => file.replace("addon/rootfs", ""));
    expect(scripts.length).toBeGreaterThan(3);
    expect(scripts.filter((file) => !open.some((at) => file.startsWith(at)))).toEqual([]);
    for (const at of open) expect(rules.some((rule) => rule.startsWith(`${at}** `) && rule.includes("ix"))).toBe(true);
  });
});
