import type { Clock } from "../domain/clock.ts";
import type { DependencyState } from "../domain/log.ts";

/** Everything HyperVolt depends on, as `/health` shows it: what tells its own state, and what is told about. */
export interface Dependencies {
  /** A part that knows its own state. */
  add(state: () => DependencyState): void;
  /** A part others tell about; `since` moves when the state does, not when only the detail changes. */
  report(name: string, state: DependencyState["state"], detail?: string | null, todo?: string | null): void;
  /** In the order they were named first. */
  list(): readonly DependencyState[];
  /** Called when a part's state is another than it was at the last `list` or `report`. */
  onChange(tell: (now: DependencyState, before: DependencyState["state"] | null) => void): void;
}

export function createDependencies(clock: Clock): Dependencies {
  const sources: (() => DependencyState)[] = [];
  const reported = new Map<string, DependencyState>();
  const seen = new Map<string, DependencyState["state"]>();
  const listeners: ((now: DependencyState, before: DependencyState["state"] | null) => void)[] = [];

  const notice = (now: DependencyState): DependencyState => {
    const before = seen.get(now.name) ?? null;
    seen.set(now.name, now.state);
    if (before !== now.state) for (const tell of listeners) tell(now, before);
    return now;
  };
  return {
    add: (state) => void sources.push(state),
    report: (name, state, detail = null, todo = null) => {
      const before = reported.get(name);
      if (before === undefined) sources.push(() => reported.get(name) ?? unknown(name, clock));
      const sinceMs = before?.state === state ? before.sinceMs : clock.nowMs();
      const now = { name, state, sinceMs, detail, todo };
      reported.set(name, now);
      notice(now);
    },
    list: () => sources.map((source) => notice(source())),
    onChange: (tell) => void listeners.push(tell),
  };
}

const unknown = (name: string, clock: Clock): DependencyState => ({
  name,
  state: "down",
  sinceMs: clock.nowMs(),
  detail: null,
  todo: null,
});
