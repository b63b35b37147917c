import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { Scopes, Source, Variable } from "../scope/variables.ts";
import type {
  CallExpression,
  Expression,
  FunctionExpression,
  TableExpression,
} from "../syntax/ast.ts";
import { visitStatements } from "../syntax/walk.ts";
import { argumentsOf, type Called, calledBy } from "../values/called.ts";
import type { Evaluator } from "../values/evaluate.ts";
import { MAX_CLASSES } from "../values/field-values.ts";
import type { KnownText } from "../values/known-text.ts";
import { combinations, type Hole, knownText, soleHole, type Template } from "../values/template.ts";
import type { Given, ModuleValue, TableValue, Value } from "../values/value.ts";
import { type FunctionEffects, givenCallee, passedOn, slotOf } from "../wrappers/effects.ts";
import { givenCalls } from "../wrappers/given-calls.ts";
import { type LocalPart, partsOf } from "../wrappers/parts.ts";

/** An entry of State that a value may have come from. */
export interface LoadedFrom {
  /** `load`, `agent_get` ... */
  readonly member: string;
  /** Its arguments. */
  readonly args: readonly KnownText[];
  /** Which part of the stored value it is: `["theme"]`; a part that is computed is null. */
  readonly path: readonly (string | null)[];
}

/** The same, parameters of functions still open. */
interface OpenLoad {
  readonly member: string;
  readonly args: readonly Template[];
  readonly path: readonly (string | null)[];
  /** What loads it is given, too: `return f(ns, key)`; `member` is empty then. */
  readonly callee?: Hole | undefined;
}

/** The same as a function of the script returns it, by its parameters. */
export interface LocalReturn {
  readonly member: string;
  readonly args: readonly (readonly LocalPart[])[];
  readonly path: readonly (string | null)[];
  readonly callee?: LocalPart;
}

const MAX_DEPTH = 30;
/** Functions that are given one through the other. */
const MAX_LEVELS = 3;
/** Calls by the name of a parameter that are looked at. */
const MAX_CALLS = 400;
/** Functions that give items of their first argument, and from which result on (0-based). */
const ITEMS: ReadonlyMap<string, number> = new Map([
  ["next", 1],
  ["table.remove", 0],
  ["table.unpack", 0],
  ["unpack", 0],
]);
/** More entries than these one value does not come from. */
export const MAX_LOADS = 8;

/** Finds out which stored entries the values in a script may come from, whichever way they went. */
export class Loads {
  readonly #scopes: Scopes;
  readonly #evaluator: Evaluator;
  readonly #effects: FunctionEffects;
  readonly #returned = new Map<FunctionExpression, readonly OpenLoad[]>();
  readonly #ofVariables = new Map<Variable, readonly OpenLoad[]>();
  readonly #ofFields = new Map<TableExpression, Map<string | null, readonly OpenLoad[]>>();

  constructor(scopes: Scopes, evaluator: Evaluator, effects: FunctionEffects) {
    this.#scopes = scopes;
    this.#evaluator = evaluator;
    this.#effects = effects;
  }

  /** The entries that an expression's value may have been loaded from; usually one or none. */
  of(expression: Expression): readonly LoadedFrom[] {
    const open = this.#of(expression, 0).flatMap((load) => this.#calledOpen(load, 0));
    const loads = open.flatMap(({ member, args, path }) => {
      const closed = args.map((template) => this.#evaluator.sites.text(template, "self"));
      const each = combinations(closed).slice(0, MAX_LOADS);
      return each.map(({ templates }) => ({ member, args: templates.map(knownText), path }));
    });
    return [...new Map(loads.map((load) => [JSON.stringify(load), load])).values()];
  }

  /** What something gives back that is given to a function wherever the script calls that. */
  #calledOpen(load: OpenLoad, level: number): readonly OpenLoad[] {
    const { callee, args, path } = load;
    if (callee === undefined) return [load];
    if (level > MAX_LEVELS) return [];
    const value = this.#evaluator.sites.resolved({ kind: "text", template: [callee] });
    return (value.kind === "several" ? value.values : [value]).flatMap((called) => {
      if (called.kind === "member") {
        const isRead = STATE_MEMBERS.get(called.name)?.access === "read";
        return isRead ? [{ member: called.name, args, path }] : [];
      }
      const returned = this.#returnedFrom(called, 0);
      if (returned === undefined) return [];
      const given: Given = {
        parameter: (parameter) => textAt(args, parameter + (returned.method ? 1 : 0)),
        outer: called.kind === "module" ? called.made?.given : undefined,
        bound: called.kind === "function" ? called.bound : undefined,
      };
      return returned.effects
        .flatMap((inner) => this.#given(inner, given, 0))
        .flatMap((inner) => this.#calledOpen(inner, level + 1))
        .map((inner) => ({
          ...inner,
          args: inner.args.map((template) => this.#evaluator.sites.text(template, "objects")),
          path: [...inner.path, ...path],
        }));
    });
  }

  /** What a function returns of State, in terms of its parameters. */
  returnedBy(node: FunctionExpression): readonly LocalReturn[] {
    return this.#returnedBy(node, 0).map((load) => inParts(load, node));
  }

  /** The same in terms of the parameters of the function that makes the value, if any. */
  openly(expression: Expression, maker: FunctionExpression | undefined): readonly LocalReturn[] {
    return this.#of(expression, 0).map((load) => inParts(load, maker));
  }

  #of(expression: Expression, depth: number): readonly OpenLoad[] {
    if (depth > MAX_DEPTH) return [];
    switch (expression.kind) {
      case "Paren":
        return this.#of(expression.expression, depth + 1);
      case "Identifier": {
        const variable = this.#scopes.variables.get(expression);
        return variable === undefined ? [] : this.#ofVariable(variable, depth);
      }
      case "Member":
        return this.#ofField(expression.object, expression.name?.name ?? null, depth + 1);
      case "Index": {
        const key = knownText(this.#evaluator.text(expression.index));
        const part = key.kind === "exact" ? key.text : null;
        return this.#ofField(expression.object, part, depth + 1);
      }
      case "Binary":
        if (expression.operator === "and") return this.#of(expression.right, depth + 1);
        if (expression.operator !== "or") return [];
        return [
          ...this.#of(expression.left, depth + 1),
          ...this.#of(expression.right, depth + 1),
        ].slice(0, MAX_LOADS);
      case "Call":
        return this.#ofCall(expression, depth + 1);
      default:
        return [];
    }
  }

  /** A part of a loaded value, or what a script's own table keeps: `self.data = State.load(...)`. */
  #ofField(object: Expression, name: string | null, depth: number): readonly OpenLoad[] {
    const parts = inside(this.#of(object, depth), name);
    const table = parts.length > 0 ? undefined : this.#evaluator.value(object);
    if (table?.kind === "module" && name !== null) {
      return this.#keptBy({ ...table, path: [...table.path, name] });
    }
    if (table?.kind !== "table") return parts;
    const fields = this.#ofFields.get(table.node) ?? new Map<string | null, readonly OpenLoad[]>();
    this.#ofFields.set(table.node, fields);
    const known = fields.get(name);
    if (known !== undefined) return this.#filled(known, table);
    fields.set(name, []);
    const given = this.#givenTo(table, name);
    const loads = given.flatMap((value) => this.#of(value, depth)).slice(0, MAX_LOADS);
    fields.set(name, loads);
    return this.#filled(loads, table);
  }

  /** What another script keeps: `require("settings").config`. */
  #keptBy(value: ModuleValue): readonly OpenLoad[] {
    const { filling } = this.#evaluator.fields;
    const made = value.made?.given ?? NOTHING;
    const given = { ...made, outer: made };
    return this.#evaluator.fields.keptBy(value).map(({ member, args, path }) => ({
      member,
      path,
      args: args.map((parts) => filling.parts(parts, given)),
    }));
  }

  /** What a field is given: of an object also in the methods of its class. @param name null: any field */
  #givenTo(table: TableValue, name: string | null): readonly Expression[] {
    const { fields } = this.#evaluator;
    if (name === null) return [...fields.written(table, undefined), ...givenUnderAny(table)];
    let owner: TableValue | undefined = table;
    for (let level = 0; owner !== undefined && level < MAX_CLASSES; level++) {
      const given = fields.givenTo(owner, name);
      if (given.length > 0) return given;
      owner = fields.inheritedBy(owner);
    }
    return [];
  }

  /** What an object keeps, by what was given when it was made. */
  #filled(loads: readonly OpenLoad[], { bound }: TableValue): readonly OpenLoad[] {
    if (bound === undefined) return loads;
    return loads.map((load) => ({
      ...load,
      args: load.args.map((template) => this.#evaluator.fields.filling.text(template, bound)),
    }));
  }

  #ofVariable(variable: Variable, depth: number): readonly OpenLoad[] {
    const known = this.#ofVariables.get(variable);
    if (known !== undefined) return known;
    // While it is being found out, a variable adds nothing to itself (`p = p or {}`).
    this.#ofVariables.set(variable, []);
    const found = variable.definitions.flatMap(({ value, from }) => {
      if (value !== undefined) return this.#of(value, depth + 1);
      return from === undefined ? [] : this.#ofSource(from, depth + 1);
    });
    const all = found.length > 0 ? found : this.#ofCallback(variable, depth + 1);
    const loads = all.slice(0, MAX_LOADS);
    this.#ofVariables.set(variable, loads);
    return loads;
  }

  /** `value` in `for_each(function(key, value) ... end)`: what `for_each` calls its parameter with. */
  #ofCallback({ kind, owner, declaration }: Variable, depth: number): readonly OpenLoad[] {
    if (kind !== "parameter" || owner === undefined || declaration === undefined) return [];
    const taker = depth > MAX_DEPTH ? undefined : this.#scopes.calls.takerOf(owner);
    if (taker === undefined) return [];
    const called = calledBy(taker.call, this.#evaluator);
    const slot = taker.place - called.skipped;
    const passes = slot < 0 ? undefined : this.#passing(called.value, slot, called);
    const place = owner.parameters.indexOf(declaration);
    const loads = passes?.args[place] ?? [];
    if (passes === undefined || loads.length === 0) return [];
    const given = this.#effects.givenBy(taker.call, called, passes);
    return loads.flatMap((load) => this.#given(load, given, depth));
  }

  /** What a function calls the function with that a call gives it at a place. */
  #passing(value: Value, slot: number, called: Called): Passing | undefined {
    const parameterOf = (method: boolean) => slot - slotOf(called, { method }, 0);
    if (value.kind === "function") {
      const { node } = value;
      return { method: node.method, args: this.passedTo(node, parameterOf(node.method)) };
    }
    const exported =
      value.kind === "module" ? this.#evaluator.fields.exported(value)?.value : undefined;
    if (exported?.kind !== "function") return undefined;
    const { method, passes = [] } = exported;
    const parameter = parameterOf(method);
    return { method, args: passes.find((one) => one.parameter === parameter)?.args ?? [] };
  }

  /** The loaded values that a function calls its parameter (0-based) with, by that one's own arguments. */
  passedTo(node: FunctionExpression, parameter: number): readonly (readonly LocalReturn[])[] {
    const name = node.parameters[parameter];
    const variable = name && this.#scopes.variables.get(name);
    if (name === undefined || variable === undefined || variable.references.length === 0) return [];
    const args: LocalReturn[][] = [];
    for (const call of this.#scopes.calls.of(name.name).slice(0, MAX_CALLS)) {
      const { callee, skipped } = calledBy(call, this.#evaluator);
      if (callee.kind !== "Identifier" || this.#scopes.variables.get(callee) !== variable) continue;
      argumentsOf(call, skipped).forEach((argument, i) => {
        const loads = this.#of(argument, 0).map((load) => inParts(load, node));
        args[i] = [...(args[i] ?? []), ...loads].slice(0, MAX_LOADS);
      });
    }
    return args;
  }

  /** `local ok, p = pcall(State.load, ...)`, `for _, item in ipairs(p.items) do`. */
  #ofSource({ expression, index, kind }: Source, depth: number): readonly OpenLoad[] {
    if (expression.kind !== "Call") return [];
    if (kind === "results") {
      const called = calledBy(expression, this.#evaluator);
      if (called.skipped > 0) return index === 1 ? this.#ofCalled(expression, called, depth) : [];
      const [from] = expression.args;
      return from !== undefined && givesItems(called, index) ? this.#itemsOf(from, depth) : [];
    }
    if (index !== 1) return [];
    const callee = this.#evaluator.value(expression.callee);
    const [list] = expression.args;
    if (callee.kind !== "global" || list === undefined) return [];
    if (callee.path !== "pairs" && callee.path !== "ipairs") return [];
    return this.#itemsOf(list, depth);
  }

  #itemsOf(list: Expression, depth: number): readonly OpenLoad[] {
    return inside(this.#of(list, depth), null);
  }

  #ofCall(call: CallExpression, depth: number): readonly OpenLoad[] {
    const called = calledBy(call, this.#evaluator);
    return called.skipped > 0 ? [] : this.#ofCalled(call, called, depth);
  }

  #ofCalled(call: CallExpression, called: Called, depth: number): readonly OpenLoad[] {
    const { value, skipped } = called;
    const [first] = call.args;
    if (value.kind === "global") {
      if (first === undefined) return [];
      if (givesItems(called, 0)) return this.#itemsOf(first, depth);
      const required = value.path === "require" ? this.#evaluator.value(call) : undefined;
      if (required?.kind === "module") return this.#keptBy(required);
      const passes = value.path === "assert" || value.path === "setmetatable";
      return passes ? this.#of(first, depth) : [];
    }
    if (value.kind === "member") {
      if (STATE_MEMBERS.get(value.name)?.access !== "read") return [];
      const written = argumentsOf(call, skipped);
      const args = this.#effects.passedBy(written, value.name);
      const each = combinations(args).slice(0, MAX_LOADS);
      return each.map(({ templates }) => ({ member: value.name, args: templates, path: [] }));
    }
    if (value.kind === "text") return this.#ofGiven(call, called);
    const returned = this.#returnedFrom(value, depth);
    if (returned === undefined) return [];
    const given = this.#effects.givenBy(call, called, returned);
    return returned.effects.flatMap((load) => this.#given(load, given, depth)).slice(0, MAX_LOADS);
  }

  /** `f(ns, key)`, where `f` is given. */
  #ofGiven(call: CallExpression, called: Called): readonly OpenLoad[] {
    const callee = givenCallee(called);
    if (callee === undefined) return [];
    const args = this.#effects.passedBy(passedOn(call, called), "");
    return combinations(args)
      .slice(0, MAX_LOADS)
      .map(({ templates }) => ({ member: "", callee, args: templates, path: [] }));
  }

  /** What a function of this script or of another one gives back. */
  #returnedFrom(value: Value, depth: number): Returned | undefined {
    if (value.kind === "function") {
      const { node } = value;
      const effects = this.#returnedBy(node, depth).map((load) => inParts(load, node));
      return { method: node.method, effects };
    }
    if (value.kind !== "module") return undefined;
    const exported = this.#evaluator.fields.exported(value)?.value;
    if (exported?.kind !== "function") return undefined;
    return { method: exported.method, effects: exported.returns ?? [] };
  }

  /** What a call gives back, with what it is given filled in. */
  #given(load: LocalReturn, given: Given, depth: number): readonly OpenLoad[] {
    const { filling } = this.#evaluator.fields;
    const texts = (args: LocalReturn["args"]) => args.map((parts) => filling.parts(parts, given));
    const { member, args, path, callee } = load;
    if (callee === undefined) return [{ member, path, args: texts(args) }];
    const who = filling.given(callee, given);
    const open = who?.kind === "text" ? soleHole(who.template) : undefined;
    if (open !== undefined) return [{ member, path, args: texts(args), callee: open }];
    const told = givenCalls({ member, args, path, callee }, given, this.#evaluator, (value) =>
      this.#returnedFrom(value, depth + 1),
    );
    const loads = told.filter((one) => STATE_MEMBERS.get(one.member)?.access === "read");
    return loads.map((one) => ({
      member: one.member,
      path: one.path ?? [],
      args: texts(one.args),
    }));
  }

  #returnedBy(node: FunctionExpression, depth: number): readonly OpenLoad[] {
    const known = this.#returned.get(node);
    if (known !== undefined) return known;
    this.#returned.set(node, []);
    const found: OpenLoad[] = [];
    visitStatements(node.body, (statement) => {
      if (statement.kind !== "Return" || statement.values[0] === undefined) return;
      found.push(...this.#of(statement.values[0], depth + 1));
    });
    const loads = found.slice(0, MAX_LOADS);
    this.#returned.set(node, loads);
    return loads;
  }
}

const NOTHING: Given = { parameter: () => undefined };

function textAt(args: readonly Template[], place: number): Value | undefined {
  const template = args[place];
  return template && { kind: "text", template };
}

/** What a function calls another one with that it is given, by that one's arguments. */
interface Passing {
  readonly method: boolean;
  readonly args: readonly (readonly LocalReturn[])[];
}

/** What a function returns, by its parameters. */
interface Returned {
  readonly method: boolean;
  readonly effects: readonly LocalReturn[];
}

/** @param node by whose parameters; undefined: what functions are given is anything */
function inParts(
  { member, args, path, callee }: OpenLoad,
  node: FunctionExpression | undefined,
): LocalReturn {
  const [open] = callee === undefined ? [] : partsOf([callee], node);
  return {
    member,
    args: args.map((template) => partsOf(template, node)),
    path,
    ...(open === undefined ? {} : { callee: open }),
  };
}

/** What a table is given under keys that are computed: `cache[id] = State.load(...)`. */
function givenUnderAny({ holder, path }: TableValue): readonly Expression[] {
  return (holder?.fields ?? []).flatMap((field) => {
    const own = field.path.slice(0, -1);
    const isOne = own.length === path.length && own.every((part, i) => part === path[i]);
    return isOne && field.path.at(-1) === undefined ? (field.value ?? []) : [];
  });
}

function givesItems({ value }: Called, index: number): boolean {
  const from = value.kind === "global" ? ITEMS.get(value.path) : undefined;
  return from !== undefined && index >= from;
}

function inside(loads: readonly OpenLoad[], part: string | null): readonly OpenLoad[] {
  return loads.map((load) => ({ ...load, path: [...load.path, part] }));
}
