import type { CallExpression, Expression } from "../../language/syntax/ast.ts";
import { formatBytes } from "../format.ts";
import { savedParts } from "../syntax/saved-values.ts";
import { isGlobal, origin, type Script } from "../syntax/script.ts";
import type { Rule } from "./rule.ts";

const DEFAULT_LIMIT = 1_048_576;

/** A value that is larger than the configuration allows, as far as the text tells. */
export const oversizedValue: Rule = {
  code: "oversized-value",
  family: "shape",
  defaultSeverity: "warning",
  summary: "A value larger than max_value_bytes",
  check: ({ model, script, configuration }) => {
    const limit = configuration?.maxValueBytes ?? DEFAULT_LIMIT;
    return savedParts(model, script()).flatMap(({ written, path }) => {
      if (path !== "value") return [];
      const bytes = leastBytes(script(), written, 0);
      if (bytes <= limit) return [];
      const message = `This value has at least ${formatBytes(bytes)} as JSON, and max_value_bytes allows ${formatBytes(limit)}. Split it over several keys.`;
      return [{ span: written.span, message }];
    });
  },
};

/** How many bytes of JSON the value has at the least. */
function leastBytes(script: Script, expression: Expression, depth: number): number {
  const at = origin(script, expression);
  if (depth > 20) return 1;
  const inner = (part: Expression) => leastBytes(script, part, depth + 1);
  switch (at.kind) {
    case "String":
      return new TextEncoder().encode(at.value).length + 2;
    case "Table":
      return at.fields.reduce((sum, field) => {
        const name = field.kind === "Named" ? field.name.name.length + 3 : 0;
        return sum + name + inner(field.value) + 1;
      }, 1);
    case "Binary":
      // Two texts joined lose one pair of quotes; the parts may be anything else, and short.
      return at.operator === ".." ? textBytes(inner(at.left)) + textBytes(inner(at.right)) + 2 : 1;
    case "Call": {
      const [text, times] = repetition(script, at) ?? [];
      const count = times === undefined ? undefined : numberOf(script, times, 0);
      if (text === undefined || count === undefined) return 1;
      return textBytes(inner(text)) * Math.max(0, count) + 2;
    }
    default:
      return 1;
  }
}

/** The text and the times of `string.rep(text, times)` and `text:rep(times)`. */
function repetition(
  script: Script,
  { callee, args }: CallExpression,
): readonly Expression[] | undefined {
  if (callee.kind !== "Member" || !callee.method) {
    return isGlobal(script, callee, "string.rep") ? args : undefined;
  }
  const object = origin(script, callee.object);
  const isText = object.kind === "String" && callee.name?.name === "rep";
  return isText ? [object, ...args] : undefined;
}

/** The number of `1000`, `2 * 1024 * 1024`; undefined where it is not written out. */
function numberOf(script: Script, expression: Expression, depth: number): number | undefined {
  const at = origin(script, expression);
  if (at.kind === "Number") return Number(at.raw) || 0;
  if (at.kind !== "Binary" || depth > 20) return undefined;
  const left = numberOf(script, at.left, depth + 1);
  const right = left === undefined ? undefined : numberOf(script, at.right, depth + 1);
  if (left === undefined || right === undefined) return undefined;
  if (at.operator === "*") return left * right;
  if (at.operator === "+") return left + right;
  return at.operator === "^" ? left ** right : undefined;
}

function textBytes(bytes: number): number {
  return Math.max(0, bytes - 2);
}
