import type { Clock } from "../domain/clock.ts";
import type { DependencyState } from "../domain/log.ts";

const NAME = "Home Assistant";
const NEW_TOKEN =
  "Make a new long-lived token of an administrator in Home Assistant (profile, security) and set home_assistant_token.";
const CHECK = "Check that Home Assistant runs and that home_assistant_url is right; nothing is switched meanwhile.";
/** A restart takes a few attempts; after that a person should look. */
const PATIENT = 3;

/** How the conversation stands, in words for a person. */
export class SessionState {
  readonly #clock: Clock;
  #now: DependencyState;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#now = { name: NAME, state: "down", sinceMs: clock.nowMs(), detail: "connecting", todo: null };
  }

  now(): DependencyState {
    return this.#now;
  }

  /** There is nothing to connect to, or with. */
  off(missing: "address" | "token"): void {
    this.#set({
      state: "off",
      detail: `no ${missing} is set`,
      todo: "Set home_assistant_url and home_assistant_token (a long-lived token of an administrator).",
    });
  }

  /**
   * The connection ended, or did not come about.
   * @param failures  in a row
   * @returns whether that is news
   */
  down(detail: string, refused: boolean, failures: number): boolean {
    const before = this.#now;
    this.#set({ state: "down", detail, todo: refused ? NEW_TOKEN : failures > PATIENT ? CHECK : null });
    return before.state !== "down" || before.detail !== detail;
  }

  /** It answers, but its entities are not to be relied on. */
  notWhole(phase: "starting" | "recovery"): void {
    this.#set(
      phase === "starting"
        ? { state: "degraded", detail: "Home Assistant is starting", todo: null }
        : {
            state: "degraded",
            detail: "Home Assistant runs in its recovery mode, without most integrations",
            todo: "Home Assistant could not read its configuration: correct it and restart Home Assistant.",
          },
    );
  }

  /** @param refused  events an administrator would hear */
  ready(version: string, refused: number): void {
    this.#set(
      refused === 0
        ? { state: "ok", detail: `version ${version}`, todo: null }
        : {
            state: "degraded",
            detail: "the token is not an administrator's: history, card and some events are refused",
            todo: "Make a long-lived token of an administrator in Home Assistant and set home_assistant_token.",
          },
    );
  }

  #set(next: Pick<DependencyState, "state" | "detail" | "todo">): void {
    const sinceMs = next.state === this.#now.state ? this.#now.sinceMs : this.#clock.nowMs();
    this.#now = { ...next, name: NAME, sinceMs };
  }
}
