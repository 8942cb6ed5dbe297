import type { SetupViews } from "../serving/views.ts";
import type { EngineParts } from "./engine.ts";
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
