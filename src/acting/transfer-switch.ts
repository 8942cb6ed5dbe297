import { MS_PER_SECOND } from "../domain/units.ts";

/** Switches of which at most one may be closed: one per source of the home, or of a circuit. */
export type Interlock = Readonly<{
  interlockId: string;
  /** Device ids. */
  members: readonly string[];
  /** The member that is closed when everything else fails; the grid's, as a rule. */
  fallback: string;
  /** How long all must have been seen open before one closes, ms. */
  openMs?: number;
}>;

const OPEN_MS = 2 * MS_PER_SECOND;

/** A member as its entity shows it. `unknown`: it cannot be seen, so it may be closed. */
export type Contact = "open" | "closed" | "unknown";

export type TransferStep =
  | Readonly<{ kind: "done" }>
  | Readonly<{ kind: "open"; deviceIds: readonly string[] }>
  | Readonly<{ kind: "wait"; untilMs: number }>
  | Readonly<{ kind: "close"; deviceId: string }>
  /** These cannot be seen: they may be closed. */
  | Readonly<{ kind: "blocked"; unseen: readonly string[] }>;

/**
 * The next step towards having one source closed: break before make. Never closes a source while another is closed,
 * may be closed, or opened a moment ago.
 * @param contacts    by device id
 * @param lastOpenMs  when the last member was seen to open, UTC epoch ms
 */
export function nextTransferStep(
  interlock: Interlock,
  wanted: string,
  contacts: ReadonlyMap<string, Contact>,
  lastOpenMs: number,
  nowMs: number,
): TransferStep {
  const others = interlock.members.filter((member) => member !== wanted);
  const closed = others.filter((member) => contacts.get(member) === "closed");
  // Nothing is opened for a source that may not close.
  if (closed.length > 0 && contacts.get(wanted) !== "open" && contacts.get(wanted) !== "closed")
    return { kind: "blocked", unseen: [wanted] };
  if (closed.length > 0) return { kind: "open", deviceIds: closed };
  const unseen = others.filter((member) => contacts.get(member) !== "open");
  const own = contacts.get(wanted);
  if (own === "closed") return { kind: "done" };
  if (unseen.length > 0) return { kind: "blocked", unseen };
  if (own !== "open") return { kind: "blocked", unseen: [wanted] };
  const readyMs = lastOpenMs + (interlock.openMs ?? OPEN_MS);
  return nowMs < readyMs ? { kind: "wait", untilMs: readyMs } : { kind: "close", deviceId: wanted };
}

/** Whether closing a member now would close two: asked again right before every command, whoever wants it. */
export function wouldCloseTwo(
  interlocks: readonly Interlock[],
  deviceId: string,
  contactOf: (deviceId: string) => Contact,
): boolean {
  return interlocks.some(
    ({ members }) =>
      members.includes(deviceId) && members.some((member) => member !== deviceId && contactOf(member) !== "open"),
  );
}

/**
 * Of several closed members all but one must open: what was closed last is what somebody wants; else the fallback stays.
 * @param closedAtMs  when a closed member was seen to close; null: it is not closed
 * @returns the members to open; empty while at most one is closed
 */
export function tooManyClosed(
  { members, fallback }: Interlock,
  closedAtMs: (deviceId: string) => number | null,
): Readonly<{ keep: string | null; open: readonly string[] }> {
  const closed = members.flatMap((deviceId) => {
    const atMs = closedAtMs(deviceId);
    return atMs === null ? [] : [{ deviceId, atMs }];
  });
  if (closed.length < 2) return { keep: closed[0]?.deviceId ?? null, open: [] };
  const lastMs = Math.max(...closed.map(({ atMs }) => atMs));
  const last = closed.filter(({ atMs }) => atMs === lastMs).map(({ deviceId }) => deviceId);
  const keep = last.length === 1 || !last.includes(fallback) ? (last[0] ?? fallback) : fallback;
  return { keep, open: closed.map(({ deviceId }) => deviceId).filter((deviceId) => deviceId !== keep) };
}
