import type { StateUse } from "../../language/model.ts";
import type { Expression, StringLiteral } from "../../language/syntax/ast.ts";
import { type SavedPart, savedParts } from "../syntax/saved-values.ts";
import { isGlobal, type Script, unwrap, variableOf } from "../syntax/script.ts";
import type { Fix } from "../types.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

/** A value, or a part of one, that cannot be stored. */
export const unserializableValue: Rule = {
  code: "unserializable-value",
  family: "shape",
  defaultSeverity: "error",
  summary: "A value that cannot be stored",
  check: (context) => {
    const script = context.script();
    return savedParts(context.model, script).flatMap((part) => checkPart(context, script, part));
  },
};

function checkPart(context: RuleContext, script: Script, part: SavedPart): Finding[] {
  const { written, path, use } = part;
  const whole = path === "value";
  if (written.kind === "Nil") {
    if (!whole) return [];
    const message = "nil cannot be stored. To remove what is stored, use State.delete.";
    return [{ span: written.span, message, fixes: deleteInstead(use, context.model.text) }];
  }
  const reason = reasonOf(context, script, part);
  if (reason === undefined) return [];
  return [{ span: written.span, message: `${path} cannot be stored: ${reason}.` }];
}

function reasonOf({ model }: RuleContext, script: Script, part: SavedPart): string | undefined {
  const { expression } = part;
  if (expression.kind === "String") {
    return isBroken(expression, model.text) ? "it is not valid UTF-8" : undefined;
  }
  if (expression.kind === "Function") return "it is a function";
  if (holdsItself(script, part)) return "it holds itself";
  if (expression.kind === "Binary" && isZeroByZero(expression)) return "it is not a number (0/0)";
  if (isInfinity(script, expression)) return "it is infinite";
  if (expression.kind === "Call") return madeBy(script, expression.callee);
  const value = script.evaluator.value(expression);
  switch (value.kind) {
    case "function":
    case "member":
      return "it is a function";
    case "state":
      return "it is State itself, a table of functions";
    case "global":
      return FUNCTIONS.has(value.path) ? "it is a function" : undefined;
    default:
      return undefined;
  }
}

/** `t.me = t` before the save, and nothing else given to that field. */
function holdsItself(script: Script, { written, use }: SavedPart): boolean {
  const variable = variableOf(script, written);
  if (variable === undefined || variable.kind !== "local" || variable.definitions.length !== 1) {
    return false;
  }
  const path = (parts: readonly (string | undefined)[]) => parts.join(".");
  return variable.fields.some(
    ({ path: at, target, value }) =>
      target.span.start < use.span.start &&
      !at.includes(undefined) &&
      value !== undefined &&
      variableOf(script, value) === variable &&
      variable.fields.filter((other) => path(other.path) === path(at)).length === 1,
  );
}

const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    "print type tostring tonumber pairs ipairs next select error assert pcall xpcall require " +
    "rawget rawset rawequal rawlen setmetatable getmetatable os.time os.date os.clock string.format " +
    "string.match string.gsub string.upper string.lower table.insert table.concat table.sort " +
    "math.floor math.max math.min math.random"
  ).split(" "),
);

const MAKERS: Readonly<Record<string, string>> = {
  "coroutine.create": "it is a coroutine",
  "coroutine.wrap": "it is a function",
  "io.open": "it is an open file",
  "io.lines": "it is a function",
  load: "it is a function",
};

function madeBy(script: Script, callee: Expression): string | undefined {
  const maker = Object.keys(MAKERS).find((path) => isGlobal(script, callee, path));
  return maker === undefined ? undefined : MAKERS[maker];
}

function isZeroByZero({ operator, left, right }: Expression & { kind: "Binary" }): boolean {
  const isZero = (side: Expression) => {
    const at = unwrap(side);
    return at.kind === "Number" && /^0+(?:\.0*)?$/.test(at.raw);
  };
  return operator === "/" && isZero(left) && isZero(right);
}

/** `math.huge`, `-math.huge` */
function isInfinity(script: Script, expression: Expression): boolean {
  const at =
    expression.kind === "Unary" && expression.operator === "-"
      ? unwrap(expression.operand)
      : expression;
  return isGlobal(script, at, "math.huge");
}

/** Whether escapes make bytes that are no UTF-8: the decoded text has a mark that is not written. */
function isBroken({ value, contentSpan, quote, closed }: StringLiteral, text: string): boolean {
  if (quote === "long" || !closed || !value.includes("\ufffd")) return false;
  const raw = text.slice(contentSpan.start, contentSpan.end);
  return /\\(?:x[0-9a-fA-F]{2}|\d|u\{[dD])/.test(raw) && !/\ufffd|\\u\{0*fffd\}|\\xef/i.test(raw);
}

function deleteInstead(use: StateUse, text: string): Fix[] {
  const [namespace, key, value] = use.args;
  const simple = use.via === "direct" && use.member === "save" && !use.method;
  if (!simple || namespace === undefined || key === undefined || value === undefined) return [];
  if (text.slice(use.memberSpan.start, use.memberSpan.end) !== "save") return [];
  return [
    {
      title: "Change to State.delete",
      changes: [
        { span: use.memberSpan, newText: "delete" },
        { span: { start: key.span.end, end: value.span.end }, newText: "" },
      ],
      preferred: true,
    },
  ];
}
