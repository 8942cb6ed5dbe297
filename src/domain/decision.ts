/** What HyperVolt can ask of a device. `level` is a light's brightness, 0..100 %. */
export type DeviceAction =
  Readonly<{ kind: "turn_on" }> | Readonly<{ kind: "turn_off" }> | Readonly<{ kind: "set_brightness"; level: number }>;

export type DecisionStatus =
  /** Decided in advise mode, or recorded for the user: nothing was sent. */
  | "advised"
  /** On its way to Home Assistant. */
  | "sent"
  /** The entity's state shows it. */
  | "confirmed"
  /** Given up after retries, or refused. */
  | "failed"
  /** Not carried out, and why: a person's change, a limit, quiet hours, stale data. */
  | "withheld";

/** One decision about one device, as it is explained, logged and shown. */
export type Decision = Readonly<{
  decisionId: string;
  atMs: number;
  /** Our name of the device: its entity id, or the plan's load or battery id. */
  deviceId: string;
  entityId: string | null;
  action: DeviceAction;
  /** In words a user understands. */
  reason: string;
  /** The best alternative, in words, where there is one. */
  alternative: string | null;
  /** What was known when it was decided; small, JSON. */
  inputs: Readonly<Record<string, number | string | boolean | null>>;
  status: DecisionStatus;
  /** Why it failed or was withheld. */
  statusDetail: string | null;
  /** Home Assistant's context id of the call, once known. */
  contextId: string | null;
}>;
