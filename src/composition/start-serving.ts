import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { MS_PER_MINUTE } from "../domain/units.ts";
import type { Options } from "../options/options.ts";
import { type Access, SUPERVISOR_ADDRESS } from "../serving/access.ts";
import { createAuditLog } from "../serving/audit-log.ts";
import { createMetrics, type Metrics } from "../serving/metrics.ts";
import { createServer, type HyperVoltServer } from "../serving/server.ts";
import type { Views } from "../serving/views.ts";
import type { HomeSurroundings } from "./connect-surroundings.ts";
import type { HomeMemory } from "./open-memory.ts";
import type { StartInput } from "./start-input.ts";
import { tokenAccess } from "./token-access.ts";

const CARD_FOLDER = path.resolve(import.meta.dirname, "../../card/dist");
const Users = z.array(
  z.looseObject({
    id: z.string(),
    is_owner: z.boolean().optional(),
    is_active: z.boolean().optional(),
    group_ids: z.array(z.string()).optional(),
  }),
);

export type HomeServer = AsyncDisposable &
  Readonly<{ server: HyperVoltServer; metrics: Metrics; access: Access["kind"] }>;

/** The page, REST and WebSocket, with whoever may use them. */
export async function startServing(
  options: Options,
  input: StartInput,
  memory: HomeMemory,
  around: HomeSurroundings,
  views: Views,
): Promise<HomeServer> {
  const { clock, log } = input;
  await using opened = new AsyncDisposableStack();
  const metrics = opened.adopt(createMetrics(), (one) => one.close());
  const audit = opened.adopt(
    createAuditLog({ folder: input.dataFolder ?? path.join(tmpdir(), `hypervolt-demo-${process.pid}`), clock, log }),
    (one) => one.close(),
  );
  const access = await accessOf(options, input, memory, around);
  const server = opened.adopt(
    await createServer({
      port: input.port,
      host: input.host,
      views,
      access,
      clock,
      log,
      metrics,
      audit,
      version: input.version,
      cardFolder: existsSync(CARD_FOLDER) ? CARD_FOLDER : null,
      metricsOpen: options.open_metrics,
    }),
    (one) => one.close(),
  );
  const closing = opened.move();
  return { server, metrics, access: access.kind, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

async function accessOf(
  options: Options,
  input: StartInput,
  memory: HomeMemory,
  { homeAssistant }: HomeSurroundings,
): Promise<Access> {
  if (input.demo) return { kind: "open" };
  if (input.supervisorToken !== null)
    return { kind: "ingress", supervisorAddress: SUPERVISOR_ADDRESS, roleOf: rolesOf(input, memory, homeAssistant) };
  return tokenAccess(options, input);
}

/** Home Assistant's administrators are ours; others as the preferences say, a known user at least a viewer. */
function rolesOf(input: StartInput, memory: HomeMemory, homeAssistant: HomeSurroundings["homeAssistant"]) {
  let known: z.infer<typeof Users> = [];
  let readMs = Number.NEGATIVE_INFINITY;
  return async (userId: string): Promise<"admin" | "operator" | "viewer" | null> => {
    const nowMs = input.clock.nowMs();
    if (
      nowMs - readMs > 5 * MS_PER_MINUTE ||
      (!known.some(({ id }) => id === userId) && nowMs - readMs > MS_PER_MINUTE / 6)
    ) {
      const parsed = Users.safeParse(await homeAssistant.ask({ type: "config/auth/list" }).catch(() => undefined));
      if (parsed.success) known = parsed.data;
      readMs = nowMs;
    }
    const user = known.find(({ id }) => id === userId);
    if (!user || user.is_active === false) return null;
    if (user.is_owner === true || user.group_ids?.includes("system-admin")) return "admin";
    return memory.preferences.current().roles[userId] ?? "viewer";
  };
}
