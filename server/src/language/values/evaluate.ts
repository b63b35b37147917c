import type { Definition, Scopes, Variable } from "../scope/variables.ts";
import type { CallExpression, Expression, FunctionExpression, Identifier } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";
import { visitStatements } from "../syntax/walk.ts";
import { partsOf, templateFor } from "../wrappers/parts.ts";
import type { EffectPart, ModuleExport, ModuleLookup } from "../wrappers/summary.ts";
import { formatTemplate } from "./format.ts";
import { numeralText } from "./numbers.ts";
import { type HeldTable, TableFields } from "./table-fields.ts";
import { ANYTHING, joinTemplates, type Template, templateOf } from "./template.ts";

/** What an expression stands for, as far as the text tells. */
export type Value =
  /** The State that llmspell provides. */
  | { readonly kind: "state" }
  /** One of its functions, `State.save`. */
  | { readonly kind: "member"; readonly name: string }
  /** A global that the script leaves as it is, by its path: `string.format`. */
  | { readonly kind: "global"; readonly path: string }
  | (HeldTable & {
      readonly kind: "table";
      /** Its metatable: fields that it does not have are looked for in that one's `__index`. */
      readonly metatable?: Value;
    })
  | { readonly kind: "function"; readonly node: FunctionExpression }
  /** What `require("name")` returns. */
  | { readonly kind: "module"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "text"; readonly template: Template }
  | { readonly kind: "unknown" };

const UNKNOWN: Value = { kind: "unknown" };
/** Longest chain of names, fields and operators that is followed. */
const MAX_STEPS = 60;

/** Answers what expressions of one chunk stand for. Keeps what it found out of each variable. */
export class Evaluator {
  readonly #scopes: Scopes;
  readonly #modules: ModuleLookup;
  readonly #fields = new TableFields((key) => this.#exactText(key));
  readonly #known = new Map<Variable, Value>();
  readonly #returned = new Map<FunctionExpression, Value>();
  readonly #inProgress = new Set<Variable | FunctionExpression>();
  /** From here on the global `State` is the script's own. */
  readonly #ownStateFrom: number;
  #steps = 0;

  constructor(scopes: Scopes, modules: ModuleLookup = () => undefined) {
    this.#scopes = scopes;
    this.#modules = modules;
    this.#ownStateFrom = this.#findOwnState();
  }

  /** What the expression stands for where it stands. */
  value(expression: Expression): Value {
    if (this.#steps >= MAX_STEPS) return UNKNOWN;
    this.#steps += 1;
    const value = this.#value(expression);
    this.#steps -= 1;
    return value;
  }

  /** The text that the expression gives as a namespace or key: numbers as their text. */
  text(expression: Expression): Template {
    const value = this.value(expression);
    return value.kind === "text" ? value.template : ANYTHING;
  }

  #exactText(expression: Expression): string | undefined {
    const [text, ...more] = this.text(expression);
    return typeof text === "string" && more.length === 0 ? text : undefined;
  }

  /** The module's name when the call is `require("name")`. */
  requiredName({ callee, args: [first] }: CallExpression): string | undefined {
    const value = this.value(callee);
    const required = value.kind === "global" && value.path === "require" && first !== undefined;
    return required ? this.#exactText(first) : undefined;
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

  /** What a module that is required gives under a path. */
  exported(name: string, path: readonly string[]): ModuleExport | undefined {
    return this.#modules(name)?.exports.find((found) => samePath(found.path, path));
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
        return this.#call(expression);
      case "Binary":
        if (expression.operator === "..") {
          const template = joinTemplates([this.text(expression.left), this.text(expression.right)]);
          return { kind: "text", template };
        }
        if (expression.operator === "or") return this.#alternative(expression.left);
        return expression.operator === "and" ? this.value(expression.right) : UNKNOWN;
      case "Unary":
        return this.#negated(expression.operator, expression.operand);
      default:
        return UNKNOWN;
    }
  }

  /** `State or {}` is State: llmspell always provides it. */
  #alternative(left: Expression): Value {
    const value = this.value(left);
    return value.kind === "state" || value.kind === "member" ? value : UNKNOWN;
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
    if (this.#inProgress.has(variable)) return UNKNOWN;
    this.#inProgress.add(variable);
    const value = this.#valueOf(variable);
    this.#inProgress.delete(variable);
    this.#known.set(variable, value);
    return value;
  }

  #valueOf(variable: Variable): Value {
    const [definition, ...others] = variable.definitions;
    if (definition === undefined || others.length > 0) return UNKNOWN;
    if (variable.kind === "parameter") return { kind: "text", template: [variable] };
    if (definition.value === undefined) return UNKNOWN;
    const value = this.value(definition.value);
    if (value.kind === "table" && value.holder === undefined) {
      return { ...value, holder: variable };
    }
    return value;
  }

  #indexed(object: Expression, index: Expression): Value {
    const name = this.#exactText(index);
    return name === undefined ? UNKNOWN : this.#field(object, name);
  }

  #field(object: Expression, name: string): Value {
    const holder = this.value(object);
    switch (holder.kind) {
      case "state":
        return { kind: "member", name };
      case "global":
        if (holder.path === "_G" || holder.path === "_ENV") return this.#globalField(object, name);
        return { kind: "global", path: `${holder.path}.${name}` };
      case "module":
        return this.#ofModule(holder.name, [...holder.path, name]);
      case "table":
        return this.#tableField(holder, name);
      default:
        return UNKNOWN;
    }
  }

  #ofModule(name: string, path: readonly string[]): Value {
    const value = this.exported(name, path)?.value;
    if (value === undefined || value.kind === "function") return { kind: "module", name, path };
    return value.kind === "text" ? { kind: "text", template: templateOf(value.text) } : value;
  }

  #globalField(object: Expression, name: string): Value {
    if (name !== "State") return { kind: "global", path: name };
    return object.span.start < this.#ownStateFrom ? { kind: "state" } : UNKNOWN;
  }

  /** The field's value when exactly one is given to it: in the constructor or later. */
  #tableField(table: Value & { kind: "table" }, name: string): Value {
    const [only, ...others] = this.#fields.givenTo(table, name);
    if (only === undefined) return this.#inherited(table, name);
    if (others.length > 0) return UNKNOWN;
    const value = only.value === undefined ? UNKNOWN : this.value(only.value);
    if (value.kind === "table" && value.holder === undefined) {
      return { ...value, holder: table.holder, path: [...table.path, name] };
    }
    return value;
  }

  #inherited({ metatable }: Value & { kind: "table" }, name: string): Value {
    if (metatable?.kind !== "table") return UNKNOWN;
    const index = this.#tableField(metatable, "__index");
    return index.kind === "table" ? this.#tableField(index, name) : UNKNOWN;
  }

  /** Everything that is known to be given to a table's field, in the constructor or later. */
  givenTo(table: HeldTable, name: string): readonly Expression[] {
    return this.#fields.givenTo(table, name).flatMap(({ value }) => value ?? []);
  }

  /** The fields by name to which exactly one value is given. */
  fieldsOf(table: HeldTable): ReadonlyMap<string, { value: Expression; span: Span }> {
    return this.#fields.single(table);
  }

  #call(call: CallExpression): Value {
    const callee = this.value(call.callee);
    if (callee.kind === "function") return this.#resultOf(call, callee.node);
    if (callee.kind === "module") return this.#resultOfModule(call, callee);
    if (callee.kind === "global") return this.#globalCall(call, callee.path);
    const named = call.callee.kind === "Member" && call.callee.method ? call.callee : undefined;
    if (named?.name?.name !== "format") return UNKNOWN;
    return { kind: "text", template: this.#formatted(named.object, call.args) };
  }

  #formatted(format: Expression, args: readonly Expression[]): Template {
    const texts = args.map((argument) => this.text(argument));
    return formatTemplate(this.text(format), texts);
  }

  #globalCall({ args }: CallExpression, path: string): Value {
    const [first, ...rest] = args;
    if (first === undefined) return UNKNOWN;
    switch (path) {
      case "tostring":
        return { kind: "text", template: this.text(first) };
      case "string.format":
        return { kind: "text", template: this.#formatted(first, rest) };
      case "require": {
        const name = this.#exactText(first);
        return name === undefined ? UNKNOWN : this.#ofModule(name, []);
      }
      case "setmetatable": {
        const value = this.value(first);
        if (value.kind !== "table" || rest[0] === undefined) return value;
        return { ...value, metatable: this.value(rest[0]) };
      }
      case "table.concat":
        return { kind: "text", template: this.#concatenated(first, rest[0]) };
      default:
        return UNKNOWN;
    }
  }

  /** What a call of a script's function gives; its text with the parameters filled in. */
  #resultOf(call: CallExpression, node: FunctionExpression): Value {
    const value = this.#returnedBy(node);
    if (value.kind !== "text") return value;
    const parts = partsOf(value.template, node);
    return { kind: "text", template: this.#filledIn(call, parts, node.method) };
  }

  #resultOfModule(call: CallExpression, { name, path }: Value & { kind: "module" }): Value {
    const exported = this.exported(name, path)?.value;
    if (exported?.kind !== "function" || exported.text === undefined) return UNKNOWN;
    return { kind: "text", template: this.#filledIn(call, exported.text, exported.method) };
  }

  #filledIn(call: CallExpression, parts: readonly EffectPart[], method: boolean): Template {
    const calledAsMethod = call.callee.kind === "Member" && call.callee.method;
    const shift = (method ? 1 : 0) - (calledAsMethod ? 1 : 0);
    return templateFor(parts, (parameter) => {
      const argument = call.args[parameter + shift];
      return argument && this.text(argument);
    });
  }

  /** The one thing (beside nil) that a function returns. */
  #returnedBy(node: FunctionExpression): Value {
    const known = this.#returned.get(node);
    if (known !== undefined) return known;
    if (this.#inProgress.has(node)) return UNKNOWN;
    this.#inProgress.add(node);
    const returned: Expression[] = [];
    visitStatements(node.body, (statement) => {
      const value = statement.kind === "Return" ? statement.values[0] : undefined;
      if (value !== undefined && value.kind !== "Nil") returned.push(value);
    });
    const [only, ...others] = returned;
    const value = only === undefined || others.length > 0 ? UNKNOWN : this.value(only);
    this.#inProgress.delete(node);
    this.#returned.set(node, value);
    return value;
  }

  /** The text that a function returns, by its parameters; undefined when nothing of it is known. */
  returnedText(node: FunctionExpression): readonly EffectPart[] | undefined {
    const value = this.#returnedBy(node);
    if (value.kind !== "text") return undefined;
    const parts = partsOf(value.template, node);
    return parts.every((part) => part === null) ? undefined : parts;
  }

  #concatenated(list: Expression, separator: Expression | undefined): Template {
    if (list.kind !== "Table" || !list.fields.every((field) => field.kind === "Positional")) {
      return ANYTHING;
    }
    const between: Template = separator === undefined ? [""] : this.text(separator);
    const texts = list.fields.map((field) => this.text(field.value));
    return joinTemplates(texts.flatMap((text, i) => (i === 0 ? [text] : [between, text])));
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

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function textOrUnknown(text: string | undefined): Value {
  return text === undefined ? UNKNOWN : { kind: "text", template: [text] };
}
