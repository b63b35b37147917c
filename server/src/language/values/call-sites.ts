import type { Scopes, Variable } from "../scope/variables.ts";
import type { CallExpression, Expression, FunctionExpression } from "../syntax/ast.ts";
import { defaultIn } from "./alternatives.ts";
import { calledBy } from "./called.ts";
import type { FieldValues } from "./field-values.ts";
import type { Progress } from "./progress.ts";
import type { Results } from "./results.ts";
import { fill, oneOf, soleHole, type Template } from "./template.ts";
import { UNKNOWN, type Value, type Values } from "./value.ts";

/** Functions that pass on what they are given, followed from one to the next. */
const MAX_LEVELS = 6;
/** Calls by one name that are looked at, and calls of one function that are asked. */
const MAX_CALLS = 400;
const MAX_GIVEN = 32;
/** Objects of one class, made in several ways, that are asked. */
const MAX_CLASSES = 4;
/** Objects of which one may be. */
const MAX_OBJECTS = 8;

/** A call of a function of the script, and how many arguments stand before that function's own. */
interface Site {
  readonly call: CallExpression;
  readonly skipped: number;
}

/** Who is asked about what stands in calls. */
interface Asked {
  readonly values: Values;
  readonly fields: FieldValues;
  readonly results: Results;
  readonly progress: Progress;
}

/** What a parameter is given, wherever its function is called. */
interface Found {
  readonly value: Value;
  /** The names of functions whose calls decide it. */
  readonly names: ReadonlySet<string>;
}

/**
 * Knows what a script's functions and objects are given wherever it calls or makes them: `repo` in
 * `local function use(repo) return repo:get("theme") end use(Prefs)` is `Prefs`.
 */
export class CallSites {
  readonly #scopes: Scopes;
  readonly #asks: Asked;
  readonly #given = new Map<Variable, Found>();
  readonly #inProgress = new Set<Variable>();
  readonly #sites = new Map<string, ReadonlyMap<FunctionExpression, readonly Site[]>>();
  #asked = new Set<string>();

  constructor(scopes: Scopes, asked: Asked) {
    this.#scopes = scopes;
    this.#asks = asked;
  }

  /** What `work` gives, and the names of functions whose calls it went by. */
  recording<T>(work: () => T): { readonly result: T; readonly names: ReadonlySet<string> } {
    const outer = this.#asked;
    this.#asked = new Set();
    const result = work();
    const names = this.#asked;
    this.#asked = new Set([...outer, ...names]);
    return { result, names };
  }

  /** The value, or where a function is given it what that is; unknown where that is not sure. */
  resolved(value: Value, level = 0): Value {
    const hole = value.kind === "text" ? soleHole(value.template) : undefined;
    if (hole === undefined || hole.here !== undefined) return value;
    if (level > MAX_LEVELS) return UNKNOWN;
    const { variable, path } = hole;
    let at = variable.kind === "self" ? this.#objects(variable, path[0]) : this.#givenTo(variable);
    for (const name of path) {
      const inside = each(at).map((one) => this.resolved(this.#under(one, name), level + 1));
      at = together(inside, variable);
    }
    return at;
  }

  #under(value: Value, name: string): Value {
    return this.#asks.fields.under(value, [name]) ?? UNKNOWN;
  }

  /**
   * The arguments of a call of State, with the namespace that an object of the script holds where the
   * call names the key: `State.load(self.ns, "theme")`.
   */
  namespaced(args: readonly Template[]): readonly Template[] {
    const [namespace, key, ...more] = args;
    if (namespace === undefined || !key?.some((piece) => typeof piece === "string")) return args;
    return [this.text(namespace, "self"), key, ...more];
  }

  /**
   * A text with what is open in it, as far as that is known by the calls of the script: what objects
   * hold. What a parameter is given by itself stays open, since that is told at each call.
   * @param of `self`: only fields of the object whose method it is in
   */
  text(template: Template, of: "self" | "objects"): Template {
    return fill(template, (hole) => {
      const isSelf = hole.variable.kind === "self";
      const isWanted = isSelf || (of === "objects" && hole.path.length > 0);
      if (hole.here !== undefined || !isWanted) return [hole];
      const value = this.resolved({ kind: "text", template: [hole] });
      return value.kind === "text" ? value.template : [hole];
    });
  }

  /** What a parameter is given at all calls of its function. */
  #givenTo(variable: Variable): Value {
    const known = this.#given.get(variable);
    if (known !== undefined) {
      for (const name of known.names) this.#asked.add(name);
      return known.value;
    }
    const { progress } = this.#asks;
    if (this.#inProgress.has(variable)) {
      progress.circle(variable);
      return UNKNOWN;
    }
    if (this.#inProgress.size > MAX_LEVELS) {
      progress.gaveUp();
      return UNKNOWN;
    }
    this.#inProgress.add(variable);
    progress.begin(variable);
    const { result: value, names } = this.recording(() => this.#find(variable));
    progress.end();
    this.#inProgress.delete(variable);
    this.#given.set(variable, { value, names });
    return value;
  }

  #find(variable: Variable): Value {
    // A function that calls itself with what it was given adds nothing by that.
    const values = this.#arguments(variable).filter((value) => !isGiven(value, variable));
    return together(
      values.map((value) => this.resolved(value)),
      variable,
    );
  }

  /** Where in the script what a parameter is given is written, as far as it is a text. */
  textsFor(variable: Variable): readonly Expression[] {
    return this.#arguments(variable).flatMap((value) =>
      value.kind === "text" && value.at !== undefined ? value.at : [],
    );
  }

  /** What stands for a parameter in the calls of its function. */
  #arguments(variable: Variable): readonly Value[] {
    const { kind, owner, declaration } = variable;
    if (kind !== "parameter" || owner === undefined || declaration === undefined) return [];
    const parameter = owner.parameters.indexOf(declaration);
    return this.#sitesOf(owner).flatMap(({ call, skipped }) => {
      const given = this.#asks.results.givenBy(call, owner.method, -skipped);
      return given.parameter(parameter) ?? this.#default(variable) ?? [];
    });
  }

  /** `Prefs` of `repo = repo or Prefs`. */
  #default(variable: Variable): Value | undefined {
    const value = variable.definitions.map((one) => defaultIn(one, variable)).find(Boolean);
    return value && this.#asks.values.value(value);
  }

  /** The objects that a `self` may be and that have a field, with what they were made with. */
  #objects(self: Variable, field: string | undefined): Value {
    const [only] = self.definitions;
    const shared = only?.value && this.#asks.values.value(only.value);
    if (shared?.kind !== "table" || field === undefined) return UNKNOWN;
    const all = [...this.#asks.fields.instancesOf(shared), shared];
    const having = all.filter((one) => this.#asks.fields.has(one, field));
    // What a class has is what its objects have that are not given it.
    const own = having.length > 1 ? having.filter((one) => one !== shared) : having;
    return together(own.slice(0, MAX_CLASSES), self);
  }

  #sitesOf(node: FunctionExpression): readonly Site[] {
    const name = this.#scopes.calls.nameOf(node);
    if (name === undefined) return [];
    this.#asked.add(name);
    const known = this.#sites.get(name) ?? this.#byFunction(this.#scopes.calls.of(name));
    this.#sites.set(name, known);
    return known.get(node) ?? [];
  }

  #byFunction(calls: readonly CallExpression[]): ReadonlyMap<FunctionExpression, readonly Site[]> {
    const sites = new Map<FunctionExpression, Site[]>();
    for (const call of calls.slice(0, MAX_CALLS)) {
      const { value, skipped } = calledBy(call, this.#asks.values);
      if (value.kind !== "function") continue;
      const known = sites.get(value.node) ?? [];
      if (known.length < MAX_GIVEN) known.push({ call, skipped });
      sites.set(value.node, known);
    }
    return sites;
  }
}

/** One of some values, where they are alike: tables, texts, functions, or all the same. */
function together(all: readonly Value[], by: object): Value {
  const values = all.flatMap(each);
  const [first] = values;
  if (first === undefined) return UNKNOWN;
  const others = values.filter((value) => !isSame(value, first));
  if (others.length === 0) return first;
  if (others.some(({ kind }) => kind !== first.kind)) return UNKNOWN;
  if (first.kind === "table" || first.kind === "function" || first.kind === "module") {
    return { kind: "several", values: [first, ...others].slice(0, MAX_OBJECTS), by };
  }
  if (first.kind !== "text") return UNKNOWN;
  const of = [first, ...others].flatMap((value) =>
    value.kind === "text" ? { template: value.template, at: value.at } : [],
  );
  return of.every(({ template }) => template.every((piece) => typeof piece === "string"))
    ? { kind: "text", template: oneOf(of) }
    : UNKNOWN;
}

function each(value: Value): readonly Value[] {
  return value.kind === "several" ? value.values : [value];
}

function isGiven(value: Value, variable: Variable): boolean {
  const hole = value.kind === "text" ? soleHole(value.template) : undefined;
  return hole?.variable === variable && hole.path.length === 0;
}

function isSame(a: Value, b: Value): boolean {
  if (a.kind === "table" && b.kind === "table") return a.node === b.node && a.bound === b.bound;
  if (a.kind === "function" && b.kind === "function") {
    return a.node === b.node && a.bound === b.bound;
  }
  if (a.kind === "member" && b.kind === "member") return a.name === b.name;
  if (a.kind === "text" && b.kind === "text") {
    const { template } = b;
    const same = a.template.every((piece, i) => piece === template[i]);
    return a.at === b.at && same && a.template.length === template.length;
  }
  return a === b || (a.kind === "state" && b.kind === "state");
}
