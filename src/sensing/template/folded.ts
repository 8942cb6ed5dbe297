import type { Expression } from "./syntax.ts";
import type { Value } from "./values.ts";

/**
 * Jinja computes what is constant beforehand and writes the result into a Python program as it prints: `-2 ** x` is then
 * -(2 ** x), however the template put its brackets. Where both sides are constant, the whole is computed, rightly.
 */
export function losesItsSign(expression: Extract<Expression, { kind: "binary" }>, left: Value): boolean {
  if (expression.operator !== "**") return false;
  const negative = typeof left === "bigint" ? left < 0n : typeof left === "number" && (left < 0 || Object.is(left, -0));
  return negative && isFolded(expression.left) && !isFolded(expression.right);
}

function isFolded(expression: Expression): boolean {
  if (expression.kind === "constant") return true;
  if (expression.kind === "unary") return isFolded(expression.operand);
  if (expression.kind === "binary") return isFolded(expression.left) && isFolded(expression.right);
  if (expression.kind !== "filter" || expression.of === null) return false;
  const { positional, named, rest, restNamed } = expression.given;
  const given = [expression.of, ...positional, ...named.map(({ value }) => value)];
  return given.every(isFolded) && rest === null && restNamed === null;
}
