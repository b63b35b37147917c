import type { Loads } from "../flow/loads.ts";
import type { Scopes } from "../scope/variables.ts";
import type { Expression } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";
import { visitAllExpressions } from "../syntax/walk.ts";
import type { Evaluator, Value } from "../values/evaluate.ts";
import { knownText } from "../values/template.ts";
import type { FunctionEffects } from "./effects.ts";
import type { ExportedValue, ModuleExport, ModuleSummary } from "./summary.ts";

/** Deepest field of what a module returns that others can name: `M.keys.user`. */
const MAX_PATH = 3;
const MAX_EXPORTS = 500;

/** What a script returns to those who require it, and what it requires. */
export function summarizeModule(
  scopes: Scopes,
  evaluator: Evaluator,
  effects: FunctionEffects,
  loads: Loads,
): ModuleSummary {
  const last = scopes.chunk.body.statements.at(-1);
  const returned = last?.kind === "Return" ? last.values[0] : undefined;
  const exports = new Exports(evaluator, effects, loads);
  if (returned !== undefined) exports.add([], returned, returned.span);
  return { exports: exports.found, requires: requiredNames(scopes, evaluator) };
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
    if (this.found.length >= MAX_EXPORTS) return;
    const value = this.#evaluator.value(expression);
    const exported = this.#exported(value);
    if (exported !== undefined) {
      this.found.push({ path, value: exported, start: span.start, end: span.end });
    }
    if (value.kind !== "table" || path.length >= MAX_PATH) return;
    for (const [name, field] of this.#evaluator.fieldsOf(value)) {
      this.add([...path, name], field.value, field.span);
    }
  }

  #exported(value: Value): ExportedValue | undefined {
    switch (value.kind) {
      case "state":
      case "member":
        return value;
      case "text": {
        const text = knownText(value.template);
        return text.kind === "unknown" ? undefined : { kind: "text", text };
      }
      case "function": {
        const summary = this.#effects.ofFunction(value.node);
        const returns = this.#loads.returnedBy(value.node);
        const text = this.#evaluator.returnedText(value.node);
        const nothing = summary.effects.length === 0 && returns.length === 0;
        return nothing && text === undefined ? undefined : { ...summary, returns, text };
      }
      case "module":
        return this.#evaluator.exported(value.name, value.path)?.value;
      default:
        return undefined;
    }
  }
}

/** Names that the script gives to `require`, in its own statements and in functions. */
function requiredNames(scopes: Scopes, evaluator: Evaluator): string[] {
  const names = new Set<string>();
  if (!scopes.globals.has("require")) return [];
  visitAllExpressions(scopes.chunk.body, (expression) => {
    if (expression.kind !== "Call") return;
    const name = evaluator.requiredName(expression);
    if (name !== undefined) names.add(name);
  });
  return [...names];
}
