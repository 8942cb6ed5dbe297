import { execFileSync } from "node:child_process";
import { networkInterfaces } from "node:os";
import type { Browser, Page as Tab } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { SUPERVISOR_ADDRESS } from "../../src/serving/access.ts";
import type { AuditEntryDto, HomeDto, Page, SensorDto, SetupDto } from "../../src/serving/messages.ts";
import { systemClock } from "../../src/commands/system-clock.ts";
import { connectBroker, type MqttBroker } from "../../src/sensing/mqtt-broker.ts";
import { EngineProcess } from "../harness/engine-process.ts";
import {
  type HomeAssistantCore,
  homeAssistantIsThere,
  type Mosquitto,
  startCore,
  type Started,
  startMosquitto,
  until,
} from "../harness/home-assistant-core.ts";
import { announceMeter, SmartPlug } from "../harness/plug-home.ts";
import { startSupervisorStandIn, type SupervisorStandIn } from "../harness/supervisor-stand-in.ts";
import { canBrowse, complaintsOf, eventually, openBrowser } from "./card/browser.ts";
import { otherUser } from "./home-assistant/real-home.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };
const hasAddress = (): boolean =>
  Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === SUPERVISOR_ADDRESS),
  );

/** The address requests of ingress come from, on this machine's loopback; false where that is not allowed. */
function borrowAddress(): boolean {
  if (hasAddress()) return true;
  try {
    execFileSync("ip", ["address", "add", `${SUPERVISOR_ADDRESS}/32`, "dev", "lo"], { stdio: "ignore" });
  } catch {
    process.stderr.write(`skipped: ${SUPERVISOR_ADDRESS} cannot be given to this machine's loopback\n`);
  }
  return hasAddress();
}
const hadAddress = hasAddress();
const there = [homeAssistantIsThere(), canBrowse(), borrowAddress()].every(Boolean);

describe.skipIf(!there)("behind ingress, with the Supervisor's headers and a real Home Assistant's users", () => {
  let mosquitto: Mosquitto;
  let core: HomeAssistantCore;
  let started: Started;
  let broker: MqttBroker;
  let supervisor: SupervisorStandIn;
  let engine: EngineProcess;
  let browser: Browser;
  const users = { ada: "", vera: "" };
  const login = (who: keyof typeof users | null): void =>
    supervisor.setUser(who && { id: users[who], name: who, displayName: who });
  const ask = (at: string, init: RequestInit = {}): Promise<Response> => fetch(`${supervisor.ingressUrl}${at}`, init);
  const patch = (at: string, body: unknown): Promise<Response> =>
    ask(at, { method: "PATCH", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const open = async (hash = ""): Promise<{ page: Tab; complaints: string[]; sockets: string[] }> => {
    const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, reducedMotion: "reduce" });
    const complaints = complaintsOf(page);
    const sockets: string[] = [];
    page.on("websocket", (socket) => socket.on("framereceived", () => sockets.push(socket.url())));
    await page.goto(`${supervisor.ingressUrl}${hash}`);
    return { page, complaints, sockets };
  };

  beforeAll(async () => {
    mosquitto = await startMosquitto();
    ({ core, started } = await startCore("ingress", mosquitto.host));
    const admin = await otherUser(started.url, started.token);
    users.ada = ((await admin.ask({ type: "auth/current_user" })) as { id: string }).id;
    const made = await admin.ask({ type: "config/auth/create", name: "Vera", group_ids: ["system-users"] });
    users.vera = (made as { user: { id: string } }).user.id;
    admin.close();
    broker = connectBroker({ url: mosquitto.url, clientId: "pis", clock: systemClock, log: silent, sessionExpiryS: 0 });
    await new Promise<void>((resolve) => broker.onConnect(resolve));
    await new SmartPlug(broker, "heater", 900).announce("Water heater");
    await announceMeter(broker, "p1_net", "P1 net power", 420);
    const [host = "", port = "0"] = mosquitto.host.split(":");
    supervisor = await startSupervisorStandIn({
      core: { url: started.url, token: started.token },
      mqtt: { host, port: Number(port) },
      ingressFrom: SUPERVISOR_ADDRESS,
    });
    engine = new EngineProcess(
      { redis_url: "memory", install_card: false },
      { SUPERVISOR_TOKEN: supervisor.token, SUPERVISOR_URL: supervisor.url },
    );
    await engine.start();
    supervisor.setApp({ port: engine.port });
    login("ada");
    await until(
      "the broker and Core were found through the Supervisor",
      async () => {
        const answer = await ask("api/setup");
        const found = answer.ok ? ((await answer.json()) as SetupDto) : null;
        return found?.devices.some(({ entity_id }) => entity_id === "switch.heater");
      },
      90_000,
    );
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await engine?.stop();
    engine?.forget();
    await supervisor?.close();
    await broker?.close();
    core?.stop();
    core?.forget();
    await mosquitto?.stop();
    if (there && !hadAddress)
      execFileSync("ip", ["address", "del", `${SUPERVISOR_ADDRESS}/32`, "dev", "lo"], { stdio: "ignore" });
  });

  it("shows an administrator the page, and keeps it live through the path of ingress", async () => {
    login("ada");
    const { page, complaints, sockets } = await open();
    await page.getByRole("heading", { level: 1 }).waitFor({ timeout: 60_000 });
    await eventually(() => sockets.length, "messages over the WebSocket").toBeGreaterThan(0);
    expect(sockets[0]).toMatch(/\/api\/hassio_ingress\/\w+\/ws\/sensors$/);
    expect(((await (await ask("api/home")).json()) as HomeDto).role).toBe("admin");
    // The first plan may still be on its way.
    expect(complaints.filter((one) => !one.includes("503"))).toEqual([]);
    await page.close();
  });

  it("leads from page to page by addresses of ingress", async () => {
    login("ada");
    const { next } = (await (await ask("api/sensors?page_size=1")).json()) as Page<SensorDto>;
    expect(next).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/hassio_ingress\/\w+\/api\/sensors\?page_size=1&page=2$/);
    expect((await fetch(next ?? "")).status).toBe(200);
  });

  it("takes an administrator's answers on the set-up page, and notes who gave them", async () => {
    login("ada");
    const { page } = await open("#setup");
    await page
      .getByRole("region", { name: /Comfort/ })
      .getByRole("button", { name: "Yes, that is right" })
      .click();
    await eventually(async () => ((await (await ask("api/setup")).json()) as SetupDto).answered.comfort).not.toBeNull();
    await page.close();
    const { results } = (await (await ask("api/audit-log")).json()) as Page<AuditEntryDto>;
    expect(results.find(({ target }) => target === "/api/setup/comfort")).toMatchObject({
      who: users.ada,
      role: "admin",
      outcome: "done",
    });
  });

  it("lets another user of Home Assistant look, and change nothing", async () => {
    login("vera");
    const { page } = await open("#setup");
    await page.getByText("Only an administrator of Home Assistant can answer these.").waitFor({ timeout: 30_000 });
    expect(await page.getByRole("button", { name: /Yes, that is right|Save/ }).count()).toBe(0);
    await page.close();
    expect((await patch("api/setup/mode", { mode: "auto" })).status).toBe(403);
    expect((await ask("api/audit-log")).status).toBe(403);
    expect((await ask("api/home")).status).toBe(200);
    login("ada");
    const made = await ask("api/preferences", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ roles: { [users.vera]: "operator" } }),
    });
    expect(made.status).toBe(200);
    login("vera");
    expect(((await (await ask("api/home")).json()) as HomeDto).role).toBe("operator");
    expect((await patch("api/setup/mode", { mode: "auto" })).status).toBe(403);
  });

  it("tells nobody anything who is not said to be somebody, whatever they claim", async () => {
    login(null);
    const claim = { "x-remote-user-id": users.ada };
    expect((await ask("api/home", { headers: claim })).status).toBe(401);
    const direct = await fetch(`http://127.0.0.1:${engine.port}/api/home`, { headers: claim });
    expect(direct.status).toBe(403);
    expect((await fetch(`http://127.0.0.1:${engine.port}/live`)).status).toBe(200);
    const refused = new WebSocket(`${supervisor.ingressUrl.replace("http", "ws")}ws/sensors`, { headers: claim });
    const outcome = await new Promise<string>((resolve) => {
      refused.on("open", () => resolve("open"));
      refused.on("error", (error) => resolve(error.message));
    });
    expect(outcome).not.toBe("open");
    refused.terminate();
  });
});
