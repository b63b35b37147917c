import type { Loads } from "../flow/loads.ts";
import type { Scopes } from "../scope/variables.ts";
import type { Expression, FunctionExpression } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { returnsSelf } from "../values/results.ts";
import { knownText } from "../values/template.ts";
import type { Value } from "../values/value.ts";
import type { FunctionEffects, LocalEffect } from "./effects.ts";
import { partsOf, plainParts } from "./parts.ts";
import type { Effect, EffectPart, ExportedValue, ModuleExport } from "./summary.ts";

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
  }

  /** @param maker the function that makes the value each time that it is called */
  #add(path: readonly string[], value: Value, span: Span, maker: Maker): void {
    if (this.found.length >= MAX_EXPORTS) return;
    const exported = this.#exported(value, maker);
    if (exported !== undefined) {
      this.found.push({ path, value: exported, start: span.start, end: span.end });
    }
    if (value.kind !== "table" || path.length >= MAX_PATH) return;
    for (const [name, field] of this.#evaluator.fields.single(value)) {
      this.#add([...path, name], this.#evaluator.value(field.value), field.span, maker);
    }
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
    const plain = ({ member, args }: LocalEffect) => ({
      member,
      args: args.map((parts) => plainParts(parts, maker)),
    });
    const plainEffects = effects.flatMap((effect): Effect[] => {
      if (effect.callee === undefined) return [plain(effect)];
      const [callee = null] = plainParts([effect.callee], maker);
      const isGiven = callee !== null && typeof callee === "object";
      return isGiven ? [{ ...plain(effect), callee }] : [];
    });
    const returns = this.#loads
      .returnedBy(node)
      .map((load) => ({ ...plain(load), path: load.path }));
    const returned = this.#evaluator.results.returnedText(node);
    const text = returned && plainParts(returned, maker);
    const fluent = method && returnsSelf(node);
    const made = maker === undefined && !fluent ? this.#madeBy(node) : [];
    const nothing = plainEffects.length + returns.length + made.length === 0 && !fluent;
    if (nothing && text === undefined) return undefined;
    return {
      kind: "function",
      method,
      parameters,
      effects: plainEffects,
      returns,
      text,
      ...(made.length === 0 ? {} : { made }),
      ...(fluent ? { fluent } : {}),
    };
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

type Maker = FunctionExpression | undefined;

/** A part by the parameters of the function that makes the text. */
function asOuter(part: EffectPart): EffectPart {
  return part === null || typeof part === "string" ? part : { ...part, outer: true };
}
