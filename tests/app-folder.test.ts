import { execFileSync } from "node:child_process";
import { readFileSync, existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Options, parseOptions } from "../src/options/options.ts";
import { supervisorOptions } from "../src/options/supervisor-schema.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const text = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const config = parse(text("config.yaml")) as Record<string, unknown>;

const pngSize = (file: string): [number, number] => {
  const bytes = readFileSync(path.join(ROOT, file));
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
};

describe("the app's folder", () => {
  it("offers exactly the options the engine knows, with their defaults and limits", () => {
    const { options, schema } = supervisorOptions();
    expect(config["options"]).toEqual(options);
    expect(config["schema"]).toEqual(schema);
    expect(parseOptions(config["options"])).toEqual(parseOptions({}));
    expect(Object.keys(config["schema"] as object).sort()).toEqual(Object.keys(Options.shape).sort());
  });

  it("names and describes every option in English", () => {
    const { texts } = supervisorOptions();
    expect(parse(text("translations/en.yaml"))).toEqual({ configuration: texts });
    for (const { name, description } of Object.values(texts))
      expect(name.length * description.length).toBeGreaterThan(0);
  });

  it.each(["de", "fr", "es", "nl"])("names and describes every option in %s", (language) => {
    const translated = parse(text(`translations/${language}.yaml`)) as { configuration: Record<string, unknown> };
    expect(Object.keys(translated)).toEqual(["configuration"]);
    expect(Object.keys(translated.configuration)).toEqual(Object.keys(supervisorOptions().texts));
    for (const [option, { fields }] of Object.entries(supervisorOptions().texts))
      expect(translated.configuration[option], option).toEqual({
        name: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\S{2}/),
        ...(fields && {
          fields: Object.fromEntries(
            Object.keys(fields).map((field) => [field, { name: expect.stringMatching(/\S/) }]),
          ),
        }),
      });
  });

  it("asks for no more than it needs, so that the Supervisor rates it 8", () => {
    for (const key of [
      "host_network",
      "host_pid",
      "full_access",
      "docker_api",
      "hassio_api",
      "hassio_role",
      "privileged",
      "auth_api",
      "ports",
      "apparmor",
    ])
      expect(config).not.toHaveProperty(key);
    expect(config).toMatchObject({
      ingress: true,
      homeassistant_api: true,
      init: false,
      services: ["mqtt:want"],
      backup: "hot",
    });
    expect(
      text("apparmor.txt")
        .split("\n")
        .filter((line) => line.startsWith("profile ")),
    ).toEqual(["profile hypervolt flags=(attach_disconnected,mediate_deleted) {"]);
    expect(
      text("apparmor.txt")
        .match(/\/homeassistant\S*/g)
        ?.every((rule) => rule.startsWith("/homeassistant/www/")),
    ).toBe(true);
  });

  it("says the same version everywhere", () => {
    const { version } = JSON.parse(text("package.json")) as { version: string };
    expect(config["version"]).toBe(version);
    expect(text("CHANGELOG.md")).toContain(`## ${version}`);
  });

  it("lets build.yaml hold the one base image that the Dockerfile has as its default", () => {
    const base = /^ARG BUILD_FROM=(\S+)$/m.exec(text("Dockerfile"))?.[1];
    expect(parse(text("build.yaml"))).toEqual({ build_from: base });
  });

  it("has the files the store shows, in the sizes it wants", () => {
    for (const file of ["README.md", "DOCS.md", "CHANGELOG.md", "repository.yaml"])
      expect(existsSync(path.join(ROOT, file)), file).toBe(true);
    expect(pngSize("icon.png")).toEqual([128, 128]);
    expect(pngSize("logo.png")).toEqual([250, 100]);
  });

  it("keeps every file the Supervisor could take for an app or a build away", () => {
    const files = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).split("\n");
    expect(
      files.filter((file) => /(^|\/)config\.(ya?ml|json|[^/]*\.(json|ya?ml))$/.test(file) && !file.includes("rootfs/")),
    ).toEqual(["config.yaml"]);
    expect(files.filter((file) => /(^|\/)build\.(ya?ml|json)$/.test(file))).toEqual(["build.yaml"]);
  });

  it("starts Redis before the engine, each as a service that can be executed", () => {
    const services = path.join(ROOT, "addon/rootfs/etc/s6-overlay/s6-rc.d");
    expect(existsSync(path.join(services, "hypervolt/dependencies.d/redis"))).toBe(true);
    for (const service of ["redis", "hypervolt"]) {
      expect(existsSync(path.join(services, `user/contents.d/${service}`))).toBe(true);
      expect(readFileSync(path.join(services, `${service}/type`), "utf8").trim()).toBe("longrun");
      execFileSync("test", ["-x", path.join(services, `${service}/run`)]);
    }
  });

  it("copies into the image only what is there", () => {
    const copied = [...text("Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) =>
      (sources ?? "").split(" "),
    );
    expect(copied.filter((source) => !existsSync(path.join(ROOT, source)))).toEqual([]);
  });

  it("runs under Compose as under the Supervisor, with a Redis that keeps nothing", () => {
    const { services } = parse(text("compose.yaml")) as {
      services: Record<string, { entrypoint?: string[]; command: string[] }>;
    };
    const engine = services["hypervolt"];
    const command = [...(engine?.entrypoint ?? []), ...(engine?.command ?? [])].join(" ");
    expect(text("addon/rootfs/etc/s6-overlay/s6-rc.d/hypervolt/run")).toContain(`exec ${command}`);
    const redis = services["redis"]?.command ?? [];
    for (const setting of ["--save", "--appendonly", "--maxmemory-policy"])
      expect(text("addon/rootfs/etc/s6-overlay/s6-rc.d/redis/run")).toContain(
        `${setting} ${redis[redis.indexOf(setting) + 1] || '""'}`,
      );
  });

  it("is tested and published by workflows whose names the Supervisor does not take for its own", () => {
    const workflow = (file: string): string => text(`.github/workflows/${file}`);
    for (const step of ["typecheck", "lint", "format:check", "test:e2e"])
      expect(workflow("test.yaml")).toContain(`npm run ${step}`);
    for (const label of ["type=app", "name=", "description="])
      expect(workflow("image.yaml")).toContain(`io.hass.${label}`);
    for (const action of ["prepare-multi-arch-matrix", "build-image", "publish-multi-arch-manifest"])
      expect(workflow("image.yaml")).toContain(`home-assistant/builder/actions/${action}@`);
  });

  it("has a manual whose links and pictures work where Home Assistant shows it, away from the repository", () => {
    const links = [...text("DOCS.md").matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    const ours =
      /^https:\/\/(?:raw\.githubusercontent|github)\.com\/hypervolt-energy\/hypervolt\/(?:(?:blob|tree)\/)?main\/(.+)$/;
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      const file = ours.exec(link)?.[1];
      expect(file, `${link} is not a file of the repository by its full address`).toBeDefined();
      expect(existsSync(path.join(ROOT, file ?? "")), link).toBe(true);
    }
  });
});
