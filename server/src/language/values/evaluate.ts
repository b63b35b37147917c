import { SharedVariable } from "../scope/shared.ts";
import type { Definition, Scopes, Source, Variable } from "../scope/variables.ts";
import type { CallExpression, Expression, Identifier } from "../syntax/ast.ts";
import type { ModuleLookup } from "../wrappers/summary.ts";
import { defaultIn, giver, isConditional, MAX_ALTERNATIVES } from "./alternatives.ts";
import { CallSites } from "./call-sites.ts";
import { FieldValues } from "./field-values.ts";
import { Instances } from "./instances.ts";
import { numeralText } from "./numbers.ts";
import { Progress } from "./progress.ts";
import { Results } from "./results.ts";
import { SeveralResults } from "./several-results.ts";
import {
  type Alternative,
  ANYTHING,
  type Hole,
  joinTemplates,
  oneOf,
  soleHole,
  type Template,
} from "./template.ts";
import { textOf, UNKNOWN, type Value, type Values } from "./value.ts";

/** Longest chain of names, fields and operators that is followed. */
const MAX_STEPS = 60;

/** Answers what expressions of one chunk stand for. Keeps what it found out of each variable. */
export class Evaluator implements Values {
  readonly fields: FieldValues;
  readonly results: Results;
  readonly several: SeveralResults;
  /** Where functions are called; what is told here goes by their text alone, whoever calls them. */
  readonly sites: CallSites;
  readonly progress = new Progress();
  readonly #scopes: Scopes;
  readonly #known = new Map<Variable, Value>();
  readonly #inProgress = new Set<Variable>();
  readonly #instances: Instances;
  /** From here on the global `State` is the script's own. */
  readonly #ownStateFrom: number;
  #steps = 0;

  constructor(scopes: Scopes, modules: ModuleLookup = () => undefined) {
    this.#scopes = scopes;
    this.#instances = new Instances(scopes, this.progress);
    this.fields = new FieldValues(this, this.#instances, modules);
    this.several = new SeveralResults(scopes, this, this.fields);
    this.results = new Results(this, scopes, this.#instances, this.fields, this.progress);
    const { fields, results, progress } = this;
    this.sites = new CallSites(scopes, { values: this, fields, results, progress });
    this.#ownStateFrom = this.#findOwnState();
  }

  /** What the expression stands for where it stands. */
  value(expression: Expression): Value {
    if (this.#steps >= MAX_STEPS) {
      this.progress.gaveUp();
      return UNKNOWN;
    }
    this.#steps += 1;
    const value = this.#value(expression);
    this.#steps -= 1;
    return value;
  }

  /** The text that the expression gives as a namespace or key: numbers as their text. */
  text(expression: Expression): Template {
    return textOf(this.value(expression));
  }

  /** That text when it is known to the last letter. */
  exactText(expression: Expression): string | undefined {
    const [text, ...more] = this.text(expression);
    return typeof text === "string" && more.length === 0 ? text : undefined;
  }

  /** The module's name when the call is `require("name")`. */
  requiredName({ callee, args: [first] }: CallExpression): string | undefined {
    const value = this.value(callee);
    const required = value.kind === "global" && value.path === "require" && first !== undefined;
    return required ? this.exactText(first) : undefined;
  }

  /** Whether this is the global `State` by that name, with no other name in between. */
  isGlobalState(expression: Expression): boolean {
    if (this.value(expression).kind !== "state") return false;
    if (expression.kind === "Paren") return this.isGlobalState(expression.expression);
    if (expression.kind === "Member" || expression.kind === "Index") {
      return this.value(expression.object).kind === "global";
    }
    if (expression.kind !== "Identifier" || expression.name !== "State") return false;
    return this.#scopes.variables.get(expression)?.kind === "global";
  }

  #value(expression: Expression): Value {
    switch (expression.kind) {
      case "String":
        return { kind: "text", template: [expression.value] };
      case "Number":
        return textOrUnknown(numeralText(expression.raw));
      case "Identifier":
        return this.#identifier(expression);
      case "Paren":
        return this.value(expression.expression);
      case "Member":
        return this.#field(expression.object, expression.name?.name ?? "");
      case "Index":
        return this.#indexed(expression.object, expression.index);
      case "Function":
        return { kind: "function", node: expression };
      case "Table":
        return { kind: "table", node: expression, holder: undefined, path: [] };
      case "Call":
        return this.results.of(expression);
      case "Binary":
        if (expression.operator === "..") {
          const template = joinTemplates([this.text(expression.left), this.text(expression.right)]);
          return { kind: "text", template };
        }
        if (expression.operator === "or") return this.#either(expression.left, expression.right);
        return expression.operator === "and" ? this.value(expression.right) : UNKNOWN;
      case "Vararg":
        return this.several.at(expression, 0);
      case "Unary":
        return this.#negated(expression.operator, expression.operand);
      default:
        return UNKNOWN;
    }
  }

  /** `State or {}`, `given or State` is State, which llmspell always provides. `ns or "cache"` is one of two. */
  #either(left: Expression, right: Expression): Value {
    const value = this.value(left);
    if (value.kind === "state" || value.kind === "member") return value;
    const template = value.kind === "text" ? value.template : ANYTHING;
    const hole = soleHole(template);
    const other = this.value(right);
    if (hole !== undefined && (other.kind === "state" || other.kind === "member")) return other;
    if (other.kind !== "text") return hole === undefined ? UNKNOWN : value;
    if (hole !== undefined && hole.here === undefined && hole.otherwise === undefined) {
      const fallback = { template: other.template, at: giver(right) };
      return { kind: "text", template: [{ ...hole, otherwise: other.template, fallback }] };
    }
    const always = value.kind === "text" && template.every((piece) => typeof piece === "string");
    if (always && !isConditional(left)) return value;
    return {
      kind: "text",
      template: oneOf([
        { template, at: giver(left) },
        { template: other.template, at: giver(right) },
      ]),
    };
  }

  #negated(operator: string, operand: Expression): Value {
    if (operator !== "-" || operand.kind !== "Number") return UNKNOWN;
    const text = numeralText(operand.raw);
    return textOrUnknown(text === undefined || text === "0" ? text : `-${text}`);
  }

  #identifier(identifier: Identifier): Value {
    const variable = this.#scopes.variables.get(identifier);
    if (variable === undefined || this.#scopes.foreign.has(identifier)) return UNKNOWN;
    if (variable.kind !== "global") return this.#variable(variable);
    if (variable.name === "State") {
      return identifier.span.start < this.#ownStateFrom ? { kind: "state" } : UNKNOWN;
    }
    if (variable.definitions.length === 0) return { kind: "global", path: variable.name };
    return this.#variable(variable);
  }

  /** What a variable holds when it is given a value exactly once. */
  #variable(variable: Variable): Value {
    const known = this.#known.get(variable);
    if (known !== undefined) return known;
    if (this.#inProgress.has(variable)) {
      this.progress.circle(variable);
      return UNKNOWN;
    }
    this.#inProgress.add(variable);
    this.progress.begin(variable);
    const value = this.#valueOf(variable);
    this.progress.end();
    this.#inProgress.delete(variable);
    this.#known.set(variable, value);
    return value;
  }

  #valueOf(variable: Variable): Value {
    const [definition, ...others] = variable.definitions;
    if (definition === undefined) return UNKNOWN;
    if (variable.kind === "parameter") return this.#parameter(variable, others);
    if (others.length > 0) return this.#oneOfSeveral(variable);
    if (definition.value === undefined) return this.#fromSource(definition.from);
    const value = unchained(this.value(definition.value), variable);
    if (value.kind !== "table") return value;
    if (variable.kind === "self") return { ...value, self: variable };
    if (value.holder !== undefined) return { ...value, also: [...(value.also ?? []), variable] };
    const metatable = value.metatable ?? this.#metatableOf(variable);
    return { ...value, holder: variable, ...(metatable === undefined ? {} : { metatable }) };
  }

  /** `setmetatable(object, Class)` as a statement of its own. */
  #metatableOf(variable: Variable): Value | undefined {
    const metatable = this.#instances.metatableOf(variable);
    return metatable && this.value(metatable);
  }

  /** What a parameter stands for: what is given, or a default (`ns = ns or "cache"`). */
  #parameter(variable: Variable, others: readonly Definition[]): Value {
    const hole: Hole = { kind: "hole", variable, path: [] };
    const [only, ...more] = others;
    if (only === undefined) return { kind: "text", template: [hole] };
    const fallback = defaultIn(only, variable);
    if (fallback === undefined || more.length > 0) return UNKNOWN;
    const value = this.value(fallback);
    if (value.kind === "state" || value.kind === "member") return value;
    const otherwise = value.kind === "text" ? value.template : undefined;
    const instead = otherwise && { template: otherwise, at: giver(fallback) };
    return { kind: "text", template: [{ ...hole, otherwise, fallback: instead }] };
  }

  /** `local key = "a" if x then key = "b" end`: one of these, where all are known. */
  #oneOfSeveral({ kind, definitions }: Variable): Value {
    if (kind !== "local" || definitions.length > MAX_ALTERNATIVES) return UNKNOWN;
    const found: Alternative[] = [];
    for (const { value, from } of definitions) {
      if (value === undefined || from !== undefined) return UNKNOWN;
      if (value.kind === "Nil") continue;
      const template = this.text(value);
      if (template.some((piece) => piece === undefined || isHole(piece))) return UNKNOWN;
      found.push({ template, at: value });
    }
    return { kind: "text", template: oneOf(found) };
  }

  /** `for _, item in ipairs(LIST) do`, `for name in pairs(FIELDS) do`: one of those. */
  #fromSource(source: Source | undefined): Value {
    if (source?.kind === "results") return this.several.at(source.expression, source.index);
    if (source?.kind !== "iteration" || source.expression.kind !== "Call") return UNKNOWN;
    const { callee, args } = source.expression;
    const iterator = this.value(callee);
    const [list] = args;
    if (iterator.kind !== "global" || list === undefined || source.index > 1) return UNKNOWN;
    if (iterator.path !== "ipairs" && iterator.path !== "pairs") return UNKNOWN;
    const over = this.value(list);
    if (source.index === 1) return this.fields.items(over, source.expression);
    return iterator.path === "pairs" ? this.fields.names(over, source.expression) : UNKNOWN;
  }

  #indexed(object: Expression, index: Expression): Value {
    const name = this.exactText(index);
    return name === undefined
      ? this.fields.items(this.value(object), index)
      : this.#field(object, name);
  }

  #field(object: Expression, name: string): Value {
    const holder = this.value(object);
    if (holder.kind === "global" && (holder.path === "_G" || holder.path === "_ENV")) {
      return this.#globalField(object, name);
    }
    return this.fields.of(holder, name);
  }

  #globalField(object: Expression, name: string): Value {
    if (name !== "State") return { kind: "global", path: name };
    return object.span.start < this.#ownStateFrom ? { kind: "state" } : UNKNOWN;
  }

  /** Where the script has put something else in the place of `State` for good. */
  #findOwnState(): number {
    const definitions = this.#scopes.globals.get("State")?.definitions ?? [];
    const own = definitions.filter(
      (definition) => definition.unconditional && !this.#keepsState(definition),
    );
    return own[0]?.at.span.end ?? Number.POSITIVE_INFINITY;
  }

  /** `State = State or {...}` and the like. */
  #keepsState({ value }: Definition): boolean {
    let at = value;
    while (at?.kind === "Binary" || at?.kind === "Paren") {
      at = at.kind === "Paren" ? at.expression : at.left;
    }
    return at?.kind === "Identifier" && at.name === "State";
  }
}

/**
 * What a variable keeps of `Entry("user"):key("theme")`: where it is named more than once, its methods
 * may be given something else in between.
 */
function unchained(value: Value, variable: Variable): Value {
  if ((value.kind !== "table" && value.kind !== "module") || value.unchained === undefined) {
    return value;
  }
  // Of a variable that others can name, an edit elsewhere may add to the references.
  const isOwn = !(variable instanceof SharedVariable) && variable.references.length === 1;
  return isOwn ? value : value.unchained;
}

function isHole(piece: Template[number]): piece is Hole {
  return typeof piece === "object" && piece.kind === "hole";
}

function textOrUnknown(text: string | undefined): Value {
  return text === undefined ? UNKNOWN : { kind: "text", template: [text] };
}
