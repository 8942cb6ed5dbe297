/**
 * Why a template gave nothing.
 * - undefined: one of Jinja's own errors; Home Assistant then takes the former value, or the payload as it came
 * - raised:    a Python error; the message is dropped
 * - unknown:   it uses something only Home Assistant knows; its own state is asked instead
 * - bound:     it did more work than a template may
 */
export type FaultKind = "undefined" | "raised" | "unknown" | "bound";

export class TemplateFault extends Error {
  override readonly name = "TemplateFault";
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export const raised = (message: string): TemplateFault => new TemplateFault("raised", message);
export const undefinedFault = (message: string): TemplateFault => new TemplateFault("undefined", message);

/** A template that is refused before it ever runs: a syntax error, an unknown filter or test, or too deep. */
export class TemplateSyntaxFault extends Error {
  override readonly name = "TemplateSyntaxFault";
}

/** Counts the work of one rendering; every step of the interpreter and every item touched costs one. */
export class Work {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TemplateFault("bound", "the template does too much work");
  }
}
