import path from "node:path";
import { type Clock, every } from "../domain/clock.ts";
import type { Log } from "../domain/log.ts";
import { MS_PER_MINUTE } from "../domain/units.ts";
import { type CardOutcome, installCard, removeCard } from "../home-assistant/card-install.ts";
import type { HomeAssistant } from "../home-assistant/home-assistant.ts";
import { createNotices, type Notice } from "../home-assistant/notices.ts";

const CARD_FOLDER = path.resolve(import.meta.dirname, "../../card/dist");
/** Where the Supervisor maps Home Assistant's folder. */
const HOME_ASSISTANT_FOLDER = "/homeassistant";
const SHOW_MS = 5 * MS_PER_MINUTE;

/**
 * What Home Assistant shows to a person: the card is put in place, and what only a person can put right becomes a
 * notification, nothing else.
 * @param wanted    the user wants the card installed
 * @param problems  what a person must do, in words
 */
export function startHomeNotices(
  parts: Readonly<{
    homeAssistant: HomeAssistant;
    clock: Clock;
    log: Log;
    version: string;
    wanted: boolean;
    problems: () => readonly Notice[];
  }>,
): Disposable {
  const { homeAssistant, log } = parts;
  const notices = createNotices(homeAssistant, log);
  let card: readonly Notice[] = [];
  const show = async (): Promise<void> => notices.show([...card, ...parts.problems()]);
  const place = async (): Promise<void> => {
    try {
      if (parts.wanted)
        card = noticeOf(
          await installCard(homeAssistant.ask, {
            configFolder: HOME_ASSISTANT_FOLDER,
            cardFolder: CARD_FOLDER,
            version: parts.version,
          }),
          log,
        );
      else await removeCard(homeAssistant.ask, HOME_ASSISTANT_FOLDER);
    } catch (error) {
      log.warning("The card could not be put in place", { error: String(error) });
    }
    await show();
  };
  homeAssistant.onConnect(place);
  const showing = every(parts.clock, SHOW_MS, show);
  return { [Symbol.dispose]: () => showing.cancel() };
}

function noticeOf(outcome: CardOutcome, log: Log): readonly Notice[] {
  switch (outcome.kind) {
    case "installed":
      return [];
    case "restart_needed":
      return [
        {
          id: "card_restart",
          title: "HyperVolt's card",
          message: "The dashboard card is in place. Restart Home Assistant once, so that it serves its new www folder.",
        },
      ];
    case "by_hand":
      return [
        {
          id: "card_yaml",
          title: "HyperVolt's card",
          message: `Your dashboards are in YAML. Add this to configuration.yaml:\n\n\`\`\`yaml\n${outcome.lines}\`\`\``,
        },
      ];
    case "no_folder":
      log.info("The card was not put in place", { why: outcome.what });
      return [];
  }
}
