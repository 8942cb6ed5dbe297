import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import { noticeWords } from "./notice-words.ts";
import type { UnusedSwitches } from "./unused-switches.ts";
import type { Notice } from "../home-assistant/notices.ts";

/** What only a person can put right: told as notifications of Home Assistant, each by an id that stays. */
export function mustDo(
  parts: Readonly<{
    homeAssistant: Pick<HomeAssistant, "connected" | "entity">;
    allowed: readonly string[];
    /** What is waiting for a person's yes: device name and reason. */
    asks: readonly Readonly<{ deviceId: string; name: string; reason: string }>[];
    /** What is named to be steered and is not. */
    unused: readonly UnusedSwitches[];
    /** Home Assistant's. */
    language: string;
  }>,
): readonly Notice[] {
  const { homeAssistant } = parts;
  const words = noticeWords(parts.language);
  const gone = parts.allowed.filter((entityId) => homeAssistant.connected() && !homeAssistant.entity(entityId));
  return [
    ...gone.map((entityId) => ({
      id: `gone_${entityId.replace(".", "_")}`,
      title: words.goneTitle,
      message: words.gone(entityId),
    })),
    ...parts.asks.map(({ deviceId, name, reason }) => ({
      id: `ask_${deviceId}`,
      title: words.askTitle(name),
      message: `${reason} ${words.ask}`,
    })),
    ...parts.unused.map(({ battery, entityIds, why }) => ({
      id: `unused_${why}_${battery ?? "sources"}`,
      title: words.unusedTitle(battery),
      message: words.unused[why](entityIds.join(", ")),
    })),
  ];
}
