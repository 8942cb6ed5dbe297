import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import type { Notice } from "../home-assistant/notices.ts";

/** What only a person can put right: told as notifications of Home Assistant, each by an id that stays. */
export function mustDo(
  parts: Readonly<{
    homeAssistant: Pick<HomeAssistant, "connected" | "entity">;
    allowed: readonly string[];
    /** What is waiting for a person's yes: device name and reason. */
    asks: readonly Readonly<{ deviceId: string; name: string; reason: string }>[];
  }>,
): readonly Notice[] {
  const { homeAssistant } = parts;
  const gone = parts.allowed.filter((entityId) => homeAssistant.connected() && !homeAssistant.entity(entityId));
  return [
    ...gone.map((entityId) => ({
      id: `gone_${entityId.replace(".", "_")}`,
      title: "HyperVolt misses an entity",
      message: `${entityId} may be acted on but is no longer there. Allow its successor on HyperVolt's page, or take it out of the options.`,
    })),
    ...parts.asks.map(({ deviceId, name, reason }) => ({
      id: `ask_${deviceId}`,
      title: `Run ${name} now?`,
      message: `${reason} Open HyperVolt's page and choose Run now, or leave it: nothing is started without your yes.`,
    })),
  ];
}
