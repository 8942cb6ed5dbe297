import type { Decision } from "../domain/decision.ts";
import type { ActingMemory } from "./acting-memory.ts";
import type { DeviceView } from "./device-view.ts";
import { fulfils } from "./setting.ts";

/**
 * Commands that an earlier run had sent and had not seen done: judged by how the device stands, never repeated blindly.
 * @param parts.isInFlight  this run has sent a newer one
 * @param tell              what became of each
 */
export function settleInterrupted(
  {
    memory,
    view,
    isInFlight,
  }: Readonly<{ memory: ActingMemory; view: DeviceView; isInFlight: (id: string) => boolean }>,
  tell: (decision: Decision) => void,
): void {
  for (const [deviceId, command] of memory.commands) {
    if (command.outcome !== "in_flight" || isInFlight(deviceId)) continue;
    const setting = view.setting(deviceId);
    const done = setting !== undefined && fulfils(setting, command.action);
    // That we ended is no failure of the device.
    const decision: Decision = {
      ...command.decision,
      status: done ? "confirmed" : "withheld",
      statusDetail: done ? null : "HyperVolt ended before it was confirmed; not repeated blindly",
    };
    memory.commands.set(deviceId, { ...command, decision, outcome: done ? "confirmed" : "overruled" });
    tell(decision);
  }
}
