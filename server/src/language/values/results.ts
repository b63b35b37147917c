import type { Scopes, Variable } from "../scope/variables.ts";
import type {
  CallExpression,
  Expression,
  FunctionExpression,
  TableExpression,
} from "../syntax/ast.ts";
import { visitStatements } from "../syntax/walk.ts";
import { type LocalPart, partsOf } from "../wrappers/parts.ts";
import type { SetField } from "../wrappers/summary.ts";
import { defaultIn, MAX_ALTERNATIVES } from "./alternatives.ts";
import type { FieldValues } from "./field-values.ts";
import type { Filling } from "./filling.ts";
import { formatTemplate } from "./format.ts";
import type { Instances } from "./instances.ts";
import type { Progress } from "./progress.ts";
import { ANYTHING, joinTemplates, oneOf, soleHole, type Template } from "./template.ts";
import {
  type Bound,
  type FunctionValue,
  type Given,
  givenAs,
  type ModuleValue,
  type TableValue,
  textOf,
  UNKNOWN,
  type Value,
  type Values,
} from "./value.ts";

/** Answers what calls give: of a script's own functions, of modules', and of Lua's. */
export class Results {
  readonly #values: Values;
  readonly #scopes: Scopes;
  readonly #instances: Instances;
  readonly #fields: FieldValues;
  readonly #progress: Progress;
  readonly #returned = new Map<FunctionExpression, Value>();
  readonly #inProgress = new Set<FunctionExpression>();
  readonly #packs = new Map<CallExpression, TableExpression>();

  constructor(
    values: Values,
    scopes: Scopes,
    instances: Instances,
    fields: FieldValues,
    progress: Progress,
  ) {
    this.#values = values;
    this.#scopes = scopes;
    this.#instances = instances;
    this.#fields = fields;
    this.#progress = progress;
  }

  of(call: CallExpression): Value {
    const { callee: written } = call;
    if (written.kind === "Member" && written.method) {
      // Asked once: chains of methods are long.
      const object = this.#values.value(written.object);
      return this.#resultOfCalled(call, this.#fields.of(object, written.name?.name ?? ""), object);
    }
    return this.#resultOfCalled(call, this.#values.value(written));
  }

  #resultOfCalled(call: CallExpression, callee: Value, object?: Value): Value {
    if (callee.kind === "function") return this.#resultOf(call, callee, 0, object);
    if (callee.kind === "module") return this.#resultOfModule(call, callee, object);
    if (callee.kind === "global") return this.#globalCall(call, callee.path);
    if (callee.kind === "table") return this.#resultOfTable(call, callee);
    const named = call.callee.kind === "Member" && call.callee.method ? call.callee : undefined;
    if (named?.name?.name !== "format") return UNKNOWN;
    return { kind: "text", template: this.#formatted(named.object, call.args) };
  }

  /** `Class("user")` where the metatable has `__call`. */
  #resultOfTable(call: CallExpression, callee: TableValue): Value {
    if (callee.metatable?.kind !== "table") return UNKNOWN;
    const called = this.#fields.ofTable(callee.metatable, "__call");
    return called.kind === "function" ? this.#resultOf(call, called, 1, callee) : UNKNOWN;
  }

  /** What a call of a script's function gives, with what it is given filled in. */
  #resultOf(call: CallExpression, callee: FunctionValue, before = 0, object?: Value): Value {
    const { node } = callee;
    const value = this.returnedBy(node);
    if (value.kind === "unknown") return value;
    const given = this.givenBy(call, node.method, before, object);
    const bound = new Map(callee.bound);
    node.parameters.forEach((name, i) => {
      const variable = this.#scopes.variables.get(name);
      if (variable !== undefined) bound.set(variable, given.parameter(i));
    });
    const self = node.method ? this.#instances.selfOf(node) : undefined;
    if (self !== undefined) bound.set(self, given.parameter(-1));
    if (self !== undefined && returnsSelf(node)) {
      bound.delete(self);
      return this.#chained(given.parameter(-1) ?? value, self, bound);
    }
    return this.#asObject(value, bound) ?? this.#fields.filling.value(value, bound);
  }

  /** `Entry("user"):key("theme")`: the object goes on with what its method was given. */
  #chained(object: Value, self: Variable, given: Bound): Value {
    if (object.kind !== "table" || given.size === 0) return object;
    const bound = new Map([...(object.bound ?? []), ...given]);
    const set = new Map(object.set);
    for (const { path, value } of self.fields) {
      const [name, ...more] = path;
      if (name === undefined || more.length > 0) continue;
      const isOnly = self.fields.filter((one) => one.path[0] === name).length === 1;
      const known = value === undefined || !isOnly ? UNKNOWN : this.#values.value(value);
      set.set(name, this.#fields.filling.value(known, bound));
    }
    return { ...object, bound, set, unchained: object.unchained ?? object };
  }

  /** `o = o or {} setmetatable(o, self) return o`: what is given becomes an object. */
  #asObject(value: Value, bound: Bound): Value | undefined {
    const hole = value.kind === "text" ? soleHole(value.template) : undefined;
    const metatable = hole && this.#instances.metatableOf(hole.variable);
    if (hole === undefined || metatable === undefined || hole.path.length > 0) return undefined;
    const { variable } = hole;
    const fallback = variable.definitions.map((one) => defaultIn(one, variable)).find(Boolean);
    const given = bound.get(variable) ?? (fallback && this.#values.value(fallback));
    if (given?.kind !== "table") return undefined;
    const holder = given.holder ?? variable;
    return {
      ...given,
      holder,
      metatable: this.#fields.filling.value(this.#values.value(metatable), bound),
    };
  }

  #resultOfModule(call: CallExpression, callee: ModuleValue, object?: Value): Value {
    const exported = this.#fields.exported(callee)?.value;
    if (exported?.kind !== "function") return UNKNOWN;
    const given = {
      ...this.givenBy(call, exported.method, 0, object),
      outer: callee.made?.given,
    };
    if (exported.fluent === true) {
      const object = given.parameter(-1) ?? UNKNOWN;
      return withFields(object, exported.sets ?? [], given, this.#fields.filling);
    }
    const { name } = callee;
    if (exported.made !== undefined) {
      return { kind: "module", name, path: [], made: { exports: exported.made, given } };
    }
    if (exported.text === undefined) return UNKNOWN;
    return { kind: "text", template: this.#fields.filling.parts(exported.text, given) };
  }

  /**
   * What a call gives to a function's parameters.
   * @param method the function is written with a colon
   * @param before arguments that it is given before those that are written
   * @param object whose method it is, where that is known already
   */
  givenBy({ callee, args }: CallExpression, method: boolean, before = 0, object?: Value): Given {
    const called = callee.kind === "Member" && callee.method ? callee.object : undefined;
    const shift = (method ? 1 : 0) - (called === undefined ? 0 : 1) - before;
    const last = args.at(-1)?.kind;
    const more = last === "Vararg" || last === "Call" || last === "Missing";
    return {
      parameter: (parameter) => {
        const slot = parameter + shift;
        if (slot < 0)
          return slot === -1
            ? (object ?? (called === undefined ? UNKNOWN : this.#values.value(called)))
            : UNKNOWN;
        const argument = args[slot];
        const beyond = slot - args.length + 1;
        const open = args.at(-1);
        if (beyond >= 0 && open !== undefined && this.#values.several.areKnown(open)) {
          return this.#values.several.at(open, beyond);
        }
        if (argument === undefined) return more ? UNKNOWN : undefined;
        return argument.kind === "Nil"
          ? undefined
          : givenAs(this.#values.value(argument), argument);
      },
    };
  }

  #globalCall(call: CallExpression, path: string): Value {
    const [first, ...rest] = call.args;
    if (first === undefined) return UNKNOWN;
    if (this.#values.several.areKnown(call)) return this.#values.several.at(call, 0);
    switch (path) {
      case "tostring":
        return { kind: "text", template: this.#values.text(first) };
      case "string.format":
        return { kind: "text", template: this.#formatted(first, rest) };
      case "require": {
        const name = this.#values.exactText(first);
        return name === undefined
          ? UNKNOWN
          : this.#fields.ofModule({ kind: "module", name, path: [] });
      }
      case "setmetatable": {
        const value = this.#values.value(first);
        if (value.kind !== "table" || rest[0] === undefined) return value;
        return { ...value, metatable: this.#values.value(rest[0]) };
      }
      case "table.pack":
        return { kind: "table", node: this.#packed(call), holder: undefined, path: [] };
      case "table.concat":
        return { kind: "text", template: this.#concatenated(first, rest[0]) };
      default:
        return UNKNOWN;
    }
  }

  /** `{...}` of `table.pack(...)`. */
  #packed(call: CallExpression): TableExpression {
    const { span, args, closed } = call;
    const known = this.#packs.get(call) ?? {
      kind: "Table",
      span,
      fields: args.map((value) => ({ kind: "Positional", span: value.span, value })),
      closed,
    };
    this.#packs.set(call, known);
    return known;
  }

  #formatted(format: Expression, args: readonly Expression[]): Template {
    const texts = args.map((argument) => this.#values.text(argument));
    return formatTemplate(this.#values.text(format), texts);
  }

  #concatenated(list: Expression, separator: Expression | undefined): Template {
    if (list.kind !== "Table" || !list.fields.every((field) => field.kind === "Positional")) {
      return ANYTHING;
    }
    const between: Template = separator === undefined ? [""] : this.#values.text(separator);
    const texts = list.fields.map((field) => this.#values.text(field.value));
    return joinTemplates(texts.flatMap((text, i) => (i === 0 ? [text] : [between, text])));
  }

  /** The one thing (beside nil) that a function returns, what it is given still open. */
  returnedBy(node: FunctionExpression): Value {
    const known = this.#returned.get(node);
    if (known !== undefined) return known;
    if (this.#inProgress.has(node)) {
      this.#progress.circle(node);
      return UNKNOWN;
    }
    this.#inProgress.add(node);
    this.#progress.begin(node);
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
          : this.#values.value(only);
    this.#progress.end();
    this.#inProgress.delete(node);
    this.#returned.set(node, value);
    return value;
  }

  /** `if x then return "a" end return "b"`; the same object in several places. */
  #oneReturned(returned: readonly Expression[]): Value {
    if (returned.length > MAX_ALTERNATIVES) return UNKNOWN;
    const values = returned.map((value) => this.#values.value(value));
    const [first] = values;
    if (first?.kind === "table") {
      const same = values.every((value) => value.kind === "table" && value.node === first.node);
      return same ? first : UNKNOWN;
    }
    if (!values.every((value) => value.kind === "text")) return UNKNOWN;
    const of = values.map((value, i) => ({ template: textOf(value), at: returned[i] }));
    return { kind: "text", template: oneOf(of) };
  }

  /** The fields of its object that a method gives values, by its parameters, as far as these are known. */
  fieldsSetBy(node: FunctionExpression): readonly { name: string; parts: readonly LocalPart[] }[] {
    const fields = this.#instances.selfOf(node)?.fields ?? [];
    return fields.flatMap(({ path: [name, ...more], value }) => {
      if (name === undefined || more.length > 0 || value === undefined) return [];
      const isOnly = fields.filter((one) => one.path[0] === name).length === 1;
      const parts = isOnly ? partsOf(this.#values.text(value), node) : [null];
      return [{ name, parts }];
    });
  }

  /** The text that a function returns, by its parameters; undefined when nothing of it is known. */
  returnedText(node: FunctionExpression): readonly LocalPart[] | undefined {
    const value = this.returnedBy(node);
    if (value.kind !== "text") return undefined;
    const parts = partsOf(value.template, node);
    return parts.every((part) => part === null) ? undefined : parts;
  }
}

/** An object of another script, with the fields that a method of it has set and gives it back with. */
function withFields(
  object: Value,
  sets: readonly SetField[],
  given: Given,
  filling: Filling,
): Value {
  if (object.kind !== "module" || object.made === undefined || sets.length === 0) return object;
  const set = new Map(object.made.set);
  for (const { name, parts } of sets) {
    const [only = null, ...more] = parts;
    const whole = more.length === 0 ? filling.given(only, given) : undefined;
    set.set(name, whole ?? { kind: "text", template: filling.parts(parts, given) });
  }
  const unchained = object.unchained ?? object;
  return { ...object, made: { ...object.made, set }, unchained };
}

/** Whether a method ends by returning the object that it was called on. */
export function returnsSelf({ body }: FunctionExpression): boolean {
  const last = body.statements.at(-1);
  const value = last?.kind === "Return" ? last.values[0] : undefined;
  return value?.kind === "Identifier" && value.name === "self";
}
