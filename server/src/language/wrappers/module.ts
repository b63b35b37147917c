import { type Loads, type LocalReturn, MAX_LOADS } from "../flow/loads.ts";
import type { Scopes } from "../scope/variables.ts";
import type { Expression, FunctionExpression } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { returnsSelf } from "../values/results.ts";
import { knownText } from "../values/template.ts";
import type { Value } from "../values/value.ts";
import type { FunctionEffects } from "./effects.ts";
import { type LocalEffect, partsOf, plainParts } from "./parts.ts";
import type {
  Effect,
  EffectPart,
  ExportedValue,
  ModuleExport,
  PassedLoads,
  ReturnedLoad,
  SetField,
} from "./summary.ts";

/** Deepest field of what a module returns that others can name: `M.keys.user`. */
const MAX_PATH = 3;
const MAX_EXPORTS = 500;

/** What a script returns to those who require it. */
export function exportsOf(
  scopes: Scopes,
  evaluator: Evaluator,
  effects: FunctionEffects,
  loads: Loads,
): readonly ModuleExport[] {
  const last = scopes.chunk.body.statements.at(-1);
  const returned = last?.kind === "Return" ? last.values[0] : undefined;
  const exports = new Exports(evaluator, effects, loads);
  if (returned !== undefined) exports.add([], returned, returned.span);
  return exports.found;
}

class Exports {
  readonly found: ModuleExport[] = [];
  readonly #evaluator: Evaluator;
  readonly #effects: FunctionEffects;
  readonly #loads: Loads;

  constructor(evaluator: Evaluator, effects: FunctionEffects, loads: Loads) {
    this.#evaluator = evaluator;
    this.#effects = effects;
    this.#loads = loads;
  }

  add(path: readonly string[], expression: Expression, span: Span): void {
    this.#add(path, this.#evaluator.value(expression), span, undefined);
    this.#addLoads(path, [expression], span, undefined);
  }

  /** @param maker the function that makes the value each time that it is called */
  #add(path: readonly string[], value: Value, span: Span, maker: Maker): void {
    if (this.found.length >= MAX_EXPORTS) return;
    const exported = this.#exported(value, maker);
    if (exported !== undefined) {
      this.found.push({ path, value: exported, start: span.start, end: span.end });
    }
    if (value.kind !== "table" || path.length >= MAX_PATH) return;
    const { fields } = this.#evaluator;
    for (const [name, field] of fields.single(value)) {
      // Of `Class.__index = Class` nobody asks by that name.
      if (name === "__index") continue;
      this.#add([...path, name], fields.ofTable(value, name), field.span, maker);
    }
    for (const [name, { values, span }] of fields.byName(value)) {
      this.#addLoads([...path, name], values, span, maker);
    }
  }

  /** The stored values that a field may have. */
  #addLoads(
    path: readonly string[],
    values: readonly Expression[],
    { start, end }: Span,
    maker: Maker,
  ): void {
    if (this.found.length >= MAX_EXPORTS) return;
    const found = values.flatMap((value) => this.#loads.openly(value, maker));
    const loads = found.slice(0, MAX_LOADS).flatMap((load) => {
      const effect = plain(load, maker);
      if (effect === undefined || effect.callee !== undefined) return [];
      return [{ ...effect, args: effect.args.map((one) => one.map(asOuter)), path: load.path }];
    });
    if (loads.length > 0) this.found.push({ path, value: { kind: "loads", loads }, start, end });
  }

  #exported(value: Value, maker: Maker): ExportedValue | undefined {
    switch (value.kind) {
      case "state":
      case "member":
        return value;
      case "text": {
        const text = knownText(value.template);
        const open = maker === undefined ? [] : plainParts(partsOf(value.template, maker), maker);
        const parts = open.map(asOuter);
        if (parts.some((part) => part !== null && typeof part === "object")) {
          return { kind: "text", text, parts };
        }
        return text.kind === "unknown" ? undefined : { kind: "text", text };
      }
      case "function":
        return this.#function(value.node, maker);
      case "module":
        return this.#evaluator.fields.exported(value)?.value;
      default:
        return undefined;
    }
  }

  #function(node: FunctionExpression, maker: Maker): ExportedValue | undefined {
    const { method, parameters, effects } = this.#effects.ofFunction(node);
    const told = effects.flatMap((effect) => plain(effect, maker) ?? []);
    const returns = this.#loads.returnedBy(node).flatMap((load) => plainLoad(load, maker));
    const passes = this.#passedBy(node, maker);
    const returned = this.#evaluator.results.returnedText(node);
    const text = returned && plainParts(returned, maker);
    const fluent = method && returnsSelf(node);
    const made = maker === undefined && !fluent ? this.#madeBy(node) : [];
    const nothing = told.length + returns.length + made.length + passes.length === 0 && !fluent;
    if (nothing && text === undefined) return undefined;
    return {
      kind: "function",
      method,
      parameters,
      effects: told,
      returns,
      text,
      ...(made.length === 0 ? {} : { made }),
      ...(passes.length === 0 ? {} : { passes }),
      ...(fluent ? { fluent, ...this.#setBy(node, maker) } : {}),
    };
  }

  #passedBy(node: FunctionExpression, maker: Maker): readonly PassedLoads[] {
    return node.parameters.flatMap((_, parameter) => {
      const passed = this.#loads.passedTo(node, parameter);
      const args = passed.map((loads) => loads.flatMap((load) => plainLoad(load, maker)));
      return args.some((loads) => loads.length > 0) ? [{ parameter, args }] : [];
    });
  }

  #setBy(node: FunctionExpression, maker: Maker): { sets?: readonly SetField[] } {
    const fields = this.#evaluator.results.fieldsSetBy(node);
    const sets = fields.map(({ name, parts }) => ({ name, parts: plainParts(parts, maker) }));
    return sets.length === 0 ? {} : { sets };
  }

  /** The function or object that a function makes, with the methods of its class. */
  #madeBy(node: FunctionExpression): readonly ModuleExport[] {
    const value = this.#evaluator.results.returnedBy(node);
    if (value.kind !== "function" && value.kind !== "table") return [];
    const made = new Exports(this.#evaluator, this.#effects, this.#loads);
    made.#add([], value, node.span, node);
    const names = new Set(made.found.map(({ path }) => path[0]));
    const own = value.kind === "table" ? this.#evaluator.fields.inheritedBy(value) : undefined;
    for (const [name, field] of own === undefined ? [] : this.#evaluator.fields.single(own)) {
      if (names.has(name) || name === "__index") continue;
      made.#add([name], this.#evaluator.value(field.value), field.span, node);
    }
    return made.found;
  }
}

/** An effect for other scripts; undefined: who is called is not known to them. */
function plain({ member, args, callee }: LocalEffect, maker: Maker): Effect | undefined {
  const effect = { member, args: args.map((parts) => plainParts(parts, maker)) };
  if (callee === undefined) return effect;
  const [given = null] = plainParts([callee], maker);
  return given === null || typeof given === "string" ? undefined : { ...effect, callee: given };
}

function plainLoad(load: LocalReturn, maker: Maker): readonly ReturnedLoad[] {
  const effect = plain(load, maker);
  return effect === undefined ? [] : [{ ...effect, path: load.path }];
}

type Maker = FunctionExpression | undefined;

/** A part by the parameters of the function that makes the text. */
function asOuter(part: EffectPart): EffectPart {
  return part === null || typeof part === "string" ? part : { ...part, outer: true };
}
