import type { BinaryOperator } from "./arithmetic.ts";

export type CallArguments = Readonly<{
  positional: readonly Expression[];
  named: readonly Readonly<{ name: string; value: Expression }>[];
  rest: Expression | null;
  restNamed: Expression | null;
}>;

export type CompareOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export type Expression = Readonly<
  | { kind: "constant"; value: null | boolean | bigint | number | string }
  | { kind: "name"; name: string }
  | { kind: "list"; items: readonly Expression[] }
  | { kind: "tuple"; items: readonly Expression[] }
  | { kind: "dict"; pairs: readonly Readonly<{ key: Expression; value: Expression }>[] }
  | { kind: "attribute"; of: Expression; name: string }
  | { kind: "item"; of: Expression; key: Expression }
  | { kind: "slice"; start: Expression | null; stop: Expression | null; step: Expression | null }
  | { kind: "call"; callee: Expression; given: CallArguments }
  | { kind: "filter"; of: Expression | null; name: string; given: CallArguments }
  | { kind: "test"; of: Expression; name: string; given: CallArguments }
  | { kind: "binary"; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: "concat"; parts: readonly Expression[] }
  | { kind: "unary"; operator: "+" | "-" | "not"; operand: Expression }
  | { kind: "and" | "or"; left: Expression; right: Expression }
  | { kind: "compare"; first: Expression; rest: readonly Readonly<{ operator: CompareOperator; value: Expression }>[] }
  | { kind: "conditional"; test: Expression; whenTrue: Expression; otherwise: Expression | null }
>;

export type Target = Readonly<
  | { kind: "name"; name: string }
  | { kind: "namespace"; name: string; attribute: string }
  | { kind: "tuple"; items: readonly Target[] }
>;

export type Parameters = readonly Readonly<{ name: string; fallback: Expression | null }>[];

export type Statement = Readonly<
  | { kind: "data"; text: string }
  | { kind: "print"; value: Expression }
  | { kind: "if"; branches: readonly Readonly<{ test: Expression; body: Body }>[]; otherwise: Body }
  | {
      kind: "for";
      target: Target;
      over: Expression;
      test: Expression | null;
      recursive: boolean;
      body: Body;
      otherwise: Body;
    }
  | { kind: "set"; target: Target; value: Expression }
  | { kind: "set-block"; target: Target; filter: Expression | null; body: Body }
  | {
      kind: "macro";
      name: string;
      parameters: Parameters;
      body: Body;
      usesCaller: boolean;
      catchesRest: boolean;
      catchesNamed: boolean;
    }
  | { kind: "call-block"; parameters: Parameters; call: Expression; body: Body }
  | { kind: "filter-block"; filter: Expression; body: Body }
  | { kind: "with"; assignments: readonly Readonly<{ target: Target; value: Expression }>[]; body: Body }
  | { kind: "scope"; body: Body }
  | { kind: "do"; value: Expression }
  | { kind: "break" | "continue" | "import" }
>;
export type Body = readonly Statement[];
