/**
 * The catalogue of errors. Each code is explained in docs/errors.md; a test holds the two against each other.
 * `what` says what happened, `todo` what the reader can do.
 */
export const ERRORS = {
  OPTIONS_INVALID: "An option has a wrong value; every wrong one is listed.",
  PROBLEM_INVALID: "A planning problem does not follow the contract.",
  SERIES_INVALID: "A home's history does not follow the contract.",
  SERIES_MISALIGNED: "Two series that belong together differ in length or grid.",
  USAGE: "A command was called with wrong arguments.",
  DATA_FOLDER_LOCKED: "Another HyperVolt works on the same data folder.",
  PORT_TAKEN: "The port of the page and the API cannot be listened on.",
  HISTORY_UNAVAILABLE: "The history cannot be opened or written.",
  HOT_WINDOW_UNAVAILABLE: "The hot window (Redis) cannot be reached.",
  BROKER_UNAVAILABLE: "The MQTT broker cannot be reached or refuses us.",
  HOME_ASSISTANT_UNAVAILABLE: "Home Assistant cannot be reached.",
  HOME_ASSISTANT_REFUSED: "Home Assistant refused the token or the call.",
  SOLVER_FAILED: "The solver stopped without a plan.",
  PLAN_INCORRECT: "A plan failed the independent check and was not used.",
  MODEL_INVALID: "A file of learned weights is broken or foreign.",
  WORKER_FAILED: "A worker thread ended unexpectedly.",
  TEMPLATE_UNSUPPORTED: "A value template uses what the sandbox does not know.",
  TEMPLATE_FAILED: "A value template failed or exceeded its bound on work.",
  SOURCE_UNAVAILABLE: "A source of prices, carbon or weather did not answer as expected.",
  REQUEST_INVALID: "A request does not follow the API's document; each wrong field is named.",
  UNAUTHENTICATED: "A request does not say who asks, or the token is wrong.",
  FORBIDDEN: "Who asks may not do this.",
  NOT_FOUND: "There is no such thing.",
  CONFLICT: "The request does not fit the present state.",
  BODY_TOO_LARGE: "A request's body is over 1 MiB.",
  TOO_MANY_REQUESTS: "A user, or an unknown address, asks too often.",
  NOT_READY: "What is asked for is not known yet, or a part it needs is away.",
  INTERNAL: "Something went wrong inside HyperVolt.",
  LEDGER_BROKEN: "The ledger's chain of hashes does not hold: an entry was changed or lost.",
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** A bug or broken surroundings. What a user must see as an outcome is a union with `kind` instead. */
export class HyperVoltError extends Error {
  override readonly name = "HyperVoltError";
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
  }
}
