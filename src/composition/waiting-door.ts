import { tmpdir } from "node:os";
import { HyperVoltError } from "../domain/errors.ts";
import type { DependencyState } from "../domain/log.ts";
import type { Options } from "../options/options.ts";
import { type Access, SUPERVISOR_ADDRESS } from "../serving/access.ts";
import { createAuditLog } from "../serving/audit-log.ts";
import { createMetrics } from "../serving/metrics.ts";
import { createServer } from "../serving/server.ts";
import type { Views } from "../serving/views.ts";
import type { StartInput } from "./start-input.ts";
import { tokenAccess } from "./token-access.ts";

/**
 * Serves before there is anything to serve: the process lives, is not ready, and `/health` says what it waits for. All
 * else is answered with 503 NOT_READY.
 */
export async function openWaitingDoor(
  options: Options,
  input: StartInput,
  missing: () => DependencyState,
): Promise<AsyncDisposable> {
  const { clock, log, port, host, version } = input;
  await using opened = new AsyncDisposableStack();
  const metrics = opened.adopt(createMetrics(), (one) => one.close());
  const audit = opened.adopt(createAuditLog({ folder: input.dataFolder ?? tmpdir(), clock, log }), (one) =>
    one.close(),
  );
  // Who is who is not known yet; nothing but the state of the history can be read.
  const access: Access =
    input.supervisorToken === null
      ? await tokenAccess(options, input)
      : { kind: "ingress", supervisorAddress: SUPERVISOR_ADDRESS, roleOf: async () => "viewer" };
  const views = viewsOf(missing);
  opened.use(await createServer({ port, host, views, access, clock, log, metrics, audit, version, cardFolder: null }));
  return opened.move();
}

function viewsOf(missing: () => DependencyState): Views {
  const notYet = new Proxy(() => undefined, {
    apply: () => {
      throw new HyperVoltError("NOT_READY", "Starting; /health says what is missing");
    },
  });
  const nothing = new Proxy({}, { get: () => notYet });
  const known: Partial<Views> = {
    status: { ready: () => false, dependencies: () => [missing()], alerts: () => Promise.resolve([]) },
  };
  return new Proxy(known, {
    get: (views, name) => Reflect.get(views, name) ?? nothing,
  }) as Views;
}
