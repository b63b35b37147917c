import { STATE_MEMBERS } from "../../../shared/src/api.ts";
import type { Argument, ScriptModel, StateUse } from "../language/model.ts";
import type { Expression, StringLiteral } from "../language/syntax/ast.ts";
import { visitExpressionsAt } from "../language/syntax/walk.ts";
import { Evaluator } from "../language/values/evaluate.ts";
import { eachOf } from "../language/variants.ts";
import { allUses } from "./known-names.ts";

/** A string that gives a name to State, or a part of it, from where it stands. */
export interface WrittenPiece {
  readonly literal: StringLiteral;
  /** What the text before it is, where it stands in a concatenation: `PREFIX .. "|"`. */
  readonly before: string;
  /** More text follows: `"profile:|" .. id`. */
  readonly open: boolean;
}

/** The argument of a call that a string ends up in. */
export interface WrittenPlace {
  readonly use: StateUse;
  /** 0-based, among the parameters of the function of State. */
  readonly index: number;
  readonly argument: Argument;
  readonly piece: WrittenPiece;
}

/** Names, fields and operators that are followed from an argument to a string. */
const MAX_STEPS = 12;
const NAMING = new Set(["namespace", "owner", "key", "step", "backup-id", "version"]);

/**
 * The call that is given the string at an offset (UTF-16) from elsewhere: a constant, a field of a
 * table of constants, an item of a list that is gone through, or one of several (`a and "x" or "y"`).
 */
export function writtenPlace(model: ScriptModel, offset: number): WrittenPlace | undefined {
  if (!isInString(model, offset)) return undefined;
  return placeIn(model, offset, allUses(model)) ?? placeInMaking(model, offset);
}

/** In a call that makes a function or an object, which nobody has called yet. */
function placeInMaking(model: ScriptModel, offset: number): WrittenPlace | undefined {
  let found: WrittenPlace | undefined;
  visitExpressionsAt(model.chunk.body, offset, (expression) => {
    if (expression.kind !== "Call") return;
    found = placeIn(model, offset, model.madeBy(expression)) ?? found;
  });
  return found;
}

function placeIn(
  model: ScriptModel,
  offset: number,
  uses: readonly StateUse[],
): WrittenPlace | undefined {
  let found: WrittenPlace | undefined;
  for (const use of uses) {
    const parameters = STATE_MEMBERS.get(use.member)?.parameters ?? [];
    for (const [index, argument] of use.args.entries()) {
      const role = parameters[index]?.role;
      const written = argument.slot === undefined ? argument.origin : argument.expression;
      if (written === undefined || role === undefined || !NAMING.has(role)) continue;
      const piece = pieceIn(model, offset, written);
      if (piece === undefined) continue;
      const same = eachOf(use).find((one) => one.args[index]?.expression === piece.literal) ?? use;
      const place = { use: same, index, argument: same.args[index] ?? argument, piece };
      // What an object was given is told best by the call for which all else is known, too.
      if (index === 0 || same.args[0]?.text.kind !== "unknown") return place;
      found ??= place;
    }
  }
  return found;
}

/** The string at an offset among those that an expression may give, or begins with. */
export function pieceIn(
  model: ScriptModel,
  offset: number,
  expression: Expression,
): WrittenPiece | undefined {
  const isAt = ({ span, contentSpan }: StringLiteral) =>
    offset > span.start && offset <= contentSpan.end;
  return new Search(model, isAt).in(expression, 0)[0];
}

/** The strings that an expression may give, each written as a whole somewhere in the script. */
export function wholePieces(model: ScriptModel, expression: Expression): readonly StringLiteral[] {
  return new Search(model, () => true)
    .in(expression, 0)
    .flatMap(({ literal, before, open }) => (open || before !== "" ? [] : [literal]));
}

/** The strings that a text may begin with. */
export function openingPieces(
  model: ScriptModel,
  expression: Expression,
): readonly StringLiteral[] {
  return new Search(model, () => true)
    .in(expression, 0)
    .flatMap(({ literal, before }) => (before === "" ? [literal] : []));
}

function isInString(model: ScriptModel, offset: number): boolean {
  let found = false;
  visitExpressionsAt(model.chunk.body, offset, (expression) => {
    if (expression.kind === "String") found = true;
  });
  return found;
}

class Search {
  readonly #model: ScriptModel;
  readonly #wanted: (literal: StringLiteral) => boolean;
  #evaluator: Evaluator | undefined;

  constructor(model: ScriptModel, wanted: (literal: StringLiteral) => boolean) {
    this.#model = model;
    this.#wanted = wanted;
  }

  in(expression: Expression, steps: number): readonly WrittenPiece[] {
    if (steps > MAX_STEPS) return [];
    switch (expression.kind) {
      case "String":
        return this.#wanted(expression) ? [{ literal: expression, before: "", open: false }] : [];
      case "Paren":
        return this.in(expression.expression, steps + 1);
      case "Binary":
        if (expression.operator === "..") return this.#inParts(expression, steps);
        if (expression.operator === "and") return this.in(expression.right, steps + 1);
        if (expression.operator !== "or") return [];
        return [...this.in(expression.left, steps + 1), ...this.in(expression.right, steps + 1)];
      case "Identifier":
      case "Member":
      case "Index":
        return this.#valuesOf(expression).flatMap((value) => this.in(value, steps + 1));
      default:
        return [];
    }
  }

  /** In a concatenation: what stands before must be known, what follows need not. */
  #inParts(whole: Expression, steps: number): readonly WrittenPiece[] {
    const parts = concatenated(whole);
    return parts.flatMap((part, i) => {
      const found = this.in(part, steps + 1);
      if (found.length === 0) return [];
      const texts = parts.slice(0, i).map((earlier) => this.#exactText(earlier));
      if (texts.includes(undefined)) return [];
      return found.map((piece) => ({
        ...piece,
        before: texts.join("") + piece.before,
        open: piece.open || i < parts.length - 1,
      }));
    });
  }

  #exactText(expression: Expression): string | undefined {
    const [text, ...more] = this.#values().text(expression);
    return typeof text === "string" && more.length === 0 ? text : undefined;
  }

  #values(): Evaluator {
    this.#evaluator ??= new Evaluator(this.#model.scopes);
    return this.#evaluator;
  }

  /** What a local, a field of a table or an item of a list was given. */
  #valuesOf(expression: Expression): readonly Expression[] {
    if (expression.kind === "Member") {
      const values = this.#fields(expression.object, expression.name?.name);
      return values.flatMap((value) => this.#givenFor(value));
    }
    if (expression.kind === "Index") {
      const name = this.#exactText(expression.index);
      return this.#fields(expression.object, name);
    }
    if (expression.kind !== "Identifier") return [];
    const variable = this.#model.scopes.variables.get(expression);
    if (variable === undefined || variable.kind === "global") return [];
    return variable.definitions.flatMap(({ value, from }) => {
      if (value !== undefined) return [value];
      if (from?.kind !== "iteration" || from.index !== 1 || from.expression.kind !== "Call")
        return [];
      const { callee, args } = from.expression;
      const iterator = this.#values().value(callee);
      const named =
        iterator.kind === "global" && (iterator.path === "ipairs" || iterator.path === "pairs");
      return named && args[0] !== undefined ? this.#fields(args[0], undefined) : [];
    });
  }

  /** What an object's field is given: of a parameter of what makes the object, that parameter's texts. */
  #givenFor(value: Expression): readonly Expression[] {
    if (value.kind !== "Identifier") return [value];
    const variable = this.#model.scopes.variables.get(value);
    if (variable?.kind !== "parameter") return [value];
    return this.#values().sites.textsFor(variable);
  }

  /** @param name undefined: any of them */
  #fields(object: Expression, name: string | undefined): readonly Expression[] {
    const value = this.#values().value(object);
    if (value.kind === "table") return this.#values().fields.written(value, name);
    if (value.kind !== "several" || name === undefined) return [];
    return value.values.flatMap((one) =>
      one.kind === "table" ? this.#values().fields.written(one, name) : [],
    );
  }
}

/** The operands of a chain of `..`, in order. */
function concatenated(whole: Expression): readonly Expression[] {
  const parts: Expression[] = [];
  const pending = [whole];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === "Binary" && next.operator === "..") pending.push(next.right, next.left);
    else parts.push(next);
  }
  return parts;
}
