import * as z from "zod";
import type { Broker } from "../domain/broker.ts";
import { Zone } from "../domain/civil-time.ts";
import type { DependencyState } from "../domain/log.ts";
import { MS_PER_SECOND } from "../domain/units.ts";
import { CORE_CONFIG_EVENT } from "../home-assistant/core-config.ts";
import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import { AVAILABILITY_TOPIC } from "../home-assistant/hypervolt-device.ts";
import { openWebsocketSession } from "../home-assistant/websocket-session.ts";
import type { Options } from "../options/options.ts";
import { connectBroker } from "../sensing/mqtt-broker.ts";
import { connectSupervisor, type Supervisor } from "../supervisor/supervisor.ts";
import { brokerToCome } from "./broker-to-come.ts";
import type { HomeMemory } from "./open-memory.ts";
import type { StartInput } from "./start-input.ts";

/** Where the home is and how it speaks; kept from the last run while Home Assistant does not answer. */
const SiteFacts = z.object({
  name: z.string(),
  timezone: z.string(),
  currency: z.string(),
  language: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});
export type SiteFacts = Readonly<z.infer<typeof SiteFacts>>;

const FIRST_ANSWER_MS = 4 * MS_PER_SECOND;

export type HomeSurroundings = AsyncDisposable &
  Readonly<{
    homeAssistant: HomeAssistant;
    broker: Broker;
    supervisor: Supervisor | null;
    zone: Zone;
    site: () => SiteFacts;
    dependencies: () => readonly DependencyState[];
  }>;

/** Connects to Home Assistant and the broker, or keeps trying in the background; never fails because one is away. */
export async function connectSurroundings(
  options: Options,
  input: StartInput,
  memory: HomeMemory,
): Promise<HomeSurroundings> {
  const { wireClock, log } = input;
  await using opened = new AsyncDisposableStack();
  const supervisor =
    input.supervisorToken === null ? null : connectSupervisor(input.supervisorToken, input.supervisorUrl);
  const way =
    options.home_assistant_url !== ""
      ? { url: options.home_assistant_url, token: options.home_assistant_token }
      : supervisor?.homeAssistant;
  const homeAssistant = opened.adopt(
    openWebsocketSession({ url: way?.url ?? "", token: way?.token ?? "", clock: wireClock, log }),
    (session) => session.close(),
  );
  const broker = opened.adopt(await findBroker(options, supervisor, input), (one) => one.close());

  const site = await firstFacts(options, homeAssistant, input, memory);
  let facts = site;
  const learn = async (): Promise<void> => {
    const before = facts;
    facts = merged(options, homeAssistant, facts);
    if (facts.timezone !== before.timezone && facts.timezone !== site.timezone)
      log.warning("The time zone has changed; it holds from the next start", {
        from: site.timezone,
        to: facts.timezone,
      });
    await memory.history.setPreferences({ site: facts }).catch(() => undefined);
  };
  homeAssistant.onConnect(learn);
  homeAssistant.onEvent(CORE_CONFIG_EVENT, () => void learn());
  const closing = opened.move();
  return {
    homeAssistant,
    broker,
    supervisor,
    zone: new Zone(site.timezone),
    site: () => facts,
    dependencies: () => [broker.state(), homeAssistant.state(), memory.window.state(), memory.history.state()],
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function findBroker(
  options: Options,
  supervisor: Supervisor | null,
  { wireClock, log, dataFolder }: StartInput,
): Promise<Broker> {
  const connect = (url: string, username: string, password: string): Broker =>
    connectBroker({
      url,
      username,
      password,
      clientId: "hypervolt",
      caFile: options.mqtt_ca_file || undefined,
      will: { topic: AVAILABILITY_TOPIC, payload: "offline" },
      clock: wireClock,
      log,
      sessionExpiryS: dataFolder === null ? 0 : 24 * 3_600,
    });
  if (options.mqtt_url !== "") return connect(options.mqtt_url, options.mqtt_username, options.mqtt_password);
  return brokerToCome(
    async () => {
      const found = (await supervisor?.broker()) ?? null;
      if (found === null) return null;
      const { url, username, password } = found;
      return { key: JSON.stringify(found), connect: () => connect(url, username, password) };
    },
    supervisor !== null,
    wireClock,
  );
}

async function firstFacts(
  options: Options,
  homeAssistant: HomeAssistant,
  input: StartInput,
  memory: HomeMemory,
): Promise<SiteFacts> {
  await new Promise<void>((resolve) => {
    const giveUp = setTimeout(resolve, FIRST_ANSWER_MS);
    homeAssistant.onConnect(() => {
      clearTimeout(giveUp);
      resolve();
    });
    if (options.home_assistant_url === "" && input.supervisorToken === null) {
      clearTimeout(giveUp);
      resolve();
    }
  });
  const stored = SiteFacts.safeParse(await memory.history.preference("site").catch(() => undefined));
  const fallback: SiteFacts = {
    name: "Home",
    timezone: input.machineTimezone,
    currency: "EUR",
    language: "en",
    latitude: null,
    longitude: null,
  };
  const facts = merged(options, homeAssistant, stored.success ? stored.data : fallback);
  try {
    new Zone(facts.timezone);
    return facts;
  } catch {
    input.log.error("There is no such time zone; UTC is used", { timezone: facts.timezone });
    return { ...facts, timezone: "UTC" };
  }
}

/** The options first, then Home Assistant, then what was known before. */
function merged(options: Options, homeAssistant: HomeAssistant, before: SiteFacts): SiteFacts {
  const config = homeAssistant.config();
  return {
    name: config?.locationName ?? before.name,
    timezone: options.timezone || config?.timezone || before.timezone,
    currency: options.currency || config?.currency || before.currency,
    language: config?.language ?? before.language,
    latitude: options.latitude ?? config?.latitude ?? before.latitude,
    longitude: options.longitude ?? config?.longitude ?? before.longitude,
  };
}
