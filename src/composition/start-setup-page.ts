import type { SetupViews } from "../serving/views.ts";
import type { EngineParts } from "./engine.ts";
import type { Proposal } from "../home-assistant/onboarding.ts";
import type { SetupAnswers } from "./setup/setup-answers.ts";
import { setupViews } from "./setup/setup-views.ts";

/** The set-up page of this engine: an answer holds at once, and what depends on it follows without a restart. */
export function startSetupPage(
  parts: EngineParts &
    Readonly<{
      replan: (why: string) => void;
    }>,
): SetupViews {
  const { memory, around, sensors, home, context, input } = parts;
  return setupViews({
    given: parts.given,
    setup: parts.setup,
    preferences: memory.preferences,
    homeAssistant: around.homeAssistant,
    proposal: sensors.look.proposal,
    sensors: sensors.sensors,
    devices: home.devices,
    allowed: home.allowed,
    learned: parts.setup.learned,
    currency: () => around.site().currency,
    demo: input.demo !== undefined,
    entityIdOf: sensors.look.entityIdOf,
    priceNow: (direction) => context.now(`${direction}_price`),
    async onAnswered(question) {
      if (question === "tariff") {
        context.forget(["import_price", "export_price"]);
        await context.refresh();
      }
      parts.replan(`the set-up page: ${question}`);
    },
  });
}

/** What the first look says, without what a person has settled on the set-up page. */
export const openIssues = (proposal: Proposal | null, answers: SetupAnswers): readonly string[] =>
  (proposal?.issues ?? []).filter((issue) => !answers.tariff || !proposal?.tariffIssues.includes(issue));
