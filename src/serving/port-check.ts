import { once } from "node:events";
import { createServer } from "node:net";
import { HyperVoltError } from "../domain/errors.ts";

/**
 * Whether the port can be listened on, asked before anything else is opened: a second engine must not take the first
 * one's place at the broker only to find that it cannot serve.
 * @throws HyperVoltError PORT_TAKEN
 */
export async function checkPort(port: number, host?: string): Promise<void> {
  if (port === 0) return;
  const probe = createServer().listen(port, host);
  try {
    await once(probe, "listening");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new HyperVoltError("PORT_TAKEN", `port ${port} cannot be listened on: ${why}`, { cause: error });
  }
  probe.close();
  await once(probe, "close");
}
