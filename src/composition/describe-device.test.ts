import { expect, it } from "vitest";
import type { DeviceFacts } from "../home-assistant/hypervolt-device.ts";
import type { SelfInfo } from "../supervisor/supervisor.ts";
import { describeDevice } from "./describe-device.ts";

const APP: SelfInfo = {
  slug: "a0b1c2d3_hypervolt",
  version: "1.0.0",
  ingressUrl: "/api/hassio_ingress/token/",
  ingressPort: 8099,
  ipAddress: "172.30.33.4",
};

/** What becomes of the device at each connection. */
function describing(self: (() => Promise<SelfInfo>) | null) {
  const said: Partial<DeviceFacts>[] = [];
  const facts = { currency: "EUR", language: "en" };
  let connect: () => void | Promise<void> = () => undefined;
  describeDevice({
    homeAssistant: {
      onConnect: (run) => {
        connect = run;
        return { stop: () => undefined };
      },
    },
    self,
    site: () => facts,
    out: { describe: (more) => void said.push(more) },
  });
  return { said, facts, connected: async () => connect() };
}

it("speaks the home's language once Home Assistant tells it, and at each connection anew", async () => {
  const { said, facts, connected } = describing(null);
  await connected();
  facts.language = "de";
  facts.currency = "CHF";
  await connected();
  expect(said).toEqual([
    { currency: "EUR", language: "en" },
    { currency: "CHF", language: "de" },
  ]);
});

it("leads to the app's page as soon as the Supervisor says what the app is called, and asks it once", async () => {
  let [asked, answers] = [0, false];
  const { said, connected } = describing(async () => {
    asked++;
    if (!answers) throw new Error("the Supervisor does not answer");
    return APP;
  });
  await connected();
  expect(said.some(({ configurationUrl }) => configurationUrl !== undefined)).toBe(false);
  answers = true;
  await connected();
  await connected();
  expect(said.filter(({ configurationUrl }) => configurationUrl !== undefined)).toEqual([
    { configurationUrl: "homeassistant://app/a0b1c2d3_hypervolt" },
  ]);
  expect(asked).toBe(2);
});

it("leads nowhere where the app has no page", async () => {
  const { said, connected } = describing(async () => ({ ...APP, ingressUrl: "" }));
  await connected();
  expect(said).toEqual([{ currency: "EUR", language: "en" }]);
});
