import type { Expression } from "../../language/syntax/ast.ts";
import { unwrap } from "./script.ts";

/** What is surely not nil when a condition holds, and when it does not. */
export interface Presence<T> {
  readonly whenTrue: ReadonlySet<T>;
  readonly whenFalse: ReadonlySet<T>;
}

type Subject<T> = (expression: Expression) => T | undefined;

/**
 * What a condition tells about the things that `subject` recognises: `x`, `not x`, `x ~= nil`,
 * `type(x) == "table"`, `and`, `or`, and calls that are given `x` (`is_valid(x)`: benefit of doubt).
 */
export function presence<T>(condition: Expression, subject: Subject<T>, depth = 0): Presence<T> {
  const at = unwrap(condition);
  const itself = subject(at);
  if (itself !== undefined) return { whenTrue: new Set([itself]), whenFalse: new Set() };
  if (depth > 200) return nothing();
  switch (at.kind) {
    case "Unary":
      return at.operator === "not" ? flipped(presence(at.operand, subject, depth + 1)) : nothing();
    case "Call": {
      const given = new Set(at.args.flatMap((argument) => subject(unwrap(argument)) ?? []));
      return { whenTrue: given, whenFalse: given };
    }
    case "Binary":
      return ofBinary(at, subject, depth + 1);
    default:
      return nothing();
  }
}

function ofBinary<T>(
  { operator, left, right }: Expression & { kind: "Binary" },
  subject: Subject<T>,
  depth: number,
): Presence<T> {
  if (operator === "and" || operator === "or") {
    const a = presence(left, subject, depth);
    const b = presence(right, subject, depth);
    return operator === "and"
      ? {
          whenTrue: union(a.whenTrue, b.whenTrue),
          whenFalse: common(a.whenFalse, b.whenFalse),
        }
      : {
          whenTrue: common(a.whenTrue, b.whenTrue),
          whenFalse: union(a.whenFalse, b.whenFalse),
        };
  }
  if (operator !== "==" && operator !== "~=") return nothing();
  const equal =
    ofEquality(left, right, subject) ?? ofEquality(right, left, subject) ?? nothing<T>();
  return operator === "==" ? equal : flipped(equal);
}

/** What `one == other` tells. */
function ofEquality<T>(
  one: Expression,
  other: Expression,
  subject: Subject<T>,
): Presence<T> | undefined {
  const compared = unwrap(one);
  const typed = typeArgument(compared);
  const thing = subject(typed ?? compared);
  if (thing === undefined) return undefined;
  const against = unwrap(other);
  const isNil = typed === undefined ? against.kind === "Nil" : isText(against, "nil");
  const found = new Set([thing]);
  // Equal to something else, whatever it is, is taken to mean that it is there.
  return isNil
    ? { whenTrue: new Set(), whenFalse: found }
    : { whenTrue: found, whenFalse: new Set() };
}

/** `x` of `type(x)`. */
function typeArgument(expression: Expression): Expression | undefined {
  if (expression.kind !== "Call" || expression.callee.kind !== "Identifier") return undefined;
  const [argument] = expression.args;
  return expression.callee.name === "type" && argument !== undefined ? unwrap(argument) : undefined;
}

function isText(expression: Expression, text: string): boolean {
  return expression.kind === "String" && expression.value === text;
}

/** The members of both sets together. */
export function union<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): ReadonlySet<T> {
  return other.size === 0 ? one : new Set([...one, ...other]);
}

function common<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): ReadonlySet<T> {
  return new Set([...one].filter((member) => other.has(member)));
}

function flipped<T>({ whenTrue, whenFalse }: Presence<T>): Presence<T> {
  return { whenTrue: whenFalse, whenFalse: whenTrue };
}

function nothing<T>(): Presence<T> {
  return { whenTrue: new Set(), whenFalse: new Set() };
}
