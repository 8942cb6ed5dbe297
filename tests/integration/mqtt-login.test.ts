import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/commands/system-clock.ts";
import { connectBroker, type MqttBroker, type MqttBrokerOptions } from "../../src/sensing/mqtt-broker.ts";
import { type Certificates, makeCertificates, opensslPath } from "../harness/certificates.ts";
import { isThere, programPath, run } from "../harness/local-service.ts";
import { type Mosquitto, mosquittoIsThere, startMosquitto } from "../harness/mosquitto.ts";

const quiet = (): void => undefined;
const LOG = { debug: quiet, info: quiet, warning: quiet, error: quiet };
const SLOW_MS = 60_000;
const passwords = programPath("mosquitto_passwd");
const usable = mosquittoIsThere() && isThere("openssl", opensslPath()) && isThere("mosquitto_passwd", passwords);

function connect(options: Pick<MqttBrokerOptions, "url"> & Partial<MqttBrokerOptions>): MqttBroker {
  const broker = connectBroker({
    clientId: "hypervolt-login",
    clock: systemClock,
    log: LOG,
    sessionExpiryS: 0,
    ...options,
  });
  onTestFinished(() => broker.close());
  return broker;
}
const stateOf = (broker: MqttBroker) => expect.poll(() => broker.state(), { timeout: SLOW_MS });

describe.skipIf(!usable)("who is let in at a real broker, and what is said where not", () => {
  let folder: string;
  let certificates: Certificates;
  let other: Certificates;
  let mosquitto: Mosquitto;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "mqtt-login-"));
    certificates = makeCertificates(folder, "home", "localhost");
    other = makeCertificates(folder, "other", "localhost");
    const file = path.join(folder, "passwords");
    run(passwords ?? "", "-b", "-c", file, "hypervolt", "right");
    // The broker gives its rights away before it reads them.
    for (const one of [folder, file, certificates.key]) chmodSync(one, 0o755);
    mosquitto = await startMosquitto(undefined, [
      "allow_anonymous false",
      `password_file ${file}`,
      `certfile ${certificates.certificate}`,
      `keyfile ${certificates.key}`,
    ]);
  });
  afterAll(async () => {
    await mosquitto?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const login = { username: "hypervolt", password: "right" };
  const url = (host: string): string => `mqtts://${host}:${mosquitto.port}`;

  it("speaks TLS with a broker that an authority of the home vouches for", async () => {
    const broker = connect({ url: url("localhost"), ...login, caFile: certificates.ca });
    await stateOf(broker).toMatchObject({ state: "ok" });
    const seen: string[] = [];
    broker.subscribe("room/#", 1, ({ payload, acknowledge }) => {
      seen.push(Buffer.from(payload).toString());
      acknowledge();
    });
    await broker.publish("room/lamp", "on", { qos: 1 });
    await expect.poll(() => seen, { timeout: SLOW_MS }).toEqual(["on"]);
  });

  it.each([
    ["nobody vouches for", "localhost", undefined, /self.signed|unable to/i, /mqtt_ca_file/],
    ["another authority vouches for", "localhost", "other", /self.signed|unable to/i, /mqtt_ca_file/],
    ["has a certificate for another name", "127.0.0.1", "home", /altnames/i, /another name/],
    ["is asked with a certificate file that is not there", "localhost", "missing", /cannot be read/, /mqtt_ca_file/],
  ])("refuses a broker that %s, and says what to do", async (_what, host, authority, why, todo) => {
    const caFile = authority === "home" ? certificates.ca : authority === "other" ? other.ca : `${folder}/missing.pem`;
    const broker = connect({ url: url(host), ...login, ...(authority !== undefined && { caFile }) });
    await stateOf(broker).toMatchObject({
      state: "down",
      detail: expect.stringMatching(why),
      todo: expect.stringMatching(todo),
    });
  });

  it.each([
    ["a wrong password", { username: "hypervolt", password: "wrong" }],
    ["a name nobody has", { username: "nobody", password: "right" }],
    ["no name at all", {}],
  ])("says that the broker refuses %s, and keeps asking", async (_what, given) => {
    const broker = connect({ url: url("localhost"), ...given, caFile: certificates.ca });
    await stateOf(broker).toMatchObject({
      state: "down",
      detail: expect.stringContaining("refuses our user name or password"),
      todo: expect.stringContaining("user name and password"),
    });
    await expect(broker.publish("x", "y")).rejects.toMatchObject({ code: "BROKER_UNAVAILABLE" });
  });

  it("says so where TLS is asked of a port that does not speak it", async () => {
    const plain = await startMosquitto();
    onTestFinished(() => plain.stop());
    const broker = connect({ url: `mqtts://127.0.0.1:${plain.port}` });
    await stateOf(broker).toMatchObject({
      state: "down",
      todo: expect.stringMatching(/does not speak TLS|broker runs/),
    });
  });
});
