import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { AppContainer } from "../harness/app-container.ts";
import { type AppImage, buildAppImage, debianRootIsThere } from "../harness/app-image.ts";
import { until } from "../harness/home-assistant-core.ts";

const TOKEN = "a-token-for-tests-only-0123456789";
const CONFIG = path.resolve(import.meta.dirname, "../../config.yaml");
const { options, backup_pre } = parse(readFileSync(CONFIG, "utf8")) as { options: object; backup_pre: string };

describe.skipIf(!debianRootIsThere())("the app's container, as its Dockerfile makes it", () => {
  let folder = "";
  let image: AppImage;
  let container: AppContainer;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "hypervolt-image-"));
    image = await buildAppImage(folder);
    container = await AppContainer.start(image, { ...options, api_token: TOKEN });
  });
  afterAll(async () => {
    await container?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async (route: string): Promise<unknown> => {
    const script = `fetch("http://127.0.0.1:8099${route}", { headers: { authorization: "Bearer ${TOKEN}" } })
      .then((answer) => answer.json()).then((body) => console.log(JSON.stringify(body)))`;
    return JSON.parse(await container.execute("node", "-e", script)) as unknown;
  };

  it("starts Redis and the engine, and is healthy by its own check", async () => {
    await until("the health check passes", () => container.isHealthy(), 60_000).catch((error: Error) => {
      throw new Error(`${error.message}: ${container.said()}`, { cause: error });
    });
    expect(await container.execute("redis-cli", "ping")).toBe("PONG\n");
    const clients = (await container.execute("redis-cli", "client", "list")).trim().split("\n");
    expect(clients.filter((client) => !client.includes("cmd=client|list")).length, "the engine's own").toBeGreaterThan(
      0,
    );
    const { dependencies } = (await get("/health")) as { dependencies: { name: string; state: string }[] };
    for (const name of ["hot window", "history"])
      expect(dependencies.find((one) => one.name === name)?.state, name).toBe("ok");
  });

  it("holds what runs and nothing that only builds", () => {
    for (const file of ["card/dist/hypervolt-card.js", "card/dist/panel.html", "models", "node_modules/highs"])
      expect(existsSync(path.join(image.root, "opt/hypervolt", file)), file).toBe(true);
    for (const file of ["node_modules/typescript", "node_modules/vitest", "card/src", "tests"])
      expect(existsSync(path.join(image.root, "opt/hypervolt", file)), file).toBe(false);
  });

  it("brings its history to rest for a hot backup", async () => {
    await container.execute(backup_pre);
    expect(existsSync(path.join(image.root, "data/history"))).toBe(true);
  });

  it("ends within ten seconds when it is asked to, and with it the container", async () => {
    const began = performance.now();
    await container.execute("s6-svc", "-wD", "-d", "/run/service/hypervolt");
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await container.isHealthy()).toBe(false);
    await until("the container is halted", () => existsSync(path.join(image.root, "run/halted")));
  });
});
