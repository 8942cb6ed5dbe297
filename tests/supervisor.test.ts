import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  asksTooMuch,
  objectionsTo,
  objectionsToTranslation,
  parseElement,
  ratingOf,
} from "./harness/supervisor-rules.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const text = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
type Config = Record<string, unknown>;
const config = parse(text("config.yaml")) as Config;
const changed = (change: Config): Config => ({ ...structuredClone(config), ...change });
const schema = config["schema"] as Config;

describe("the app, as the Supervisor sees it", () => {
  it("is taken with no objection and no warning", () => {
    expect(objectionsTo(config)).toEqual([]);
  });

  it("is rated 8, and asks for nothing that would cost a point or worry a user", () => {
    expect(ratingOf(config, existsSync(path.join(ROOT, "apparmor.txt")))).toBe(8);
    expect(asksTooMuch(config)).toEqual([]);
  });

  it.each(["en", "de", "fr", "es", "nl"])("names every option and every field in it in %s", (language) => {
    expect(objectionsToTranslation(parse(text(`translations/${language}.yaml`)), schema)).toEqual([]);
  });

  it("reads no other language than those it offers", () => {
    expect(
      globSync("translations/*", { cwd: ROOT })
        .map((file) => path.basename(file))
        .sort(),
    ).toEqual(["de", "en", "es", "fr", "nl"].map((language) => `${language}.yaml`));
  });
});

describe("these rules", () => {
  it.each<[string, Config]>([
    ["a key nobody knows", { homeasistant_api: true }],
    ["a version that is a number", { version: 1.1 }],
    ["an architecture that never runs", { arch: ["armv7"] }],
    ["a startup phase there is not", { startup: "late" }],
    ["a map entry with a key of its own", { map: [{ type: "homeassistant_config", readonly: false }] }],
    ["a map of what there is not", { map: [{ type: "homeassistant", read_only: false }] }],
    ["a watchdog without a host", { watchdog: "http://127.0.0.1:8099/live" }],
    ["a timeout Docker is not given", { timeout: 600 }],
    ["a service that is neither provided nor wanted", { services: ["mqtt:use"] }],
    ["an image with a tag", { image: "ghcr.io/hypervolt-energy/hypervolt:latest" }],
    ["an image in capitals", { image: "ghcr.io/HyperVolt/hypervolt" }],
    ["a cold backup with a command", { backup: "cold" }],
    ["a port nobody can listen on", { ingress_port: 70_000 }],
    ["an option of a type there is not", { schema: { ...schema, timezone: "enum(a|b)?" } }],
    ["a list in a list", { schema: { ...schema, sensors: [["str"]] } }],
    ["a default out of its limits", { options: { ...(config["options"] as Config), raw_days: 0 } }],
    ["a default of no option", { options: { ...(config["options"] as Config), colour: "red" } }],
    [
      "a list of mappings without a default",
      { options: Object.fromEntries(Object.entries(config["options"] as Config).filter(([key]) => key !== "loads")) },
    ],
    ["a required option without a default", { schema: { ...schema, place: "str" } }],
  ])("object to %s", (_, change) => {
    expect(objectionsTo(changed(change))).toHaveLength(1);
  });

  it("take an image as it is published", () => {
    for (const image of ["ghcr.io/hypervolt-energy/hypervolt", "ghcr.io/a/{arch}-app", "app"])
      expect(objectionsTo(changed({ image })), image).toEqual([]);
  });

  it.each<[Config, boolean, number]>([
    [{ ingress: true }, true, 8],
    [{ ingress: true }, false, 7],
    [{ ingress: true, apparmor: false }, true, 6],
    [{ auth_api: true }, true, 7],
    [{}, true, 6],
    [{ ingress: true, host_network: true }, true, 7],
    [{ ingress: true, host_pid: true }, true, 6],
    [{ ingress: true, hassio_role: "admin" }, true, 6],
    [{ ingress: true, hassio_role: "manager" }, true, 7],
    [{ ingress: true, privileged: ["SYS_ADMIN", "NET_ADMIN"] }, true, 7],
    [{ ingress: true, privileged: ["SYS_ADMIN"], host_uts: true }, true, 6],
    [{ ingress: true, privileged: ["SYS_NICE"] }, true, 8],
    [{ ingress: true, full_access: true }, true, 1],
    [{ host_network: true, privileged: ["NET_ADMIN"] }, false, 3],
  ])("rate %j with a profile: %s at %i", (keys, profile, rating) => {
    expect(ratingOf(keys, profile)).toBe(rating);
  });

  it("read the limits of an element, and refuse what looks like one", () => {
    expect(parseElement("int(-1,1000000)?")).toMatchObject({ kind: "int", least: -1, most: 1_000_000, optional: true });
    expect(parseElement("float(0,)")).toMatchObject({ kind: "float", least: 0, most: Infinity, optional: false });
    for (const wrong of ["integer", "int(1)", "int(0.5,2)?", "list()", "str??", "float(1e3,)", "boolean?"])
      expect(parseElement(wrong), wrong).toBeUndefined();
  });

  it("miss a name in a translation, in an option as in a field of it, and say what is dropped", () => {
    const said = parse(text("translations/de.yaml")) as { configuration: Record<string, Config> };
    expect(objectionsToTranslation({ ...said, options: {} }, schema)).toEqual(["options is dropped"]);
    const { loads, ...others } = said.configuration;
    expect(objectionsToTranslation({ configuration: others }, schema)).toEqual(["loads has no name"]);
    const fields = { ...(loads?.["fields"] as Config), colour: { name: "Farbe" } };
    expect(objectionsToTranslation({ configuration: { ...others, loads: { ...loads, fields } } }, schema)).toEqual([
      "loads.colour is in no schema",
    ]);
  });
});
