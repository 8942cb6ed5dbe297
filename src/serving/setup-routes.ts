import type { z } from "zod";
import { EmptyBody } from "./request-schemas.ts";
import { route, type Route } from "./route.ts";
import { SetupShown } from "./setup-answers.ts";
import type { SetupQuestion } from "./setup-messages.ts";
import { ComfortAnswer, DevicesAnswer, ModeAnswer, TariffAnswer, WiringAnswer } from "./setup-schemas.ts";
import type { SetupAnswer } from "./views.ts";

const question = <B extends z.ZodType>(
  name: SetupQuestion,
  summary: string,
  body: B,
  asAnswer: (body: z.output<B>) => SetupAnswer,
): Route =>
  route({
    method: "patch",
    path: `/api/setup/${name}`,
    role: "admin",
    summary,
    body,
    answer: SetupShown,
    errors: ["CONFLICT"],
    handle: ({ body: said, caller }, { views }) => views.setup.answer(asAnswer(said), caller.user ?? "unknown"),
  });

/** /api/setup: five questions, one page. Answers take effect at once; what is left out stays. */
export const setupRoutes = (): Route[] => [
  route({
    method: "get",
    path: "/api/setup",
    role: "viewer",
    summary: "What was found in this home, the five questions with what holds, and who said so",
    answer: SetupShown,
    handle: (_, { views }) => views.setup.now(),
  }),
  question("wiring", "Which meter is what, and the switches of a transfer switch", WiringAnswer, (answer) => ({
    question: "wiring",
    answer,
  })),
  question(
    "tariff",
    "The prices that were found, with what comes on top, or prices of one's own",
    TariffAnswer,
    (answer) => ({
      question: "tariff",
      answer,
    }),
  ),
  question("devices", "What may be acted on, and the runs that may be moved", DevicesAnswer, (answer) => ({
    question: "devices",
    answer,
  })),
  question("comfort", "Light, quiet hours, hands off, main fuse", ComfortAnswer, (answer) => ({
    question: "comfort",
    answer,
  })),
  question("mode", "Who decides", ModeAnswer, (answer) => ({ question: "mode", answer })),
  route({
    method: "post",
    path: "/api/setup/undo",
    role: "admin",
    summary: "Take the last answer back",
    body: EmptyBody,
    answer: SetupShown,
    errors: ["CONFLICT"],
    handle: (_, { views }) => views.setup.undo(),
  }),
];
