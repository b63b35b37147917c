import type { Definition, Scopes, Source, Variable } from "../scope/variables.ts";
import type { CallExpression, Expression, FunctionExpression, Identifier } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";
import { visitStatements } from "../syntax/walk.ts";
import { type LocalPart, partsOf } from "../wrappers/parts.ts";
import type { ModuleExport, ModuleLookup } from "../wrappers/summary.ts";
import { formatTemplate } from "./format.ts";
import { Instances } from "./instances.ts";
import { numeralText } from "./numbers.ts";
import { type HeldTable, TableFields } from "./table-fields.ts";
import {
  type Alternative,
  ANYTHING,
  fill,
  type Hole,
  joinTemplates,
  MAX_TEXTS,
  oneOf,
  soleHole,
  type Template,
  templateOf,
} from "./template.ts";
import {
  type Bound,
  type FunctionValue,
  type Given,
  givenAs,
  type ModuleValue,
  type TableValue,
  UNKNOWN,
  type Value,
} from "./value.ts";

/** Longest chain of names, fields and operators that is followed. */
const MAX_STEPS = 60;
/** Deepest nesting of what functions are given that functions give back. */
const MAX_BOUND = 4;
/** A variable that is given more values than this is no constant. */
const MAX_DEFINITIONS = 8;

/** Answers what expressions of one chunk stand for. Keeps what it found out of each variable. */
export class Evaluator {
  readonly #scopes: Scopes;
  readonly #modules: ModuleLookup;
  readonly #fields = new TableFields((key) => this.#exactText(key));
  readonly #known = new Map<Variable, Value>();
  readonly #returned = new Map<FunctionExpression, Value>();
  readonly #inProgress = new Set<Variable | FunctionExpression>();
  readonly #instances: Instances;
  /** From here on the global `State` is the script's own. */
  readonly #ownStateFrom: number;
  #steps = 0;

  constructor(scopes: Scopes, modules: ModuleLookup = () => undefined) {
    this.#scopes = scopes;
    this.#modules = modules;
    this.#instances = new Instances(scopes);
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
    return textOf(this.value(expression));
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

  /** What a module that is required gives under a path, or an object that it made. */
  exported({ name, path, made }: ModuleValue): ModuleExport | undefined {
    const exports = made?.exports ?? this.#modules(name)?.exports;
    return exports?.find((found) => samePath(found.path, path));
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
        if (expression.operator === "or") return this.#either(expression.left, expression.right);
        return expression.operator === "and" ? this.value(expression.right) : UNKNOWN;
      case "Unary":
        return this.#negated(expression.operator, expression.operand);
      default:
        return UNKNOWN;
    }
  }

  /** `State or {}` is State: llmspell always provides it. `ns or "cache"` is one of two. */
  #either(left: Expression, right: Expression): Value {
    const value = this.value(left);
    if (value.kind === "state" || value.kind === "member") return value;
    const template = value.kind === "text" ? value.template : ANYTHING;
    const hole = soleHole(template);
    const other = this.value(right);
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
    if (this.#inProgress.has(variable)) return UNKNOWN;
    this.#inProgress.add(variable);
    const value = this.#valueOf(variable);
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
    const value = this.value(definition.value);
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
    const otherwise = value.kind === "text" ? value.template : undefined;
    const instead = otherwise && { template: otherwise, at: giver(fallback) };
    return { kind: "text", template: [{ ...hole, otherwise, fallback: instead }] };
  }

  /** `local key = "a" if x then key = "b" end`: one of these, where all are known. */
  #oneOfSeveral({ kind, definitions }: Variable): Value {
    if (kind !== "local" || definitions.length > MAX_DEFINITIONS) return UNKNOWN;
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
    if (source?.kind !== "iteration" || source.expression.kind !== "Call") return UNKNOWN;
    const { callee, args } = source.expression;
    const iterator = this.value(callee);
    const [list] = args;
    if (iterator.kind !== "global" || list === undefined || source.index > 1) return UNKNOWN;
    if (iterator.path !== "ipairs" && iterator.path !== "pairs") return UNKNOWN;
    const over = this.value(list);
    if (source.index === 1) return this.#items(over, source.expression);
    return iterator.path === "pairs" ? this.#names(over) : UNKNOWN;
  }

  /** One of the values that a table has, whichever. */
  #items(value: Value, by: object): Value {
    if (value.kind === "module") return this.#itemsOfModule(value);
    const all = value.kind === "table" ? this.#fields.all(value) : [];
    if (value.kind !== "table" || all.length > MAX_TEXTS) return UNKNOWN;
    const items = all.map(([, given]) => ({
      value:
        given.value === undefined ? UNKNOWN : this.#filled(this.value(given.value), value.bound),
      at: given.value,
    }));
    if (items.some((item) => item.value.kind === "text")) {
      const of = items.map((item) => ({ template: textOf(item.value), at: item.at }));
      return { kind: "text", template: oneOf(of) };
    }
    const tables = items.flatMap((item) => (item.value.kind === "table" ? item.value : []));
    return tables.length === 0 ? UNKNOWN : { kind: "several", values: tables, by };
  }

  #itemsOfModule({ name, path, made }: ModuleValue): Value {
    const exports = made?.exports ?? this.#modules(name)?.exports ?? [];
    const of = exports.flatMap(({ path: found, value }): Alternative[] => {
      if (value.kind !== "text" || !samePath(found.slice(0, -1), path)) return [];
      return found.length === path.length + 1
        ? [{ template: templateOf(value.text), at: undefined }]
        : [];
    });
    return of.length === 0 ? UNKNOWN : { kind: "text", template: oneOf(of) };
  }

  #names(value: Value): Value {
    if (value.kind !== "table") return UNKNOWN;
    const of = this.#fields
      .all(value)
      .map(([name]) => ({ template: name === undefined ? ANYTHING : [name], at: undefined }));
    return { kind: "text", template: oneOf(of) };
  }

  #indexed(object: Expression, index: Expression): Value {
    const name = this.#exactText(index);
    return name === undefined ? this.#items(this.value(object), index) : this.#field(object, name);
  }

  #field(object: Expression, name: string): Value {
    const holder = this.value(object);
    if (holder.kind === "global" && (holder.path === "_G" || holder.path === "_ENV")) {
      return this.#globalField(object, name);
    }
    return this.#fieldOf(holder, name);
  }

  /** A field of the object that a method is called on: that of its class, or what objects are given. */
  #ofSelf(object: TableValue, self: Variable, name: string): Value {
    const value = this.#tableField(object, name);
    if (value.kind !== "text" && value.kind !== "unknown") return value;
    const [only, ...more] = this.#instances.of(object, this).flatMap((instance) => {
      const field = this.#fieldOf(instance, name);
      return field.kind === "unknown" ? [] : [field];
    });
    const shared = value.kind === "text" || more.length > 0 ? value : (only ?? value);
    if (shared.kind !== "text" && shared.kind !== "unknown") return shared;
    const given = textOf(shared);
    // Only what every object has is known here.
    const here = given.every((piece) => typeof piece === "string") ? given : undefined;
    return { kind: "text", template: [{ kind: "hole", variable: self, path: [name], here }] };
  }

  #fieldOf(holder: Value, name: string): Value {
    switch (holder.kind) {
      case "state":
        return { kind: "member", name };
      case "global":
        return { kind: "global", path: `${holder.path}.${name}` };
      case "module":
        return this.#ofModule({ ...holder, path: [...holder.path, name] });
      case "table":
        return holder.self === undefined
          ? this.#tableField(holder, name)
          : this.#ofSelf(holder, holder.self, name);
      case "text": {
        const hole = soleHole(holder.template);
        if (hole === undefined || hole.here !== undefined) return UNKNOWN;
        const { kind, variable, path } = hole;
        return { kind: "text", template: [{ kind, variable, path: [...path, name] }] };
      }
      case "several": {
        const of = holder.values.map((value) => ({
          template: textOf(this.#fieldOf(value, name)),
          at: value.kind === "table" ? this.#only(value, name) : undefined,
        }));
        return { kind: "text", template: [{ kind: "choice", of, by: holder.by }] };
      }
      default:
        return UNKNOWN;
    }
  }

  #only(table: TableValue, name: string): Expression | undefined {
    const [only, ...others] = this.#fields.givenTo(table, name);
    return others.length === 0 ? only?.value : undefined;
  }

  #ofModule(value: ModuleValue): Value {
    const exported = this.exported(value)?.value;
    if (exported === undefined || exported.kind === "function") return value;
    if (exported.kind !== "text") return exported;
    const { text, parts } = exported;
    const given = value.made?.given;
    if (parts === undefined || given === undefined)
      return { kind: "text", template: templateOf(text) };
    const inside = { ...given, outer: given };
    const [only = null, ...more] = parts;
    const at = more.length === 0 ? this.origin(only, inside) : undefined;
    return { kind: "text", template: this.filledIn(parts, inside), at };
  }

  #globalField(object: Expression, name: string): Value {
    if (name !== "State") return { kind: "global", path: name };
    return object.span.start < this.#ownStateFrom ? { kind: "state" } : UNKNOWN;
  }

  /** The field's value when exactly one is given to it: in the constructor or later. */
  #tableField(table: TableValue, name: string): Value {
    const [only, ...others] = this.#fields.givenTo(table, name);
    if (only === undefined) return this.#inherited(table, name);
    if (others.length > 0) return UNKNOWN;
    const value = only.value === undefined ? UNKNOWN : this.value(only.value);
    if (value.kind === "table" && value.holder === undefined) {
      const path = [...table.path, name];
      return this.#filled({ ...value, holder: table.holder, path }, table.bound);
    }
    return this.#filled(value, table.bound);
  }

  #inherited({ metatable, bound }: TableValue, name: string): Value {
    const index = metatable?.kind === "table" ? this.#indexOf(metatable) : undefined;
    return index === undefined ? UNKNOWN : this.#filled(this.#tableField(index, name), bound);
  }

  /** Where fields are looked for that a table does not have. */
  inheritedBy({ metatable }: TableValue): TableValue | undefined {
    return metatable?.kind === "table" ? this.#indexOf(metatable) : undefined;
  }

  /** The table that `__index` is, however often that is said. */
  #indexOf(metatable: TableValue): TableValue | undefined {
    const values = this.#fields
      .givenTo(metatable, "__index")
      .map(({ value }) => (value === undefined ? UNKNOWN : this.value(value)));
    const [first] = values;
    if (first?.kind !== "table") return undefined;
    const same = values.every((value) => value.kind === "table" && value.node === first.node);
    return same ? first : undefined;
  }

  /** The value with what is open in it filled in, as far as it was given. */
  #filled(value: Value, bound: Bound | undefined, depth = 0): Value {
    if (bound === undefined) return value;
    if (depth > MAX_BOUND) return UNKNOWN;
    switch (value.kind) {
      case "text": {
        const hole = soleHole(value.template);
        if (hole === undefined || !bound.has(hole.variable)) {
          return { kind: "text", template: this.fillText(value.template, bound) };
        }
        return this.#ofHole(hole, bound) ?? UNKNOWN;
      }
      case "table":
        if (value.self !== undefined && bound.has(value.self)) {
          return bound.get(value.self) ?? UNKNOWN;
        }
        return { ...value, bound: this.#merged(value.bound, bound, depth) };
      case "function":
        return { ...value, bound: this.#merged(value.bound, bound, depth) };
      case "module": {
        if (value.made === undefined) return value;
        const { exports, given } = value.made;
        const filled: Given = {
          ...given,
          parameter: (parameter) => {
            const found = given.parameter(parameter);
            return found && this.#filled(found, bound, depth + 1);
          },
        };
        return { ...value, made: { exports, given: filled } };
      }
      default:
        return value;
    }
  }

  #merged(inner: Bound | undefined, outer: Bound, depth: number): Bound {
    if (inner === undefined) return outer;
    const merged = new Map(outer);
    for (const [variable, value] of inner) {
      merged.set(variable, value && this.#filled(value, outer, depth + 1));
    }
    return merged;
  }

  /** The text with what is open in it filled in, as far as it was given. */
  fillText(template: Template, bound: Bound): Template {
    return fill(template, (hole) => {
      if (!bound.has(hole.variable)) return [hole];
      const value = this.#ofHole(hole, bound);
      return value === undefined ? ANYTHING : textOf(value);
    });
  }

  #ofHole({ variable, path, here, otherwise, fallback }: Hole, bound: Bound): Value | undefined {
    const value = this.#at(bound.get(variable), path);
    if (value?.kind === "unknown" && here !== undefined) return { kind: "text", template: here };
    if (value !== undefined) return value;
    const instead = otherwise ?? here;
    const at = instead === undefined || otherwise === undefined ? undefined : fallback?.at;
    return instead && { kind: "text", template: this.fillText(instead, bound), at };
  }

  /** What stands under a path of a value; undefined: nothing does. */
  #at(value: Value | undefined, path: readonly string[]): Value | undefined {
    let at = value;
    for (const name of path) {
      if (at === undefined) return undefined;
      const lacks =
        at.kind === "table" &&
        at.metatable === undefined &&
        at.self === undefined &&
        this.#fields.givenTo(at, name).length === 0;
      at = lacks ? undefined : this.#fieldOf(at, name);
    }
    return at;
  }

  /**
   * Everything that is known to be given to a table's field, in the constructor or later; to that of
   * a class, what its objects are given too.
   */
  givenTo(table: TableValue, name: string): readonly Expression[] {
    const own = this.#fields.givenTo(table, name).flatMap(({ value }) => value ?? []);
    if (own.length > 0) return own;
    return this.#instances
      .of(table, this)
      .flatMap((instance) => this.#fields.givenTo(instance, name))
      .flatMap(({ value }) => value ?? []);
  }

  /** What the expressions are that a table's field or an item of it is given. @param name undefined: any */
  written(table: TableValue, name: string | undefined): readonly Expression[] {
    if (name !== undefined) return this.givenTo(table, name);
    return this.#fields.all(table).flatMap(([, { value }]) => value ?? []);
  }

  /** The class of objects whose metatable is this one. */
  classOf(metatable: Expression): TableValue | undefined {
    const value = this.value(metatable);
    if (value.kind !== "table") return undefined;
    return this.#indexOf(value) ?? value;
  }

  /** The fields by name to which exactly one value is given. */
  fieldsOf(table: HeldTable): ReadonlyMap<string, { value: Expression; span: Span }> {
    return this.#fields.single(table);
  }

  #call(call: CallExpression): Value {
    const callee = this.value(call.callee);
    if (callee.kind === "function") return this.#resultOf(call, callee);
    if (callee.kind === "module") return this.#resultOfModule(call, callee);
    if (callee.kind === "global") return this.#globalCall(call, callee.path);
    if (callee.kind === "table") return this.#resultOfTable(call, callee);
    const named = call.callee.kind === "Member" && call.callee.method ? call.callee : undefined;
    if (named?.name?.name !== "format") return UNKNOWN;
    return { kind: "text", template: this.#formatted(named.object, call.args) };
  }

  /** `Class("user")` where the metatable has `__call`. */
  #resultOfTable(call: CallExpression, callee: TableValue): Value {
    if (callee.metatable?.kind !== "table") return UNKNOWN;
    const called = this.#tableField(callee.metatable, "__call");
    return called.kind === "function" ? this.#resultOf(call, called, 1) : UNKNOWN;
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
        return name === undefined ? UNKNOWN : this.#ofModule({ kind: "module", name, path: [] });
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

  /** What a call of a script's function gives, with what it is given filled in. */
  #resultOf(call: CallExpression, callee: FunctionValue, before = 0): Value {
    const { node } = callee;
    const value = this.#returnedBy(node);
    if (value.kind === "unknown") return value;
    const given = this.givenBy(call, node.method, before);
    const bound = new Map(callee.bound);
    node.parameters.forEach((name, i) => {
      const variable = this.#scopes.variables.get(name);
      if (variable !== undefined) bound.set(variable, given.parameter(i));
    });
    const self = node.method ? this.#instances.selfOf(node) : undefined;
    if (self !== undefined) bound.set(self, given.parameter(-1));
    if (self !== undefined && returnsSelf(node)) return given.parameter(-1) ?? value;
    return this.#asObject(value, bound) ?? this.#filled(value, bound);
  }

  /** `o = o or {} setmetatable(o, self) return o`: what is given becomes an object. */
  #asObject(value: Value, bound: Bound): Value | undefined {
    const hole = value.kind === "text" ? soleHole(value.template) : undefined;
    const metatable = hole && this.#instances.metatableOf(hole.variable);
    if (hole === undefined || metatable === undefined || hole.path.length > 0) return undefined;
    const { variable } = hole;
    const fallback = variable.definitions.map((one) => defaultIn(one, variable)).find(Boolean);
    const given = bound.get(variable) ?? (fallback && this.value(fallback));
    if (given?.kind !== "table") return undefined;
    const holder = given.holder ?? variable;
    return { ...given, holder, metatable: this.#filled(this.value(metatable), bound) };
  }

  #resultOfModule(call: CallExpression, callee: ModuleValue): Value {
    const exported = this.exported(callee)?.value;
    if (exported?.kind !== "function") return UNKNOWN;
    const given = { ...this.givenBy(call, exported.method), outer: callee.made?.given };
    if (exported.fluent === true) return given.parameter(-1) ?? UNKNOWN;
    const { name } = callee;
    if (exported.made !== undefined) {
      return { kind: "module", name, path: [], made: { exports: exported.made, given } };
    }
    if (exported.text === undefined) return UNKNOWN;
    return { kind: "text", template: this.filledIn(exported.text, given) };
  }

  /**
   * What a call gives to a function's parameters.
   * @param method the function is written with a colon
   * @param before arguments that it is given before those that are written
   */
  givenBy({ callee, args }: CallExpression, method: boolean, before = 0): Given {
    const called = callee.kind === "Member" && callee.method ? callee.object : undefined;
    const shift = (method ? 1 : 0) - (called === undefined ? 0 : 1) - before;
    const last = args.at(-1)?.kind;
    const more = last === "Vararg" || last === "Call" || last === "Missing";
    return {
      parameter: (parameter) => {
        const slot = parameter + shift;
        if (slot < 0) return called !== undefined && slot === -1 ? this.value(called) : UNKNOWN;
        const argument = args[slot];
        if (argument === undefined) return more ? UNKNOWN : undefined;
        return argument.kind === "Nil" ? undefined : givenAs(this.value(argument), argument);
      },
    };
  }

  /** Where in this script a part of a text is written that was given to what made the function. */
  origin(part: LocalPart, given: Given): Expression | undefined {
    if (part === null || typeof part === "string") return undefined;
    if ("variable" in part) {
      const value = given.bound && this.#ofHole(part, given.bound);
      return value?.kind === "text" ? value.at : undefined;
    }
    const from = part.outer === true ? given.outer : given;
    const value = from && this.#at(from.parameter(part.parameter), part.path ?? []);
    return value?.kind === "text" ? value.at : undefined;
  }

  /** A text with the parameters filled in. */
  filledIn(parts: readonly LocalPart[], given: Given): Template {
    return joinTemplates(
      parts.map((part) => {
        if (part === null) return ANYTHING;
        if (typeof part === "string") return [part];
        if ("variable" in part) {
          return given.bound === undefined ? [part] : this.fillText([part], given.bound);
        }
        const from = part.outer === true ? given.outer : given;
        if (from === undefined) return ANYTHING;
        const value = this.#at(from.parameter(part.parameter), part.path ?? []);
        const instead =
          value === undefined || value.kind === "unknown" ? part.otherwise : undefined;
        const missing = value === undefined || part.path !== undefined;
        if (instead !== undefined && missing) return this.filledIn(instead, given);
        return value === undefined ? ANYTHING : textOf(value);
      }),
    );
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
    const value =
      only === undefined
        ? UNKNOWN
        : others.length > 0
          ? this.#oneReturned(returned)
          : this.value(only);
    this.#inProgress.delete(node);
    this.#returned.set(node, value);
    return value;
  }

  /** `if x then return "a" end return "b"`; the same object in several places. */
  #oneReturned(returned: readonly Expression[]): Value {
    if (returned.length > MAX_DEFINITIONS) return UNKNOWN;
    const values = returned.map((value) => this.value(value));
    const [first] = values;
    if (first?.kind === "table") {
      const same = values.every((value) => value.kind === "table" && value.node === first.node);
      return same ? first : UNKNOWN;
    }
    if (!values.every((value) => value.kind === "text")) return UNKNOWN;
    const of = values.map((value, i) => ({ template: textOf(value), at: returned[i] }));
    return { kind: "text", template: oneOf(of) };
  }

  /** What a function returns, what it is given still open. */
  returnedBy(node: FunctionExpression): Value {
    return this.#returnedBy(node);
  }

  /** The text that a function returns, by its parameters; undefined when nothing of it is known. */
  returnedText(node: FunctionExpression): readonly LocalPart[] | undefined {
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

/** `X` of `variable = variable or X`. */
function defaultIn({ value }: Definition, { name }: Variable): Expression | undefined {
  if (value?.kind !== "Binary" || value.operator !== "or") return undefined;
  return value.left.kind === "Identifier" && value.left.name === name ? value.right : undefined;
}

/** `"x"` of `(a and "x")`. */
function giver(expression: Expression): Expression {
  if (expression.kind === "Paren") return giver(expression.expression);
  const last = expression.kind === "Binary" && expression.operator === "and";
  return last ? giver(expression.right) : expression;
}

/** `a and "x"`, also in parentheses: it may be false. */
function isConditional(expression: Expression): boolean {
  if (expression.kind === "Paren") return isConditional(expression.expression);
  return expression.kind === "Binary" && expression.operator === "and";
}

/** Whether a method ends by returning the object that it was called on. */
export function returnsSelf({ body }: FunctionExpression): boolean {
  const last = body.statements.at(-1);
  const value = last?.kind === "Return" ? last.values[0] : undefined;
  return value?.kind === "Identifier" && value.name === "self";
}

function isHole(piece: Template[number]): piece is Hole {
  return typeof piece === "object" && piece.kind === "hole";
}

function textOf(value: Value): Template {
  return value.kind === "text" ? value.template : ANYTHING;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function textOrUnknown(text: string | undefined): Value {
  return text === undefined ? UNKNOWN : { kind: "text", template: [text] };
}
